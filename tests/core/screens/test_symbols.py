"""Symbol files: the shared library is right, and every mistake in a file is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hmi.core.errors import Mistake
from hmi.core.screens.model import Symbol
from hmi.core.screens.symbols import parse_symbols
from hmi.core.screens.vocabulary import BADGE_BINDS, ELEMENT_OPTIONS, SHAPES

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


def test_a_file_that_is_read_again_is_what_it_was_with_all_its_mistakes() -> None:
    strange = GOOD.replace('fill = "panel"', 'fill = "panle"')
    first, again = parsed(strange), parsed(strange)
    assert again == first
    assert [mistake.what for mistake in again[1]] == ["panle is not a colour role"]
    assert parsed(strange, "symbols/other.toml")[1] != first[1]  # the same text under another name
    assert parsed(GOOD)[1] == []


def test_a_symbol_is_read() -> None:
    mistakes: list[Mistake] = []
    symbol = parse_symbols({"symbols/box.toml": GOOD}, mistakes)["box"]
    assert mistakes == []
    assert symbol.size == (10.0, 20.0)
    assert symbol.binds == {"value": "analog", **BADGE_BINDS}
    assert not symbol.stretch
    assert [shape.kind for shape in symbol.shapes] == ["rect", "value"]


def test_what_is_bound_can_be_in_manual_interlocked_or_out_of_service_but_for_a_pipe() -> None:
    still = GOOD.replace('[binds]\nvalue = "analog"', "").split('[[shape]]\nkind = "value"')[0]
    pipe = GOOD.replace('kind = "rect"\nfill = "panel"', 'kind = "polyline"\nfrom_element = true')
    found = [parse_symbols({"symbols/box.toml": text}, [])["box"].binds for text in (GOOD, still, pipe)]
    assert found == [{"value": "analog", **BADGE_BINDS}, {}, {"value": "analog"}]


def test_every_name_in_a_list_of_bindings_is_looked_up() -> None:
    text = GOOD.replace('kind = "value"\nbind = "value"', 'kind = "strip"\npens = ["value", "valve"]')
    assert [(one.line, one.what) for one in parsed(text)[1]] == [(13, "pens names valve, which is not in [binds]")]


def test_other_files_of_the_library_are_left_alone() -> None:
    assert parsed("not toml", "themes/box.toml") == ({}, [])


def test_the_shared_library_has_no_mistake_and_what_a_line_needs() -> None:
    mistakes: list[Mistake] = []
    texts = {f"symbols/{path.name}": path.read_text(encoding="utf-8") for path in LIBRARY.glob("symbols/*.toml")}
    symbols = parse_symbols(texts, mistakes)
    assert mistakes == []
    assert len(symbols) == len(texts)
    wanted = (
        "hopper hand_valve three_way_valve robot instrument sparkline trend pid selector tags status picture counter"
    )
    assert set(wanted.split()) <= set(symbols)
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


MANUAL = LIBRARY.parent / "resources/manual/symbols.md"
ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| ([^|]*) \| ([^|]*) \|$", re.MULTILINE)
WHOLE = {"trend": "pen1 .. pen4 (analog)", "tags": "row1 .. row12 (analog)"}


def told(symbol: Symbol) -> str:
    """The bindings of a symbol as the manual writes them; those that every symbol has are told once."""
    in_words = {value for shape in symbol.shapes for value in shape.options.values() if isinstance(value, str)}
    own = {name: kind for name, kind in symbol.binds.items() if name not in BADGE_BINDS or name in in_words}
    return WHOLE.get(symbol.id, ", ".join(f"{name} ({kind})" for name, kind in own.items()))


def test_the_manual_lists_every_symbol_with_its_bindings_and_options() -> None:
    texts = {f"symbols/{path.name}": path.read_text(encoding="utf-8") for path in LIBRARY.glob("symbols/*.toml")}
    symbols = parse_symbols(texts, [])
    rows = {row[0]: row[1:] for row in ROW.findall(MANUAL.read_text(encoding="utf-8")) if row[0] in symbols}
    assert sorted(rows) == sorted(symbols)
    for name, (what, binds, options) in rows.items():
        assert what == symbols[name].description
        assert binds.strip() == told(symbols[name]), name
        assert set(re.findall(r"`(\w+)`", options)) <= set(ELEMENT_OPTIONS), name


def test_the_manual_names_every_shape_that_the_two_pages_promise() -> None:
    pages = MANUAL.read_text(encoding="utf-8") + (MANUAL.parent / "screens.md").read_text(encoding="utf-8")
    named = set(re.findall(r"[a-z]+", " ".join(re.findall(r"`([a-z \n]+)`", pages))))
    assert set(SHAPES) - {"badges"} <= named
