"""Where each alarm belongs: the machine, what that is part of, the screen, and the words it can be found by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hmi.client.alarms.summary import Rollup
from hmi.client.language import plant_text
from hmi.core.alarms.rules import Rule
from hmi.core.plant.model import Plant

ANYWHERE: Final = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which alarms a list shows; what is empty lets everything through."""

    place: str = ANYWHERE  # id of equipment: its alarms and those of its parts; or of a screen
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

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        self.home = Rollup(plant).home  # of every rule: the id of its screen, or ""
        self.machine = [_machine_of(plant, rule) for rule in plant.rules]
        self.place = [machine or home for machine, home in zip(self.machine, self.home, strict=True)]
        self.names = tuple(dict.fromkeys(self.place))  # every place that has alarms
        numbers = {place: number for number, place in enumerate(self.names)}
        self.number = np.array([numbers[place] for place in self.place], np.intp)
        self.classes = tuple(sorted({rule.class_ for rule in plant.rules if rule.class_}))
        self._texts = [_texts_of(plant, rule, self.title(self.place[rule.index])) for rule in plant.rules]

    def title(self, place: str) -> str:
        """What a place is called in the language in use."""
        if place in self.plant.equipment:
            return plant_text(self.plant.equipment[place].name)
        screen = self.plant.screens.get(place)
        return plant_text(screen.title) if screen is not None else ""

    def title_of(self, rule: int) -> str:
        """What an alarm is called."""
        one = self.plant.rules[rule]
        return plant_text(one.title or self.plant.tags[one.tag].description or one.id)

    def choices(self) -> list[tuple[str, str]]:
        """Places to choose among, with their titles, parts set in below what they are part of."""
        tree = [(one, "\u2003" * depth + self.title(one)) for one, depth in self._tree("", 0)]
        return tree or [(place, self.title(place)) for place in self.names if place]

    def mask(self, wanted: Filter) -> NDArray[np.bool_]:
        """The rules that a filter lets through by what they are; the state is no matter of the rule."""
        rules, text = self.plant.rules, wanted.text.strip().casefold()
        return np.array(
            [
                (not wanted.priority or rule.priority == wanted.priority)
                and (not wanted.class_ or rule.class_ == wanted.class_)
                and (not wanted.place or self._is_in(rule.index, wanted.place))
                and all(word in self._texts[rule.index] for word in text.split())
                for rule in rules
            ],
            bool,
        )

    def _is_in(self, rule: int, place: str) -> bool:
        if self.home[rule] == place or self.machine[rule] == place:
            return True
        return any(one.id == place for one in self.plant.lineage(self.machine[rule]))

    def _tree(self, parent: str, depth: int) -> Iterator[tuple[str, int]]:
        for one in self.plant.parts_of(parent):
            yield one.id, depth
            yield from self._tree(one.id, depth + 1)


def _machine_of(plant: Plant, rule: Rule) -> str:
    """The smallest equipment that has the alarm's tag: the longest path counts; "" where none has it."""
    name = plant.tags[rule.tag].name
    paths = [one for one in plant.equipment.values() if one.path and name.startswith(f"{one.path}.")]
    if paths:
        return max(paths, key=lambda one: len(one.path)).id
    return next((one.id for one in plant.equipment.values() if rule.tag in one.members.values()), "")


def _texts_of(plant: Plant, rule: Rule, place: str) -> str:
    tag = plant.tags[rule.tag]
    parts = (rule.id, rule.title, plant_text(rule.title), tag.name, tag.description, place, rule.class_)
    return " ".join(parts).casefold()
