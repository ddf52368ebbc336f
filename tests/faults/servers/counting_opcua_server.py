"""An OPC UA server that keeps account of itself: `counting_opcua_server.py HOST PORT '{"counts": FILE, ...}'`.

It prints `ready`, then answers one JSON command a line on standard input with one line. Cell.Count counts; each count
and its source time stand in the file `counts` before any client can see it, and the count goes on from there after a
restart. What clients write stands in the file `writes`. With `history`, it records the counter in that SQLite file.
"""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asyncua import Server, ua
from asyncua.common.callback import CallbackType
from asyncua.server import subscription_service
from asyncua.server.history_sql import HistorySQLite
from asyncua.server.internal_subscription import InternalSubscription

URI = "urn:faults:cell"
OVERFLOW = 0x0480  # Part 4, 7.39.1: information about a data value, and its overflow bit
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
COUNT = 1001  # the library names a history's table after the node: a number it must be
_T = ua.VariantType
OPTIONS = {
    "counts": "",
    "writes": "",
    "history": "",
    "count_ms": 50,
    "before": [],
    "without": [],
    "level": None,
    "crowd": 0,
}


class Overrun(InternalSubscription):
    """The library drops the oldest value of a full queue in silence; the standard wants the next one to say so."""

    async def _enqueue_event(self, mid, eventdata, size, queue) -> None:
        full = size and len(queue.get(mid, ())) >= size
        await super()._enqueue_event(mid, eventdata, size, queue)
        if full and isinstance(queue[mid][0], ua.MonitoredItemNotification):  # Part 4, 5.13.1.5
            data = queue[mid][0].Value
            code = ua.StatusCode((data.StatusCode.value if data.StatusCode else 0) | OVERFLOW)
            queue[mid][0].Value = ua.DataValue(data.Value, code, data.SourceTimestamp, data.ServerTimestamp)


subscription_service.InternalSubscription = Overrun


class Cell:
    """The address space, and what is done to it."""

    def __init__(self, options: dict) -> None:
        self.options = {**OPTIONS, **options}
        self.server = Server()
        self.nodes: dict[str, ua.NodeId] = {}
        self.counting = True
        self.own: set[int] = set()  # subscriptions within the server
        self.browsed: list[str] = []
        self._counts = os.open(self.options["counts"], os.O_RDWR | os.O_CREAT | os.O_APPEND)
        lines = Path(self.options["counts"]).read_text().splitlines()
        self._count = int(lines[-1].split()[0]) if lines else 0

    async def build(self, host: str, port: int) -> None:
        """Everything that is there from the start."""
        server = self.server
        if self.options["history"]:
            history = HistorySQLite(self.options["history"])
            await history.init()
            server.iserver.history_manager.set_storage(history)
        await server.init()
        server.set_endpoint(f"opc.tcp://{host}:{port}")
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        for uri in self.options["before"]:
            await server.register_namespace(uri)
        self.space = await server.register_namespace(URI)
        self.folder = await server.nodes.objects.add_object(
            ua.NodeId("Cell", self.space), ua.QualifiedName("Cell", self.space)
        )
        await self.add("Count", 0, _T.UInt32)
        await self.step()
        for name, value, kind in (("Speed", 20.0, _T.Float), ("Enable", False, _T.Boolean), ("Batch", "A1", _T.String)):
            if name not in self.options["without"]:
                await (await self.add(name, value, kind)).set_writable()
        await self.add("Text", "Pils", _T.String)
        await self.add("Total", 0, _T.UInt32)
        await self.add("Int64", 0, _T.Int64)
        await self.add("UInt64", 0, _T.UInt64)
        any_type = ua.NodeId(ua.Int32(ua.ObjectIds.Number))
        await self.add("Any", 1.0, _T.Double, any_type)
        if self.options["crowd"]:
            await self.crowd(self.options["crowd"])

    async def crowd(self, many: int) -> None:
        """A folder with so many nodes in it, and an account of what is browsed."""
        at, name = ua.NodeId("Crowd", self.space), ua.QualifiedName("Crowd", self.space)
        folder = await self.server.nodes.objects.add_object(at, name)
        await folder.add_variable(ua.NodeId("Crowd.Last", self.space), ua.QualifiedName("Last", self.space), 7.0)
        references = self.server.iserver.aspace._nodes[folder.nodeid].references
        other = copy.copy(references[-1])
        other.BrowseName = ua.QualifiedName("Other", self.space)
        references[-1:] = [other] * many + references[-1:]
        views = self.server.iserver.view_service
        browse = views.browse

        def noted(params):
            self.browsed += [
                f"{one.NodeId.to_string()} {one.ReferenceTypeId.to_string()}" for one in params.NodesToBrowse
            ]
            return browse(params)

        views.browse = noted

    async def add(self, name: str, value, kind: ua.VariantType, data_type: ua.NodeId | None = None):
        """One more variable."""
        identifier = COUNT if name == "Count" else f"Cell.{name}"
        at, browse = ua.NodeId(identifier, self.space), ua.QualifiedName(name, self.space)
        node = await self.folder.add_variable(at, browse, value, kind, data_type)
        self.nodes[name] = node.nodeid
        return node

    def note_writes(self, event, _dispatcher=None) -> None:
        """A client's write, before it is done."""
        if not event.is_external:
            return
        with Path(self.options["writes"]).open("a") as file:
            for item in event.request_params.NodesToWrite:
                file.write(f"{item.NodeId.Identifier} {item.Value.Value.Value}\n")

    async def step(self) -> None:
        """Count one further."""
        now = datetime.now(UTC)
        self._count += 1
        os.write(self._counts, f"{self._count} {(now - EPOCH) // timedelta(microseconds=1) * 1000}\n".encode())
        data = ua.DataValue(ua.Variant(self._count, _T.UInt32), SourceTimestamp=now, ServerTimestamp=now)
        await self.server.write_attribute_value(self.nodes["Count"], data)

    async def run(self) -> None:
        """Count until killed."""
        begun, steps, pace_ms = asyncio.get_running_loop().time(), 0, self.options["count_ms"]
        while True:
            steps += 1
            if self.counting:
                await self.step()
            left = begun + steps * pace_ms / 1000 - asyncio.get_running_loop().time()
            if left < -1.0 or pace_ms != self.options["count_ms"]:  # it was frozen: it does not make up for it
                pace_ms = self.options["count_ms"]
                begun, steps, left = asyncio.get_running_loop().time(), 0, 0.0
            await asyncio.sleep(max(0.0, left))

    async def told(self, command: dict):
        """One command."""
        what = command.pop("do")
        return await getattr(self, f"do_{what}")(**command)

    async def do_set(self, name: str, value, type: str, status: int = 0, us: int | None = None) -> dict:  # noqa: A002
        """Give a node a value, a status and a source time (µs since 1970, None: none)."""
        kind = _T[type]
        if kind in (_T.Double, _T.Float) and isinstance(value, str):
            value = float.fromhex(value) if "0x" in value else float(value)
        stamp = None if us is None else EPOCH + timedelta(microseconds=us)
        data = ua.DataValue(ua.Variant(value, kind), ua.StatusCode(status), SourceTimestamp=stamp)
        held = await self.server.get_node(self.nodes[name]).read_data_value(raise_on_bad_status=False)
        if held.Value is not None and held.Value.VariantType != kind:  # else the library keeps its type
            attribute = self.server.iserver.aspace._nodes[self.nodes[name]].attributes[ua.AttributeIds.Value]
            attribute.value = ua.DataValue(ua.Variant(None))
        await self.server.write_attribute_value(self.nodes[name], data)
        return {}

    async def do_mute(self) -> dict:
        """Every subscription falls mute while reading goes on."""
        for number, subscription in self.server.iserver.subscription_service.subscriptions.items():
            if number not in self.own:  # its history is one too
                subscription._closing = True
        return {}

    async def do_level(self, value: int) -> dict:
        """Say how fit it is to serve (Part 4, 6.6.2.4.2)."""
        node = ua.NodeId(ua.Int32(ua.ObjectIds.Server_ServiceLevel))
        await self.server.write_attribute_value(node, ua.DataValue(ua.Variant(value, _T.Byte)))
        return {}

    async def do_count(self, on: bool) -> dict:
        """Count on, or stand still."""
        self.counting = on
        return {}

    async def do_pace(self, ms: float) -> dict:
        """Count faster or slower."""
        self.options["count_ms"] = ms
        return {}

    async def do_browsed(self) -> dict:
        """Whose references were asked for, and of which type."""
        return {"nodes": self.browsed}

    async def do_visitors(self) -> dict:
        """How many subscriptions there are."""
        return {"subscriptions": len(self.server.iserver.subscription_service.subscriptions)}


async def main(host: str, port: int, options: dict) -> None:
    """Serve until killed."""
    cell = Cell(options)
    await cell.build(host, port)
    async with cell.server as server:
        if cell.options["history"]:
            await server.historize_node_data_change(server.get_node(cell.nodes["Count"]), period=None)
        cell.own = set(server.iserver.subscription_service.subscriptions)
        if cell.options["writes"]:
            server.subscribe_server_callback(CallbackType.PreWrite, cell.note_writes)
        if cell.options["level"] is not None:
            await cell.do_level(cell.options["level"])
        async with asyncio.TaskGroup() as group:
            group.create_task(cell.run())
            await obey(cell)
            os._exit(0)  # whoever gave the commands has gone


async def obey(cell: Cell) -> None:
    """Answer commands until there are no more."""
    commands = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    print("ready", flush=True)  # noqa: T201
    while line := await commands.readline():
        print(json.dumps(await cell.told(json.loads(line))), flush=True)  # noqa: T201


if __name__ == "__main__":
    logging.getLogger("asyncua").setLevel(logging.CRITICAL + 1)
    try:
        asyncio.run(main(sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])))
    finally:
        os._exit(1)  # the history's thread would keep a failed one alive
