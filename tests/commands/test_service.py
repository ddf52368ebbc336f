import asyncio
import gc
import os
import signal

import pytest

from hmi import cli
from hmi.commands import service
from hmi.commands.service import run_until_told
from hmi.core.errors import DeviceError


def test_sigterm_ends_it_in_order():
    ended = []

    async def work():
        asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGTERM)
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    assert run_until_told(work()) == 0
    assert ended == [True]


def test_a_known_error_inside_a_group_of_tasks_comes_out_alone():
    async def work():
        async with asyncio.TaskGroup() as group:
            group.create_task(fail())

    async def fail():
        raise DeviceError("the port is taken")

    with pytest.raises(DeviceError, match="port is taken"):
        run_until_told(work())


def test_what_an_engine_made_until_it_is_ready_is_not_looked_through_again(capsys):
    try:
        service._started("ready live=3")
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
    assert capsys.readouterr().out == "ready live=3\n"


def test_faults_can_be_listed(capsys):
    assert cli.main(["sim", "bottling", "--fault", "list"]) == 0
    assert "inlet-stuck" in capsys.readouterr().out


def test_an_address_for_a_connection_that_is_not_there(capsys, tmp_path):
    words = ["engine", "bottling", "--address", "nothing=tcp://127.0.0.1:1", "--data", str(tmp_path)]
    assert cli.main(words) == 1
    assert "no connection 'nothing'" in capsys.readouterr().err
