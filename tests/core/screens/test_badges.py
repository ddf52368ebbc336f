"""Badges of what an element binds beyond what its symbol shows."""

from __future__ import annotations

from hmi.core.screens.badges import badged
from hmi.core.screens.model import Shape
from hmi.core.screens.symbols import parse_symbols
from tests.core.screens.test_symbols import GOOD


def test_an_element_gets_badges_for_what_its_symbol_does_not_show_in_words() -> None:
    plain = parse_symbols({"symbols/box.toml": GOOD}, [])["box"]
    telling = GOOD.replace("[[shape]]", 'mode = "code"\n[[shape]]', 1) + '[[shape]]\nkind = "mode"\nbind = "mode"\n'
    pid = parse_symbols({"symbols/box.toml": telling}, [])["box"]
    bound = ("value", "oos", "mode")
    assert badged(plain, ("value",)) is plain
    assert badged(plain, bound).shapes[-1] == Shape("badges", {"shows": ["mode", "oos"]})
    assert badged(pid, bound).shapes[-1] == Shape("badges", {"shows": ["oos"]})
