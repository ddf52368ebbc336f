"""Writes to a node-opcua server: what the operator is told is what that server holds and logged."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from hmi.core.plant.model import Connection
from tests.drivers.devices import Running, running, tags_of
from tests.interop.peers import NodeOpcua, Relay

CALLED = [("Start", "bool"), ("Dose", "float64")]
LOST = r"hmi\.drivers: device: "

CASES: list[tuple[str, str, float | str, object]] = [  # node, tag's type, written, what the server then holds
    ("Boolean", "bool", 0, False),
    ("SByte", "int16", -5, -5),
    ("Byte", "uint16", 200, 200),
    ("Int16", "int16", 12345, 12345),
    ("UInt16", "uint16", 54321, 54321),
    ("Int32", "int32", -123456789, -123456789),
    ("UInt32", "uint32", 3123456789, 3123456789),
    ("Int64", "int64", -(2**53), str(-(2**53))),
    ("UInt64", "uint64", 2**53, str(2**53)),
    ("Float", "float32", 0.5, 0.5),
    ("Double", "float64", 33.3, 33.3),
    ("String", "string", "Größe 5 µm", "Größe 5 µm"),
    ("LocalizedText", "string", "in Ordnung", "in Ordnung"),
    ("Guid", "string", "00000000-0000-0000-0000-000000000007", "00000000-0000-0000-0000-000000000007"),
    ("DateTime", "string", "2026-04-05T06:07:08.500000Z", "2026-04-05T06:07:08.500Z"),
    ("Int64", "int64", 2**62 + 1, str(2**62 + 1)),
    ("UInt64", "uint64", 2**64 - 1, str(2**64 - 1)),
]


def node(name: str) -> str:
    return f"nsu=urn:interop:cell;s=Cell.{name}"


@pytest.fixture
def server(tmp_path) -> Iterator[NodeOpcua]:
    """A server of this test's own: its values are changed."""
    server = NodeOpcua(tmp_path)
    server.start()
    yield server
    server.kill()


async def until_live(run: Running) -> None:
    await run.until(lambda: run.driver.health.state == "live")


async def test_every_type_is_written_once_and_held(server: NodeOpcua):
    tags = tags_of([(node(name), kind) for name, kind, _, _ in CASES])
    async with running(Connection("device", "opcua", server.address), tags) as run:
        await until_live(run)
        for tag, (name, _, value, held) in zip(tags, CASES, strict=True):
            result = await run.driver.write(tag, value)
            assert result.outcome == "confirmed", (name, result)
            assert result.read_back == value, (name, result)
            assert server.ask("dump")[name]["value"] == held, name
            assert server.ask("dump")[name]["type"] == name
    assert [line.split()[0] for line in server.writes()] == [name for name, *_ in CASES]


async def test_what_may_not_or_cannot_be_written_is_refused(server: NodeOpcua):
    nodes = [("NoAccess", "float64"), ("Byte", "uint16"), ("Unreadable", "float64"), ("Doubles", "float64")]
    tags = tags_of([(node(name), kind) for name, kind in nodes])
    async with running(Connection("device", "opcua", server.address), tags) as run:
        await until_live(run)
        result = await run.driver.write(tags[0], 9.0)
        assert result.outcome == "refused", result
        assert "Bad" in result.text, result
        assert server.ask("dump")["NoAccess"]["value"] == 2.0
        result = await run.driver.write(tags[1], 256)
        assert (result.outcome, "nothing was sent" in result.text) == ("refused", True), result
        assert (await run.driver.write(tags[3], 1.0)).outcome == "refused"
        result = await run.driver.write(tags[2], 1.0)  # cannot be read: so it cannot be confirmed either
        assert result.outcome in ("refused", "unknown"), result
    assert [line for line in server.writes() if line.split()[0] in ("Byte", "Doubles")] == []


async def test_one_element_is_written_and_the_others_stay(server: NodeOpcua):
    tags = tags_of([(f"index={at};{node('Doubles')}", "float64") for at in (1, 3)])
    async with running(Connection("device", "opcua", server.address), tags) as run:
        await until_live(run)
        result = await run.driver.write(tags[0], 9.25)
        assert (result.outcome, result.read_back) == ("confirmed", 9.25), result
        assert list(server.ask("dump")["Doubles"]["value"].values()) == [1.5, 9.25, 3.5]
        result = await run.driver.write(tags[1], 9.25)
        assert result.outcome == "refused", result
        assert "BadIndexRangeNoData" in result.text
        assert list(server.ask("dump")["Doubles"]["value"].values()) == [1.5, 9.25, 3.5]


async def test_methods_are_called_once(server: NodeOpcua):
    addresses = [(f"method={name};nsu=urn:interop:cell;s=Cell", kind) for name, kind in CALLED]
    tags = tags_of(addresses, access="w")
    async with running(Connection("device", "opcua", server.address), tags) as run:
        await until_live(run)
        start, dose = tags
        assert (await run.driver.write(start, 1.0)).text == "tag0 was called"
        assert (await run.driver.write(dose, 2.5)).text == "tag1 was called: Twice = 5"
        result = await run.driver.write(dose, 200.0)
        assert result.outcome == "refused", result
        assert "BadOutOfRange" in result.text
    assert [line for line in server.writes() if line] == ["Start []", "Dose [2.5]", "Dose [200]"]


@pytest.mark.interop
@pytest.mark.expect_log(LOST)
async def test_killed_before_it_answers_and_nothing_is_sent_later(server: NodeOpcua):
    tags = tags_of([(node("Double"), "float64")])
    async with running(Connection("device", "opcua", server.address), tags) as run:
        await until_live(run)
        server.freeze()
        async with asyncio.TaskGroup() as group:
            writing = group.create_task(run.driver.write(tags[0], 44.0))
            await asyncio.sleep(0.3)  # it is under way
            server.kill()
        assert writing.result().outcome == "unknown"
        assert "check the plant" in writing.result().text
        await run.until(lambda: run.driver.health.state == "down")
        refused = await run.driver.write(tags[0], 55.0)
        assert refused.outcome == "refused"
        await asyncio.to_thread(server.start)
        await until_live(run)
        assert server.ask("dump")["Double"]["value"] == 0.1
        assert server.writes() == []


@pytest.mark.interop
@pytest.mark.expect_log(LOST)
async def test_an_answer_that_is_lost_is_unknown_and_the_write_is_not_repeated(server: NodeOpcua):
    tags = tags_of([(node("Double"), "float64"), (node("Count"), "uint32")])
    async with Relay(server.port).running() as wire:
        address = f"opc.tcp://127.0.0.1:{wire.port}"
        async with running(Connection("device", "opcua", address), tags) as run:
            await until_live(run)
            wire.deaf = True
            result = await run.driver.write(tags[0], 77.0)
            assert result.outcome == "unknown", result
            await run.until(lambda: run.driver.health.state == "down")
            wire.deaf = False
            await until_live(run)
            await run.until(lambda: run.last(node("Double"))["value"] == 77.0)  # what the plant holds is shown
            assert server.writes() == ["Double 77"]
