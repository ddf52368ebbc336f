"""What is kept of the incoming values: the tag's wish, no value twice, none lost for coming late."""

from __future__ import annotations

import numpy as np
import pytest

from hmi.core import quality as q
from hmi.core.batch import Batch
from hmi.core.tags import Tag
from hmi.store.intake import Intake, every_ns
from hmi.store.rows import rows_of

SECOND = 1_000_000_000
TAGS = [
    Tag(0, "all", "c", "x", "float64"),
    Tag(1, "none", "c", "x", "float64", history="off"),
    Tag(2, "some", "c", "x", "float64", history="every:10"),
]


def batch(tag: int, *rows: tuple[int, float], quality: int = q.GOOD) -> Batch:
    """(time, value) of one tag, received at once."""
    found = Batch.of([tag] * len(rows), [row[1] for row in rows], np.array([row[0] for row in rows]), 0, quality)
    found.rows["received"] = found.rows["time"]
    return found


@pytest.mark.parametrize(
    ("history", "expected"), [("change", 0), ("off", 0), ("every:10", 10 * SECOND), ("every:0.5", SECOND // 2)]
)
def test_the_period(history: str, expected: int) -> None:
    assert every_ns(history) == expected


def test_every_value_of_a_tag_in_order() -> None:
    rows = Intake(TAGS, SECOND).rows(batch(0, (1, 1.0), (2, 2.0), (3, 2.0)))
    assert [(row[1], row[2], row[4]) for row in rows] == [(1, 0, 1.0), (2, 0, 2.0), (3, 0, 2.0)]


def test_off_is_not_kept() -> None:
    mixed = Batch.of([0, 1, 0], [1.0, 2.0, 3.0], np.array([1, 1, 2]), 5)
    assert [row[4] for row in Intake(TAGS, SECOND).rows(mixed)] == [1.0, 3.0]


def test_told_again_is_kept_once() -> None:
    intake = Intake(TAGS, SECOND)
    assert len(intake.rows(batch(0, (1, 1.0), (1, 1.0)))) == 1
    assert intake.rows(batch(0, (1, 1.0))) == []
    seeded = Intake(TAGS, SECOND)
    seeded.seed({0: rows_of(batch(0, (1, 1.0)))[0]})
    assert seeded.rows(batch(0, (1, 1.0))) == []


def test_another_value_of_the_same_moment_and_late_comers_have_places_of_their_own() -> None:
    rows = Intake(TAGS, SECOND).rows(batch(0, (5, 1.0), (5, 2.0), (5, 1.0), (3, 9.0), (6, 1.0)))
    assert [(row[1], row[4]) for row in rows] == [(5, 1.0), (5, 2.0), (5, 1.0), (3, 9.0), (6, 1.0)]
    assert len({row[1:3] for row in rows}) == 5
    assert [row[2] == 0 for row in rows] == [True, False, False, False, True]
    assert [row[2] for row in rows if row[1] == 5] == sorted(row[2] for row in rows if row[1] == 5)


def test_a_run_later_starts_its_places_after_those_before() -> None:
    first = Intake(TAGS, SECOND).rows(batch(0, (5, 1.0), (5, 2.0)))[1]
    later = Intake(TAGS, 2 * SECOND)
    later.seed({0: first})
    assert later.rows(batch(0, (5, 1.0)))[0][2] > first[2]


def test_a_period_thins_but_never_hides_a_quality() -> None:
    intake = Intake(TAGS, SECOND)
    times = [(second * SECOND, float(second)) for second in range(25)]
    assert [row[4] for row in intake.rows(batch(2, *times))] == [0.0, 10.0, 20.0]
    assert [row[4] for row in intake.rows(batch(2, (25 * SECOND, 25.0), quality=q.BAD_TIMEOUT))] == [25.0]
