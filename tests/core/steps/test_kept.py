"""Jobs as the journal keeps them, whole and in words."""

import pytest

from hmi.core.steps.events import Event
from hmi.core.steps.kept import (
    event_of,
    job_of,
    procedure_in,
    procedure_record,
    record_of,
    row_of,
    said,
)
from hmi.core.steps.model import Number, Read, Sign
from tests.core.steps.floor import Floor


def done() -> Floor:
    """A job at its last step."""
    steps = (Number(id="n", title="Pressure", high=5), Sign(id="s", title="Done"), Read(id="z", title="Tidy up"))
    floor = Floor(*steps, equipment=("pump",))
    floor.start(context={"lot": "L7"})
    floor.act(value=6, why="gauge swings")
    floor.act("sign", signer="bob")
    return floor


def test_a_job_comes_back_from_its_records():
    floor = done()
    records = [record_of("j-1", event, "digest") for event in floor.stored]
    assert job_of("j-1", records) == floor.job
    assert [event_of(record) for record in records] == floor.stored
    assert {(r.category, r.subject, r.config) for r in records} == {("job", "j-1", "digest")}
    assert [r.occurrence for r in records] == [0, 1, 2]
    assert (records[1].user, records[1].why, records[2].user) == ("ann", "gauge swings", "bob")


def test_records_are_in_words():
    floor = done()
    floor.act("note", why="wet")
    floor.act()
    assert [said(event) for event in floor.stored] == [
        "I, revision 1: lot L7",
        "Pressure: 6; deviation: 6 is above 5",
        "Done: performed, signed by bob",
        "Tidy up",
        "Tidy up",
        "with 1 deviations",
    ]


def test_a_procedure_comes_back_from_its_record():
    floor = done()
    record = procedure_record("key", floor.procedure, 5)
    assert procedure_in(record) == floor.procedure
    assert (record.category, record.subject, record.result) == (
        "instruction",
        "key",
        "I, revision 1 (released), 3 steps",
    )


def test_a_row_tells_where_a_job_stands():
    floor = done()
    row = row_of(floor.job, floor.procedure)
    assert (row.state, row.at, row.done, row.steps, row.deviations) == ("open", "Tidy up", 2, 3, 1)
    assert (row.equipment, row.context, row.people) == (("pump",), {"lot": "L7"}, ("ann", "bob"))
    floor.act()
    assert (row_of(floor.job, None).state, row_of(floor.job, None).steps) == ("finished", 0)


def test_the_machine_that_a_job_was_started_at_counts_before_those_of_its_instruction():
    floor = Floor(Read(id="a", title="A"), equipment=("pump", "valve"))
    floor.start(context={"equipment": "valve"})
    assert row_of(floor.job, floor.procedure).equipment == ("valve",)


def test_what_is_no_event_is_refused():
    record = record_of("j", Event(kind="noted", time_ns=1))
    with pytest.raises(ValueError):
        event_of(type(record)(time_ns=1, category="job", event="noted", subject="j", value='{"kind": "danced"}'))
