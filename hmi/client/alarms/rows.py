"""The alarms that are not normal, with a note of which have changed: who keeps up need not look at all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hmi.link.messages import AlarmRow

_MOST: Final = 65_536  # changes that are remembered; whoever is further behind compares everything


class AlarmRows(dict[int, AlarmRow]):
    """By rule. Changed through `put` and `drop` alone."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0  # changes so far
        self._log: list[int] = []  # the rules of the latest changes

    def put(self, row: AlarmRow) -> None:
        """An alarm came, or stands otherwise."""
        self[row.rule] = row
        self._note(row.rule)

    def drop(self, rule: int) -> None:
        """An alarm is normal."""
        if self.pop(rule, None) is not None:
            self._note(rule)

    def since(self, count: int) -> list[int] | None:
        """The rules that have changed since there were so many changes, each once; None when that is too long ago."""
        begin = len(self._log) - (self.count - count)
        return None if begin < 0 else list(dict.fromkeys(self._log[begin:]))

    def _note(self, rule: int) -> None:
        self.count += 1
        self._log.append(rule)
        if len(self._log) > _MOST:
            del self._log[: _MOST // 2]


class Follower:
    """Somebody who keeps up with the alarms."""

    def __init__(self) -> None:
        self._followed: Mapping[int, AlarmRow] | None = None
        self._count = 0

    def changed(self, alarms: Mapping[int, AlarmRow], known: Mapping[int, AlarmRow]) -> list[int]:
        """The rules whose alarm is not, or no longer, as it is `known`; some may be as before."""
        found = None
        if isinstance(alarms, AlarmRows):
            found = alarms.since(self._count) if alarms is self._followed else None
            self._followed, self._count = alarms, alarms.count
        if found is not None:
            return found
        changed = [rule for rule, row in alarms.items() if known.get(rule) is not row]
        return changed + [rule for rule in known if rule not in alarms]
