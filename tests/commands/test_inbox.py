"""From the office to the plant: published, fetched by a running engine, agreed to by a person, put into force."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hmi import cli
from hmi.clock import MachineClock
from hmi.engine import forward
from hmi.engine.engine import Engine
from hmi.plantfiles.bundle import sign
from hmi.plantfiles.bundle_install import install
from hmi.plantfiles.bundle_pack import opened, pack
from hmi.plantfiles.folder import load_folder
from tests.update.standin import KEY, make_plant
from tests.uplink.conftest import bare, cluster, url  # noqa: F401 - fixtures

pytestmark = pytest.mark.expect_log("connection refused", "plant files wait")
ORDERS = 'plant = "mill"\n[[order]]\nid = "4711"\nproduct = "Flour"\nquantity = 12\nunit = "t"\n'
DEADLINE_S = 60.0


def packed(folder: Path, version: int, url: str, title: str = "Overview") -> Path:  # noqa: F811
    """A signed plant that knows its plant server, as a pack."""
    made = make_plant(folder, version, title=title)
    (made / "plant.toml").write_text((made / "plant.toml").read_text() + f'\n[server]\nurl = "{url}"\n')
    sign(made, KEY)
    pack(made, folder.with_suffix(".hmiplant"))
    return folder.with_suffix(".hmiplant")


@pytest.fixture
def station(tmp_path: Path, url: str, monkeypatch, capsys) -> Callable[..., Any]:  # noqa: F811
    """Run something beside the engine of version 2, whose folder is a link to its version."""
    monkeypatch.setattr(forward, "LOOK_S", 0.1)
    monkeypatch.setenv("HMI_DATA", str(tmp_path / "data"))
    files = tmp_path / "mill"
    install(opened(packed(tmp_path / "v2", 2, url), None), files)

    def one(words: list[str]) -> tuple[int, str, str]:
        code = cli.main(["server", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    async def run(deeds: Callable[[Callable[[list[str]], tuple[int, str, str]]], Any], link: bool = True) -> Any:
        place = files if link else files.resolve()
        engine, said = (
            Engine(load_folder(place), {}, tmp_path / "data", MachineClock(), ready_s=0.1, files=place),
            asyncio.Queue[str](),
        )
        async with asyncio.TaskGroup() as group:
            task = group.create_task(engine.run(said.put_nowait))
            await said.get()
            try:
                return await asyncio.to_thread(deeds, one)
            finally:
                task.cancel()

    return run


def arrived(one: Callable[[list[str]], tuple[int, str, str]], count: int) -> list[dict[str, Any]]:
    """Once so many have come."""
    clock = MachineClock()
    until = clock.monotonic() + DEADLINE_S
    while clock.monotonic() < until:
        rows: list[dict[str, Any]] = json.loads(one(["inbox", "--json"])[1])["inbox"]
        if len(rows) >= count:
            return rows
    raise AssertionError("nothing came")


async def test_a_new_version_is_put_into_force_when_a_person_agrees(station, tmp_path, url):  # noqa: F811
    (tmp_path / "week.toml").write_text(ORDERS)
    new = packed(tmp_path / "v3", 3, url, title="Overview 3")

    def deeds(one):
        assert one(["inbox"])[1] == "Nothing has come from the plant server.\n"
        assert one(["publish", url, str(new), str(tmp_path / "week.toml")])[0] == 0
        rows = arrived(one, 2)
        assert [row["state"] for row in rows] == ["waiting", "waiting"]
        assert (tmp_path / "mill").readlink().name == "mill-2", "nothing before a person agrees"
        denied = one(["accept", "1"])
        assert denied[0] == 1 and "needs the role engineer" in denied[2]
        no_reason = one(["reject", "2"])
        assert no_reason[0] == 1 and "Say why" in no_reason[2]
        accepted = one(["accept", "2"])
        assert accepted[0] == 0 and "accepted by" in accepted[1]
        assert one(["orders"])[1] == "4711: 12 t Flour; no job yet\n"
        assert json.loads(one(["orders", "--json"])[1])["orders"][0]["jobs"] == []
        again = one(["accept", "2"])
        assert again[0] == 1 and "is accepted: there is nothing to decide" in again[2]
        assert "Nothing of the number 9" in one(["accept", "9"])[2]

    await station(deeds)


async def test_an_engineer_puts_it_into_force(station, tmp_path, url, monkeypatch):  # noqa: F811
    monkeypatch.setattr("hmi.engine.people.People.role", lambda *_: "engineer")
    new = packed(tmp_path / "v3", 3, url, title="Overview 3")

    def deeds(one):
        one(["publish", url, str(new)])
        arrived(one, 1)
        (tmp_path / "mill" / "tags.csv").write_text((tmp_path / "mill" / "tags.csv").read_text() + "\n")
        by_hand = one(["accept", "1"])
        assert by_hand[0] == 1 and "changed here by hand (tags.csv was changed)" in by_hand[2]
        assert (tmp_path / "mill").readlink().name == "mill-2"
        (tmp_path / "mill" / "tags.csv").write_text((tmp_path / "mill" / "tags.csv").read_text()[:-1])
        accepted = one(["accept", "1", "--json"])
        assert accepted[0] == 0 and "mill-3 is in force" in json.loads(accepted[1])["said"]
        assert (tmp_path / "mill").readlink().name == "mill-3"
        assert (tmp_path / "mill-2" / "plant.toml").exists(), "to go back to"
        listed = json.loads(one(["published", url, "--json"])[1])["published"]
        assert listed[0]["name"] == "v3.hmiplant"

    await station(deeds)


async def test_a_folder_that_somebody_works_in_is_left_alone(station, tmp_path, url, monkeypatch):  # noqa: F811
    monkeypatch.setattr("hmi.engine.people.People.role", lambda *_: "engineer")
    new = packed(tmp_path / "v3", 3, url)

    def deeds(one):
        one(["publish", url, str(new)])
        arrived(one, 1)
        refused = one(["accept", "1"])
        assert refused[0] == 1 and "hmi plant install" in refused[2] and refused[2].count("\n") == 1
        assert json.loads(one(["inbox", "--json"])[1])["inbox"][0]["state"] == "waiting"
        rejected = one(["reject", "1", "--why", "not before Monday"])
        assert rejected[0] == 0 and "not before Monday" in rejected[1]

    await station(deeds, link=False)


async def test_an_installed_station_installs_it_as_by_hand(station, tmp_path, url, monkeypatch):  # noqa: F811
    monkeypatch.setattr("hmi.engine.people.People.role", lambda *_: "engineer")
    monkeypatch.setattr("hmi.commands.inbox.root", lambda: tmp_path)
    asked: list[Path] = []

    def install_pack(options):
        asked.append(options.file)
        assert (options.action, options.into, options.downgrade) == ("install", None, False)
        return 1 if len(asked) == 1 else 0

    monkeypatch.setattr("hmi.commands.update.install_pack", install_pack)
    new = packed(tmp_path / "v3", 3, url)

    def deeds(one):
        one(["publish", url, str(new)])
        arrived(one, 1)
        assert one(["accept", "1"])[0] == 1, "it was not installed, so it is not accepted"
        assert json.loads(one(["inbox", "--json"])[1])["inbox"][0]["state"] == "waiting"
        accepted = one(["accept", "1"])
        assert accepted[0] == 0 and "put into force by hand" in accepted[1]
        assert asked[0].read_bytes() == new.read_bytes()

    await station(deeds, link=False)
