"""Whose request goes next on a line."""

from __future__ import annotations

import asyncio

import pytest

from hmi.clock import MachineClock
from hmi.drivers.modbus_turn import Budget, Turn


async def test_a_write_goes_before_all_polling_that_waits():
    turn, order, answered = Turn(), [], asyncio.Event()

    async def take(name: str, way) -> None:
        async with way():
            order.append(name)
            await answered.wait()

    async with asyncio.TaskGroup() as group:
        for name in ("poll 1", "poll 2", "poll 3"):
            group.create_task(take(name, turn.polling))
        await asyncio.sleep(0)  # the first is under way, the others wait
        for name in ("write 1", "write 2"):
            group.create_task(take(name, turn.writing))
        await asyncio.sleep(0)
        answered.set()
    assert order == ["poll 1", "write 1", "write 2", "poll 2", "poll 3"]


@pytest.mark.parametrize("when", ["waiting", "called"])
async def test_who_is_cancelled_does_not_keep_the_line(when: str):
    turn, reached = Turn(), asyncio.Event()

    async def wait() -> None:
        async with turn.polling():
            reached.set()

    async with asyncio.TaskGroup() as group:
        async with turn.writing():
            leaving = group.create_task(wait())
            staying = group.create_task(wait())
            await asyncio.sleep(0)
            if when == "waiting":
                leaving.cancel()
        if when == "called":
            leaving.cancel()  # it was given the line in this very round and has not run since
    assert leaving.cancelled()
    assert staying.done()
    assert reached.is_set()
    async with turn.writing():
        pass  # free again


async def test_a_failure_gives_the_line_back():
    turn = Turn()
    with pytest.raises(ZeroDivisionError):
        async with turn.writing():
            raise ZeroDivisionError
    async with turn.polling():
        pass


async def test_requests_are_spread_evenly():
    budget = Budget(100.0, MachineClock())
    loop = asyncio.get_running_loop()
    start = loop.time()
    for _ in range(6):
        await budget.spend()
    assert loop.time() - start >= 5 / 100 * 0.99
    free = Budget(0.0, MachineClock())
    for _ in range(10_000):
        await free.spend()
