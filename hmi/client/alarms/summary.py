"""What stands: counts by priority, the alarm that matters most, and what each screen's mark in the navigation says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hmi.client.mirror import Mirror
from hmi.core.alarms.rules import Rule
from hmi.core.plant.model import Plant
from hmi.core.screens.model import Screen
from hmi.link.messages import AlarmRow


def waits(row: AlarmRow) -> bool:
    """Whether an alarm still wants somebody's acknowledgement."""
    return row.state.endswith("unacknowledged")


def calls(row: AlarmRow) -> bool:
    """Whether its symbol blinks: it stands, or stood and latched, and nobody has answered."""
    return row.state in ("unacknowledged", "latched-unacknowledged")


def stands(row: AlarmRow) -> bool:
    """Whether the process is abnormal, or was and latched: a filled symbol; an outline when it merely returned."""
    return row.state != "returned-unacknowledged"


def urgency(rule: Rule, row: AlarmRow) -> tuple[bool, int, int, int]:
    """Display order: unacknowledged first, then by priority, then the newest; the rule's place settles ties."""
    return (not waits(row), rule.priority, -row.raised_ns, rule.index)


def in_order(plant: Plant, rows: Iterable[AlarmRow]) -> list[AlarmRow]:
    """Alarms in display order."""
    return sorted(rows, key=lambda row: urgency(plant.rules[row.rule], row))


@dataclass(frozen=True, slots=True)
class Tally:
    """How many alarms, how many of them wait for an acknowledgement, and the highest priority among them."""

    count: int = 0
    waiting: int = 0
    priority: int = 0  # 0: none
    calling: bool = False  # one of the highest priority blinks
    standing: bool = False  # one of the highest priority stands; the others merely returned

    def plus(self, priority: int, row: AlarmRow) -> Tally:
        """With one more alarm."""
        count, waiting = self.count + 1, self.waiting + waits(row)
        if self.priority and priority > self.priority:
            return Tally(count, waiting, self.priority, self.calling, self.standing)
        same = priority == self.priority
        calling = calls(row) or (same and self.calling)
        return Tally(count, waiting, priority, calling, stands(row) or (same and self.standing))


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
        self._plant = plant
        shown = _screens_of_tags(plant)
        self.home = [_home(plant, rule, shown) for rule in plant.rules]
        self._above = above or {screen: _path(plant.screens, screen) for screen in plant.screens}

    def summary(self, alarms: Mapping[int, AlarmRow]) -> Summary:
        """Counts, marks and the top alarm of what stands now."""
        rules = self._plant.rules
        priorities: dict[int, Tally] = {}
        screens: dict[str, Tally] = {}
        total = Tally()
        for row in alarms.values():
            priority = rules[row.rule].priority
            total = total.plus(priority, row)
            priorities[priority] = priorities.get(priority, Tally()).plus(priority, row)
            for screen in self._above.get(self.home[row.rule], ()):
                screens[screen] = screens.get(screen, Tally()).plus(priority, row)
        waiting = (row for row in alarms.values() if waits(row))
        top = min(waiting, key=lambda row: urgency(rules[row.rule], row), default=None)
        return Summary(priorities, screens, top, total)


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
