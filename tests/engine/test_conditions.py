"""The list of servers' conditions: each transition journalled once, places, limits, and what is only last known."""

from concurrent.futures import Future
from dataclasses import replace

import msgspec
import pytest

from hmi.clock import HandClock
from hmi.core.alarms.served import MOST_SHOWN, NORMAL, PLACES, ServerCondition, Stand
from hmi.core.alarms.telling import tell
from hmi.core.plant import Connection, Plant
from hmi.engine.conditions import ConditionRoom
from tests.engine.toy import RULE, TAGS

RAISED, ACKED = Stand(active=True, acked=False), Stand(active=True)
S = 10**9


class Room:
    """A room over a journal in memory."""

    def __init__(self, records=()):
        self.clock, self.records, self.again = HandClock(), list(records), []
        lines = (
            Connection("plc", "opcua", "opc.tcp://x:1", conditions=True),
            Connection("b", "opcua", "opc.tcp://y:1"),
        )
        self.plant = Plant("toy", "Toy plant", "UTC", lines, TAGS, (RULE,), {}, {})
        self.room = ConditionRoom(self.plant, self.clock, self.record, self.again.append)
        self.room.restore({record.subject: record for record in self.records})
        self.room.look({"plc": True})

    def record(self, record):
        self.records.append(record)
        promise = Future()
        promise.set_result(len(self.records))
        return promise

    def tell(self, name="High", stand=RAISED, **more):
        """The server tells of one condition."""
        self.room.told("plc", [condition(name, stand, **more)])

    def rows(self):
        return {row.condition.name: row for row in self.room.rows()}

    def events(self):
        return [record.event for record in self.records]


def condition(name="High", stand=RAISED, **more):
    return replace(ServerCondition(f"plc:Tank/{name}@1", "ns=2;s=A", b"", b"1", "Tank", name, stand=stand), **more)


@pytest.fixture
def here():
    return Room()


def test_a_condition_has_a_place_behind_the_rules_for_as_long_as_it_stands(here):
    here.tell(severity=850, message="Too full", active_ns=5 * S, time_ns=6 * S)
    row = here.rows()["High"]
    assert (row.rule, row.state, row.raised_ns, row.changed_ns) == (1, "unacknowledged", 5 * S, 6 * S)
    assert (row.condition.priority, row.condition.connection, row.condition.lost) == (1, "plc", False)
    counter = here.room.counter
    here.tell(stand=NORMAL)
    assert here.rows() == {}
    assert [(row.rule, row.state) for row in here.room.changed_since(counter)] == [(1, "normal")]
    here.tell()
    assert here.rows()["High"].rule == 2  # whoever looks at the place that was left sees nothing else in it


def test_what_never_stood_has_no_place_and_no_record(here):
    here.tell(stand=NORMAL)
    here.tell(stand=ACKED, retain=False)
    assert here.rows() == {} and here.records == []


def test_each_transition_is_journalled_once_however_often_it_is_told(here):
    for stand in (RAISED, RAISED, ACKED, ACKED, NORMAL, NORMAL):
        here.tell(stand=stand, message="Too full", severity=700)
    assert here.events() == ["raised", "acknowledged", "returned"]
    first = here.records[0]
    assert (first.category, first.subject, first.value, first.limit) == ("alarm", "plc:Tank/High@1", "Too full", 700.0)
    assert (first.result, first.old, first.priority, first.occurrence) == (
        "unacknowledged", "active, unacknowledged", 2, 1,
    )  # fmt: skip


def test_an_annunciation_is_counted_like_one_of_our_own(here):
    here.tell()
    here.tell(stand=NORMAL)
    here.tell()
    told = tell(enumerate(here.records), here.clock.now_ns(), [RULE.id])
    assert len(told.told.time) == 2
    assert [record.occurrence for record in here.records if record.event == "raised"] == [1, 2]
    assert here.rows()["High"].occurrence > 1  # of each annunciation a number of its own, whatever the place


def test_one_that_its_server_takes_off_the_list_while_it_stands_is_told_so(here):
    here.tell()
    here.tell(stand=RAISED, retain=False)
    assert here.rows() == {}
    assert (here.records[-1].event, here.records[-1].result) == ("returned", "normal")
    assert "does not show it any more" in here.records[-1].why


def test_what_a_refresh_does_not_name_is_gone(here):
    here.tell("High")
    here.tell("Low", Stand(acked=False))
    here.tell("Stays")
    here.room.refreshed("b", frozenset())
    here.room.refreshed("plc", frozenset({"plc:Tank/Stays@1"}))
    assert set(here.rows()) == {"Stays"}
    assert here.events()[-2:] == ["returned", "gone"]


def test_what_is_not_heard_stays_and_is_marked(here):
    here.tell()
    counter = here.room.counter
    here.room.look({"plc": False})
    (row,) = here.room.changed_since(counter)
    assert row.condition.lost and row.cannot_evaluate and row.state == "unacknowledged"
    here.room.look({"plc": True})
    assert not here.rows()["High"].condition.lost  # silence alone: the session is the same
    here.room.lost("plc")
    assert here.rows()["High"].condition.lost
    here.tell()
    assert not here.rows()["High"].condition.lost
    assert here.events() == ["raised"]


def test_over_a_restart_it_goes_on_from_where_the_journal_has_it(here):
    here.tell("High", replace(ACKED, shelved=True), user="anna", comment="mine", message="Too full")
    here.tell("Low")
    later = Room(here.records)
    before = len(later.records)
    row = later.rows()["High"]
    assert (row.state, row.condition.lost, row.condition.message) == ("shelved", True, "Too full")
    assert (row.condition.source, row.condition.name) == ("Tank", "High")
    later.tell("High", replace(ACKED, shelved=True), user="anna", comment="mine")
    later.tell("Low", ACKED, user="bert", comment="seen")
    assert [(one.event, one.user, one.why) for one in later.records[before:]] == [("acknowledged", "bert", "seen")]
    assert later.rows()["Low"].acked_by == "bert"
    later.tell("Low", NORMAL)
    later.tell("Low")
    assert later.records[-1].occurrence == 2


def test_alarms_of_the_plant_and_of_connections_without_conditions_are_not_taken_for_some(here):
    here.tell()
    stray = [
        replace_record(here.records[0], subject="a.level.h"),
        replace_record(here.records[0], subject="b:Tank/High@1"),
    ]
    assert Room(stray).rows() == {}


def replace_record(record, **more):
    return msgspec.structs.replace(record, **more)


def test_a_comment_alone_and_another_severity_are_journalled(here):
    here.tell(severity=300)
    here.tell(severity=900, comment="look", user="bert")
    assert here.events() == ["raised", "priority changed", "commented"]
    assert (here.records[-1].why, here.records[-1].user) == ("look", "bert")
    assert here.rows()["High"].condition.priority == 1
    here.tell(severity=0, comment="look", user="bert")  # left out at its end by some servers
    assert here.rows()["High"].condition.severity == 900


def test_a_full_list_shows_the_most_severe_and_says_once_that_there_are_more(here):
    for number in range(MOST_SHOWN + 20):
        here.tell(f"N{number}", severity=300)
    assert len(here.rows()) == MOST_SHOWN
    here.tell("Fire", severity=1000)
    assert len(here.rows()) == MOST_SHOWN and "Fire" in here.rows()
    assert here.events().count("conditions left out") == 1
    assert here.again == []
    everything = frozenset(f"plc:Tank/N{number}@1" for number in range(MOST_SHOWN + 20)) | {"plc:Tank/Fire@1"}
    here.room.refreshed("plc", everything)
    here.tell("Fire", NORMAL)
    assert here.again == ["plc"]  # there is room again
    raised = here.events().count("raised")
    here.tell("N0", severity=300)  # it had to give its place to the fire, and is no news
    assert here.events().count("raised") == raised
    assert PLACES > MOST_SHOWN
