"""Events on a trend: which records are marks, and of which tags."""

import pytest

from hmi.client.trends.events import PLANT_WIDE, Events, event_of, note_of
from hmi.link.messages import Reply

S = 1_000_000_000
T0 = 1_772_000_000 * S
ALARM = {"id": 1, "time_ns": T0 + S, "source_ns": T0, "category": "alarm", "event": "raised", "subject": "tank.level.h"}
WRITE = {"id": 2, "time_ns": T0 + 5 * S, "category": "write", "event": "confirmed", "subject": "pump.speed"}


def test_an_alarm_is_marked_when_the_device_says_it_was(desk):
    event = event_of(ALARM | {"priority": 2, "value": 91.0}, desk)
    assert (event.time_ns, event.tag, event.kind, event.priority) == (T0, 0, "alarm", 2)
    assert event.text == "07:13:20 Alarm · Raised · tank.level.h · 91.0 %"


def test_a_command_tells_what_was_written_and_by_whom(desk):
    event = event_of(WRITE | {"value": 30.0, "old": 20.0, "user": "anna", "station": "desk"}, desk)
    assert event.tag == desk.plant.tag("pump.speed").index
    assert event.text.endswith("20.0 1/min → 30.0 1/min · anna · desk")


@pytest.mark.parametrize(
    "change",
    [{"event": "requested"}, {"category": "system"}, {"subject": "gone.tag"}, {"category": "connection"}],
)
def test_what_is_no_mark(desk, change):
    assert event_of(WRITE | change, desk) is None


def test_those_of_the_pens_are_told_in_order_of_time(desk, engine):
    told = []
    engine.answers["journal"] = lambda request: Reply(request.number, True, "", [WRITE, ALARM])
    events = Events(desk, lambda: told.append(True))
    events.ask(T0 - S, T0 + 10 * S)
    desk.wire.tick()
    assert told == [True, True]  # of the records, and of the notes
    assert engine.requests[-1].args["from_ns"] == T0 - S
    tags = [desk.plant.tag(name) for name in ("tank.level", "pump.speed")]
    assert [event.kind for event in events.of(tags)] == ["alarm", "write"]
    assert [event.kind for event in events.of(tags[1:])] == ["write"]
    engine.answers["journal"] = lambda request: Reply(request.number, False, "the disk cannot be read")
    events.ask(T0, T0 + S)
    desk.wire.tick()
    assert len(events.of(tags)) == 2  # what was known stays


NOTE = {"id": 3, "time_ns": T0 + 90 * S, "source_ns": T0 + 2 * S, "category": "note", "event": "noted",
        "subject": "tank.level", "value": 30.0, "why": "seal changed", "user": "anna", "station": "desk"}  # fmt: skip


def test_a_note_is_marked_where_it_is_about_whenever_it_was_written(desk, engine):
    event = note_of(NOTE, desk)
    assert (event.time_ns, event.until_ns, event.tag, event.kind) == (T0 + 2 * S, T0 + 32 * S, 0, "note")
    assert event.text == "07:13:22 Note · seal changed · anna · desk"
    wide = note_of(NOTE | {"subject": "plant", "value": None}, desk)
    assert (wide.tag, wide.until_ns) == (PLANT_WIDE, 0)
    assert note_of(NOTE | {"subject": "gone.tag"}, desk) is None
    engine.answers["notes"] = lambda request: Reply(request.number, True, "", [NOTE, NOTE | {"subject": "plant"}])
    engine.answers["journal"] = lambda request: Reply(request.number, True, "", [WRITE, ALARM])
    events = Events(desk, lambda: None)
    events.ask(T0 - S, T0 + 10 * S)
    desk.wire.tick()
    tags = [desk.plant.tag(name) for name in ("tank.level", "pump.speed")]
    assert [event.kind for event in events.of(tags)] == ["alarm", "note", "note", "write"]
    assert [event.kind for event in events.of(tags[1:])] == ["note", "write"]
