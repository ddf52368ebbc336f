"""What a person is told of certificates before deciding on them."""

from __future__ import annotations

from pathlib import Path

from hmi.clock import MachineClock
from hmi.drivers.certificates import fingerprint
from hmi.drivers.pki import Pki
from hmi.drivers.seen import Seen, note
from hmi.drivers.trusted import ends_soon, own_facts, server_facts
from tests.drivers.papers import paper

NOW_NS = MachineClock().now_ns()
FILLER, CAPPER = paper("Filler"), paper("Capper", uri="urn:test:capper")


def test_servers_with_who_showed_them_and_what_came_of_it(tmp_path: Path) -> None:
    pki = Pki(tmp_path)
    for one in (FILLER, CAPPER):
        pki.reject(one)
    note(tmp_path, [FILLER], Seen("line", "opc.tcp://plc:4840", 7, "nobody trusts it"))
    pki.accept(pki.find(fingerprint(CAPPER))[0])
    facts = {one["name"]: one for one in server_facts(tmp_path, NOW_NS)}
    assert (facts["Filler"]["state"], facts["Capper"]["state"]) == ("waiting", "trusted")
    assert (facts["Filler"]["connection"], facts["Filler"]["why"], facts["Filler"]["seen_ns"]) == (
        "line",
        "nobody trusts it",
        7,
    )
    assert facts["Capper"]["connection"] == ""
    assert facts["Filler"]["chain"] == ["Filler"]
    pki.refuse(pki.find(fingerprint(FILLER))[0])
    assert [one["state"] for one in server_facts(tmp_path, NOW_NS)] == ["trusted", "refused"]
    pki.reject(FILLER)
    assert pki.entries("rejected") == [], "what a person refused does not wait again"


def test_the_own_certificate_and_the_next_one(tmp_path: Path) -> None:
    facts = own_facts(Pki(tmp_path), NOW_NS)
    assert facts["own"]["days_left"] > 7000 and facts["own"]["uri"].startswith("urn:") and "next" not in facts
    Pki(tmp_path).renewed(NOW_NS)
    facts = own_facts(Pki(tmp_path), NOW_NS)
    assert facts["next"]["fingerprint"] != facts["own"]["fingerprint"]
    assert facts["next"]["uri"] == facts["own"]["uri"]
    (tmp_path / "pki" / "own" / "cert.der").write_bytes(b"x")
    assert "cannot be read" in own_facts(Pki(tmp_path), NOW_NS)["fault"]


def test_what_ends_soon_is_told_the_nearest_first(tmp_path: Path) -> None:
    pki = Pki(tmp_path)
    assert ends_soon(tmp_path, NOW_NS) == []
    pki.reject(FILLER)
    pki.accept(pki.entries("rejected")[0])
    end_ns = int(FILLER.not_valid_after_utc.timestamp()) * 10**9
    assert ends_soon(tmp_path, end_ns - 61 * 86_400 * 10**9) == [("Filler", 61)]
    pki.own(NOW_NS)
    assert [name for name, _ in ends_soon(tmp_path, end_ns - 86_400 * 10**9)] == ["Filler"]
