"""The pens of a trend: which tags, on what scales."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from hmi.client.trends.series import Series, Strokes
from hmi.core.tags import Tag
from hmi.core.trends import MOST_PENS, USUAL_PENS, TrendPen

MOST: Final = USUAL_PENS
MOST_ASKED: Final = MOST_PENS  # on request
_NO_NAMES: Final[Mapping[int, str]] = {}


def can_be_drawn(tag: Tag) -> bool:
    """Whether a trend can show a tag: a number or a state that history keeps."""
    return not tag.is_text and tag.history != "off"


def is_sloped(tag: Tag) -> bool:
    """Whether neighbouring samples are joined by a straight line: a measurement; set-points and states are held."""
    return tag.type in ("float32", "float64") and tag.access == "r"


def scale_of(tag: Tag, low: float, high: float, fit: bool) -> tuple[float, float]:
    """The scale of a pen: its tag's range where the values keep within it, else what the values need."""
    if tag.type == "bool":
        return -0.1, 1.1
    if not fit and tag.low is not None and tag.high is not None and tag.high > tag.low:
        slack = (tag.high - tag.low) * 0.001
        inside = not math.isfinite(low) or (low >= tag.low - slack and high <= tag.high + slack)
        if inside:
            return tag.low, tag.high
    if not math.isfinite(low):
        return 0.0, 1.0
    margin = (high - low) * 0.08 or abs(high) * 0.05 or 1.0
    return low - margin, high + margin


class Pen:
    """One tag on the trend; `names` are those of its states, where it has any."""

    def __init__(
        self, tag: Tag, number: int, names: Mapping[int, str] = _NO_NAMES, setting: TrendPen | None = None
    ) -> None:
        self.tag, self.number, self.names = tag, number, names
        self.setting = setting or TrendPen(tag.name)
        self.shift_ns, self.said = 0, ""  # how much later than it was it is drawn, and what that is called
        self.series = Series(tag)
        self.strokes: Strokes | None = None
        self.seen: Strokes | None = None  # of them, those in view
        self.low, self.high = self._scale(math.nan, math.nan, False)

    @property
    def is_line(self) -> bool:
        """Whether it is drawn as a line on a scale, and not as a lane of states."""
        return not self.names and self.tag.type != "bool"

    def draw(self, span: tuple[int, int], now_ns: int, columns: int, fit: bool, beyond: int = 0) -> None:
        """Work out what to draw between two moments, and so many widths beyond for a drag, and on which scale."""
        start, stop = span
        width = (stop - start) * beyond
        self.strokes = self.series.strokes(start - width, stop + width, now_ns, columns * (1 + 2 * beyond))
        self.seen = self.strokes.between(start, stop)
        self.low, self.high = self._scale(*self.seen.extremes(), fit)

    def fix(self, low: float, high: float) -> None:
        """Keep it on a scale of its own from now on."""
        self.setting = replace(self.setting, low=low, high=high, fit=False)

    def _scale(self, low: float, high: float, fit: bool) -> tuple[float, float]:
        own = self.setting
        if own.low is not None and own.high is not None and own.high > own.low:
            return own.low, own.high
        return scale_of(self.tag, low, high, fit or own.fit)


def share_scales(pens: Sequence[Pen], by_unit: bool = False) -> None:
    """Put pens of one axis on one scale, or all of the same unit, so that their lines can be compared."""
    groups: dict[tuple[str, str], list[Pen]] = {}
    for pen in pens:
        if pen.is_line and (by_unit or pen.setting.axis):
            groups.setdefault(("", pen.tag.unit) if by_unit else (pen.setting.axis, ""), []).append(pen)
    for alike in groups.values():
        low, high = min(pen.low for pen in alike), max(pen.high for pen in alike)
        for pen in alike:
            pen.low, pen.high = low, high


def narrow_scales(pens: Sequence[Pen], share: tuple[float, float]) -> None:
    """Show a part of every scale: what a box was drawn around."""
    for pen in pens:
        if pen.is_line:
            low, span = pen.low, pen.high - pen.low
            pen.low, pen.high = low + share[0] * span, low + share[1] * span
