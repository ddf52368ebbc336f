"""Screens as data: frozen, with calm defaults."""

from __future__ import annotations

import dataclasses

import pytest

from hmi.core.screens.model import Binding, Element, Screen, Shape, Symbol


def test_an_element_alone_does_nothing_and_shows_nothing() -> None:
    element = Element("text", 0, 0, 10, 10)
    assert (element.binds, element.options, element.go, element.write) == ({}, {}, "", "")


def test_symbols_grow_with_their_element_unless_told_otherwise() -> None:
    assert Symbol("box", (1, 1), {}, (Shape("rect"),)).stretch


def test_nothing_of_a_screen_can_be_changed_afterwards() -> None:
    screen = Screen("a", "A", 1, (10, 10), ())
    with pytest.raises(dataclasses.FrozenInstanceError):
        screen.level = 2  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        Binding("a.b", 0).tag = 1  # type: ignore[misc]
