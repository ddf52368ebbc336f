"""Symbol files: the shared library is right, and every mistake in a file is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from hmi.core.errors import Mistake
from hmi.core.screens.symbols import parse_symbols

LIBRARY = Path(__file__).parents[3] / "screens"
GOOD = """
[symbol]
id = "box"
size = [10, 20]
stretch = false
[binds]
value = "analog"
[[shape]]
kind = "rect"
fill = "panel"
[[shape]]
kind = "value"
bind = "value"
"""


def parsed(text: str, file: str = "symbols/box.toml") -> tuple[dict[str, object], list[Mistake]]:
    mistakes: list[Mistake] = []
    return dict(parse_symbols({file: text}, mistakes)), mistakes


def test_a_symbol_is_read() -> None:
    mistakes: list[Mistake] = []
    symbol = parse_symbols({"symbols/box.toml": GOOD}, mistakes)["box"]
    assert mistakes == []
    assert symbol.size == (10.0, 20.0)
    assert symbol.binds == {"value": "analog"}
    assert not symbol.stretch
    assert [shape.kind for shape in symbol.shapes] == ["rect", "value"]


def test_other_files_of_the_library_are_left_alone() -> None:
    assert parsed("not toml", "themes/box.toml") == ({}, [])


def test_the_shared_library_has_no_mistake_and_what_a_line_needs() -> None:
    mistakes: list[Mistake] = []
    texts = {f"symbols/{path.name}": path.read_text(encoding="utf-8") for path in LIBRARY.glob("symbols/*.toml")}
    symbols = parse_symbols(texts, mistakes)
    assert mistakes == []
    assert len(symbols) == len(texts)
    wanted = "text value analog tank silo valve control_valve pump motor fan conveyor machine filler capper labeller"
    assert set(wanted.split()) | {"palletiser", "pipe", "bar", "lamp", "kpi", "nav", "exchanger", "heads"} <= set(
        symbols
    )
    assert all(symbol.description for symbol in symbols.values())


@pytest.mark.parametrize(
    ("old", "new", "line", "what", "mend"),
    [
        ('id = "box"', 'id = "bux"', 3, "not the file's name", 'Write id = "box"'),
        ('id = "box"', "", 2, "has no id", "Add id"),
        ("size = [10, 20]", "size = [10, 0]", 4, "size of [symbol]", "above 0"),
        ('value = "analog"', 'value = "analogue"', 7, "not a kind of binding", "Write analog"),
        ('kind = "rect"', 'kind = "rekt"', 9, "no shape rekt", "Write rect"),
        ('kind = "rect"', "", 8, "has no kind", "Add kind"),
        ('fill = "panel"', 'fil = "panel"', 10, "fil is not a key", "Write fill"),
        ('fill = "panel"', 'fill = "pannel"', 10, "pannel is not a colour role", "Write panel"),
        ('bind = "value"', 'bind = "valu"', 13, "not in [binds]", "Write value"),
        ('kind = "rect"', 'kind = "path"', 9, "the path has no d", "Add d"),
        ('kind = "rect"', 'kind = "path"\nd = "L 1 1"', 10, "starts with M", "Use M L"),
        ("[symbol]", "[symbl]", 2, "symbl is not a key of a symbol file", "Write symbol"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_mend(old: str, new: str, line: int, what: str, mend: str) -> None:
    symbols, mistakes = parsed(GOOD.replace(old, new, 1))
    assert symbols == {}
    hit = [one for one in mistakes if what in one.what and mend in one.mend]
    assert [one.line for one in hit] == [line], mistakes


def test_an_alarm_colour_as_decoration_is_a_warning_and_the_symbol_stays() -> None:
    symbols, mistakes = parsed(GOOD.replace('fill = "panel"', 'fill = "priority1"'))
    assert "box" in symbols
    assert [(one.severity, one.line) for one in mistakes] == [("warning", 10)]


def test_every_mistake_of_a_file_is_listed() -> None:
    text = GOOD.replace('fill = "panel"', 'fil = "a"\nradius = "b"\nline = 3').replace('bind = "value"', 'bind = "x"')
    assert len(parsed(text)[1]) == 4
