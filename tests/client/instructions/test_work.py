"""What a window knows of jobs, and what it keeps until the engine has it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hmi.client.instructions.work import Answer, Work, work_of
from hmi.link.messages import Reply


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
