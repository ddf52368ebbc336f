"""What the lines of the alarm lists say, column by column, and how wide the columns are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from hmi.client import words
from hmi.client.alarms import own, served
from hmi.client.alarms.belongings import Belongings
from hmi.client.alarms.limits import limit_now
from hmi.client.alarms.summary import waits
from hmi.client.language import tr
from hmi.client.page import Desk
from hmi.core.alarms.columns import OUT_OF_SERVICE, SHELVED, SUPPRESSED
from hmi.core.alarms.flood import Line
from hmi.core.alarms.quiet import WARN_S
from hmi.core.alarms.rules import Rule
from hmi.core.alarms.station import is_own
from hmi.link.messages import AlarmRow


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it says, its title, its width in px (0: shares what is left), and whether it can be spared."""

    name: str
    title: str
    width: int = 0
    spare: int = 0  # the greater, the sooner it gives way
    right: bool = False


MARK: Final = Column("mark", "", 44)
_RAISED: Final = Column("raised", "Raised", 90)
_TITLE: Final = Column("title", "Alarm")
_AGE: Final = Column("age", "Age", 96, right=True)
_STATE: Final = Column("state", "State", 142)
_VALUE: Final = Column("value", "Value / limit", 130, spare=1, right=True)
_PLACE: Final = Column("place", "Equipment", 170, spare=2)
_ACKED: Final = Column("acked", "Acknowledged by", 140, spare=3)
_BY: Final = Column("by", "By", 110, spare=1)
_WHY: Final = Column("why", "Why")
STANDING_COLUMNS: Final = (MARK, _RAISED, _AGE, _TITLE, _STATE, _VALUE, _PLACE, _ACKED)
COLUMNS: Final = {
    SHELVED: (MARK, _TITLE, _PLACE, Column("left", "Time left", 140, right=True), _BY, _WHY),
    SUPPRESSED: (MARK, _TITLE, _PLACE, Column("when", "Suppressed while")),
    OUT_OF_SERVICE: (MARK, _TITLE, _PLACE, Column("permit", "Permit", 120), _BY, _WHY),
}


class Cells:
    """Says what is in a cell."""

    def __init__(self, desk: Desk, belongings: Belongings) -> None:
        self.desk, self.belongings = desk, belongings
        self._said = {
            "mark": self._mark,
            "raised": self._raised,
            "age": self._age,
            "title": lambda rule, row: own.titled(served.title_of(belongings.title_of(rule.index), row), row),
            "state": self._state,
            "value": lambda rule, row: value_and_limit(desk, rule, row),
            "place": lambda rule, row: belongings.title(belongings.place[rule.index]),
            "acked": lambda rule, row: row.acked_by,
            "left": self._left,
            "by": lambda rule, row: row.quiet_by,
            "why": lambda rule, row: row.quiet_why,
            "when": lambda rule, row: rule.suppress_when,
            "permit": lambda rule, row: row.permit,
        }

    def alarm(self, column: str, row: AlarmRow) -> str:
        """A cell of an alarm."""
        return self._said[column](self.desk.mirror.rules[row.rule], row)

    def group(self, column: str, group: Line, rows: dict[int, AlarmRow]) -> str:
        """A cell of the head of a group: how many, and which of them came first."""
        if column == "title":
            waiting = sum(1 for rule in group.rules if rule in rows and waits(rows[rule]))
            return tr(
                "{machine} · {count} alarms, {waiting} unacknowledged · first: {alarm}",
                machine=self.belongings.title(group.place) or tr("No equipment"),
                count=len(group.rules),
                waiting=waiting,
                alarm=self.belongings.title_of(group.first),
            )
        if column in ("raised", "age") and group.first in rows:
            return self.alarm(column, rows[group.first])
        return ""

    def _mark(self, rule: Rule, row: AlarmRow) -> str:
        return str(rule.priority)

    def _raised(self, rule: Rule, row: AlarmRow) -> str:
        return words.moment(row.raised_ns, self.desk.zone, self.desk.mirror.now_ns())

    def _age(self, rule: Rule, row: AlarmRow) -> str:
        return words.age((self.desk.mirror.now_ns() - row.raised_ns) / 1e9) if row.raised_ns else "–"

    def _state(self, rule: Rule, row: AlarmRow) -> str:
        if row.condition is not None:
            return served.state_of(row, short=True)
        state = tr(words.SHORT_STATES.get(row.state, row.state))
        return f"{state} ({tr('not evaluated')})" if row.cannot_evaluate else state

    def _left(self, rule: Rule, row: AlarmRow) -> str:
        left = time_left_s(self.desk, row)
        return tr("soon: {left}", left=words.age(left)) if left <= WARN_S else words.age(left)


def time_left_s(desk: Desk, row: AlarmRow) -> float:
    """Seconds until a shelf ends; infinite for what has no end."""
    return (row.quiet_until_ns - desk.mirror.now_ns()) / 1e9 if row.quiet_until_ns else float("inf")


def value_and_limit(desk: Desk, rule: Rule, row: AlarmRow) -> str:
    """The value that raised an alarm beside the limit, as that is now."""
    if row.condition is not None:
        return served.value_of(row)
    if is_own(rule):
        return ""
    tag = desk.plant.tags[rule.tag]
    if rule.type == "bad":
        return tr("bad")
    if tag.type == "bool":
        return tr("on" if row.value else "off")
    places = words.decimals(tag)
    value = words.number(row.value, places)
    now = limit_now(desk.mirror.table, rule)
    limit = "" if math.isnan(now) else f" / {words.number(now, places)}"
    return f"{value}{limit} {words.unit(tag)}".rstrip()
