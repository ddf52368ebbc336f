import asyncio
import io
from dataclasses import replace

import pytest
from argon2 import PasswordHasher

from hmi.cli import main
from hmi.clock import MachineClock
from hmi.commands.alarms import hours
from hmi.core.alarms.rules import AlarmClass
from hmi.core.errors import HmiError
from hmi.core.plant import Connection, Plant
from hmi.engine import hashing
from hmi.engine.engine import Engine
from tests.engine.toy import RULE, TAGS


@pytest.mark.parametrize(("text", "wanted"), [("30m", 0.5), ("4h", 4.0), ("1.5h", 1.5)])
def test_a_length_of_time(text, wanted):
    assert hours(text) == wanted


@pytest.mark.parametrize("text", ["", "4", "h", "-1h", "1d", "forever"])
def test_what_is_no_length_of_time_is_said_so(text):
    with pytest.raises(HmiError, match="write 30m or 4h"):
        hours(text)


@pytest.mark.parametrize(
    "words",
    [
        *(["shelve", "x", "--why", "t"], ["unshelve", "x"], ["reset", "x"], ["alarms", "explain", "x"]),
        *(["confirm", "x"], ["comment", "x", "--why", "t"]),
    ],
)
def test_without_an_engine_one_line_says_what_to_do(words, tmp_path, capsys):
    assert main([*words, "--data", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert "engine" in error and "Traceback" not in error and error.count("\n") == 1


GOOD, OTHER = "three grey herons", "seven wet otters"
MANAGED = AlarmClass("process", 1.0, second_person=True)


@pytest.fixture
def managed(tmp_path, capsys, monkeypatch):
    """Type commands beside an engine whose alarms take two; gives (exit code, what was said) of each."""
    monkeypatch.setattr(hashing, "_hasher", lambda: PasswordHasher(1, 8, 1))
    hashing._nobody.cache_clear()
    lines, rule = (Connection("plc", "opcua", "opc.tcp://127.0.0.1:1"),), replace(RULE, suppress_when="")
    plant = Plant("toy", "Toy", "UTC", lines, TAGS, (rule,), {}, {}, alarm_classes={"process": MANAGED})

    def one(words, answers):
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{answer}\n" for answer in answers)))
        code = main([*words, "--data", str(tmp_path)])
        said = capsys.readouterr()
        return code, said.out + said.err

    async def beside(commands):
        made, ready = Engine(plant, {}, tmp_path, MachineClock(), ready_s=0.1), asyncio.Queue()
        async with asyncio.TaskGroup() as group:
            task = group.create_task(made.run(ready.put_nowait))
            await ready.get()
            loop = asyncio.get_running_loop()
            told = [await loop.run_in_executor(None, one, *command) for command in commands]
            task.cancel()
        return told

    return lambda *commands: asyncio.run(beside(commands))


@pytest.mark.expect_log("connection refused")
def test_the_second_person_of_a_shelf_types_his_password(managed):
    shelve = ["shelve", "a.level.h", "--why", "test"]
    told = managed(
        (["user", "add", "ada", "--role", "administer"], [GOOD]),
        (["user", "add", "kim", "--role", "operate", "--as", "ada"], [GOOD, OTHER]),
        (["user", "password", "kim"], [OTHER, "nine fat geese!"]),
        (shelve, []),
        ([*shelve, "--second", "kim"], ["nine fat geese!"]),
        ([*shelve, "--as", "ada", "--second", "kim"], [GOOD, "wrong"]),
        ([*shelve, "--as", "ada", "--second", "kim"], [GOOD, "nine fat geese!"]),
    )
    assert [code for code, _ in told] == [0, 0, 0, 1, 1, 1, 0], told
    for (_, text), says in zip(told[3:6], ("need a second person", "both must be known", "is wrong"), strict=True):
        assert says in text
    assert "1 shelved" in told[6][1]
