"""Copies of an element."""

from __future__ import annotations

import pytest

from hmi.core.screens.repeat import MAX_REPEAT, complaint_of_repeat, names_of


@pytest.mark.parametrize(
    "repeat",
    [
        {"count": 1},
        {"count": MAX_REPEAT, "step": [0, 28.5]},
        {"each": ["a", 1, 2.5, True]},
        {"each": [{"label": "A", "member": ".a"}], "step": [-1, 0]},
    ],
)
def test_copies_are_counted_or_named(repeat: object) -> None:
    assert complaint_of_repeat(repeat) == ("", "")


@pytest.mark.parametrize(
    ("repeat", "what"),
    [
        (3, "either each or count"),
        ({}, "either each or count"),
        ({"count": 2, "each": ["a"]}, "either each or count"),
        ({"count": MAX_REPEAT + 1}, "count of repeat is 201"),
        ({"count": True}, "count of repeat is True"),
        ({"count": 2.0}, "count of repeat is 2.0"),
        ({"each": []}, "not a list of texts"),
        ({"each": ["a"] * (MAX_REPEAT + 1)}, "not a list of texts"),
        ({"each": [{"Label": "a"}]}, "not a list of texts"),
        ({"each": [{"label": ["a"]}]}, "not a list of texts"),
        ({"each": ["x" * 501]}, "not a list of texts"),
        ({"count": 2, "step": 4}, "step of repeat is 4"),
        ({"count": 2, "stap": [0, 0]}, "stap is not a key"),
    ],
)
def test_what_cannot_be_repeated_is_told(repeat: object, what: str) -> None:
    found, mend = complaint_of_repeat(repeat)
    assert what in found and mend


def test_a_copy_is_called_by_its_text_or_by_the_keys_of_its_table() -> None:
    assert names_of("a") == {"each": "a"}
    assert names_of({"label": "A", "max": 3}) == {"label": "A", "max": "3"}
