"""A store that is killed at random moments has everything that it said it has, once, and whole. The short form."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from tests.store.killing import Trial


def test_what_was_acknowledged_survives_twelve_kills(tmp_path: Path) -> None:
    with closing(Trial(tmp_path, tmp_path / "data", seed=3, count=60, most=15)) as trial:
        for _ in range(12):
            trial.kill_once()
        trial.account_for_all()
    assert trial.acknowledged.stored
    assert trial.records


def test_nothing_is_lost_when_it_is_killed_while_it_leaves_a_log_that_is_held(tmp_path: Path) -> None:
    with closing(Trial(tmp_path, tmp_path / "data", seed=4, count=60, most=15, log_held=40_000)) as trial:
        for _ in range(12):
            trial.kill_once()
        trial.account_for_all()
    assert trial.acknowledged.stored
    assert trial.caught["with a log that was left"]
