"""Requests to one Modbus unit, one at a time: what pymodbus' client gives, and every way in which it fails.

The library reports failure in three shapes (raised, returned, ValueError); they leave here as kinds of
DeviceError: `NoAnswer`, `Refusal`, `Nonsense`, `Lost`. No request is ever repeated or cut short from outside: its
late answer could be taken for the answer to the next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pymodbus.exceptions import ConnectionException, ModbusException
from pymodbus.pdu import ModbusPDU

from hmi.clock import Clock
from hmi.core import quality as q
from hmi.core.errors import AddressError, DeviceError
from hmi.core.plant.addresses import SERIAL, Endpoint, endpoint
from hmi.core.plant.modbus_addresses import BIT_AREAS
from hmi.core.plant.model import Modbus
from hmi.drivers.modbus_turn import Budget, Hold
from hmi.drivers.modbus_wire import wire_to
from hmi.drivers.supervise import Misconfigured, end_if_cancelled

ILLEGAL_FUNCTION: Final = 1
ILLEGAL_ADDRESS: Final = 2
ILLEGAL_VALUE: Final = 3
NOT_FINISHED: Final = 5
GATEWAY_TIMEOUT: Final = 11
_READS: Final = {  # area -> function code, and what the library calls it
    "coil": (1, "read_coils"),
    "discrete": (2, "read_discrete_inputs"),
    "holding": (3, "read_holding_registers"),
    "input": (4, "read_input_registers"),
}
_REFUSALS: Final[dict[int, tuple[str, int]]] = {
    ILLEGAL_FUNCTION: (
        "the device does not know this kind of request: see its manual, and correct the tag's address",
        q.BAD_NOT_SUPPORTED,
    ),
    ILLEGAL_ADDRESS: (
        "the device does not know this address: see its manual, and correct the tag's address",
        q.BAD_NODE_ID_UNKNOWN,
    ),
    ILLEGAL_VALUE: (
        "the device does not allow this value or length: see its manual for what it takes",
        q.BAD_OUT_OF_RANGE,
    ),
    4: ("the device reports a failure of its own: look at its display", q.BAD_DEVICE_FAILURE),
    NOT_FINISHED: (
        "the device has taken the request but is still busy with it: look at it before anything is sent again",
        q.BAD_WAITING,
    ),
    6: (
        "the device is busy with another task: wait until it is done; if it always is, ask it less often (scan_ms)",
        q.BAD_WAITING,
    ),
    7: (
        "the device cannot do this in its present state: look at it, is it in local mode or locked?",
        q.BAD_OUT_OF_SERVICE,
    ),
    8: ("the device reports a memory fault: have it checked", q.BAD_DEVICE_FAILURE),
    9: ("the device refuses with code 9, which Modbus does not define: see its manual", q.BAD),
    10: ("the gateway has no way to the device: check the gateway's settings", q.BAD_NO_COMMUNICATION),
    GATEWAY_TIMEOUT: (
        "the gateway gets no answer from the device: is it on, and the unit right?",
        q.BAD_NO_COMMUNICATION,
    ),
}

Call = tuple[int, Callable[[], Awaitable[ModbusPDU]]]  # a function code and the request


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
        words, self.quality = _REFUSALS.get(code, (f"the device refuses with code {code}: see its manual", q.BAD))
        super().__init__(words)


class ModbusLine:
    """The way to one unit. Belongs to the driver's event loop; hold `polling()` or `writing()` around every request."""

    def __init__(
        self,
        address: str,
        unit: int,
        clock: Clock,
        answered: Callable[[float], None],
        modbus: Modbus | None = None,
        folder: Path | None = None,
    ) -> None:
        """`folder` is where the files of a tls:// address are looked for. Raises DeviceError if they are no use."""
        modbus = modbus or Modbus()
        self.timeouts = 0  # in a row
        self.answers = 0
        self.budget = Budget(modbus.max_requests_per_s, clock)
        self._clock = clock
        self._answered = answered
        self._unit = unit
        self._wire = wire_to(endpoint_of(address), modbus, folder)
        self._client = self._wire.client
        self._only_several: set[int] = set()  # functions for one place that this device does not know
        self.where = self._wire.endpoint.where
        if self._wire.endpoint.scheme == SERIAL:
            self.where += f" unit {unit}"

    def polling(self) -> Hold:
        """The line, for a request that can wait."""
        return self._wire.turn.polling()

    def writing(self) -> Hold:
        """The line, ahead of all polling."""
        return self._wire.turn.writing()

    async def open(self) -> None:
        """Connect; raises DeviceError with the reason."""
        await self._wire.open()

    def close(self) -> None:
        """Drop the connection."""
        self._wire.close()

    async def read(self, area: str, start: int, count: int) -> NDArray[Any]:
        """So many registers (uint16) or bits (bool) of an area; raises NoAnswer, Refusal, Nonsense, Lost."""
        in_bits = area in BIT_AREAS
        answer: Any = await self._ask(_READS[area][0], lambda: self._request(area, start, count))
        found: Sequence[int] | NDArray[Any] = answer.bits if in_bits else answer.words
        if len(found) != (-(-count // 8) * 8 if in_bits else count):
            raise Nonsense(f"{self.where} answered {len(found)} places instead of {count}: is it a Modbus device?")
        return np.array(found[:count], bool) if in_bits else answer.words

    def _request(self, area: str, start: int, count: int) -> Awaitable[ModbusPDU]:
        ask: Callable[..., Awaitable[ModbusPDU]] = getattr(self._client, _READS[area][1])
        return ask(start, count=count, device_id=self._unit)

    async def write_coil(self, number: int, on: bool) -> None:
        """Switch one coil (function 5, else 15); raises NoAnswer, Refusal, Nonsense, Lost."""
        client = self._client
        await self._one_or_several(
            (5, lambda: client.write_coil(number, on, device_id=self._unit)),
            (15, lambda: client.write_coils(number, [on], device_id=self._unit)),
        )

    async def write_registers(self, start: int, words: Sequence[int]) -> None:
        """Write one register (function 6, else 16) or several (16); raises NoAnswer, Refusal, Nonsense, Lost."""
        client = self._client
        several = (16, lambda: client.write_registers(start, list(words), device_id=self._unit))
        if len(words) > 1:
            await self._ask(*several)
        else:
            await self._one_or_several(
                (6, lambda: client.write_register(start, words[0], device_id=self._unit)), several
            )

    async def _one_or_several(self, one: Call, several: Call) -> None:
        """Some devices know only the function for several places; a function it does not know has done nothing."""
        if one[0] not in self._only_several:
            try:
                await self._ask(*one)
                return
            except Refusal as refusal:
                if refusal.code != ILLEGAL_FUNCTION:
                    raise
            self._only_several.add(one[0])
        await self._ask(*several)

    async def _ask(self, function: int, call: Callable[[], Awaitable[ModbusPDU]]) -> ModbusPDU:
        await self.budget.spend()
        if (quiet_s := self._wire.quiet_until - self._clock.monotonic()) > 0:
            await asyncio.sleep(quiet_s)
        asked, self._wire.strange = self._clock.monotonic(), b""
        response = await self._answer(call)
        end_if_cancelled()
        if response.function_code & 0x7F != function:
            raise Nonsense(
                f"{self.where} answered function {response.function_code} when asked for {function}, so nothing of it "
                "is taken: is another master on the line, or something between that mixes up answers?"
            )
        if not response.transaction_id and not self._wire.without_number:
            raise Nonsense(
                f"{self.where} answers without the request's number, so its answers cannot be told apart and none is "
                "taken: have its Modbus software updated, or reach it over rtutcp:// if it offers that"
            )
        self.timeouts = 0
        self.answers += 1
        self._answered(self._clock.monotonic() - asked)
        if response.isError():
            raise Refusal(response.exception_code)
        return response

    async def _answer(self, call: Callable[[], Awaitable[ModbusPDU]]) -> ModbusPDU:
        """What comes back, the library's ways to fail turned into ours."""
        try:
            return await call()
        except asyncio.CancelledError:
            self._distrust()
            raise
        except ConnectionException as error:
            raise self._lost() from error
        except ModbusException as error:
            if not self._client.connected:
                raise self._lost() from error
            raise self._no_answer() from error
        except ValueError as error:
            raise Nonsense(f"{self.where} answered nonsense ({error}): is it Modbus, and of this kind?") from error
        except OSError as error:
            raise Lost(f"connection to {self.where} lost ({error})") from error

    def _lost(self) -> Lost:
        ask = "is the device on and the cable in?"
        if self._wire.endpoint.scheme == "tls" and not self.answers:
            ask = "does it want a certificate of this station?"
        return Lost(f"connection to {self.where} lost: {ask}")

    def _no_answer(self) -> DeviceError:
        self.timeouts += 1
        self._distrust()
        strange = self._strange(self._wire.strange)
        reason = strange or f"no answer from {self.where} in {self._wire.timeout_s:.3g} s: is the device running?"
        return NoAnswer(reason) if self._client.connected else Lost(reason)

    def _strange(self, head: bytes) -> str:
        """What is wrong with what came instead of an answer; "" where nothing came."""
        place = 0 if self._wire.without_number else 6
        if len(head) <= place:
            return ""
        if (unit := head[place]) != self._unit:
            return (
                f"{self.where} answers for unit {unit} when asked for unit {self._unit}, so nothing of it is taken: "
                "set `unit` in plant.toml to the device's own, or mend the gateway's table"
            )
        return (
            f"{self.where} answers a request that is not this one (its number is wrong), so nothing of it is taken: "
            "does another master share the connection, or does the device need more time (timeout_ms)?"
        )

    def _distrust(self) -> None:
        """Without a number in the frames, a late answer must not be taken for the answer to the next request."""
        if self._wire.endpoint.scheme == SERIAL:  # others share the line: it is left alone instead of closed
            self._wire.quiet_until = self._clock.monotonic() + self._wire.timeout_s
        elif self._wire.without_number:
            self._wire.cut()


def endpoint_of(address: str) -> Endpoint:
    """Where an address leads; raises Misconfigured for one that this driver cannot use."""
    try:
        return endpoint("modbus", address)
    except AddressError as error:
        raise Misconfigured(str(error)) from error
