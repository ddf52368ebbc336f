"""An alarm from the process to the operator and back, across a crash of the engine."""

import shutil
import time

import pytest

from hmi.commands.children import free_ports
from hmi.plantfiles.folder import find_plant
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
        time.sleep(0.1)


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


def test_shelved_explained_and_off_the_shelf_again_over_a_crash(jammed):
    until(lambda: state(jammed) in ("unacknowledged", "acknowledged"))
    refused = jammed.hmi("shelve", ALARM, "--for", "30m")
    assert refused.returncode == 1 and "say why" in refused.stderr
    assert "no length of time" in jammed.hmi("shelve", ALARM, "--for", "soon", "--why", "test").stderr
    done = jammed.hmi("shelve", ALARM, "--for", "30m", "--why", "under repair: star wheel")
    assert done.returncode == 0, done.stderr
    assert state(jammed) == "shelved"
    jammed.kill(jammed.engine)
    jammed.start_engine()
    assert state(jammed) == "shelved"
    told = jammed.hmi("alarms", "explain", ALARM).stdout
    assert "is shelved" in told and "under repair: star wheel" in told and "until 20" in told
    assert jammed.hmi("unshelve", ALARM).returncode == 0
    assert state(jammed) == "unacknowledged"  # the acknowledgement from before is not carried over
    assert jammed.hmi("unshelve", ALARM).returncode == 1


def test_out_of_service_under_a_permit_and_back(jammed):
    assert jammed.hmi("out-of-service", ALARM, "--why", "new sensor").returncode == 1
    refused = jammed.hmi("out-of-service", ALARM, "--permit", "W-17", "--why", "new sensor")
    assert refused.returncode == 1 and "role maintain" in refused.stderr  # everybody here may operate
    assert jammed.hmi("out-of-service", ALARM, "--back").returncode == 1


def test_nobody_suppresses_an_alarm_by_hand_and_is_told_what_to_do(jammed):
    told = jammed.hmi("suppress", ALARM, "line1.filler.tank.level.dev")
    assert told.returncode == 1 and told.stderr.count("\n") == 1
    assert "line1.filler.tank.level.dev is suppressed by design while " in told.stderr
    assert "hmi shelve" in told.stderr and "hmi out-of-service" in told.stderr
    assert "no alarm 'line1.nothing'" in jammed.hmi("suppress", "line1.nothing").stderr
    at_packing = {row["id"] for row in jammed.json("alarms", "--all", "--position", "packing")["alarms"]}
    assert at_packing and not any(name.startswith("line1.filler.") for name in at_packing)


def test_the_books_about_alarms_agree_with_what_runs(jammed, tmp_path):
    assert jammed.hmi("alarms", "diff", "bottling").returncode == 0
    changed = tmp_path / "bottling"
    shutil.copytree(find_plant("bottling"), changed)
    file = changed / "alarms" / "capper.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("limit = 5.0", "limit = 5.5", 1), encoding="utf-8")
    told = jammed.hmi("alarms", "diff", str(changed))
    assert told.returncode == 1
    assert "line1.capper.air.pressure.l  limit: 5 runs, 5.5 in the files" in told.stdout
    figures = jammed.json("alarms", "kpi")
    assert ALARM in {one["alarm"] for one in figures["annunciations"]}
    assert {row["class"] for row in jammed.json("alarms", "--all", "--class", "quality")["alarms"]} == {"quality"}
