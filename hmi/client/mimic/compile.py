"""A screen -> columns and a draw list: done once when the screen opens, so that a frame only looks things up."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hmi.client.mimic.runs import Runs
from hmi.core import expr
from hmi.core import quality as q
from hmi.core.alarms.rules import LEVEL_TYPES, Rule
from hmi.core.plant.model import Plant
from hmi.core.screens.badges import badged
from hmi.core.screens.model import Binding, Element, Screen, Shape, Symbol
from hmi.core.screens.vocabulary import BADGE_BINDS, HISTORY, LIVE
from hmi.core.tags import INTEGER_TYPES, Tag, TagTable

OfTag = Mapping[int, Sequence[Rule]]  # rules by tag
Box = tuple[float, float, float, float]  # x, y, width, height in design units
EDGE: Final = 8.0  # design units that pointers and outlines may reach beyond an element's box
_HALF_PIPE: Final = 8.0
_KEPT: Final = 32  # draw lists that stay ready
_LIVE_OPTIONS: Final = ("fill_by", "glyph_by", "shown_by")


@dataclass(frozen=True, slots=True)
class Reading:
    """How one binding is read from the columns."""

    inputs: tuple[int, ...]
    tag: int | None
    expression: expr.Expression | None = None

    def value(self, table: TagTable) -> tuple[float, int]:
        """Value and quality now; NaN where there is no number."""
        if self.tag is not None:
            return float(table.value[self.tag]), int(table.quality[self.tag])
        if self.expression is None:
            return float("nan"), q.BAD_CONFIGURATION
        return self.expression.value(table.value, table.quality)


@dataclass(frozen=True, slots=True)
class Scale:
    """The range an analog is drawn on, its normal band and its alarm limits (type, limit)."""

    low: float = 0.0
    high: float = 100.0
    normal: tuple[float, float] | None = None
    limits: tuple[tuple[str, float], ...] = ()

    def fraction(self, value: float) -> float:
        """Where a value stands between low and high, 0 to 1, held at the ends."""
        span = self.high - self.low
        return min(1.0, max(0.0, (value - self.low) / span)) if span > 0 else 0.0


@dataclass(slots=True)
class Drawn:
    """One element, ready to be drawn."""

    element: Element
    symbol: Symbol
    box: Box
    reads: dict[str, Reading]
    series: tuple[int, ...]  # tags of a series binding, in order
    tags: tuple[int, ...]  # every tag whose change it shows
    marked: tuple[int, ...]  # tags whose quality marks it: all but the set-point, which is marked on the scale itself
    rules: tuple[int, ...]  # alarms whose state it shows
    gathers: bool  # shows alarms of other places too: a navigation button
    shown: Tag | None  # the tag that a click picks and a tooltip tells of
    scale: Scale
    decimals: int
    unit: str
    live: bool


@dataclass(slots=True)
class Compiled:
    """A screen as columns: which tags it watches, and which elements each of them changes."""

    screen: Screen
    drawn: tuple[Drawn, ...]
    tags: NDArray[np.intp]  # watched tags, unique, rising
    by_rule: dict[int, list[int]]  # elements that show an alarm rule
    boxes: NDArray[np.float64]  # (n, 4) left, top, right, bottom, for hit tests
    calculated: tuple[Reading, ...]  # the readings that are expressions
    inputs: Runs  # places of the tags that each of them reads
    marked: Runs  # places of the tags whose quality marks each element
    _of_tag: dict[int, int]
    _of_reading: dict[Reading, int]

    def place(self, reading: Reading) -> int:
        """Where a reading stands in the columns of the screen: tags first, then expressions."""
        return self._of_reading[reading] if reading.tag is None else self._of_tag[reading.tag]

    def places(self, tags: Sequence[int]) -> list[int]:
        """Where some tags stand in the columns."""
        return [self._of_tag[tag] for tag in tags]


_ready: OrderedDict[tuple[int, int], tuple[Screen, Plant, Compiled]] = OrderedDict()


def compiled_of(screen: Screen, plant: Plant) -> Compiled:
    """The draw list of a screen, kept for the next time it is opened."""
    key = (id(screen), id(plant))
    kept = _ready.pop(key, None) or (screen, plant, compile_screen(screen, plant))  # holds what the ids are of
    _ready[key] = kept
    if len(_ready) > _KEPT:
        _ready.popitem(last=False)
    return kept[2]


def compile_screen(screen: Screen, plant: Plant) -> Compiled:
    """The draw list of a screen; an element whose symbol is missing is left out."""
    rules: dict[int, list[Rule]] = {}
    for rule in plant.rules:
        rules.setdefault(rule.tag, []).append(rule)
    drawn = tuple(_draw(element, plant, rules) for element in screen.elements if element.symbol in plant.symbols)
    watched = sorted({tag for one in drawn for tag in one.tags})
    by_rule: dict[int, list[int]] = {}
    for number, one in enumerate(drawn):
        for index in one.rules:
            by_rule.setdefault(index, []).append(number)
    calculated = tuple({read: None for one in drawn for read in one.reads.values() if read.tag is None})
    places = {tag: place for place, tag in enumerate(watched)}
    return Compiled(
        screen,
        drawn,
        np.array(watched, np.intp),
        by_rule,
        _edges([one.box for one in drawn]),
        calculated,
        Runs([[places[tag] for tag in read.inputs] for read in calculated]),
        Runs([[places[tag] for tag in one.marked] for one in drawn]),
        places,
        {read: len(watched) + row for row, read in enumerate(calculated)},
    )


def _edges(boxes: list[Box]) -> NDArray[np.float64]:
    array = np.array(boxes, np.float64).reshape(-1, 4)
    array[:, 2:] += array[:, :2]
    return array


def shows_past(compiled: Compiled) -> bool:
    """Whether any element shows what was, not only what is: its picture changes with time alone."""
    return any(shape.kind in HISTORY for drawn in compiled.drawn if drawn.live for shape in drawn.symbol.shapes)


def is_live(shape: Shape) -> bool:
    """Whether the look of a shape depends on what a tag says."""
    return shape.kind in LIVE or any(key in shape.options for key in _LIVE_OPTIONS)


def _draw(element: Element, plant: Plant, of_tag: OfTag) -> Drawn:
    symbol = plant.symbols[element.symbol]
    if not BADGE_BINDS.keys().isdisjoint(element.binds):
        symbol = badged(symbol, element.binds)
    reads = {name: _reading(bind, plant) for name, bind in element.binds.items() if "." not in name}
    series = tuple(bind.tag for name, bind in element.binds.items() if "." in name and bind.tag is not None)
    tags = tuple(sorted({tag for read in reads.values() for tag in read.inputs} | set(series)))
    shown = _shown(element, reads, series, plant)
    gathers = any(shape.kind == "rollup" for shape in symbol.shapes)
    rules = _rules(element, tags, plant, of_tag, gathers)
    options = element.options
    scale = _scale(element, shown, of_tag)
    x, y, width, height = _box(element)
    return Drawn(
        element=element,
        symbol=symbol,
        box=(x, y, width, height),
        reads=reads,
        series=series,
        tags=tags,
        marked=_marked(reads, series) or tags,
        rules=rules,
        gathers=gathers,
        shown=shown,
        scale=scale,
        decimals=int(options.get("decimals", default_decimals(shown, scale))),
        unit=str(options.get("unit", "" if shown is None or shown.unit == "1" else shown.unit)),
        live=bool(tags or rules or gathers),
    )


def _box(element: Element) -> Box:
    """Where an element stands; what is drawn along points reaches as far as they do."""
    points = element.options.get("points")
    if not points:
        return element.x, element.y, element.width, element.height
    across, down = [point[0] for point in points], [point[1] for point in points]
    left, top = min(across) - _HALF_PIPE, min(down) - _HALF_PIPE
    width, height = max(across) - left + _HALF_PIPE, max(down) - top + _HALF_PIPE
    return element.x + left, element.y + top, width, height


def _marked(reads: dict[str, Reading], series: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(
        sorted({tag for name, read in reads.items() if name != "setpoint" for tag in read.inputs} | set(series))
    )


def _reading(bind: Binding, plant: Plant) -> Reading:
    if bind.tag is not None:
        return Reading(bind.inputs, bind.tag)
    try:
        return Reading(bind.inputs, None, expr.compile(bind.text, plant.tag_index))
    except expr.ExprError:
        return Reading(bind.inputs, None)


def _shown(element: Element, reads: dict[str, Reading], series: tuple[int, ...], plant: Plant) -> Tag | None:
    """The tag an element stands for: its `value`, else what it commands, else the first that it reads."""
    first = reads.get("value")
    if first is not None and first.tag is not None:
        return plant.tags[first.tag]
    if element.write:
        return plant.tag(element.write)
    for name, read in reads.items():
        if read.inputs and name not in BADGE_BINDS:
            return plant.tags[read.inputs[0]]
    return plant.tags[series[0]] if series else None


def _rules(element: Element, tags: tuple[int, ...], plant: Plant, of_tag: OfTag, gathers: bool) -> tuple[int, ...]:
    wanted, area = set(tags), element.options.get("area")
    target = plant.screens.get(element.go) if gathers else None
    if target is not None:
        wanted |= {tag for other in target.elements for bind in other.binds.values() for tag in bind.inputs}
    if area:
        wanted |= {tag.index for tag in plant.tags if f"{tag.name}.".startswith(f"{area}.")}
    found = {rule.index for tag in wanted for rule in of_tag.get(tag, ())}
    if target is not None:
        found |= {rule.index for rule in plant.rules if rule.screen == target.id}
    return tuple(sorted(found))


def _scale(element: Element, shown: Tag | None, of_tag: OfTag) -> Scale:
    options = element.options
    low, high = options.get("range", (None, None))
    if shown is not None:
        low = shown.low if low is None else low
        high = shown.high if high is None else high
    limits = tuple(
        (rule.type, rule.limit)
        for rule in (of_tag.get(shown.index, ()) if shown is not None else ())
        if rule.type in LEVEL_TYPES and rule.other < 0  # a limit that is a tag moves: it is no mark of the scale
    )
    low, high = 0.0 if low is None else float(low), 100.0 if high is None else float(high)
    given = options.get("normal")
    normal = (float(given[0]), float(given[1])) if given else _normal(limits, low, high)
    return Scale(low, high, normal, limits)


def _normal(limits: tuple[tuple[str, float], ...], low: float, high: float) -> tuple[float, float] | None:
    """The normal band between the innermost alarm limits; none where a tag has no level alarms."""
    if not limits:
        return None
    bottom = max((limit for type_, limit in limits if type_ in ("level_l", "level_ll")), default=low)
    top = min((limit for type_, limit in limits if type_ in ("level_h", "level_hh")), default=high)
    return (bottom, top) if bottom < top else None


def default_decimals(tag: Tag | None, scale: Scale) -> int:
    """As many decimals as a range deserves: none for counters and for spans of 1000 and more."""
    if tag is not None and ((tag.type in INTEGER_TYPES and tag.scale == 1) or tag.type == "bool" or tag.low is None):
        return 0 if tag.type in INTEGER_TYPES or tag.type == "bool" else 1
    span = scale.high - scale.low
    return 0 if span >= 1000 else 1 if span >= 15 else 2
