"""A node-opcua server that is killed, frozen, cut off, changed and short of resources: nothing shown that is not so."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest

from hmi.core import quality as q
from hmi.core.batch import FLAG_BACKFILLED, FLAG_NOT_LIVE
from hmi.core.plant.model import Connection
from hmi.drivers import supervise
from tests.drivers.devices import Running, running, tags_of
from tests.interop.peers import NodeOpcua, Relay

LOST = r"hmi\.drivers: device: "
BACK_WITHIN_S = 5.0  # after a server listens again


def node(name: str) -> str:
    return f"nsu=urn:interop:cell;s=Cell.{name}"


COUNT = node("Count")


def tags(*nodes: tuple[str, str], **columns):
    return tags_of([(name if ";" in name or "/" in name else node(name), kind) for name, kind in nodes], **columns)


@pytest.fixture
def server(tmp_path) -> Iterator[NodeOpcua]:
    """A server of this test's own, not yet started."""
    server = NodeOpcua(tmp_path)
    yield server
    server.kill()


def plc(address: str, **columns) -> Connection:
    return Connection("device", "opcua", address, **columns)


async def until_live(run: Running) -> None:
    """Live, and every tag told of since."""
    await run.until(lambda: run.driver.health.state == "live")
    await run.until(lambda: all(run.last(tag.address) is not None for tag in run.tags))


async def seconds_until_moving(run: Running) -> float:
    """How long it takes until the counter moves again, from now on."""
    begun, newest = time.monotonic(), counted(run)[-1][0]
    await run.until(lambda: counted(run)[-1][0] != newest)
    return time.monotonic() - begun


def counted(run: Running) -> list[tuple[int, int, int]]:
    """Every value of the counter as delivered: value, source time, quality."""
    rows = [row for row in run.rows(COUNT) if not row["flags"] & FLAG_NOT_LIVE]
    return [(int(row["raw"]), int(row["time"]), int(row["quality"])) for row in rows]


def expect_true_and_in_order(run: Running, server: NodeOpcua) -> list[int]:
    """Every row is one of the counter's, none twice, in order; gives the counts that are not among them."""
    got, held = counted(run), server.counts()
    values = [value for value, _, _ in got]
    assert values == sorted(set(values))
    assert [(value, stamp) for value, stamp, _ in got] == [(value, held[value]) for value in values]
    return [value for value in held if values[0] < value < values[-1] and value not in set(values)]


# ------------------------------------------------------------------------------------------ nothing is lost


@pytest.mark.interop
@pytest.mark.parametrize("count_ms", [100, 40], ids=["10 Hz", "25 Hz"])
async def test_a_fast_counter_comes_whole(server: NodeOpcua, count_ms: int):
    server.options |= {"count_ms": count_ms, "sampling_ms": 10, "publishing_ms": 200}
    server.start()
    async with running(plc(server.address), tags(("Count", "uint32"), period_ms=10)) as run:
        await until_live(run)
        await run.until(lambda: len(counted(run)) >= 200)
        assert expect_true_and_in_order(run, server) == []
        assert all(quality == q.GOOD for _, _, quality in counted(run))
        assert run.driver.health.reconnects == 0


@pytest.mark.interop
async def test_a_server_that_publishes_rarely_is_given_a_queue_that_holds_all(server: NodeOpcua):
    """It says two seconds where 10 ms were asked for: its queue is made that much longer, and no value is lost."""
    server.options |= {"count_ms": 40, "sampling_ms": 10, "publishing_ms": 2000}
    server.start()
    async with running(plc(server.address), tags(("Count", "uint32"), period_ms=10)) as run:
        await until_live(run)
        await run.until(lambda: len(counted(run)) >= 40)
        await run.until(lambda: len(counted(run)) >= 140)  # three publish responses at least
        assert expect_true_and_in_order(run, server) == []
        assert all(quality == q.GOOD for _, _, quality in counted(run))
        assert run.driver.health.gaps == 0


# ------------------------------------------------------------------------------------- killed, frozen, cut off


@pytest.mark.interop
@pytest.mark.expect_log(LOST)
async def test_killed_and_started_again(server: NodeOpcua):
    server.start()
    async with running(plc(server.address, publish_ms=100), tags(("Count", "uint32"), ("Double", "float64"))) as run:
        await until_live(run)
        for _ in range(3):
            server.kill()
            await run.until(lambda: run.driver.health.state == "down")
            server.counts_file.unlink()
            run.batches.clear()
            await asyncio.to_thread(server.start)
            begun = time.monotonic()
            await run.until(lambda: len(counted(run)) >= 3)
            took = time.monotonic() - begun
            assert took < BACK_WITHIN_S
            expect_true_and_in_order(run, server)
            assert run.last(node("Double"))["quality"] == q.GOOD


@pytest.mark.interop
@pytest.mark.timeout(150)
@pytest.mark.expect_log(LOST)
async def test_frozen_for_8_s_again_and_again(server: NodeOpcua):
    """Noticed within 3 s; after it runs on, its values move again within 5 s: never connected and frozen."""
    server.start()
    async with running(plc(server.address, publish_ms=100), tags(("Count", "uint32"))) as run:
        await until_live(run)
        for _ in range(4):
            server.freeze()
            begun = time.monotonic()
            await run.until(lambda: run.driver.health.state != "live")
            noticed = time.monotonic() - begun
            assert noticed < 3.5
            await run.until(lambda begun=begun: time.monotonic() - begun > 8.0)
            count = len(run.batches)
            server.thaw()
            begun = time.monotonic()
            await run.until(lambda count=count: run.driver.health.state == "live" and len(run.batches) > count)
            moving = time.monotonic() - begun + await seconds_until_moving(run)
            assert moving < BACK_WITHIN_S
        missing = set(expect_true_and_in_order(run, server))
        gaps = [count for count in missing if count - 1 not in missing]
        assert len(gaps) <= run.driver.health.reconnects


@pytest.mark.interop
@pytest.mark.timeout(120)
@pytest.mark.expect_log(LOST)
async def test_a_wire_that_breaks_while_the_server_keeps_the_session(server: NodeOpcua):
    """What freezes clients that take their old subscription up again: TransferSubscriptions well answered."""
    server.start()
    async with Relay(server.port).running() as wire:
        address = f"opc.tcp://127.0.0.1:{wire.port}"
        async with running(plc(address, publish_ms=100), tags(("Count", "uint32"))) as run:
            await until_live(run)
            for _ in range(6):
                joined = wire.joined
                wire.cut()
                await run.until(lambda joined=joined: wire.joined > joined and run.driver.health.state == "live")
                assert await seconds_until_moving(run) < BACK_WITHIN_S
            assert run.driver.health.reconnects >= 6
            missing = set(expect_true_and_in_order(run, server))
            gaps = [count for count in missing if count - 1 not in missing]
            assert len(gaps) <= run.driver.health.reconnects  # values are missing only where a loss was told of
    left = server.ask("visitors")
    assert left["sessions"] <= 6, left  # the cut-off ones end by their own time-out; ours said goodbye


@pytest.mark.interop
@pytest.mark.expect_log(LOST)
async def test_a_mute_wire_is_noticed(server: NodeOpcua):
    """The socket stays open and takes what we say, but nothing comes back."""
    server.start()
    async with Relay(server.port).running() as wire:
        address = f"opc.tcp://127.0.0.1:{wire.port}"
        async with running(plc(address, publish_ms=100), tags(("Count", "uint32"))) as run:
            await until_live(run)
            wire.deaf = True
            begun = time.monotonic()
            await run.until(lambda: run.driver.health.state != "live")
            assert time.monotonic() - begun < 3.5
            await run.until(lambda: run.driver.health.state == "down")
            wire.deaf = False
            begun = time.monotonic()
            await run.until(lambda: run.driver.health.state == "live")
            assert await seconds_until_moving(run) + time.monotonic() - begun < 2 * BACK_WITHIN_S


@pytest.mark.interop
@pytest.mark.timeout(120)
@pytest.mark.expect_log(LOST)
async def test_what_it_recorded_while_it_could_not_be_heard_is_read_back(server: NodeOpcua):
    """Every value of a gap, once, at its own time, marked as backfilled; and the server has no alarms to offer."""
    server.options |= {"history": True, "sampling_ms": 10, "publishing_ms": 200}
    server.start()
    async with Relay(server.port).running() as wire:
        address = f"opc.tcp://127.0.0.1:{wire.port}"
        async with running(plc(address), tags(("Count", "uint32"), period_ms=10)) as run:
            await until_live(run)
            await run.until(lambda: len(counted(run)) > 10)
            wire.deaf = True
            await run.until(lambda: run.driver.health.state == "down")
            wire.deaf = False
            await run.until(lambda: run.driver.health.state == "live")
            await run.until(lambda: any(row["flags"] & FLAG_BACKFILLED for row in run.rows(COUNT)))
            await seconds_until_moving(run)

            def missing() -> set[int]:
                values = {value for value, _, _ in counted(run)}
                return {count for count in server.counts() if min(values) < count < max(values)} - values

            await run.until(lambda: not missing())
            held, got = server.counts(), counted(run)
            assert len(got) == len({value for value, _, _ in got}), "told twice"
            assert [(value, stamp) for value, stamp, _ in got] == [(value, held[value]) for value, _, _ in got]
            assert {quality for _, _, quality in got} == {q.GOOD}


@pytest.mark.interop
@pytest.mark.timeout(120)
async def test_the_fitter_of_two_servers_is_used(tmp_path):
    """Service levels swapped: the station goes over within 5 s, and a write reaches the one in use only."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    one, two = NodeOpcua(tmp_path / "one", level=255), NodeOpcua(tmp_path / "two", level=100)
    one.start()
    two.start()
    told: list[tuple[str, str]] = []
    try:
        nodes = tags(("Count", "uint32"), ("Double", "float64"))
        connection = plc(one.address, publish_ms=100, backup=(two.address,))
        async with running(connection, nodes) as run:
            run.driver.on_event = lambda event, text: told.append((event, text))
            await until_live(run)
            assert run.driver.health.address == one.address
            begun = time.monotonic()
            await run.until(lambda: time.monotonic() - begun > 4.0)  # two that fall in turn are not followed faster
            assert (await run.driver.write(nodes[1], 1.5)).outcome == "confirmed"
            one.ask("level", value=100)
            two.ask("level", value=255)
            begun = time.monotonic()
            await run.until(lambda: run.driver.health.address == two.address and run.driver.health.state == "live")
            assert time.monotonic() - begun < BACK_WITHIN_S
            assert (await run.driver.write(nodes[1], 2.5)).outcome == "confirmed"
        assert (one.writes(), two.writes()) == (["Double 1.5"], ["Double 2.5"])
        assert len(told) == 1, told
    finally:
        one.kill()
        two.kill()


# ------------------------------------------------------------------------------------ limits, names, changed space


@pytest.mark.interop
async def test_a_server_that_takes_only_few_items_per_call(server: NodeOpcua):
    server.options |= {
        "bulk": 120,
        "limits": {
            "maxNodesPerRead": 5,
            "maxMonitoredItemsPerCall": 7,
            "maxNodesPerTranslateBrowsePathsToNodeIds": 3,
        },
    }
    server.start()
    wanted = [(f"Bulk{number}", "float64") for number in range(60)]
    wanted += [(f"/2:Cell/2:Bulk{number}", "float64") for number in range(60, 120)]
    async with running(plc(server.address), tags(*wanted, ("Nowhere", "bool"), ("Count", "uint32"))) as run:
        await until_live(run)
        assert [run.last(tag.address)["value"] for tag in run.tags[:120]] == list(range(120))
        assert list(run.driver.health.missing) == [120]
        await run.until(lambda: len(counted(run)) > 5)


@pytest.mark.interop
async def test_a_node_that_comes_and_goes(server: NodeOpcua, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(supervise, "RETRY_S", (0.3,))
    server.start()
    async with running(plc(server.address), tags(("Late", "float64"), ("Count", "uint32"))) as run:
        await until_live(run)
        assert run.last(node("Late"))["quality"] == q.BAD_NODE_ID_UNKNOWN
        assert "Cell.Late" in run.driver.health.missing[0]
        server.ask("late")
        await run.until(lambda: run.last(node("Late"))["value"] == 8.0)
        assert run.last(node("Late"))["quality"] == q.GOOD
        assert run.driver.health.missing == {}
        server.ask("gone", name="Late")
        await run.until(lambda: run.last(node("Late"))["quality"] >= q.BAD)
        count = len(counted(run))
        await run.until(lambda: len(counted(run)) > count)
        assert run.driver.health.reconnects == 0


@pytest.mark.interop
@pytest.mark.expect_log(LOST)
async def test_a_download_that_shifts_namespaces_and_changes_a_type(server: NodeOpcua):
    """Addresses by namespace URI follow; those by index are listed as missing, and nothing else is read for them."""
    server.start()
    by_index = "ns=2;s=Cell.Int32"
    nodes = [("Int32", "int32"), (by_index, "int32"), ("Flip", "float64"), ("Count", "uint32")]
    async with running(plc(server.address), tags(*nodes)) as run:
        await until_live(run)
        assert run.last(by_index)["quality"] == q.GOOD
        assert run.last(node("Flip"))["value"] == 3.0
        server.kill()
        await run.until(lambda: run.driver.health.state == "down")
        run.batches.clear()
        server.options |= {"before": ["urn:somebody:else"], "flip": True}
        await asyncio.to_thread(server.start)
        await until_live(run)
        assert run.last(node("Int32"))["quality"] == q.GOOD
        assert run.last(by_index)["quality"] == q.BAD_NODE_ID_UNKNOWN
        assert by_index in run.driver.health.missing[1]
        assert run.last(node("Flip"))["quality"] == q.BAD_TYPE_MISMATCH
        assert list(run.driver.health.missing) == [1, 2]


async def test_a_server_that_advertises_a_name_nobody_knows(server: NodeOpcua):
    """The address in the plant file is what counts, not the one that the endpoints name."""
    server.options["host"] = "plc-7.no-such-domain.invalid"
    server.start()
    async with running(plc(server.address, publish_ms=100), tags(("Count", "uint32"))) as run:
        await until_live(run)
        await run.until(lambda: len(counted(run)) > 5)
        expect_true_and_in_order(run, server)  # it looks at its counter as often as that counts, and may miss one
        assert run.driver.health.reconnects == 0
