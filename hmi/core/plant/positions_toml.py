"""[[position]] in plant.toml: operator positions, their areas of responsibility and their stations."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Final

from msgspec import Meta, Struct

from hmi.core import toml
from hmi.core.alarms.rules import Rule
from hmi.core.errors import Mistake
from hmi.core.nearest import nearest
from hmi.core.plant.equipment import Equipment
from hmi.core.plant.positions import Position, with_parts
from hmi.core.tags import Tag

SECTION: Final = "position"


class _Position(Struct, frozen=True):
    id: Annotated[
        str, Meta(pattern=r"\A[a-z][a-z0-9_-]{0,63}\Z", description="a word of a-z 0-9 _ -", examples=["filling"])
    ]
    areas: Annotated[tuple[str, ...], Meta(min_length=1, examples=[["filler", "capper"]])]
    name: str = ""
    stations: Annotated[tuple[str, ...], Meta(examples=[["filler-panel"]])] = ()


def read_positions(
    rows: Sequence[toml.Table], stations: Collection[str], equipment: Mapping[str, Equipment], mistakes: list[Mistake]
) -> tuple[Position, ...]:
    """The positions of the plant file; every mistake in them goes on the list."""
    found: dict[str, Position] = {}
    at: dict[str, str] = {}  # station -> its position
    for row in rows:
        made = toml.fill(_Position, row, mistakes)
        if made is None:
            continue
        if made.id in found:
            what = f"there are two positions {made.id}"
            mistakes.append(row.mistake("id", what, "Give each an id of its own"))
            continue
        _check_known(row, "areas", "equipment", made.areas, equipment, mistakes)
        _check_known(row, "stations", "station", made.stations, stations, mistakes)
        for station in made.stations:
            if station in at:
                what = f"the station {station} is of the position {at[station]} already"
                mistakes.append(row.mistake("stations", what, "Name each station in one position"))
            at[station] = made.id
        found[made.id] = Position(made.id, made.name or made.id, made.areas, made.stations)
    return tuple(found.values())


def check_answered(
    rows: Sequence[toml.Table],
    positions: Sequence[Position],
    rules: Sequence[Rule],
    tags: Sequence[Tag],
    equipment: Mapping[str, Equipment],
    mistakes: list[Mistake],
) -> None:
    """Warn of alarms that no position answers for: every one of them is told of those."""
    if not positions:
        return
    areas = [equipment[one] for one in with_parts([area for one in positions for area in one.areas], equipment)]
    members = {tag for one in areas for tag in one.members.values()}
    paths = tuple(f"{one.path}." for one in areas if one.path)
    left = [rule.id for rule in rules if rule.tag not in members and not tags[rule.tag].name.startswith(paths)]
    if left:
        those = f"{len(left)} alarms, such as {left[0]}: they are" if len(left) > 1 else f"{left[0]}: it is"
        what = f"no position answers for {those} told at every one"
        mistakes.append(rows[0].mistake("areas", what, "Add their equipment to the areas of a position", "warning"))


def _check_known(
    row: toml.Table, key: str, kind: str, names: Sequence[str], known: Collection[str], mistakes: list[Mistake]
) -> None:
    for name in names:
        if name not in known:
            close = nearest(name, known)
            mend = f'Write "{close[0]}"' if close else f"There are {', '.join(known) or 'none'}"
            mistakes.append(row.mistake(key, f"there is no {kind} {name}", mend))
