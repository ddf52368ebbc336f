"""What was annunciated lately, read from the engine's journal page by page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from PySide6.QtCore import QTimer

from hmi.client.page import Desk
from hmi.core.alarms.telling import Teller, Telling
from hmi.core.journal import Record
from hmi.link.messages import Reply

PAGE: Final = 2000  # records in one answer, and gone through at a time: the window goes on meanwhile
MOST: Final = 60_000  # records that figures are made of; older ones are left out, and that is said
_PATIENCE_S: Final = 30.0


class Annals:
    """Asks for the alarm records of a stretch of time; `came` is called once, when all are there or none will be.

    `fault` says why there are none, `complete_ns` from when on they are all there: since the journal began, or since
    the records before it were too many (`is_cut`).
    """

    def __init__(self, desk: Desk, came: Callable[[], None]) -> None:
        self.desk, self._came = desk, came
        self.from_ns = self.to_ns = self.complete_ns = 0
        self.fault = ""
        self.asking = self.is_cut = False
        self._records: dict[int, Record] = {}
        self._teller = Teller()
        self._to_hear: list[tuple[int, Record]] = []  # the first last
        self._question = 0

    def read(self, from_ns: int, to_ns: int) -> None:
        """Read anew."""
        self.dispose()
        self.from_ns, self.to_ns, self.complete_ns = from_ns, to_ns, from_ns
        self.fault, self.asking = "", True
        self._records = {}
        self._teller = Teller([rule.id for rule in self.desk.plant.all_rules])
        self.is_cut = False
        self._question = self.desk.wire.ask("journal", {"limit": 1, "oldest": True}, self._begin, _PATIENCE_S)

    def telling(self) -> Telling:
        """What operators were told in that time."""
        return self._teller.telling(self.to_ns)

    def dispose(self) -> None:
        """No answer may come any more."""
        self.desk.wire.forget(self._question)
        self.asking = False

    def _begin(self, reply: Reply) -> None:
        """No figure is made better by days on which nobody kept a journal."""
        if reply.ok and reply.body:
            self.complete_ns = max(self.from_ns, min(self.to_ns - 1, int(reply.body[0].get("time_ns", 0))))
        self._ask(self.to_ns)

    def _ask(self, to_ns: int) -> None:
        args = {"from_ns": self.from_ns, "to_ns": to_ns, "limit": PAGE, "category": "alarm"}
        self._question = self.desk.wire.ask("journal", args, self._take, _PATIENCE_S)

    def _take(self, reply: Reply) -> None:
        known = len(self._records)
        try:
            if not reply.ok:
                raise ValueError(reply.text)
            found = dict(map(_record, reply.body or []))
        except (KeyError, TypeError, ValueError) as error:
            self.fault = str(error)
            self._end()
            return
        self._records |= found
        is_last = len(found) < PAGE or len(self._records) == known
        if not is_last and len(self._records) < MOST:
            self._ask(min(record.time_ns for record in found.values()))
            return
        if not is_last:
            self.is_cut = True
            self.complete_ns = min(record.time_ns for record in self._records.values())
        self._to_hear = sorted(self._records.items(), reverse=True)
        self._hear()

    def _hear(self) -> None:
        """Go through the next records, from the oldest on."""
        if not self.asking:
            return
        for number, record in reversed(self._to_hear[-PAGE:]):
            self._teller.hear(number, record)
        del self._to_hear[-PAGE:]
        if self._to_hear:
            QTimer.singleShot(0, self._hear)
        else:
            self._end()

    def _end(self) -> None:
        self.asking = False
        self._came()


def _record(told: Mapping[str, Any]) -> tuple[int, Record]:
    return int(told["id"]), msgspec.convert({name: part for name, part in told.items() if name != "id"}, Record)
