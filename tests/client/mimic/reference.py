"""The reference painter: a whole screen drawn shape by shape, to compare the picture of the frames with."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter, QPixmap

from hmi.client.mimic import quality as marks
from hmi.client.mimic.backdrop import draw_backdrop
from hmi.client.mimic.canvas import Mimic
from hmi.client.mimic.marking import middle_of
from hmi.client.mimic.paint import draw_shapes

# Both roads set the same letters and shapes with the same painter; what is left is the rounding of blending twice.
TOLERANCE = 10  # of 255, of any colour of any pixel
FEW = 0.0001  # share of pixels that may differ by more


def reference_of(mimic: Mimic) -> QPixmap:
    """The picture beneath the marks, drawn shape by shape from the values as they are now."""
    scene = mimic._scene
    picture = QPixmap(scene.buffer.size())
    picture.fill(scene.theme.colour("background"))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    draw_backdrop(painter, mimic.screen_shown, mimic._plant, scene.origin, scene.scale)
    ink = scene.ink(painter)
    for live in (False, True):  # what never changes lies beneath
        for drawn in mimic.compiled.drawn:
            if drawn.live == live:
                ink.spans = list(scene.spans.of(drawn))
                draw_shapes(ink, drawn, drawn.symbol.shapes)
    painter.end()
    return picture


def marked_reference_of(mimic: Mimic) -> QPixmap:
    """The same picture with the marks of every element, painted one after the other."""
    scene, marking, seen = mimic._scene, mimic._marking, mimic._seen
    picture = reference_of(mimic)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    ink, theme, scale = scene.ink(painter), scene.theme, scene.scale
    drawn = mimic.compiled.drawn
    boxes = [ink.around(one) for one in drawn]
    found = [None if one.gathers else marks.alarm_mark(one.rules, seen.alarms, mimic._plant.rules) for one in drawn]
    alarms = [(box, mark) for box, mark in zip(boxes, found, strict=True) if mark is not None]
    if seen.now_ns() // 500_000_000 % 2 == 0:
        marks.draw_borders(painter, theme, alarms, scale, blinking=True)
    marks.draw_borders(painter, theme, alarms, scale, blinking=False)
    worst = [marks.worst_mark([int(seen.table.quality[tag]) for tag in one.marked]) for one in drawn]
    for mark in marks.Mark:
        outlined = [
            not one.element.options.get("points") and its == mark for one, its in zip(drawn, worst, strict=True)
        ]
        areas = [marks.reach_of_mark(box, scale) for box, wanted in zip(boxes, outlined, strict=True) if wanted]
        marks.draw_outlines(painter, theme, areas, mark, scale)
    for number, (one, box, mark) in enumerate(zip(drawn, boxes, worst, strict=True)):
        age = marks.age_text(max(map(seen.age_s, one.marked))) if mark == marks.Mark.STALE else ""
        word = marks.badge_text(mark, age)
        if one.element.options.get("points"):
            if mark != marks.Mark.GOOD:
                role = "bad" if mark == marks.Mark.BAD else "stale"
                at = middle_of(ink, number, mimic.compiled)
                marks.draw_badge(painter, theme, at, word or marks.NO_VALUE, scale, role=role)
        elif word:
            gap = marks.widest_gap(box, scene.spans.of(one)) if one.box[3] < marks.ONE_LINE else None
            marks.draw_word(painter, theme, box, word, scale, gap)
    for box, alarm in alarms:
        marks.draw_sign(painter, theme, box, alarm, scale)
    for number in marking._waiting:
        corner = QPointF(boxes[number].right(), boxes[number].top())
        marks.draw_badge(painter, theme, corner, "sent", scale, right=True, role="selection", fill="selection")
    painter.end()
    return picture


def difference(one: QPixmap | QImage, other: QPixmap | QImage) -> tuple[float, int]:
    """The share of pixels that differ by more than the tolerance, and by how much any does at most."""
    first, second = (_image(picture) for picture in (one, other))
    if first == second:
        return 0.0, 0
    a, b = (np.frombuffer(image.constBits(), np.uint32) for image in (first, second))
    differing = a != b  # few do: only these are taken apart into their colours
    colours = [pixels[differing].view(np.uint8).reshape(-1, 4)[:, :3].astype(np.int16) for pixels in (a, b)]
    apart = np.abs(colours[0] - colours[1]).max(1, initial=0)
    return float(np.count_nonzero(apart > TOLERANCE) / len(a)), int(apart.max(initial=0))


def _image(picture: QPixmap | QImage) -> QImage:
    image = picture.toImage() if isinstance(picture, QPixmap) else picture
    return image.convertToFormat(QImage.Format.Format_RGB32)
