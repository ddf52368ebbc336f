"""Answers of history as rows and as CSV."""

import csv
import io
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.core.aggregate import Aggregates
from hmi.core.batch import FLAG_TEXT
from hmi.core.history import Samples, window_of
from hmi.core.listing import CsvText, iso, rows_of
from hmi.core.spreadsheet import safe
from tests.core.test_history import samples_of

NOW = 1_772_000_000_123_456_789


def test_iso_keeps_nanoseconds_and_survives_absurd_times():
    assert iso(NOW) == "2026-02-25T06:13:20.123456789Z"
    assert iso(0) == ""
    assert iso(2**62).startswith("2116")
    assert iso(-(2**63)).startswith("1677")


def test_every_kind_of_answer_has_rows_with_times_in_words():
    samples = samples_of((NOW, 1.5, 0), (NOW + 10, 2.0, 0x8000_0000))
    assert [(row["time"], row["value"], row["quality_word"]) for row in rows_of(samples)] == [
        (iso(NOW), 1.5, "good"),
        (iso(NOW + 10), 2.0, "bad"),
    ]
    window = window_of(samples, NOW, NOW + 20, 1)
    assert [(row["count"], row["min"], row["quality_word"]) for row in rows_of(window)] == [(1, 1.5, "bad")]
    counted = replace(window, backfilled=np.array([1], np.int64))
    assert next(rows_of(counted))["backfilled"] is True and next(rows_of(window))["backfilled"] is False
    edges = np.array([NOW, NOW + 60], np.int64)
    step = Aggregates("a", ("Average",), edges, np.full((1, 1), np.nan), np.zeros(1), np.zeros(1, np.uint32))
    row = next(rows_of(step))
    assert (row["time"], row["end"], row["Average"]) == (iso(NOW), iso(NOW + 60), None)


def texts_of(texts):
    """A tag that said these, one after the other."""
    rows = samples_of(*((NOW + place, np.nan, 0) for place in range(len(texts))))
    flags, raw = np.full(len(texts), FLAG_TEXT, np.uint32), np.arange(len(texts), dtype=np.int64)
    return Samples("a.lot", rows.time, rows.received, rows.value, raw, rows.quality, flags, tuple(texts))


@settings(deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), max_size=6), st.integers(0, 6))
def test_parts_are_the_whole_and_every_text_comes_back(texts, cut):
    found = texts_of(texts)
    whole, parts = CsvText(), CsvText()
    written = whole.of(found)
    assert parts.of(found.cut(0, min(cut, len(texts)))) + parts.of(found.cut(cut, len(texts))) == written
    read = list(csv.DictReader(io.StringIO(written, newline="")))
    assert [row["value"] for row in read] == [safe(text) for text in texts]
    assert [row["time"] for row in read] == [iso(NOW + place) for place in range(len(texts))]


def test_texts_are_rows_like_numbers_and_shown_as_asked():
    assert CsvText(str.lower).of(texts_of(["L-17"])).splitlines()[1].split(",")[3] == "l-17"
    assert next(rows_of(texts_of(["L-17"])))["value"] == "L-17"


@settings(deadline=None)
@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=5), st.floats())
def test_numbers_and_times_of_any_size_are_written_as_they_are(times, value):
    samples = samples_of(*((time, value, 0) for time in sorted(times)))
    read = list(csv.DictReader(io.StringIO(CsvText().of(samples), newline="")))
    assert [row["time"] for row in read] == [iso(time) for time in sorted(times)]
    assert all(row["value"] == str(value) for row in read)


def test_nothing_is_nothing():
    assert CsvText().of(Samples.empty("a")) == ""
    assert list(rows_of(Samples.empty("a"))) == []
