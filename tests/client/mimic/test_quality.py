"""Marks of quality, age and alarms: told apart by shape, not by colour."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage

from hmi.client.mimic import quality as marks
from hmi.client.mimic.ink import Ink
from hmi.client.mimic.quality import AlarmMark, Mark
from hmi.client.theme import Theme, day, night
from hmi.core import quality as q
from hmi.core.clamp import ABOVE, BELOW
from hmi.core.plant import Plant
from hmi.link.messages import AlarmRow

Canvas = Callable[..., tuple[Ink, QImage]]
KNOWN = [code for name, code in vars(q).items() if name.isupper() and isinstance(code, int)]


@pytest.mark.parametrize(
    ("quality", "mark"),
    [
        (q.GOOD, Mark.GOOD),
        (q.GOOD_LOCAL_OVERRIDE, Mark.MANUAL),
        (q.UNCERTAIN_SENSOR, Mark.UNCERTAIN),
        (q.UNCERTAIN_LAST_USABLE, Mark.STALE),
        (q.UNCERTAIN_LAST_USABLE | 0x400, Mark.STALE),
        (q.BAD_SENSOR_FAILURE, Mark.BAD),
        (q.BAD_WAITING, Mark.BAD),
        (q.BAD_NO_COMMUNICATION, Mark.COMM),
        (q.BAD_TIMEOUT, Mark.COMM),
    ],
)
def test_every_quality_has_its_mark(quality: int, mark: Mark) -> None:
    assert marks.mark_of(quality) == mark
    assert marks.worst_mark([q.GOOD, quality]) == mark


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (12.9, "12 s"), (99, "99 s"), (180, "3 min"), (7200, "2 h"), (math.inf, "never")],
)
def test_ages_are_short(seconds: float, text: str) -> None:
    assert marks.age_text(seconds) == text


def grey(image: QImage) -> bytes:
    made = image.convertToFormat(QImage.Format.Format_Grayscale8)
    return bytes(made.constBits())


def draw_mark(ink: Ink, theme: Theme, mark: Mark) -> None:
    box = QRectF(20, 15, 80, 30)
    marks.draw_outlines(ink.painter, theme, [marks.reach_of_mark(box, 1.0)], mark, 1.0)
    word = marks.badge_text(mark, "12 s")
    if word:
        marks.draw_word(ink.painter, theme, box, word, 1.0)


def test_many_qualities_are_marked_as_each_of_them_is() -> None:
    qualities = np.array([*KNOWN, *(one | 0x0200 for one in KNOWN)], np.uint32)
    assert marks.marks_of(qualities).tolist() == [marks.mark_of(int(one)) for one in qualities]
    assert marks.marks_of(qualities[:0]).tolist() == []


def test_a_value_held_at_its_limit_says_at_which() -> None:
    assert [marks.limit_text(one) for one in (BELOW, ABOVE, q.UNCERTAIN_SENSOR)] == ["MIN", "MAX", "LIM"]


@pytest.mark.parametrize("theme", [day(), night()], ids=["day", "night"])
def test_qualities_look_different_without_colour(canvas: Canvas, theme: Theme) -> None:
    pictures = {}
    for mark in Mark:
        ink, image = canvas(theme, 120, 60)
        draw_mark(ink, theme, mark)
        pictures[mark] = grey(image)
    for one, other in combinations(Mark, 2):
        different = sum(a != b for a, b in zip(pictures[one], pictures[other], strict=True))
        assert different > 20, (one, other)


def test_drawing_a_quality_does_not_change_the_theme(canvas: Canvas) -> None:
    before = {role: day().colour(role).name() for role in ("stale", "muted", "bad")}
    ink, _ = canvas()
    for mark in Mark:
        draw_mark(ink, day(), mark)
    assert all(day().colour(role).name() == name and day().colour(role).alpha() == 255 for role, name in before.items())


def test_priorities_have_different_shapes() -> None:
    corners = [marks.priority_shape(priority, QPointF(0, 0), 10) for priority in (1, 2, 3, 4)]
    assert [shape.size() for shape in corners] == [4, 4, 3, 3]
    outlines = [{(round(point.x()), round(point.y())) for point in shape.toList()} for shape in corners]
    assert all(one != other for one, other in combinations(outlines, 2))


def test_alarm_states_look_different_without_colour(canvas: Canvas) -> None:
    wanted = (
        (AlarmMark(2, False, True), True),
        (AlarmMark(2, True, True), False),  # the dark half of a blink
        (AlarmMark(2, True, False), True),
        (AlarmMark(2, False, True, "S"), True),
        (AlarmMark(3, False, True), True),
    )
    pictures = []
    for mark, phase in wanted:
        ink, image = canvas(None, 120, 60)
        box = QRectF(20, 20, 80, 30)
        marks.draw_borders(ink.painter, day(), [(box, mark)], 1.0, blinking=False)
        if phase:
            marks.draw_borders(ink.painter, day(), [(box, mark)], 1.0, blinking=True)
        marks.draw_sign(ink.painter, day(), box, mark, 1.0)
        pictures.append(grey(image))
    assert len(set(pictures)) == len(pictures)


def test_only_what_nobody_has_acknowledged_blinks() -> None:
    assert AlarmMark(1, True, True).blinks
    assert not AlarmMark(1, False, True).blinks
    assert not AlarmMark(1, True, True, "S").blinks


def test_the_most_urgent_alarm_shows_and_shelved_ones_come_last(small_plant: Plant) -> None:
    assert (small_plant.rules[0].priority, small_plant.rules[1].priority) == (1, 3)
    alarms = {0: AlarmRow(0, "shelved"), 1: AlarmRow(1, "acknowledged")}
    mark = marks.alarm_mark((0, 1), alarms, small_plant.rules)
    assert mark is not None
    assert (mark.priority, mark.badge, mark.unacknowledged) == (3, "", False)
    alarms[0] = AlarmRow(0, "returned-unacknowledged")
    mark = marks.alarm_mark((0, 1), alarms, small_plant.rules)
    assert mark is not None
    assert (mark.priority, mark.unacknowledged, mark.active) == (1, True, False)
    assert marks.alarm_mark((0, 1), {}, small_plant.rules) is None


@pytest.mark.parametrize(("state", "badge"), [("shelved", "S"), ("suppressed-by-design", "D"), ("out-of-service", "O")])
def test_hidden_alarms_have_a_letter(small_plant: Plant, state: str, badge: str) -> None:
    mark = marks.alarm_mark((0,), {0: AlarmRow(0, state)}, small_plant.rules)
    assert mark is not None
    assert mark.badge == badge
    assert marks.is_hidden(AlarmRow(0, state))


def test_a_badge_goes_into_the_widest_gap_between_words() -> None:
    box = QRectF(0, 0, 300, 30)
    assert marks.widest_gap(box, [(200, 260), (0, 90)]) == (90, 200)
    assert marks.widest_gap(box, [(0, 90)]) == (90, 300)
    assert marks.widest_gap(box, [(100, 290)])[1] - marks.widest_gap(box, [(100, 290)])[0] == 10  # never before a lamp


def test_a_badge_has_room_for_its_letters(canvas: Canvas, qapp: Any) -> None:
    ink, _ = canvas()
    assert marks.badge_size(ink.painter, "COMM", 1.0)[0] > marks.badge_size(ink.painter, "?", 1.0)[0]
