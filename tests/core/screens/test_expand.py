"""Rows that stand for several, or for a machine of a type."""

from __future__ import annotations

import pytest

from hmi.core import toml
from hmi.core.errors import Mistake
from hmi.core.screens.expand import Expansion, Plain, Types
from hmi.core.screens.model import Symbol
from hmi.core.screens.scope import Room, Scope, TooMuch
from hmi.core.screens.template import Member, Part, Template

TAGS = {name: number for number, name in enumerate(["a.fil.state", "a.fil.speed", "a.cap.state", "x.level"])}
SYMBOLS = {
    "machine": Symbol("machine", (250, 150), {"state": "packml", "value": "analog"}, ()),
    "lamp": Symbol("lamp", (20, 20), {"state": "bool"}, ()),
}
PARTS = """
[[part.element]]
symbol = "machine"
at = [5, 7]
label = "${name} of ${max}"
tag = ".state"
area = "${path}"
range = [0, "${max}"]

[[part.element]]
symbol = "lamp"
at = [0, 0]
tag = ".level"
"""


def rows(text: str, key: str = "element") -> list[toml.Table]:
    table = toml.read("screens/s.toml", text, [])
    assert table is not None
    return table.tables(key)


def types(**more: object) -> Types:
    (part,) = rows("[[part]]\n" + PARTS, "part")
    template = Template(
        "packml",
        "templates/packml.toml",
        parameters={"max": "100"},
        symbol="machine",
        size=(200, 100),
        bind={"state": ".state", "value": ".speed"},
        options={"decimals": 0},
        members={"state": Member("state", "state"), "level": Member("level", "level", required=False)},
        parts={"card": Part("card", (250, 190), tuple(part.tables("element")))},
    )
    room = Room()
    filler = {"id": "filler", "name": "Filler", "path": "a.fil", "code": "F", "screen": "", "max": "100"}
    capper = {"id": "capper", "name": "Capper", "path": "a.cap", "code": "C", "screen": "", "max": "50"}
    scopes = {
        "filler": Scope(room, filler, "a.fil", {"state": "a.fil.state", "level": "x.level"}, equipment="filler"),
        "capper": Scope(room, capper, "a.cap", {"state": "a.cap.state"}, frozenset({"level"}), "capper"),
        "room": Scope(room, {"id": "room"}, equipment="room"),
    }
    of = {"filler": "packml", "capper": "packml"}
    return Types(TAGS, SYMBOLS, {"packml": template}, scopes, of, room=room)


def expanded(text: str, made: Types | None = None) -> tuple[list[Plain], list[Mistake]]:
    mistakes: list[Mistake] = []
    known = made or types()
    plain = list(Expansion(known, mistakes).rows(rows(text)))
    return plain, [*mistakes, *known.folded.told()]


def values(text: str) -> list[dict]:  # type: ignore[type-arg]
    plain, mistakes = expanded(text)
    assert mistakes == []
    return [dict(one.row.values) for one in plain]


def test_a_plain_row_stays_as_it_is() -> None:
    row = '[[element]]\nsymbol = "lamp"\nat = [1, 2]\ntag = "x.level"\n'
    (plain,) = expanded(row)[0]
    assert plain == Plain(plain.row) and plain.row.values == {"symbol": "lamp", "at": [1, 2], "tag": "x.level"}


def test_a_machine_is_drawn_by_its_template() -> None:
    (made,) = values('[[element]]\nequipment = "filler"\nat = [1, 2]\n')
    assert made == {
        "equipment": "filler",
        "symbol": "machine",
        "at": [1, 2],
        "size": [200, 100],
        "label": "Filler",
        "area": "a.fil",
        "decimals": 0,
        "bind": {"state": "a.fil.state", "value": "a.fil.speed"},
    }


def test_what_the_row_says_itself_wins() -> None:
    (made,) = values('[[element]]\nequipment = "filler"\nat = [1, 2]\nlabel = "F"\nbind = { value = "x.level" }\n')
    assert (made["label"], made["bind"]) == ("F", {"state": "a.fil.state", "value": "x.level"})
    (other,) = values('[[element]]\nequipment = "filler"\nat = [1, 2]\nsymbol = "lamp"\n')
    assert (other["symbol"], other["bind"]) == ("lamp", {"state": "a.fil.state"})
    (bound,) = values('[[element]]\nequipment = "filler"\nat = [1, 2]\nsymbol = "machine"\ntag = ".speed"\n')
    assert (bound["tag"], "bind" in bound) == ("a.fil.speed", False)


def test_a_part_is_put_at_its_place_and_lacks_what_the_machine_lacks() -> None:
    text = '[[element]]\nequipment = "${each}"\npart = "card"\nat = [100, 10]\n'
    plain, mistakes = expanded(text + 'repeat = { each = ["filler", "capper"], step = [300, 1] }\n')
    assert mistakes == []
    assert [(one.equipment, one.row.values["symbol"], one.row.values["at"]) for one in plain] == [
        ("filler", "machine", [105, 17]),
        ("filler", "lamp", [100, 10]),
        ("capper", "machine", [405, 18]),
    ]
    assert plain[2].row.values["range"] == [0, 50]
    assert plain[2].row.values["label"] == "Capper of 50"
    assert plain[1].row.values["tag"] == "x.level"
    assert plain[0].where == "filler at screens/s.toml:1"


def test_a_part_without_a_machine_takes_its_path_and_parameters_from_the_row() -> None:
    text = (
        '[[element]]\ntemplate = "packml"\npart = "card"\nat = [0, 0]\nwith = { path = "a.cap", name = "C", max = 9 }\n'
    )
    (made,) = values(text)
    assert (made["tag"], made["label"], made["range"]) == ("a.cap.state", "C of 9", [0, 9])


def test_repeats_count_and_name_and_step() -> None:
    text = '[[element]]\nsymbol = "lamp"\nat = [0, 5]\nlabel = "${n}: ${label}"\n'
    each = 'repeat = { each = [{ label = "A" }, { label = "B" }], step = [0, 40] }\n'
    assert [(one["label"], one["at"]) for one in values(text + each)] == [("1: A", [0, 5]), ("2: B", [0, 45])]
    count = text.replace(": ${label}", "") + "repeat = { count = 3, step = [1, 0] }\n"
    assert [(one["label"], one["at"]) for one in values(count)] == [("1", [0, 5]), ("2", [1, 5]), ("3", [2, 5])]


def test_an_element_may_ask_whether_the_machine_has_something() -> None:
    text = '[[element]]\nequipment = "${each}"\nsymbol = "lamp"\nat = [0, 0]\nhas = ".level"\n'
    text += 'repeat = { each = ["filler", "capper"] }\n'
    assert [one["equipment"] for one in values(text)] == ["filler"]


def test_a_binding_to_what_is_missing_is_left_out_and_an_element_without_its_value_too() -> None:
    row = '[[element]]\nequipment = "capper"\nsymbol = "machine"\nat = [0, 0]\n'
    (made,) = values(row + 'bind = { state = ".state", setpoint = ".level" }\n')
    assert made["bind"] == {"state": "a.cap.state"}
    assert values(row + 'bind = { state = ".state", value = "= .level * 2" }\n') == []
    assert values(row + 'write = ".level"\n') == []


@pytest.mark.parametrize(
    ("row", "what", "mend"),
    [
        ('equipment = "filer"', "there is no equipment filer", "Write filler"),
        ('equipment = ["filler"]', "equipment is ['filler']", "in quotes"),
        ('equipment = "room"', "room has no template", "Add symbol"),
        ("template = [1]\npart = 2", "there is no template [1]", "Add templates"),
        ('equipment = "filler"\npart = "crad"', "has no part crad", "Write card"),
        ('part = "card"', "needs an equipment of a type", "Name one"),
        ('template = "pakml"\npart = "card"', "there is no template pakml", "Write packml"),
        ('template = "packml"\npart = "card"', "needs state", "with = {"),
        ('template = "packml"\nsymbol = "lamp"', "template is for parts", "Add part"),
        ('equipment = "filler"\npart = "card"\nwith = { mix = 1 }', "mix is not a parameter", "Write max"),
        ('equipment = "filler"\npart = "card"\nwith = 3', "`with` must be a table", "with = {"),
        ('symbol = "lamp"\nlabel = "${nmae}"', "nothing is called ${nmae}", "Only templates"),
        ('equipment = "filler"\nlabel = "${nmae}"', "nothing is called ${nmae}", "Write name"),
        ('symbol = "lamp"\nrepeat = { count = 0 }', "count of repeat is 0", "1 to 200"),
        ('symbol = "lamp"\nrepeat = { count = 1_000_000 }', "count of repeat is 1000000", "1 to 200"),
        ('symbol = "lamp"\nrepeat = { cuont = 3 }', "either each or count", "count = 4"),
        ('symbol = "lamp"\nrepeat = { count = 3, stpe = [0, 1] }', "stpe is not a key", "Write step"),
        ('symbol = "lamp"\nrepeat = { count = 3, step = 4 }', "step of repeat is 4", "two numbers"),
        ('symbol = "lamp"\nrepeat = { each = [[1]] }', "not a list of texts", "such as"),
        ('symbol = "lamp"\nrepeat = 3', "either each or count", "repeat = {"),
    ],
)
def test_a_mistake_is_named_with_its_mend(row: str, what: str, mend: str) -> None:
    _, mistakes = expanded(f"[[element]]\nat = [0, 0]\n{row}\n")
    assert [(one.file, what in one.what, mend in one.mend) for one in mistakes] == [("screens/s.toml", True, True)], (
        mistakes
    )


def test_a_mistake_inside_a_part_says_for_which_machine() -> None:
    made = types()
    part = Part(
        "bad", (10, 10), tuple(rows('[[element]]\nat = [0, 0]\nlabel = "${nmae}"\n\n[[element]]\npart = "card"\n'))
    )
    list(Expansion(made, []).part(part, made.scopes["filler"].of("filler", "filler in equipment.toml:3")))
    assert sorted(one.what for one in made.folded.told()) == [
        "a part of a template holds no other parts (for filler in equipment.toml:3)",
        "nothing is called ${nmae} here (for filler in equipment.toml:3)",
    ]


def test_expansion_never_explodes() -> None:
    made = types()
    made.room = Room(elements=1000)
    text = '[[element]]\nsymbol = "lamp"\nat = [0, 0]\nrepeat = { count = 200 }\n' * 10
    with pytest.raises(TooMuch):
        expanded(text, made)
