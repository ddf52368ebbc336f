"""Strangers and wishes are refused by a true engine; where it would let them in, the check says so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from hmi.clock import MachineClock
from hmi.commands.children import free_ports
from hmi.core import policy
from hmi.engine.engine import Engine
from hmi.link.server import Server
from hmi.plantfiles.folder import load_folder
from hmi.selftest import refusals
from hmi.selftest.checks import Failed, Ground

pytestmark = pytest.mark.expect_log("nowhere|refused|let in")


async def checked(folder: Path, look: Callable[[Ground], str]) -> str:
    """What a check says, its engine in this process: what is broken here is broken there."""
    loop = asyncio.get_running_loop()
    tasks: list[asyncio.Task[None]] = []

    async def begin(plant: Path, data: Path) -> str:
        said: asyncio.Queue[str] = asyncio.Queue()
        engine = Engine(load_folder(plant), {}, data, MachineClock(), ready_s=0.1)
        tasks.append(group.create_task(engine.run(said.put_nowait)))
        return await said.get()

    def start(name: str, *words: str) -> str:
        return asyncio.run_coroutine_threadsafe(begin(Path(words[1]), Path(words[3])), loop).result(30)

    async with asyncio.TaskGroup() as group:
        try:
            return await asyncio.to_thread(look, Ground(folder, MachineClock(), start, free_ports))
        except Failed as why:
            return f"FAILED: {why}"
        finally:
            for task in tasks:
                task.cancel()


@pytest.mark.cr("2.1", "3.3")
async def test_every_wish_is_refused_by_its_rule(tmp_path: Path) -> None:
    assert await checked(tmp_path, refusals.wishes_at_the_gate) == "8 wishes refused, each by its rule, and journalled"


@pytest.mark.parametrize("rule", ["_check_person", "_check_range", "_check_state"])
async def test_a_rule_that_is_gone_is_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rule: str) -> None:
    monkeypatch.setattr(policy, rule, lambda *_: None)
    found = await checked(tmp_path, refusals.wishes_at_the_gate)
    assert found.startswith("FAILED: The gate did not refuse")


@pytest.mark.cr("3.3", "7.7")
async def test_every_stranger_is_sent_away(tmp_path: Path) -> None:
    assert await checked(tmp_path, refusals.strangers_at_the_door) == "6 strangers sent away"


async def test_a_door_that_stands_open_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Server, "objection", lambda *_: "")
    found = await checked(tmp_path, refusals.strangers_at_the_door)
    assert found.startswith("FAILED: The engine let in a stranger with a wrong token")
