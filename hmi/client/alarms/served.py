"""Conditions that servers keep, in an operator's words: where they come from, how they stand, what is said of them."""

from __future__ import annotations

from hmi.client import words
from hmi.client.alarms import own
from hmi.client.language import tr
from hmi.client.page import Desk
from hmi.core.alarms.columns import LATCHED, STATES
from hmi.core.alarms.rules import Rule
from hmi.core.alarms.served import CLASS, TYPE
from hmi.link.messages import AlarmRow, ConditionFacts

_TO_CONFIRM = STATES[LATCHED]


def is_served(rule: Rule) -> bool:
    """Whether a rule stands for a condition that a server keeps."""
    return rule.type == TYPE


def class_title(name: str) -> str:
    """What a class of alarms is called; that of servers' conditions is none of the plant's files."""
    return tr("From servers") if name == CLASS else own.class_of(name)


def place_of(facts: ConditionFacts) -> str:
    """The place of a condition that is of no machine of the plant's files: its source, at its server."""
    return f"{facts.connection}:{facts.source}"


def place_title(facts: ConditionFacts) -> str:
    """What that place is called."""
    return f"{facts.source} ({facts.connection})" if facts.source else facts.connection


def title_of(title: str, row: AlarmRow) -> str:
    """What a line says of it: its title, and how sure it is that it still stands so."""
    facts = row.condition
    return tr("Last known: {alarm}", alarm=title) if facts is not None and facts.lost else title


def state_of(row: AlarmRow, short: bool = False) -> str:
    """How it stands, in its server's terms where those are others than ours."""
    if row.state == _TO_CONFIRM:
        return tr("To be confirmed")
    return tr((words.SHORT_STATES if short else words.STATES).get(row.state, row.state))


def doubt_of(row: AlarmRow) -> str:
    """Why it may not be relied on; "" when it can."""
    if row.condition is not None and row.condition.lost:
        return tr("last known, link lost")
    return tr("its server says that what it is judged by is bad") if row.cannot_evaluate else ""


def value_of(row: AlarmRow) -> str:
    """What stands where other alarms have value and limit."""
    facts = row.condition
    assert facts is not None
    return facts.level or tr("severity {severity}", severity=facts.severity)


def origin(row: AlarmRow) -> str:
    """Where it comes from: the source, and the server that keeps it."""
    facts = row.condition
    return "" if facts is None else tr("{source}, kept by the server of {connection}",
        source=facts.source or facts.name, connection=facts.connection)  # fmt: skip


def help_texts(desk: Desk, row: AlarmRow) -> dict[str, str]:
    """The parts of the help: what its server says; nobody has rationalised it here."""
    facts = row.condition
    assert facts is not None
    told = words.moment(facts.time_ns, desk.zone, desk.mirror.now_ns()) if facts.time_ns else ""
    level = f"{facts.level}, " if facts.level else ""
    said = tr("severity {severity}", severity=facts.severity)
    comment = " · ".join(part for part in (facts.comment, facts.comment_by) if part)
    return {
        "Kept by a server": tr("Its state is that of the server of {connection}: what you do here is done there.",
                               connection=facts.connection),
        "Condition": " / ".join(part for part in (facts.source, facts.name) if part),
        "Severity": f"{level}{said}: {tr('priority {priority}', priority=facts.priority)}",
        "Occurrence": tr("an earlier one, that still waits") if facts.is_branch else "",
        "Last told": told,
        "Comment": comment,
        "State": " · ".join(part for part in (state_of(row), doubt_of(row)) if part),
        "Class": facts.class_name,
        "Alarm id": facts.id,
    }  # fmt: skip
