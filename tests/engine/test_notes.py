"""The shift log's door: a note is in the journal before it is said to be, and is found by what it is about."""

import pytest

from hmi.core.journal import Record
from hmi.engine.notes import Notes, found
from hmi.link.messages import Hello
from hmi.store.query import Reader
from hmi.store.store import Store
from tests.engine.toy import TAGS, ToyStation

S = 1_000_000_000
ANNA = Hello(token="", program="client", user="anna", station="desk")


@pytest.fixture
def station():
    return ToyStation()


@pytest.fixture
def notes(station):
    return Notes(station.plant, station.clock, station.record)


async def test_a_note_stands_in_the_journal_with_who_and_when(notes, station):
    now = station.clock.now_ns()
    reply = await notes.keep(ANNA, {"text": "seal changed", "tag": "a.level", "from_ns": now - S, "to_ns": now})
    assert reply.ok and reply.body["id"] == 1
    [record] = station.records
    assert (record.why, record.subject, record.source_ns, record.value) == ("seal changed", "a.level", now - S, 1.0)
    assert (record.user, record.station, record.way) == ("anna", "desk", "client")
    assert (await notes.keep(ANNA, {"text": "all quiet"})).ok
    assert (station.records[1].source_ns, station.records[1].value, station.records[1].subject) == (now, None, "plant")


@pytest.mark.parametrize(
    ("args", "why"),
    [({"text": " "}, "needs words"), ({"text": "x", "tag": "a.nothing"}, "no tag 'a.nothing'")],
)
async def test_what_is_refused_is_not_kept(notes, station, args, why):
    reply = await notes.keep(ANNA, args)
    assert not reply.ok and why in reply.text
    assert station.records == []


async def test_a_note_that_the_disk_does_not_take_is_not_said_to_be_kept(notes, station):
    station.journal_broken = True
    reply = await notes.keep(ANNA, {"text": "x"})
    assert not reply.ok
    assert "the note was not kept: the disk is full" in reply.text


async def test_who_took_what_out_of_history_is_recorded(notes, station):
    now = station.clock.now_ns()
    args = {"tags": ["a.level", "a.speed"], "from_ns": now - 60 * S, "to_ns": now, "file": "/home/anna/x\x1b[2J.csv"}
    assert (await notes.exported(ANNA, args)).ok
    [record] = station.records
    assert (record.category, record.event, record.subject) == ("system", "exported", "a.level, a.speed")
    assert (record.user, record.station, record.source_ns) == ("anna", "desk", now - 60 * S)
    assert record.result == r"2026-02-25T06:12:20 to 2026-02-25T06:13:20 UTC into /home/anna/x\x1b[2J.csv"
    station.journal_broken = True
    assert "the disk is full" in (await notes.exported(ANNA, args)).text


def test_notes_are_found_by_the_time_they_are_about(tmp_path, station):
    now = station.clock.now_ns()
    store = Store(tmp_path, TAGS, station.clock)

    def keep(text, start, length=None):
        record = Record(time_ns=now, category="note", event="noted", subject="plant", source_ns=start, value=length,
                        why=text)  # fmt: skip
        store.record(record).result(20)

    keep("long", now - 100 * S, 50.0)
    keep("moment", now - 10 * S)
    reader = Reader(tmp_path)

    def about(start, stop):
        return [row["why"] for row in found(reader, {"from_ns": now - start * S, "to_ns": now - stop * S})]

    assert about(200, 0) == ["moment", "long"]
    assert about(60, 40) == ["long"]
    assert about(49, 11) == []
    assert about(11, 9) == ["moment"]
    assert about(300, 101) == []
    assert [row["why"] for row in found(reader, {})] == ["moment", "long"]
    store.close()
