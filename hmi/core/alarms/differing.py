"""What of the alarms differs between the plant that an engine runs and the plant's files as they are now."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Final

from hmi.core.alarms.rules import AlarmClass, Rule
from hmi.core.plant.model import Plant

_NOT_SET: Final = "not there"
_PLACES: Final = ("index",)  # of the rule in its list: says nothing to a person


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs: of which alarm or class, and what it is on either side."""

    subject: str
    key: str
    running: str
    files: str


def differences(running: Plant, files: Plant) -> list[Difference]:
    """Alarms, classes and priority matrix, compared; empty where the engine runs what the files say."""
    ours, theirs = _rules(running), _rules(files)
    classes = {f"class {name}": _class(one) for name, one in running.alarm_classes.items()}
    others = {f"class {name}": _class(one) for name, one in files.alarm_classes.items()}
    return [
        *_between({"priority matrix": _matrix(running)}, {"priority matrix": _matrix(files)}),
        *_between(classes, others),
        *_between(ours, theirs),
    ]


def _between(running: dict[str, dict[str, str]], files: dict[str, dict[str, str]]) -> list[Difference]:
    found = []
    for subject in dict.fromkeys((*running, *files)):
        if subject not in files or subject not in running:
            here = subject in running
            found.append(Difference(subject, "", "there" if here else _NOT_SET, _NOT_SET if here else "there"))
            continue
        one, other = running[subject], files[subject]
        found += [Difference(subject, key, one[key], other[key]) for key in one if one[key] != other[key]]
    return found


def _rules(plant: Plant) -> dict[str, dict[str, str]]:
    return {rule.id: _rule(rule, plant) for rule in plant.all_rules}


def _rule(rule: Rule, plant: Plant) -> dict[str, str]:
    values = {one.name: getattr(rule, one.name) for one in fields(rule) if one.name not in _PLACES}
    values["tag"] = plant.tags[rule.tag].name if rule.tag >= 0 else ""
    values["other"] = plant.tags[rule.other].name if rule.other >= 0 else ""
    return {key.removesuffix("_"): _said(value) for key, value in values.items()}


def _class(one: AlarmClass) -> dict[str, str]:
    return {part.name: _said(getattr(one, part.name)) for part in fields(one)}


def _matrix(plant: Plant) -> dict[str, str]:
    rows = {name: " ".join(map(str, row)) for name, row in plant.matrix.priorities.items()}
    return {"respond_min": " ".join(f"{bound:g}" for bound in plant.matrix.respond_min), **rows}


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.12g}" if isinstance(value, float) else "" if value is None else str(value)
