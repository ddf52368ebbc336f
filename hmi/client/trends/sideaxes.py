"""Axes that always stand beside the picture, for pens that are read by number and not only by shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pyqtgraph as pg
from PySide6.QtGui import QColor

from hmi.client.theme import Theme
from hmi.client.trends.axes import ValueAxis
from hmi.core.trends import MOST_PENS

VIEW: Final = MOST_PENS + 2  # column of the picture; axes stand in those left and right of it


class SideAxes:
    """The axes of one plot by the place of their pen; on the Qt thread."""

    def __init__(self, layout: pg.GraphicsLayout, view: pg.ViewBox) -> None:
        self.axes: dict[int, ValueAxis] = {}
        self._layout, self._view = layout, view

    def show(self, pens: Sequence[tuple[QColor, str]], theme: Theme) -> None:
        """An axis for every pen (its colour) that has a side (left or right), the first of them next to the picture."""
        for axis in self.axes.values():
            self._layout.removeItem(axis)
        self.axes, taken = {}, {"left": 1, "right": 0}
        for place, (colour, side) in enumerate(pens):
            if side and taken[side] < VIEW - 1:
                axis = self.axes[place] = ValueAxis(theme, side == "right")
                axis.colour, axis.number = colour, place + 1
                axis.follow(self._view)
                taken[side] += 1
                self._layout.addItem(axis, 0, VIEW + taken[side] * (1 if axis.right else -1))

    def show_scales(self, scales: Sequence[tuple[float, float, str]]) -> None:
        """Label them: from where to where each pen's scale goes, and its unit."""
        for place, axis in self.axes.items():
            axis.show_scale(*scales[place])

    def recolour(self, place: int, colour: QColor) -> None:
        """A pen is drawn in another colour."""
        if place in self.axes:
            self.axes[place].colour = colour
            self.axes[place].update()
