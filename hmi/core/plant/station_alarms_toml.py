"""[[station_alarm]] in alarm files: what a plant says otherwise of the station's own alarms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct

from hmi.core import toml
from hmi.core.alarms import station
from hmi.core.alarms.rules import Matrix, Rule
from hmi.core.errors import Mistake
from hmi.core.nearest import nearest

SECTION: Final = "station_alarm"
_SECONDS: Final = Meta(ge=0, le=86_400, examples=[60])
_TEXT: Final = Meta(min_length=1, max_length=1000, examples=["Call the plant's IT, extension 4711"])


class _Own(Struct, frozen=True):
    """What may be said otherwise; what is left out stays as the program has it."""

    id: Annotated[str, Meta(examples=["station.server-backlog"])]
    consequence: Literal["minor", "major", "severe"] | None = None
    respond_min: Annotated[float, Meta(gt=0, examples=[60])] | None = None
    on_delay_s: Annotated[float, _SECONDS] | None = None
    off_delay_s: Annotated[float, _SECONDS] | None = None
    realarm_min: Annotated[float, Meta(ge=0, le=1440, examples=[60])] | None = None
    title: Annotated[str, _TEXT] | None = None
    cause: Annotated[str, _TEXT] | None = None
    effect: Annotated[str, _TEXT] | None = None
    action: Annotated[str, _TEXT] | None = None
    instruction: str | None = None
    screen: str | None = None
    rationalised_by: str | None = None
    rationalised_on: dt.date | None = None


def read_station_alarms(
    rows: Sequence[toml.Table],
    matrix: Matrix,
    named: tuple[Collection[str], Collection[str]],
    mistakes: list[Mistake],
) -> tuple[Rule, ...]:
    """The station's own alarms in this plant; mistakes in what the files say go on the list.

    `named` are the screens and the instructions that there are.
    """
    changes: dict[str, dict[str, Any]] = {}
    lines: dict[str, toml.Table] = {}
    for row in rows:
        made = toml.fill(_Own, row, mistakes, beside=("priority",))
        if "priority" in row.values:
            what = "a priority is computed from the plant's matrix, never typed in: all alarms are ranked alike"
            mistakes.append(row.mistake("priority", what, "Remove it and write consequence and respond_min"))
        if made is None or not _is_known(row, made, lines, mistakes):
            continue
        lines[made.id] = row
        _check_named(row, made, named, mistakes)
        changes[made.id] = _changes(made)
    return station.rules_of(matrix, changes)


def _changes(made: _Own) -> dict[str, Any]:
    told = {key: getattr(made, key) for key in made.__struct_fields__ if key != "id"}
    if made.rationalised_on is not None:
        told["rationalised_on"] = str(made.rationalised_on)
    return {key: value for key, value in told.items() if value is not None}


def _is_known(row: toml.Table, made: _Own, lines: dict[str, toml.Table], mistakes: list[Mistake]) -> bool:
    if made.id not in station.IDS:
        found = nearest(made.id, station.IDS)
        mend = f'Write id = "{found[0]}"' if found else f"Write one of {', '.join(station.IDS)}"
        mistakes.append(row.mistake("id", f"the station has no alarm {made.id} of its own", mend))
        return False
    if made.id in lines:
        other = lines[made.id]
        what = f"{made.id} is there twice: first in {other.file}:{other.line_of('id')}"
        mistakes.append(row.mistake("id", what, "Write all that is said of it in one place"))
        return False
    return True


def _check_named(
    row: toml.Table, made: _Own, named: tuple[Collection[str], Collection[str]], mistakes: list[Mistake]
) -> None:
    screens, instructions = named
    if made.screen and made.screen not in screens:
        mistakes.append(row.mistake("screen", f"there is no screen {made.screen}", f"Add screens/{made.screen}.toml"))
    if made.instruction and made.instruction not in instructions:
        mend = f"Add instructions/{made.instruction}.md"
        mistakes.append(row.mistake("instruction", f"there is no instruction {made.instruction}", mend, "warning"))
