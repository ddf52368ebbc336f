"""[people] in plant.toml: whether people sign in at the stations, and what becomes of one that is left alone."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta, Struct

from hmi.core import toml
from hmi.core.errors import Mistake
from hmi.core.plant.model import PeopleRules

SECTION: Final = "people"
IdleMin = Annotated[float, Meta(ge=1, le=720, examples=[15])]


class _People(Struct, frozen=True):
    accounts: bool = False
    idle_min: IdleMin = 15.0
    lock: bool = False


def read_people(table: toml.Table, mistakes: list[Mistake]) -> PeopleRules:
    """The section; the defaults where there is none or it has mistakes, which go on the list."""
    section = table.table(SECTION)
    made = toml.fill(_People, section, mistakes) if section else None
    if made is None or section is None:
        return PeopleRules()
    if made.lock and not made.accounts:
        what = "a station where nobody has an account cannot be locked: nobody could unlock it"
        mistakes.append(section.mistake("lock", what, "Add accounts = true, or take `lock` out"))
    return PeopleRules(made.accounts, made.idle_min, made.lock)


def check_station(row: toml.Table, lock: bool | None, rules: PeopleRules, mistakes: list[Mistake]) -> None:
    """The same of one [[station]], which may have rules of its own."""
    if lock and not rules.accounts:
        what = "this station cannot be locked: the plant says of nobody that he has an account, so nobody could unlock"
        mistakes.append(row.mistake("lock", what, "Write accounts = true into [people], or take `lock` out"))
