"""A thousand guesses at a password: the waiting outlives kill -9, nobody else is locked out, and alarms are seen."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from hmi.clock import MachineClock
from hmi.link.messages import Reply
from hmi.link.socket import Connection, connect
from tests.faults.alarm_list import AlarmList, alarm
from tests.faults.parts import Counting, node
from tests.faults.station import Station, connection, tag
from tests.faults.yard import WHOLE, Yard

GUESSES, KILLED_AT = 1000, (300, 700) if WHOLE else ()  # and once more at the end
DESKS = 40  # more stations than one: no station's own waiting comes before that of the name
GOOD, OTHER = "three grey herons", "seven wet otters"
NAMES = [f"line.step{number}" for number in range(1, 21)]
SHARP_S = 7.0  # a waiting that outlasts a restart
MOST_JUDGED = 30  # each one more doubles the waiting; the test takes a minute or two


@contextmanager
def sitting(station: Station, desk: str) -> Iterator[Connection]:
    """A window at one of the stations."""
    with closing(connect(station.data, program="window", user="anna", station=desk, clock=MachineClock())) as made:
        yield made


def sign_in(station: Station, desk: str, name: str, secret: str) -> Reply:
    with sitting(station, desk) as link:
        return link.ask("sign_in", timeout_s=30.0, name=name, secret=secret)


def staffed(station: Station) -> None:
    """With ada, who administers, and kim, whose password somebody wants to guess."""
    with sitting(station, "office") as link:
        ada = {"name": "ada", "password": GOOD, "roles": {"": "administer"}}
        assert link.ask("person", timeout_s=30.0, act="add", **ada).ok
        assert link.ask("sign_in", timeout_s=30.0, name="ada", secret=GOOD).ok
        kim = {"name": "kim", "password": OTHER, "roles": {"": "operate"}}
        assert link.ask("person", timeout_s=30.0, act="add", **kim).ok


def waits_s(reply: Reply) -> float:
    """How long the engine says that nothing is tried; 0 it has just judged one."""
    found = re.search(r"wait (\d+) s", reply.text)
    return float(found[1]) if found else 0.0


def guessed_on(station: Station, least_s: float) -> tuple[float, float]:
    """Guess until so long a waiting is told; when that was (monotonic seconds), and how long it is."""
    until = time.monotonic() + 60.0
    while True:
        asked, told_s = time.monotonic(), waits_s(sign_in(station, "desk 1", "kim", "guess"))
        if told_s >= least_s:
            return asked, told_s
        assert asked < until, f"after a minute of guessing one waits {told_s:g} s"


def raised(server: Counting, shown: AlarmList, number: int) -> None:
    """One alarm more comes, and is shown as unacknowledged."""
    server.ask(do="set", name="Any", value=float(number), type="Double", status=0, us=time.time_ns() // 1000)
    shown.until(lambda: shown.state(NAMES[number - 1]) == "unacknowledged")


@pytest.mark.fault(rows=[30])
@pytest.mark.cr("1.11")
def test_a_thousand_guesses(yard: Yard, measured):
    server = yard.counting(count_ms=1000)
    server.ask(do="set", name="Any", value=0.0, type="Double", status=0, us=time.time_ns() // 1000)
    alarms = "".join(alarm(name, "line.any", number) for number, name in enumerate(NAMES, 1))
    rows = [tag("line.any", "plc", node("Any"), "float64")]
    station = yard.station([connection("plc", server.address, publish_ms=50)], rows, alarms=alarms)
    staffed(station)
    judged, longest_s, number = 0, 0.0, 0
    for first, last in zip((0, *KILLED_AT), (*KILLED_AT, GUESSES), strict=True):
        with AlarmList(station, NAMES) as shown:
            for guess in range(first, last):
                reply = sign_in(station, f"desk {guess % DESKS}", "kim", f"guess {guess}")
                assert not reply.ok
                judged += reply.text == "Name or password is wrong"
                longest_s = max(longest_s, waits_s(reply))
                if guess % 50 == 0:
                    number += 1
                    raised(server, shown, number)
        asked, before_s = guessed_on(station, SHARP_S)
        station.kill()
        station.start()
        longest_s = max(longest_s, before_s)
        after_s = waits_s(sign_in(station, "desk 2", "kim", "one more guess"))
        assert after_s >= before_s - (time.monotonic() - asked) - 2.0, "a restart does not shorten the waiting"
        assert sign_in(station, "office", "ada", GOOD).ok, "nobody else is locked out"
        assert not sign_in(station, "desk 3", "kim", OTHER).ok, "nor does the right one come through meanwhile"
    measured("guesses that were judged", judged)
    measured("longest waiting told", longest_s)
    assert judged <= MOST_JUDGED and longest_s >= SHARP_S
    refused = [one for one in station.journal("person") if one["event"] == "refused"]
    assert len(refused) >= judged and {one["subject"] for one in refused} == {"kim"}
