import pytest

from hmi.sim import packml
from hmi.sim.packml import Unit


def settle(unit: Unit, seconds: float = 8.0) -> int:
    for _ in range(round(seconds / 0.25)):
        unit.step(0.25)
    return unit.state


def test_a_unit_is_found_in_production():
    unit = Unit()
    assert unit.executing
    assert settle(unit) == packml.EXECUTE


@pytest.mark.parametrize(
    ("command", "state"),
    [
        (packml.STOP, packml.STOPPED),
        (packml.HOLD, packml.HELD),
        (packml.SUSPEND, packml.SUSPENDED),
        (packml.ABORT, packml.ABORTED),
    ],
)
def test_commands_lead_out_of_execute_through_an_acting_state(command, state):
    unit = Unit()
    assert unit.command(command)
    assert unit.state != state
    assert settle(unit) == state
    assert unit.reason == packml.BY_OPERATOR


@pytest.mark.parametrize("command", [packml.RESET, packml.START, packml.UNHOLD, packml.UNSUSPEND, packml.CLEAR, 0, 99])
def test_commands_that_do_not_fit_the_state_are_refused(command):
    unit = Unit()
    assert not unit.command(command)
    assert unit.state == packml.EXECUTE


def test_the_way_back_from_an_abort_is_clear_reset_start():
    unit = Unit()
    unit.command(packml.ABORT, packml.BY_DOOR)
    assert settle(unit) == packml.ABORTED
    assert not unit.command(packml.START)
    for command, state in (
        (packml.CLEAR, packml.STOPPED),
        (packml.RESET, packml.IDLE),
        (packml.START, packml.EXECUTE),
    ):
        assert unit.command(command)
        assert settle(unit) == state
    assert unit.reason == packml.NO_REASON


def test_the_start_button_takes_a_stopped_machine_all_the_way():
    unit = Unit()
    unit.command(packml.STOP)
    settle(unit)
    unit.press_start()
    assert settle(unit) == packml.EXECUTE


def test_the_start_button_does_not_override_an_abort():
    unit = Unit()
    unit.command(packml.ABORT)
    settle(unit)
    unit.press_start()
    assert settle(unit) == packml.ABORTED


def test_a_stop_withdraws_the_start_that_was_waiting():
    unit = Unit()
    unit.command(packml.STOP)
    settle(unit)
    unit.press_start()
    unit.command(packml.STOP)
    assert settle(unit) == packml.STOPPED


def test_finished_work_completes():
    unit = Unit()
    unit.complete()
    assert settle(unit) == packml.COMPLETE
