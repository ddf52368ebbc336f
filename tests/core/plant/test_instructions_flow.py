"""The ways through an instruction: steps that none leads to, and circles without a person."""

import pytest

from hmi.core.plant.instructions_flow import answers, circles, targets, unreached
from hmi.core.steps.model import Branch, Check, Choice, Loop, Number, Read, Wait

A, B, C = (Read(id=name, title=name) for name in "abc")


@pytest.mark.parametrize(
    ("steps", "ids"),
    [
        ((A, B, C), []),
        ((Read(id="a", title="A", next="c"), B, C), ["b"]),
        ((Read(id="a", title="A", next="end"), B, C), ["b", "c"]),
        ((Check(id="a", title="A", go={"no": "c"}), B, C), []),
        ((Check(id="a", title="A", go={"no": "c", "yes": "c"}), B, C), ["b"]),
        ((Check(id="a", title="A", na=True, go={"no": "c", "yes": "c"}), B, C), []),
        ((Branch(id="a", title="A", when="t.x", to="c"), B, C), []),
        ((Branch(id="a", title="A", when="t.x", to="c", otherwise="end"), B, C), ["b"]),
        ((Number(id="a", title="A", low=1, go={"low": "c", "within": "c"}), B, C), ["b"]),
        ((Choice(id="a", title="A", choices=("x", "y"), go={"x": "c", "y": "end"}), B, C), ["b"]),
        ((A, Loop(id="l", title="L", from_="a", times=2), B), []),
        ((), []),
    ],
)
def test_steps_that_no_way_leads_to(steps, ids):
    assert [step.id for step in unreached(steps)] == ids


def test_a_job_must_not_go_round_by_itself():
    branch = Branch(id="x", title="X", when="t.x", to="w")
    wait = Wait(id="w", title="W", until="t.y", next="x")
    assert [step.id for step in circles((A, branch, wait))] == ["x", "w"]
    assert circles((A, branch, Read(id="w", title="W", next="x"))) == []
    assert [step.id for step in circles((Branch(id="b", title="B", when="t.x", to="b"), A))] == ["b"]
    assert circles((A, Wait(id="w", title="W", until="t.y"), Loop(id="l", title="L", from_="w", times=3))) == []


def test_what_a_step_names():
    branch = Branch(id="x", title="X", when="t.x", to="a", otherwise="b", next="c")
    assert list(targets(branch)) == [("next", "c"), ("to", "a"), ("otherwise", "b")]
    assert list(targets(Loop(id="l", title="L", from_="a", times=2))) == [("from", "a")]
    assert answers(Number(id="n", title="N", high=3)) == ("high", "within")
    assert answers(Check(id="c", title="C", na=True)) == ("yes", "no", "na")
    assert answers(A) == ()
