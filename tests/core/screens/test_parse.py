"""Screen files against tags and symbols: what is read, and every mistake named with line and mend."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.core.errors import Mistake
from hmi.core.plant.load import check
from hmi.core.screens.expand import MAX_SUGGESTED, Types
from hmi.core.screens.model import Screen
from hmi.core.screens.parse import ScreenFiles, parse_symbols, screen_files
from hmi.core.screens.symbols import stem
from tests.core.plant.motors import TEXTS as MOTORS

ROOT = Path(__file__).parents[3]
PLANT = ROOT / "resources" / "plants" / "bottling"
TAGS = {name: index for index, name in enumerate(["a.level", "a.speed", "a.speed_sp", "a.head1.v", "a.head2.v"])}
GOOD = """
[screen]
id = "tank"
title = "Tank"
level = 2
size = [1600, 900]

[[element]]
symbol = "analog"
at = [100, 200]
label = "Level"
tag = "a.level"
bind = { setpoint = "= a.speed_sp * 2" }
decimals = 1
range = [0, 50]
go = "tank"
write = "a.speed_sp"

[[element]]
symbol = "heads"
at = [0, 600]
bind = { heads = "a.head{1..2}.v" }
"""


def symbols() -> dict:  # type: ignore[type-arg]
    texts = {
        f"symbols/{path.name}": path.read_text(encoding="utf-8") for path in (ROOT / "screens/symbols").glob("*.toml")
    }
    return parse_symbols(texts, [])


SYMBOLS = symbols()
LIBRARY = {
    f"symbols/{name}.toml": (ROOT / f"screens/symbols/{name}.toml").read_text(encoding="utf-8")
    for name in ("value", "button", "motor", "heads")
}


def parsed(text: str, **more: str) -> tuple[dict[str, Screen], list[Mistake]]:
    mistakes: list[Mistake] = []
    texts = {"screens/tank.toml": text} | {f"screens/{name}.toml": other for name, other in more.items()}
    files = ScreenFiles(Types(TAGS, SYMBOLS), mistakes)
    screens = files.read(texts)
    files.check_targets({stem(file) for file in screen_files(texts)})
    return screens, mistakes


def test_a_screen_is_read() -> None:
    screens, mistakes = parsed(GOOD)
    assert mistakes == []
    screen = screens["tank"]
    assert (screen.title, screen.level, screen.size, screen.file) == ("Tank", 2, (1600.0, 900.0), "screens/tank.toml")
    analog, heads = screen.elements
    assert (analog.x, analog.y, analog.width, analog.height) == (100.0, 200.0, *SYMBOLS["analog"].size)
    assert analog.binds["value"].tag == 0
    assert analog.binds["setpoint"].tag is None
    assert analog.binds["setpoint"].inputs == (2,)
    assert (analog.go, analog.write, analog.line) == ("tank", "a.speed_sp", 9)
    assert analog.options == {"decimals": 1, "range": [0, 50]}
    assert [bind.text for bind in heads.binds.values()] == ["a.head1.v", "a.head2.v"]


def test_a_symbol_gives_the_size_unless_the_element_does() -> None:
    screens, _ = parsed(GOOD.replace('label = "Level"', "size = [50, 60]"))
    assert (screens["tank"].elements[0].width, screens["tank"].elements[0].height) == (50.0, 60.0)


@pytest.mark.parametrize(
    ("old", "new", "line", "what", "mend"),
    [
        ('symbol = "analog"', 'symbol = "analgo"', 9, "no symbol analgo", "Write analog"),
        ('symbol = "analog"', "", 8, "has no symbol", "Add symbol"),
        ('tag = "a.level"', 'tag = "a.levl"', 12, "no tag a.levl", "Write a.level"),
        ('go = "tank"', 'go = "tnak"', 16, "the screen tnak", "Write tank"),
        ('write = "a.speed_sp"', 'write = "a.speed_pv"', 17, "no tag a.speed_pv", "a.speed"),
        ("level = 2", "", 2, "has no level", "Add level"),
        ("level = 2", "level = 5", 5, "no level 5", "1 (overview)"),
        ("level = 2", "level = 1", 17, "overview has no commands", "level 2 or 3"),
        ('title = "Tank"', "title = 3", 4, "title of [screen] is 3", "quotes"),
        ('id = "tank"', 'id = "tnk"', 3, "not the file's name", 'Write id = "tank"'),
        ('label = "Level"', 'lable = "Level"', 11, "lable is not a key", "Write label"),
        ("at = [100, 200]", "at = [1700, 200]", 10, "off the screen", "move it in"),
        ("at = [100, 200]", 'at = "left"', 10, "at of [[element]]", "two numbers"),
        ("range = [0, 50]", "range = [50, 0]", 15, "range of", "rising"),
        ("{ setpoint =", "{ setpiont =", 13, "no binding setpiont", "Write setpoint"),
        ('"= a.speed_sp * 2"', '"= a.sped_sp * 2"', 13, "no tag a.sped_sp", "Write a.speed_sp"),
        ('"= a.speed_sp * 2"', '"= a.speed_sp *"', 13, "not complete", "Check"),
        ('"= a.speed_sp * 2"', "4", 13, "bound to 4", "tag in quotes"),
        ("{1..2}", "{1..3}", 22, "no tag a.head3.v", "a.head"),
        ("{1..2}", "{1..9999}", 22, "series of 9999", "1 to 200"),
        ("decimals = 1", 'area = "a.haed1"', 14, "no tag lies under a.haed1", "Write a.head1"),
        ("[[element]]", "[[elment]]", 8, "elment is not a key of a screen file", "Write element"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_mend(old: str, new: str, line: int, what: str, mend: str) -> None:
    _, mistakes = parsed(GOOD.replace(old, new, 1))
    hit = [one for one in mistakes if what in one.what and mend in one.mend and one.severity == "error"]
    assert [(one.file, one.line) for one in hit] == [("screens/tank.toml", line)], mistakes


def test_partly_off_the_screen_is_a_warning() -> None:
    screens, mistakes = parsed(GOOD.replace("at = [100, 200]", "at = [1550, 200]"))
    assert "tank" in screens
    assert [one.severity for one in mistakes] == ["warning"]


def test_every_mistake_of_a_file_is_listed_and_the_others_are_kept() -> None:
    bad = GOOD.replace("analog", "analgo").replace("a.head", "a.haed").replace("level = 2", "level = 9")
    good = GOOD.replace('id = "tank"', 'id = "other"').replace('go = "tank"', 'go = "other"')
    screens, mistakes = parsed(bad, other=good)
    assert list(screens) == ["other"]
    assert len(mistakes) == 3


SWAPS = [
    "3",
    "-1",
    "1e999",
    "nan",
    "true",
    '"x"',
    '""',
    "[]",
    "[[1]]",
    "{}",
    '"${x}"',
    '".x"',
    '"= .speed +"',
    '"{1..9}"',
]
SWAPS += [
    "9" * 5000,
    "2026-01-01",
    "{ count = 200 }",
    '{ each = ["m1", "m2"] }',
    '"a{1..%s}"' % ("9" * 5000),
    "[nan, nan]",
]
MORE = """
[[element]]
symbol = "heads"
at = [0, 300]
bind = { heads = "line.m{1..2}.speed" }
repeat = { count = 3, step = [10, 10] }

[[element]]
template = "motor"
part = "faceplate"
at = [300, 0]
with = { path = "line.m2", max = 5 }

[[element]]
equipment = "${each}"
symbol = "value"
at = [0, 500]
tag = ".speed"
label = "${n} of ${name}"
has = ".hours"
range = [0, "${max}"]
words = { 0 = "Off" }
points = [[0, 0], [1, 1]]
write = ".start"
repeat = { each = ["m1", "m2"], step = [50, 0] }
"""
WHOLE = {
    **MOTORS,
    "screens/top.toml": MOTORS["screens/top.toml"] + MORE,
    "lang/de.toml": '"Motor 1" = "Antrieb 1"\n',
    "screens/x.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 6"><g id="a"/><use href="#a"/></svg>\n',
}
DAMAGED = sorted(file for file in WHOLE if file.startswith(("screens", "templates", "equipment", "lang")))


def damage(text: str, how: str, place: int, other: str) -> str:
    """The text with one line, one value or a few characters changed."""
    lines = text.splitlines() or [""]
    number = place % len(lines)
    if how == "drop":
        del lines[number]
    elif how == "twice":
        lines.insert(place * 7 % len(lines), lines[number])
    elif how == "value":
        lines[number] = f"{lines[number].split('=')[0]}= {SWAPS[place % len(SWAPS)]}"
    else:
        place %= len(text) + 1
        return text[:place] + other + text[place + len(other) :]
    return "\n".join(lines)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(DAMAGED),
            st.sampled_from(["drop", "twice", "value", "signs"]),
            st.integers(0, 5000),
            st.text(alphabet='[]{}".=$,#0aé\n', min_size=1, max_size=4),
        ),
        min_size=1,
        max_size=3,
    )
)
@settings(max_examples=150, deadline=None)
def test_damaged_files_are_a_plant_or_mistakes_but_never_a_crash(changes: list[tuple[str, str, int, str]]) -> None:
    texts = dict(WHOLE)
    for file, how, place, other in changes:
        texts[file] = damage(texts[file], how, place, other)
    plant, mistakes = check(texts, LIBRARY)
    assert (plant is None) == any(one.severity == "error" for one in mistakes)
    for one in mistakes:
        assert one.what and one.mend and str(one).isprintable() and len(str(one)) < 1200


def test_the_whole_of_them_undamaged_is_a_plant() -> None:
    plant, mistakes = check(WHOLE, LIBRARY)
    assert plant is not None, mistakes
    assert len(plant.screens["top"].elements) == 6


def test_of_very_many_unknown_tags_only_some_are_compared_with_all() -> None:
    row = '[[element]]\nsymbol = "value"\nat = [0, 0]\ntag = "a.levl"\n'
    _, mistakes = parsed(GOOD.split("[[element]]", maxsplit=1)[0] + row * 80)
    assert len(mistakes) == 80
    assert sum(one.mend == "Write a.level" for one in mistakes) == MAX_SUGGESTED


def test_a_screen_grows_to_5000_elements_at_most() -> None:
    row = '[[element]]\nsymbol = "value"\nat = [0, 0]\ntag = "a.level"\nrepeat = { count = 200 }\n'
    screens, mistakes = parsed(GOOD.split("[[element]]", maxsplit=1)[0] + row * 25)
    assert len(screens["tank"].elements) == 5000 and mistakes == []
    _, mistakes = parsed(GOOD.split("[[element]]", maxsplit=1)[0] + row * 26)
    assert [one.what for one in mistakes] == ["the screen has more than 5000 elements"]


def test_lower_levels_come_first_then_the_order_given() -> None:
    def screen(name: str, level: int, more: str = "") -> str:
        return f'[screen]\nid = "{name}"\ntitle = "x"\nlevel = {level}\nsize = [10, 10]\n{more}\n'

    texts = {"a": screen("a", 3), "b": screen("b", 2), "c": screen("c", 2, "order = 1"), "d": screen("d", 1)}
    screens, _ = parsed(GOOD, **texts)
    assert list(screens) == ["d", "c", "b", "tank", "a"]


def test_text_that_is_not_toml_is_one_mistake() -> None:
    screens, mistakes = parsed("[screen\n")
    assert screens == {}
    assert len(mistakes) == 1


def test_the_demo_plants_screens_have_no_mistake_and_no_warning() -> None:
    texts = {
        path.relative_to(PLANT).as_posix(): path.read_text(encoding="utf-8")
        for path in PLANT.rglob("*")
        if path.suffix in (".toml", ".csv", ".md", ".svg")
    }
    library = {
        f"{path.parent.name}/{path.name}": path.read_text(encoding="utf-8")
        for path in (ROOT / "screens").glob("*/*.toml")
    }
    plant, mistakes = check(texts, library)
    assert [one for one in mistakes if one.file.startswith("screens/")] == []
    assert plant is not None
    assert next(iter(plant.screens.values())).level == 1
    assert {screen.level for screen in plant.screens.values()} >= {1, 2, 3}
    assert len(plant.screens) >= 6
    assert sum(1 for element in plant.screens["line"].elements if element.binds) >= 60
