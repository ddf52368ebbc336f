"""What the picture of a screen costs: frames, opening, idleness, the way from a value to its ink, and the start.

Beside each, where they can be had, in the same run and with the same elements: the best QGraphicsScene, and PyDM.
Frames are CPU of the whole process, medians of rounds in which the sides take turns. The painting into the window is
part of it: offscreen, or under Xvfb where `QT_QPA_PLATFORM` says xcb.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import ExitStack
from statistics import median
from typing import Any

from tests.bench import _screens_live
from tests.bench._figures import figure
from tests.bench._live import Child
from tests.bench._peers import PYDM, ROOT, has_pydm

HZ = 10
SCENE, PEER = "QGraphicsScene", "PyDM"
TAGS = 100_000  # of a large plant, of which a screen shows a thousand


def measure() -> list[dict[str, Any]]:
    """The figures of this bench."""
    return [*_frames(rounds=7, frames=40), *_opening(20), *_screens_live.measure(8.0, 3, 7)]


def measure_quick() -> list[dict[str, Any]]:
    """Fewer and shorter rounds: for every change of the program."""
    return [*_frames(rounds=3, frames=15), *_opening(5), *_screens_live.measure(3.0, 1, 3)]


class Sides:
    """The programs that draw, each in a process of its own; a context manager, which ends them."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._env = {"QT_QPA_PLATFORM": "offscreen"} | os.environ  # what the caller asks for holds

    def __enter__(self) -> Sides:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def ours(self, mix: str, count: int, tags: int = 0) -> Child:
        """Our canvas."""
        return self._child(sys.executable, "-m", "tests.bench._screens_ours", mix, str(count), str(tags))

    def scene(self, mix: str, count: int) -> Child:
        """A QGraphicsScene."""
        return self._child(sys.executable, "-m", "tests.bench._screens_scene", mix, str(count))

    def pydm(self, count: int) -> Child | None:
        """PyDM's labels; None where it is not installed."""
        script = str(ROOT / "tests" / "bench" / "_screens_pydm.py")
        return self._child(str(PYDM), script, "values", str(count)) if has_pydm() else None

    def _child(self, *command: str) -> Child:
        child = self._stack.enter_context(Child(list(command), self._env))
        child.line("ready")
        return child


def ask(child: Child, order: str) -> dict[str, float]:
    """One order, and what came of it."""
    child.tell(order)
    found: dict[str, float] = json.loads(child.line("{"))
    return found


def _turns(sides: dict[str, Child], rounds: int, frames: int, share: float) -> dict[str, float]:
    """CPU milliseconds of a frame of each side."""
    spent: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, child in sides.items():
            spent[name].append(ask(child, f"frames {frames} {share}")["cpu_ms"])
    return {name: median(one) for name, one in spent.items()}


def _frames(rounds: int, frames: int) -> list[dict[str, Any]]:
    figures: list[dict[str, Any]] = []
    with Sides() as sides:
        digits = {"ours": sides.ours("values", 1000), SCENE: sides.scene("values", 1000)}
        if (peer := sides.pydm(1000)) is not None:
            digits[PEER] = peer
        cost = _turns(digits, rounds, frames, 1.0)
        figures += _values(cost)
    with Sides() as sides:
        mixed = {"ours": sides.ours("mixed", 1000), SCENE: sides.scene("mixed", 1000)}
        cost = _turns(mixed, rounds, frames, 1.0)
        beside = {SCENE: cost[SCENE]}
        name = "1,000 mixed elements, all changing: "
        figures.append(figure(f"{name}CPU a frame", cost["ours"], "ms", cost[SCENE] / 4, beside))
        figures.append(figure(f"{name}{SCENE} / ours", cost[SCENE] / cost["ours"], "x", 4.0, least=True))
    with Sides() as sides:
        many = {"ours": sides.ours("mixed", 5000), SCENE: sides.scene("mixed", 5000)}
        whole, tenth = _turns(many, rounds, frames, 1.0), _turns(many, rounds, frames, 0.1)
        name = "5,000 mixed elements, "
        figures.append(figure(f"{name}all changing: CPU a frame", whole["ours"], "ms", 10.0, {SCENE: whole[SCENE]}))
        of_a_core = tenth["ours"] * HZ / 10
        beside = {SCENE: tenth[SCENE] * HZ / 10}
        figures.append(figure(f"{name}a tenth changing at {HZ} Hz: of a core", of_a_core, "%", 5.0, beside))
    return [*figures, *_quiet(rounds)]


def _values(cost: dict[str, float]) -> list[dict[str, Any]]:
    """A thousand digits that all change."""
    beside = {name: value for name, value in cost.items() if name != "ours"}
    shares = {name: value * HZ / 10 for name, value in beside.items()}
    name = "1,000 values, all changing: "
    figures = [
        figure(f"{name}CPU a frame", cost["ours"], "ms", 4.0, beside),
        figure(f"{name}at {HZ} Hz, of a core", cost["ours"] * HZ / 10, "%", 4.0, shares),
    ]
    if PEER in cost:
        figures.append(figure(f"{name}{PEER} / ours", cost[PEER] / cost["ours"], "x", 30.0, least=True))
    return figures


def _quiet(rounds: int) -> list[dict[str, Any]]:
    """A screen of a thousand values in a plant of 100,000 tags, of which others change, or none."""
    with Sides() as sides:
        large = sides.ours("values", 1000, TAGS)
        found = median(ask(large, "look 50")["us"] for _ in range(rounds))
        idle = [ask(large, "idle 3") for _ in range(rounds)]
    return [
        figure("changed and visible among 100,000 tags: to find", found, "us", 50.0),
        figure("nothing changing: CPU, of a core", median(one["percent"] for one in idle), "%", 1.0),
        figure("nothing changing: elements drawn", sum(one["drawn"] for one in idle), "elements", 0),
    ]


def _opening(rounds: int) -> list[dict[str, Any]]:
    """A screen of 500 elements over a drawing of 2,000 lines; PyDM's of 500 labels, made in Python, over nothing."""
    with Sides() as sides:
        found = ask(sides.ours("mixed", 10, 500), f"opens {rounds}")
        peer = sides.pydm(10)
        other = ask(peer, f"opens {rounds}") if peer is not None else None
    name = "a screen of 500 elements is open"
    beside = {} if other is None else {PEER: other["first_ms"]}
    warm = {} if other is None else {PEER: other["warm_ms"]}
    figures = [
        figure(f"{name}: again", found["warm_ms"], "ms", 10.0, warm | {"built anew": found["anew_ms"]}),
        figure(
            f"{name}: first, with its drawing",
            found["cold_ms"],
            "ms",
            100.0,
            beside | {"very first": found["first_ms"]},
        ),
    ]
    if other is not None:
        ratio = other["warm_ms"] / found["warm_ms"]
        figures.append(figure(f"{name}: {PEER} / ours, again", ratio, "x", 15.0, least=True))
    return figures
