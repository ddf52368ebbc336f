from random import Random

import pytest

from hmi.sim import packml
from hmi.sim.machine import BUTTON_S, Drive, Machine

DT = 0.25


def machine() -> Machine:
    made = Machine("line1.test", Random(1), 27_000.0, 24_000.0, 2, Drive(0.01, 20.0))
    made.stop_soon(1e9)
    return made


def run(one: Machine, seconds: float, ready: int = 1000, room: int = 1000) -> int:
    return sum(one.advance(DT, ready, room) for _ in range(round(seconds / DT)))


def test_it_handles_its_speed_and_no_more():
    assert run(machine(), 60) == pytest.approx(400, abs=2)


def test_it_never_takes_more_than_there_is_or_fits():
    one = machine()
    assert all(one.advance(DT, ready, room) <= min(ready, room) for ready, room in [(0, 9), (1, 0), (1, 1), (3, 2)])


@pytest.mark.parametrize(("ready", "room", "flag"), [(0, 100, "starved"), (100, 0, "blocked")])
def test_it_waits_and_goes_on_by_itself(ready, room, flag):
    one = machine()
    run(one, 20, ready, room)
    assert getattr(one, flag)
    assert one.speed == 0.0
    run(one, 20)
    assert one.unit.executing
    assert not getattr(one, flag)


def test_a_short_stop_passes_and_is_counted():
    one = machine()
    one.stop_soon(1.0)
    run(one, 6)
    assert one.unit.state == packml.HELD
    one.stop_soon(1e9)
    run(one, 40)
    assert one.unit.executing
    assert one.micro_stops == 1


def test_a_jam_lasts_until_the_reset():
    one = machine()
    one.jam = True
    run(one, 120)
    assert (one.unit.state, one.unit.reason) == (packml.HELD, packml.BY_JAM)
    one.write("cmd.reset", True)
    run(one, 20)
    assert one.unit.executing


def test_an_open_door_aborts_and_only_clear_reset_start_lead_back():
    one = machine()
    one.doors[0] = True
    run(one, 5)
    assert (one.unit.state, one.unit.reason) == (packml.ABORTED, packml.BY_DOOR)
    one.write("cmd.reset", True)
    run(one, 5)
    assert one.unit.state == packml.ABORTED  # the door is still open
    one.doors[0] = False
    run(one, 5)
    assert one.unit.state == packml.ABORTED
    one.write("cmd.reset", True)
    run(one, 5)
    one.write("cmd.start", True)
    run(one, 10)
    assert one.unit.executing


def test_low_air_holds_it_and_good_air_lets_it_go_on():
    one = machine()
    one.air_bar = 4.0
    run(one, 10)
    assert one.unit.reason == packml.BY_AIR
    one.air_bar = 6.3
    run(one, 10)
    assert one.unit.executing


def test_a_button_can_be_read_back_and_then_springs_back():
    one = machine()
    one.write("command", packml.STOP)
    one.write("cmd.reset", True)
    run(one, BUTTON_S - 2 * DT)
    assert (one.settings["command"], one.settings["cmd.reset"]) == (packml.STOP, True)
    run(one, 1)
    assert (one.settings["command"], one.settings["cmd.reset"]) == (0, False)
    assert one.unit.state in (packml.STOPPING, packml.STOPPED)


def test_speed_follows_its_set_point_along_a_ramp():
    one = machine()
    one.write("speed_sp", 12_000.0)
    one.advance(DT, 99, 99)
    assert 12_000 < one.speed < 24_000
    run(one, 10)
    assert one.speed == 12_000.0


def test_it_does_not_take_what_it_does_not_have():
    one = machine()
    one.write("nonsense", 1.0)
    assert "nonsense" not in one.settings


def test_reading_shows_state_counts_and_doors():
    one = machine()
    out = {}
    one.signals(out)
    assert out["line1.test.state"] == packml.EXECUTE
    assert out["line1.test.door2.open"] is False
    assert out["line1.test.drive.current"] > 0
