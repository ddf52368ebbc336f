"""A job at its end, and its record taken away."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from hmi.client.instructions.ending import Ending
from hmi.client.instructions.work import Held
from hmi.core.steps.events import Event
from hmi.core.steps.model import Number, Read
from tests.core.steps.floor import Floor


@pytest.fixture
def ending(qtbot, bench, desk):
    made = Ending(desk)
    qtbot.addWidget(made)
    return made


def done():
    floor = Floor(Number(id="n", title="Pressure", unit="bar", high=5), Read(id="r", title="Tidy up"))
    floor.start()
    floor.act(value=6, why="gauge")
    floor.act()
    return Held(floor.job, floor.procedure)


def test_what_was_found_and_what_was_not_as_it_should_be(ending):
    ending.show_job(done())
    assert (ending.headline.whole, ending.deviations.whole) == ("The job is finished", "1 deviations")
    lines = [row[1] for row in ending.model.rows]
    assert lines == ["I, revision 1", "Pressure: 6 bar · 6 bar is above 5 bar · gauge", "Tidy up", "with 1 deviations"]


def test_the_record_is_written_and_where_it_cannot_be_it_is_said(ending, tmp_path):
    ending.save_json(tmp_path / "early.json")  # nothing is shown yet
    assert not (tmp_path / "early.json").exists()
    ending.show_job(done())
    ending.save_pdf(tmp_path / "job.pdf")
    assert (tmp_path / "job.pdf").read_bytes().startswith(b"%PDF-")
    ending.save_json(tmp_path / "job.json")
    assert json.loads((tmp_path / "job.json").read_text())["state"] == "finished"
    assert ending.told.whole == f"Written to {tmp_path / 'job.json'}"
    ending.save_json(tmp_path / "none" / "job.json")
    assert "cannot be written" in ending.told.whole


def test_one_that_was_stopped_says_why(ending):
    held = done()
    stopped = Event(kind="stopped", time_ns=9, why="CIP was withdrawn: leaks", deviation="stopped before its end")
    held.job = replace(held.job, state="stopped", events=(held.job.events[0], stopped))
    ending.show_job(held)
    assert ending.headline.whole == "The job was stopped: its instruction was withdrawn"
    assert ending.deviations.whole == "CIP was withdrawn: leaks · 1 deviations"
