"""[people] in plant.toml: whether people sign in at the stations, and what becomes of one that is left alone."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta, Struct

from hmi.core import toml
from hmi.core.errors import Mistake
from hmi.core.plant.model import PeopleRules

SECTION: Final = "people"
NOTICE_LENGTH: Final = 1200  # characters: what is longer nobody reads, and the sheet would have to be scrolled far
IdleMin = Annotated[float, Meta(ge=1, le=720, examples=[15])]


class _People(Struct, frozen=True):
    accounts: bool = False
    idle_min: IdleMin = 15.0
    lock: bool = False
    notice: Annotated[
        str, Meta(max_length=NOTICE_LENGTH, examples=["For staff only. What is done here is recorded."])
    ] = ""
    password_length: Annotated[int, Meta(ge=10, le=64, examples=[12])] = 10
    passwords_before: Annotated[int, Meta(ge=0, le=10, examples=[3])] = 0
    sessions: Annotated[int, Meta(ge=0, le=32, examples=[1])] = 0


def read_people(table: toml.Table, mistakes: list[Mistake]) -> PeopleRules:
    """The section; the defaults where there is none or it has mistakes, which go on the list."""
    section = table.table(SECTION)
    made = toml.fill(_People, section, mistakes) if section else None
    if made is None or section is None:
        return PeopleRules()
    if made.lock and not made.accounts:
        what = "a station where nobody has an account cannot be locked: nobody could unlock it"
        mistakes.append(section.mistake("lock", what, "Add accounts = true, or take `lock` out"))
    notice = _notice(made.notice, section, mistakes)
    more = (notice, made.password_length, made.passwords_before, made.sessions)
    return PeopleRules(made.accounts, made.idle_min, made.lock, *more)


def _notice(text: str, section: toml.Table, mistakes: list[Mistake]) -> str:
    """The owner's words as they are shown; on a terminal, too, so nothing in them may steer it."""
    notice = text.strip()
    if strange := next((sign for sign in notice if not sign.isprintable() and sign != "\n"), ""):
        what = f"there is a sign in the notice that nobody can see: {strange!a}"
        mistakes.append(section.mistake("notice", what, "Take it out; lines may end where you like"))
        return ""
    return notice


def check_station(row: toml.Table, lock: bool | None, rules: PeopleRules, mistakes: list[Mistake]) -> None:
    """The same of one [[station]], which may have rules of its own."""
    if lock and not rules.accounts:
        what = "this station cannot be locked: the plant says of nobody that he has an account, so nobody could unlock"
        mistakes.append(row.mistake("lock", what, "Write accounts = true into [people], or take `lock` out"))
