"""The power fails two hundred times while a store records."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.store.killing import PowerTrial
from tests.store.power import Disk, why_no_disk

CUTS = 200


@pytest.mark.fault(rows=[21])
@pytest.mark.faults
@pytest.mark.timeout(3000)
def test_what_was_acknowledged_survives_two_hundred_power_cuts(tmp_path: Path, measured: Callable[..., None]) -> None:
    if why := why_no_disk(tmp_path):
        pytest.skip(why)
    disk = Disk(tmp_path, megabytes=512)
    with closing(PowerTrial(tmp_path, disk, seed=11, count=120, most=20)) as trial:
        for _ in range(CUTS):
            trial.cut_once()
        trial.account_for_all()
        figures = trial.figures()
    for what, value in figures.items():
        measured(what, value)
    assert figures["kills"] == CUTS


@pytest.mark.fault(rows=[21])
@pytest.mark.faults
@pytest.mark.timeout(3000)
def test_fifty_power_cuts_beside_a_program_that_holds_cursors(tmp_path: Path, measured: Callable[..., None]) -> None:
    if why := why_no_disk(tmp_path):
        pytest.skip(why)
    disk = Disk(tmp_path, megabytes=512)
    with closing(PowerTrial(tmp_path, disk, seed=19, count=120, most=20, log_held=60_000)) as trial:
        for _ in range(CUTS // 4):
            trial.cut_once()
        trial.account_for_all()
        figures = trial.figures()
    for what, value in figures.items():
        measured(what, value)
    assert trial.caught["with a log that was left"]
