"""What operators were told, out of the journal: the annunciations that figures about alarms are counted from.

Told is what was raised or annunciated again while nothing kept it quiet, and what stood unacknowledged when the last
thing that had kept it quiet ended. Acknowledgements, returns and what people did are not told to anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hmi.core.alarms.columns import STATES, UNACKNOWLEDGED
from hmi.core.alarms.kpi import Annunciations
from hmi.core.journal import Record

_TOLD: Final = ("raised", "realarmed")
_GONE: Final = ("returned", "superseded")
_BEGINS: Final = {"shelved": "unshelved", "suppressed": "unsuppressed", "out-of-service": "in-service"}
_ENDS: Final = {end: begin for begin, end in _BEGINS.items()}
_LASTS: Final = -1  # not gone yet


@dataclass(frozen=True, slots=True)
class Telling:
    """Annunciations, the alarms that they number, and where each stands in the journal."""

    told: Annunciations
    ids: tuple[str, ...]  # by the number that stands in `told.rule`: those known beforehand, then any others
    records: tuple[int, ...]  # the journal's number of each
    occurrences: tuple[int, ...]

    def narrowed(self, concerned: NDArray[np.bool_]) -> Telling:
        """What was told of these alarms alone, by their numbers."""
        keep = concerned[self.told.rule]
        told, places = self.told, np.flatnonzero(keep).tolist()
        own = Annunciations(told.time[keep], told.rule[keep], told.priority[keep], told.gone[keep])
        records, occurrences = ([of[place] for place in places] for of in (self.records, self.occurrences))
        return Telling(own, self.ids, tuple(records), tuple(occurrences))


@dataclass(slots=True)
class _Alarm:
    number: int
    quiet: set[str] = field(default_factory=set)  # what keeps it quiet now
    open: list[int] = field(default_factory=list)  # places of annunciations whose condition has not returned


def tell(records: Iterable[tuple[int, Record]], end_ns: int, known: Sequence[str] = ()) -> Telling:
    """The annunciations in the journal's alarm records, which come with their numbers and in their order.

    `known` are the ids of the plant's alarms, in their order. What still stands is gone at `end_ns`.
    """
    teller = Teller(known)
    for number, record in records:
        if record.category == "alarm":
            teller.hear(number, record)
    return teller.telling(end_ns)


class Teller:
    """Goes through the journal once, with what keeps each alarm quiet in mind; `known` as in `tell`."""

    def __init__(self, known: Sequence[str] = ()) -> None:
        self._alarms = {name: _Alarm(number) for number, name in enumerate(known)}
        self._rows: list[tuple[int, int, int]] = []  # time, alarm, priority
        self._gone: list[int] = []
        self._records: list[int] = []
        self._occurrences: list[int] = []

    def hear(self, number: int, record: Record) -> None:
        """One thing that happened to one alarm."""
        alarm = self._alarms.setdefault(record.subject, _Alarm(len(self._alarms)))
        event = record.event
        if event == "raised" or event in _GONE:  # a new occurrence: the one before is over, whatever was lost of it
            self._close(alarm, record.time_ns)
        if event in _BEGINS:
            alarm.quiet.add(event)
        ended = _ENDS.get(event)
        if ended:
            alarm.quiet.discard(ended)
        heard_anew = ended is not None and record.result == STATES[UNACKNOWLEDGED]
        if (event in _TOLD or heard_anew) and not alarm.quiet:
            self._tell(number, record, alarm)

    def _tell(self, number: int, record: Record, alarm: _Alarm) -> None:
        alarm.open.append(len(self._rows))
        self._rows.append((record.time_ns, alarm.number, record.priority))
        self._gone.append(_LASTS)
        self._records.append(number)
        self._occurrences.append(record.occurrence)

    def _close(self, alarm: _Alarm, time_ns: int) -> None:
        for place in alarm.open:
            self._gone[place] = max(time_ns, self._rows[place][0])  # the wall clock may have been put back
        alarm.open.clear()

    def telling(self, end_ns: int) -> Telling:
        """All of it, by time."""
        rows = np.array(self._rows, np.int64).reshape(-1, 3)
        gone = np.array(self._gone, np.int64)
        gone = np.where(gone == _LASTS, np.maximum(rows[:, 0], end_ns), gone)
        order = np.argsort(rows[:, 0], kind="stable")
        rows = rows[order]
        told = Annunciations(rows[:, 0], rows[:, 1].astype(np.intp), rows[:, 2].astype(np.uint8), gone[order])
        numbers = tuple(self._records[place] for place in order)
        return Telling(told, tuple(self._alarms), numbers, tuple(self._occurrences[place] for place in order))
