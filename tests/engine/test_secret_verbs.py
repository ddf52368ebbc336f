"""Secrets given over the link: by an administrator, on record, and told to nobody."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backends import fail

from hmi.core.plant.model import Server
from hmi.drivers.passwords import password_of
from hmi.engine.people import Denied
from hmi.engine.secret_verbs import SecretVerbs
from tests.engine.hall import GOOD, Hall, at
from tests.engine.toy import plant

SECRET = "nine pale storks"


@pytest.fixture
def verbs(hall: Hall) -> Iterator[SecretVerbs]:
    """A plant with a plant server and a controller that asks for a user."""
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    toy = plant()
    asks = replace(toy.connections[0], user="hmi", secret="all-plcs")
    made = replace(toy, connections=(asks,), server=Server("postgresql://hmi@x/y"))
    pool = ThreadPoolExecutor(1)
    yield SecretVerbs(hall.folder, lambda: made, hall.people, pool)
    pool.shutdown()
    keyring.set_keyring(before)


def holding(folder: Path) -> list[Path]:
    """The files that have the secret in them."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(path for path in files if SECRET.encode() in path.read_bytes())


async def ask(verbs: SecretVerbs, session: Any, verb: str, **args: Any) -> Any:
    return await verbs.verbs[verb](session, args)


async def test_kept_for_whoever_asks_for_it(hall: Hall, verbs: SecretVerbs):
    office = await hall.staffed()
    assert (await ask(verbs, office, "secrets")).body == {
        "folder": str(hall.folder.resolve()),
        "wanted": ["all-plcs", "server"],
        "kept": {},
    }
    for name in ("all-plcs", "server"):
        assert (await ask(verbs, office, "secret", name=name, secret=SECRET)).body == {"name": name, "place": "file"}
    assert password_of("all-plcs", "hmi", hall.folder) == SECRET
    told = str((await ask(verbs, office, "secrets")).body) + str(hall.records)
    assert SECRET not in told and "server is given" in told
    assert holding(hall.folder) == [hall.folder / "secrets" / "all-plcs", hall.folder / "secrets" / "server"]


async def test_by_an_administrator_and_for_what_the_plant_names(hall: Hall, verbs: SecretVerbs):
    office, desk = await hall.staffed(), at()
    await hall.people.sign_in(desk, "kim", GOOD + "!")
    for nobody in (desk, at("desk 3")):
        with pytest.raises(Denied, match="takes the role administer"):
            await ask(verbs, nobody, "secret", name="server", secret=SECRET)
    for other in ("line-1", "../x", ""):
        with pytest.raises(Denied, match="nothing was kept"):
            await ask(verbs, office, "secret", name=other, secret=SECRET)
    assert not (hall.folder / "secrets").exists()
