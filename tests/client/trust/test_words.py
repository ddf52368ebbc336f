"""Certificates in words."""

from __future__ import annotations

import pytest

from hmi.client.trust.words import ends_soon, in_groups, state_of, until_of


@pytest.mark.parametrize(
    ("days", "says"), [(-1, "2026-12-01, expired"), (7, "2026-12-01, in 7 days"), (61, "2026-12-01")]
)
def test_when_it_ends(days: int, says: str):
    facts = {"until": "2026-12-01T00:00:00+00:00", "days_left": days}
    assert until_of(facts) == says
    assert ends_soon(facts) == (days <= 60)


def test_a_fingerprint_in_groups_that_can_be_read_aloud():
    lines = in_groups("0123456789ABCDEF" * 4).split("\n")
    assert [len(line.split()) for line in lines] == [8, 8]
    assert lines[0].startswith("0123 4567 89AB CDEF")


def test_what_is_not_known_waits():
    assert (state_of({"state": "trusted"}), state_of({})) == ("Trusted", "Waiting for a decision")
