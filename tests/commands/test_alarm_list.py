"""`hmi alarms`: what is left of the list when somebody asks for less."""

import argparse
from dataclasses import replace

import pytest

from hmi.cli import main
from hmi.commands.alarm_list import _line as line_of
from hmi.commands.alarm_list import as_told, narrowed
from hmi.core.alarms import station
from hmi.core.errors import HmiError
from hmi.link.messages import AlarmRow, ConditionFacts
from hmi.plantfiles.folder import check_folder, find_plant


@pytest.fixture(scope="module")
def plant():
    found, _ = check_folder(find_plant("bottling"))
    return found


def left(plant, **asked):
    """The rules of the demo plant that remain, all of them unacknowledged but the first, which is shelved."""
    options = argparse.Namespace(**({"priority": "", "state": "", "area": "", "kind": "", "position": ""} | asked))
    wanted = narrowed(options, plant)
    rows = [AlarmRow(rule.index, "shelved" if rule.index == 0 else "unacknowledged") for rule in plant.rules]
    return [plant.rules[row.rule] for row in rows if wanted(row)]


def test_who_asks_for_nothing_sees_all(plant):
    assert len(left(plant)) == len(plant.rules)


def test_by_priority_state_and_class(plant):
    assert {rule.priority for rule in left(plant, priority="1,2")} == {1, 2}
    assert [rule.index for rule in left(plant, state="shelved")] == [0]
    assert {rule.class_ for rule in left(plant, kind="quality")} == {"quality"}


def test_an_area_has_what_its_parts_have(plant):
    pump = {rule.id for rule in left(plant, area="p-101")}
    filler = {rule.id for rule in left(plant, area="filler")}
    assert "line1.filler.inlet.pump.mismatch" in pump < filler
    assert filler < {rule.id for rule in left(plant, area="hall")}


def test_a_position_answers_for_its_areas_alone(plant):
    own = {rule.id.split(".")[1] for rule in left(plant, position="filling")}
    assert own == {"filler", "capper", "cip"}
    assert len(left(plant, position="line")) == len(plant.rules)


def test_an_area_may_be_the_beginning_of_tags(plant):
    assert {rule.id.split(".")[1] for rule in left(plant, area="line1.conveyor")} == {"conveyor"}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"priority": "5"}, "'5' is no priority: write --priority 1,2"),
        ({"state": "shelvd"}, "did you mean shelved"),
        ({"kind": "qualty"}, "did you mean quality"),
        ({"area": "fillr"}, "did you mean filler"),
        ({"position": "fillng"}, "did you mean filling"),
        ({"area": "line9"}, "no alarm is of 'line9'"),
    ],
)
def test_what_the_plant_does_not_know_is_said_with_the_nearest(plant, asked, words):
    with pytest.raises(HmiError, match=words):
        left(plant, **asked)


def test_a_row_says_who_keeps_it_quiet_and_how_long(plant):
    row = as_told(plant, AlarmRow(0, "shelved", quiet_by="eve", quiet_why="test", quiet_until_ns=10**18))
    assert (row["quiet_by"], row["quiet_until"][:4], row["raised"], row["value"]) == ("eve", "2001", "", None)


def test_without_an_engine_one_line_says_what_to_do(tmp_path, capsys):
    assert main(["alarms", "--all", "--data", str(tmp_path)]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_conditions_that_servers_keep_are_listed_by_what_their_servers_say(plant):
    connections = (replace(plant.connections[0], conditions=True), *plant.connections[1:])
    plant = replace(plant, connections=connections)
    facts = ConditionFacts(
        "line:UPS/Battery@1", "line", "UPS", "Battery", "On battery", 700, 2, confirm=True, lost=True
    )
    row = AlarmRow(len(plant.rules) + 3, "latched-acknowledged", raised_ns=1, condition=facts)
    options = {"priority": "", "state": "", "area": "", "kind": "", "position": ""}
    assert narrowed(argparse.Namespace(**options | {"kind": "server", "priority": "2"}), plant)(row)
    assert not narrowed(argparse.Namespace(**options | {"area": "filler"}), plant)(row)
    assert not narrowed(argparse.Namespace(**options | {"area": "line1.filler"}), plant)(row)
    told = as_told(plant, row)
    assert (told["id"], told["title"], told["tag"], told["limit"]) == ("line:UPS/Battery@1", "On battery", "", None)
    assert (told["server"]["severity"], told["server"]["lost"]) == (700, True)
    line = line_of(told)
    assert "from line" in line and "to be confirmed (hmi confirm)" in line and "last known, link lost" in line
    assert as_told(plant, AlarmRow(0, "unacknowledged"))["server"] is None


def test_one_of_the_stations_own_has_no_tag_and_says_what_it_is_just_now(plant):
    rule = next(rule for rule in plant.all_rules if rule.id == station.JOURNAL)
    told = as_told(plant, AlarmRow(rule.index, "unacknowledged", raised_ns=1, value=1.0, note="record 7 was changed"))
    assert (told["tag"], told["class"], told["limit"], told["note"]) == ("", "diagnostic", None, "record 7 was changed")
    assert line_of(told).endswith("The journal is not as it was written  record 7 was changed")
