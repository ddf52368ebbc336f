"""A store that is killed two hundred times, and how long it takes to start with much in its folder."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.store.killing import Trial

KILLS = 200


@pytest.mark.fault(rows=[20])
@pytest.mark.faults
@pytest.mark.timeout(3000)
def test_what_was_acknowledged_survives_two_hundred_kills(tmp_path: Path, measured: Callable[..., None]) -> None:
    with closing(Trial(tmp_path, tmp_path / "data", seed=7, count=240)) as trial:
        for _ in range(KILLS):
            trial.kill_once()
        trial.account_for_all()
        figures = trial.figures()
    for what, value in figures.items():
        measured(what, value)
    assert figures["kills"] == KILLS
    assert all(trial.caught.values()), trial.caught


@pytest.mark.fault(rows=[20])
@pytest.mark.faults
@pytest.mark.timeout(3000)
def test_kills_while_old_days_are_dropped_leave_nothing_unreadable(
    tmp_path: Path, measured: Callable[..., None]
) -> None:
    with closing(Trial(tmp_path, tmp_path / "data", seed=13, count=60, most=70, keep_days=1)) as trial:
        for _ in range(KILLS // 5):
            trial.kill_once()
        figures = trial.figures()
        days = list(trial.folder.glob("samples/*.db"))
    for what, value in figures.items():
        measured(what, value)
    assert trial.acknowledged.sent > 3 * 144, "no day was dropped yet"
    assert len(days) <= 4


@pytest.mark.fault(rows=[20])
@pytest.mark.faults
@pytest.mark.timeout(3000)
def test_two_hundred_kills_beside_a_program_that_holds_cursors(tmp_path: Path, measured: Callable[..., None]) -> None:
    with closing(Trial(tmp_path, tmp_path / "data", seed=17, count=240, log_held=60_000)) as trial:
        for _ in range(KILLS):
            trial.kill_once()
        trial.account_for_all()
        figures = trial.figures()
    for what, value in figures.items():
        measured(what, value)
    assert figures["kills"] == KILLS
    assert all(trial.caught.values()), trial.caught
