"""The language of the window: English sentences are the keys, files say what they are in other languages.

A window has one language at a time, used on the Qt thread alone; changing it builds the window's inside anew.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cache
from typing import Final

from hmi.plantfiles.folder import resources_folder

log = logging.getLogger(__name__)

ENGLISH: Final = "en"
NAMES: Final[Mapping[str, str]] = {"en": "English", "de": "Deutsch", "zh": "中文"}  # as those say who speak it


class _Spoken:
    """What is spoken now."""

    code: str = ENGLISH
    program: Mapping[str, str] = {}
    plant: Mapping[str, str] = {}


def speak(code: str, plant: Mapping[str, Mapping[str, str]] | None = None) -> None:
    """Use a language from now on; English where it is not known. `plant` are the languages of the plant's files."""
    _Spoken.code = code if code in NAMES else ENGLISH
    _Spoken.program = {} if _Spoken.code == ENGLISH else texts_of(_Spoken.code)
    _Spoken.plant = (plant or {}).get(_Spoken.code, {})


def spoken() -> str:
    """The code of the language in use."""
    return _Spoken.code


def tr(text: str, **values: object) -> str:
    """One of the program's sentences in the language in use, its {places} filled."""
    said = _Spoken.program.get(text, text)
    return said.format(**values) if values else said


def plant_text(text: str) -> str:
    """A text of the plant's files in the language in use; as it was written where nobody has translated it."""
    return _Spoken.plant.get(text, text)


@cache
def texts_of(code: str) -> Mapping[str, str]:
    """The program's sentences in one language; none, with a line in the log, when the file cannot be read."""
    import tomllib  # an English window reads no such file

    file = resources_folder() / "translations" / f"{code}.toml"
    try:
        return {key: text for key, text in tomllib.loads(file.read_text("utf-8")).items() if isinstance(text, str)}
    except (OSError, ValueError) as error:
        log.warning("%s cannot be read (%s): the window speaks English", file, error)
        return {}
