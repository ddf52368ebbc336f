"""Runs of the small plant's pump and lots over each other, out of the history on the disk."""

import pytest

from hmi.client.trends.compare_overlay import RunsStudy, event_tags
from hmi.client.trends.comparesheet import Sight
from hmi.link.messages import Reply

S = 1_000_000_000


@pytest.fixture
def study(desk, host, hour, heard):
    tags = tuple(desk.plant.tag(name) for name in ("pump.speed", "tank.level"))
    made = RunsStudy(desk, host, Sight(tags, 0, hour))
    heard(lambda: made.runs and len(made._drawn) == len(made.runs))
    return made


def test_the_nearest_switch_begins_runs_and_the_newest_is_first(study, hour):
    assert study.events[study.begins.chosen].name == "pump.running"
    assert study.value.choices[study.value.chosen] == "on"
    starts = [(run.start_ns - hour[0]) // S for run in study.runs]
    assert starts == [3300, 2700, 2100, 1500, 900, 300]
    assert [run.ended for run in study.runs] == [False, True, True, True, True, True]
    assert study.graph.across.high == pytest.approx(5.0, abs=0.2)
    newest = study._drawn[0]
    assert newest.strokes.at(newest.start_ns + 60 * S)[0] == pytest.approx(60 - 3360 / 60, abs=0.2)
    assert study.told.whole == "The newest 6 of 6 runs"
    assert study.legend.lines[0].startswith("on · 02-25 08:08 · 5 min")


def test_runs_of_a_text_have_its_words(study, heard):
    lots = [tag.name for tag in study.events].index("recipe.name")
    study._drawn, study.runs = [], []
    study.begins.pick(lots)
    heard(lambda: study.runs and len(study._drawn) == len(study.runs))
    assert [study._said(run.value) for run in study.runs] == ["L-3", "L-2", "L-1"]  # the begin of L-0 is not seen
    study.value.pick(2)
    heard(lambda: len(study._drawn) == len(study.runs))
    assert [study._said(run.value) for run in study.runs] == ["L-2"]
    assert not study.shift_button.isEnabled()


def test_the_run_before_can_be_laid_under_the_newest_in_the_trend(study, qtbot):
    told = []
    study.shift_asked.connect(told.append)
    study.shift_button.click()
    assert told == [600 * S]
    assert not study.isVisible()


def test_another_pen_and_another_time(study, heard):
    study._drawn = []
    study.pen.pick(1)
    heard(lambda: len(study._drawn) == len(study.runs))
    assert study.graph.up.title == "Tank level [%]"
    study.back.pick(0)
    heard(lambda: len(study._drawn) == len(study.runs) == 6)


def test_a_no_is_told(study, heard, engine):
    engine.answers["history"] = lambda request: Reply(request.number, False, "the disk is broken")
    study.pen.pick(0)
    heard(lambda: study.told.whole == "No history: the disk is broken")


def test_what_may_begin_a_run(desk):
    names = [tag.name for tag in event_tags(desk.plant, desk.plant.tag("tank.level"))]
    assert set(names) == {"pump.running", "door.open", "recipe.name"}
    assert event_tags(desk.plant, desk.plant.tag("door.open"))[0].name == "door.open"
