"""Outlines as Qt draws them."""

from __future__ import annotations

import pytest

from hmi.client.mimic.outline import outline


def test_an_outline_has_the_measures_of_its_text() -> None:
    box = outline("M 10 20 L 40 20 V 60 H 10 Z").boundingRect()
    assert (box.left(), box.top(), box.right(), box.bottom()) == (10, 20, 40, 60)


def test_curves_are_curves() -> None:
    path = outline("M 0 0 C 0 10 10 10 10 0 Q 15 -10 20 0")
    assert path.boundingRect().height() == pytest.approx(12.5)
    assert path.elementCount() > 5


def test_an_outline_is_made_once() -> None:
    assert outline("M 0 0 L 1 1") is outline("M 0 0 L 1 1")
