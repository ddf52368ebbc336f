"""Damage of every kind is found and told in words; what is whole is never called damaged."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from hmi.clock import HandClock
from hmi.core.batch import ROW, Batch
from hmi.core.errors import StoreError
from hmi.core.journal import Record
from hmi.store import proof
from hmi.store.store import Store
from hmi.store.verify import check
from tests.store.made import DAY, HOUR, MIDNIGHT, SECOND, TAGS, batch_of, texts_of

DAY_FILE = "samples/2026-02-16.db"


def odd_rows(count: int = 600) -> Batch:
    rng = np.random.default_rng(7)
    rows = np.zeros(count, ROW)
    rows["tag"], rows["received"] = 2, MIDNIGHT
    rows["time"] = MIDNIGHT + np.sort(rng.integers(0, HOUR, count))
    rows["value"] = rng.choice([np.nan, np.inf, -0.0, 1e308, 5e-324, 3.0], count)
    rows["raw"] = rng.integers(-(2**63), 2**63 - 1, count)
    rows["quality"] = rng.choice(np.array([0, 0x40000000, 0x80000000], np.uint32), count)
    return Batch(rows)


def fill(folder: Path) -> None:
    """Two days with numbers, text and odd values, and something that is not sealed."""
    clock = HandClock(MIDNIGHT)
    with closing(Store(folder, TAGS, clock)) as store:
        times = MIDNIGHT + np.arange(0, 3600) * SECOND
        store.append(batch_of(0, times, np.round(50 + np.sin(times / 1e11) * 9, 1)))
        store.append(batch_of(0, times[:300] + HOUR, np.full(300, 4.25)))
        store.append(texts_of(1, [MIDNIGHT, MIDNIGHT + SECOND], ["läuft", "steht"]))
        store.append(odd_rows())
        store.flush().result(20)
        store.seal().result(20)
        clock.step_wall(DAY / SECOND)
        store.append(batch_of(0, [clock.now_ns()], [1.0]))
        store.flush().result(20)
        store.seal().result(20)
        store.append(batch_of(0, [clock.now_ns() + SECOND], [2.0]))
        for number in range(3):
            store.record(Record(time_ns=number, category="alarm", event="raised", subject="x")).result(20)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fill(tmp_path)
    return tmp_path


def page_of(path: Path, table: str) -> int:
    """Where the first page of a table begins."""
    with closing(sqlite3.connect(path)) as file:
        [page] = file.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        return int((page - 1) * file.execute("PRAGMA page_size").fetchone()[0])


def change(path: Path, *statements: str) -> None:
    path.chmod(0o600)
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        for statement in statements:
            assert file.execute(statement).rowcount != 0


def test_what_is_whole_is_found_whole(folder: Path) -> None:
    told: list[tuple[str, int, int]] = []
    found = check(folder, lambda *row: told.append(row))
    assert found.findings == ()
    assert (found.blocks, found.samples, found.records) == (5, 3600 + 300 + 2 + 600 + 1 + 1, 3)
    assert "the journal is whole: 3 records" in found.journal
    assert [row[0] for row in told] == ["hot.db", "2026-02-16.db", "2026-02-17.db", "journal.db"]
    assert {row[2] for row in told} == {found.files} == {4}


def test_it_may_be_asked_while_an_engine_writes(folder: Path) -> None:
    with closing(Store(folder, TAGS, HandClock(MIDNIGHT + 2 * DAY))) as store:
        store.append(batch_of(0, [MIDNIGHT + 2 * DAY], [1.0]))
        store.flush().result(20)
        assert check(folder).findings == ()


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "UPDATE data SET b = CAST(substr(b, 1, 40) || x'00' || substr(b, 42) AS BLOB) WHERE id = 1",
            "checksum is wrong",
        ),
        ("UPDATE data SET b = substr(b, 1, length(b) - 3) WHERE id = 1", "checksum is wrong"),
        ("UPDATE data SET b = 7 WHERE id = 1", "not in the file"),
        ("DELETE FROM data WHERE id = 1", "not in the file"),
        ("UPDATE block SET n = n + 1 WHERE tag = 1 AND n = 3600", "holds 3600 samples where 3601 belong"),
        ("UPDATE block SET good = 17 WHERE tag = 1 AND n = 3600", "summary says good 17, its values 3600"),
        ("UPDATE block SET vmax = vmax + 0.1 WHERE tag = 1 AND n = 3600", "summary says vmax"),
        ("UPDATE block SET vsum = vsum * 1.0001 WHERE tag = 1 AND n = 3600", "summary says vsum"),
        ("UPDATE block SET tw = NULL WHERE tag = 1 AND n = 3600", "summary says tw None"),
        ("UPDATE block SET t1 = t1 + 1 WHERE tag = 1 AND n = 3600", "its times are not those of its summary"),
        ("UPDATE block SET first = 5 WHERE tag = 1 AND n = 300", "summary says vmin 4.25, its values 5.0"),
        ("UPDATE block SET mini = substr(mini, 1, 30) WHERE tag = 1 AND n = 3600", "minutes"),
        (
            "UPDATE block SET mini = CAST(substr(mini, 1, 30) || x'0102' || substr(mini, 33) AS BLOB) WHERE n = 3600",
            "checksum",
        ),
    ],
)
def test_one_damaged_block_is_found_and_named(folder: Path, statement: str, words: str) -> None:
    change(folder / DAY_FILE, statement)
    if "UPDATE block" in statement:
        [finding] = check(folder).findings
        assert "1 of 4 blocks of 1 tags are damaged (a.level: its row has changed)" in finding.what
        sign_anew(folder / DAY_FILE)  # as if it had been written so
    [finding] = check(folder).findings
    assert finding.path == folder / DAY_FILE
    assert finding.what.startswith("1 of 4 blocks of 1 tags are damaged (a.level: ")
    assert words in finding.what
    [block] = finding.blocks
    assert (block.name, block.from_ns // HOUR * HOUR) in {("a.level", MIDNIGHT), ("a.level", MIDNIGHT + HOUR)}


def test_blocks_of_no_tag_and_damaged_last_values(folder: Path) -> None:
    change(folder / DAY_FILE, "DELETE FROM tag WHERE id = 3", "UPDATE state SET b = x'00' WHERE at = 'end'")
    [finding] = check(folder).findings
    assert finding.what == "cannot be read: the file is damaged"
    sign_anew(folder / DAY_FILE)
    words = [finding.what for finding in check(folder).findings]
    assert words == [
        "1 blocks belong to a tag that the file does not name",
        "what each tag's value was at its end is damaged",
    ]


def test_a_row_that_is_gone_is_missed(folder: Path) -> None:
    change(folder / DAY_FILE, "DELETE FROM block WHERE tag = 1 AND n = 300")
    [finding] = check(folder).findings
    assert (finding.what, finding.blocks) == ("blocks of 1 tags are missing (a.level)", ())


def sign_anew(path: Path) -> None:
    """Give every row, tag and the file itself the checksum of what is there now."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        for row in file.execute("SELECT * FROM block").fetchall():
            key = row[: proof.SEQ + 1]
            crc = proof.checksum(row[: proof.CRC])
            file.execute("UPDATE block SET crc = ? WHERE tag = ? AND t0 = ? AND seq = ?", (crc, *key))
        proof.tally_anew(file, [tag for [tag] in file.execute("SELECT id FROM tag").fetchall()])
        proof.sign(file)


def overwrite(path: Path, at: int) -> None:
    path.chmod(0o600)
    with path.open("r+b") as file:
        file.seek(at)
        file.write(b"\xa5" * 3000)


@pytest.mark.parametrize(
    ("name", "spoil", "words"),
    [
        (DAY_FILE, lambda path: overwrite(path, page_of(path, "block")), "the file is damaged"),
        (DAY_FILE, lambda path: overwrite(path, 0), "cannot be read: the file is damaged"),
        (DAY_FILE, lambda path: path.write_bytes(path.read_bytes()[:40000]), "damaged"),
        ("hot.db", lambda path: change(path, "UPDATE second SET b = x'0102'"), "1 of 1 seconds that are not sealed"),
        ("hot.db", lambda path: change(path, "UPDATE second SET n = 9"), "1 of 1 seconds that are not sealed"),
        ("hot.db", lambda path: change(path, "UPDATE second SET t1 = t1 + 1"), "1 of 1 seconds that are not sealed"),
        ("hot.db", lambda path: overwrite(path, 0), "cannot be read: the file is damaged"),
        (
            "journal.db",
            lambda path: change(path, "DROP TRIGGER record_changed", "UPDATE record SET subject = 'y' WHERE id = 2"),
            "record 2 was changed",
        ),
        ("journal.db", lambda path: overwrite(path, 8192), "damaged"),
    ],
)
def test_a_damaged_file_is_found(folder: Path, name: str, spoil: Callable[[Path], object], words: str) -> None:
    if name == "hot.db":
        with closing(Store(folder, TAGS, HandClock(MIDNIGHT + 2 * DAY))) as store:
            store.append(batch_of(0, [MIDNIGHT + 2 * DAY], [1.0]))
            store.flush().result(20)
        change(folder / name, "DELETE FROM second WHERE seq < (SELECT max(seq) FROM second)")
    spoil(folder / name)
    [finding] = check(folder).findings
    assert finding.path == folder / name
    assert words in finding.what
    assert finding.blocks == ()


def test_a_day_that_is_dropped_meanwhile_is_not_damaged(folder: Path) -> None:
    def drop(name: str, *_: int) -> None:
        if name == "2026-02-16.db":
            (folder / DAY_FILE).chmod(0o600)
            (folder / DAY_FILE).unlink()

    assert check(folder, drop).findings == ()


def test_a_folder_without_history(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no data folder"):
        check(tmp_path / "nowhere")
    with pytest.raises(StoreError, match="nothing was recorded"):
        check(tmp_path)
