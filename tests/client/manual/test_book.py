"""The manual as a book."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hmi.client.manual import book as module
from hmi.client.manual.book import CONTENTS, FACEPLATE, Book, anchor_of, manual
from hmi.client.page import ALARMS, INSTRUCTIONS, JOURNAL, SYSTEM, TRENDS

ALPHA = """# Alpha
The first words.

## Quiet alarms
Shelve an **alarm** for `some` hours.

```
# a remark in an example, no heading
```

## Empty
"""
BETA = "## Beta without a title\nAn alarm again.\n"


@pytest.fixture
def small() -> Book:
    return Book({"alpha.md": ALPHA, "beta.md": BETA})


def test_it_is_cut_at_its_headings(small: Book) -> None:
    found = [(one.file, one.title, one.depth) for one in small.sections]
    assert found == [
        ("alpha.md", "Alpha", 1),
        ("alpha.md", "Quiet alarms", 2),
        ("alpha.md", "Empty", 2),
        ("beta.md", "Beta without a title", 2),
    ]
    assert "no heading" in small.sections[1].text


def test_links_lead_to_sections(small: Book) -> None:
    assert small.at("alpha.md#quiet-alarms").title == "Quiet alarms"
    assert small.at("alpha.md").title == "Alpha"
    assert small.at("alpha.md#gone").title == "Alpha"
    assert small.at("../../etc/passwd") is None


def test_every_word_must_be_there_and_headings_come_first(small: Book) -> None:
    assert [hit.section.title for hit in small.find("alarm")] == ["Quiet alarms", "Beta without a title"]
    assert [hit.line for hit in small.find("HOURS shelve")] == ["Shelve an alarm for some hours."]
    assert small.find("shelve beta") == []
    assert small.find("  ") == []


def test_a_heading_is_named_as_links_do() -> None:
    assert anchor_of("What `hmi check` says, of screens!") == "what-hmi-check-says-of-screens"


@pytest.mark.parametrize(
    ("key", "title"),
    [
        (ALARMS, "Alarms"),
        (SYSTEM, "When something is grey"),
        (FACEPLATE, "Faceplates"),
        ("filler", "What a value tells you"),
    ],
)
def test_the_manual_opens_where_it_tells_of_the_page(key: str, title: str) -> None:
    section = manual().about(key)
    assert section is not None
    assert section.title == title


@pytest.mark.parametrize("key", [TRENDS, JOURNAL, INSTRUCTIONS])
def test_every_page_has_a_place_in_it(key: str) -> None:
    assert manual().about(key) is not None


def test_it_has_every_chapter_and_its_links_lead_somewhere() -> None:
    folder = module.resources_folder() / "manual"
    chapters = {path.name for path in folder.glob("*.md")} - {CONTENTS}
    assert set(manual().texts) == chapters
    places = {section.place for section in manual().sections}
    for file, text in manual().texts.items():
        for link in re.findall(r"(?<!!)\[[^\]]*\]\(([^)#]*\.md)?(#[^)]*)?\)", text):
            place = (link[0] or file) + link[1]
            assert place in places, f"{file}: {place}"


def test_its_pictures_are_there() -> None:
    folder = module.resources_folder() / "manual"
    for text in manual().texts.values():
        shown = re.sub(r"(?ms)^```.*?^```", "", text)  # an example of a file shows none
        for picture in re.findall(r"!\[[^\]]*\]\(([^)]*)\)", shown):
            assert (folder / picture).is_file(), picture


@pytest.mark.expect_log("the manual in .* cannot be read")
def test_a_manual_that_is_not_there_is_told_in_the_log(tmp_path: Path) -> None:
    book = Book(module._texts(tmp_path / "gone"))
    assert book.sections == []
    assert book.about(ALARMS) is None
