"""Export and notes with the whole program: over the real link, out of a history that is being written."""

import json
import time
from contextlib import contextmanager

import pytest

from hmi.client.trends.export_files import CsvFile
from hmi.client.trends.export_job import Asked, ExportJob
from hmi.client.wire import Wire
from hmi.clock import MachineClock
from hmi.core.listing import iso
from hmi.link.socket import connect

S = 1_000_000_000
TAGS = ("line1.filler.tank.level", "line1.filler.state")


@contextmanager
def attached(qtbot, stand):
    """A window's end of the link to the running engine."""
    clock = MachineClock()
    wire = Wire(lambda: connect(stand.folder, program="client", user="anna", station="desk", clock=clock), clock)
    wire.start()
    try:
        qtbot.waitUntil(lambda: wire.plant is not None, timeout=60_000)
        yield wire
    finally:
        wire.stop()


_ENOUGH = 6  # lines, of a stretch that is to be compared


@pytest.fixture
def span(stand):
    """Some seconds of history that are all on the disk, once there are any."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        stop = MachineClock().now_ns() // 1000 * 1000 - 8 * S
        start = stop - 20 * S
        if len(stand.hmi("history", TAGS[0], *times(start, stop), "--raw").stdout.splitlines()) > _ENOUGH:
            return start, stop
    raise AssertionError("no history came")


def times(start, stop):
    return ("--from", iso(start)[:26], "--to", iso(stop)[:26])


@pytest.mark.parametrize(("more", "words"), [({}, ["--raw"]), ({"points": 7}, ["--points", "7"])])
def test_what_is_exported_is_what_hmi_history_prints(qtbot, stand, span, tmp_path, more, words):
    ended = []
    with attached(qtbot, stand) as wire:
        job = ExportJob(wire, Asked(TAGS, *span, **more), tmp_path / "out.csv", CsvFile)
        job.ended.connect(lambda well, text: ended.append((well, text)))
        job.start()
        qtbot.waitUntil(lambda: bool(ended), timeout=60_000)
        job._writer.shutdown()
    assert ended[0][0], ended
    wanted = tmp_path / "wanted.csv"
    printed = stand.hmi("history", *TAGS, *times(*span), *words, "--out", str(wanted))
    assert printed.returncode in (0, 1), printed.stderr  # 1: a state that did not change in that time has no rows
    assert (tmp_path / "out.csv").read_bytes() == wanted.read_bytes()
    assert len(wanted.read_bytes().splitlines()) > 3


def test_a_note_over_the_link_is_in_the_journal_for_everybody(qtbot, stand):
    replies = []
    with attached(qtbot, stand) as wire:
        now = MachineClock().now_ns()
        args = {"text": "Seal of the filler changed", "tag": TAGS[0], "from_ns": now - 60 * S, "to_ns": now}
        wire.ask("note", args, replies.append)
        qtbot.waitUntil(lambda: bool(replies), timeout=60_000)
        wire.ask("exported", {"tags": list(TAGS), "from_ns": now - S, "to_ns": now, "file": "x.csv"}, replies.append)
        qtbot.waitUntil(lambda: len(replies) == 2, timeout=60_000)
    assert [reply.ok for reply in replies] == [True, True]
    assert "by anna@desk: Seal of the filler changed" in stand.hmi("note", "--from", "-5m").stdout
    [record] = json.loads(stand.hmi("journal", "--find", "x.csv", "--json").stdout)["records"]
    assert (record["event"], record["user"]) == ("exported", "anna")
    assert stand.hmi("journal", "verify").returncode == 0
