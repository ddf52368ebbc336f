"""Drawings under screens."""

from __future__ import annotations

from hmi.core.errors import Mistake
from hmi.core.screens.backdrops import backdrop_names, read_backdrops

GOOD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9"/>'
TEXTS = {"screens/a.svg": GOOD, "screens/b.SVG": GOOD, "screens/c.svg": "<svg", "instructions/d.svg": GOOD}


def test_only_drawings_beside_screens_can_be_named() -> None:
    assert backdrop_names(TEXTS) == {"a.svg", "b.SVG", "c.svg"}


def test_drawings_that_screens_show_are_read_and_others_told() -> None:
    mistakes: list[Mistake] = []
    found = read_backdrops(TEXTS, {"a.svg", "c.svg", ""}, mistakes)
    assert {name: drawing.file for name, drawing in found.items()} == {"a.svg": "screens/a.svg"}
    assert [(one.file, one.severity) for one in mistakes] == [("screens/b.SVG", "warning"), ("screens/c.svg", "error")]
