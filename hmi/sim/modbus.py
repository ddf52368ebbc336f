"""A controller of the simulated plant that speaks Modbus TCP, with the registers that its tags name."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlparse

from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from hmi.core.plant.model import Connection
from hmi.core.tags import Tag
from hmi.sim.registers import Registers
from hmi.sim.signals import Signals, Value

_TABLE_OF: Final = {1: "coil", 5: "coil", 15: "coil", 2: "discrete", 4: "input"}  # by function code; else holding
_BITS: Final = 16


class ModbusController:
    """Serves the tags of one connection; asyncio, lives on the loop that started it."""

    def __init__(self, tags: Sequence[Tag], address: str, connection: Connection) -> None:
        self.address = address
        self._unit = connection.unit
        self._memory = Registers(tags, connection.byte_order, connection.word_order)
        self._wishes: list[tuple[str, Value]] = []
        self._server: ModbusTcpServer | None = None

    async def start(self, values: Signals, bad: Mapping[str, int], now_ns: int) -> None:
        """Listen, with these values in the registers; OSError where the port cannot be had."""
        self._memory.publish(values)
        logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL)
        url = urlparse(self.address)
        device = SimDevice(self._unit, simdata=self._layout(), action=self._access)
        self._server = ModbusTcpServer(device, address=(url.hostname or "127.0.0.1", url.port or 502))
        try:
            await self._server.serve_forever(background=True)
        except RuntimeError as error:  # pymodbus's word for a port that it cannot have
            raise OSError(f"cannot listen on {self.address}") from error

    async def stop(self) -> None:
        """Close every connection and stop listening."""
        if self._server is not None:
            await self._server.shutdown()

    def wishes(self) -> list[tuple[str, Value]]:
        """What masters have written since the last call: tag name and value in engineering units."""
        taken, self._wishes = self._wishes, []
        return taken

    async def publish(self, values: Signals, bad: Mapping[str, int], now_ns: int, *, slow_too: bool) -> int:
        """Bring the values into the registers: Modbus knows neither quality nor time, and is only ever asked."""
        self._memory.publish(values)
        return 0

    def _layout(self) -> tuple[list[SimData], list[SimData], list[SimData], list[SimData]]:
        words = self._memory.words
        bits = {table: [False] * len(words[table]) for table in ("coil", "discrete")}
        return (
            [SimData(0, values=bits["coil"], datatype=DataType.BITS)],
            [SimData(0, values=bits["discrete"], datatype=DataType.BITS)],
            [SimData(0, values=list(words["holding"]), datatype=DataType.REGISTERS)],
            [SimData(0, values=list(words["input"]), datatype=DataType.REGISTERS)],
        )

    async def _access(
        self,
        function_code: int,
        start: int,
        address: int,
        count: int,
        current: list[int],
        values: list[int] | list[bool] | None,
    ) -> ExcCodes | None:
        """Every request comes by here: a read is given the memory as it is now, a write is checked and taken."""
        table = _TABLE_OF.get(function_code, "holding")
        if values:
            wishes = self._memory.write(table, address, [int(value) for value in values])
            if wishes is None:
                return ExcCodes.ILLEGAL_ADDRESS
            self._wishes.extend(wishes)
        words = self._memory.words[table]
        if table in ("coil", "discrete"):
            first = address // _BITS
            current[first - start : first - start + count] = _packed(words, first, count)
        else:
            current[address - start : address - start + count] = words[address : address + count]
        return None


def _packed(bits: Sequence[int], first: int, count: int) -> list[int]:
    """So many words of 16 bits each, the lowest address in the lowest bit."""
    rows = (bits[_BITS * word : _BITS * (word + 1)] for word in range(first, first + count))
    return [sum(bit << place for place, bit in enumerate(row)) for row in rows]
