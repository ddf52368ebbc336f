"""What is kept of the incoming values: the tag's wish, nothing told twice, none lost for coming late."""

from __future__ import annotations

import numpy as np
import pytest

from hmi.core import quality as q
from hmi.core.batch import FLAG_TIME_SUSPECT, Batch, join
from hmi.core.tags import Tag
from hmi.store.intake import Intake, every_ns, span_of
from hmi.store.slab import Slab
from tests.store.made import HOUR, MIDNIGHT, SECOND, batch_of, texts_of

TAGS = [
    Tag(0, "all", "c", "x", "float64"),
    Tag(1, "none", "c", "x", "float64", history="off"),
    Tag(2, "some", "c", "x", "float64", history="every:10"),
    Tag(3, "text", "c", "x", "string"),
]
NOON = MIDNIGHT + 12 * HOUR


def intake() -> Intake:
    return Intake(TAGS, np.array([10, 11, 12, 13], np.uint32))


def kept(intake: Intake, batch: Batch, now: int = NOON) -> list[tuple[int, int, float]]:
    found = [slab for _, slab in intake.slabs(batch, now, now)]
    return [row for slab in found for row in zip(slab.tag.tolist(), slab.at.tolist(), slab.value.tolist(), strict=True)]


@pytest.mark.parametrize(
    ("history", "expected"), [("change", 0), ("off", 0), ("every:10", 10 * SECOND), ("every:0.5", SECOND // 2)]
)
def test_the_period(history: str, expected: int) -> None:
    assert every_ns(history) == expected


def test_every_value_in_order_by_the_number_of_its_tag() -> None:
    both = join([batch_of(3, [5], [9]), batch_of(0, [1, 2, 3], [1, 2, 2])])
    assert kept(intake(), both) == [(10, 1, 1), (10, 2, 2), (10, 3, 2), (13, 5, 9)]


def test_numbers_that_are_not_in_the_order_of_the_tags() -> None:
    turned = Intake(TAGS, np.array([10, 11, 12, 3], np.uint32))
    assert kept(turned, join([batch_of(0, [1], [1]), batch_of(3, [5], [9])])) == [(3, 5, 9), (10, 1, 1)]


def test_off_is_not_kept() -> None:
    assert kept(intake(), batch_of(1, [1], [1])) == []
    assert kept(intake(), Batch.empty()) == []


def test_told_again_is_kept_once_also_after_a_restart() -> None:
    first = intake()
    assert kept(first, batch_of(0, [1, 1, 2], [1, 1, 1])) == [(10, 1, 1), (10, 2, 1)]
    assert kept(first, batch_of(0, [2], [1])) == []
    assert len(kept(first, batch_of(0, [2], [np.nan]))) == 1
    assert kept(first, batch_of(0, [2], [np.nan])) == []
    assert len(kept(first, batch_of(0, [2], [0.0]))) == 1
    assert len(kept(first, batch_of(0, [2], [-0.0]))) == 1  # other bits: another value
    seeded = intake()
    [(_, slab)] = intake().slabs(join([batch_of(0, [7], [4]), texts_of(3, [8], ["on"])]), NOON, NOON)
    seeded.seed(Slab.unpack(slab.pack()))
    assert kept(seeded, batch_of(0, [7], [4])) == []
    assert kept(seeded, texts_of(3, [8], ["on"])) == []
    assert len(kept(seeded, texts_of(3, [8], ["off"]))) == 1


def test_a_number_of_the_folder_that_the_plant_no_longer_has_is_no_obstacle() -> None:
    seeded = Intake(TAGS[:1], np.array([10], np.uint32))
    [(_, slab)] = intake().slabs(join([batch_of(0, [7], [4]), batch_of(3, [8], [5])]), NOON, NOON)
    seeded.seed(slab)
    assert kept(seeded, batch_of(0, [7], [4])) == []


def test_another_value_of_the_same_moment_and_late_comers_are_kept() -> None:
    assert kept(intake(), batch_of(0, [5, 5, 5, 3, 6], [1, 2, 1, 9, 1])) == [
        (10, 5, 1),
        (10, 5, 2),
        (10, 5, 1),
        (10, 3, 9),
        (10, 6, 1),
    ]


def test_after_a_late_comer_the_newest_is_still_known() -> None:
    one = intake()
    kept(one, batch_of(0, [5, 3], [1, 9]))
    assert kept(one, batch_of(0, [5], [1])) == []


def test_texts_told_again_are_compared_as_texts() -> None:
    one = intake()
    assert len(kept(one, texts_of(3, [1, 1, 2], ["a", "a", "a"]))) == 2
    assert len(kept(one, texts_of(3, [2, 2], ["a", "b"]))) == 1


def test_a_period_thins_but_never_hides_a_quality() -> None:
    one = intake()
    times = [NOON + second * SECOND for second in range(25)]
    assert [row[2] for row in kept(one, batch_of(2, times, range(25)))] == [0, 10, 20]
    bad = batch_of(2, [NOON + 25 * SECOND], [25])
    bad.rows["quality"] = q.BAD_TIMEOUT
    assert [row[2] for row in kept(one, bad)] == [25]


def test_a_time_that_cannot_be_right_is_placed_by_receipt() -> None:
    odd = batch_of(0, [5], [1])
    odd.rows["flags"], odd.rows["received"] = FLAG_TIME_SUSPECT, NOON
    [(_, slab)] = intake().slabs(odd, NOON, NOON)
    assert (slab.at.tolist(), slab.column("source").tolist()) == ([NOON], [5])


def test_the_hour_before_gets_its_own_while_it_is_not_sealed() -> None:
    batch = batch_of(0, [NOON - SECOND, NOON + 1], [1, 2])
    assert [hour for hour, _ in intake().slabs(batch, NOON + SECOND, NOON - HOUR)] == [NOON - HOUR, NOON]
    assert [hour for hour, _ in intake().slabs(batch, NOON + SECOND, NOON)] == [NOON]


def test_only_the_texts_that_are_kept_are_stored_and_always_storable() -> None:
    batch = texts_of(3, [1, 1, 2], ["a", "a", "half \ud800"])
    [(_, slab)] = intake().slabs(batch, NOON, NOON)
    assert slab.texts == ("a", "half ?")


def test_values_reach_from_when_they_were_made_to_when_they_came_in() -> None:
    batch = batch_of(0, [NOON - SECOND, NOON + 5 * SECOND, NOON - HOUR], [1, 2, 3])
    batch.rows["received"] = NOON
    assert span_of(batch) == (NOON - SECOND, NOON + 5 * SECOND)  # the last one came late


def test_what_is_told_again_is_known_whoever_spoke_meanwhile() -> None:
    """The newest rows are remembered as they came; others that come after them do not make them forgotten."""
    own = intake()
    both = join([batch_of(0, [MIDNIGHT], [5.0]), batch_of(3, [MIDNIGHT], [7.0])])
    other = batch_of(3, [MIDNIGHT + SECOND], [8.0])
    rows = both.rows.copy()
    assert len(kept(own, Batch(rows))) == 2
    rows["value"] = 99  # the batch is its maker's again
    assert kept(own, other) == [(13, MIDNIGHT + SECOND, 8)]
    assert kept(own, both) == [(13, MIDNIGHT, 7)]  # it is old, but not what was told last
    assert kept(own, batch_of(0, [MIDNIGHT], [6.0])) == [(10, MIDNIGHT, 6)]
    assert kept(own, batch_of(0, [MIDNIGHT], [6.0])) == []
