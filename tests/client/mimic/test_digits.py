"""Where numbers and their units stand."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QRectF

from hmi.client.mimic.digits import place_of, quarter, write_number
from hmi.client.mimic.ink import letters_of

AREA = QRectF(100, 50, 200, 30)


@pytest.mark.parametrize("align", ["left", "centre", "right"])
def test_the_unit_follows_the_digits_and_stays_in_the_box(canvas: Any, align: str) -> None:
    ink, _ = canvas()
    write_number(ink, AREA, "123.4", "m/min", "value", {"align": align, "size": 22})
    (left, right), (unit, end) = ink.spans
    assert AREA.left() <= left < right < unit < end <= AREA.right() + 0.3
    assert unit - right == pytest.approx(5, abs=0.3)


def test_right_aligned_digits_end_where_the_column_of_units_begins(canvas: Any) -> None:
    ends = []
    for unit in ("", "%", "m/min"):
        ink, _ = canvas()
        place = place_of(ink, AREA, unit, {"unit_room": 70})
        assert place.is_unit_still
        width = letters_of(place.px, False)[1].horizontalAdvance("12.5")
        ends.append(round(place.start(width) + width))
    assert ends == [230, 230, 230]


def test_a_unit_that_moves_is_put_on_a_quarter_of_a_pixel(canvas: Any) -> None:
    ink, _ = canvas()
    place = place_of(ink, AREA, "%", {"align": "centre"})
    assert not place.is_unit_still
    assert all(place.unit_area(width).left() * 4 % 1 == 0 for width in (10.0, 33.3, 51.77))
    assert [quarter(at) for at in (1.0, 1.24, 1.26, 1.99)] == [1.0, 1.0, 1.25, 1.75]


def test_digits_that_do_not_fit_are_made_smaller(canvas: Any) -> None:
    ink, _ = canvas()
    narrow = QRectF(0, 0, 60, 30)
    write_number(ink, narrow, "123 456.7", "", "value", {"size": 22})
    left, right = ink.spans[0]
    assert right - left <= 61
