"""lang/<code>.toml: the texts of a plant's files in other languages, one `"text" = "translation"` a line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from hmi.core import toml, wording
from hmi.core.errors import Mistake
from hmi.core.nearest import nearest

LONGEST: Final = 2_000  # characters of one translation
MOST_TOLD: Final = 25  # missing or unused texts of one language that are named one by one
_FILE: Final = re.compile(r"lang/([^/]+)\.toml")
_CODE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")

Languages = dict[str, dict[str, str]]  # code -> text -> translation


def language_files(texts: Mapping[str, str]) -> list[str]:
    """The language files among a plant's files."""
    return sorted(file for file in texts if _FILE.fullmatch(file))


def read_languages(texts: Mapping[str, str], mistakes: list[Mistake]) -> tuple[Languages, dict[str, toml.Table]]:
    """The translations by language, and the files as tables, for the lines of `check_languages`."""
    languages: Languages = {}
    tables: dict[str, toml.Table] = {}
    for file in language_files(texts):
        code = file.removeprefix("lang/").removesuffix(".toml")
        if not _CODE.fullmatch(code):
            what = f"{code!r} is not the code of a language"
            mistakes.append(Mistake(file, 0, what, "Rename the file to de.toml, zh.toml, pt-BR.toml or the like"))
            continue
        table = toml.read(file, texts[file], mistakes)
        if table is not None:
            tables[code] = table
            languages[code] = _translations(table, mistakes)
    return languages, tables


def _translations(table: toml.Table, mistakes: list[Mistake]) -> dict[str, str]:
    found = {}
    for text, translation in table.values.items():
        if isinstance(translation, Mapping):
            what = f"`{text}` is a table, not a translation"
            mistakes.append(table.mistake(text, what, 'Put the whole text in quotes: "a.b" = "..."'))
        elif not isinstance(translation, str) or not translation.strip():
            what = f"the translation of {wording.literal(text)} is {wording.found(translation)}"
            mistakes.append(table.mistake(text, what, "Write the text in quotes, or remove the line"))
        elif len(translation) > LONGEST:
            what = f"the translation of {wording.literal(text[:40])} is longer than {LONGEST} characters"
            mistakes.append(table.mistake(text, what, "Shorten it"))
        else:
            found[text] = translation
    return found


def check_languages(
    languages: Languages, tables: Mapping[str, toml.Table], visible: Mapping[str, str], mistakes: list[Mistake]
) -> None:
    """Note for each language which of a plant's visible texts (text -> where) it lacks, and what nothing uses."""
    for code, known in languages.items():
        missing = [text for text in visible if text not in known]
        unused = [text for text in known if text not in visible]
        _tell_missing(tables[code], missing, visible, mistakes)
        _tell_unused(tables[code], unused, missing, mistakes)


def _tell_missing(table: toml.Table, missing: list[str], visible: Mapping[str, str], mistakes: list[Mistake]) -> None:
    for text in missing[:MOST_TOLD]:
        what = f"{wording.found(text)} is not translated ({visible[text]})"
        mistakes.append(Mistake(table.file, 1, what, f'Add {wording.literal(text)} = "..."', "warning"))
    if len(missing) > MOST_TOLD:
        what = f"{len(missing) - MOST_TOLD} more texts are not translated"
        mistakes.append(Mistake(table.file, 1, what, "Translate those that are named, and check again", "warning"))


def _tell_unused(table: toml.Table, unused: list[str], missing: list[str], mistakes: list[Mistake]) -> None:
    for text in unused[:MOST_TOLD]:
        close = nearest(text, missing) if len(text) <= 200 else []
        mend = f"Write {wording.literal(close[0])}" if close else "Remove it"
        what = f"nothing in the plant says {wording.literal(text if len(text) <= 40 else text[:40] + '...')}"
        mistakes.append(table.mistake(text, what, mend, "warning"))
    if len(unused) > MOST_TOLD:
        what = f"{len(unused) - MOST_TOLD} more texts are used by nothing"
        mistakes.append(Mistake(table.file, 1, what, "Remove those that are named, and check again", "warning"))
