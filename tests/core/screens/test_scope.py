"""What `${name}` and `.member` mean for one machine."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.core.errors import Mistake
from hmi.core.screens.scope import MAX_HOLES, Folded, Missing, Room, Scope, TooMuch, left_open, scope_of
from hmi.core.screens.template import Member, Template

SCOPE = Scope(
    Room(), {"id": "filler", "max": "36000"}, "line1.filler", {"speed": "line1.drive.speed"}, frozenset({"level"})
)


@pytest.mark.parametrize(
    ("value", "numeric", "filled"),
    [
        ("Speed of ${id}", False, "Speed of filler"),
        ("${max}", False, "36000"),
        ([0, "${max}"], True, [0, 36000]),
        ({"each": ["${ id }"]}, False, {"each": ["filler"]}),
        ("${nobody}", False, "${nobody}"),
        (3.5, True, 3.5),
        ("${", False, "${"),
    ],
)
def test_names_are_filled_in_and_numbers_become_numbers(value: object, numeric: bool, filled: object) -> None:
    assert SCOPE.filled(value, numeric) == filled


def test_a_text_with_very_many_names_is_left_as_it_is() -> None:
    text = "${id}" * (MAX_HOLES + 1)
    assert SCOPE.filled(text) == text


@pytest.mark.parametrize(
    ("text", "resolved"),
    [
        (".speed", "line1.drive.speed"),
        (".tank.temperature", "line1.filler.tank.temperature"),
        ("line1.other", "line1.other"),
        ("= .speed > .5 and not .door1.open", "= line1.drive.speed > .5 and not line1.filler.door1.open"),
        ("= max(.speed, 1.) + a.b.speed", "= max(line1.drive.speed, 1.) + a.b.speed"),
        (7, 7),
    ],
)
def test_members_are_named_by_their_tags(text: object, resolved: object) -> None:
    assert SCOPE.resolved(text) == resolved


@pytest.mark.parametrize("text", [".level", "= .speed + .level"])
def test_a_member_that_the_machine_lacks_is_told(text: str) -> None:
    with pytest.raises(Missing):
        SCOPE.resolved(text)


def test_conditions_need_no_equals_sign() -> None:
    assert SCOPE.expression(".speed == 0") == "line1.drive.speed == 0"


def test_names_left_open_are_found_anywhere() -> None:
    assert list(left_open({"a": ["${x} and ${ y}", {"b": "${z"}], "c": 1})) == ["x", "y", "z"]


def test_members_are_under_the_path_unless_the_machine_says_otherwise() -> None:
    members = {name: Member(name, f"{name}.value", required=name != "c") for name in ("a", "b", "c", "d")}
    template = Template("t", "templates/t.toml", members=members)
    tags = {"line.a.value": 0, "other.b": 1}
    scope, lost = scope_of(template, {"path": "line"}, {"b": "other.b"}, tags, Room())
    assert dict(scope.members) == {"a": "line.a.value", "b": "other.b"}
    assert scope.missing == {"c", "d"}
    assert lost == ["d"]


def test_growth_without_end_is_stopped() -> None:
    room = Room(characters=100)
    scope = Scope(room, {"x": "y" * 30})
    with pytest.raises(TooMuch):
        scope.filled(["${x}"] * 10)


def test_the_mistake_of_a_template_is_told_once_with_its_machines() -> None:
    folded, mistake = Folded(), Mistake("templates/t.toml", 3, "there is no symbol x", "Write y")
    for where in ("filler in equipment.toml:1", "capper in equipment.toml:9", "filler in equipment.toml:1"):
        folded.add([mistake], where)
    (told,) = folded.told()
    assert (told.file, told.line) == ("templates/t.toml", 3)
    assert told.what == "there is no symbol x (for filler in equipment.toml:1 and 1 more)"


def test_mistakes_that_differ_in_the_machines_path_alone_are_one() -> None:
    folded = Folded()
    for machine in ("filler", "capper"):
        folded.know(machine, f"line1.{machine}")
        tag = f"line1.{machine}.sped"
        folded.add([Mistake("templates/t.toml", 3, f"there is no tag {tag}", f"Write line1.{machine}.speed")], machine)
    (told,) = folded.told()
    assert told.what == "there is no tag line1.filler.sped (for filler and 1 more)"


@given(st.text(alphabet="${}id max.=ab\\\n", max_size=60))
def test_any_text_can_be_filled_and_resolved(text: str) -> None:
    with contextlib.suppress(Missing):
        SCOPE.resolved(SCOPE.filled(text, numeric=True))
    list(left_open(text))
