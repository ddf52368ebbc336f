"""Notes in the shift log: what a person has to say of a moment or a stretch of time, kept in the journal for good."""

from __future__ import annotations

from typing import Final

from hmi.core.journal import Record

CATEGORY: Final = "note"
PLANT: Final = "plant"  # what a note is about that is about no tag
LONGEST: Final = 2000  # characters
_SOON_NS: Final = 60_000_000_000  # a client's clock may be so far ahead
_FIRST_NS: Final = 631_152_000_000_000_000  # 1990


def cleaned(text: str) -> str:
    """What was typed as one line: no line breaks, control or direction signs, no spaces around."""
    return " ".join("".join(sign for sign in text if sign.isprintable() or sign.isspace()).split())


def objection(text: str, span: tuple[int, int], now_ns: int) -> str:
    """Why this cannot be noted, and what to do; "" when it can. `span` are the moments it is about, ns UTC."""
    said, (start, stop) = cleaned(text), span
    if not said:
        return "a note needs words: nothing was kept"
    if len(said) > LONGEST:
        return f"a note has at most {LONGEST} characters, this one {len(said)}: nothing was kept. Make two of it"
    if stop < start or start < _FIRST_NS:
        return "a note needs a time, and an end that is not before its start: nothing was kept"
    if stop > now_ns + _SOON_NS:
        return "a note is about what was, and this time is to come: nothing was kept"
    return ""


def record_of(text: str, subject: str, span: tuple[int, int], now_ns: int, by: tuple[str, str, str]) -> Record:
    """The journal's record of a note; `by` are user, station and way.

    `source_ns` is when it begins, `value` how many seconds it is long (none: a moment), `why` its words.
    """
    start, stop = span
    user, station, way = by
    return Record(
        time_ns=now_ns,
        category=CATEGORY,
        event="noted",
        subject=subject or PLANT,
        source_ns=start,
        value=(stop - start) / 1e9 if stop > start else None,
        user=user,
        station=station,
        way=way,
        why=cleaned(text),
    )
