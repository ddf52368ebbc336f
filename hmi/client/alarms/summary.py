"""What stands: counts by priority, the alarm that matters most, and what each screen's mark in the navigation says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hmi.client.mirror import Mirror
from hmi.core.alarms.columns import OUT_OF_SERVICE, SHELVED, STATES, SUPPRESSED
from hmi.core.alarms.rules import Rule
from hmi.core.plant.model import Plant
from hmi.core.screens.model import Screen
from hmi.link.messages import AlarmRow

Numbers = NDArray[np.intp]
Mask = NDArray[np.bool_]
_QUIET = (SHELVED, SUPPRESSED, OUT_OF_SERVICE)  # kept from being annunciated: they have lists of their own


def waits(row: AlarmRow) -> bool:
    """Whether an alarm still wants somebody's acknowledgement."""
    return row.state.endswith("unacknowledged")


def calls(row: AlarmRow) -> bool:
    """Whether its symbol blinks: it stands, or stood and latched, and nobody has answered."""
    return row.state in ("unacknowledged", "latched-unacknowledged")


def stands(row: AlarmRow) -> bool:
    """Whether the process is abnormal, or was and latched: a filled symbol; an outline when it merely returned."""
    return row.state != "returned-unacknowledged"


_NUMBERS = {state: number for number, state in enumerate(STATES)}
_KINDS = np.array([(waits(row), calls(row), stands(row)) for row in (AlarmRow(0, state) for state in STATES)], bool)


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


class Rollup:
    """Knows on which screen each alarm is at home, so that alarms roll up the hierarchy of screens.

    `above` names for each screen the places where its alarms count, where that is more than the screens above it.
    """

    def __init__(self, plant: Plant, above: Mapping[str, list[str]] | None = None) -> None:
        shown = _screens_of_tags(plant)
        self.home = [_home(plant, rule, shown) for rule in plant.rules]
        places = above or {screen: _path(plant.screens, screen) for screen in plant.screens}
        self._names = tuple(dict.fromkeys(name for found in places.values() for name in found))
        columns = {name: column for column, name in enumerate(self._names)}
        self._priority = np.array([rule.priority for rule in plant.rules], np.intp)
        self._member = np.zeros((len(plant.rules), len(self._names)), bool)  # at home in a place, or below it
        for rule, home in enumerate(self.home):
            self._member[rule, [columns[name] for name in places.get(home, ())]] = True

    def summary(self, alarms: Mapping[int, AlarmRow]) -> Summary:
        """Counts, marks and the top alarm of what stands now; what is kept quiet has lists of its own."""
        rows = [row for row in alarms.values() if row.state not in _QUIET]
        if not rows:
            return Summary()
        rule = np.fromiter((row.rule for row in rows), np.intp, len(rows))
        priority = self._priority[rule]
        kind = _KINDS[np.fromiter((_NUMBERS.get(row.state, 0) for row in rows), np.intp, len(rows))]
        member = self._member[rule]
        return Summary(
            {one: _tally(priority == one, priority, kind) for one in np.unique(priority).tolist()},
            {
                self._names[place]: _tally(member[:, place], priority, kind)
                for place in np.flatnonzero(member.any(axis=0)).tolist()
            },
            self._top(rows, rule, priority, kind[:, 0]),
            _tally(np.ones(len(rows), bool), priority, kind),
        )

    def _top(self, rows: list[AlarmRow], rule: Numbers, priority: Numbers, waiting: Mask) -> AlarmRow | None:
        """The most urgent that waits; the newest of them."""
        places = np.flatnonzero(waiting)
        if not len(places):
            return None
        raised = np.fromiter((rows[place].raised_ns for place in places.tolist()), np.int64, len(places))
        return rows[int(places[np.lexsort((rule[places], -raised, priority[places]))[0]])]


def _tally(mask: Mask, priority: Numbers, kind: Mask) -> Tally:
    """Of the alarms in a mask: how many, how many wait, and how those of the highest priority stand."""
    highest = int(priority[mask].min())
    top = kind[mask & (priority == highest)]
    count, waiting = int(np.count_nonzero(mask)), int(np.count_nonzero(kind[mask, 0]))
    return Tally(count, waiting, highest, bool(top[:, 1].any()), bool(top[:, 2].any()))


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
        return "No alarms"
    return f"No alarms known: {unjudged} of {len(mirror.plant.rules)} cannot be evaluated (F9 says why)"
