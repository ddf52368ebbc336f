"""The wire: connects, stays connected, carries questions, and says in words what is wrong."""

import asyncio

import pytest

from hmi.client.wire import ANSWER_S, GREETING_S, Wire
from hmi.core import quality as q
from hmi.link import socket
from hmi.link.messages import Refused, Reply, Request


@pytest.fixture
def replies():
    return []


def test_the_first_thing_it_brings_is_the_plant(wire, engine):
    plants = []
    wire.plant_changed.connect(plants.append)
    wire.start()
    assert [plant.name for plant in plants] == ["Small plant"]
    assert wire.state == "linked"
    assert not wire.mirror.link_down
    assert wire.engine == "1.0"


def test_an_engine_that_is_away_is_looked_for_until_it_comes(qtbot, wire, engine):
    engine.up = False
    wire.start()
    assert wire.state == "away"
    assert "hmi engine PLANT" in wire.text
    engine.up = True
    qtbot.waitUntil(lambda: wire.state == "linked", timeout=5000)


def test_a_closed_link_makes_everything_stale_and_comes_back_by_itself(qtbot, wire, engine):
    wire.start()
    engine.hang_up()
    wire.tick()
    assert wire.state == "away"
    assert wire.mirror.link_down
    assert not q.is_good(wire.mirror.table.quality).any()
    mirror = wire.mirror
    engine.up = True
    qtbot.waitUntil(lambda: wire.state == "linked", timeout=5000)
    assert wire.mirror is mirror  # the same plant: its screens stay
    assert not mirror.link_down


def test_silence_is_noticed_after_two_seconds(wire, engine, clock):
    wire.start()
    clock.advance(1.9)
    wire.tick()
    assert wire.state == "linked"
    clock.advance(0.2)
    wire.tick()
    assert wire.state == "silent"
    engine.health()
    wire.tick()
    assert wire.state == "linked"


def test_another_configuration_after_a_reconnect_is_another_plant(qtbot, wire, engine, other_files):
    plants = []
    wire.plant_changed.connect(plants.append)
    wire.start()
    engine.hang_up()
    wire.tick()
    engine.start(other_files)
    qtbot.waitUntil(lambda: wire.state == "linked", timeout=5000)
    assert [len(plant.screens) for plant in plants] == [3, 2]


def test_a_question_gets_its_own_answer(wire, engine, replies):
    engine.answers["status"] = lambda request: Reply(request.number, True, "fine", {"live": 3})
    wire.start()
    wire.ask("status", {}, replies.append)
    wire.tick()
    assert [reply.body for reply in replies] == [{"live": 3}]
    assert isinstance(engine.requests[0], Request)


def test_no_answer_within_ten_seconds_is_said_so(wire, engine, clock, replies):
    engine.answers["write"] = lambda request: None
    wire.start()
    wire.ask("write", {}, replies.append)
    for _ in range(int(ANSWER_S)):
        engine.health()
        clock.advance(1.0)
        wire.tick()
    assert len(replies) == 1
    assert not replies[0].ok
    assert "10 s" in replies[0].text
    assert replies[0].body["outcome"] == "unknown"


def test_a_question_without_a_link_is_not_sent_and_says_so(wire, engine, replies):
    engine.up = False
    wire.start()
    wire.ask("write", {}, replies.append)
    assert replies[0].body["outcome"] == "refused"
    assert "nothing was sent" in replies[0].text


def test_a_link_lost_before_the_answer_leaves_the_end_unknown(wire, engine, replies):
    engine.answers["write"] = lambda request: None
    wire.start()
    wire.ask("write", {}, replies.append)
    engine.hang_up()
    wire.tick()
    assert replies[0].body["outcome"] == "unknown"


def test_a_forgotten_question_is_not_answered(wire, engine, replies):
    wire.start()
    number = wire.ask("status", {}, replies.append)
    wire.forget(number)
    wire.tick()
    assert replies == []


def test_a_refusal_is_shown_in_the_engines_words(wire, engine):
    engine.opened = lambda session: session.close("too many windows. Close one")
    wire.start()
    wire.tick()
    assert wire.state == "away"
    assert wire.text == "too many windows. Close one"


def test_refused_is_a_message_too(wire, engine):
    wire.start()
    engine.say(Refused("the token is not that of this start"))
    wire.tick()
    assert "token" in wire.text


def test_an_engine_that_never_greets_is_tried_anew(wire, engine, clock):
    engine.opened = engine.sessions.append
    wire.start()
    clock.advance(GREETING_S + 1)
    wire.tick()
    assert wire.state == "away"
    assert "does not speak" in wire.text


def test_a_plant_that_cannot_be_read_is_said_so(qapp, engine, clock):
    wire = Wire(engine.open_link, clock)
    engine.files = {"plant.toml": "nonsense"}
    wire.start()
    assert "cannot read" in wire.text
    assert wire.plant is None
    wire.stop()


@pytest.fixture
def served(qtbot, engine, clock, tmp_path):
    """The small engine behind a real socket; its loop turns while Qt waits, on the same thread."""
    loop = asyncio.new_event_loop()

    async def opened():
        server = socket.Server(engine, clock, tmp_path)
        await server.start()
        return server

    server = loop.run_until_complete(opened())

    def until(state):
        def turned():
            loop.run_until_complete(asyncio.sleep(0))
            return state()

        qtbot.waitUntil(turned, timeout=5000)

    wire = Wire(lambda: socket.connect(tmp_path, program="window", clock=clock), clock)
    yield wire, until, lambda: loop.run_until_complete(server.stop())
    wire.stop()
    loop.run_until_complete(server.stop())
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


def test_over_a_real_socket_values_come_without_anybody_asking(served, engine):
    wire, until, _ = served
    wire.start()
    until(lambda: wire.state == "linked" and not wire.mirror.link_down)
    engine.set({"tank.level": 66.0})
    until(lambda: wire.mirror.table.value[0] == 66.0)  # nobody ticks: the socket itself wakes Qt


def test_over_a_real_socket_an_engine_that_stops_is_noticed_at_once(served, engine):
    wire, until, stop = served
    wire.start()
    until(lambda: wire.state == "linked" and not wire.mirror.link_down)
    stop()
    until(lambda: wire.state == "away")
    assert wire.mirror.link_down
    assert "stopped" in wire.text


def test_over_a_real_socket_questions_are_answered(served, engine):
    wire, until, _ = served
    got = []
    engine.answers["status"] = lambda request: Reply(request.number, True, "", {"live": 6})
    wire.start()
    until(lambda: wire.state == "linked")
    wire.ask("status", {}, got.append)
    until(lambda: bool(got))
    assert got[0].body == {"live": 6}
