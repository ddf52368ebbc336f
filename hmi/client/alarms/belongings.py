"""Where each alarm belongs: the machine, what that is part of, the screen, and the words it can be found by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hmi.client.alarms import own, served
from hmi.client.alarms.summary import Rollup
from hmi.client.language import plant_text, tr
from hmi.core.alarms.rules import Rule
from hmi.core.plant.model import Plant
from hmi.core.plant.positions import Responsibility
from hmi.link.messages import ConditionFacts

ANYWHERE: Final = ""
POSITION: Final = "@"  # before the id of an operator position, where a place may be one
MOST_SOURCES: Final = 2000  # of servers' conditions that are places of their own


@dataclass(frozen=True, slots=True)
class Filter:
    """Which alarms a list shows; what is empty lets everything through."""

    place: str = ANYWHERE  # id of equipment: its alarms and those of its parts; of a screen; or @ and a position
    priority: int = 0
    state: str = ""  # by its ISA-18.2 name
    class_: str = ""
    text: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it lets everything through."""
        return self == Filter()


class Belongings:
    """Places of every rule of a plant, found once when the list is made."""

    def __init__(self, plant: Plant, rules: Sequence[Rule] | None = None) -> None:
        """`rules` are the plant's, and places for conditions of servers, whose rules come as they stand."""
        self.plant = plant
        known = plant.all_rules
        self.rules = known if rules is None else rules
        rollup = Rollup(plant)
        self._screens = rollup.screens
        self._answers = Responsibility(plant)
        spare = [""] * (len(self.rules) - len(known))
        self.home = [*rollup.home[: len(known)], *spare]  # of every rule: the id of its screen, or ""
        self.machine = [*(_machine_of(plant, rule.tag) for rule in known), *spare]
        self.place = [machine or home for machine, home in zip(self.machine, self.home, strict=True)]
        for rule in known[len(plant.rules) :]:
            self.place[rule.index] = own.PLACE
        self.names = list(dict.fromkeys(self.place))  # every place that has alarms
        self._numbers = {place: number for number, place in enumerate(self.names)}
        self.number = np.array([self._numbers[place] for place in self.place], np.intp)
        self.classes = tuple(sorted({rule.class_ for rule in self.rules if rule.class_}))
        self._sources: dict[str, str] = {}  # places that only servers name, and their titles
        self._facts: dict[int, ConditionFacts] = {}
        self._texts = [_texts_of(plant, rule, self.title(self.place[rule.index])) for rule in known]
        self._texts += spare

    def learn(self, rule: int, facts: ConditionFacts) -> bool:
        """A condition of a server stands in a place; whether that is news."""
        before = self._facts.get(rule)
        if before is not None and _names(before) == _names(facts):
            return False
        self._facts[rule] = facts
        tag = self.rules[rule].tag
        self.machine[rule] = _machine_of(self.plant, tag) if tag >= 0 else ""
        self.home[rule] = self._screens.get(tag, "")
        self.place[rule] = self.machine[rule] or self.home[rule] or self._source(facts)
        if self.place[rule] not in self._numbers:
            self._numbers[self.place[rule]] = len(self.names)
            self.names.append(self.place[rule])
        self.number[rule] = self._numbers[self.place[rule]]
        parts = [facts.id, facts.message, facts.source, facts.name, facts.connection, self.title(self.place[rule])]
        parts += [self.plant.tags[tag].name] if tag >= 0 else []
        self._texts[rule] = " ".join(parts).casefold()
        return True

    def _source(self, facts: ConditionFacts) -> str:
        """The place of a condition that is of nothing that the plant's files know; a server may not name too many."""
        place = served.place_of(facts)
        if place not in self._sources and len(self._sources) >= MOST_SOURCES:
            return facts.connection
        self._sources[place] = served.place_title(facts)
        return place

    def title(self, place: str) -> str:
        """What a place is called in the language in use."""
        if place == own.PLACE:
            return own.place_title()
        if place in self.plant.equipment:
            return plant_text(self.plant.equipment[place].name)
        screen = self.plant.screens.get(place)
        return plant_text(screen.title) if screen is not None else self._sources.get(place, "")

    def title_of(self, rule: int) -> str:
        """What an alarm is called."""
        one = self.rules[rule]
        if served.is_served(one):
            return tr("{alarm} · from {connection}", alarm=one.title, connection=one.group)
        return own.text_of(one, one.title) or plant_text(self.plant.tags[one.tag].description or one.id)

    def choices(self) -> list[tuple[str, str]]:
        """Places to choose among, with their titles: positions, then equipment, parts below what they are part of."""
        positions = [
            (f"{POSITION}{one.id}", tr("Position: {name}", name=plant_text(one.name))) for one in self.plant.positions
        ]
        tree = [(one, "\u2003" * depth + self.title(one)) for one, depth in self._tree("", 0)]
        return positions + (tree or [(place, self.title(place)) for place in self.names if place])

    def mask(self, wanted: Filter) -> NDArray[np.bool_]:
        """The rules that a filter lets through by what they are; the state is no matter of the rule."""
        return np.array([self.lets(rule, wanted) for rule in range(len(self.rules))], bool)

    def lets(self, number: int, wanted: Filter) -> bool:
        """Whether a filter lets one rule through."""
        rule = self.rules[number]
        return (
            (not wanted.priority or rule.priority == wanted.priority)
            and (not wanted.class_ or rule.class_ == wanted.class_)
            and (not wanted.place or self._is_in(number, wanted.place))
            and all(word in self._texts[number] for word in wanted.text.casefold().split())
        )

    def _is_in(self, rule: int, place: str) -> bool:
        if place.startswith(POSITION):
            return self._answers.concerns(place.removeprefix(POSITION), self.rules[rule].tag)
        if self.home[rule] == place or self.machine[rule] == place:
            return True
        return any(one.id == place for one in self.plant.lineage(self.machine[rule]))

    def _tree(self, parent: str, depth: int) -> Iterator[tuple[str, int]]:
        for one in self.plant.parts_of(parent):
            yield one.id, depth
            yield from self._tree(one.id, depth + 1)


def _names(facts: ConditionFacts) -> tuple[str, str, str, int, int]:
    return facts.id, facts.message, facts.source, facts.tag, facts.priority


def _machine_of(plant: Plant, tag: int) -> str:
    """The smallest equipment that has a tag: the longest path counts; "" where none has it."""
    if tag < 0:
        return ""
    name = plant.tags[tag].name
    paths = [one for one in plant.equipment.values() if one.path and name.startswith(f"{one.path}.")]
    if paths:
        return max(paths, key=lambda one: len(one.path)).id
    return next((one.id for one in plant.equipment.values() if tag in one.members.values()), "")


def _texts_of(plant: Plant, rule: Rule, place: str) -> str:
    parts = [rule.id, rule.title, own.text_of(rule, rule.title), place, rule.class_]
    parts += [plant.tags[rule.tag].name, plant.tags[rule.tag].description] if rule.tag >= 0 else []
    return " ".join(parts).casefold()
