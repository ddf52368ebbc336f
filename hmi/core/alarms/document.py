"""The master alarm database: every alarm of a plant with its whole rationalisation (ISA-18.2 clause 9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Final

from hmi.core.alarms import sayings
from hmi.core.alarms.quiet import shelve_role
from hmi.core.alarms.rules import AlarmClass, Rule
from hmi.core.plant.model import Plant

COLUMNS: Final = {  # key of a row -> what it is called
    "id": "Alarm",
    "title": "Title",
    "tag": "Tag",
    "type": "Type",
    "raised": "Raised",
    "deadband": "Deadband",
    "on_delay_s": "On-delay, s",
    "off_delay_s": "Off-delay, s",
    "basis": "Basis of the limit",
    "priority": "Priority",
    "computed": "Computed from",
    "cause": "Cause",
    "effect": "Consequence",
    "action": "What to do",
    "class": "Class",
    "shelving": "Shelving",
    "realarm": "Annunciated anew",
    "return": "After its return",
    "suppressed": "Suppressed by design",
    "group": "Group",
    "screen": "Screen",
    "instruction": "Instruction",
    "status": "Status",
    "rationalised": "Rationalised",
}
_SHORT: Final = {"id": 26, "title": 28, "priority": 8, "class": 12, "raised": 17, "status": 9}  # and its width, %
_STYLE: Final = """
body { font: 11pt/1.35 sans-serif; margin: 2em; color: #111; background: #fff }
h1 { font-size: 16pt } h2 { font-size: 13pt; margin: 1.6em 0 .4em }
table { border-collapse: collapse; width: 100% } td, th { border: 1px solid #999; padding: .25em .5em; text-align: left;
vertical-align: top } thead th { background: #e8e8e8 } article { break-inside: avoid; margin-bottom: 1.2em }
article th { width: 11em; font-weight: normal; color: #444 } article h3 { font-size: 11pt; margin: .8em 0 .2em }
@media print { body { margin: 0; font-size: 9pt } thead { display: table-header-group } }
@page { margin: 15mm }
"""


def rows(plant: Plant) -> Iterator[dict[str, str]]:
    """Every alarm as texts, by priority and id; the keys are those of COLUMNS."""
    for rule in sorted(plant.all_rules, key=lambda rule: (rule.priority, rule.id)):
        yield _row(rule, plant)


def _row(rule: Rule, plant: Plant) -> dict[str, str]:
    of = plant.alarm_classes.get(rule.class_) or AlarmClass(rule.class_)
    tag = plant.tags[rule.tag] if rule.tag >= 0 else None
    again = of.realarm_min if rule.realarm_min is None else rule.realarm_min
    per = f"/{rule.per}" if rule.type == "rate" else ""
    band = f"{sayings.deadband(rule):g} {tag.unit if tag else ''}{per}".strip() if rule.deadband else ""
    return {
        "id": rule.id,
        "title": rule.title,
        "tag": tag.name if tag else "",
        "type": rule.type + (", exclusive" if rule.exclusive else ""),
        "raised": sayings.limit_text(rule, plant.tags),
        "deadband": band,
        "on_delay_s": f"{rule.on_delay_s:g}",
        "off_delay_s": f"{rule.off_delay_s:g}",
        "basis": rule.basis,
        "priority": str(rule.priority),
        "computed": sayings.computed(rule, plant.matrix),
        "cause": rule.cause,
        "effect": rule.effect,
        "action": rule.action,
        "class": rule.class_,
        "shelving": shelving(of, rule.priority),
        "realarm": f"{again:g} min after its acknowledgement" if again else "never",
        "return": _return(rule, of),
        "suppressed": f"while {rule.suppress_when}" if rule.suppress_when else "never",
        "group": rule.group,
        "screen": rule.screen,
        "instruction": rule.instruction,
        "status": rule.status,
        "rationalised": ", ".join(filter(None, (rule.rationalised_by, rule.rationalised_on))),
    }


def shelving(of: AlarmClass, priority: int = 4) -> str:
    """Whether, for how long and by whom an alarm of a class and priority is shelved."""
    if not of.shelve_max_h:
        return f"never; out of service by {of.service_role}"
    second = ", with a second person" if of.second_person else ""
    role = shelve_role(of, priority)
    return f"up to {of.shelve_max_h:g} h by {role}{second}; out of service by {of.service_role}"


def _return(rule: Rule, of: AlarmClass) -> str:
    if rule.latching:
        return "latched until it is acknowledged and reset"
    return "needs no acknowledgement" if of.auto_ack else "asks for its acknowledgement"


def page(plant: Plant, made: str) -> str:
    """The whole database as one HTML page, without scripts and without anything from elsewhere; `made` says when."""
    found = list(rows(plant))
    drafts = sum(row["status"] == "draft" for row in found)
    shares = ", ".join(
        f"priority {number}: {count} ({100 * count / max(1, len(found)):.0f} %)"
        for number in range(1, 5)
        if (count := sum(row["priority"] == str(number) for row in found))
    )
    name = escape(plant.name)
    parts = [
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Alarms of {name}</title>',
        f"<style>{_STYLE}</style></head><body>\n<h1>Master alarm database: {name}</h1>",
        f"<p>{len(found)} alarms, {drafts} of them drafts; {shares}.</p>",
        f"<p>Made {escape(made)} from the files with the digest {escape(plant.digest[:16])}.</p>",
        _matrix(plant),
        _table("All alarms, by priority", {key: COLUMNS[key] for key in _SHORT}, found, _SHORT),
        "<h2>Each alarm</h2>",
        *map(_article, found),
        "</body></html>\n",
    ]
    return "\n".join(parts)


def _matrix(plant: Plant) -> str:
    bounds = [f"up to {bound:g} min" for bound in plant.matrix.respond_min] + ["longer"]
    columns = {"consequence": "Consequence"} | {str(place): text for place, text in enumerate(bounds)}
    body = [
        {"consequence": name} | {str(place): str(priority) for place, priority in enumerate(row)}
        for name, row in plant.matrix.priorities.items()
    ]
    return _table("Priority by consequence and time to respond", columns, body)


def _table(
    title: str, columns: Mapping[str, str], body: list[dict[str, str]], widths: Mapping[str, int] | None = None
) -> str:
    wide = {key: f' width="{width}%"' for key, width in (widths or {}).items()}
    head = "".join(f"<th{wide.get(key, '')}>{escape(text)}</th>" for key, text in columns.items())
    lines = "\n".join(f"<tr>{''.join(f'<td>{escape(row[key])}</td>' for key in columns)}</tr>" for row in body)
    return f"<h2>{escape(title)}</h2>\n<table><thead><tr>{head}</tr></thead><tbody>\n{lines}\n</tbody></table>"


def _article(row: Mapping[str, str]) -> str:
    shown = [(COLUMNS[key], row[key]) for key in COLUMNS if key not in ("id", "title") and row[key]]
    lines = "".join(f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in shown)
    return (
        f"<article><h3>{escape(row['title'])} <small>{escape(row['id'])}</small></h3><table>{lines}</table></article>"
    )
