"""Where words stand on an element."""

from __future__ import annotations

from typing import Any

from hmi.client.mimic.compile import Compiled, Drawn
from hmi.client.mimic.spans import Spans
from tests.client.mimic.conftest import DOUBLE, NAME, Glass


def drawn_of(compiled: Compiled, symbol: str) -> Drawn:
    return next(drawn for drawn in compiled.drawn if drawn.element.symbol == symbol)


def test_a_number_takes_the_room_of_the_widest_it_can_be(canvas: Any, detail: Compiled, glass: Glass) -> None:
    ink, _ = canvas()
    row = drawn_of(detail, "row")
    glass.set(DOUBLE, 1)
    narrow = list(Spans(ink).of(row))
    glass.set(DOUBLE, 199.9)
    assert Spans(ink).of(row) == narrow
    assert len(narrow) == 3  # label, digits, unit


def test_a_text_takes_the_room_it_has_now(canvas: Any, detail: Compiled, glass: Glass) -> None:
    ink, _ = canvas()
    spans, row = Spans(ink), drawn_of(detail, "textrow")
    glass.say(NAME, "Cola")
    short = spans.of(row)
    glass.say(NAME, "Elderflower")
    longer = spans.of(row)
    assert max(right - left for left, right in longer) > max(right - left for left, right in short)


def test_measuring_leaves_no_ink(canvas: Any, detail: Compiled) -> None:
    ink, image = canvas()
    before = image.copy()
    for drawn in detail.drawn:
        Spans(ink).of(drawn)
    assert image == before
