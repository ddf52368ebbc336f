"""`hmi note` with a real engine: kept, listed, found in the journal, and still there after a restart."""

import asyncio
import json

import pytest

from hmi import cli
from hmi.clock import MachineClock
from hmi.core.plant import Connection, Plant
from hmi.engine.engine import Engine
from tests.engine.toy import TAGS

pytestmark = pytest.mark.expect_log("connection refused")  # its controller is away on purpose


@pytest.fixture
def hmi(tmp_path, capsys):
    """Run `hmi` words; with an engine beside it where `engine` is set."""

    async def beside(words):
        plant = Plant("toy", "Toy", "UTC", (Connection("plc", "opcua", "opc.tcp://127.0.0.1:1"),), TAGS, (), {}, {})
        made, said = Engine(plant, {}, tmp_path, MachineClock(), ready_s=0.1), asyncio.Queue()
        async with asyncio.TaskGroup() as group:
            task = group.create_task(made.run(said.put_nowait))
            await said.get()
            codes = [await asyncio.get_running_loop().run_in_executor(None, cli.main, one) for one in words]
            task.cancel()
        return codes

    def run(*words, engine=False):
        told = [*words, "--data", str(tmp_path)]
        code = asyncio.run(beside([told]))[0] if engine else cli.main(told)
        return code, capsys.readouterr()

    return run


def test_a_note_is_kept_and_found_again(hmi):
    code, out = hmi("note", "Seal", "of", "pump", "3", "changed", "--tag", "a.level", "--from", "-10m", engine=True)
    assert code == 0 and "kept in the journal as record" in out.out
    code, out = hmi("note")  # the engine is stopped: it is read from the disk
    assert code == 0
    assert "a.level by " in out.out and out.out.rstrip().endswith(": Seal of pump 3 changed")
    assert hmi("note", "--tag", "a.speed")[1].out == ""
    assert hmi("note", "--from", "-5m")[1].out == ""
    rows = json.loads(hmi("note", "--from", "-20m", "--json")[1].out)["notes"]
    assert [row["why"] for row in rows] == ["Seal of pump 3 changed"]
    assert "noted" in hmi("journal", "--category", "note", "--find", "PUMP 3")[1].out
    assert hmi("journal", "--find", "pump 4")[1].out == ""
    assert hmi("journal", "verify")[0] == 0


def test_what_cannot_be_kept_is_one_line(hmi):
    code, out = hmi("note", "x", "--tag", "a.nothing", engine=True)
    assert code == 1 and out.err == "hmi: There is no tag 'a.nothing': nothing was kept. See hmi get for the names\n"
    code, out = hmi("note", "x")
    assert code == 1 and "engine" in out.err and out.err.count("\n") == 1
