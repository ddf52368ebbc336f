"""The rules of good displays about the way: levels, what each level is for, and how many clicks away a screen is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final

from hmi.core.alarms.rules import Rule
from hmi.core.screens.model import Screen
from hmi.core.tags import Tag

if TYPE_CHECKING:  # a plant is made of screens, too: importing it here would go round in a circle
    from hmi.core.plant.equipment import Equipment

MOST_CLICKS: Final = 3  # from the start screen to any other
MOST_CLICKS_URGENT: Final = 2  # to one that alarms of these priorities name
URGENT: Final = (1, 2)
_SHOWN_KINDS: Final = ("area", "line", "cell")  # of equipment, that the overview must show
_NAMED: Final = 4  # screens or machines that a message lists

Say = Callable[[Screen, str, str], None]  # screen, what, mend


def lint_levels(screens: Mapping[str, Screen], say: Say) -> None:
    """Note screens without a way back, under one of a lower level, or with what is not for their level."""
    for screen in screens.values():
        parent = screens.get(screen.parent)
        if parent is not None and parent.level > screen.level:
            what = f"level {screen.level} lies under {parent.id}, which is level {parent.level}"
            say(screen, what, f"Name a parent of level {screen.level} or less")
        if screen.level > 1 and not screen.parent:
            say(screen, "the screen has no parent", "Add parent = and the screen above it, for the way back")
        commands = sum(1 for element in screen.elements if element.write)
        if screen.level == 4 and commands:
            what = f"{commands} commands on level 4, which is for diagnostics and help"
            say(screen, what, "Put them on level 2 or 3, or on the machine's faceplate")
    if screens and not any(screen.level == 1 for screen in screens.values()):
        first = next(iter(screens.values()))
        say(first, "no screen is of level 1", "Add an overview of all that one operator looks after")


def lint_overview(
    screens: Mapping[str, Screen], equipment: Mapping[str, Equipment], tags: Sequence[Tag], say: Say
) -> None:
    """Note areas, lines and cells, and what is part of none, that no overview shows: level 1 spans the whole."""
    top = [screen for screen in screens.values() if screen.level == 1]
    if not top:
        return
    shown = _shown(top, equipment, tags)
    wanted = [one for one in equipment.values() if one.kind in _SHOWN_KINDS or not one.parent]
    missing = [one for one in wanted if one.id not in shown]
    if missing:
        names = ", ".join(one.id for one in missing[:_NAMED]) + (" ..." if len(missing) > _NAMED else "")
        what = f"the overview shows nothing of {names}"
        say(top[0], what, "Show its state, or what of it needs a person; level 1 spans the whole")


def _seen(screens: Sequence[Screen], tags: Sequence[Tag]) -> set[str]:
    """Ids, paths and targets of what some screens show, and the paths of every tag on them."""
    seen: set[str] = set()
    for screen in screens:
        for element in screen.elements:
            seen |= {element.equipment, element.go, str(element.options.get("area", ""))}
            names = (tags[index].name for bind in element.binds.values() for index in bind.inputs)
            seen |= {name[:dot] for name in names for dot, sign in enumerate(name) if sign == "."}
    return seen - {""}


def _shown(screens: Sequence[Screen], equipment: Mapping[str, Equipment], tags: Sequence[Tag]) -> set[str]:
    """The equipment that some screens show themselves, or a part of it."""
    seen, shown = _seen(screens, tags), set[str]()
    for one in equipment.values():
        name, found = one.id, one.id in seen or one.path in seen or one.screen in seen
        while found and name in equipment and name not in shown:
            shown.add(name)
            name = equipment[name].parent
    return shown


def lint_clicks(
    screens: Mapping[str, Screen], equipment: Mapping[str, Equipment], rules: Sequence[Rule], say: Say
) -> None:
    """Note screens that are too many clicks from the start screen, over elements, faceplates and the way back."""
    if not screens:
        return
    start = next(iter(screens))
    clicks = clicks_from(start, screens, equipment)
    urgent = {rule.screen for rule in rules if rule.priority in URGENT}
    for name, screen in screens.items():
        most = MOST_CLICKS_URGENT if name in urgent else MOST_CLICKS
        away = clicks.get(name)
        if away is None:
            say(screen, f"no click leads here from {start}", "Add an element with go = on the screen above it")
        elif away > most:
            why = " and alarms of priority 1 or 2 name it" if name in urgent else ""
            say(
                screen, f"the screen is {away} clicks from {start}{why}", f"{most} at most: add a shorter way with go ="
            )


def clicks_from(start: str, screens: Mapping[str, Screen], equipment: Mapping[str, Equipment]) -> dict[str, int]:
    """How many clicks every screen is away; those that no click leads to are left out."""
    found: dict[str, int] = {}
    waiting = [(0, start)]
    while waiting:
        clicks, name = heappop(waiting)
        if name in found or name not in screens:
            continue
        found[name] = clicks
        for cost, target in _ways(screens[name], equipment):
            heappush(waiting, (clicks + cost, target))
    return found


def _ways(screen: Screen, equipment: Mapping[str, Equipment]) -> Iterator[tuple[int, str]]:
    """Where clicks on a screen lead, and how many each takes: a faceplate opens its detail screen with a second."""
    if screen.parent:
        yield 1, screen.parent
    for element in screen.elements:
        if element.go:
            yield 1, element.go
        elif element.equipment in equipment and not element.write:
            faceplate = equipment[element.equipment].faceplate
            if faceplate is not None and faceplate.detail:
                yield 2, faceplate.detail
