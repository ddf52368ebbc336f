"""Jobs out of the journal: open ones, the story of a lot, and records that were tampered with."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from hmi.clock import HandClock
from hmi.core.errors import StoreError
from hmi.core.steps.kept import procedure_record, record_of
from hmi.core.steps.model import Number, Read, Scan
from hmi.core.steps.procedure import key_of
from hmi.store.jobs import JobReader
from hmi.store.records import JournalReader
from hmi.store.store import Store
from tests.core.steps.floor import Floor
from tests.store.made import MIDNIGHT, TAGS

STEPS = (Number(id="n", title="Pressure"), Scan(id="s", title="Label roll", what="serial"), Read(id="z", title="Z"))


def jobs(folder: Path, *some: tuple[str, dict[str, str], int]) -> JobReader:
    """A journal with jobs: number, context, and how many steps were done."""
    with closing(Store(folder, TAGS, HandClock(MIDNIGHT))) as store:
        for name, context, done in some:
            floor = Floor(*STEPS, equipment=("pump",))
            floor.start(context=context)
            for value in (1, f"R-{name}", None)[:done]:
                floor.act(value=value)
            store.record(procedure_record(key_of(floor.procedure), floor.procedure, 1))
            for event in floor.stored:
                store.record(record_of(name, event)).result(20)
    return JobReader(folder)


@pytest.fixture
def reader(tmp_path: Path) -> JobReader:
    return jobs(
        tmp_path,
        ("1-1", {"lot": "L7", "order": "4711"}, 3),
        ("1-2", {"lot": 'L"8'}, 1),
        ("1-3", {"equipment": "valve"}, 2),
    )


def test_what_is_open_and_what_is_not(reader: JobReader) -> None:
    assert [(job.id, job.at) for job in reader.open_jobs()] == [("1-2", "s"), ("1-3", "z")]
    job = reader.job("1-1")
    assert job is not None and (job.state, job.context["serial"]) == ("finished", "R-1-1")
    assert reader.job("9-9") is None
    procedure = reader.procedure(job.procedure)
    assert procedure is not None and procedure.steps == STEPS
    assert reader.procedure("x") is None


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({}, ["1-3", "1-2", "1-1"]),
        ({"lot": "l7"}, ["1-1"]),
        ({"lot": "L"}, []),  # all of it, not a part
        ({"lot": 'L"8'}, ["1-2"]),
        ({"serial": "R-1-1"}, ["1-1"]),  # scanned on the way, not known at the start
        ({"serial": "L7"}, []),
        ({"equipment": "pump"}, ["1-2", "1-1"]),
        ({"equipment": "valve", "lot": ""}, ["1-3"]),
        ({"instruction": "i"}, ["1-3", "1-2", "1-1"]),
        ({"instruction": "x"}, []),
        ({"lot": "L7", "order": "4712"}, []),
    ],
)
def test_the_story_of_a_lot(reader: JobReader, wanted: dict[str, str], names: list[str]) -> None:
    assert [row.id for row in reader.find(wanted)] == names


def test_only_open_ones_and_only_so_many(reader: JobReader) -> None:
    assert [row.id for row in reader.find({}, state="open")] == ["1-3", "1-2"]
    assert [row.id for row in reader.find({}, limit=1)] == ["1-3"]


def test_numbers_by_their_beginning_and_the_last_ends(reader: JobReader) -> None:
    assert sorted(reader.names("1-")) == ["1-1", "1-2", "1-3"]
    assert reader.names("2-") == []
    [(name, (when, record))] = reader.last_finished().items()
    assert (name, when, record.subject) == ("i", 1000_000_000_000, "1-1")


def test_where_there_is_no_journal_there_are_no_jobs(tmp_path: Path) -> None:
    reader = JobReader(tmp_path)
    assert (reader.open_jobs(), reader.find({}), reader.names(""), reader.last_finished()) == ([], [], [], {})
    assert reader.job("1-1") is None and reader.procedure("x") is None


@pytest.mark.expect_log("cannot be read from the journal")
def test_a_signed_record_that_was_changed_by_one_byte_is_found(reader: JobReader, tmp_path: Path) -> None:
    assert JournalReader(tmp_path).verify_journal()[0]
    with closing(sqlite3.connect(tmp_path / "journal.db")) as file:
        file.execute("DROP TRIGGER record_changed")
        file.execute("UPDATE record SET value = replace(value, '\"value\":1.0', '\"value\":2.0') WHERE subject = '1-2'")
        file.commit()
    whole, _, text = JournalReader(tmp_path).verify_journal()
    assert not whole and "was changed" in text
    with closing(sqlite3.connect(tmp_path / "journal.db")) as file:
        file.execute("UPDATE record SET value = 'nonsense' WHERE subject = '1-2'")
        file.commit()
    with pytest.raises(StoreError, match="hmi journal verify"):
        reader.job("1-2")
    assert [job.id for job in reader.open_jobs()] == ["1-3"]  # one that is damaged does not keep the others


@pytest.mark.fault(rows=[48])
def test_a_procedure_of_a_newer_program_is_listed_not_carried_out(tmp_path: Path) -> None:
    floor = Floor(*STEPS)
    record = procedure_record("new", floor.procedure, 1)
    newer = msgspec.structs.replace(record, value=str(record.value).replace('"number"', '"dance"'))
    with closing(Store(tmp_path, TAGS, HandClock(MIDNIGHT))) as store:
        store.record(newer).result(20)
    assert JobReader(tmp_path).procedure("new") is None


def test_the_job_that_an_act_began_is_found_by_its_key(tmp_path: Path) -> None:
    with closing(Store(tmp_path, TAGS, HandClock(MIDNIGHT))) as store:
        floor = Floor(*STEPS)
        floor.start(key="0123456789abcdef")
        for event in floor.stored:
            store.record(record_of("1-1", event)).result(20)
    reader = JobReader(tmp_path)
    assert reader.started_by("0123456789abcdef") == "1-1"
    assert [reader.started_by(key) for key in ("fedcba9876543210", "", "%", "0123%")] == [""] * 4


def test_the_jobs_of_orders_in_one_pass(tmp_path: Path) -> None:
    reader = jobs(
        tmp_path,
        ("1-1", {"order": "A-1"}, 3),
        ("1-2", {"order": "a-1", "lot": "B-2"}, 1),
        ("1-3", {"lot": "A-1"}, 0),
        ("1-4", {"order": "B-2"}, 0),
    )
    found = reader.of_orders(["A-1", "nothing"])
    assert {name: [(row.id, row.state) for row in rows] for name, rows in found.items()} == {
        "A-1": [("1-2", "open"), ("1-1", "finished")],
        "nothing": [],
    }
    both = reader.of_orders(["A-1", "a-1"])
    assert {name: [row.id for row in rows] for name, rows in both.items()} == {key: ["1-2", "1-1"] for key in both}
    assert JobReader(tmp_path / "nowhere").of_orders(["A-1"]) == {"A-1": []}
