"""Damage put aside: nothing deleted, nothing else lost, the loss declared for whom it concerns."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from hmi.clock import HandClock
from hmi.core.errors import StoreError
from hmi.store.quarantine import put_aside
from hmi.store.query import Reader
from hmi.store.store import Store
from hmi.store.verify import check
from tests.store.made import DAY, HOUR, MIDNIGHT, SECOND, TAGS, bits
from tests.store.test_verify import DAY_FILE, change, fill, overwrite, page_of

NOW = MIDNIGHT + 5 * DAY
WHO = ("a.jones", "desk-1")
ALL = (-(2**63), 2**63 - 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fill(tmp_path)
    return tmp_path


def test_of_a_file_with_one_damaged_block_all_others_are_kept(folder: Path) -> None:
    names = [tag.name for tag in TAGS]
    before = [bits(samples) for samples in Reader(folder).samples(names, *ALL)]
    change(folder / DAY_FILE, "UPDATE data SET b = x'00' WHERE id = (SELECT did FROM block WHERE tag = 1 AND n = 3600)")
    (folder / DAY_FILE).chmod(0o400)
    with pytest.raises(StoreError, match="shorter than its own head"):
        Reader(folder).samples(names, *ALL)
    [text] = put_aside(folder, check(folder).findings, NOW, WHO)
    assert text == f"2026-02-16.db was set aside as 2026-02-16.db.damaged-{NOW}; all but 1 blocks are kept"
    assert (folder / f"{DAY_FILE}.damaged-{NOW}").exists()
    assert not (folder / DAY_FILE).stat().st_mode & 0o222
    reader = Reader(folder)
    level, state, count = (bits(samples) for samples in reader.samples(names, *ALL))
    assert (level, state, count) == (before[0][3600:], before[1], before[2])
    assert check(folder).findings == ()
    lost = [
        gap for gap in reader.window(["a.level"], MIDNIGHT, MIDNIGHT + DAY, 10)[0].gaps if "set aside" in gap.reason
    ]
    assert [(gap.from_ns, gap.to_ns) for gap in lost] == [(MIDNIGHT, MIDNIGHT + 3599 * SECOND + 1)]
    others = reader.window(["b.count"], MIDNIGHT, MIDNIGHT + DAY, 10)[0].gaps
    assert not [gap for gap in others if "set aside" in gap.reason]
    [(_, record), *_] = reader.journal()
    assert (record.event, record.subject, record.user) == ("set aside", "2026-02-16.db", "a.jones")


def test_damaged_hours_that_follow_each_other_are_one_gap(folder: Path) -> None:
    change(folder / DAY_FILE, "UPDATE block SET good = 1 WHERE tag = 1")
    put_aside(folder, check(folder).findings, NOW, WHO)
    gaps = [gap for gap in Reader(folder).gaps(*ALL, "", "a.level") if "set aside" in gap.reason]
    assert [(gap.from_ns, gap.to_ns) for gap in gaps] == [(MIDNIGHT, MIDNIGHT + HOUR + 299 * SECOND + 1)]


def test_a_file_that_cannot_be_read_goes_as_a_whole_and_its_day_is_a_gap(folder: Path) -> None:
    overwrite(folder / DAY_FILE, 0)
    bytes_before = (folder / DAY_FILE).read_bytes()
    put_aside(folder, check(folder).findings, NOW, WHO)
    assert (folder / f"{DAY_FILE}.damaged-{NOW}").read_bytes() == bytes_before
    assert not (folder / DAY_FILE).exists()
    reader = Reader(folder)
    assert len(reader.samples(["a.level"], *ALL)[0]) == 2  # those of the other day
    gap = next(gap for gap in reader.gaps(*ALL, "filler") if "set aside" in gap.reason)
    assert (gap.from_ns, gap.to_ns) == (MIDNIGHT, MIDNIGHT + DAY)
    assert check(folder).findings == ()


def test_of_a_file_that_is_broken_in_one_place_the_rest_is_kept(folder: Path) -> None:
    before = bits(Reader(folder).samples(["a.level"], *ALL)[0])
    overwrite(folder / DAY_FILE, page_of(folder / DAY_FILE, "data"))
    [text] = put_aside(folder, check(folder).findings, NOW, WHO)
    assert text.endswith("what can be read of it is kept")
    assert check(folder).findings == ()
    left = bits(Reader(folder).samples(["a.level"], *ALL)[0])
    assert len(left) == 300 + 2  # the hour of one value needs no page of data
    assert set(left) < set(before)
    assert [gap for gap in Reader(folder).gaps(*ALL, "", "a.level") if "set aside" in gap.reason]


def test_hot_and_journal_are_left_where_they_are(folder: Path) -> None:
    change(folder / "hot.db", "UPDATE second SET n = 9")
    change(folder / "journal.db", "DROP TRIGGER record_changed", "UPDATE record SET subject = 'y' WHERE id = 2")
    texts = put_aside(folder, check(folder).findings, NOW, WHO)
    assert [text.partition(":")[0] for text in texts] == ["hot.db was not moved", "journal.db was not moved"]
    assert sorted(path.name for path in folder.glob("*.db")) == ["hot.db", "journal.db"]


def test_an_engine_keeps_its_files(folder: Path) -> None:
    overwrite(folder / DAY_FILE, 0)
    findings = check(folder).findings
    with closing(Store(folder, TAGS, HandClock(NOW))), pytest.raises(StoreError, match="already uses data folder"):
        put_aside(folder, findings, NOW, WHO)
    assert (folder / DAY_FILE).exists()
