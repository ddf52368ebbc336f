"""Everything of a plant that has a name, to be found: built and searched in slices, so that nothing waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from hmi.client.alarms.own import place_title, text_of
from hmi.client.instructions.wording import title_of
from hmi.client.language import plant_text, tr
from hmi.client.page import ALARMS, INSTRUCTIONS, JOURNAL, OUTAGES, SYSTEM, TRENDS
from hmi.client.search.block import Block, folded, words_of
from hmi.core.alarms.rules import Rule
from hmi.core.alarms.station import is_own
from hmi.core.plant.model import Plant
from hmi.core.screens.model import Screen

SCREEN, PAGE, EQUIPMENT, ALARM, TAG, INSTRUCTION = "screen", "page", "equipment", "alarm", "tag", "instruction"
KINDS: Final = {
    SCREEN: "Screen",
    PAGE: "Page",
    EQUIPMENT: "Equipment",
    ALARM: "Alarm",
    TAG: "Tag",
    INSTRUCTION: "Instruction",
}
PAGES: Final = {
    TRENDS: "Trends",
    ALARMS: "Alarms",
    JOURNAL: "Journal",
    SYSTEM: "System",
    INSTRUCTIONS: "Instructions",
    OUTAGES: "Outages",
}
_BONUS: Final = {SCREEN: 30.0, PAGE: 30.0, EQUIPMENT: 25.0, INSTRUCTION: 10.0, ALARM: 5.0, TAG: 0.0}
_CODE: Final = 1000.0  # a machine's own code, typed in full, is nothing but that machine
_LINES: Final = 2048  # in one block: a slice of work far below a frame
MOST: Final = 60  # results kept


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that matches."""

    kind: str
    key: str  # id of the screen, page, machine, alarm or instruction; name of the tag
    score: float


class Index:
    """The names of one plant; grows by one block at each `grow`, and `Search` looks at what there is."""

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        self.blocks: list[tuple[str, list[str], Block]] = []
        self.codes: dict[str, str] = {folded(one.code or one.id): one.id for one in plant.equipment.values()}
        self.titles = titles_of(plant)
        self._homes: dict[int, str] | None = None
        self._rules: dict[str, Rule] | None = None
        self._coming: Iterator[tuple[str, list[str], list[str]]] = self._parts()
        self.whole = False

    def grow(self) -> bool:
        """Read in the next part; False once everything has been."""
        if not self.whole:
            part = next(self._coming, None)
            if part is None:
                self.whole = True
            else:
                kind, keys, lines = part
                self.blocks.append((kind, keys, Block(lines)))
        return not self.whole

    def machine_of(self, code: str) -> str:
        """The machine whose plate says this; "" when there is none."""
        return self.codes.get(folded(code), "")

    def screen_of(self, tag: int) -> str:
        """The most detailed screen that shows a tag, "" when none does."""
        if self._homes is None:
            self._homes = _screens_of_tags(self.plant.screens)
        return self._homes.get(tag, "")

    def described(self, found: Found) -> tuple[str, str, str]:
        """Kind, name and place of a result, as they are shown."""
        return (tr(KINDS[found.kind]), *_DESCRIBED[found.kind](self, found.key))

    def title(self, screen: str) -> str:
        """A screen's title as it is shown."""
        one = self.plant.screens.get(screen)
        return plant_text(one.title or one.id) if one else ""

    def _parts(self) -> Iterator[tuple[str, list[str], list[str]]]:
        plant = self.plant
        yield from _cut(PAGE, [(key, f"{tr(title)} {title}") for key, title in PAGES.items()])
        yield from _cut(SCREEN, [(one.id, f"{_both(one.title)} {one.id}") for one in plant.screens.values()])
        machines = plant.equipment.values()
        yield from _cut(EQUIPMENT, [(one.id, f"{_both(one.name)} {one.id} {one.code}") for one in machines])
        yield from _cut(INSTRUCTION, [(key, f"{_both(title)} {key}") for key, title in self.titles.items()])
        for first in range(0, len(plant.all_rules), _LINES):
            rules = plant.all_rules[first : first + _LINES]
            texts = [(text_of(one, one.title), one.title or plant.tags[one.tag].description, one.id) for one in rules]
            yield from _cut(ALARM, [(name, f"{shown} {_both(text)} {name}") for shown, text, name in texts])
        for first in range(0, len(plant.tags), _LINES):
            tags = plant.tags[first : first + _LINES]
            yield from _cut(TAG, [(one.name, f"{one.name} {_both(one.description)}") for one in tags])

    def _screen(self, key: str) -> tuple[str, str]:
        screen = self.plant.screens[key]
        return self.title(key), " · ".join(part for part in (self.title(screen.parent), f"L{screen.level}") if part)

    def _page(self, key: str) -> tuple[str, str]:
        return tr(PAGES[key]), ""

    def _equipment(self, key: str) -> tuple[str, str]:
        one = self.plant.equipment[key]
        return plant_text(one.name), " · ".join(part for part in (one.code, self.title(one.screen)) if part)

    def _alarm(self, key: str) -> tuple[str, str]:
        rule = self._rule(key)
        if is_own(rule):
            return text_of(rule, rule.title), f"{key} · {place_title()}"
        tag = self.plant.tags[rule.tag]
        screen = self.title(rule.screen) or self.title(self.screen_of(rule.tag))
        return plant_text(rule.title or tag.description or rule.id), " · ".join(part for part in (key, screen) if part)

    def _rule(self, key: str) -> Rule:
        if self._rules is None:
            self._rules = {rule.id: rule for rule in self.plant.all_rules}
        return self._rules[key]

    def _tag(self, key: str) -> tuple[str, str]:
        tag = self.plant.tags[self.plant.tag_index[key]]
        parts = (plant_text(tag.description), self.title(self.screen_of(tag.index)))
        return key, " · ".join(part for part in parts if part)

    def _instruction(self, key: str) -> tuple[str, str]:
        return self.titles[key], key


_DESCRIBED: Final[Mapping[str, Callable[[Index, str], tuple[str, str]]]] = {
    SCREEN: Index._screen,
    PAGE: Index._page,
    EQUIPMENT: Index._equipment,
    ALARM: Index._alarm,
    TAG: Index._tag,
    INSTRUCTION: Index._instruction,
}


class Search:
    """One question to an index: `step` looks at one more block, `best` is what was found so far."""

    def __init__(self, index: Index, text: str) -> None:
        self._index, self._words, self._next = index, words_of(text), 0
        self.text = text
        self._found: list[Found] = []
        if machine := index.machine_of(text):
            self._found.append(Found(EQUIPMENT, machine, _CODE))

    def step(self) -> bool:
        """Look further; False when everything has been looked at."""
        if not self._words or (self._next == len(self._index.blocks) and not self._index.grow()):
            return False
        kind, keys, block = self._index.blocks[self._next]
        self._next += 1
        scores = block.scores(self._words)
        rows = np.flatnonzero(scores)
        if len(rows) > MOST:
            rows = rows[np.argpartition(scores[rows], -MOST)[-MOST:]]
        self._found += [Found(kind, keys[row], float(scores[row]) + _BONUS[kind]) for row in rows.tolist()]
        self._found = sorted(self._found, key=_rank)[:MOST]
        return True

    def best(self) -> list[Found]:
        """The best first, each thing once."""
        return list({(one.kind, one.key): one for one in reversed(self._found)}.values())[::-1]


def titles_of(plant: Plant) -> dict[str, str]:
    """The plant's work instructions by id, with their titles in the language of the window."""
    return {name: title_of(one) for name, one in plant.instructions.items()}


def _rank(found: Found) -> tuple[float, str, str]:
    return -found.score, found.key, found.kind


def _both(text: str) -> str:
    """A text of the plant as it is shown and as it was written: people remember either."""
    said = plant_text(text)
    return text if said == text else f"{said} {text}"


def _cut(kind: str, pairs: Sequence[tuple[str, str]]) -> Iterator[tuple[str, list[str], list[str]]]:
    for first in range(0, len(pairs), _LINES):
        part = pairs[first : first + _LINES]
        yield kind, [key for key, _ in part], [folded(line) for _, line in part]


def _screens_of_tags(screens: Mapping[str, Screen]) -> dict[int, str]:
    found: dict[int, str] = {}
    for screen in sorted(screens.values(), key=lambda one: one.level):
        for element in screen.elements:
            for binding in element.binds.values():
                found.update(dict.fromkeys(binding.inputs, screen.id))
    return found
