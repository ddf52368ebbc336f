"""The station's own troubles in the alarm list: what it knows of itself is judged like the values of the plant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hmi.clock import Clock
from hmi.core import quality as q
from hmi.core.alarms import columns as c
from hmi.core.alarms.station import is_own
from hmi.core.batch import ROW
from hmi.engine.alarms import AlarmRoom

LOOK_S: Final = 1.0
ANEW_S: Final = 60.0  # between two tellings of the same trouble with other figures
_NO_TAGS: Final = np.empty(0, np.uint32)


class Reading(NamedTuple):
    """What the station knows of the condition of one of its own alarms."""

    holds: bool | None  # None: it cannot tell yet, so the alarm stays as it was
    words: str = ""  # what it is just now, for a person


class StationAlarms:
    """Tells the room of alarms how the station itself is; lives on the engine's loop."""

    def __init__(self, room: AlarmRoom, clock: Clock, readings: Callable[[], Mapping[str, Reading]]) -> None:
        """`readings` gives what is known now, by the ids of the station's own alarms."""
        self._room = room
        self._clock = clock
        self._readings = readings
        self._rules = {rule.id: rule.index for rule in room.plant.all_rules if is_own(rule)}
        self._told: dict[str, bool | None] = {}
        self._words: dict[int, str] = {}  # rule -> what its trouble was when it was looked at last
        self._noted: dict[int, float] = {}  # rule -> when its words were told, monotonic
        self._due = clock.monotonic()

    def look(self) -> None:
        """Have the alarms judged by what has changed; called every beat."""
        now = self._clock.monotonic()
        if now < self._due or not self._rules:
            return
        self._due = now + LOOK_S
        found = {id_: one for id_, one in self._readings().items() if id_ in self._rules}
        for id_, one in found.items():
            if one.holds and one.words:
                self._words[self._rules[id_]] = one.words
                if not self._told.get(id_):  # it begins anew: what is left of the time before says nothing of it
                    self._noted.pop(self._rules[id_], None)
        for rule, words in self._words.items():
            self._note(rule, words)
        news = {id_: one.holds for id_, one in found.items() if self._told.get(id_, ...) != one.holds}
        if news:
            self._told |= news
            self._room.judge(self._rows(news), _NO_TAGS)

    def _rows(self, news: Mapping[str, bool | None]) -> NDArray[Any]:
        """A row for each condition, as a tag's value would be one."""
        rows = np.zeros(len(news), ROW)
        rows["tag"] = [self._room.rules.tag[self._rules[id_]] for id_ in news]
        rows["value"] = [float(bool(holds)) for holds in news.values()]
        rows["quality"] = [q.BAD_WAITING if holds is None else q.GOOD for holds in news.values()]
        rows["time"] = rows["received"] = self._clock.now_ns()
        return rows

    def _note(self, rule: int, words: str) -> None:
        """What stands beside an alarm; the same trouble with other figures is told again only after a while."""
        columns = self._room.columns
        before, now = columns.note.get(rule, ""), self._clock.monotonic()
        if words == before or (_kind(words) == _kind(before) and now - self._noted.get(rule, -ANEW_S) < ANEW_S):
            return
        columns.note[rule], self._noted[rule] = words, now
        if columns.state[rule] != c.NORMAL:
            columns.touch(rule)


def _kind(words: str) -> str:
    return "".join(sign for sign in words if not sign.isdigit())
