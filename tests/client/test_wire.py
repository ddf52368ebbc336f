"""The wire: connects, stays connected, carries questions, and says in words what is wrong."""

import asyncio

import msgspec
import pytest

import hmi
from hmi.client import words
from hmi.client.wire import ANSWER_S, COMPLETE_S, GREETING_S, SETTLED_S, Wire
from hmi.core import quality as q
from hmi.core.batch import Batch
from hmi.link import socket
from hmi.link.messages import Health, PropertyRow, Refused, Reply, Request, Values, Welcome
from hmi.link.server import Server


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
    assert wire.engine == hmi.__version__


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


OPEN = PropertyRow("door.open", names={0: "Shut", 1: "Ajar"})
SPEED = PropertyRow("pump.speed", low=0.0, high=3000.0, unit="rpm")
BARE = PropertyRow("flow.rate", low=0.0, high=8.0, unit="m³/h")


def tell(engine, *rows):
    """The devices say this of their tags."""
    engine.answers["properties"] = lambda request: Reply(request.number, True, "", msgspec.to_builtins(rows))


def with_a_bare_tag(files):
    """One more tag, whose range and unit tags.csv leaves empty."""
    row = "flow.rate,line,ns=2;s=Flow,float64,,,,,,,,change,r,Flow\n"
    return {**files, "tags.csv": files["tags.csv"] + row}


def welcome(engine, told):
    """The engine says from now on how often devices have said something."""
    opened = engine.opened

    def greet(session):
        real, session.send = (
            session.send,
            lambda message: real(
                msgspec.structs.replace(message, told=told) if isinstance(message, Welcome) else message
            ),
        )
        opened(session)
        session.send = real

    engine.opened = greet


def test_what_devices_say_of_their_tags_is_in_the_plant_before_it_is_shown(qtbot, wire, engine):
    engine.start(with_a_bare_tag(engine.files))
    tell(engine, SPEED, BARE, OPEN)
    plants = []
    wire.plant_changed.connect(plants.append)
    welcome(engine, told=3)
    wire.start()
    wire.tick()
    (plant,) = plants
    bare, speed, door = plant.tag("flow.rate"), plant.tag("pump.speed"), plant.tag("door.open")
    assert (bare.low, bare.high, bare.unit) == (0.0, 8.0, "m³/h")
    assert (speed.low, speed.high, speed.unit) == (0.0, 60.0, "1/min")  # what the plant's files say stays
    assert wire.mirror.plant is wire.plant is plant
    assert words.value_text(wire.mirror.table, door) == "Shut"
    batch = Batch.of([door.index], [1.0], 1, 1, q.GOOD)
    batch.rows["raw"] = 1
    engine.say(Values.of(batch, 1))
    wire.tick()
    assert words.value_text(wire.mirror.table, door) == "Ajar"


def test_what_devices_say_later_is_drawn_anew_once_they_have_done(wire, engine, clock):
    engine.start(with_a_bare_tag(engine.files))
    plants = []
    wire.plant_changed.connect(plants.append)
    wire.start()
    assert [plant.tag("flow.rate").unit for plant in plants] == [""]
    tell(engine, BARE)
    for told in (1, 2, 2, 2, 2, 2):
        engine.say(Health(clock.now_ns(), told=told))
        wire.tick()
        clock.advance(0.5)
    wire.tick()
    wire.tick()
    assert [plant.tag("flow.rate").unit for plant in plants] == ["", "m³/h"]
    assert [request.verb for request in engine.requests] == ["properties"]
    mirror = wire.mirror
    engine.say(Health(clock.now_ns(), told=3))  # something was said, but nothing new
    wire.tick()
    clock.advance(SETTLED_S)
    wire.tick()
    wire.tick()
    assert len(engine.requests) == 2 and len(plants) == 2 and wire.mirror is mirror


@pytest.mark.parametrize("answer", [None, Reply(0, False, "no")])
def test_the_plant_is_shown_though_nobody_answers_what_devices_say(wire, engine, clock, answer):
    engine.answers["properties"] = lambda request: answer and msgspec.structs.replace(answer, number=request.number)
    plants = []
    wire.plant_changed.connect(plants.append)
    welcome(engine, told=1)
    wire.start()
    wire.tick()
    clock.advance(COMPLETE_S)
    wire.tick()
    assert [plant.name for plant in plants] == ["Small plant"]


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
        server = Server(engine, clock, tmp_path)
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


def test_other_screens_of_the_plant_leave_every_value_as_live_as_it_was(wire, engine, clock, other_files):
    welcome(engine, told=2)
    tell(engine, SPEED)
    plants = []
    wire.plant_changed.connect(plants.append)
    wire.start()
    wire.tick()
    mirror, seen = wire.mirror, wire.mirror.table.quality.copy()
    engine.start(other_files)  # as the same plant, by its tags and alarms
    engine.say(Welcome(1, other_files, engine.library, engine.plant.digest, clock.now_ns(), hmi.__version__, 2))
    wire.tick()
    assert wire.mirror is mirror and not mirror.link_down
    assert (mirror.table.quality == seen).all()
    assert [len(plant.screens) for plant in plants] == [3, 2]
    assert mirror.plant is wire.plant is plants[-1]
    assert wire.plant.tag("pump.speed").high == plants[0].tag("pump.speed").high
    wire.stop()


def test_a_question_under_way_is_answered_across_other_screens(wire, engine, clock, other_files):
    asked, got = [], []
    engine.answers["status"] = asked.append
    wire.start()
    wire.ask("status", {}, got.append)
    engine.say(Welcome(1, other_files, engine.library, "another", clock.now_ns(), hmi.__version__))
    wire.tick()
    engine.say(Reply(asked[0].number, True, "here"))
    wire.tick()
    assert [reply.text for reply in got] == ["here"]
