"""Whether a data folder can be read and gone on with: a good one, and ones that are damaged."""

import shutil

import numpy as np
import pytest

from hmi.clock import MachineClock
from hmi.core.batch import Batch
from hmi.core.journal import Record
from hmi.core.tags import Tag
from hmi.selftest.checks import Ground, check_of, made
from hmi.store.people import new_book, write_book
from hmi.store.store import Store

COUNT = 1000
PAGE, PAGE_HEAD = 4096, 8  # of SQLite's files


def values(now_ns: int) -> Batch:
    times = now_ns - np.arange(COUNT)[::-1] * 1_000_000
    return Batch.of(np.zeros(COUNT, int), np.sin(np.arange(COUNT)), times, now_ns)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A data folder with history, a journal and a person."""
    folder, clock = tmp_path_factory.mktemp("kept") / "data", MachineClock()
    store = Store(folder, [Tag(0, "a.b", "", "", "float64")], clock)
    store.append(values(clock.now_ns()))
    store.record(Record(time_ns=clock.now_ns(), category="system", event="told", subject="x", result="here")).result(30)
    store.flush().result(30)
    store.seal().result(30)
    store.close()
    write_book(folder, new_book())
    return folder


@pytest.fixture
def data(kept, tmp_path):
    """A copy of it, as the self-test wants it."""
    shutil.copytree(kept, tmp_path / "data")
    return tmp_path / "data"


def look(name, data):
    clock = MachineClock()
    ground = Ground(data.parent if data else data, clock, lambda name, *words: "", lambda count: 0, data)
    return made("data", check_of("data", name), ground)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("data history", "1 blocks"),
        ("data journal", "records"),
        ("data people", "0 accounts"),
        ("data taken over", "an engine of this program can go on with it"),
    ],
)
def test_a_good_folder_passes(data, name, text):
    result = look(name, data)
    assert (result.outcome, text in result.text) == ("passed", True), result.text


def test_a_damaged_block_is_found(data):
    (day,) = [path for path in data.rglob("*.db") if path.name[:2] == "20"]
    pages = [day.read_bytes()[at : at + PAGE] for at in range(0, day.stat().st_size, PAGE)]
    fullest = max(range(1, len(pages)), key=lambda number: PAGE - pages[number].count(0))  # there the values are
    pages[fullest] = pages[fullest][:PAGE_HEAD] + bytes(PAGE - PAGE_HEAD)
    day.write_bytes(b"".join(pages))
    result = look("data history", data)
    assert result.outcome == "failed"
    assert day.name in result.text


def test_a_changed_record_is_found(data):
    journal = data / "journal.db"
    journal.write_bytes(journal.read_bytes().replace(b"here", b"gone", 1))
    result = look("data journal", data)
    assert result.outcome == "failed"
    assert "record 1 was changed" in result.text


def test_accounts_that_cannot_be_read_are_found(data):
    (data / "people.json").write_text("{")
    assert look("data people", data).outcome == "failed"
    (data / "people.json").unlink()
    assert look("data people", data).outcome == "not checked"


def test_a_folder_that_an_engine_has_is_not_taken_over(data):
    store = Store(data, (), MachineClock())
    try:
        assert look("data taken over", data).outcome == "failed"
    finally:
        store.close()


@pytest.mark.parametrize("name", ["data history", "data journal", "data people", "data taken over"])
def test_without_a_folder_nothing_is_checked(name):
    assert look(name, None).outcome == "not checked"
