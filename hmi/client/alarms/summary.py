"""What stands: counts by priority, the alarm that matters most, and what each screen's mark in the navigation says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hmi.client.alarms.standing import CALLS, STANDING, STANDS, WAITS, Standing
from hmi.client.language import tr
from hmi.client.mirror import Mirror
from hmi.core.alarms.columns import OUT_OF_SERVICE, SHELVED, SUPPRESSED
from hmi.core.alarms.rules import Rule
from hmi.core.alarms.served import rules_for
from hmi.core.plant.model import Plant
from hmi.core.screens.model import Screen
from hmi.link.messages import AlarmRow

Numbers = NDArray[np.intp]


def waits(row: AlarmRow) -> bool:
    """Whether an alarm still wants somebody's acknowledgement."""
    return row.state.endswith("unacknowledged")


def calls(row: AlarmRow) -> bool:
    """Whether its symbol blinks: it stands, or stood and latched, and nobody has answered."""
    return row.state in ("unacknowledged", "latched-unacknowledged")


def stands(row: AlarmRow) -> bool:
    """Whether the process is abnormal, or was and latched: a filled symbol; an outline when it merely returned."""
    return row.state != "returned-unacknowledged"


_LEVELS: Final = 8  # priorities, and room for more
_COMBINATIONS: Final = 8  # of the three bits that say how an alarm stands
_WAIT, _CALL, _STAND = ([one for one in range(_COMBINATIONS) if one & bit] for bit in (WAITS, CALLS, STANDS))


def urgency(rule: Rule, row: AlarmRow) -> tuple[bool, int, int, int]:
    """Display order: unacknowledged first, then by priority, then the newest; the rule's place settles ties."""
    return (not waits(row), rule.priority, -row.raised_ns, rule.index)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many alarms, how many of them wait for an acknowledgement, and the highest priority among them."""

    count: int = 0
    waiting: int = 0
    priority: int = 0  # 0: none
    calling: bool = False  # one of the highest priority blinks
    standing: bool = False  # one of the highest priority stands; the others merely returned


@dataclass(frozen=True, slots=True)
class Summary:
    """The alarms of the plant at a glance."""

    by_priority: Mapping[int, Tally] = field(default_factory=dict)
    by_screen: Mapping[str, Tally] = field(default_factory=dict)  # with those of the screens below it
    top: AlarmRow | None = None  # the most important unacknowledged one
    total: Tally = field(default_factory=Tally)
    kept: tuple[int, int, int] = (0, 0, 0)  # shelved, suppressed by design, out of service


class Rollup:
    """Knows on which screen each alarm is at home, so that alarms roll up the hierarchy of screens.

    `above` names for each screen the places where its alarms count, where that is more than the screens above it.
    """

    def __init__(self, plant: Plant, above: Mapping[str, list[str]] | None = None) -> None:
        self.screens = shown = _screens_of_tags(plant)
        self.home = [_home(plant, rule, shown) for rule in plant.all_rules] + [""] * plant.condition_places
        places = above or {screen: _path(plant.screens, screen) for screen in plant.screens}
        self._names = tuple(dict.fromkeys(name for found in places.values() for name in found))
        columns = {name: column for column, name in enumerate(self._names)}
        self._now = Standing([*plant.all_rules, *rules_for(len(plant.all_rules), plant.condition_places)])
        homes = list(dict.fromkeys(["", *self.home, *self.screens.values()]))
        self._numbers = {home: number for number, home in enumerate(homes)}
        self._home = np.array([self._numbers[home] for home in self.home], np.intp)
        self._member = np.zeros((len(self._names), len(homes)), np.intp)  # of a home in a place above it
        for home, number in self._numbers.items():
            self._member[[columns[name] for name in places.get(home, ())], number] = 1

    def summary(self, alarms: Mapping[int, AlarmRow]) -> Summary:
        """Counts, marks and the top alarm of what stands now; what is kept quiet has lists of its own."""
        now = self._now
        for rule in now.take(alarms):
            row = alarms.get(rule)
            if row is not None and row.condition is not None:  # at home where the tag is shown that it is about
                self._home[rule] = self._numbers[self.screens.get(row.condition.tag, "")]
        rules = np.flatnonzero(now.mask(STANDING))
        kept = (now.count(SHELVED), now.count(SUPPRESSED), now.count(OUT_OF_SERVICE))
        if not len(rules):
            return Summary(kept=kept)
        priority, kind = now.priority[rules].astype(np.intp), now.kinds(rules)
        codes = (self._home[rules] * _LEVELS + priority) * _COMBINATIONS + kind
        shape = (len(self._numbers), _LEVELS * _COMBINATIONS)
        counted = np.bincount(codes, minlength=shape[0] * shape[1]).reshape(shape)
        by_place = (self._member @ counted).reshape(-1, _LEVELS, _COMBINATIONS)
        whole = counted.sum(axis=0).reshape(_LEVELS, _COMBINATIONS)
        places = np.flatnonzero(by_place.any(axis=(1, 2))).tolist()
        return Summary(
            {one: _tally(whole[one : one + 1], one) for one in np.flatnonzero(whole.sum(axis=1)).tolist()},
            {self._names[place]: _tally(by_place[place]) for place in places},
            self._top(rules, priority, kind),
            _tally(whole),
            kept,
        )

    def _top(self, rules: Numbers, priority: Numbers, kind: NDArray[np.uint8]) -> AlarmRow | None:
        """The most urgent that waits; the newest of them."""
        waiting = (kind & WAITS) != 0
        if not waiting.any():
            return None
        rules = rules[waiting & (priority == priority[waiting].min())]
        return self._now.rows[int(rules[self._now.raised_ns[rules].argmax()])]


def _tally(counts: NDArray[np.intp], first: int = 0) -> Tally:
    """Of alarms counted by priority and kind: how many, how many wait, and how those of the highest priority stand."""
    highest = int(np.flatnonzero(counts.any(axis=1))[0])
    top = counts[highest]
    waiting = int(counts[:, _WAIT].sum())
    return Tally(int(counts.sum()), waiting, first + highest, bool(top[_CALL].any()), bool(top[_STAND].any()))


def _screens_of_tags(plant: Plant) -> dict[int, str]:
    """The most detailed screen that shows each tag."""
    found: dict[int, str] = {}
    for screen in sorted(plant.screens.values(), key=lambda screen: screen.level):
        for element in screen.elements:
            for binding in element.binds.values():
                found.update(dict.fromkeys(binding.inputs, screen.id))
    return found


def _home(plant: Plant, rule: Rule, shown: Mapping[int, str]) -> str:
    return rule.screen if rule.screen in plant.screens else shown.get(rule.tag, "")


def _path(screens: Mapping[str, Screen], screen: str) -> list[str]:
    path: list[str] = []
    while screen in screens and screen not in path:
        path.append(screen)
        screen = screens[screen].parent
    return path


def quiet(mirror: Mirror) -> str:
    """What to say when no alarm stands: all is well only as far as it can be told."""
    unjudged = mirror.unjudged()
    if not unjudged:
        return tr("No alarms")
    text = "No alarms known: {part} of {count} cannot be evaluated (F9 says why)"
    return tr(text, part=unjudged, count=len(mirror.plant.rules))
