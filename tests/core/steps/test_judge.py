"""What a person may do in a job, step by step; what is refused says why and leaves the job where it was."""

import pytest

from hmi.core.quality import BAD, UNCERTAIN_LAST_USABLE
from hmi.core.steps.answers import Refused
from hmi.core.steps.conditions import Reading
from hmi.core.steps.events import digest_of
from hmi.core.steps.judge import second_refused
from hmi.core.steps.model import Branch, Check, Loop, Number, Read, Scan, Sign, Timer, Verify, Wait, Write
from tests.core.steps.floor import Floor, procedure

TWO = (Read(id="a", title="First"), Read(id="b", title="Second"))


def no(floor, *args, **more):
    """The refusal of an act; the job has not moved."""
    before = floor.job
    with pytest.raises(Refused) as caught:
        floor.act(*args, **more)
    assert floor.job == before
    return caught.value


def test_two_people_on_one_job_do_each_step_once():
    floor = Floor(*TWO)
    floor.start()
    floor.act(who="ann")
    refused = no(floor, who="bob", step="a", turn=0)
    assert (refused.code, str(refused)) == (
        "past",
        "The job has gone on: this step was done by ann, and it is at 'Second' now",
    )
    assert floor.act(who="bob").state == "finished"


def test_leaving_a_step_out_needs_a_reason_and_a_role_and_is_a_deviation():
    floor = Floor(*TWO)
    floor.start()
    assert no(floor, "skip").needs == ("why",)
    assert "needs the role maintain" in str(no(floor, "skip", why="no time"))
    floor.act("skip", why="valve is gone", role="maintain")
    assert [(e.step, e.deviation, e.why) for e in floor.job.deviations] == [("a", "left out", "valve is gone")]


def test_an_optional_step_is_left_out_without_ado():
    floor = Floor(Read(id="a", title="A", optional=True))
    floor.start()
    assert floor.act("skip").deviations == ()


def test_role_and_skill_of_a_step():
    floor = Floor(Read(id="a", title="A", role="maintain", skill="electric"))
    floor.start()
    assert no(floor).code == "role"
    assert no(floor, role="maintain", signed_in=True).code == "skill"
    assert floor.act(role="maintain", signed_in=True, skills=("electric",)).state == "finished"


def test_of_somebody_who_has_not_signed_in_no_skill_is_known():
    floor = Floor(Read(id="a", title="A", skill="electric"))
    floor.start()
    assert floor.act().state == "finished"


def test_a_second_signature_by_the_same_person_is_refused():
    floor = Floor(Read(id="a", title="A"), Sign(id="s", title="S"), Sign(id="t", title="T", second=True))
    floor.start()
    floor.act(who="ann")
    assert no(floor).code == "sign"  # a signature, and no other answer
    floor.act("sign", signer="ann")
    refused = no(floor, "sign", signer="ann")
    assert refused.code == "second" and "somebody else has to sign" in str(refused)
    signed = floor.job
    assert floor.act("sign", who="ann", signer="bob").state == "finished"  # at ann's station, by bob
    last = floor.job.events[-2].signature
    assert (last.name, last.digest) == ("bob", digest_of(signed.procedure, signed.events))


def test_where_nobody_can_sign_in_nothing_is_signed_and_the_record_says_so():
    floor = Floor(Sign(id="s", title="S"))
    floor.can_sign = False
    floor.start()
    assert "Nobody can sign in here yet" in str(no(floor, "sign", signer="ann"))
    assert no(floor, "skip").needs == ("why",)
    floor.act("skip", why="shift leader has seen it")
    assert [e.deviation for e in floor.job.deviations] == ["not signed: nobody can sign in here yet"]


def test_where_people_can_sign_in_leaving_a_signature_out_takes_the_role():
    floor = Floor(Sign(id="s", title="S"))
    floor.start()
    assert no(floor, "skip", why="x").code == "role"


def test_who_may_sign():
    floor = Floor(*TWO)
    job = floor.start()
    assert second_refused(job, TWO[0], "ann") == "This step asks for no signature"
    assert second_refused(job, Sign(id="s", title="S", second=True), "ann") == ""  # he only started it


def test_a_verify_fails_with_its_values_then_holds():
    floor = Floor(Verify(id="v", title="V", needs="line.valve == 0", hold_s=3, blocked="close the valve"))
    floor.values["line.valve"] = Reading(1.0, 0, 77)
    floor.start()
    floor.act()
    failed = floor.job.events[-1]
    assert (failed.kind, failed.why, failed.tags) == ("failed", "close the valve", {"line.valve": Reading(1.0, 0, 77)})
    floor.values["line.valve"] = Reading(0.0, UNCERTAIN_LAST_USABLE)
    floor.act()
    assert floor.job.events[-1].why == "It cannot be told: a value it depends on is not good"
    floor.values["line.valve"] = Reading(0.0, 0, 80)
    floor.wait(2)
    floor.act()
    assert floor.job.events[-1].why == "It has held for 0 s of 3 s"
    floor.wait(3)
    floor.act()
    done = floor.job.events[-2]
    assert (floor.job.state, done.kind, done.tags["line.valve"].time_ns) == ("finished", "answered", 80)


def test_a_wait_goes_on_by_itself_and_after_its_time_by_a_person_with_a_reason():
    floor = Floor(Wait(id="w", title="W", until="line.speed < 1", hold_s=2, timeout_min=1))
    floor.values["line.speed"] = Reading(9.0)
    floor.start()
    assert no(floor).code == "wait"
    assert no(floor, "skip", why="too slow").code == "role"
    floor.wait(61)
    floor.act("skip", why="drive is broken")
    assert floor.job.deviations[-1].why == "drive is broken"
    other = Floor(Wait(id="w", title="W", until="line.speed < 1", hold_s=2))
    other.start()
    assert other.wait(1).is_open
    assert other.wait(2).state == "finished"
    assert (other.job.events[-2].user, other.job.events[-2].way) == ("", "engine")


def test_a_timer_is_started_once_and_ends_by_itself():
    floor = Floor(Timer(id="t", title="T", seconds=60), Read(id="b", title="B"))
    floor.start()
    assert "60 s are left" in str(no(floor))
    floor.act("begin")
    assert no(floor, "begin").code == "act"
    assert floor.wait(59).at == "t"
    assert floor.wait(1).at == "b"
    assert floor.job.results["t"] == 60.0
    assert no(floor, "begin").code == "act"


def test_a_write_is_confirmed_first_and_only_a_confirmed_one_goes_on():
    floor = Floor(Write(id="w", title="W", tag="line.valve", value=1, confirm="Opens the valve"))
    floor.start()
    refused = no(floor)
    assert (refused.code, refused.needs, str(refused), floor.sent) == ("confirm", ("confirm",), "Opens the valve", [])
    floor.act(value=True, outcome="refused", text="The guard is open")
    assert (floor.job.at, floor.job.events[-1].why) == ("w", "refused: The guard is open")
    floor.act(value=True)
    assert floor.sent == [("line.valve", 1)] * 2
    assert floor.job.state == "finished"


def test_a_write_can_send_what_a_step_above_has_found():
    floor = Floor(Number(id="n", title="N", optional=True), Write(id="w", title="W", tag="line.speed", from_="n"))
    floor.start()
    floor.act(value="12,5")
    floor.act()
    assert floor.sent == [("line.speed", 12.5)]
    other = Floor(*floor.procedure.steps)
    other.start()
    other.act("skip")
    assert "has found no value" in str(no(other))


def test_branches_take_the_way_that_results_and_machine_say():
    steps = (
        Number(id="n", title="N"),
        Branch(id="b", title="B", when="result.n > 5 and line.speed < 1", to="high", otherwise="end"),
        Read(id="high", title="High"),
    )
    floor = Floor(*steps)
    floor.start()
    assert floor.act(value=6).at == "high"
    other = Floor(*steps)
    other.start()
    assert other.act(value=5).state == "finished"


def test_a_branch_that_cannot_be_told_waits_or_is_decided_by_a_person():
    steps = (
        Read(id="a", title="A"),
        Branch(id="b", title="B", when="line.speed < 1", to="c"),
        Read(id="c", title="C"),
    )
    floor = Floor(*steps)
    floor.values["line.speed"] = Reading(0.0, BAD)
    floor.start()
    floor.act()
    assert floor.job.at == "b"
    assert no(floor).code == "wait"
    floor.values["line.speed"] = Reading(0.0)
    assert floor.wait(1).at == "c"
    other = Floor(*steps)
    other.values["line.speed"] = Reading(0.0, BAD)
    other.start()
    other.act()
    assert other.act("skip", why="seen at the machine", role="maintain").at == "c"


def test_a_loop_asks_or_looks_and_is_bounded():
    floor = Floor(Read(id="a", title="A"), Loop(id="l", title="L", from_="a", again="Another?", most=3))
    floor.start()
    floor.act()
    assert no(floor, value="maybe").code == "answer"
    assert floor.act(value="yes").at == "a"
    floor.act()
    floor.act(value=True)
    floor.act()
    assert floor.act(value="yes").state == "finished"  # three rounds are the most
    looks = Floor(Read(id="a", title="A"), Loop(id="l", title="L", from_="a", until="line.speed < 1", most=2))
    looks.values["line.speed"] = Reading(5.0)
    looks.start()
    looks.act()
    assert looks.act().state == "finished"
    assert looks.job.deviations[0].deviation == "ended after 2 rounds, as more are not allowed"


def test_remarks_and_giving_up():
    floor = Floor(*TWO)
    floor.start()
    assert no(floor, "note").code == "text"
    floor.act("note", why="oil on the floor")
    assert (floor.job.at, floor.job.events[-1].why) == ("a", "oil on the floor")
    assert no(floor, "abandon").needs == ("why",)
    floor.act("abandon", why="line is down")
    assert (floor.job.state, floor.job.deviations[-1].deviation) == ("abandoned", "given up before its end")
    assert no(floor).code == "over"


def test_nobody_sends_more_than_is_kept():
    floor = Floor(*TWO)
    floor.start()
    assert no(floor, "note", why="x" * 1001).code == "text"
    assert no(floor, value="x" * 2001).code == "text"
    assert no(floor, "dance").code == "act"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (dict(release="withdrawn"), "withdrawn"),
        (dict(release="draft"), "release"),
        (dict(role="engineer"), "role"),
        (dict(ask=("lot",)), "context"),
    ],
)
def test_what_must_be_so_before_a_job_starts(more, code):
    with pytest.raises(Refused) as caught:
        Floor(*TWO, **more).start()
    assert caught.value.code == code


def test_a_job_of_endless_context_is_refused():
    with pytest.raises(Refused, match="too long"):
        Floor(*TWO).start(context={"lot": "x" * 201})


def test_a_draft_can_be_tried_where_nobody_can_sign_and_the_record_says_so():
    floor = Floor(*TWO, release="draft")
    floor.can_sign = False
    assert floor.start().deviations[0].deviation == "carried out as a draft, not released"


def test_scanned_lots_and_serials_become_the_jobs():
    floor = Floor(Scan(id="s", title="S", what="lot", mask="L###"), Read(id="b", title="B"))
    floor.start(context={"order": "4711"})
    floor.act(value="L123")
    assert floor.job.context == {"order": "4711", "lot": "L123"}


def test_an_answer_may_lead_elsewhere():
    floor = Floor(Check(id="c", title="C", go={"no": "end"}), Read(id="b", title="B"))
    floor.start()
    assert floor.act(value="no").state == "finished"


def test_a_procedure_without_steps_is_over_at_once():
    floor = Floor()
    assert floor.start().state == "finished"
    assert procedure().place("x") == -1
