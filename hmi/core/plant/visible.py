"""Every text of a plant's files that an operator can see: what a translation has to cover."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hmi.core.alarms.station import TEXTS
from hmi.core.plant.equipment import Equipment
from hmi.core.plant.model import Plant
from hmi.core.screens.model import Element, Screen
from hmi.core.screens.vocabulary import ELEMENT_OPTIONS

_TEXT_OPTIONS = frozenset({"text", "caption"})  # of the options that hold one text, those that are shown


def visible_texts(plant: Plant) -> dict[str, str]:
    """Each text once, in the order of the files, with where it stands; numbers and signs need no translation."""
    found: dict[str, str] = {}
    for text, where in _all(plant):
        if any(sign.isalpha() for sign in text):
            found.setdefault(text, where)
    return found


def _all(plant: Plant) -> Iterator[tuple[str, str]]:
    yield plant.name, "plant.toml"
    yield plant.people.notice, "plant.toml"
    for station in plant.stations:
        yield station.name, "plant.toml"
    for position in plant.positions:
        yield position.name, "plant.toml"
    for screen in plant.screens.values():
        yield from _of_screen(screen)
    for one in plant.equipment.values():
        yield from _of_equipment(one)
    for group in plant.trends.values():
        yield group.title, f"the trend {group.id}"
    for rule in plant.all_rules:
        where = f"the alarm {rule.id}"
        yield from ((text, where) for text in (rule.title, rule.cause, rule.effect, rule.action) if text not in TEXTS)
    for index, policies in plant.policies.items():
        where = f"a policy of {plant.tags[index].name}"
        for policy in policies:
            yield from ((interlock.blocked, where) for interlock in policy.interlocks)
            yield policy.confirm or "", where
    for tag in plant.tags:
        yield tag.description, f"the tag {tag.name}"


def _of_screen(screen: Screen) -> Iterator[tuple[str, str]]:
    yield screen.title, screen.file
    for element in screen.elements:
        for text in _of_element(element):
            yield text, f"{element.file or screen.file}:{element.line}"


def _of_element(element: Element) -> Iterator[str]:
    yield element.label
    for key, value in element.options.items():
        kind = ELEMENT_OPTIONS.get(key)
        if key in _TEXT_OPTIONS:
            yield str(value)
        elif kind == "texts":
            yield from map(str, value)
        elif kind == "words" and isinstance(value, Mapping):
            yield from map(str, value.values())


def _of_equipment(one: Equipment) -> Iterator[tuple[str, str]]:
    where = f"the equipment {one.id}"
    yield one.name, where
    for label in one.labels.values():
        yield label, where
    if one.faceplate is None:
        return
    if one.faceplate.operate is not None:
        yield from _of_screen(one.faceplate.operate)
    for blocked in one.faceplate.interlocks:
        yield blocked.interlock.blocked, where
    for label, _ in one.faceplate.maintenance:
        yield label, where
