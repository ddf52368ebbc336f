"""Each check of the protection of a station passes where all is well, and fails, named, where one thing is not."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from hmi.clock import MachineClock
from hmi.core.journal import Record
from hmi.core.people import Account
from hmi.core.plant import load
from hmi.drivers.pki import Pki
from hmi.engine.engine import Engine
from hmi.link import address as addresses
from hmi.plantfiles.standing import ENGINEERING, NOBODY_ASKED, OPEN, SIGNED, Standing
from hmi.selftest import security
from hmi.selftest.checks import FAILED, NOT_CHECKED, PASSED, Ground, Result, check_of, made
from hmi.store.checkpoints import key_of
from hmi.store.journal import JournalFile
from hmi.store.people import Book, new_book, write_book
from tests.drivers import papers
from tests.faults.station import HEAD

pytestmark = pytest.mark.skipif(os.name != "posix", reason="rights are those of POSIX")
SECRET = "Gurke-42-am-Morgen"
PLANT = """[plant]
id = "p"
name = "P"
timezone = "UTC"
[access]
everyone = "{everyone}"
[[connection]]
id = "filler"
driver = "opcua"
address = "opc.tcp://127.0.0.1:1"
security = "{security}"
{more}
[[connection]]
id = "packer"
driver = "modbus"
address = "tcp://127.0.0.1:1"
"""
Break = Callable[[Path], Any]


@pytest.fixture(scope="module")
def well(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a station on which all is well; its keys take a while to make."""
    data = tmp_path_factory.mktemp("station") / "data"
    data.mkdir(mode=0o700)
    with closing(JournalFile(data / "journal.db")) as journal:
        journal.write([Record(time_ns=n, category="note", event="written", subject=f"{n}") for n in range(50)])
    stored = PasswordHasher().hash("three grey herons")
    write_book(data, with_accounts(Account(number=1, name="ada", roles={"": "administer"}, password=stored)))
    key_of(data)
    Pki(data).own(MachineClock().now_ns())
    (data / "secrets").mkdir()
    secret = data / "secrets" / "filler"
    secret.touch(0o600)
    secret.write_text(SECRET + "\n")
    (data / "engine.log").write_text("all is well\n")
    return data


@pytest.fixture
def folder(well: Path, tmp_path: Path) -> Path:
    """A copy of it, to be spoilt."""
    return Path(shutil.copytree(well, tmp_path / "data"))


def with_accounts(*accounts: Account) -> Book:
    book = new_book()
    return Book(key=book.key, next_number=len(accounts) + 1, accounts=accounts)


def look(data: Path | None, name: str, folder: Path | None = None) -> Result:
    """How one check ends."""

    def start(name: str, *words: str) -> str:
        raise AssertionError("nothing is started here")

    ground = Ground(folder or Path("/nowhere"), MachineClock(), start, lambda count: 0, data)
    return made("security", check_of("security", name), ground)


WELL = ["data folder", "secrets", "secrets in logs", "accounts", "stored passwords", "certificates", "journal"]


@pytest.mark.cr("3.3")
@pytest.mark.parametrize("name", [*WELL, "signed marks"])
def test_a_station_on_which_all_is_well(folder: Path, name: str) -> None:
    found = look(folder, name)
    assert found.outcome == PASSED, found.text
    assert SECRET not in found.text


def spoil_journal(data: Path) -> None:
    with closing(sqlite3.connect(data / "journal.db", isolation_level=None)) as file:
        file.execute("DROP TRIGGER record_changed")
        file.execute("UPDATE record SET user = 'nobody' WHERE id = 17")


def weak_certificate(data: Path) -> None:
    (data / "pki" / "trusted").mkdir(exist_ok=True)
    (data / "pki" / "trusted" / "old.der").write_bytes(papers.der(papers.paper(own=papers.key("weak"))))


BROKEN: dict[str, tuple[Break, str]] = {
    "data folder": (lambda data: (data / "journal.db").chmod(0o666), "everybody may write journal.db"),
    "secrets": (lambda data: (data / "secrets" / "filler").chmod(0o644), "Others may read secrets/filler"),
    "secrets in logs": (lambda data: (data / "engine.log").write_text(f"login {SECRET}"), "stands in engine.log"),
    "accounts": (lambda data: write_book(data, new_book()), "No account administers this station"),
    "stored passwords": (
        lambda data: write_book(
            data, with_accounts(Account(number=1, name="ada", password=PasswordHasher(1, 8, 1).hash("x")))
        ),
        "stored too weakly: ada",
    ),
    "certificates": (weak_certificate, "old.der has a key that is too weak"),
    "journal": (spoil_journal, "record 17 was changed"),
}


@pytest.mark.cr("3.3")
@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_is_named(folder: Path, name: str) -> None:
    spoil, says = BROKEN[name]
    spoil(folder)
    found = look(folder, name)
    assert found.outcome == FAILED
    assert says in found.text, found.text
    assert "\n" not in found.text and SECRET not in found.text


@pytest.mark.parametrize("name", ["people.json", "pki/journal.key", "pki/own/key.pem"])
def test_each_file_with_a_secret_is_looked_at(folder: Path, name: str) -> None:
    found = [one for one in (folder / name, *(folder / name).parent.glob("*.pem")) if one.exists()]
    assert found, name
    found[0].chmod(0o640)
    assert look(folder, "secrets").outcome == FAILED


def test_without_a_data_folder_nothing_is_claimed(tmp_path: Path) -> None:
    for name in WELL:
        assert look(None, name).outcome == NOT_CHECKED
        assert look(tmp_path / "nowhere", name).outcome == FAILED


def test_where_nothing_is_there_to_look_at_nothing_is_claimed(tmp_path: Path) -> None:
    write_book(tmp_path, new_book())
    for name in ("stored passwords", "certificates", "signed marks", "listening sockets", "connections"):
        assert look(tmp_path, name).outcome == NOT_CHECKED, name


# -- what is asked of the engine that runs


@pytest.fixture
def running(folder: Path) -> Iterator[Callable[[str], None]]:
    """An engine that is this process; what it listens on is what the test opens."""
    opened: list[socket.socket] = []

    def listen(host: str) -> None:
        opened.append(socket.create_server((host, 0)))

    addresses.write(folder, addresses.Address("unix:/nowhere", "t", os.getpid()))
    yield listen
    for one in opened:
        one.close()


@pytest.mark.cr("7.7")
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looked up in /proc")
def test_what_listens_beyond_this_machine_is_named(folder: Path, running: Callable[[str], None]) -> None:
    running("127.0.0.1")
    assert look(folder, "listening sockets").outcome == PASSED
    running("0.0.0.0")
    found = look(folder, "listening sockets")
    assert found.outcome == FAILED and "tcp 0.0.0.0:" in found.text


async def beside(data: Path, name: str, plant: str, standing: Standing = NOBODY_ASKED) -> Result:
    """How a check ends while an engine with this plant runs on the data folder."""
    engine = Engine(load({"plant.toml": plant, "tags.csv": HEAD}, {}), {}, data, MachineClock(), ready_s=0.1)
    engine.standing = standing
    said: asyncio.Queue[str] = asyncio.Queue()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(engine.run(said.put_nowait))
        await said.get()
        found = await asyncio.to_thread(look, data, name)
        task.cancel()
    return found


@pytest.mark.expect_log("connection refused|not encrypted|password")
@pytest.mark.parametrize(
    ("everyone", "policy", "more", "name", "outcome", "says"),
    [
        ("view", "Basic256Sha256:SignAndEncrypt", "", "connections", PASSED, "filler encrypted; NOT secured"),
        ("view", "None", "", "connections", PASSED, "network of their own: filler, packer"),
        ("view", "None", 'user = "x"\nallow_plain_password = true', "connections", FAILED, "in clear: filler"),
        (
            "view",
            "None",
            '[server]\nurl = "postgresql://h@x/p"',
            "connections",
            PASSED,
            "the plant server (without `ca`",
        ),
        ("acknowledge", "None", "", "what everybody may", PASSED, "everybody may acknowledge and no more"),
        ("operate", "None", "", "what everybody may", FAILED, "everywhere: operate"),
    ],
)
async def test_what_the_plant_allows(
    folder: Path, everyone: str, policy: str, more: str, name: str, outcome: str, says: str
) -> None:
    found = await beside(folder, name, PLANT.format(everyone=everyone, security=policy, more=more))
    assert found.outcome == outcome, found.text
    assert says in found.text


@pytest.mark.cr("3.3", "3.4")
@pytest.mark.expect_log("connection refused")
@pytest.mark.parametrize(
    ("mode", "outcome", "says"),
    [
        (SIGNED, PASSED, "as they were"),
        (ENGINEERING, FAILED, "as they were: end that before"),
        (OPEN, FAILED, "No plant key"),
    ],
)
async def test_what_holds_the_plant_files(folder: Path, mode: str, outcome: str, says: str) -> None:
    plant = PLANT.format(everyone="view", security="None", more="")
    found = await beside(folder, "plant files", plant, Standing(mode, "as they were"))
    assert (found.outcome, says in found.text) == (outcome, True), found.text


def test_the_names_are_the_checks_own() -> None:
    names = [check.name for check in security.CHECKS]
    assert len(set(names)) == len(names) >= 14
    assert all(check.claim and check.name == check.name.lower() for check in security.CHECKS)
