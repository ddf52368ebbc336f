"""The rules of good displays, put together: what `hmi check` says of screens that can be used but could be better."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from hmi.core.alarms.rules import Rule
from hmi.core.errors import Mistake
from hmi.core.screens.lint_layout import lint_colours, lint_drawing, lint_layout, lint_proportions, overlapping
from hmi.core.screens.lint_places import lint_clicks, lint_levels, lint_overview
from hmi.core.screens.model import Element, Screen, Shape, Symbol
from hmi.core.screens.svg import Drawing
from hmi.core.screens.vocabulary import BADGE_BINDS, SHAPES
from hmi.core.setting import is_writable
from hmi.core.tags import INTEGER_TYPES, Tag

if TYPE_CHECKING:  # a plant is made of screens, too: importing it here would go round in a circle
    from hmi.core.plant.equipment import Equipment

MOST_LIVE: Final = 160  # elements bound to tags that one screen can carry and still be read
_OWN: Final = "screens/"  # where a plant's own screens lie
_SHARED: Final = "screens/templates/"  # how files of the library are called
_COUNTED: Final = (*INTEGER_TYPES, "bool", "string")


def lint_screens(
    screens: Mapping[str, Screen],
    symbols: Mapping[str, Symbol],
    tags: Sequence[Tag],
    mistakes: list[Mistake],
    rules: Sequence[Rule] = (),
    equipment: Mapping[str, Equipment] | None = None,
    drawings: Mapping[str, Drawing] | None = None,
) -> None:
    """Note what is wrong (a command to a read-only tag) or against the style (no unit, crowded) on parsed screens."""
    findings = _Findings(mistakes)
    machines = equipment or {}
    lint = _Elements(symbols, tags, findings)
    for screen in (*screens.values(), *_faceplates(machines.values())):
        findings.screen = screen
        lint.check(screen)
    for screen in screens.values():
        _check_density(screen, findings)
        drawing = (drawings or {}).get(screen.backdrop)
        for what, mend in lint_colours(screen, symbols, drawing):
            findings.about_screen(screen, what, mend)
        for what, mend in lint_proportions(screen, drawing) if drawing else ():
            findings.about_screen(screen, what, mend)
    for drawing in (drawings or {}).values():
        mistakes += [Mistake(drawing.file, *found, severity="warning") for found in lint_drawing(drawing)]
    lint_levels(screens, findings.about_screen)
    lint_overview(screens, machines, tags, findings.about_screen)
    lint_clicks(screens, machines, rules, findings.about_screen)
    findings.tell()


def _faceplates(equipment: Iterable[Equipment]) -> list[Screen]:
    return [one.faceplate.operate for one in equipment if one.faceplate and one.faceplate.operate]


def _check_density(screen: Screen, findings: _Findings) -> None:
    live = sum(1 for element in screen.elements if element.binds)
    if live > MOST_LIVE:
        findings.about_screen(screen, f"{live} live elements are too many to be read", f"Split it: {MOST_LIVE} at most")


@dataclass(slots=True)
class _Finding:
    """What is told of one line of a file, once for all that it makes."""

    mistake: Mistake
    screens: dict[str, None]
    times: int = 0


class _Findings:
    """Collects findings; one about a line that makes many elements or screens is told once."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        self._mistakes = mistakes
        self._found: dict[tuple[str, int, str], _Finding] = {}
        self.screen = Screen("", "", 1, (1, 1), ())  # whose elements are looked at

    def about(self, element: Element, rule: str, what: str, mend: str, severity: str = "warning") -> None:
        """Note a finding on one element."""
        mistake = Mistake(element.file or self.screen.file, element.line, what, mend, severity)
        self._add(mistake, rule, self.screen)

    def about_screen(self, screen: Screen, what: str, mend: str) -> None:
        """Note a finding on a whole screen."""
        self._add(Mistake(screen.file, 1, what, mend, "warning"), what, screen)

    def _add(self, mistake: Mistake, rule: str, screen: Screen) -> None:
        finding = self._found.setdefault((mistake.file, mistake.line, rule), _Finding(mistake, {}))
        finding.screens[screen.id] = None
        finding.times += 1

    def tell(self) -> None:
        """Put all that was found on the list."""
        for finding in self._found.values():
            mistake, (first, *others) = finding.mistake, finding.screens
            own = mistake.file.startswith(_OWN) and not mistake.file.startswith(_SHARED)
            also = f" and {len(others)} more screens" if others else ""
            more = f" (and {finding.times - 1} more times)" if own and finding.times > 1 else ""
            where = more if own else f" (on {first}{also})"
            self._mistakes.append(replace(mistake, what=f"{mistake.what}{where}"))


class _Elements:
    """The rules for single elements and for those beside each other."""

    def __init__(self, symbols: Mapping[str, Symbol], tags: Sequence[Tag], findings: _Findings) -> None:
        self._symbols = symbols
        self._tags = tags
        self._by_name = {tag.name: tag for tag in tags}
        self._findings = findings
        self._reads: dict[str, frozenset[str]] = {}  # bindings that a symbol draws

    def check(self, screen: Screen) -> None:
        """Look at every element of a screen."""
        for element in screen.elements:
            self._check_write(element)
            self._check_unit(element)
            self._check_binds(element)
        self._check_overlaps(screen)
        lint_layout(screen, self._symbols, self._findings.about)

    def _check_write(self, element: Element) -> None:
        tag = self._by_name.get(element.write)
        if tag is not None and not is_writable(tag):
            what, mend = f"write names {tag.name}, which is read-only", "Give the tag access rw, or leave it out"
            self._findings.about(element, "write", what, mend, "error")

    def _check_unit(self, element: Element) -> None:
        """Digits of a measured value need a unit; counters and words do not."""
        bind = element.binds.get("value")
        symbol = self._symbols.get(element.symbol)
        if bind is None or symbol is None or "unit" in element.options or "words" in element.options:
            return
        shows = any(shape.kind == "value" and shape.options.get("unit", True) for shape in symbol.shapes)
        if not shows or symbol.binds.get("value") == "text":
            return
        if bind.tag is None:
            mend = 'Add unit = "..." (or "" for none)'
            self._findings.about(element, "unit", "a calculated value is shown without a unit", mend)
        elif not self._tags[bind.tag].unit and self._tags[bind.tag].type not in _COUNTED:
            what = f"{self._tags[bind.tag].name} is shown without a unit"
            self._findings.about(element, "unit", what, 'Give the tag a unit ("1" for none) in tags.csv')

    def _check_binds(self, element: Element) -> None:
        """What is bound must be seen: by a shape that draws it, or by a badge."""
        symbol = self._symbols.get(element.symbol)
        if symbol is None:
            return
        drawn = self._drawn(symbol)
        for key, bind in element.binds.items():
            name = key.split(".", 1)[0]
            if name not in drawn:
                mend = f"It draws {', '.join(sorted(drawn & set(symbol.binds))) or 'nothing bound'}; remove the binding"
                self._findings.about(
                    element, f"dead {name}", f"the symbol {symbol.id} does not draw its binding {name}", mend
                )
            elif not bind.inputs:
                what = f"{name} is bound to {bind.text!r}, which reads no tag and never changes"
                self._findings.about(element, "constant", what, "Name the tags that it depends on")

    def _drawn(self, symbol: Symbol) -> frozenset[str]:
        found = self._reads.get(symbol.id)
        if found is None:
            found = self._reads[symbol.id] = frozenset(BADGE_BINDS).union(*map(_read_by, symbol.shapes))
        return found

    def _check_overlaps(self, screen: Screen) -> None:
        """Live elements of one symbol that lie over each other hide each other's digits."""
        by_symbol: dict[str, list[Element]] = {}
        for element in screen.elements:
            if element.binds and "points" not in element.options:
                by_symbol.setdefault(element.symbol, []).append(element)
        for name, elements in by_symbol.items():
            boxes = np.array([(one.x, one.y, one.x + one.width, one.y + one.height) for one in elements], np.float64)
            for first, second in overlapping(boxes):
                one, other = elements[first], elements[second]
                mend = f"Move it: the other {name} stands at [{one.x:g}, {one.y:g}] (line {one.line})"
                self._findings.about(other, "over", f"two {name} elements lie over each other", mend)


def _read_by(shape: Shape) -> set[str]:
    kinds, options = SHAPES.get(shape.kind, {}), shape.options
    found = {str(value) for key, value in options.items() if kinds.get(key) == "bind"}
    return found.union(*(value for key, value in options.items() if kinds.get(key) == "binds"))
