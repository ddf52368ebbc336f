import pytest

from hmi.core.alarms.served import ServerCondition, Stand
from hmi.engine.alarms import Who
from hmi.engine.conditions_held import Held, from_journal, record_of, row_of

RAISED = Stand(active=True, acked=False)


def held(**more):
    one = ServerCondition(
        "plc:Tank/High@1", "ns=2;s=A", source="Tank", name="High", message="Full", severity=700, **more
    )
    return Held(4, "plc", one, RAISED, 2, 3, 9, 5, 6)


def test_what_clients_are_shown():
    row = row_of(held(), is_lost=False)
    assert (row.rule, row.state, row.occurrence, row.value) == (4, "unacknowledged", 9, 700.0)
    assert not row.cannot_evaluate and not row.condition.lost and not row.condition.is_branch
    assert row_of(held(branch="ns=2;s=B"), False).condition.is_branch


@pytest.mark.parametrize(
    ("quality", "is_lost", "doubt"), [(0, True, True), (0x8000_0000, False, True), (0, False, False)]
)
def test_whether_it_can_be_relied_on(quality, is_lost, doubt):
    assert row_of(held(quality=quality), is_lost).cannot_evaluate is doubt


def test_it_waits_for_a_confirmation_only_once_it_is_acknowledged():
    one = held()
    one.stand = Stand(active=True, acked=False, confirmed=False)
    assert not row_of(one, False).condition.confirm
    one.stand = Stand(active=True, acked=True, confirmed=False)
    assert row_of(one, False).condition.confirm


def test_our_person_stands_in_the_journal_before_the_servers_user():
    ours = record_of(held(user="anonymous"), "acknowledged", Who("anna", "desk1", "client"), "seen", 7, "d")
    assert (ours.user, ours.station, ours.way, ours.why) == ("anna", "desk1", "client", "seen")
    theirs = record_of(held(user="bert"), "acknowledged", None, "", 7, "d")
    assert (theirs.user, theirs.way) == ("bert", "server")
    assert record_of(held(user="bert"), "raised", None, "", 7, "d").user == ""


def test_what_the_journal_knows_of_it_after_a_restart():
    record = record_of(held(time_ns=8), "raised", None, "", 7, "d")
    one = from_journal(record.subject, record, RAISED)
    assert (one.source, one.name, one.message, one.severity, one.time_ns) == ("Tank", "High", "Full", 700, 8)
