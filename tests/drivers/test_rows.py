from __future__ import annotations

import numpy as np

from hmi.core import quality as q
from hmi.core.batch import FLAG_NO_SOURCE_TIME, FLAG_NOT_LIVE, FLAG_TEXT, ROW, Batch
from hmi.drivers.rows import LONGEST_TEXT, Echo, bad_rows, with_texts
from tests.drivers.devices import tags_of

TAGS = tags_of([("a", "float64"), ("b", "string"), ("c", "int64")])


def test_tags_that_cannot_be_had_are_bad_and_without_a_value():
    batch = bad_rows(TAGS, {0: q.BAD_NODE_ID_UNKNOWN, 1: q.BAD_TIMEOUT, 2: q.BAD}, 77)
    assert batch.rows["quality"].tolist() == [q.BAD_NODE_ID_UNKNOWN, q.BAD_TIMEOUT, q.BAD]
    assert np.isnan(batch.rows["value"]).all()
    assert set(batch.rows["time"]) == {77}
    flags = FLAG_NOT_LIVE | FLAG_NO_SOURCE_TIME
    assert batch.rows["flags"].tolist() == [flags, flags | FLAG_TEXT, flags]
    assert batch.texts == ("",)


def batch_of(*values: tuple[int, float, int], text: str = "") -> Batch:
    rows = np.zeros(len(values), ROW)
    rows["tag"], rows["value"], rows["time"] = zip(*values, strict=True)
    texts = [(at, text) for at, (tag, _, _) in enumerate(values) if tag == 1]
    return with_texts(rows, texts)


def test_the_same_value_of_the_same_moment_is_told_once():
    echo = Echo(TAGS)
    first = batch_of((0, 1.0, 10), (2, float("nan"), 10))
    assert len(echo.without(first)) == 2
    assert len(echo.without(first)) == 0
    assert echo.without(batch_of((0, 1.0, 11), (2, float("nan"), 10))).rows["tag"].tolist() == [0]
    assert len(echo.without(batch_of((0, -1.0, 11)))) == 1
    worse = batch_of((0, -1.0, 11))
    worse.rows["quality"] = q.BAD
    assert len(echo.without(worse)) == 1


def test_zero_and_minus_zero_differ():
    echo = Echo(TAGS)
    echo.without(batch_of((0, 0.0, 10)))
    assert len(echo.without(batch_of((0, -0.0, 10)))) == 1


def test_a_time_cut_to_microseconds_is_the_same_time():
    exact, cut = 1_772_366_400_123_456_700, 1_772_366_400_123_456_000
    for first, second in ((exact, cut), (cut, exact)):
        echo = Echo(TAGS)
        echo.without(batch_of((0, 1.0, first)))
        assert len(echo.without(batch_of((0, 1.0, second)))) == 0
        assert len(echo.without(batch_of((0, 2.0, second)))) == 1
    echo = Echo(TAGS)
    echo.without(batch_of((0, 1.0, exact)))
    assert len(echo.without(batch_of((0, 1.0, exact + 100)))) == 1


def test_texts_are_compared_as_texts():
    echo = Echo(TAGS)
    assert len(echo.without(batch_of((1, 0, 10), text="Pils"))) == 1
    assert len(echo.without(batch_of((1, 0, 10), text="Pils"))) == 0
    changed = echo.without(batch_of((0, 5.0, 10), (1, 0, 10), text="Weizen"))
    assert [changed.texts[row["raw"]] for row in changed.rows if row["flags"] & FLAG_TEXT] == ["Weizen"]


def test_after_a_loss_everything_is_news():
    echo = Echo(TAGS)
    echo.without(batch_of((0, 1.0, 10)))
    echo.forget()
    assert len(echo.without(batch_of((0, 1.0, 10)))) == 1


def test_who_was_told_of_since_the_last_loss():
    echo = Echo(TAGS)
    assert echo.untold([0, 2]) == [0, 2]
    echo.without(Batch.of([2], [1.0], 5, 6))
    assert echo.untold([0, 1, 2]) == [0, 1]
    assert echo.untold([]) == []
    echo.forget()
    assert echo.untold([2]) == [2]


def test_a_text_without_end_is_cut_and_shows_it():
    texts = with_texts(np.zeros(2, ROW), [(0, "x" * LONGEST_TEXT), (1, "x" * 8_000_000)]).texts
    assert texts[0] == "x" * LONGEST_TEXT
    assert texts[1] == "x" * (LONGEST_TEXT - 1) + "…"
