"""An alarm from the process to the operator and back, across a crash of the engine."""

import time

import pytest

from hmi.commands.children import free_ports
from tests.system.stand import Stand

ALARM = "line1.capper.jam"


@pytest.fixture(scope="module")
def jammed(tmp_path_factory):
    """The demo plant with a bottle jammed in the capper."""
    made = Stand(tmp_path_factory.mktemp("alarms"), free_ports(4))
    try:
        made.start_sim("capper-jam")
        made.start_engine()
        yield made
    finally:
        made.stop()


def state(stand):
    return {row["id"]: row["state"] for row in stand.json("alarms")["alarms"]}.get(ALARM, "normal")


def until(wanted, deadline_s=60):
    start = time.monotonic()
    while not wanted():
        assert time.monotonic() - start < deadline_s
        time.sleep(0.5)


def test_raised_acknowledged_and_remembered_over_a_crash(jammed):
    until(lambda: state(jammed) == "unacknowledged")
    done = jammed.hmi("ack", ALARM, "--comment", "on my way")
    assert done.returncode == 0, done.stderr
    assert state(jammed) == "acknowledged"
    assert jammed.hmi("ack", ALARM).returncode == 1
    jammed.kill(jammed.engine)
    jammed.start_engine()
    assert state(jammed) == "acknowledged"
    records = [r for r in jammed.json("journal", "--category", "alarm")["records"] if r["subject"] == ALARM]
    assert [record["event"] for record in records] == ["acknowledged", "raised"]
    assert records[0]["why"] == "on my way" and records[0]["user"]
    assert records[1]["value"] == records[1]["limit"]
