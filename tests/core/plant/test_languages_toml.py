"""Translations of a plant's texts: what is read, what is missing, what nothing uses."""

from __future__ import annotations

import pytest

from hmi.core.errors import Mistake
from hmi.core.plant.languages_toml import MOST_TOLD, check_languages, language_files, read_languages

VISIBLE = {"Filler": "screens/filler.toml", "Bowl level": "the tag a.level", 'The "big" one': "alarms.toml"}


def read(text: str, file: str = "lang/de.toml") -> tuple[dict[str, dict[str, str]], list[Mistake]]:
    mistakes: list[Mistake] = []
    languages, tables = read_languages({file: text}, mistakes)
    check_languages(languages, tables, VISIBLE, mistakes)
    return languages, mistakes


def test_a_language_is_read() -> None:
    text = '"Filler" = "Füller"\n"Bowl level" = "Kesselstand"\n\'The "big" one\' = "Der Große"\n'
    languages, mistakes = read(text)
    assert mistakes == []
    assert languages["de"]["Filler"] == "Füller" and len(languages["de"]) == 3


def test_what_is_missing_or_used_by_nothing_is_a_warning_with_its_mend() -> None:
    _, mistakes = read('"Filler" = "Füller"\n"Bowl levle" = "Kesselstand"\n"Old" = "Alt"\n')
    assert {one.severity for one in mistakes} == {"warning"}
    told = sorted((one.line, one.what, one.mend) for one in mistakes)
    assert told == [
        (1, 'text "Bowl level" is not translated (the tag a.level)', 'Add "Bowl level" = "..."'),
        (1, 'text "The \\"big\\" one" is not translated (alarms.toml)', 'Add "The \\"big\\" one" = "..."'),
        (2, 'nothing in the plant says "Bowl levle"', 'Write "Bowl level"'),
        (3, 'nothing in the plant says "Old"', "Remove it"),
    ]


def test_of_very_many_only_some_are_named() -> None:
    visible = {f"Text {number}": "here" for number in range(100)}
    mistakes: list[Mistake] = []
    languages, tables = read_languages({"lang/de.toml": "".join(f'"Old {n}" = "x"\n' for n in range(90))}, mistakes)
    check_languages(languages, tables, visible, mistakes)
    assert len(mistakes) == 2 * (MOST_TOLD + 1)
    assert {one.what for one in mistakes if "more" in one.what} == {
        "75 more texts are not translated",
        "65 more texts are used by nothing",
    }


@pytest.mark.parametrize(
    ("text", "line", "what", "mend"),
    [
        ('a.b = "x"', 1, "`a` is a table", "in quotes"),
        ('\n["Filler"]\nx = 1', 2, "`Filler` is a table", "in quotes"),
        ('"Filler" = 3', 1, 'the translation of "Filler" is 3', "in quotes"),
        ('"Filler" = " "', 1, 'the translation of "Filler" is text " "', "remove the line"),
        ('"Filler" = "%s"' % ("x" * 3000), 1, "longer than 2000", "Shorten"),
        ('"Filler" = "x"\n"Filler" = "y"', 2, "not TOML", "Mend"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_mend(text: str, line: int, what: str, mend: str) -> None:
    errors = [one for one in read(text)[1] if one.severity == "error"]
    assert [(one.file, one.line, what in one.what, mend in one.mend) for one in errors] == [
        ("lang/de.toml", line, True, True)
    ], errors


def test_a_file_is_named_by_the_code_of_its_language() -> None:
    assert list(read("", "lang/pt-BR.toml")[0]) == ["pt-BR"]
    languages, mistakes = read("", "lang/German.toml")
    assert languages == {} and "'German' is not the code" in mistakes[0].what
    assert language_files({"lang/de.toml": "", "lang/x/y.toml": "", "de.toml": ""}) == ["lang/de.toml"]
