"""Alarms when something dies or the time is wrong: nothing unacknowledged is forgotten, no old answer carried over."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter as Count
from datetime import UTC, datetime

import pytest

from hmi.commands.children import hmi_command
from tests.faults.alarm_list import AlarmList, alarm
from tests.faults.clocks import hands_of
from tests.faults.parts import Counting, node
from tests.faults.station import Station, connection, tag
from tests.faults.yard import Yard

STEPS = [f"line.step{number}" for number in range(1, 301)]  # limits 1 to 300 of one value: a flood at will
PUMPS = [f"line.pump{number}" for number in range(1, 21)]  # limits 101 to 120 of another
NAMES = [*STEPS, *PUMPS]
BAD = 0x808C0000  # Bad_SensorFailure
TAGS = [tag("line.any", "plc", node("Any"), "float64"), tag("line.speed", "plc", node("Speed"), "float32")]
ALARMS = "".join(
    [
        *(alarm(name, "line.any", number) for number, name in enumerate(STEPS, 1)),
        *(alarm(name, "line.speed", 100 + number) for number, name in enumerate(PUMPS, 1)),
    ]
)
GATE = ["line.gate"]
SECOND_NS = 10**9


@pytest.fixture
def flooded(yard: Yard) -> tuple[Counting, Station]:
    """A server with two values, and a station with 320 alarms over them."""
    server = yard.counting(count_ms=1000)
    put(server, "Any", 0.0)
    return server, yard.station([connection("plc", server.address, publish_ms=50)], TAGS, alarms=ALARMS)


def put(server: Counting, name: str, value: float, status: int = 0) -> None:
    """Let a value be so, now."""
    kind = "Float" if name == "Speed" else "Double"
    server.ask(do="set", name=name, value=value, type=kind, status=status, us=time.time_ns() // 1000)


@pytest.mark.fault(rows=[33, 45])
def test_the_engine_is_killed_in_a_flood(flooded, measured):
    """What was seen stays seen, what nobody saw asks again, what went away meanwhile still wants to be seen."""
    server, station = flooded
    with AlarmList(station, NAMES) as shown:
        put(server, "Speed", 120.0)
        put(server, "Any", 100.0)
        shown.until(lambda: len(shown.rows) == 120)
        assert shown.ask("ack", *PUMPS[:5], *STEPS[:40]).ok
        put(server, "Any", 20.5)
        shown.until(lambda: shown.state(STEPS[39]) == "normal")
        put(server, "Any", 100.0)  # 21 to 40 come again: what was said to them before says nothing now
        shown.until(lambda: shown.state(STEPS[39]) == "unacknowledged")
        assert shown.ask("shelve", STEPS[0], hours=1.0, why="test").ok
        for value in range(110, 301, 10):
            put(server, "Any", float(value))
            if value == 250:
                station.kill()
        told = shown.told
    put(server, "Speed", 20.0)  # while nobody looks, the pumps return to normal
    begun = time.monotonic()
    station.start()
    measured("ready after its start", time.monotonic() - begun)
    with AlarmList(station, NAMES) as shown:
        shown.until(lambda: shown.state(STEPS[-1]) == "unacknowledged" and shown.state(PUMPS[0]) == "normal")
        assert {name: shown.state(name) for name in PUMPS[:5]} == dict.fromkeys(PUMPS[:5], "normal")
        assert {shown.state(name) for name in PUMPS[5:]} == {"returned-unacknowledged"}
        assert shown.state(STEPS[0]) == "shelved"
        assert {shown.state(name) for name in STEPS[1:20]} == {"acknowledged"}
        assert {shown.rows[name].acked_by for name in STEPS[1:20]} == {"eve"}
        assert {shown.state(name) for name in STEPS[20:]} == {"unacknowledged"}
    measured("rows told before it was killed", told)
    station.stop()
    raised = [row for row in station.journal("alarm") if row["event"] == "raised"]
    occurrences = Count((row["subject"], row["occurrence"]) for row in raised)
    assert set(occurrences.values()) == {1}  # none twice, and none under a number that was there before
    assert {name for name, _ in occurrences} == set(NAMES)
    assert station.hmi("journal", "verify").returncode == 0


@pytest.mark.fault(rows=[44])
def test_a_window_is_killed_while_alarms_are_unacknowledged(flooded):
    """They are the engine's: they stand as they stood, and the next window has them all."""
    server, station = flooded
    put(server, "Any", 5.0)
    command = hmi_command("run", "--data", str(station.data))
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": os.pathsep.join(sys.path)}
    with AlarmList(station, NAMES) as shown:
        window = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            shown.until(lambda: station.json("status")["clients"] >= 2)
            shown.until(lambda: len(shown.rows) == 5)
            assert shown.ask("ack", STEPS[0]).ok
        finally:
            window.kill()
            window.communicate()
        shown.until(lambda: station.json("status")["clients"] <= 1)
        put(server, "Any", 2.5)
        wanted = ["acknowledged", "unacknowledged", *["returned-unacknowledged"] * 3]
        shown.until(lambda: [shown.state(name) for name in STEPS[:5]] == wanted)
    with AlarmList(station, NAMES) as again:
        again.until(lambda: len(again.rows) == 5)
        assert [again.state(name) for name in STEPS[:5]] == wanted
        assert again.ask("ack", *STEPS[1:5]).ok
        again.until(lambda: len(again.rows) == 2)


@pytest.mark.fault(rows=[13])
def test_a_value_goes_bad_while_its_alarm_stands(flooded):
    """Nothing is cleared and nothing raised by what is not known; an answer is taken, and a restart changes nothing."""
    server, station = flooded
    with AlarmList(station, NAMES) as shown:
        put(server, "Any", 3.0)
        shown.until(lambda: len(shown.rows) == 3)
        put(server, "Any", 0.0, BAD)
        shown.until(lambda: all(row.cannot_evaluate for row in shown.rows.values()))
        assert {row.state for row in shown.rows.values()} == {"unacknowledged"}
        assert shown.ask("ack", STEPS[0]).ok
        assert "cannot be evaluated" in station.hmi("alarms", "explain", STEPS[0]).stdout
    station.kill()
    station.start()
    with AlarmList(station, NAMES) as shown:
        shown.until(lambda: len(shown.rows) == 3 and all(row.cannot_evaluate for row in shown.rows.values()))
        assert [shown.state(name) for name in STEPS[:3]] == ["acknowledged", "unacknowledged", "unacknowledged"]
        put(server, "Any", 2.0)
        shown.until(lambda: shown.state(STEPS[2]) == "returned-unacknowledged")
        assert [shown.state(name) for name in STEPS[:2]] == ["acknowledged", "unacknowledged"]
        assert {row.occurrence for row in shown.rows.values()} == {1}
        assert not any(row.cannot_evaluate for row in shown.rows.values())


@pytest.mark.fault(rows=[15])
def test_the_clock_is_set_by_an_hour_and_back(yard: Yard):
    """Delays and shelves last as long as they were meant to; the shelf's end is told by the new time."""
    server, hands = yard.counting(count_ms=1000), hands_of(yard.folder)
    rows = [tag("line.any", "plc", node("Any"), "float64")]
    gate = alarm(GATE[0], "line.any", 50.0, on_delay_s=1)
    station = yard.station([connection("plc", server.address, publish_ms=50)], rows, alarms=gate, within=hands.within)
    with AlarmList(station, GATE) as shown:
        put(server, "Any", 60.0)
        shown.until(lambda: shown.state(GATE[0]) == "unacknowledged")
        assert shown.ask("ack", GATE[0]).ok
        for offset, step_s in (("+1h", 3600), ("-1h", -7200)):
            assert shown.ask("shelve", GATE[0], hours=4 / 3600, why="test").ok
            begun = time.monotonic()
            shown.until(lambda: shown.state(GATE[0]) == "shelved")
            wanted_ns = shown.rows[GATE[0]].quiet_until_ns + step_s * SECOND_NS
            hands.set(offset)
            shown.until(lambda ns=wanted_ns: abs(shown.rows[GATE[0]].quiet_until_ns - ns) < SECOND_NS)
            shown.until(lambda: shown.state(GATE[0]) == "unacknowledged")  # what was said before is not carried over
            assert time.monotonic() - begun > 3.0
        put(server, "Any", 10.0)
        shown.until(lambda: shown.state(GATE[0]) == "returned-unacknowledged")
        put(server, "Any", 60.0)
        shown.until(lambda: shown.state(GATE[0]) == "unacknowledged")  # through its delay
    station.stop()
    told = [row["event"] for row in station.journal("alarm")]
    assert told == ["raised", "acknowledged", *["shelved", "unshelved"] * 2, "returned", "raised"]
    assert station.hmi("journal", "verify").returncode == 0


@pytest.mark.fault(rows=[16])
def test_the_night_in_which_an_hour_comes_twice(yard: Yard):
    """Summer time ends at 1:00 UTC, while a shelf and a delay run: neither is longer or shorter for it."""
    ends = datetime(2026, 10, 25, 1, 0, tzinfo=UTC).timestamp()
    hands = hands_of(yard.folder)
    server = yard.add(Counting(yard.folder, count_ms=1000, within=hands.within))
    server.start()
    rows = [tag("line.any", "plc", node("Any"), "float64")]
    station = yard.station(
        [connection("plc", server.address, publish_ms=50)],
        rows,
        alarms=alarm(GATE[0], "line.any", 50.0),
        within=[*hands.within, "TZ=Europe/Berlin"],
    )
    with AlarmList(station, GATE) as shown:
        hands.set(f"{ends - time.time() - 5:+.0f}")
        shown.until(lambda: bool(station.journal("system")[-1]["event"] == "clock set"))
        server.ask(do="set", name="Any", value=60.0, type="Double")
        shown.until(lambda: shown.state(GATE[0]) == "unacknowledged")
        assert shown.ask("ack", GATE[0]).ok
        assert shown.ask("shelve", GATE[0], hours=6 / 3600, why="test").ok
        begun = time.monotonic()
        shown.until(lambda: shown.state(GATE[0]) == "shelved")
        ends_ns = shown.rows[GATE[0]].quiet_until_ns
        shown.until(lambda: shown.state(GATE[0]) == "unacknowledged")
        assert 5.0 < time.monotonic() - begun < 30.0
    station.stop()
    rows = station.journal("alarm")
    assert [row["event"] for row in rows] == ["raised", "acknowledged", "shelved", "unshelved"]
    stamps = [row["time_ns"] for row in rows]
    assert stamps == sorted(stamps)
    assert stamps[2] < ends * SECOND_NS < stamps[-1]  # the night was walked through
    assert 0 <= stamps[-1] - ends_ns < 2 * SECOND_NS
    assert len([row for row in station.journal("system") if row["event"] == "clock set"]) == 1  # by us, before it
