import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hmi.core.batch import FLAG_TEXT, FLAG_TIME_SUSPECT, ROW, Batch, flag_times, join

NOW = 1_772_000_000_000_000_000


def text_batch(*texts):
    rows = np.zeros(len(texts), ROW)
    rows["raw"] = np.arange(len(texts))
    rows["value"] = np.nan
    rows["flags"] = FLAG_TEXT
    return Batch(rows, texts)


def test_rows_are_48_bytes_whatever_the_platform():
    assert ROW.itemsize == 48


def test_scalars_are_used_for_every_row():
    batch = Batch.of([3, 4], [1.0, 2.0], NOW, NOW + 1, quality=7)
    assert batch.rows["time"].tolist() == [NOW, NOW]
    assert batch.rows["quality"].tolist() == [7, 7]
    assert len(batch) == 2


@given(st.lists(st.lists(st.text(max_size=5), max_size=4), max_size=6))
def test_joined_texts_stay_with_their_rows(groups):
    whole = join([text_batch(*group) for group in groups])
    read = [whole.texts[raw] for raw in whole.rows["raw"]]
    assert read == [text for group in groups for text in group]


def test_join_keeps_numbers_beside_texts():
    number = Batch.of([1], [5.0], NOW, NOW)
    number.rows["raw"] = 5
    whole = join([text_batch("a"), number, text_batch("b")])
    assert whole.rows["raw"].tolist() == [0, 5, 1]


def test_join_of_nothing_is_empty_and_of_one_is_itself():
    one = Batch.of([1], [5.0], NOW, NOW)
    assert len(join([])) == 0
    assert join([Batch.empty(), one]) is one


def test_impossible_source_times_are_flagged_and_kept():
    times = [NOW, 0, NOW + 61_000_000_000, NOW + 59_000_000_000, -5]
    batch = Batch.of(range(5), [0.0] * 5, np.array(times), NOW)
    flag_times(batch.rows)
    assert ((batch.rows["flags"] & FLAG_TIME_SUSPECT) != 0).tolist() == [False, True, True, False, True]
    assert batch.rows["time"].tolist() == times
