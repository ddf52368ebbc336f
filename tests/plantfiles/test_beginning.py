"""The first files of a plant have no mistake; names that devices give become names that tags can have."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.core.errors import HmiError
from hmi.plantfiles.beginning import FoundTag, add_connection, add_screen, add_tags, begin, quoted, tag_name, word
from hmi.plantfiles.folder import check_folder

NAMES = st.lists(st.text(max_size=30), max_size=6)


def found(number: int, kind: str = "float64") -> FoundTag:
    return FoundTag(f"filler.v{number}", f"ns=2;s=V{number}", kind, "bar", 0.0, 6.5, "rw", 'what, "it" says')


def test_a_new_plant_has_no_mistake_and_grows_without_one(tmp_path: Path) -> None:
    folder = tmp_path / "My plant"
    begin(folder, 'Hall "B"\n', "Europe/Berlin")
    plant, mistakes = check_folder(folder)
    assert plant is not None and not mistakes
    assert (plant.id, plant.name) == ("hall_b", 'Hall "B" ')
    add_connection(folder, "filler", "opc.tcp://127.0.0.1:4840", "None")
    kinds = ["float64", "bool", "string", "int32"]
    tags = [found(number, kinds[number % 4]) for number in range(100)]
    tags = [tag if tag.type in ("float64", "int32") else tag._replace(unit="", low=None, high=None) for tag in tags]
    add_tags(folder, "filler", tags)
    add_screen(folder, "filler", tags)
    plant, mistakes = check_folder(folder)
    assert plant is not None and not [one for one in mistakes if one.severity == "error"], mistakes
    assert len(plant.tags) == 100
    assert set(plant.screens) == {"overview", "filler"}


def test_nothing_that_is_there_is_overwritten(tmp_path: Path) -> None:
    begin(tmp_path / "plant", "", "UTC")
    with pytest.raises(HmiError, match="not empty: nothing was written"):
        begin(tmp_path / "plant", "", "UTC")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(HmiError, match="not empty"):
        begin(tmp_path / "file", "", "UTC")
    add_tags(tmp_path / "plant", "filler", [found(1)])
    with pytest.raises(HmiError, match=r"filler.csv is there already: it was left as it is"):
        add_tags(tmp_path / "plant", "filler", [found(2)])
    with pytest.raises(HmiError, match="cannot be changed"):
        add_connection(tmp_path / "nowhere", "filler", "opc.tcp://h", "None")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (["Filler", "Tank", "LevelSP"], "line1.filler.tank.level_sp"),
        (["Filler", "Filler.Tank.Level"], "line1.filler.tank.level"),
        (["1Pump", "Öl-Druck"], "line1.n1_pump.l_druck"),
        (["液位"], "line1.value"),
        ([], "line1.value"),
    ],
)
def test_names_of_devices_become_names_of_tags(path: list[str], name: str) -> None:
    assert tag_name(path, "line1", ()) == name
    assert tag_name(path, "line1", {name}) == f"{name}_2"


@given(NAMES)
def test_any_name_becomes_one_that_the_checker_takes(path: list[str]) -> None:
    import re

    assert re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+", tag_name(path, "a", ()))
    assert re.fullmatch(r"[a-z][a-z0-9_-]{0,63}", word("".join(path), "plant"))


@given(st.text(max_size=50))
def test_any_text_can_stand_in_a_plant_file(text: str) -> None:
    import tomllib

    assert len(tomllib.loads(f"a = {quoted(text)}")["a"]) == len(text)


@pytest.mark.cr("3.5")
def test_what_a_device_says_is_no_formula_where_its_tags_are_opened_in_a_spreadsheet(tmp_path: Path) -> None:
    tag = found(1)._replace(unit="@SUM(A1)", description="=cmd|' /C calc'!A0")
    text = add_tags(tmp_path, "filler", [tag]).read_text("utf-8")
    assert "'=cmd" in text and ",=" not in text and ",@" not in text and "'@SUM" in text
