"""Every step of an update is on the disk before the next one, and reaches the journal."""

from pathlib import Path

from hmi.clock import HandClock
from hmi.drivers.decisions import laid_down
from hmi.update.steps import Steps, UnderWay


def steps(tmp_path: Path) -> tuple[Steps, list[str]]:
    said: list[str] = []
    return Steps(tmp_path, tmp_path / "data", HandClock(), ("a.jones", "desk-1"), said.append), said


def test_a_step_is_said_logged_and_laid_down_for_the_journal(tmp_path: Path) -> None:
    made, said = steps(tmp_path)
    (tmp_path / "data").mkdir()
    made.tell("update begun", "before there are records")
    (tmp_path / "data" / "journal.db").touch()
    made.tell("update in use", "0.2.0+1 in place of 0.1.0+1")
    assert said == ["update begun: before there are records", "update in use: 0.2.0+1 in place of 0.1.0+1"]
    log = (tmp_path / "update.log").read_text().splitlines()
    assert [line.partition(" ")[2] for line in log] == said and log[0].startswith("2026-02-25T")
    [(_, decision)] = laid_down(tmp_path / "data")
    assert (decision.event, decision.subject, decision.user) == ("update in use", "program", "a.jones")


def test_an_update_that_was_cut_short_is_known(tmp_path: Path) -> None:
    made, _ = steps(tmp_path)
    assert made.cut_short() is None
    made.begin("0.2.0+1", was_running=True)
    assert made.cut_short() == UnderWay("0.2.0+1", was_running=True)
    (tmp_path / "update.json").write_text("half")
    assert made.cut_short().was_running
    made.end()
    assert made.cut_short() is None
