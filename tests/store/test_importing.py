"""Values from elsewhere: exact, flagged, there once however often they are brought."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from hmi.clock import HandClock
from hmi.core.batch import FLAG_BACKFILLED
from hmi.core.errors import StoreError
from hmi.core.journal import Record
from hmi.core.tags import Tag
from hmi.store import importing
from hmi.store.importing import Imported, Row, bring_in, tags_of
from hmi.store.query import Reader
from hmi.store.store import Store
from hmi.store.verify import check
from tests.store.made import DAY, HOUR, MIDNIGHT, SECOND, TAGS, batch_of, texts_of

ALL = (-(2**63), 2**63 - 1)
TOLD = Record(time_ns=0, category="system", event="imported", subject="old.csv", user="a.jones")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    clock = HandClock(MIDNIGHT)
    with closing(Store(tmp_path, TAGS, clock)) as store:
        store.append(batch_of(0, MIDNIGHT + np.arange(5) * SECOND, np.arange(5.0)))
        store.append(texts_of(1, [MIDNIGHT], ["läuft"]))
    return tmp_path


def bring(folder: Path, rows: Sequence[Row], *new: Tag) -> Imported:
    tags = [*tags_of(folder).values(), *new]
    return bring_in(folder, tags, rows, HandClock(MIDNIGHT + 3 * DAY), TOLD)


def values(folder: Path, tag: str = "a.level") -> list[float]:
    found: list[float] = Reader(folder).samples([tag], *ALL)[0].value.tolist()
    return found


def test_the_folder_says_which_tags_it_knows(folder: Path, tmp_path: Path) -> None:
    known = tags_of(folder)
    assert [(tag.index, tag.name, tag.type, tag.unit, tag.connection) for tag in known.values()] == [
        (0, "a.level", "float64", "%", "filler"),
        (1, "a.state", "string", "", "filler"),
        (2, "b.count", "int64", "", "palletiser"),
    ]
    assert tags_of(tmp_path / "nowhere") == {}


def test_rows_are_flagged_sealed_and_told_in_the_journal(folder: Path) -> None:
    done = bring(folder, [Row(2, "a.level", MIDNIGHT - 9 * DAY, 7.0, 0), Row(3, "a.level", MIDNIGHT - DAY, 8.0, 64)])
    assert done == Imported(2, 2)
    [samples] = Reader(folder).samples(["a.level"], *ALL)
    assert samples.value.tolist() == [7.0, 8.0, 0.0, 1.0, 2.0, 3.0, 4.0]
    assert samples.flags.tolist() == [FLAG_BACKFILLED] * 2 + [0] * 5
    assert samples.quality.tolist()[:2] == [0, 64]
    assert check(folder).findings == ()
    [(_, record), *_] = Reader(folder).journal()
    assert (record.event, record.subject, record.user, record.value) == ("imported", "old.csv", "a.jones", 2.0)
    assert record.result == "2 values added, 0 were there already"


def odd_rows() -> list[Row]:
    at = MIDNIGHT - DAY
    odd = [math.nan, math.inf, -0.0, 0.0, 5e-324, 0.1]
    return [
        *(Row(0, "a.level", at + n, value, 0) for n, value in enumerate(odd)),
        *(Row(0, "a.level", at, value, 0) for value in (1.0, 2.0, 1.0)),  # of one moment
        *(Row(0, "a.state", at + n, text, 0) for n, text in enumerate(["", "a", "b", "läuft", "half \ud800"])),
        *(Row(0, "b.count", at + n, number, 0) for n, number in enumerate([2**63 - 1, -(2**63), 2**64 - 1, 3])),
        Row(0, "b.count", MIDNIGHT + 2 * DAY, 5, 0x80000000),
        Row(0, "a.level", MIDNIGHT + SECOND, 1.0, 0),  # there already, recorded live
        Row(0, "a.state", MIDNIGHT, "läuft", 0),
    ]


def test_brought_twice_is_there_once_bit_by_bit(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "_AT_ONCE", 4)  # what repeats lies in different portions, too
    rows = odd_rows()
    assert bring(folder, rows) == Imported(21, 18)
    before = [repr(samples) for samples in Reader(folder).samples(["a.level", "a.state", "b.count"], *ALL)]
    for again in (rows, rows[::-1], rows * 3):
        assert bring(folder, again).added == 0
    assert [repr(samples) for samples in Reader(folder).samples(["a.level", "a.state", "b.count"], *ALL)] == before
    counts = Reader(folder).samples(["b.count"], *ALL)[0]
    assert counts.raw.tolist() == [2**63 - 1, -(2**63), -1, 3, 5]
    window = Reader(folder).window(["a.level"], MIDNIGHT - DAY, MIDNIGHT - DAY + HOUR, 1)[0]
    assert window.count.tolist() == [7]  # of 8 values one is no number


def test_what_was_exported_and_imported_again_adds_nothing(folder: Path) -> None:
    rows = []
    for samples in Reader(folder).samples(["a.level", "a.state"], *ALL):
        rows += [Row(0, samples.tag, row["time"], row["value"], row["quality"]) for row in samples.rows()]
    assert bring(folder, rows) == Imported(6, 0)


def test_a_new_tag_becomes_the_plants_own_when_the_plant_has_it(folder: Path) -> None:
    bring(folder, [Row(0, "c.new", MIDNIGHT, 5.0, 0)], Tag(3, "c.new", "", "", "float64"))
    clock = HandClock(MIDNIGHT + 4 * DAY)
    with closing(Store(folder, [Tag(0, "c.new", "filler", "x", "float64", unit="bar")], clock)) as store:
        store.append(batch_of(0, [clock.now_ns()], [6.0]))
    assert values(folder, "c.new") == [5.0, 6.0]
    assert tags_of(folder)["c.new"].unit == "bar"


def test_an_import_drops_no_old_days(folder: Path) -> None:
    """The plant's own rule is not known here: its engine applies it."""
    clock = HandClock(MIDNIGHT + 900 * DAY)
    bring_in(folder, list(tags_of(folder).values()), [Row(0, "a.level", MIDNIGHT + 800 * DAY, 9.0, 0)], clock, TOLD)
    bring_in(folder, list(tags_of(folder).values()), [Row(0, "a.level", MIDNIGHT + 801 * DAY, 9.0, 0)], clock, TOLD)
    assert values(folder) == [0.0, 1.0, 2.0, 3.0, 4.0, 9.0, 9.0]


def test_an_engine_keeps_its_folder(folder: Path) -> None:
    with closing(Store(folder, TAGS, HandClock(MIDNIGHT + DAY))), pytest.raises(StoreError, match="another engine"):
        bring(folder, [Row(0, "a.level", MIDNIGHT, 9.0, 0)])


def test_progress_counts_rows(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "_AT_ONCE", 10)
    told: list[int] = []
    rows = [Row(0, "a.level", MIDNIGHT - n * SECOND, float(n), 0) for n in range(1, 26)]
    bring_in(folder, TAGS, rows, HandClock(MIDNIGHT + DAY), TOLD, told.append)
    assert told == [10, 20, 25]
