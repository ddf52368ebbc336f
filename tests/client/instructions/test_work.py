"""What a window knows of jobs, and what it keeps until the engine has it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QObject, Signal

from hmi.client.instructions.work import Answer, Work, work_of
from hmi.link.messages import Reply
from tests.engine.workshop import at


def hear(bench, work, times=4):
    """The engine speaks, the window hears."""
    for _ in range(times):
        bench.beat()
        work.desk.wire.tick()
        work.refresh()


def test_one_for_all_pages_of_a_link(desk, work):
    assert work_of(desk) is work
    other = replace(desk, touch=True)
    assert work_of(other) is work and work.desk is other


def test_lists_are_asked_for_when_something_has_happened(bench, work):
    hear(bench, work)
    assert [row["id"] for row in work.due] == ["seal", "read-me"]  # never done, so due
    assert (work.due[0]["due"], work.open) == (True, [])
    heard = []
    work.listed.connect(lambda: heard.append(len(work.open)))
    work.start("seal", {"lot": "L7"})
    hear(bench, work)
    assert heard[-1] == 1
    count = len([r for r in bench.engine.requests if r.verb == "jobs"])
    hear(bench, work)
    assert len([r for r in bench.engine.requests if r.verb == "jobs"]) == count  # nothing new, nothing asked


def test_only_what_is_new_of_a_job_is_asked_for(bench, work):
    work.start("seal", {"lot": "L7"})
    hear(bench, work)
    work.act(work.held[work.chosen], "note", why="x")
    hear(bench, work)
    asked = [request.args["from"] for request in bench.engine.requests if request.verb == "job"]
    assert max(asked) > 0
    assert [event.kind for event in work.held[work.chosen].job.events] == ["started", "noted"]


def test_what_is_refused_is_told_with_what_is_missing(bench, work):
    told = []
    work.answered.connect(told.append)
    work.start("seal", {})
    work.start("nothing", {})
    hear(bench, work)
    assert told[0] == Answer("", False, "Lot must be known before it starts", "context", ("lot",))
    assert "is not in the plant's files" in told[1].text


@pytest.mark.expect_log("link")
def test_a_password_is_not_kept_for_later(bench, work):
    work.start("seal", {"lot": "L7"})
    hear(bench, work)
    told = []
    work.answered.connect(told.append)
    bench.crash()
    work.desk.wire.tick()
    work.act(work.held[work.chosen], "sign", name="kim", secret="secret")
    assert work.deeds == []
    assert not told[-1].ok and "nothing was sent" in told[-1].text


@pytest.mark.expect_log("link")
def test_deeds_go_in_their_order_once_the_link_is_back(bench, work):
    work.start("seal", {"lot": "L7"})
    hear(bench, work)
    held = work.held[work.chosen]
    bench.crash()
    work.desk.wire.tick()
    for text in ("one", "two", "three"):
        work.act(held, "note", why=text)
    assert work.waiting(work.chosen) and len(work.deeds) == 3
    bench.restart()
    work.desk.wire._connect()
    hear(bench, work)
    assert [event.why for event in bench.job().events] == ["", "one", "two", "three"]
    assert work.held[work.chosen].job == bench.job()


def test_a_job_that_cannot_be_shown_is_said(bench, work):
    told = []
    work.answered.connect(told.append)
    work.choose("9-9")
    work.desk.wire.tick()
    assert "There is no job '9-9'" in told[-1].text
    work._take_procedure("9-9", "k", Reply(0, False, ""))
    assert told[-1].text == "The job cannot be shown"


def test_it_ends_with_its_link(wire, desk, bench):
    assert work_of(desk).parent() is wire
    assert isinstance(wire.findChild(Work), Work)


class Present(QObject):
    """Who is signed in at the window, as the test says."""

    changed = Signal()
    person: dict[str, str] | None = None
    name = "anna"


@pytest.fixture
def kept(bench, desk, tmp_path):
    """A window that keeps on its disk what the engine has not got; `again` is the one that is opened after it."""
    windows: list[tuple[Work, QObject]] = []

    def again(**more):
        if windows:
            windows[-1][0].outbox.close()  # as the system does it when a process is gone
        parent = QObject()
        windows.append((Work(replace(desk, own=tmp_path / "own", **more), parent), parent))
        return windows[-1][0]

    yield again
    for one, _ in windows:
        one.outbox.close()


def lose(bench, work):
    bench.crash()
    work.desk.wire.tick()


def come_back(bench, work):
    bench.restart()
    work.desk.wire._connect()
    hear(bench, work)


@pytest.mark.expect_log("link")
def test_what_was_not_sent_survives_the_window_and_is_done_once_with_the_time_at_which_it_was(bench, kept):
    work = kept()
    work.start("seal", {"lot": "L7"})
    hear(bench, work)
    job = work.chosen
    lose(bench, work)
    done_ns = work.desk.mirror.now_ns()
    work.act(work.held[job], "do")
    bench.clock.advance(600)
    after = kept()  # the window has crashed, and was started again
    assert after.waiting(job)
    come_back(bench, after)
    assert after.deeds == [] and not list((after.desk.own).glob("*.json"))
    events = bench.job().events
    assert [event.kind for event in events] == ["started", "answered"]
    assert events[1].acted_ns == done_ns and events[1].time_ns - done_ns >= 600 * 10**9
    hear(bench, kept())
    assert len(bench.job().events) == 2


@pytest.mark.expect_log("link")
def test_a_start_that_was_told_before_the_crash_begins_no_second_job(bench, kept):
    work = kept()
    hear(bench, work)
    answer = bench.engine.answers["job_start"]
    bench.engine.answers["job_start"] = lambda request: answer(request) and None  # it does it; the reply is lost
    work.start("seal", {"lot": "L7"})
    work.desk.wire.tick()
    bench.engine.answers["job_start"] = answer
    lose(bench, work)
    going = next(iter(bench.room.going.values()))
    after = kept()
    bench.restart()
    abandon = {"job": going.job.id, "act": "abandon", "why": "by somebody at another station"}
    bench.loop.run_until_complete(bench.verbs["job_act"](at(), abandon))
    bench.room.closed.clear()  # it is only in the journal any more
    after.desk.wire._connect()
    hear(bench, after)
    assert after.deeds == [] and bench.job().state == "abandoned"


@pytest.mark.expect_log("link")
def test_what_somebody_did_is_never_sent_under_another_name(bench, kept):
    present = Present()
    work = kept(present=present)
    work.start("seal", {"lot": "L7"})
    hear(bench, work)
    job = work.chosen
    lose(bench, work)
    work.act(work.held[job], "do")
    present.name = "root"  # the link was lost, and with it who was signed in
    come_back(bench, work)
    assert work.waits_for(job) == "anna" and len(bench.job().events) == 1
    present.name = "anna"
    present.changed.emit()
    hear(bench, work)
    assert work.waits_for(job) == "" and len(bench.job().events) == 2
    lose(bench, work)
    work.act(work.held[job], "do", 3.0)
    present.name = "kim"
    come_back(bench, work)
    work.discard(job)
    assert not work.waiting(job) and not list((work.desk.own).glob("*.json"))


@pytest.mark.expect_log("link")
def test_a_value_for_the_machine_is_never_sent_later(bench, kept):
    work = kept()
    work.start("seal", {"lot": "L7"})
    hear(bench, work)
    job = work.chosen
    bench.engine.set({"pump.speed": 0.0})
    for act, value in (("do", None), ("do", 3.0), ("begin", None), ("", None), ("do", None)):
        if act:
            work.act(work.held[job], act, value)
        bench.beat(61.0)
        hear(bench, work)
    held = work.held[job]
    assert held.step.id == "slow"
    told = []
    work.answered.connect(told.append)
    lose(bench, work)
    work.act(held, "do", True)
    assert work.deeds == [] and not told[-1].ok
    come_back(bench, kept())
    assert bench.driver.written == []
