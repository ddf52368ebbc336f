"""`hmi alarms`: what stands, or every alarm of the plant, as narrow as somebody wants to see it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec

from hmi.commands.ask import Caller, put_json, say
from hmi.core.alarms import columns as c
from hmi.core.alarms import sayings
from hmi.core.alarms.rules import Rule
from hmi.core.alarms.served import CLASS, as_rule
from hmi.core.errors import HmiError, LinkError
from hmi.core.listing import iso
from hmi.core.nearest import nearest
from hmi.core.plant import Plant
from hmi.core.plant.positions import Responsibility
from hmi.link.messages import AlarmRow, Alarms, AnyMessage

_STATES: Final = (*c.STATES, c.SHELVED, c.SUPPRESSED, c.OUT_OF_SERVICE)
_Wanted = Callable[[AlarmRow], bool]


def alarms(options: argparse.Namespace) -> int:
    """Print alarms, the most urgent unacknowledged first."""
    with Caller(options, stream=True) as caller:
        plant = caller.learn()
        wanted = narrowed(options, plant)
        rows = _snapshot(caller)
    if options.all:
        standing = {row.rule for row in rows}
        rows = (*rows, *(AlarmRow(rule.index, c.STATES[0]) for rule in plant.all_rules if rule.index not in standing))
    shown = sorted(filter(wanted, rows), key=lambda row: _urgency(plant, row))
    listed = [as_told(plant, row) for row in shown]
    if options.json:
        return put_json({"alarms": listed})
    for row in listed:
        say(_line(row))
    if not listed:
        print("No alarms of this kind." if rows else "No alarms.")
    return 0


def narrowed(options: argparse.Namespace, plant: Plant) -> _Wanted:
    """Whether a row is one that was asked for; raises HmiError for a name that the plant does not know."""
    priorities = _priorities(options.priority)
    state = one_of(options.state, _STATES, "state")
    classes = {rule.class_ for rule in plant.all_rules} | ({CLASS} if plant.condition_places else set())
    kind = one_of(options.kind, sorted(classes), "alarm class")
    within = _area(options.area, plant)
    position = one_of(options.position, [one.id for one in plant.positions], "operator position")
    answers = Responsibility(plant)

    def wanted(row: AlarmRow) -> bool:
        rule = rule_of(plant, row)
        return (
            (not priorities or rule.priority in priorities)
            and (not state or row.state == state)
            and (not kind or rule.class_ == kind)
            and within(rule)
            and answers.concerns(position, rule.tag)
        )

    return wanted


def _priorities(text: str) -> frozenset[int]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    wrong = [part for part in parts if part not in ("1", "2", "3", "4")]
    if wrong:
        raise HmiError(f"{wrong[0]!r} is no priority: write --priority 1,2 (1 urgent to 4 low)")
    return frozenset(map(int, parts))


def one_of(text: str, known: Iterable[str], what: str) -> str:
    """A name that somebody typed, if it is known; raises HmiError with the nearest that is."""
    known = list(known)
    if text and text not in known:
        found = nearest(text, known)
        mend = f"did you mean {found[0]}?" if found else f"there are {', '.join(known) or 'none'}"
        raise HmiError(f"there is no {what} {text!r}: {mend}")
    return text


def _area(text: str, plant: Plant) -> Callable[[Rule], bool]:
    """Whether an alarm is of a machine or an area with all that is part of it, or of a tag below a path."""
    if not text:
        return lambda rule: True
    if text in plant.equipment:
        parts = _parts(text, plant)
        return lambda rule: rule.tag >= 0 and any(plant.belongs(part, rule.tag) for part in parts)
    path = text.rstrip(".") + "."
    if not any(plant.tags[rule.tag].name.startswith(path) for rule in plant.rules):
        found = nearest(text, plant.equipment)
        mend = f"did you mean {found[0]}?" if found else f"there are {', '.join(plant.equipment)}"
        raise HmiError(f"no alarm is of {text!r}: {mend}")
    return lambda rule: rule.tag >= 0 and plant.tags[rule.tag].name.startswith(path)


def _parts(equipment: str, plant: Plant) -> list[str]:
    found = [equipment]
    for one in found:  # grows as it goes
        found += [part.id for part in plant.equipment.values() if part.parent == one and part.id not in found]
    return found


def _snapshot(caller: Caller) -> tuple[AlarmRow, ...]:
    messages: Iterable[AnyMessage] = caller.early
    for _ in range(100):
        for message in messages:
            if isinstance(message, Alarms) and message.snapshot:
                return message.rows
        messages = caller.connection.wait(1.0)
    raise LinkError("The engine does not say which alarms stand: is it stopped or overloaded?")


def _urgency(plant: Plant, row: AlarmRow) -> tuple[bool, bool, int, int]:
    return (row.state == c.STATES[0], "unack" not in row.state, rule_of(plant, row).priority, -row.raised_ns)


def rule_of(plant: Plant, row: AlarmRow) -> Rule:
    """The rule of an alarm; of a condition that a server keeps, one that stands for it."""
    said = row.condition
    if said is None:
        return plant.all_rules[row.rule]
    return as_rule(row.rule, said.id, said.message or said.name, said.priority, said.tag, said.connection)


def as_told(plant: Plant, row: AlarmRow) -> dict[str, Any]:
    """One alarm as the command line prints it; keys are stable."""
    rule = rule_of(plant, row)
    return {
        "id": rule.id,
        "priority": rule.priority,
        "class": rule.class_,
        "state": row.state,
        "title": rule.title,
        "tag": plant.tags[rule.tag].name if rule.tag >= 0 else "",
        "raised": iso(row.raised_ns),
        "changed": iso(row.changed_ns),
        "value": row.value if row.raised_ns else None,
        "limit": sayings.number(rule),
        "acked_by": row.acked_by,
        "cannot_evaluate": row.cannot_evaluate,
        "action": rule.action,
        "quiet_by": row.quiet_by,
        "quiet_why": row.quiet_why,
        "quiet_until": iso(row.quiet_until_ns),
        "permit": row.permit,
        "note": row.note,
        "server": msgspec.to_builtins(row.condition) if row.condition else None,
    }


def _line(row: dict[str, Any]) -> str:
    more = f"  acknowledged by {row['acked_by']}" if row["acked_by"] else ""
    if row["quiet_by"]:
        until = f" until {row['quiet_until'][:19]}" if row["quiet_until"] else ""
        permit = f" under {row['permit']}" if row["permit"] else ""
        more += f"  kept quiet by {row['quiet_by']}{until}{permit}: {row['quiet_why']}"
    if row["server"]:
        more += f"  from {row['server']['connection']}"
        more += "  to be confirmed (hmi confirm)" if row["server"]["confirm"] else ""
        more += "  last known, link lost" if row["server"]["lost"] else ""
    more += f"  {row['note']}" if row["note"] else ""
    return f"{row['priority']}  {row['state']:24} {row['raised'][:19]:19}  {row['id']}  {row['title']}{more}"
