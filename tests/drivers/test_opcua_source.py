from __future__ import annotations

from asyncua import ua

from hmi.core.tags import Tag
from hmi.drivers.opcua_client import OpcUaSession
from hmi.drivers.opcua_source import Element, ignores_ranges, index_range, node_of, resolve, value_of
from tests.drivers.devices import Device

NUMBERS = ua.NodeId("Cell.Numbers", 2)


def test_an_element_is_asked_for_as_a_part_of_its_node():
    element = Element(NUMBERS, 3)
    assert (node_of(element), index_range(element)) == (NUMBERS, "3")
    assert (node_of(NUMBERS), index_range(NUMBERS)) == (NUMBERS, None)
    assert (value_of(element).NodeId, value_of(element).IndexRange) == (NUMBERS, "3")


async def test_addresses_lead_to_nodes_and_elements(typed_opcua: Device):
    addresses = ["ns=2;s=Cell.Numbers", "index=3;ns=2;s=Cell.Numbers", "index=0;/2:Cell/2:Words", "index=0;/2:None"]
    tags = [Tag(at, "a.b", "plc", address, "float64") for at, address in enumerate(addresses)]
    session = OpcUaSession(typed_opcua.address)
    try:
        await session.open()
        found = await resolve(session, tags)
        assert found[:3] == [NUMBERS, Element(NUMBERS, 3), Element(ua.NodeId("Cell.Words", 2), 0)]
        assert isinstance(found[3], ua.StatusCode)
        assert await ignores_ranges(session, NUMBERS) is True
        assert await ignores_ranges(session, ua.NodeId("Cell.Nowhere", 2)) is None
    finally:
        await session.close()
