"""The trial of the gate: by every door, with every case, and what the controllers note is what the journal says.

The controllers are real servers in processes of their own that write down each write before they do it; the engine is a
process, too; the window is the real one. A value is used once only, so both accounts are compared write by write.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hmi.clock import MachineClock
from hmi.core.plant import load
from hmi.engine.engine import Engine
from tests.faults.station import HEAD
from tests.security import doors
from tests.security.conftest import WHOLE
from tests.security.doors import DOORS, WHY, Door, staffed, typed, until
from tests.security.guarded import CASES, UNKNOWN, Case, Guarded
from tests.security.window_doors import AT_THE_GLASS, WINDOW_DOORS, Room, WindowDoor, on_the_screen

BUSY = Case("door.slow", "Another write to door.slow is under way")
# A write of unknown end takes seconds, and a process of its own is slower than the slow wire: `make faults` takes all.
UNKNOWN_DOORS = DOORS if WHOLE else {"link: write": DOORS["link: write"]}
UNKNOWN_WINDOW_DOORS = WINDOW_DOORS if WHOLE else {"window: past the dialog": WINDOW_DOORS["window: past the dialog"]}
UNKNOWN_IN_WINDOW = UNKNOWN if WHOLE else {"unknown": UNKNOWN["unknown"]}
BUSY_DOORS = {name: door for name, door in DOORS.items() if WHOLE or door is not doors.put}


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """The controllers, the engine and its people, for all tests of this file."""
    made = Guarded(tmp_path_factory.mktemp("doors"))
    try:
        made.open()
        staffed(made)
        yield made
    finally:
        made.stop()


@pytest.fixture
def room(qtbot: Any, qapp: Any, plant: Guarded) -> Iterator[Room]:
    """Somebody at a desk's window."""
    made = Room(qtbot, plant)
    yield made
    made.close()


@pytest.fixture
def gloved(qtbot: Any, qapp: Any, plant: Guarded) -> Iterator[Room]:
    """Somebody at a window that is operated with fingers."""
    made = Room(qtbot, plant, touch=True)
    yield made
    made.close()


def events(records: list[dict[str, Any]]) -> list[str]:
    """What happened, in its order."""
    return [record["event"] for record in records]


def came_of_it(plant: Guarded, value: float, told: doors.Told, case: Case) -> None:
    """Whether one wish came to the end that its case asks for, in both accounts and for whoever asked."""
    records = [one for one in plant.records("write") if one["value"] in (value, f"{value:g}")]
    noted = sum(count for (_, found), count in plant.noted().items() if found == value)
    if case.ending == "refused":
        assert not told.done, told
        assert noted == 0, f"refused, and the controller has it: {told}"
        if told.code == AT_THE_GLASS:
            assert told.text, "stopped at the glass without a word"
            assert records == []
        else:
            assert events(records) == ["refused"], (told, records)
            assert re.search(case.says, records[0]["result"]), records[0]["result"]
    else:
        assert told.done == (case.ending == "confirmed"), told
        assert events(records) == ["requested", case.ending], (told, records)
        assert noted == 1, f"{case.ending}, and the controller has it {noted} times"
        assert case.ending != "unknown" or "nknown" in told.text or "check" in told.text, told


def sent_while_live(plant: Guarded, case: Case, send: Callable[[float], doors.Told]) -> tuple[float, doors.Told]:
    """What was wished and what came of it; anew where the device was silent just then: a machine that is busy."""
    for _ in range(5):
        value = plant.value(case)
        plant.arm(case)
        told = send(value)
        if "has been silent for" not in told.text:
            break
    return value, told


@pytest.mark.cr("2.1", "2.8", "2.12", "3.6")
@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_every_case_by_a_door_without_a_window(plant: Guarded, door: Door) -> None:
    for case in CASES.values():
        value = plant.value(case)
        came_of_it(plant, value, door(plant, case.tag, value), case)
    plant.agree()


@pytest.mark.cr("2.1", "3.6")
@pytest.mark.parametrize("door", WINDOW_DOORS.values(), ids=WINDOW_DOORS)
def test_every_case_by_a_door_of_the_window(plant: Guarded, room: Room, door: WindowDoor) -> None:
    for case in CASES.values():
        value = plant.value(case)
        came_of_it(plant, value, door(room, case.tag, value), case)
    plant.agree()


def test_every_case_by_a_finger_on_the_number_pad(plant: Guarded, gloved: Room) -> None:
    for case in CASES.values():
        value = plant.value(case)
        came_of_it(plant, value, on_the_screen(gloved, case.tag, value), case)
    plant.agree()


def test_a_button_sends_once(plant: Guarded, room: Room) -> None:
    """A push has no value of its own: counted instead."""
    before = plant.noted()["Cell.Enable", 1.0]
    told = on_the_screen(room, "door.push", 1)
    assert told.done, told
    assert plant.noted()["Cell.Enable", 1.0] == before + 1
    plant.agree()


@pytest.mark.cr("2.1")
def test_a_tablet_writes_only_what_is_meant_for_tablets(plant: Guarded) -> None:
    value = plant.value(CASES["carried out"])
    link = plant.link("window", station="slate")
    reply = link.ask("write", tag="door.speed", value=value, why=WHY)
    link.close()
    told = doors.Told(reply.ok, reply.text, reply.body["code"])
    assert told.code == "station"
    came_of_it(plant, value, told, Case("door.speed", "is set from a desk or panel only"))
    plant.agree()


@pytest.mark.cr("2.1", "2.5")
def test_a_locked_station_writes_nothing_and_goes_on_seeing(plant: Guarded) -> None:
    case = CASES["carried out"]
    value = plant.value(case)
    link = plant.link("window", station="booth")
    assert link.ask("lock", why="a walk").ok
    reply = link.ask("write", tag=case.tag, value=value, why=WHY)
    assert (reply.ok, reply.body["code"]) == (False, "locked")
    job = link.ask("job_start", instruction="set-speed", context={}, key="0" * 16)
    assert not job.ok
    assert link.ask("values", tags=[case.tag]).ok and link.ask("alarms").ok
    assert not link.ask("ack", alarms=["door.turns"]).ok
    link.close()
    assert events([one for one in plant.records("write") if one["value"] == value]) == ["refused"]
    plant.agree()


def overlapping(plant: Guarded, attempt: Any) -> None:
    """One write is under way when another one comes: it is refused and not queued, and the first one ends well."""
    for _ in range(5):
        first, second = plant.value(BUSY), plant.value(BUSY)
        link = plant.link("first")
        number = link.request("write", tag=BUSY.tag, value=first, why=WHY)
        until(lambda first=first: [one for one in plant.records("write") if one["value"] == first])
        assert plant.records("write")[-1]["event"] == "requested", plant.records("write")[-3:]
        told = attempt(BUSY.tag, second)
        reply = until(lambda link=link, number=number: [m for m in link.wait(0.1) if getattr(m, "number", 0) == number])
        link.close()
        assert reply[0].ok, reply[0].text
        records = [one for one in plant.records("write") if one["value"] in (first, second)]
        if events(records) != ["requested", "confirmed", "requested", "confirmed"]:  # the machine was too slow for us
            assert events(records) == ["requested", "refused", "confirmed"], records
            came_of_it(plant, second, told, BUSY)
            return
    raise AssertionError("the first write was over five times before the second one came")


@pytest.mark.cr("2.1")
@pytest.mark.parametrize("door", BUSY_DOORS.values(), ids=BUSY_DOORS)
def test_one_at_a_time_by_any_two_doors(plant: Guarded, door: Door) -> None:
    overlapping(plant, lambda tag, value: door(plant, tag, value))
    plant.agree()


@pytest.mark.parametrize(
    "door", ["window: past the dialog", "window: past the window", "window: an element of a screen"]
)
def test_one_at_a_time_by_the_window_and_another_door(plant: Guarded, room: Room, door: str) -> None:
    overlapping(plant, lambda tag, value: WINDOW_DOORS[door](room, tag, value))
    plant.agree()


@pytest.mark.cr("3.6")
@pytest.mark.parametrize("case", UNKNOWN.values(), ids=UNKNOWN)
@pytest.mark.parametrize("door", UNKNOWN_DOORS.values(), ids=UNKNOWN_DOORS)
def test_an_unknown_end_is_said_to_be_unknown_and_nothing_is_repeated(plant: Guarded, door: Door, case: Case) -> None:
    value, told = sent_while_live(plant, case, lambda value: door(plant, case.tag, value))
    came_of_it(plant, value, told, case)
    plant.agree()


@pytest.mark.parametrize("case", UNKNOWN_IN_WINDOW.values(), ids=UNKNOWN_IN_WINDOW)
@pytest.mark.parametrize("door", UNKNOWN_WINDOW_DOORS.values(), ids=UNKNOWN_WINDOW_DOORS)
def test_an_unknown_end_in_the_window(plant: Guarded, room: Room, door: WindowDoor, case: Case) -> None:
    def send(value: float) -> doors.Told:
        room.until(lambda: room.quality(case.tag) == "good")
        return door(room, case.tag, value)

    value, told = sent_while_live(plant, case, send)
    came_of_it(plant, value, told, case)
    plant.agree()


# -- doors that lead to no controller

WRITING = {"write", "job_act"}  # verbs of the link by which a controller can be reached: the doors above
ALARM_ACTS = {"ack", "reset", "shelve", "unshelve", "take_out", "put_back", "confirm", "comment"}
QUIET = ALARM_ACTS | {
    *("explain", "history", "forget", "samples", "figures", "note", "notes", "exported", "journal", "status"),
    *("values", "alarms", "properties", "sign_in", "sign_out", "whoami", "people", "person", "sign", "picture"),
    *("instructions", "jobs", "job", "procedure", "job_start", "job_attach", "job_attachment", "lock", "orders"),
    *("instruction_now", "instruction_picture", "instruction_revisions", "instruction_sign", "links", "outages"),
    *("certificate", "certificates", "inbox", "inbox_decide", "leave_safe_mode", "secret", "secrets"),
    *("update", "update_agree"),
}


def test_every_verb_of_the_link_is_known_to_this_trial(tmp_path: Path) -> None:
    """A new verb is a question to be answered here: is it a way to a controller?"""
    files = {"plant.toml": '[plant]\nid = "p"\nname = "P"\ntimezone = "UTC"\n', "tags.csv": HEAD}
    engine = Engine(load(files, {}), {}, tmp_path, MachineClock())
    try:
        assert set(engine.requests._verbs) == WRITING | QUIET
    finally:
        engine.requests.pool.shutdown()
        engine.people.close()
        engine.store.close()


def arguments(plant: Guarded) -> dict[str, Any]:
    """All that a write takes, and all that other verbs take, in one."""
    value = plant.value(CASES["carried out"])
    return {
        **dict(tag="door.speed", value=value, why=WHY, confirmed=True, tags=["door.speed"], alarms=["door.turns"]),
        **dict(alarm="door.turns", comment="c", hours=1.0, permit="P-1", from_ns=0, to_ns=2**60, points=10, job=1),
        **dict(kinds=["Maximum"], edges=[0, 10**9], text="note", file="x.csv", name="olga", secret="wrong", act="add"),
        **dict(instruction="set-speed", context={}, key="k", id="1", state="", wanted={}, limit=5, data=b"x"),
        **dict(attachment="a", meaning="performed", subject="s", digest="d" * 32, new="x", password="y", most=5),
    }


@pytest.mark.cr("2.1")
def test_no_other_verb_of_the_link_reaches_a_controller(plant: Guarded) -> None:
    before, writes = plant.noted(), len(plant.records("write"))
    link = plant.link("window", station="elsewhere")  # one of the verbs locks it
    for verb in [*sorted(QUIET), "Write", "write ", "_write", "__class__", "gate.write", "put", "driver", ""]:
        link.ask(verb, timeout_s=30.0, **arguments(plant))
    link.close()
    assert plant.noted() == before
    assert len(plant.records("write")) == writes


def test_no_other_command_reaches_a_controller(plant: Guarded, tmp_path: Path) -> None:
    before, writes = plant.noted(), len(plant.records("write"))
    rows = tmp_path / "rows.csv"
    rows.write_text("tag,time,value\ndoor.speed,2026-01-01T00:00:00Z,33\n")
    data = ("--data", str(plant.station.data))
    commands = [
        ("ack", "door.turns"),
        ("shelve", "door.turns", "--for", "1m", "--why", WHY),
        ("unshelve", "door.turns", "--why", WHY),
        ("reset", "door.turns"),
        ("note", "speed 33", "--tag", "door.speed"),
        ("get", "door.speed"),
        ("status",),
        ("trust", "list"),
        ("backup", str(tmp_path / "b.zip")),
        ("journal", "verify"),
        ("history", "import", str(rows)),
        ("jobs",),
    ]
    for command in commands:
        code, _, err = typed(*command, *data)
        assert "fault in the program" not in err, (command, code, err)
    assert plant.noted() == before
    assert len(plant.records("write")) == writes


@pytest.mark.cr("2.1", "3.4")
def test_changed_files_open_no_door(plant: Guarded, tmp_path: Path) -> None:
    """The rules are those that the engine started with: who edits the files opens nothing, and nothing is written."""
    policies = plant.station.plant / "policies.toml"
    kept = policies.read_text()
    before = plant.noted()
    try:
        policies.write_text("")
        until(lambda: "restart" in str(plant.station.json("status").get("plant_files", "restart")))
        for name in ("interlocked", "unauthorised"):
            case = CASES[name]
            value = plant.value(case)
            came_of_it(plant, value, doors.window_program(plant, case.tag, value), case)
    finally:
        policies.write_text(kept)
    assert plant.noted() == before
    plant.agree()


@pytest.mark.cr("3.6")
def test_what_was_refused_is_not_sent_after_a_restart(plant: Guarded) -> None:
    before = plant.noted()
    plant.station.stop()
    plant.wires["slow"].ask(delay=0.0)
    plant.wires["stale"].ask(deaf=False, cut=True)
    for wire in ("lossy", "lossy_device"):
        plant.wires[wire].ask(lose_answer=None, cut=True)
    plant.start()
    assert plant.noted() == before
    plant.agree()


@pytest.mark.cr("2.8", "3.9")
def test_in_the_end_both_accounts_are_one_and_the_journal_is_whole(plant: Guarded, tmp_path: Path) -> None:
    case = CASES["carried out"]  # one at least, whichever of the trials above this process had
    value = plant.value(case)
    came_of_it(plant, value, DOORS["link: write"](plant, case.tag, value), case)
    plant.agree()
    code, out, _ = typed("journal", "verify", "--data", str(plant.station.data))
    assert code == 0, out
    copy = tmp_path / "copy"
    shutil.copytree(plant.station.data, copy, ignore=shutil.ignore_patterns("*.sock"))
    assert typed("journal", "verify", "--data", str(copy))[0] == 0
