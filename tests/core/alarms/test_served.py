from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.core.alarms.served import (
    MOST_TEXT,
    NO_TAG,
    NORMAL,
    TYPE,
    ServerCondition,
    Stand,
    after,
    as_rule,
    clean,
    happened,
    id_of,
    priority_of,
    rules_for,
    source_of,
    stand_of,
)

stands = st.builds(Stand, *[st.booleans()] * 6)
RAISED = Stand(active=True, acked=False)
ACKED = Stand(active=True)
RETURNED = Stand(acked=False)
UNCONFIRMED = Stand(confirmed=False)


@pytest.mark.parametrize(
    ("stand", "state"),
    [
        (NORMAL, "normal"),
        (RAISED, "unacknowledged"),
        (ACKED, "acknowledged"),
        (replace(ACKED, confirmed=False), "acknowledged"),
        (RETURNED, "returned-unacknowledged"),
        (UNCONFIRMED, "latched-acknowledged"),
    ],
)
def test_its_state_in_the_words_of_our_own_alarms(stand, state):
    assert stand.state == stand.shown == state


def test_what_keeps_it_quiet_is_shown_by_its_rank():
    shelved = replace(RAISED, shelved=True)
    suppressed = replace(shelved, suppressed=True)
    out = replace(suppressed, out_of_service=True)
    assert [one.shown for one in (shelved, suppressed, out)] == ["shelved", "suppressed-by-design", "out-of-service"]
    assert {one.state for one in (shelved, suppressed, out)} == {"unacknowledged"}


@given(stands)
def test_what_the_journal_keeps_of_it_is_all_of_it(stand):
    assert stand_of(stand.text) == stand


def test_words_that_nobody_wrote_are_normal():
    assert stand_of("") == stand_of("until 2026-03-01T12:00:00Z") == NORMAL


@pytest.mark.parametrize(
    ("before", "now", "events"),
    [
        (NORMAL, RAISED, ["raised"]),
        (NORMAL, ACKED, ["stands"]),  # acknowledged before it was known here: nobody is told of it
        (NORMAL, RETURNED, ["stands"]),
        (NORMAL, UNCONFIRMED, ["stands"]),
        (RAISED, RAISED, []),
        (RAISED, ACKED, ["acknowledged"]),
        (RAISED, RETURNED, ["returned"]),
        (RAISED, NORMAL, ["returned", "acknowledged"]),
        (ACKED, NORMAL, ["returned"]),
        (ACKED, RAISED, ["realarmed"]),
        (replace(ACKED, confirmed=False), UNCONFIRMED, ["returned"]),
        (UNCONFIRMED, NORMAL, ["confirmed"]),
        (RETURNED, NORMAL, ["acknowledged"]),
        (RETURNED, RAISED, ["raised"]),
        (UNCONFIRMED, RETURNED, ["ack withdrawn", "confirmed"]),
        (RAISED, replace(RAISED, shelved=True), ["shelved"]),
        (replace(RAISED, shelved=True), RETURNED, ["returned", "unshelved"]),
        (NORMAL, replace(NORMAL, suppressed=True), ["suppressed"]),
        (replace(ACKED, out_of_service=True), ACKED, ["in-service"]),
    ],
)
def test_what_happened_between_two_tellings(before, now, events):
    assert happened(before, now) == events


@given(stands, stands)
def test_only_a_difference_is_an_event_and_every_difference_is_one(before, now):
    confirm_alone = replace(before, confirmed=now.confirmed) == now and not now.confirmed
    assert bool(happened(before, now)) == (before != now and not confirm_alone) or before == NORMAL


@given(stands, stands)
def test_whoever_is_to_be_told_is_told_once(before, now):
    told = [event for event in happened(before, now) if event in ("raised", "realarmed")]
    is_news = now.state == "unacknowledged" and before.state != "unacknowledged"
    assert len(told) == int(is_news)


@pytest.mark.parametrize(
    ("severity", "priority"), [(1000, 1), (801, 1), (800, 2), (601, 2), (401, 3), (400, 4), (0, 4)]
)
def test_a_severity_is_a_priority_of_the_plant(severity, priority):
    assert priority_of(severity) == priority
    assert priority_of(severity, (1000, 2, 1)) in (1, 2, 4)


def test_a_server_that_leaves_out_the_severity_at_the_end_means_the_one_before():
    before = ServerCondition("a", "c", severity=700)
    assert after(before, replace(before, severity=0)).severity == 700
    assert after(before, replace(before, severity=200)).severity == 200
    assert after(None, replace(before, severity=0)).severity == 0


def test_it_belongs_on_the_list_while_its_server_wants_it_shown_and_it_is_not_normal():
    one = ServerCondition("a", "c", stand=RAISED)
    assert one.is_standing
    assert not replace(one, retain=False).is_standing
    assert not replace(one, stand=NORMAL).is_standing


def test_its_name_is_fit_for_a_command_line_and_tells_branches_apart():
    trunk = id_of("filler", "2:Tank 1; rm -rf", "High alarm", "ns=2;s=A", "")
    branch = id_of("filler", "2:Tank 1; rm -rf", "High alarm", "ns=2;s=A", "ns=2;s=B")
    assert trunk.startswith("filler:Tank_1_rm_-rf/High_alarm@")
    assert trunk != branch
    assert trunk == id_of("filler", "2:Tank 1; rm -rf", "High alarm", "ns=2;s=A", "")
    assert id_of("filler", "", "", "ns=2;s=\ud800", "").startswith("filler:@")


@given(st.text())
def test_what_a_server_says_is_one_plain_line(text):
    said = clean(text)
    assert len(said) <= MOST_TEXT
    assert said == said.strip() and "\n" not in said
    said.encode()


def test_signs_that_turn_or_hide_text_are_taken_out_and_what_is_too_long_is_cut():
    assert clean("Tank\r\n high\x1b[31m \u202eevil\u200b\x00") == "Tank high[31m evil"
    assert clean("x" * 10_000) == "x" * (MOST_TEXT - 1) + "…"
    assert clean("é" * 5, 3) == "éé…"
    assert source_of("12:Tank") == "Tank" and source_of("Tank:A") == "Tank:A"


def test_a_rule_stands_for_it_where_lists_ask_for_one():
    places = rules_for(7, 2)
    assert [one.index for one in places] == [7, 8]
    assert (places[0].type, places[0].tag, places[0].id) == (TYPE, NO_TAG, "")
    rule = as_rule(7, "a", "Too full", 2, 5, "filler")
    assert (rule.priority, rule.title, rule.tag, rule.group) == (2, "Too full", 5, "filler")
