"""A job is its events: whatever the order, the crashes and the repeats, the same ones make the same job."""

from contextlib import suppress

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.core.quality import BAD, GOOD
from hmi.core.steps.answers import Refused
from hmi.core.steps.conditions import Reading
from hmi.core.steps.events import Event
from hmi.core.steps.job import Job, apply, folded
from hmi.core.steps.model import (
    Branch,
    Capture,
    Check,
    Choice,
    Loop,
    Number,
    Read,
    Sign,
    Text,
    Timer,
    Verify,
    Wait,
    Write,
)
from tests.core.steps.floor import Floor, procedure

ALL = (
    Read(id="read", title="Read"),
    Check(id="ask", title="Ask", expect="yes", na=True, go={"no": "mend"}),
    Number(id="measure", title="Measure", low=1, high=5, go={"high": "mend"}),
    Branch(id="fast", title="Fast?", when="line.speed > 10 or result.measure > 4", to="mend"),
    Choice(id="choose", title="Choose", choices=("a", "b"), expect=("a",)),
    Text(id="write_down", title="Write down"),
    Timer(id="rinse", title="Rinse", seconds=30),
    Wait(id="stop", title="Stop", until="line.speed < 1", timeout_min=1),
    Verify(id="closed", title="Closed", needs="line.valve == 0", hold_s=5),
    Write(id="open", title="Open", tag="line.valve", value=1),
    Capture(id="torque", title="Torque", tag="line.torque", high=20),
    Loop(id="rounds", title="Again", from_="measure", times=2),
    Loop(id="more", title="More", from_="choose", again="One more?"),
    Sign(id="sign", title="Sign"),
    Sign(id="second", title="Second", meaning="verified", second=True, next="end"),
    Read(id="mend", title="Mend", next="measure"),
)
DEEDS = st.tuples(
    st.sampled_from(("do", "do", "do", "begin", "skip", "note", "sign", "crash", "wait", "plant")),
    st.sampled_from((None, True, False, "yes", "no", "na", "a", "b", "text", 0, 3, 4.5, 9)),
    st.sampled_from(("ann", "bob", "cem")),
    st.sampled_from(("", "because")),
)


def wire(events):
    """The events as they come back from where they are kept."""
    return [msgspec.json.decode(msgspec.json.encode(event), type=Event) for event in events]


def crash(floor):
    """Another process makes the job anew, of what is on the disk."""
    before = floor.job
    floor.job = folded(before.id, wire(floor.stored))
    assert floor.job == before


def change(floor, number):
    """The plant goes on."""
    name = ("line.speed", "line.valve", "line.torque")[number % 3]
    value = (0.0, 20.0, None)[number % 5 % 3]
    floor.values[name] = Reading(value, BAD if value is None else GOOD, number)
    floor.look()


@given(st.lists(DEEDS, max_size=60))
@settings(deadline=None, max_examples=150)
def test_any_interleaving_with_crashes_and_repeats_makes_the_same_job(deeds):
    floor = Floor(*ALL)
    floor.start()
    for number, (kind, value, who, why) in enumerate(deeds):
        if kind == "crash":
            crash(floor)
        elif kind == "wait":
            floor.wait(20)
        elif kind == "plant":
            change(floor, number)
        else:
            with suppress(Refused):
                floor.act(kind, value, who, "maintain", why, key=f"k{number}", signer=who if kind == "sign" else None)
    kept = wire(floor.stored)
    assert folded("j-1", kept) == floor.job
    assert folded("j-1", [event for one in kept for event in (one, one)]) == floor.job  # each read twice
    assert folded("j-1", [*kept, *kept]) == floor.job
    for cut in range(len(kept)):  # a crash after any event leaves a job that can go on
        again = folded("j-1", kept[:cut])
        for event in kept[cut:]:
            again = apply(again, event)
        assert again == floor.job
    assert len(floor.job.events) == len(kept)  # nothing is dropped, nothing added


def test_what_came_of_an_act_is_found_by_its_key():
    floor = Floor(Read(id="a", title="A"), Read(id="b", title="B"))
    floor.start()
    floor.act(key="k1")
    assert floor.job.done("k1").step == "a"
    assert floor.job.done("k2") is None
    assert floor.job.done("") is None  # what has no key came of no act


def test_the_start_says_what_the_job_is_for():
    job = Floor(Read(id="a", title="A")).start(context={"lot": " L7 ", "order": ""})
    assert (job.at, job.turn, job.state, job.context) == ("a", 0, "open", {"lot": "L7"})
    assert (job.title, job.station, job.people, job.started_ns) == ("I", "desk", ("ann",), 1000_000_000_000)


def test_a_job_ends_by_itself_after_its_last_step_and_takes_no_more():
    floor = Floor(Read(id="a", title="A"))
    floor.start()
    floor.wait(5)
    job = floor.act()
    assert (job.state, job.at, job.is_open, job.ended_ns) == ("finished", "", False, 1005_000_000_000)
    assert apply(job, Event(kind="noted", time_ns=1, number=len(job.events), why="late")) == job


def test_an_event_out_of_its_order_changes_nothing():
    floor = Floor(Read(id="a", title="A"), Read(id="b", title="B"))
    job = floor.start()
    late = Event(kind="answered", time_ns=1, number=3, step="a", to="b")
    assert apply(job, late) is job
    assert apply(Job("x"), Event(kind="noted", time_ns=1)) == Job("x")  # before its start there is no job


def test_loops_count_their_rounds_and_begin_anew_when_the_job_comes_to_them_again():
    steps = (
        Read(id="a", title="A"),
        Loop(id="inner", title="Inner", from_="a", times=2),
        Loop(id="outer", title="Outer", from_="a", times=2),
    )
    floor = Floor(*steps)
    floor.start()
    for _ in range(4):
        assert floor.job.is_open
        floor.act()
    assert floor.job.state == "finished"
    assert floor.job.rounds == {}
    assert [e.value for e in floor.job.events if e.step == "inner"] == ["again", "on", "again", "on"]


def test_who_has_done_steps_and_who_only_started_are_told_apart():
    floor = Floor(Read(id="a", title="A"), Read(id="b", title="B"))
    floor.start("ann")
    floor.act("note", who="cem", why="wet floor")
    floor.act(who="bob")
    assert floor.job.people == ("ann", "cem", "bob")
    assert floor.job.doers == {"bob"}


def test_a_procedure_finds_its_steps():
    made = procedure(*ALL)
    assert made.step("nothing") is None
    assert made.after(made.step("read")) == "ask"
    assert made.after(made.step("second")) == ""
    assert made.after(made.step("mend")) == "measure"
