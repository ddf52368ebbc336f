"""Suggestions for misspelt names."""

from __future__ import annotations

import pytest

from hmi.core.nearest import nearest, suggestion

MANY = [f"area{a}.machine{b}.part{c}.level" for a in range(10) for b in range(10) for c in range(50)]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("area3.machine7.part4.levle", "area3.machine7.part4.level"),
        ("aera3.machine7.part4.level", "area3.machine7.part4.level"),
        ("area3.machine7.part44.lvl", "area3.machine7.part44.level"),
        ("AREA3.machine7.part44.level", "area3.machine7.part44.level"),
    ],
)
def test_finds_the_meant_name_among_thousands(word: str, meant: str) -> None:
    assert nearest(word, MANY)[0] == meant


def test_finds_among_few_and_says_nothing_of_strangers() -> None:
    assert nearest("lmit", ["limit", "deadband"]) == ["limit"]
    assert nearest("zzz", ["limit", "deadband"]) == []
    assert nearest("limit", []) == []


def test_suggestion_falls_back_to_the_text_given() -> None:
    assert suggestion("pupm", ["pump", "tank"], "Add it") == "Write pump"
    assert suggestion("zzz", ["pump", "tank"], "Add it") == "Add it"
