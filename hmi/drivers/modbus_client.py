"""One Modbus TCP connection to one unit, one request at a time: the only file that touches pymodbus' client.

The library reports failure in three shapes (raised, returned, ValueError); they leave here as kinds of
DeviceError: `NoAnswer`, `Refusal`, `Nonsense`, `Lost`. No request is ever repeated or cut short from outside: its
late answer could be taken for the answer to the next.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ConnectionException, ModbusException
from pymodbus.pdu import ModbusPDU

from hmi.clock import Clock
from hmi.core import quality as q
from hmi.core.errors import DeviceError
from hmi.drivers.addresses import BIT_AREAS, host_and_port
from hmi.drivers.supervise import Misconfigured, end_if_cancelled, why_unreachable

TIMEOUT_S: Final = 1.0

ILLEGAL_FUNCTION: Final = 1
ILLEGAL_ADDRESS: Final = 2
ILLEGAL_VALUE: Final = 3
_REFUSALS: Final[dict[int, tuple[str, int]]] = {
    ILLEGAL_FUNCTION: ("the device does not know this kind of request", q.BAD_NOT_SUPPORTED),
    ILLEGAL_ADDRESS: ("the device does not know this address", q.BAD_NODE_ID_UNKNOWN),
    ILLEGAL_VALUE: ("the device does not allow this value or length", q.BAD_OUT_OF_RANGE),
    4: ("the device reports a failure of its own", q.BAD_DEVICE_FAILURE),
    5: ("the device has taken the request but is still busy with it", q.BAD_WAITING),
    6: ("the device is busy", q.BAD_WAITING),
    8: ("the device reports a memory fault", q.BAD_DEVICE_FAILURE),
    10: ("the gateway has no way to the device", q.BAD_NO_COMMUNICATION),
    11: ("the gateway gets no answer from the device", q.BAD_NO_COMMUNICATION),
}

# Every failure it logs is also raised or returned, and ends up in our own one line.
logging.getLogger("pymodbus").setLevel(logging.CRITICAL + 1)


class NoAnswer(DeviceError):
    """The device did not answer in time; what was asked for may still happen."""


class Nonsense(DeviceError):
    """The device answered something that is not an answer to the request."""


class Lost(DeviceError):
    """The connection is gone."""


class Refusal(DeviceError):
    """The device will not: `code` is Modbus' exception code, `quality` what it means for a value."""

    def __init__(self, code: int) -> None:
        self.code = code
        words, self.quality = _REFUSALS.get(code, (f"the device refuses with code {code}", q.BAD))
        super().__init__(words)


class ModbusLine:
    """A connection to one unit. Belongs to the driver's event loop; hold `turn` around every request.

    `turn` is first come, first served: a write waits for the one request under way, not for the whole scan.
    """

    def __init__(self, address: str, unit: int, clock: Clock, answered: Callable[[float], None]) -> None:
        self.turn = asyncio.Lock()
        self.timeouts = 0  # in a row
        self.answers = 0
        self._clock = clock
        self._answered = answered
        self.host, self.port = host_and_port(address, 502)
        self.where = f"{self.host}:{self.port}"
        self._unit = unit
        self._client = AsyncModbusTcpClient(
            self.host, port=self.port, timeout=TIMEOUT_S, retries=0, reconnect_delay=0, name="hmi"
        )

    async def open(self) -> None:
        """Connect; raises DeviceError with the reason."""
        if not await self._client.connect():
            raise DeviceError(await why_unreachable(self.host, self.port, TIMEOUT_S))

    def close(self) -> None:
        """Drop the connection."""
        self._client.close()

    async def read(self, area: str, start: int, count: int) -> NDArray[Any]:
        """So many registers (uint16) or bits (bool) of an area; raises NoAnswer, Refusal, Lost."""
        calls: dict[str, tuple[int, Callable[..., Awaitable[ModbusPDU]]]] = {
            "coil": (1, self._client.read_coils),
            "discrete": (2, self._client.read_discrete_inputs),
            "holding": (3, self._client.read_holding_registers),
            "input": (4, self._client.read_input_registers),
        }
        function, call = calls[area]
        response = await self._ask(function, lambda: call(start, count=count, device_id=self._unit))
        found = response.bits[:count] if area in BIT_AREAS else response.registers
        if len(found) != count:
            raise Nonsense(f"{self.where} answered {len(found)} places instead of {count}")
        return np.array(found, bool if area in BIT_AREAS else np.uint16)

    async def write_coil(self, number: int, on: bool) -> None:
        """Switch one coil (function 5); raises NoAnswer, Refusal, Lost."""
        await self._ask(5, lambda: self._client.write_coil(number, on, device_id=self._unit))

    async def write_registers(self, start: int, words: Sequence[int]) -> None:
        """Write one register (function 6) or several (function 16); raises NoAnswer, Refusal, Lost."""
        if len(words) == 1:
            await self._ask(6, lambda: self._client.write_register(start, words[0], device_id=self._unit))
        else:
            await self._ask(16, lambda: self._client.write_registers(start, list(words), device_id=self._unit))

    async def _ask(self, function: int, call: Callable[[], Awaitable[ModbusPDU]]) -> ModbusPDU:
        asked = self._clock.monotonic()
        try:
            response = await call()
        except ConnectionException as error:
            raise Lost(f"connection to {self.where} lost: is the device on and the cable in?") from error
        except ModbusException as error:
            if not self._client.connected:
                raise Lost(f"connection to {self.where} lost: is the device on and the cable in?") from error
            self.timeouts += 1
            raise NoAnswer(f"no answer from {self.where} in {TIMEOUT_S:g} s: is the device running?") from error
        except ValueError as error:
            raise Nonsense(f"{self.where} answered nonsense ({error}): is it a Modbus device?") from error
        except OSError as error:
            raise Lost(f"connection to {self.where} lost ({error})") from error
        end_if_cancelled()
        if response.function_code & 0x7F != function:
            raise Nonsense(f"{self.where} answered function {response.function_code} when asked for {function}")
        self.timeouts = 0
        self.answers += 1
        self._answered(self._clock.monotonic() - asked)
        if response.isError():
            raise Refusal(response.exception_code)
        return response


def check_address(address: str) -> None:
    """Raise Misconfigured for an address that this driver cannot use."""
    scheme = address.partition("://")[0]
    if scheme in ("tls", "rtu"):
        raise Misconfigured(f"'{address}': Modbus over {scheme} is not built yet; use tcp://host:502 or a gateway")
    if scheme != "tcp":
        raise Misconfigured(f"'{address}' is not a Modbus address: write tcp://host:502")
    try:
        host_and_port(address, 502)
    except ValueError as error:
        raise Misconfigured(f"{error}: write tcp://host:502") from error
