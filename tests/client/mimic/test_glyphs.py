"""Glyphs in the atlas, against text as Qt sets it."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter

from hmi.client.mimic.atlas import Atlas
from hmi.client.mimic.glyphs import PHASES, QUESTION, digits_of, word_of
from hmi.client.mimic.ink import GLYPHS, letters_of
from hmi.client.theme import day


def canvas() -> QImage:
    image = QImage(60, 50, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    return image


@pytest.mark.parametrize("px", [12, 18, 42])
def test_a_glyph_copied_is_a_glyph_written(qapp: Any, px: int) -> None:
    atlas = Atlas()
    strip = digits_of(atlas, day(), px, bold=False, role="value")
    assert strip is not None
    for place, sign in enumerate(GLYPHS):
        for phase in range(PHASES):
            copied, written = canvas(), canvas()
            painter = QPainter(copied)
            source = strip.x + place * strip.width, strip.y + phase * strip.height, strip.width, strip.height
            painter.drawPixmap(10 - strip.left, 40 - strip.rise, atlas.pixmap, *source)
            painter.end()
            painter = QPainter(written)
            painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
            painter.setFont(letters_of(px, False)[0])
            painter.setPen(day().colour("bad" if place == QUESTION else "value"))
            painter.drawText(QPointF(10 + phase / PHASES, 40), sign)
            painter.end()
            assert copied == written, (sign, phase)


def test_widths_are_those_of_the_font(qapp: Any) -> None:
    strip = digits_of(Atlas(), day(), 20, bold=True, role="text")
    metrics = letters_of(20, True)[1]
    assert strip is not None
    assert {metrics.horizontalAdvance(sign) for sign in "0123456789"} == {strip.digit}  # digits of one width
    assert (strip.point, strip.minus) == (metrics.horizontalAdvance("."), metrics.horizontalAdvance("-"))


def test_a_full_atlas_is_told(qapp: Any) -> None:
    atlas = Atlas()
    while atlas.room(1000, 500):
        pass
    assert digits_of(atlas, day(), 200, bold=False, role="text") is None
    assert word_of(atlas, day(), "m³/h" * 40, 60, "text") is None
