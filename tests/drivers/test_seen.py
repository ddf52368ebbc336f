"""Who showed which certificate, as it is noted for a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from hmi.drivers import seen as room
from hmi.drivers.certificates import fingerprint
from hmi.drivers.seen import Seen, note, noted
from tests.drivers.papers import paper

FILLER = paper("Filler")
HOUR_NS = 3600 * 10**9


def test_the_last_that_was_seen_is_noted(tmp_path: Path) -> None:
    assert noted(tmp_path) == {}
    note(tmp_path, [FILLER], Seen("line", "opc.tcp://plc:4840", 1, "nobody trusts it"))
    mark = fingerprint(FILLER)
    assert noted(tmp_path)[mark] == Seen("line", "opc.tcp://plc:4840", 1, "nobody trusts it")
    note(tmp_path, [FILLER], Seen("line", "opc.tcp://plc:4840", 2, "nobody trusts it"))
    assert noted(tmp_path)[mark].time_ns == 1, "attempts come every few seconds: the disk has better to do"
    note(tmp_path, [FILLER], Seen("line", "opc.tcp://plc:4840", 3, ""))
    assert (noted(tmp_path)[mark].time_ns, noted(tmp_path)[mark].why) == (3, "")
    note(tmp_path, [FILLER], Seen("line", "opc.tcp://plc:4840", 4 + HOUR_NS, ""))
    assert noted(tmp_path)[mark].time_ns == 4 + HOUR_NS


def test_what_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    note(tmp_path, [FILLER], Seen("line", "plc", 1, ""))
    (tmp_path / "pki" / "seen" / "X.json").write_text("{")
    assert list(noted(tmp_path)) == [fingerprint(FILLER)]


def test_whoever_answers_for_a_server_cannot_fill_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_REJECTED", 2)
    for number in range(7):
        note(tmp_path, [paper(f"Server {number}")], Seen("line", "plc", number, "unknown"))
    assert len(noted(tmp_path)) == 4
