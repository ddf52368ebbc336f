"""What a check is: its outcome by what it raises, and how it is found by name."""

import pytest

from hmi.clock import HandClock
from hmi.core.errors import HmiError, StoreError
from hmi.selftest.checks import GROUPS, Check, Failed, Ground, NotChecked, check_of, checks_of, made


def ground(folder, data=None) -> Ground:
    return Ground(folder, HandClock(), lambda name, *words: "ready", lambda count: 20_400, data)


def raising(error):
    def look(_):
        raise error

    return look


@pytest.mark.parametrize(
    ("error", "outcome", "text"),
    [
        (Failed("the disk is slow"), "failed", "the disk is slow"),
        (StoreError("no room"), "failed", "no room"),
        (NotChecked("nothing named"), "not checked", "nothing named"),
        (ZeroDivisionError("oh"), "failed", "a fault in the program: ZeroDivisionError: oh"),
    ],
)
def test_what_a_check_raises_is_its_result(tmp_path, error, outcome, text):
    result = made("program", Check("disk", "it is fast", raising(error)), ground(tmp_path))
    assert (result.group, result.name, result.outcome, result.text) == ("program", "disk", outcome, text)


def test_what_a_check_gives_back_is_what_it_saw(tmp_path):
    result = made("program", Check("disk", "it is fast", lambda ground: str(ground.folder)), ground(tmp_path))
    assert (result.outcome, result.text) == ("passed", str(tmp_path))


def test_every_group_has_checks_with_names_of_their_own():
    for group in GROUPS:
        names = [check.name for check in checks_of(group)]
        assert names
        assert len(names) == len(set(names))
        assert all(check.claim and check.seconds > 0 for check in checks_of(group))


@pytest.mark.parametrize(("group", "name"), [("nonsense", "letters"), ("program", "nonsense")])
def test_names_that_nobody_knows_are_told_with_those_that_are_known(group, name):
    with pytest.raises(HmiError, match=r"There is no .*nonsense.*(program|letters)"):
        check_of(group, name)


def test_a_data_folder_that_was_not_named_or_is_not_there(tmp_path):
    with pytest.raises(NotChecked, match="--data"):
        ground(tmp_path).named_data()
    with pytest.raises(Failed, match="there is no data folder"):
        ground(tmp_path, tmp_path / "none").named_data()
    assert ground(tmp_path, tmp_path).named_data() == tmp_path
