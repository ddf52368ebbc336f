"""[[station_alarm]] in alarm files: what a plant says otherwise of the station's own alarms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct

from hmi.core import toml
from hmi.core.alarms import station
from hmi.core.alarms.rules import Matrix, Rule
from hmi.core.errors import Mistake
from hmi.core.nearest import nearest

SECTION: Final = "station_alarm"
TYPED_PRIORITY: Final = "a priority is computed from the plant's matrix, never typed in: all alarms are ranked alike"
Named = tuple[Collection[str], Collection[str]]  # the screens and the instructions that there are
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
    named: Named,
    mistakes: list[Mistake],
) -> tuple[Rule, ...]:
    """The station's own alarms in this plant; mistakes in what the files say go on the list."""
    changes: dict[str, dict[str, Any]] = {}
    lines: dict[str, toml.Table] = {}
    for row in rows:
        made = toml.fill(_Own, row, mistakes, beside=("priority",))
        if "priority" in row.values:
            mend = "Remove it and write consequence and respond_min"
            mistakes.append(row.mistake("priority", TYPED_PRIORITY, mend))
        if made is None or not _is_known(row, made, lines, mistakes):
            continue
        lines[made.id] = row
        mistakes += missing_targets(row, made.screen, made.instruction, named)
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


def missing_targets(row: toml.Table, screen: str | None, instruction: str | None, named: Named) -> Iterator[Mistake]:
    """What any alarm, a plant's too, sends its operators to and is not there."""
    screens, instructions = named
    if screen and screen not in screens:
        found = nearest(screen, screens)
        mend = f'Write screen = "{found[0]}"' if found else f"Add screens/{screen}.toml"
        yield row.mistake("screen", f"there is no screen {screen}", mend)
    if instruction and instruction not in instructions:
        mend = f"Add instructions/{instruction}.md"
        yield row.mistake("instruction", f"there is no instruction {instruction}", mend, "warning")
