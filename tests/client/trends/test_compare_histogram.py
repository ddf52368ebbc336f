"""The spread of a pen out of the history on the disk: per value and over time, limits of the plant or typed."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from hmi.client.trends.compare_histogram import HistogramStudy, caution, usual_limits
from hmi.client.trends.comparesheet import Sight
from hmi.core.capability import Limits


@pytest.fixture
def study(desk, host, hour, heard):
    tags = tuple(desk.plant.tag(name) for name in ("tank.level", "pump.running", "pump.speed"))
    made = HistogramStudy(desk, host, Sight(tags, 0, hour))
    heard(lambda: made.found is not None)
    return made


def again(study, heard, act):
    study.found = None
    act()
    heard(lambda: study.found is not None)


def test_limits_are_those_of_the_alarms_and_figures_those_of_all_values(study):
    values = np.arange(360) / 6.0
    assert (study.low.text(), study.high.text(), study.origin.whole) == ("", "85", "from its alarms")
    found = study.found
    assert (found.count, found.left_out) == (360, 0)
    assert found.mean == pytest.approx(values.mean())
    assert found.overall == pytest.approx(values.std(ddof=1))
    assert found.ppk == pytest.approx((85 - values.mean()) / (3 * values.std(ddof=1)))
    assert found.pp is None  # one side alone
    assert study.graph._shares.sum() == pytest.approx(100)
    lines = study.figures.whole.splitlines()
    assert lines[0] == "Values: 360, left out: 0" and lines[-1].startswith("Pp – · Ppk ")


def test_limits_can_be_typed(qtbot, study, heard):
    study.low.setFocus()
    study.low.setText("10")
    again(study, heard, lambda: qtbot.keyClick(study.low, Qt.Key.Key_Return))
    assert study.origin.whole == "as typed"
    values = np.arange(360) / 6.0
    assert study.found.pp == pytest.approx(75 / (6 * values.std(ddof=1)))
    assert study.found.beyond == pytest.approx((values < 10).mean())
    study.low.setText("90")
    study.ask()
    assert study.told.whole == "LSL is not below USL"


def test_over_time_there_is_no_cp(qtbot, study, heard):
    again(study, heard, study.weights.button(1).click)
    assert study.found.cpk is None and study.found.seconds == pytest.approx(3600)
    assert study.caution.whole == "Over time there are no neighbours: no Cp and Cpk"


def test_only_numbers_can_be_chosen_and_another_has_limits_of_its_own(study, heard):
    assert [tag.name for tag in study.tags] == ["tank.level", "pump.speed"]
    again(study, heard, lambda: study.pen.pick(1))
    assert (study.low.text(), study.high.text(), study.origin.whole) == ("0", "60", "its range")


def test_a_trend_of_states_alone_is_told(desk, host, hour):
    made = HistogramStudy(desk, host, Sight((desk.plant.tag("pump.running"),), 0, hour))
    assert made.told.whole == "No pen of this trend is a number"
    assert made.tag is None


def test_what_to_beware_of(desk, study):
    assert usual_limits(desk.plant, desk.plant.tag("pump.speed"))[0] == Limits(0, 60)
    assert caution(None, False) == "Fewer than two values: nothing can be said"
    assert caution(study.found, False) == ""
