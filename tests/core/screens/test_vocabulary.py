"""The words of screen and symbol files."""

from __future__ import annotations

from typing import Any

import pytest

from hmi.core.screens import vocabulary as v


def test_every_option_of_every_shape_and_element_has_a_rule() -> None:
    kinds = {kind for options in v.SHAPES.values() for kind in options.values()} | set(v.ELEMENT_OPTIONS.values())
    for kind in kinds:
        assert isinstance(v.complaint(kind, 1), str)


def test_what_time_alone_changes_is_live() -> None:
    assert v.LIVE >= v.HISTORY


def test_live_shapes_are_shapes() -> None:
    assert set(v.SHAPES) >= v.LIVE


@pytest.mark.parametrize(
    ("kind", "good", "wrong"),
    [
        ("number", 1.5, "1.5"),
        ("number", 1, True),
        ("size", 18, 0),
        ("flag", True, 1),
        ("align", "centre", "center"),
        ("direction", "up", "left"),
        ("pair", [0, 100], [100, 0]),
        ("place", [1, 2], [1, 2, 3]),
        ("extent", [10, 20], [10, 0]),
        ("numbers", [1, 2], [1, "2"]),
        ("binds", ["pen1"], "pen1"),
        ("texts", ["Flow", ""], ["Flow", 1]),
        ("minutes", 30, 31),
        ("minutes", 0.5, 0),
        ("when", "stopped", "resting"),
        ("points", [[0, 0], [1, 1]], [[0, 0]]),
        ("words", {"0": "Closed", "-1": "Fault"}, {"closed": "0"}),
    ],
)
def test_a_value_fits_or_is_told_what_it_should_be(kind: str, good: Any, wrong: Any) -> None:
    assert v.complaint(kind, good) == ""
    assert v.complaint(kind, wrong) != ""


def test_packml_numbers_are_the_standards() -> None:
    assert (v.PACKML[2], v.PACKML[6], v.PACKML[9], v.PACKML[11]) == ("Stopped", "Execute", "Aborted", "Held")
