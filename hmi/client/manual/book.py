"""The manual as a book: chapters of sections, read from resources/manual, and looked for by words."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from hmi.client.page import ALARMS, INSTRUCTIONS, JOURNAL, OUTAGES, SYSTEM, TRENDS
from hmi.plantfiles.folder import resources_folder

log = logging.getLogger(__name__)

CONTENTS: Final = "README.md"  # names the chapters, in their order
FACEPLATE: Final = ":faceplate"
_CHAPTER: Final = re.compile(r"\]\(([\w-]+\.md)\)")
_HEADING: Final = re.compile(r"(#{1,3}) +(.+?) *#*$")
_FENCE: Final = re.compile(r"\s*(```|~~~)")
_MARKUP: Final = re.compile(r"^\s*[-*] |[`*|]|!?\[|\]\([^)]*\)")
_LONGEST: Final = 1_000_000  # characters of one chapter
_EXCERPT: Final = 90
# Where to open the book, by what is in front; the first that the book has. Anything else is a screen of the plant
_PLACES: Final[dict[str, tuple[str, ...]]] = {
    ALARMS: ("operating.md#alarms",),
    TRENDS: ("operating.md#trends", "trends.md"),
    JOURNAL: ("operating.md#journal", "operating.md#commands"),
    INSTRUCTIONS: ("instructions.md",),
    SYSTEM: ("operating.md#when-something-is-grey",),
    OUTAGES: ("faults.md#links-and-outages",),
    FACEPLATE: ("operating.md#faceplates",),
}
_SCREEN: Final = ("operating.md#what-a-value-tells-you", "operating.md")


@dataclass(frozen=True, slots=True)
class Section:
    """One heading and what stands below it up to the next."""

    file: str
    title: str
    depth: int  # 1 for the chapter itself
    text: str

    @property
    def place(self) -> str:
        """Where it is, as a link says it: `alarms.md#states`, and `alarms.md` for the chapter itself."""
        return self.file if self.depth == 1 else f"{self.file}#{anchor_of(self.title)}"


@dataclass(frozen=True, slots=True)
class Hit:
    """A section that has the words looked for, and the line of it that has the first of them."""

    section: Section
    line: str


class Book:
    """The chapters in their order; `texts` is file -> Markdown."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts
        self.sections = [section for file, text in texts.items() for section in _sections(file, text)]

    def at(self, place: str) -> Section | None:
        """The section a link leads to; the chapter where it has no such heading, None where there is no chapter."""
        file, _, anchor = place.partition("#")
        mine = [section for section in self.sections if section.file == file]
        exact = (section for section in mine if anchor and anchor_of(section.title) == anchor)
        return next(exact, mine[0] if mine else None)

    def about(self, key: str) -> Section | None:
        """Where to open it for a page, by its key, or for a faceplate."""
        known = {section.place for section in self.sections}
        wanted = _PLACES.get(key, _SCREEN)
        place = next((place for place in wanted if place in known), "")
        return self.at(place) if place else next(iter(self.sections), None)

    def find(self, words: str) -> list[Hit]:
        """The sections that have every word, in any order: those with a word in their heading first."""
        wanted = words.lower().split()
        found: list[tuple[int, Hit]] = []
        for section in self.sections if wanted else ():
            title, text = section.title.lower(), section.text.lower()
            if all(word in title or word in text for word in wanted):
                found.append(
                    (-sum(word in title for word in wanted), Hit(section, _line_with(section.text, wanted[0])))
                )
        return [hit for _, hit in sorted(found, key=lambda one: one[0])]


def anchor_of(title: str) -> str:
    """A heading as links name it: lower case, hyphens for spaces, nothing but letters, digits and hyphens."""
    return re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-")


def plain(text: str) -> str:
    """Markdown without its marks."""
    return " ".join(_MARKUP.sub("", text).split())


@cache
def manual() -> Book:
    """The manual of this program; a book without chapters, with a line in the log, when it cannot be read."""
    return Book(_texts(resources_folder() / "manual"))


def _texts(folder: Path) -> dict[str, str]:
    try:
        contents = (folder / CONTENTS).read_text("utf-8")[:_LONGEST]
        files = [name for name in dict.fromkeys(_CHAPTER.findall(contents)) if (folder / name).is_file()]
        return {name: (folder / name).read_text("utf-8")[:_LONGEST] for name in files}
    except (OSError, ValueError) as error:
        log.warning("the manual in %s cannot be read (%s): F1 has nothing to show", folder, error)
        return {}


def _sections(file: str, text: str) -> list[Section]:
    """Cut at its headings; what looks like one in an example of a file is none."""
    made: list[Section] = []
    title, depth, lines, begun, fenced = file.removesuffix(".md"), 1, list[str](), False, False
    for line in text.splitlines():
        fenced ^= bool(_FENCE.match(line))
        heading = None if fenced else _HEADING.match(line)
        if heading is None:
            lines.append(line)
            continue
        if begun or any(one.strip() for one in lines):
            made.append(Section(file, title, depth, "\n".join(lines)))
        title, depth, lines, begun = plain(heading[2]), len(heading[1]), [], True
    return [*made, Section(file, title, depth, "\n".join(lines))]


def _line_with(text: str, word: str) -> str:
    for line in text.splitlines():
        at = line.lower().find(word)
        if at >= 0:
            told = plain(line)
            start = max(0, told.lower().find(word) - _EXCERPT // 3)
            return ("… " if start else "") + told[start : start + _EXCERPT]
    return ""
