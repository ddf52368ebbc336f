"""`hmi user` with a real engine: accounts made, changed and refused, as an administrator types it."""

from __future__ import annotations

import asyncio
import io
import json
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hmi import cli
from hmi.clock import MachineClock
from hmi.core.plant import Connection, Plant
from hmi.core.plant.model import PeopleRules
from hmi.engine.engine import Engine
from hmi.store.people import read_book
from hmi.store.query import Reader
from tests.engine.toy import TAGS

pytestmark = [pytest.mark.expect_log("connection refused"), pytest.mark.usefixtures("quick")]

GOOD, OTHER = "three grey herons", "seven wet otters"
NOTICE = "For staff of the plant only.\nWhat is done here is recorded."
Typed = tuple[list[str], list[str]]  # words of a command, and what is typed at its questions


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing at its cheapest."""
    from argon2 import PasswordHasher

    from hmi.engine import hashing

    monkeypatch.setattr(hashing, "_hasher", lambda: PasswordHasher(1, 8, 1))
    hashing._nobody.cache_clear()


@pytest.fixture
def typed(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Type commands beside a running engine; gives (exit code, stdout, stderr) of each."""

    def one(verb: str, words: list[str], answers: list[str]) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{answer}\n" for answer in answers)))
        code = cli.main([verb, *words, "--data", str(tmp_path)])
        said = capsys.readouterr()
        return code, said.out, said.err

    async def beside(verb: str, commands: list[Typed]) -> list[tuple[int, str, str]]:
        plc, people = Connection("plc", "opcua", "opc.tcp://127.0.0.1:1"), PeopleRules(notice=NOTICE)
        plant = Plant("toy", "Toy", "UTC", (plc,), TAGS, (), {}, {}, people=people)
        made, said = Engine(plant, {}, tmp_path, MachineClock(), ready_s=0.1), asyncio.Queue[str]()
        async with asyncio.TaskGroup() as group:
            task = group.create_task(made.run(said.put_nowait))
            await said.get()
            loop = asyncio.get_running_loop()
            told = [await loop.run_in_executor(None, one, verb, *command) for command in commands]
            task.cancel()
        return told

    return lambda *commands, verb="user": asyncio.run(beside(verb, list(commands)))


FIRST: Typed = (["add", "ada", "--role", "administer", "--full-name", "Ada Lund"], [GOOD])


def test_the_first_account_and_the_next(typed: Callable[..., Any], tmp_path: Path):
    told = typed(
        (["list"], []),
        FIRST,
        (["add", "kim", "--role", "operate", "--role", "maintain:line1.filler", "--as", "ada"], [GOOD, OTHER]),
        (["list"], []),
        (["list", "--as", "ada"], [GOOD]),
        (["list", "--as", "ada", "--json"], [GOOD]),
    )
    assert [code for code, _, _ in told] == [0] * 6, told
    assert "hmi user add NAME --role administer" in told[0][1]
    assert told[1][1] == "Account ada made: administer\n"
    assert told[2][1] == "Account kim made: operate, maintain in line1.filler\n"
    assert told[3][1].splitlines() == ["ada                  Ada Lund", "kim"]
    assert "operate, maintain:line1.filler" in told[4][1] and "password to be changed" in told[4][1]
    (ada, kim) = json.loads(told[5][1])["accounts"]
    assert (ada["roles"], kim["roles"]) == ({"": "administer"}, {"": "operate", "line1.filler": "maintain"})
    assert [one.name for one in read_book(tmp_path).accounts] == ["ada", "kim"]


class Terminal(io.StringIO):
    """What a person types."""

    def isatty(self) -> bool:
        return True


@pytest.mark.cr("1.12")
def test_a_person_at_a_terminal_reads_the_owners_notice_before_the_password(
    typed: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
):
    def asked(prompt: str) -> str:
        sys.stderr.write(f"{prompt}\n")
        return sys.stdin.readline().rstrip("\n")

    [(code, _, err)] = typed(FIRST)
    assert (code, err) == (0, ""), "a script is not told"
    monkeypatch.setattr("getpass.getpass", asked)
    monkeypatch.setattr(sys.modules[__name__], "io", SimpleNamespace(StringIO=Terminal))
    [(code, _, err)] = typed((["list", "--as", "ada"], [GOOD]))
    assert (code, err.splitlines()) == (0, [*NOTICE.splitlines(), "Password of ada: "])


def test_what_is_not_allowed_is_one_line_each(typed: Callable[..., Any]):
    told = typed(
        FIRST,
        (["add", "kim", "--as", "ada"], ["wrong", OTHER]),
        (["add", "kim", "--as", "ada"], [GOOD, "short"]),
        (["add", "kim", "--as", "ada"], [GOOD]),
        (["add", "kim", "--role", "king", "--as", "ada"], [GOOD, OTHER]),
        (["remove", "ada", "--as", "ada"], [GOOD]),
        (["change", "ada", "--as", "ada"], [GOOD]),
        (["password", "nobody"], ["x", OTHER]),
    )
    assert [code for code, _, _ in told] == [0] + [1] * 7
    errors = [error for _, _, error in told[1:]]
    assert all(error.startswith("hmi: ") and error.count("\n") == 1 for error in errors), errors
    wanted = ("is wrong", "10 to 256", "input has ended", "no role 'king'", "Nobody would be left", "Nothing to change",
              "no account 'nobody'")  # fmt: skip
    for error, words in zip(errors, wanted, strict=True):
        assert words in error


def test_passwords_pins_and_badges(typed: Callable[..., Any], tmp_path: Path):
    told = typed(
        FIRST,
        (["add", "kim", "--as", "ada"], [GOOD, OTHER]),
        (["password", "kim"], [OTHER, "nine fat geese!"]),
        (["pin", "kim"], ["2580", "nine fat geese!"]),
        (["badge", "kim", "--as", "ada"], [GOOD, "0017"]),
        (["password", "kim", "--set", "--as", "ada"], [GOOD, OTHER]),
        (["change", "kim", "--disable", "--as", "ada"], [GOOD]),
        (["change", "kim", "--enable", "--expires", "never", "--skill", "forklift", "--as", "ada"], [GOOD]),
        (["remove", "kim", "--as", "ada"], [GOOD]),
    )
    assert [(code, error) for code, _, error in told] == [(0, "")] * 9
    assert [out.strip() for _, out, _ in told[2:6]] == [
        "Password changed",
        "PIN set",
        "kim has a badge now",
        "Password of kim set; it is to be changed at the next sign-in",
    ]
    assert "disabled True" in told[6][1] and "skills forklift" in told[7][1]
    text = (tmp_path / "people.json").read_text()
    assert not any(secret in text for secret in (GOOD, OTHER, "2580", "0017", "geese"))


def test_what_a_person_does_on_the_command_line_is_his(typed: Callable[..., Any], tmp_path: Path):
    """`--as` signs in for one command: with its role, and its name on the record."""
    told = typed(FIRST)
    assert told[0][0] == 0
    put = ["a.speed", "5", "--why", "trial", "--as", "ada"]
    told = typed((put, ["wrong"]), (put, [GOOD]), verb="put")
    assert [code for code, _, _ in told] == [1, 1]
    assert told[0][2] == "hmi: Name or password is wrong\n"
    assert "nothing was sent" in told[1][2]
    with closing(Reader(tmp_path)) as reader:
        events = [(one.category, one.event, one.user) for _, one in reader.journal(limit=20)]
    assert ("write", "refused", "ada") in events
    assert [event for category, event, _ in reversed(events) if category == "person"] == [
        "added", "refused", "signed in", "signed out",
    ]  # fmt: skip


def test_without_an_engine_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["user", "list", "--data", str(tmp_path)]) == 1
    assert "engine is not running" in capsys.readouterr().err
