"""Trend groups: lengths of time, ids, and the text of a group, which reads back as the same group."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.core.trends import TrendGroup, TrendPen, id_of, span_of, span_text, written


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("10m", 600), ("8h", 28800), ("7d", 604800), ("400d", 400 * 86400)],
)
def test_lengths_of_time(text, seconds):
    assert span_of(text) == seconds
    assert span_text(seconds) == text


@pytest.mark.parametrize("text", ["", "4s", "401d", "10", "m", "1.5h", "-1h", "1 h", "08h", "1h\n", "99999999d"])
def test_what_is_no_length_of_time(text):
    assert span_of(text) is None


@given(st.floats(5, 400 * 86400))
def test_every_length_can_be_written(span_s):
    assert abs(span_of(span_text(span_s)) - span_s) <= 0.5


def test_ids_are_made_of_titles():
    assert id_of("Filler bowl, night shift") == "filler-bowl-night-shift"
    assert id_of("Überlauf 2") == "berlauf-2"
    assert id_of("灌装") == "trend"
    assert id_of("3 pumps") == "trend-3-pumps"
    assert id_of("Bowl", ["bowl", "bowl-2"]) == "bowl-3"


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
numbers = st.floats(allow_nan=False, allow_infinity=False)
pens = st.builds(
    lambda tag, axis, scale, fit, side: TrendPen(tag, axis, *(scale or (None, None)), fit, side),
    texts,
    texts,
    st.none() | st.tuples(numbers, numbers),
    st.booleans(),
    st.sampled_from(["", "left", "right"]),
)


@given(texts, st.lists(pens, max_size=3))
def test_a_group_is_written_as_toml_that_says_the_same(title, made):
    table = tomllib.loads(written(TrendGroup("bowl", title, 600.0, tuple(made))))
    assert table["trend"] == {"id": "bowl", "title": title, "span": "10m"}
    assert len(table.get("pen", [])) == len(made)
    for pen, row in zip(made, table.get("pen", []), strict=True):
        expected = {"tag": pen.tag}
        expected |= {"axis": pen.axis} if pen.axis else {}
        expected |= {"range": [pen.low, pen.high]} if pen.low is not None else {}
        expected |= {"fit": True} if pen.fit else {}
        expected |= {"side": pen.side} if pen.side else {}
        assert row == expected
