"""Which instructions there are and when each is due: by hours, or by what a counter of the machine has counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from hmi.core.journal import Record
from hmi.core.plant import Plant
from hmi.core.steps.conditions import Reading
from hmi.core.steps.kept import event_of
from hmi.core.steps.model import Instruction

_HOUR_NS = 3_600_000_000_000


class DueRow(msgspec.Struct, frozen=True, kw_only=True):
    """One instruction in the list of all, with the queue's word on it."""

    id: str
    title: str
    revision: str
    release: str  # draft | reviewed | released | withdrawn
    minutes: float = 0.0
    steps: int = 0  # 0: it can only be read
    equipment: tuple[str, ...] = ()
    last_ns: int = 0  # when it was last carried out to its end; 0 never
    due_ns: int = 0  # when it is due by the hours; 0: hours do not say
    left: float | None = None  # counts that are left by the counter; None: it does not say
    due: bool = False  # it is due now
    digest: str = ""  # of its text
    reviewed_by: str = ""
    released_by: str = ""
    on: str = ""  # date of the last signature
    why: str = ""  # it was withdrawn


def dues(
    plant: Plant,
    last: Mapping[str, tuple[int, Record]],
    read: Callable[[str], Reading],
    now_ns: int,
) -> list[dict[str, Any]]:
    """The instructions of the plant, those that are due first."""
    rows = [_row(one, plant, last.get(one.id), read, now_ns) for one in plant.instructions.values()]
    rows.sort(key=lambda row: (not row.due, row.title.casefold()))
    return [msgspec.to_builtins(row) for row in rows]


def _row(
    one: Instruction,
    plant: Plant,
    last: tuple[int, Record] | None,
    read: Callable[[str], Reading],
    now_ns: int,
) -> DueRow:
    last_ns = last[0] if last else 0
    due_ns = (last_ns or now_ns) + round(one.schedule.hours * _HOUR_NS) if one.schedule.hours else 0
    left = _left(one, last[1] if last else None, read) if one.schedule.counter else None
    never = bool(one.schedule.hours) and not last
    machines = tuple(machine.id for machine in plant.equipment.values() if one.id in machine.instructions)
    return DueRow(
        id=one.id,
        title=one.title,
        revision=one.revision,
        release=one.release.state,
        minutes=one.minutes,
        steps=len(one.steps),
        equipment=machines,
        last_ns=last_ns,
        due_ns=due_ns,
        left=left,
        digest=one.digest,
        reviewed_by=one.release.reviewed_by,
        released_by=one.release.released_by,
        on=one.release.on,
        why=one.release.why,
        due=never or bool(due_ns and due_ns <= now_ns) or (left is not None and left <= 0),
    )


def _left(one: Instruction, last: Record | None, read: Callable[[str], Reading]) -> float | None:
    """Counts until it is due; a counter that fell was set back, and begins anew."""
    now = read(one.schedule.counter)
    if now.quality >> 30 or not isinstance(now.value, float):
        return None
    then = 0.0
    if last is not None:
        before = event_of(last).tags.get(one.schedule.counter)
        then = before.value if before is not None and isinstance(before.value, float) else now.value
    counted = now.value - then if now.value >= then else now.value
    return one.schedule.by - counted
