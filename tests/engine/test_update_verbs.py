"""A prepared update over the link: everybody sees it, an administrator agrees, and it is on record."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

import hmi
from hmi.core.errors import StoreError
from hmi.engine.people import Denied
from hmi.engine.update_verbs import UpdateVerbs
from hmi.plantfiles import staged
from hmi.plantfiles.staged import Ready
from tests.engine.hall import Hall, at

RUNS = f"{hmi.__version__}+3"
READY = Ready("9.0.0+4", RUNS, 5, "sat 02:00 to 04:00", "job J-7 is open")


@pytest.fixture
def verbs(hall: Hall) -> Iterator[UpdateVerbs]:
    """A station that runs version 3 of its plant."""
    pool = ThreadPoolExecutor(1)
    plant: Any = SimpleNamespace(version=3)
    yield UpdateVerbs(hall.folder, lambda: plant, hall.people, hall.clock, pool)
    pool.shutdown()


async def told(verbs: UpdateVerbs, session: Any) -> dict[str, Any]:
    return (await verbs.verbs["update"](session, {})).body


async def agree(verbs: UpdateVerbs, session: Any, to: str = READY.to) -> Any:
    return await verbs.verbs["update_agree"](session, {"to": to})


async def test_everybody_sees_and_an_administrator_agrees(hall: Hall, verbs: UpdateVerbs) -> None:
    office, desk = await hall.staffed(), at()
    assert await told(verbs, desk) == {}
    staged.keep(hall.folder, READY)
    with staged.waited_for(hall.folder):
        body = await told(verbs, desk)
        assert (body["to"], body["over"], body["window"], body["held"]) == (READY.to, RUNS, READY.window, READY.held)
        assert (body["waits"], body["may"], body["agreed"]) == (True, False, "")
        with pytest.raises(Denied, match="takes the role administer"):
            await agree(verbs, desk)
        assert staged.agreed(hall.folder) is None
        reply = await agree(verbs, office)
        assert reply.ok and f"9.0.0+4 is put into use in place of {RUNS}" in reply.text
        assert (await told(verbs, desk))["agreed"] == "ada"
    found = staged.agreed(hall.folder)
    assert found is not None and (found.to, found.user, found.station) == (READY.to, "ada", "office")
    record = hall.records[-1]
    assert (record.category, record.event, record.subject, record.user) == ("system", "update agreed", "program", "ada")


async def test_what_is_not_there_and_what_nobody_waits_for_cannot_be_agreed_to(hall: Hall, verbs: UpdateVerbs) -> None:
    office = await hall.staffed()
    with pytest.raises(Denied, match="is not prepared here any more"):
        await agree(verbs, office)
    staged.keep(hall.folder, READY)
    assert not (await told(verbs, office))["waits"]
    with pytest.raises(Denied, match="Nobody waits"):
        await agree(verbs, office)
    with staged.waited_for(hall.folder), pytest.raises(Denied, match="is not prepared here any more"):
        await agree(verbs, office, "9.0.0+5")
    staged.keep(hall.folder, Ready("9.0.0+4", "0.0.1+1"))  # of a version that does not run any more
    assert await told(verbs, office) == {}


async def test_what_cannot_be_recorded_is_not_agreed_to(hall: Hall, verbs: UpdateVerbs) -> None:
    office = await hall.staffed()
    staged.keep(hall.folder, READY)
    hall.disk_full = True
    with staged.waited_for(hall.folder), pytest.raises(StoreError):
        await agree(verbs, office)
    assert staged.agreed(hall.folder) is None
