import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
from asyncua import Client, Node, ua

from tests.sim.stage import Served, plant

URI = "urn:bottling:line1"


@pytest.fixture
async def client(simulator: Served) -> AsyncIterator[Client]:
    logging.getLogger("asyncua").setLevel(logging.ERROR)
    one = Client(f"opc.tcp://127.0.0.1:{simulator.port}", timeout=20)
    one.session_timeout = 60_000
    async with one:
        yield one


def node(client: Client, name: str) -> Node:
    return client.get_node(f"ns=2;s={name}")


async def until(node: Node, value: object) -> None:
    async with asyncio.timeout(10):
        while await node.read_value() != value:
            await asyncio.sleep(0.05)


async def test_every_tag_is_served_at_its_address_with_its_type_and_a_source_time(client):
    assert await client.get_namespace_index(URI) == 2
    tags = plant().tags_of("line")
    nodes = [client.get_node(tag.address.replace(f"nsu={URI}", "ns=2")) for tag in tags]
    values = await client.uaclient.read_attributes([one.nodeid for one in nodes], ua.AttributeIds.Value)
    kinds = {"float64": "Double", "float32": "Float", "bool": "Boolean", "string": "String"}
    for tag, value in zip(tags, values, strict=True):
        assert value.SourceTimestamp is not None, tag.name
        if tag.name != "line1.filler.tank.level":
            assert value.StatusCode.is_good(), tag.name
            assert value.Value.VariantType.name == kinds.get(
                tag.type, tag.type.replace("ui", "UI").replace("int", "Int").replace("UInt", "UInt")
            ), tag.name


async def test_the_faulty_transmitter_says_so(client):
    value = await node(client, "Filler.Tank.Level").read_data_value(raise_on_bad_status=False)
    assert value.StatusCode.value == ua.StatusCodes.BadSensorFailure


async def test_a_written_set_point_is_read_back_and_limited_to_its_range(client):
    level = node(client, "Filler.Tank.LevelSp")
    for written, taken in ((65.0, 65.0), (95.0, 80.0)):
        await level.write_value(ua.DataValue(ua.Variant(written, ua.VariantType.Double)))
        await until(level, taken)


async def test_a_command_moves_the_process_and_springs_back(client):
    command, state = node(client, "Cip.Command"), node(client, "Cip.State")
    await command.write_value(ua.DataValue(ua.Variant(4, ua.VariantType.Int32)))
    assert await command.read_value() == 4
    await until(state, 11)
    await until(command, 0)
    await command.write_value(ua.DataValue(ua.Variant(5, ua.VariantType.Int32)))
    await until(state, 6)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("Filler.Tank.Pressure", ua.Variant(1.0, ua.VariantType.Double), "BadUserAccessDenied"),
        ("Filler.Tank.LevelSp", ua.Variant(1, ua.VariantType.Int32), "BadTypeMismatch"),
    ],
)
async def test_a_write_that_does_not_fit_is_refused(client, name, value, code):
    with pytest.raises(getattr(ua.uaerrors, code)):
        await node(client, name).write_value(ua.DataValue(value))


async def test_a_subscription_is_told_of_changes(client):
    arrived: asyncio.Queue[object] = asyncio.Queue()

    class Ear:
        def datachange_notification(self, node, value, data):
            arrived.put_nowait(value)

    subscription = await client.create_subscription(100, Ear())
    await subscription.subscribe_data_change(node(client, "Filler.Inlet.Flow"))
    async with asyncio.timeout(20):
        values = {await arrived.get() for _ in range(4)}
    await subscription.delete()
    assert len(values) > 1


async def test_the_plant_can_be_browsed_by_machine(client):
    names = {(await child.read_browse_name()).Name for child in await client.nodes.objects.get_children()}
    assert {"Filler", "Capper", "Labeller", "Cip", "Utilities"} <= names
    tank = await client.nodes.objects.get_child(["2:Filler", "2:Tank", "2:Temperature"])
    assert (await tank.read_description()).Text == "Product temperature in the bowl"
