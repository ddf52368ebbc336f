"""The gate on the running demo plant: what is refused, by which rule, and that journal and controllers agree on it."""

import os
import signal
import time

import msgspec
import pytest

from hmi.clock import MachineClock
from hmi.link.messages import Reply, Values
from hmi.link.socket import connect

pytestmark = pytest.mark.usefixtures("live")
VOLUME = "line1.filler.fill.volume_sp"  # confirm, 490 to 515, 5 at once
LAYERS = "line1.palletiser.layers_sp"  # not while the palletiser runs
LINE = "line1.line.command"
TRIM = "line1.conveyor.infeed.trim"  # OPC UA
TURNS = "line1.palletiser.wrapper.turns_sp"  # Modbus


@pytest.fixture
def link(stand):
    made = connect(stand.folder, program="test", user="eve", station="desk", stream=False, clock=MachineClock())
    yield made
    made.close()


def value(link, tag):
    return float(msgspec.convert(link.ask("values", tags=[tag]).body, Values).batch().rows["value"][0])


def newest(link, count):
    """The newest records of writes, the oldest of them first."""
    return link.ask("journal", category="write", limit=count).body[::-1]


def until(wanted, deadline_s=60):
    start = time.monotonic()
    while not wanted():
        assert time.monotonic() - start < deadline_s
        time.sleep(0.2)


def write(link, tag, wish, why="x", **more):
    return link.ask("write", timeout_s=30.0, tag=tag, value=wish, why=why, **more)


def test_each_refusal_says_its_rule_and_changes_nothing(link):
    before = value(link, VOLUME)
    wishes = [
        ({"wish": before + 20}, "range"),
        ({"wish": before + 6}, "step"),
        ({"wish": before + 1}, "confirmation"),
        ({"wish": before + 1, "confirmed": "Yes"}, "confirmation"),
        ({"wish": before + 1, "why": ""}, "reason"),
        ({"wish": "much"}, "value"),
    ]
    replies = []

    def judged():  # stale for a moment, on a machine that is busy: then that is what they are refused for
        replies[:] = [write(link, VOLUME, **wish) for wish, _ in wishes]
        return "away" not in [reply.body["code"] for reply in replies]

    until(judged)
    assert [reply.body["code"] for reply in replies] == [code for _, code in wishes]
    assert all(reply.body["outcome"] == "refused" and "nothing was sent" in reply.text for reply in replies)
    assert value(link, VOLUME) == before
    records = newest(link, len(wishes))
    assert [(r["event"], r["result"]) for r in records] == [("refused", reply.text) for reply in replies]


def test_put_asks_for_the_confirmation_and_the_journal_keeps_what_was_confirmed(stand, link):
    before = value(link, VOLUME)
    refused = stand.hmi("put", VOLUME, str(before + 2), "--why", "drift")
    assert refused.returncode == 1 and "Needs confirmation" in refused.stderr and "--confirm" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
    for wish in (before + 2, before):  # and back
        done = stand.hmi("put", VOLUME, str(wish), "--why", "drift", "--confirm")
        assert done.returncode == 0, done.stderr
    until(lambda: value(link, VOLUME) == before)
    assert newest(link, 4)[0]["result"].startswith("confirmed: Fill volume is a legal quantity")


def test_an_interlock_blocks_while_the_machine_runs(link):
    until(lambda: value(link, "line1.palletiser.state") == 6)
    before = value(link, LAYERS)
    reply = write(link, LAYERS, before + 1 if before < 8 else before - 1)
    assert reply.body["code"] == "interlock"
    assert reply.text.startswith("The palletiser is running: stop it before its pattern is changed")
    assert value(link, LAYERS) == before


def test_stopping_asks_for_nothing(stand):
    for policies in (
        stand.plant.policies.get(stand.plant.tag_index[tag], ()) for tag in (LINE, "line1.filler.command")
    ):
        assert all(policy.values is not None and 3.0 not in policy.values for policy in policies)


def test_of_two_writes_at_once_one_is_refused_and_none_is_queued(link):
    before = value(link, TURNS)
    wishes = (5, 7) if before not in (5, 7) else (4, 6)
    numbers = [link.request("write", tag=TURNS, value=wish, why="x") for wish in wishes]
    replies = {}
    deadline = time.monotonic() + 30
    while len(replies) < 2:
        assert time.monotonic() < deadline
        replies |= {m.number: m for m in link.wait(1.0) if isinstance(m, Reply)}
    assert [replies[number].body["outcome"] for number in numbers] == ["confirmed", "refused"]
    assert replies[numbers[1]].body["code"] == "busy"
    until(lambda: value(link, TURNS) == wishes[0])
    sent = [r["value"] for r in newest(link, 3) if r["event"] == "requested"]
    assert sent == [wishes[0]]
    assert write(link, TURNS, before).ok


@pytest.mark.parametrize("tag", [TRIM, TURNS])
def test_a_controller_that_freezes_leaves_the_end_unknown_and_is_not_asked_again(stand, link, tag):
    watcher = stand.watcher()
    try:
        watcher.until(lambda: watcher.share("good") > 0.97)
        before = value(link, tag)
        wish = before - 1
        os.kill(stand.sim.process.pid, signal.SIGSTOP)
        try:
            reply = write(link, tag, wish)
        finally:
            os.kill(stand.sim.process.pid, signal.SIGCONT)
        assert reply.body["outcome"] == "unknown" and "check the plant" in reply.text
        watcher.until(lambda: watcher.share("good") > 0.97)
        assert value(link, tag) in (before, wish)  # it may have taken it, late; the journal does not say it did not
        records = newest(link, 2)
        assert [(r["event"], r["value"]) for r in records] == [("requested", wish), ("unknown", wish)]
        until(lambda: write(link, tag, before).ok)
    finally:
        watcher.close()
