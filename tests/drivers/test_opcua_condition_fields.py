"""Event fields as servers send them, and worse."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from asyncua import ua
from hypothesis import given
from hypothesis import strategies as st

from hmi.core.alarms.served import MOST_TEXT, NO_TAG, Stand
from hmi.drivers.opcua_condition_fields import (
    FILTERS,
    LONGEST_EVENT_ID,
    REFRESHES,
    condition_of,
    event_filter,
    event_type,
    without_refused,
)

FIELDS = FILTERS[0]
NODE = ua.NodeId("Cell.High", 2)
LEVEL = ua.NodeId("Cell.Level", 2)
GOOD = {
    "ConditionId": NODE,
    "EventId": b"1",
    "EventType": ua.NodeId(ua.Int32(ua.ObjectIds.AlarmConditionType)),
    "SourceNode": LEVEL,
    "SourceName": "1:Level",
    "Time": datetime(2026, 3, 1, 12, tzinfo=UTC),
    "Message": ua.LocalizedText("Too full"),
    "Severity": 700,
    "ConditionName": "High",
    "Retain": True,
    "AckedState/Id": False,
    "ConfirmedState/Id": True,
    "ActiveState/Id": True,
    "Quality": ua.StatusCode(0x8000_0000),
}


def values(**more):
    said = GOOD | {key.replace("__", "/"): value for key, value in more.items()}
    return [ua.Variant(said.get(one.name)) if said.get(one.name) is not None else ua.Variant() for one in FIELDS]


def told(**more):
    found = condition_of("plc", FIELDS, values(**more), {LEVEL: 4})
    return found and found[0]


def test_what_a_server_says_of_an_alarm():
    one, node = condition_of("plc", FIELDS, values(), {LEVEL: 4})
    assert (node, one.condition, one.branch) == (NODE, "ns=2;s=Cell.High", "")
    assert (one.source, one.name, one.message, one.severity) == ("Level", "High", "Too full", 700)
    assert (one.stand, one.retain, one.tag, one.quality) == (Stand(True, False), True, 4, 0x8000_0000)
    assert one.time_ns == 1_772_366_400 * 10**9
    assert event_type(FIELDS, values()) == ua.ObjectIds.AlarmConditionType


@pytest.mark.parametrize(
    ("more", "stand"),
    [
        ({"ActiveState__Id": None}, Stand(active=True, acked=False)),  # one without it stands while it is retained
        ({"ActiveState__Id": None, "Retain": False, "AckedState__Id": True}, Stand()),
        ({"AckedState__Id": None, "ConfirmedState__Id": None}, Stand(active=True)),
        ({"EnabledState__Id": False}, Stand()),
        ({"SuppressedState__Id": True, "OutOfServiceState__Id": True}, Stand(True, False, True, False, True, True)),
        ({"ShelvingState__CurrentState__Id": ua.NodeId(2932)}, Stand(True, False, shelved=True)),
        ({"ShelvingState__CurrentState__Id": ua.NodeId(2933)}, Stand(True, False, shelved=True)),
        ({"ShelvingState__CurrentState__Id": ua.NodeId(2930)}, Stand(True, False)),
        ({"ShelvingState__CurrentState__Id": ua.NodeId(2932, 3)}, Stand(True, False)),
    ],
)
def test_how_it_stands(more, stand):
    assert told(**more).stand == stand


@pytest.mark.parametrize(
    "more",
    [
        {"ConditionId": None},
        {"ConditionId": ua.NodeId()},
        {"ConditionId": "ns=2;s=Cell.High"},
        {"EventId": None},
        {"EventId": b"x" * (LONGEST_EVENT_ID + 1)},
        {"ConditionId": ua.NodeId("x" * 600, 2)},
        {"BranchId": ua.NodeId("x" * 600, 2)},
    ],
)
def test_what_names_no_condition_is_none(more):
    assert told(**more) is None


def test_values_of_other_types_than_the_standard_has_are_as_if_not_sent():
    one = told(
        Severity="high", Time="now", Message=7, SourceName=3, Comment=[1], ClientUserId=True, Quality="bad",
        InputNode=1, ShelvingState__UnshelveTime=float("inf"), ActiveState__TransitionTime=5, Retain="yes", BranchId=4,
    )  # fmt: skip
    assert (one.severity, one.time_ns, one.message, one.source, one.comment) == (0, 0, "", "", "")
    assert (one.user, one.quality, one.unshelve_s, one.active_ns, one.retain) == ("", 0, 0.0, 0, True)
    assert told(Severity=True).severity == 0 and told(Severity=40_000).severity == 1000
    assert told(Time=datetime(1601, 1, 1, tzinfo=UTC)).time_ns == 0
    assert told(ShelvingState__UnshelveTime=float("nan")).unshelve_s == 0.0
    assert told(SourceNode=NODE).tag == NO_TAG


def test_texts_are_cut_and_cleaned():
    assert told(Message=ua.LocalizedText("a\x07\n" * 100_000)).message == ("a " * MOST_TEXT)[: MOST_TEXT - 1] + "…"
    assert "\udcff" not in told(Message=ua.LocalizedText("x\udcff")).message


def test_fewer_values_than_were_asked_for_are_no_error():
    assert condition_of("plc", FIELDS, values()[:3], {})[0].message == ""
    assert event_type(FIELDS, []) == 0


def test_each_filter_asks_for_less_and_all_for_what_makes_a_condition():
    names = [{one.name for one in fields} for fields in FILTERS]
    assert names[0] == names[1] > names[2] > names[3] >= {"ConditionId", "EventId", "Message"}
    assert {one.type for one in FILTERS[1] if one.path} == {ua.ObjectIds.BaseEventType}


def test_a_server_that_says_which_fields_it_refuses_is_asked_for_the_rest():
    codes = [ua.StatusCode(0x8000_0000 if number == 2 else 0) for number in range(len(FIELDS))]
    left = without_refused(FIELDS, ua.EventFilterResult(SelectClauseResults=codes))
    assert left == (*FIELDS[:2], *FIELDS[3:])
    assert without_refused(FIELDS, None) == without_refused(FIELDS, ua.EventFilterResult()) == FIELDS


def test_a_filter_of_types_is_one_or_the_other():
    elements = event_filter(FIELDS, REFRESHES).WhereClause.Elements
    kinds = [one.FilterOperator.name for one in elements]
    assert kinds == ["Or", "OfType", "Or", "OfType", "Or", "OfType", "OfType"]
    assert [[operand.Index for operand in one.FilterOperands] for one in elements[::2][:3]] == [[1, 2], [3, 4], [5, 6]]
    assert event_filter(FIELDS).WhereClause.Elements == []


ANY = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(max_size=600), st.datetimes()),
    st.builds(ua.LocalizedText, st.one_of(st.none(), st.text())),
    st.builds(ua.NodeId, st.one_of(st.integers(0, 2**32 - 1), st.text()), st.integers(0, 65535)),
    st.builds(ua.StatusCode, st.integers(0, 2**32 - 1)),
    st.lists(st.integers(), max_size=3),
)


@given(st.dictionaries(st.sampled_from([one.name for one in FIELDS]), ANY))
def test_whatever_a_server_sends_is_a_condition_fit_to_be_shown_or_none(said):
    sent = [Sent({**GOOD, **said}.get(one.name)) for one in FIELDS]
    event_type(FIELDS, sent)
    found = condition_of("plc", FIELDS, sent, {LEVEL: 4})
    if found is not None:
        one, _ = found
        for text in (one.id, one.source, one.name, one.message, one.level, one.class_name, one.comment, one.user):
            assert len(text) <= MOST_TEXT and text.isprintable()
            text.encode()
        assert 0 <= one.severity <= 1000 and one.time_ns >= 0 and one.unshelve_s >= 0
        assert one.stand.state


@dataclass
class Sent:
    """A value as the library has decoded it, of whatever type."""

    Value: object
