"""How runs of the engine ended, and what three crashes in five minutes lead to."""

import pytest

from hmi.clock import HandClock
from hmi.engine import runs
from hmi.engine.runs import FILE, MOST, SILENT, WITHIN_S, Runs, boot_of


@pytest.fixture
def clock():
    return HandClock()


def begun(folder, clock, boot="today"):
    """A run that has begun, and the crash it found before it."""
    one = Runs(folder, clock, "0.1.0")
    one._boot = boot
    return one, one.begin()


def test_a_run_that_ended_in_order_is_no_crash(tmp_path, clock):
    first, crash = begun(tmp_path, clock)
    assert crash is None
    first.end()
    assert begun(tmp_path, clock)[1] is None


def test_a_run_without_an_end_was_a_crash_found_by_the_next(tmp_path, clock):
    begun(tmp_path, clock)
    second, crash = begun(tmp_path, clock)
    assert crash.what == SILENT
    assert second.crashes == (crash,)
    assert second.safe is None


def test_a_run_that_went_down_with_the_computer_is_no_crash(tmp_path, clock):
    begun(tmp_path, clock, boot="yesterday")
    assert begun(tmp_path, clock, boot="today")[1] is None


def test_three_crashes_in_five_minutes_lead_to_safe_mode_which_stays_until_somebody_leaves_it(tmp_path, clock):
    for _ in range(MOST):
        one, _ = begun(tmp_path, clock)
        assert one.safe is None
        clock.advance(WITHIN_S / 4)
    fourth, _ = begun(tmp_path, clock)
    assert "crashed 3 times within 5 minutes" in fourth.safe.why
    fourth.end()
    clock.advance(86_400)
    fifth, _ = begun(tmp_path, clock)
    assert fifth.safe == fourth.safe  # a restart alone is nobody's decision
    fifth.leave()
    fifth.end()
    sixth, _ = begun(tmp_path, clock)
    assert sixth.safe is None
    begun(tmp_path, clock)
    assert begun(tmp_path, clock)[0].safe is None  # what crashed before somebody left it counts no more


def test_crashes_that_are_far_apart_lead_to_nothing(tmp_path, clock):
    for _ in range(10):
        one, _ = begun(tmp_path, clock)
        assert one.safe is None
        clock.advance(WITHIN_S / 2 + 1)


def test_a_fault_that_was_reported_counts_once_and_says_what_it_was(tmp_path, clock):
    for _ in range(MOST):
        one, crash = begun(tmp_path, clock)
        assert crash is None
        one.failed("a fault in the program (KeyError: 'x')")
        one.end()  # comes after it, and changes nothing
    last, _ = begun(tmp_path, clock)
    assert len(last.crashes) == MOST
    assert "KeyError" in last.safe.why


def test_setting_the_clock_changes_no_count(tmp_path, clock):
    for step in (0, 86_400, -86_400 * 3):
        begun(tmp_path, clock)
        clock.step_wall(step)
    assert begun(tmp_path, clock)[0].safe is not None


@pytest.mark.expect_log("cannot be read")
@pytest.mark.parametrize("content", [b"", b"{", b"\x00" * 100, b'{"crashes": 3}', b"\xff\xfe"])
def test_a_damaged_file_is_begun_anew(tmp_path, clock, content):
    (tmp_path / FILE).write_bytes(content)
    one, crash = begun(tmp_path, clock)
    assert (crash, one.safe) == (None, None)
    assert b"started_ns" in (tmp_path / FILE).read_bytes()


@pytest.mark.expect_log("cannot be written")
def test_a_disk_that_takes_nothing_keeps_no_engine_from_running(tmp_path, clock, monkeypatch):
    one = Runs(tmp_path / "gone", clock, "0.1.0")
    assert one.begin() is None
    one.end()


def test_this_start_of_the_computer_has_a_name(tmp_path):
    assert boot_of(tmp_path / "no such file") == ""
    if runs._BOOT.exists():
        assert len(boot_of(runs._BOOT)) == 36
