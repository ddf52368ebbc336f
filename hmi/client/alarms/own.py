"""The station's own alarms as operators are shown them: in their language, with what each is just now."""

from __future__ import annotations

from typing import Final

from hmi.client import words
from hmi.client.language import plant_text, tr
from hmi.client.sentences import said
from hmi.core.alarms.rules import Rule
from hmi.core.alarms.station import CLASS, is_own
from hmi.link.messages import AlarmRow

PLACE: Final = "station:"  # where they are at home: no equipment and no screen


def place_title() -> str:
    """What that place is called."""
    return tr("This station")


def text_of(rule: Rule, text: str) -> str:
    """A text of an alarm: the plant's own words by its files, those of the program by the program's."""
    known = plant_text(text)
    return tr(text) if is_own(rule) and known == text else known


def class_of(name: str) -> str:
    """What a class of alarms is called: as the plant says, that of the station's own as the program does."""
    known = plant_text(name)
    return tr("diagnostic") if name == CLASS and known == name else known


def note_of(row: AlarmRow) -> str:
    """What the station says beside it: which server, which certificate, how much."""
    return words.sentence(said(row.note))


def titled(title: str, row: AlarmRow) -> str:
    """What a line of the list says: the title, and what it is just now."""
    return " · ".join(part for part in (title, note_of(row)) if part)
