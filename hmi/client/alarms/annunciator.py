"""What calls the operator: the horn, the flood, and shelves that end soon; one for all windows of a station."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from PySide6.QtCore import QObject, Signal

from hmi.client import words
from hmi.client.alarms.horn import Horn
from hmi.client.alarms.own import text_of
from hmi.client.alarms.rows import Follower
from hmi.client.language import tr
from hmi.client.page import Desk
from hmi.core.alarms.columns import OUT_OF_SERVICE, SHELVED, SUPPRESSED
from hmi.core.alarms.flood import WINDOW_S, FloodWatch
from hmi.core.alarms.quiet import WARN_S
from hmi.core.plant.model import Plant
from hmi.core.plant.positions import Responsibility
from hmi.link.messages import AlarmRow

_NS: Final = 1_000_000_000
_AGAIN_S: Final = {1: 2.0, 2: 4.0, 3: 8.0, 4: 15.0}  # a tone is repeated so often
_BURST_S: Final = 2.0  # what comes within it after a tone is no reason for another, unless it is more urgent
_QUIET: Final = (SHELVED, SUPPRESSED, OUT_OF_SERVICE)


class Annunciator(QObject):
    """Listens to the mirror: `hear` when it changed, `pulse` twice a second. `told` is for the operator, in words.

    Only alarms that the operator position of the station answers for sound and count for a flood.
    """

    told = Signal(str)
    changed = Signal()  # whether it sounds, or whether there is a flood

    def __init__(self, desk: Desk, horn: Horn | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.horn = horn or Horn(parent=self)
        self.flood = FloodWatch()
        self.flood_since_ns = 0
        self.flood_count = 0  # annunciated in it
        self._rows: dict[int, AlarmRow] = {}
        self._calling: dict[int, int] = {}  # rule -> occurrence: unacknowledged, and heard
        self._sounding: defaultdict[int, set[int]] = defaultdict(set)  # by priority: those that nobody has silenced
        self._shelves: set[int] = set()
        self._warned: set[int] = set()
        self._first = True
        self._version = -1
        self._played_at = float("-inf")
        self._played = 0  # the priority of the tone
        self._follower = Follower()
        self._answers: tuple[Plant, Responsibility] | None = None
        self.horn.failed.connect(self.told)
        self.horn.look()

    @property
    def sounding(self) -> int:
        """The priority that the horn sounds for; 0 when it is quiet."""
        return min((priority for priority, rules in self._sounding.items() if rules), default=0)

    def hear(self) -> None:
        """Take in what changed: however many alarms came at once, the horn sounds once."""
        mirror = self.desk.mirror
        if mirror.alarms_version == self._version:
            return
        self._version = mirror.alarms_version
        before, told = self.sounding, self._take()
        if self._first:
            self._remember()
        elif told:
            self._annunciate(len(told))
        self._first = False
        self._sound(bool(told))
        if self.sounding != before:
            self.changed.emit()

    def pulse(self) -> None:
        """Repeat the tone, warn of shelves that end, see whether the flood is over."""
        self.hear()
        now = self.desk.clock.monotonic()
        priority = self.sounding
        if priority and now - self._played_at >= _AGAIN_S.get(priority, 15.0):
            self._play(priority)
        was = self.flood.is_flood
        if was and not self.flood.look(now):
            self.told.emit(tr("The flood of alarms is over: {count} came in it", count=self.flood_count))
            self.changed.emit()
        self._warn()

    def silence(self) -> None:
        """Stop the sound and nothing else; the next alarm sounds again."""
        self._sounding.clear()
        self._played_at = float("-inf")  # whatever comes next is heard at once
        self.horn.stop()
        self.changed.emit()

    def ends_soon(self) -> int:
        """How many shelves end within five minutes."""
        return sum(1 for rule in self._shelves if self._left_s(rule) <= WARN_S)

    def dispose(self) -> None:
        """The plant leaves the window: be quiet."""
        self.horn.stop()

    def _take(self) -> list[int]:
        """What was annunciated since the last look."""
        alarms, told = self.desk.mirror.alarms, []
        for rule in self._follower.changed(alarms, self._rows):
            row = alarms.get(rule)
            if row is None:
                self._rows.pop(rule, None)
                self._forget(rule)
                continue
            self._rows[rule] = row
            if row.state == "unacknowledged" and self._concerns(rule):
                if self._calling.get(rule) != row.occurrence:
                    told.append(rule)
                    self._sounding[self.desk.mirror.rules[rule].priority].add(rule)
                self._calling[rule] = row.occurrence
            else:
                self._forget(rule)
            if row.state == SHELVED:
                self._shelves.add(rule)
        return told

    def _concerns(self, rule: int) -> bool:
        """Whether the position of this station answers for an alarm; what nobody answers for concerns all."""
        plant = self.desk.plant
        if self._answers is None or self._answers[0] is not plant:
            self._answers = (plant, Responsibility(plant))
        position = plant.position_at(self.desk.station)
        return position is None or self._answers[1].concerns(position.id, self.desk.mirror.rules[rule].tag)

    def _forget(self, rule: int) -> None:
        self._calling.pop(rule, None)
        for kept in (*self._sounding.values(), self._shelves, self._warned):
            kept.discard(rule)

    def _remember(self) -> None:
        """A window that has just been opened: what was raised in the last ten minutes and still stands counts."""
        mirror, now = self.desk.mirror, self.desk.clock.monotonic()
        heard = [row for row in self._rows.values() if row.state not in _QUIET and self._concerns(row.rule)]
        ages = [(mirror.now_ns() - row.raised_ns) / _NS for row in heard]
        for age in sorted((age for age in ages if 0 <= age < WINDOW_S), reverse=True):
            self._annunciate(1, now - age)

    def _annunciate(self, count: int, at: float | None = None) -> None:
        now = self.desk.clock.monotonic()
        was, moment = self.flood.is_flood, now if at is None else at
        self.flood.annunciate(count, moment)
        self.flood_count = self.flood_count + count if was else len(self.flood._told)
        if self.flood.is_flood and not was:
            self.flood_count = max(count, self.flood_count)
            self.flood_since_ns = self.desk.mirror.now_ns() - round((now - moment) * _NS)
            self.changed.emit()

    def _sound(self, is_new: bool) -> None:
        priority = self.sounding
        if not priority:
            self.horn.stop()
            return
        late = self.desk.clock.monotonic() - self._played_at >= _BURST_S
        if is_new and (late or not self._played or priority < self._played):
            self._play(priority)

    def _play(self, priority: int) -> None:
        self._played, self._played_at = priority, self.desk.clock.monotonic()
        self.horn.play(priority)

    def _left_s(self, rule: int) -> float:
        row = self._rows.get(rule)
        until = 0 if row is None else row.quiet_until_ns
        return (until - self.desk.mirror.now_ns()) / _NS if until else float("inf")

    def _warn(self) -> None:
        due = {rule for rule in self._shelves if self._left_s(rule) <= WARN_S} - self._warned
        for rule in sorted(due):
            self._warned.add(rule)
            one = self.desk.mirror.rules[rule]
            name, left = text_of(one, one.title or one.id), words.age(self._left_s(rule))
            self.told.emit(tr("{alarm} comes off the shelf in {left}", alarm=name, left=left))
