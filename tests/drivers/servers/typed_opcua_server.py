"""An OPC UA server of all types, arrays, states, ranges and methods: `typed_opcua_server.py PORT`.

As the library's own server, which it is, it ignores index ranges: who asks for an element gets the whole array.
SIGUSR1: the array of Cell.Numbers shrinks to two elements. SIGUSR2: it grows again, and the method Cell.Late appears.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import uuid
from datetime import UTC, datetime
from typing import Any

from asyncua import Server, ua, uamethod

_T = ua.VariantType
STAMP = datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=UTC)
_STATES = ["Stopped", "Running", "Held"]


class Cell:
    """The server's nodes, `ns=2;s=Cell.NAME`."""

    def __init__(self, server: Server, space: int, folder: Any) -> None:
        self._server, self._space, self._folder = server, space, folder
        self._methods: set[str] = set()

    async def add(self, name: str, value: Any, kind: ua.VariantType, datatype: Any = None) -> Any:
        """A variable that clients may write."""
        where, called = ua.NodeId(f"Cell.{name}", self._space), ua.QualifiedName(name, self._space)
        node = await self._folder.add_variable(where, called, value, kind, datatype)
        await node.set_writable()
        stamped = ua.DataValue(ua.Variant(value, kind), ua.StatusCode(0), STAMP)
        await self._server.write_attribute_value(node.nodeid, stamped)
        return node

    async def scalars(self) -> None:
        """One of every built-in type that a tag can hold."""
        await self.add("Guid", uuid.UUID("09087e75-8e5e-499b-954f-f2a9603db28a"), _T.Guid)
        await self.add("Bytes", b"\x00\xff\x80", _T.ByteString)
        await self.add("When", STAMP, _T.DateTime)
        await self.add("Xml", ua.XmlElement("<a>1</a>"), _T.XmlElement)
        await self.add("Node", ua.NodeId("Filler", 2), _T.NodeId)
        await self.add("Name", ua.QualifiedName("Filler", 2), _T.QualifiedName)
        await self.add("Status", ua.StatusCode(0x808C_0000), _T.StatusCode)
        await self.add("Label", ua.LocalizedText("Füller", "de"), _T.LocalizedText)
        await self.add("Big", 2**63 - 1, _T.Int64)
        await self.add("Vast", 2**64 - 1, _T.UInt64)
        await self.add("Structure", ua.Range(0.0, 1.0), _T.ExtensionObject)

    async def arrays(self) -> None:
        """Arrays of one dimension, and one of two."""
        await self.add("Numbers", [1.5, 2.5, 3.5, 4.5], _T.Double)
        await self.add("Words", ["a", "b"], _T.String)
        await self.add("Matrix", [[1, 2], [3, 4]], _T.Int32)
        await self.add("Only", [7], _T.Int32)

    async def states(self) -> None:
        """States by data type, by value, and by on and off."""
        enum = await self._server.nodes.enum_data_type.add_data_type(
            ua.NodeId("UnitState", self._space), ua.QualifiedName("UnitState", self._space)
        )
        names = [ua.LocalizedText(name) for name in _STATES]
        await enum.add_property(0, "EnumStrings", names)
        await self.add("State", 1, _T.Int32, enum.nodeid)
        defined = await self._server.nodes.enum_data_type.add_data_type(
            ua.NodeId("Mode", self._space), ua.QualifiedName("Mode", self._space)
        )
        fields = [ua.EnumField(Value=7, Name="Auto"), ua.EnumField(Value=9, DisplayName=ua.LocalizedText("By hand"))]
        await defined.write_attribute(
            ua.AttributeIds.DataTypeDefinition, ua.DataValue(ua.Variant(ua.EnumDefinition(fields)))
        )
        await self.add("Mode", 9, _T.Int32, defined.nodeid)
        await self.add("Modes", [7, 9], _T.Int32, defined.nodeid)
        many = await self.add("Recipe", 2, _T.UInt16)
        values = [ua.EnumValueType(Value=n, DisplayName=ua.LocalizedText(t)) for n, t in ((2, "Lager"), (5, "Pils"))]
        await many.add_property(0, "EnumValues", values)
        two = await self.add("Valve", True, _T.Boolean)
        await two.add_property(0, "FalseState", ua.LocalizedText("closed"))
        await two.add_property(0, "TrueState", ua.LocalizedText("open"))

    async def ranges(self) -> None:
        """Analog items, with what they say of themselves."""
        level = await self.add("Level", 40.0, _T.Double)
        await level.add_property(0, "EURange", ua.Range(0.0, 250.0))
        await level.add_property(0, "InstrumentRange", ua.Range(-10.0, 300.0))
        await level.add_property(0, "EngineeringUnits", _unit("l"))
        raw = await self.add("Raw", 100, _T.Int16)
        await raw.add_property(0, "InstrumentRange", ua.Range(0.0, 27648.0))

    async def method(self, name: str, function: Any, inputs: list[Any], outputs: list[Any]) -> None:
        """What can be called; once."""
        where, called = ua.NodeId(f"Cell.{name}", self._space), ua.QualifiedName(name, self._space)
        if name not in self._methods:
            self._methods.add(name)
            await self._folder.add_method(where, called, function, inputs, outputs)

    async def methods(self) -> None:
        """Methods without and with arguments."""
        pushed = await self.add("Pushed", 0, _T.Int32)

        @uamethod
        async def start(_parent: Any) -> None:
            await pushed.write_value(await pushed.read_value() + 1, _T.Int32)

        @uamethod
        def dose(_parent: Any, litres: float) -> Any:
            if litres > 100:
                return ua.StatusCode(ua.StatusCodes.BadOutOfRange)
            return ua.Variant(litres * 2, _T.Double), ua.Variant("dosed", _T.String)

        @uamethod
        def select(_parent: Any, state: int) -> Any:
            return ua.Variant(state, _T.Int32)

        await self.method("Start", start, [], [])
        await self.method("Dose", dose, [_argument("Litres", 11)], [_argument("Twice", 11), _argument("Said", 12)])
        await self.method(
            "Select", select, [_argument("State", ua.NodeId("UnitState", self._space))], [_argument("Was", 6)]
        )
        await self.method("Mix", dose, [_argument("A", 11), _argument("B", 11)], [])


def _unit(name: str) -> ua.EUInformation:
    return ua.EUInformation("http://www.opcfoundation.org/UA/units/un/cefact", 0, ua.LocalizedText(name))


def _argument(name: str, kind: Any) -> ua.Argument:
    found = ua.Argument()
    found.Name, found.DataType, found.ValueRank = name, kind if isinstance(kind, ua.NodeId) else ua.NodeId(kind), -1
    return found


async def main(port: int) -> None:
    """Serve until killed."""
    server = Server()
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    space = await server.register_namespace("urn:test:cell")
    folder = await server.nodes.objects.add_object(ua.NodeId("Cell", space), ua.QualifiedName("Cell", space))
    cell = Cell(server, space, folder)
    for part in (cell.scalars, cell.arrays, cell.states, cell.ranges, cell.methods):
        await part()
    lengths: asyncio.Queue[int] = asyncio.Queue()
    async with server:
        for number, length in ((signal.SIGUSR1, 2), (signal.SIGUSR2, 4)):
            asyncio.get_running_loop().add_signal_handler(number, lengths.put_nowait, length)
        print("ready", flush=True)  # noqa: T201
        while True:
            length = await lengths.get()
            if length > 2:
                await cell.method("Late", uamethod(lambda _parent: None), [], [])
            numbers = ua.Variant([1.5, 2.5, 3.5, 4.5][:length], _T.Double)
            stamped = ua.DataValue(numbers, SourceTimestamp=datetime.now(UTC))
            await server.write_attribute_value(ua.NodeId("Cell.Numbers", space), stamped)


if __name__ == "__main__":
    logging.getLogger("asyncua").setLevel(logging.CRITICAL)
    asyncio.run(main(int(sys.argv[1])))
