"""The command line as an engineer uses it, against the running demo plant."""

import json
import time
from contextlib import closing

import pytest

from hmi.core import quality as q

pytestmark = pytest.mark.usefixtures("live")
READ_ONLY = "line1.filler.speed"
MOVING = "line1.filler.tank.level"


def writable(stand):
    """A writable number with a range, and a value inside it."""
    tag = next(t for t in stand.plant.tags if t.access == "rw" and t.high is not None and t.type.startswith("float"))
    return tag, (tag.low + tag.high) / 2


@pytest.mark.cr("6.2")
def test_status_says_how_everything_is(stand):
    body = stand.json("status")
    assert body["plant"] == stand.plant.id
    assert {row["state"] for row in body["connections"]} == {"live"}
    assert body["live"] > 500
    assert "live" in stand.hmi("status").stdout


def test_the_engine_has_the_threads_of_the_house_and_no_other(stand):
    stand.json("status")
    threads = set(stand.json("status")["threads"])
    house = {"MainThread", "hmi-store-writer", "hmi-store-sealer", "hmi-history_0", "hmi-history_1", "hmi-people_0"}
    assert threads <= house, threads - house


def test_get_prints_values_with_their_quality(stand):
    body = stand.json("get", READ_ONLY)["tags"][0]
    assert (body["tag"], body["quality"], body["quality_word"]) == (READ_ONLY, 0, "good")
    assert body["time"].endswith("Z") and body["age_s"] < 30
    unknown = stand.hmi("get", "line1.nothing")
    assert unknown.returncode == 1
    assert len(unknown.stderr.splitlines()) == 1


def test_watch_follows_changes(stand):
    out: list[str] = []
    for seconds in ("2", "20"):  # the longer one where the machine does other things too
        if len(out) <= 500:
            answer = stand.hmi("watch", "--seconds", seconds, "--json")
            out = answer.stdout.splitlines()
    assert len(out) > 500, answer.stderr
    assert {"tag", "value", "quality"} <= json.loads(out[0]).keys()


def test_put_is_read_back_and_journalled(stand):
    tag, value = writable(stand)
    done = stand.hmi("put", tag.name, str(value), "--why", "order change")
    assert done.returncode == 0, done.stderr
    assert "confirmed" in done.stdout
    assert stand.json("get", tag.name)["tags"][0]["value"] == pytest.approx(value, rel=1e-5)
    records = stand.json("journal", "--category", "write")["records"]
    assert [r["event"] for r in records[:2]] == ["confirmed", "requested"]
    assert records[0]["why"] == "order change"


def test_put_refused_out_of_range_read_only_and_while_the_plc_is_gone(stand):
    tag, value = writable(stand)
    refusals = [
        stand.hmi("put", tag.name, str(tag.high * 10 + 1), "--why", "x"),
        stand.hmi("put", READ_ONLY, "1", "--why", "x"),
    ]
    stand.kill(stand.sim)
    try:
        with closing(stand.watcher()) as watcher:
            index = stand.plant.tag_index[tag.name]
            watcher.until(lambda: watcher.share("good") < 0.03 and q.word(watcher.quality[index]) == "bad")
        refusals.append(stand.hmi("put", tag.name, str(value), "--why", "x"))
    finally:
        stand.start_sim()
    said = [refusal.stderr.strip() for refusal in refusals]
    assert all(refusal.returncode == 1 for refusal in refusals)
    assert all(len(line.splitlines()) == 1 and "nothing was sent" in line for line in said), said
    assert "out of range" in said[0] and "read-only" in said[1]
    records = stand.json("journal", "--category", "write", "--limit", "3")["records"]
    assert [record["event"] for record in records] == ["refused"] * 3
    with closing(stand.watcher()) as watcher:
        watcher.until(lambda: watcher.share("good") > 0.97)
    assert stand.json("get", tag.name)["tags"][0]["value"] != value  # nothing was kept to be sent later


def test_history_of_a_tag_in_csv_and_json(stand):
    csv: list[str] = []
    deadline = time.monotonic() + 30
    while len(csv) <= 3 and time.monotonic() < deadline:  # the engine may have been started just now
        csv = stand.hmi("history", MOVING, "--from", "-5m", "--raw").stdout.splitlines()
    assert csv[0].startswith("tag,time")
    assert len(csv) > 3
    rows = json.loads(stand.hmi("history", MOVING, "--from", "-5m", "--points", "10", "--format", "json").stdout)
    assert 0 < len(rows["rows"]) <= 10


def test_the_journal_is_intact(stand):
    assert stand.hmi("journal", "verify").returncode == 0


def test_a_second_engine_on_the_same_data_is_refused_in_one_line(stand):
    second = stand.hmi("engine", str(stand.named))
    assert second.returncode == 1
    assert len(second.stderr.strip().splitlines()) == 1, second.stderr


@pytest.mark.cr("3.7")
def test_commands_without_an_engine_say_what_to_do(stand, tmp_path):
    stand_folder, stand.folder = stand.folder, tmp_path
    try:
        for words in (("status",), ("get",), ("alarms",), ("ack", "x")):
            answer = stand.hmi(*words)
            assert answer.returncode == 1
            assert "engine" in answer.stderr and len(answer.stderr.strip().splitlines()) == 1
    finally:
        stand.folder = stand_folder
