"""Deciding on certificates over the link: by role, with a reason, on record."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from hmi.core.errors import StoreError
from hmi.drivers.certificates import fingerprint
from hmi.drivers.pki import Pki
from hmi.engine.people import Denied
from hmi.engine.trust_verbs import TrustVerbs
from tests.drivers.papers import paper
from tests.engine.hall import GOOD, Hall, at

FILLER = paper("Filler")
MARK = fingerprint(FILLER)


@pytest.fixture
def verbs(hall: Hall) -> Iterator[TrustVerbs]:
    """A station at which a server has knocked."""
    Pki(hall.folder).reject(FILLER)
    pool = ThreadPoolExecutor(1)
    yield TrustVerbs(hall.folder, hall.people, hall.clock, pool)
    pool.shutdown()


async def act(verbs: TrustVerbs, session: Any, **args: Any) -> Any:
    return await verbs.verbs["certificate"](session, args)


async def listed(verbs: TrustVerbs, session: Any) -> dict[str, Any]:
    return (await verbs.verbs["certificates"](session, {})).body


async def test_everybody_sees_and_an_administrator_decides(hall: Hall, verbs: TrustVerbs):
    office, desk = await hall.staffed(), at()
    body = await listed(verbs, desk)
    assert ([one["state"] for one in body["servers"]], body["may"], body["role"]) == (["waiting"], False, "administer")
    wish = {"act": "accept", "fingerprint": MARK, "why": "compared at the cabinet"}
    await hall.people.sign_in(desk, "kim", GOOD + "!")
    for nobody in (desk, at("desk 3")):
        with pytest.raises(Denied, match="takes the role administer"):
            await act(verbs, nobody, **wish)
    assert (await listed(verbs, office))["may"]
    reply = await act(verbs, office, **wish)
    assert reply.ok and MARK in reply.text
    assert [one["state"] for one in (await listed(verbs, desk))["servers"]] == ["trusted"]
    record = hall.records[-1]
    assert (record.category, record.event, record.subject) == ("system", "accepted", "certificates")
    assert (record.user, record.station, record.why) == ("ada", "office", "compared at the cabinet")


async def test_what_is_refused_changes_nothing(hall: Hall, verbs: TrustVerbs):
    office = await hall.staffed()
    for wrong, says in (
        ({"act": "accept", "fingerprint": MARK, "why": " "}, "Say why"),
        ({"act": "accept", "fingerprint": MARK[:20], "why": "x"}, "whole fingerprint"),
        ({"act": "accept", "fingerprint": "0" * 64, "why": "x"}, "not there any more"),
        ({"act": "believe", "fingerprint": MARK, "why": "x"}, "no act"),
    ):
        with pytest.raises(Denied, match=says):
            await act(verbs, office, **wrong)
    hall.disk_full = True
    with pytest.raises(StoreError):
        await act(verbs, office, act="accept", fingerprint=MARK, why="x")
    assert [one["state"] for one in (await listed(verbs, office))["servers"]] == ["waiting"]


async def test_refused_and_forgotten(hall: Hall, verbs: TrustVerbs):
    office = await hall.staffed()
    await act(verbs, office, act="refuse", fingerprint=MARK, why="not ours")
    Pki(hall.folder).reject(FILLER)
    assert [one["state"] for one in (await listed(verbs, office))["servers"]] == ["refused"]
    await act(verbs, office, act="remove", fingerprint=MARK, why="gone")
    assert (await listed(verbs, office))["servers"] == []


async def test_renewed_without_a_restart(hall: Hall, verbs: TrustVerbs):
    office = await hall.staffed()
    first = (await listed(verbs, office))["own"]["fingerprint"]
    await act(verbs, office, act="renew", why="it ends")
    body = await listed(verbs, office)
    assert body["own"]["fingerprint"] == first != body["next"]["fingerprint"]
    await act(verbs, office, act="use", why="all servers have it")
    after = await listed(verbs, office)
    assert (after["own"]["fingerprint"], "next" in after) == (body["next"]["fingerprint"], False)
    assert Pki(hall.folder).own(hall.clock.now_ns()).der == after["own"]["der"]
