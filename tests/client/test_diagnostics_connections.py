"""The connections on the system page."""

import msgspec
import pytest

from hmi.client.diagnostics_connections import Connections, connection_facts, connection_row, milliseconds
from hmi.link.messages import ConnectionRow

NEVER = ConnectionRow("p", "modbus", "tcp://x", "down", "no answer", 0, 3, -1.0, 0.0, 2, 0.0, bad=3, security="none")
LIVE = ConnectionRow(
    "filler",
    "opcua",
    "opc.tcp://b:4840",
    "live",
    "",
    58,
    2,
    0.2,
    412.5,
    1,
    3.0,
    "keeps 5 values of 3 tags instead of 10",
    "encrypted",
    200,
    {"sampling": 12, "queue": 3},
    4,
    ("opc.tcp://a:4840",),
    1,
    0.4,
    2.1,
    14.9,
)


@pytest.fixture
def connections(window, qtbot):
    made = Connections(window.shell.desk)
    qtbot.addWidget(made)
    return made


def test_a_connection_that_was_never_heard():
    assert connection_row(NEVER) == (
        "p",
        "Down",
        "0",
        "3",
        "3",
        "never",
        "0.0",
        "Not secured",
        "No answer",
    )
    facts = connection_facts(NEVER)
    assert facts["State"] == "Down, never heard"
    assert facts["Requests"] == "none yet"
    assert facts["As asked"] == facts["Service level"] == "–"


def test_everything_that_is_known_of_one():
    assert connection_facts(LIVE) == {
        "State": "Live, heard 0.2 s ago",
        "In use": "opc.tcp://b:4840",
        "Backup": "opc.tcp://a:4840",
        "Service level": "200 of 255",
        "Security": "Encrypted",
        "Values": "412.5/s · 58 live, 2 missing, 4 bad",
        "Requests": "0.4/s · median 2.1 ms, p99 15 ms",
        "Reconnects": "1 · gaps in the values: 1",
        "As asked": "no: sampling 12×, queue 3×",
        "Remarks": "Keeps 5 values of 3 tags instead of 10.",
    }
    assert connection_facts(msgspec.structs.replace(LIVE, revised={}))["As asked"] == "yes"


@pytest.mark.parametrize("state", ["connecting", "silent", "down"])
def test_trouble_says_what_it_means_for_the_plant(state):
    row = msgspec.structs.replace(NEVER, state=state, reason="no answer from x: is the device running?", note="slow")
    remarks = connection_facts(row)["Remarks"]
    assert remarks.startswith("No answer from x: is the device running? ")
    assert "alues" in remarks
    assert remarks.endswith(". Slow.")


def test_the_note_of_a_live_connection_stands_in_its_row():
    assert connection_row(LIVE)[-1] == "Keeps 5 values of 3 tags instead of 10"


@pytest.mark.parametrize(("number", "text"), [(0.42, "0.4 ms"), (9.94, "9.9 ms"), (1004.4, "1004 ms")])
def test_times_have_the_digits_that_mean_something(number, text):
    assert milliseconds(number) == text


def test_the_one_in_trouble_is_told_of_until_another_is_picked(connections):
    connections.put((LIVE, NEVER))
    assert connections.detail.title.whole == "p · modbus"
    assert connections.detail.told["State"].property("role") == "bad"
    assert connections.detail.told["Security"].property("role") == "bad"
    connections.table.clicked.emit(connections.model.index(0, 0))
    assert connections.detail.title.whole == "filler · opcua"
    assert connections.detail.told["Security"].property("role") == ""
    connections.put((LIVE, NEVER))
    assert connections.detail.title.whole == "filler · opcua"
    assert connections.table.currentIndex().row() == 0


def test_long_remarks_can_be_read_whole(connections):
    connections.put((msgspec.structs.replace(LIVE, note="x " * 400),))
    assert connections.detail.told["Remarks"].toolTip().count("x") + 1 >= 400
