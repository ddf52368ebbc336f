"""What may be noted in the shift log, and what the journal keeps of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.core.notes import LONGEST, PLANT, cleaned, objection, record_of

S = 1_000_000_000
NOW = 1_772_000_000 * S


def test_a_note_of_a_stretch_of_time_and_of_a_moment():
    record = record_of(
        "  seal  changed\n ", "tank.level", (NOW - 60 * S, NOW - 30 * S), NOW, ("anna", "desk", "client")
    )
    assert (record.category, record.event, record.subject) == ("note", "noted", "tank.level")
    assert (record.source_ns, record.value, record.time_ns) == (NOW - 60 * S, 30.0, NOW)
    assert (record.user, record.station, record.way, record.why) == ("anna", "desk", "client", "seal changed")
    moment = record_of("x", "", (NOW, NOW), NOW, ("", "", ""))
    assert (moment.value, moment.subject) == (None, PLANT)


@pytest.mark.parametrize(
    ("text", "span", "why"),
    [
        (" \n\u202e ", (NOW, NOW), "needs words"),
        ("x" * (LONGEST + 1), (NOW, NOW), "at most 2000"),
        ("x", (NOW, NOW - 1), "not before its start"),
        ("x", (0, NOW), "needs a time"),
        ("x", (NOW, NOW + 120 * S), "is to come"),
    ],
)
def test_what_is_refused_says_that_nothing_was_kept(text, span, why):
    said = objection(text, span, NOW)
    assert why in said and "nothing was kept" in said


@settings(deadline=None)
@given(st.text())
def test_a_note_is_one_line_that_steers_nothing(text):
    said = cleaned(text)
    assert said.isprintable()
    assert cleaned(said) == said
    assert not objection(said, (NOW, NOW), NOW) or not said or len(said) > LONGEST
