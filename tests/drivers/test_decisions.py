from __future__ import annotations

import stat
from pathlib import Path

from hmi.drivers.decisions import Decision, laid_down, lay_down


def decision(time_ns: int) -> Decision:
    return Decision(time_ns, "accepted", "the certificate of 'Filler' is trusted", "anna", "desk")


def test_decisions_wait_in_the_order_in_which_they_were_made(tmp_path: Path):
    assert laid_down(tmp_path) == []
    for time_ns in (30, 10, 20):
        lay_down(tmp_path, decision(time_ns))
    found = laid_down(tmp_path)
    assert [one for _, one in found] == [decision(10), decision(20), decision(30)]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path, _ in found)


def test_what_is_no_decision_is_left_out(tmp_path: Path):
    lay_down(tmp_path, decision(10))
    place = tmp_path / "pki" / "decided"
    (place / "0.json").write_bytes(b"{")
    (place / "1.json").write_bytes(b"[]")
    (place / "2.json").write_bytes(b" " * 100_000)
    (place / "3.json.part").write_bytes(b"half")
    assert [one for _, one in laid_down(tmp_path)] == [decision(10)]
