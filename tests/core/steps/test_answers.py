"""Wrong values, limits and codes: what each kind of step takes."""

import pytest

from hmi.core.steps.answers import Refused, fits
from hmi.core.steps.conditions import Reading
from hmi.core.steps.model import Capture, Check, Choice, Number, Photo, Read, Scan, Text
from tests.core.steps.floor import Floor

CASES = [
    (Check(id="a", title="A"), "yes", "yes"),
    (Check(id="a", title="A"), True, "yes"),
    (Check(id="a", title="A"), False, "no"),
    (Check(id="a", title="A", na=True), "na", "na"),
    (Check(id="a", title="A", expect="yes", na=True), "na", "na"),
    (Number(id="a", title="A"), " 1,5 ", 1.5),
    (Number(id="a", title="A", low=1, high=2), 2, 2.0),
    (Text(id="a", title="A"), " worn ", "worn"),
    (Text(id="a", title="A", least=0), "", ""),
    (Choice(id="a", title="A", choices=("x", "y")), "y", "y"),
    (Scan(id="a", title="A"), "AB-12", "AB-12"),
    (Scan(id="a", title="A", mask="@@-##"), "ab-12", "ab-12"),
    (Scan(id="a", title="A", expect="P-101"), "p-101", "p-101"),
    (Photo(id="a", title="A"), "f00d.jpg", "f00d.jpg"),
    (Read(id="a", title="A"), None, None),
]
REFUSED = [
    (Check(id="a", title="A"), "na", "yes or no"),
    (Check(id="a", title="A"), 1, "yes or no"),
    (Check(id="a", title="A", expect="yes"), "no", "give a reason"),
    (Number(id="a", title="A"), "x", "no number"),
    (Number(id="a", title="A"), True, "no number"),
    (Number(id="a", title="A"), "nan", "no number"),
    (Number(id="a", title="A"), None, "no number"),
    (Number(id="a", title="A", low=1, unit="bar"), 0.5, "0.5 bar is below 1 bar: measure again, or give a reason"),
    (Number(id="a", title="A", high=1, outside="refuse"), 2, "2 is above 1: the job cannot go on so"),
    (Text(id="a", title="A"), "  ", "1 to 500"),
    (Text(id="a", title="A"), 5, "1 to 500"),
    (Choice(id="a", title="A", choices=("x", "y")), "z", "one of x, y"),
    (Choice(id="a", title="A", choices=("x", "y"), expect=("x",)), "y", "give a reason"),
    (Scan(id="a", title="A"), "", "Scan the code"),
    (Scan(id="a", title="A"), "a\nb", "Scan the code"),
    (Scan(id="a", title="A", mask="###"), "12", "does not look like ###"),
    (Scan(id="a", title="A", expect="P-101"), "P-102", "This is P-102, not P-101"),
    (Photo(id="a", title="A"), None, "attach"),
]


@pytest.mark.parametrize(("step", "value", "result"), CASES)
def test_what_a_step_takes(step, value, result):
    floor = Floor(step)
    floor.start()
    assert floor.act(value=value).results == {"a": result}


@pytest.mark.parametrize(("step", "value", "text"), REFUSED)
def test_what_a_step_does_not_take(step, value, text):
    floor = Floor(step)
    floor.start()
    with pytest.raises(Refused) as caught:
        floor.act(value=value)
    assert text.lower() in str(caught.value).lower()


@pytest.mark.parametrize(
    ("step", "value", "deviation"),
    [
        (Check(id="a", title="A", expect="yes"), "no", "no instead of yes"),
        (Number(id="a", title="A", low=1, unit="bar"), 0.5, "0.5 bar is below 1 bar"),
        (Choice(id="a", title="A", choices=("x", "y"), expect=("x",)), "y", "y instead of x"),
    ],
)
def test_with_a_reason_a_wrong_value_is_a_deviation(step, value, deviation):
    floor = Floor(step)
    floor.start()
    floor.act(value=value, why="gauge is broken")
    assert [(e.deviation, e.why) for e in floor.job.deviations] == [(deviation, "gauge is broken")]


def test_a_number_beyond_its_limits_may_lead_elsewhere():
    steps = (Number(id="a", title="A", high=5, go={"high": "c"}), Read(id="b", title="B"), Read(id="c", title="C"))
    floor = Floor(*steps)
    floor.start()
    job = floor.act(value=6)  # the instruction says how to go on: no reason is asked for, but it is noted
    assert (job.at, [one.deviation for one in job.deviations]) == ("c", ["6 is above 5"])


def test_a_wrong_answer_may_lead_elsewhere():
    check = Check(id="a", title="A", expect="yes", go={"no": "c"})
    choice = Choice(id="a", title="A", choices=("x", "y"), expect=("x",), go={"y": "c"})
    for step, value in ((check, "no"), (choice, "y")):
        floor = Floor(step, Read(id="b", title="B"), Read(id="c", title="C"))
        floor.start()
        job = floor.act(value=value)
        assert (job.at, len(job.deviations)) == ("c", 1)


def test_a_captured_value_is_the_tags_own_or_none():
    floor = Floor(Capture(id="a", title="A", tag="line.torque", high=20))
    floor.start()
    for reading in (Reading(5.0, 0x4090_0000), Reading("text"), Reading(None)):
        floor.values["line.torque"] = reading
        with pytest.raises(Refused, match="no good value"):
            floor.act()
    floor.values["line.torque"] = Reading(25.0, 0, 9)
    with pytest.raises(Refused, match="25 is above 20"):
        floor.act()
    floor.act(why="new bolt")
    assert (floor.job.results, floor.job.events[-2].tags) == ({"a": 25.0}, {"line.torque": Reading(25.0, 0, 9)})


def test_masks():
    assert fits("L1-##", "l1-07")
    assert not fits("##", "1a")
    assert not fits("@?", "11")
    assert fits("@?", "ä!")
