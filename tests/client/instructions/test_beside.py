"""The machine beside the step: its own screen, and the trend of the step's tags."""

from __future__ import annotations

import pytest

from hmi.client.instructions.beside import Beside, screen_of
from hmi.client.instructions.work import Held
from hmi.core.plant.equipment import Equipment
from hmi.core.steps.job import Job
from hmi.core.steps.model import Procedure, Read, Verify

STEPS = (Verify(id="stands", title="Stands", needs="pump.speed < 1"), Read(id="read", title="Read"))


def held(at="stands", machine="p1"):
    procedure = Procedure(instruction="i", title="T", revision="1", sources={}, steps=STEPS, equipment=("yard",))
    context = {"equipment": machine} if machine else {}
    return Held(Job("1-1", at=at, context=context), procedure)


@pytest.fixture
def beside(qtbot, bench, desk):
    machines = {
        "yard": Equipment("yard", "Yard"),
        "p1": Equipment("p1", "Pump 1", path="pump", parent="hall"),
        "hall": Equipment("hall", "Hall", screen="tank"),
    }
    object.__setattr__(desk.plant, "equipment", machines)
    made = Beside(desk)
    qtbot.addWidget(made)
    made.resize(400, 600)
    made.show()
    yield made
    made.dispose()


def test_screen_and_trend_follow_the_step(beside, desk):
    assert beside.show_job(held())
    mimic, trend = beside.mimic, beside.trend
    assert mimic.screen_shown.id == "tank"  # that of the hall that the pump stands in
    assert [pen.tag.name for pen in trend.strip.pens] == ["pump.speed"]
    beside.refresh()
    assert beside.tags() == {desk.plant.tag_index["pump.speed"], desk.plant.tag_index["tank.level"]}
    assert beside.show_job(held()) and (beside.mimic, beside.trend) == (mimic, trend)  # nothing is built anew
    assert beside.show_job(held("read")) and beside.mimic is mimic and beside.trend is None
    beside.restyle()


def test_where_there_is_nothing_it_takes_no_room(beside):
    assert not beside.show_job(None)
    assert not beside.show_job(held("read", ""))
    assert beside.mimic is None


def test_the_machine_of_the_job_counts_before_those_of_its_instruction(beside, desk):
    one = held(machine="")
    assert screen_of(desk.plant, one.job, one.procedure) is None
    assert screen_of(desk.plant, held().job, None).id == "tank"
