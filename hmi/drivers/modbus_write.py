"""One write to a Modbus device: sent once, read back. A wish is never reported as a fact."""

from __future__ import annotations

import asyncio
import math
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.core.errors import DeviceError
from hmi.core.plant.modbus_addresses import BIT_AREAS
from hmi.drivers.driver import WriteResult
from hmi.drivers.modbus_client import GATEWAY_TIMEOUT, NOT_FINISHED, ModbusLine, Refusal
from hmi.drivers.modbus_plan import Block, BlockDecoder, Order, Point, to_words, with_bit
from hmi.drivers.modbus_signature import SignatureCheck

READ_BACKS: Final = 10  # a controller may take a scan or two before its own value follows
READ_BACK_PAUSE_S: Final = 0.1
WRITABLE: Final = ("coil", "holding")
UNKNOWN: Final = "outcome unknown: check the plant"
_UNSURE: Final = (NOT_FINISHED, GATEWAY_TIMEOUT)  # taken, and maybe done


async def write_and_read_back(
    line: ModbusLine, point: Point, value: float | str, order: Order, signature: SignatureCheck | None = None
) -> WriteResult:
    """Write one value in engineering units. A bit of a register is read, changed and written in one turn.

    A device with a signature is asked for it in the same turn: another program's register is never written.
    """
    name = point.tag.name
    if point.area not in WRITABLE:
        return WriteResult("refused", f"{name}: '{point.tag.address}' is an input and cannot be written")
    try:
        words = to_words(point, value, order)
    except ValueError as error:
        return WriteResult("refused", f"{name}: {error}; nothing was sent")
    async with line.writing():
        try:
            if signature and (complaint := await signature.complaint(line)):
                return WriteResult("refused", f"{name}: {complaint[0]}; nothing was sent")
            register = await _register(line, point, words, order)
        except DeviceError as error:
            return WriteResult("refused", f"{name}: {error}; nothing was sent")
        try:
            await _send(line, point, register)
        except Refusal as refusal:
            if refusal.code in _UNSURE:
                return WriteResult("unknown", f"{name}: {UNKNOWN} ({refusal})")
            return WriteResult("refused", f"{name}: refused by the device ({refusal}); nothing was changed")
        except DeviceError as error:
            return WriteResult("unknown", f"{name}: {UNKNOWN} ({error})")
    result = await _read_back(line, point, words, order)
    return result if point.bit is None else replace(result, text=f"{result.text}; {_whole_register(point)}")


def _whole_register(point: Point) -> str:
    """Modbus writes no single bit of a register: whoever reads the result must know what was really done."""
    return (
        f"the whole register {point.area}:{point.start} was read and written to change its bit {point.bit}, "
        "so what another station or the PLC's program changed in it in between is undone"
    )


async def _register(line: ModbusLine, point: Point, words: list[int], order: Order) -> list[int]:
    """What to write: for a bit, the register's present content with that bit changed."""
    if point.bit is None:
        return words
    (now,) = await line.read(point.area, point.start, 1)
    return [with_bit(int(now), point.bit, bool(words[0]), order)]


async def _send(line: ModbusLine, point: Point, words: list[int]) -> None:
    if point.area == "coil":
        await line.write_coil(point.start, bool(words[0]))
    else:
        await line.write_registers(point.start, words)


async def _read_back(line: ModbusLine, point: Point, words: list[int], order: Order) -> WriteResult:
    decoder = BlockDecoder(Block(point.area, point.start, point.count, (point,)), order)
    wanted = _shown(decoder, _as_read(point, words, order))
    found: float | str | None = None
    for attempt in range(READ_BACKS):
        if attempt:
            await asyncio.sleep(READ_BACK_PAUSE_S)
        try:
            async with line.writing():
                answer = await line.read(point.area, point.start, point.count)
        except DeviceError as error:
            return WriteResult(
                "unknown", f"{point.tag.name}: sent, but not read back ({error}): check the plant", found
            )
        found = _shown(decoder, answer)
        if _same(found, wanted):
            return WriteResult("confirmed", f"{point.tag.name} is {_text(found)} {point.tag.unit}".rstrip(), found)
    text = f"{point.tag.name}: the device took the write but holds {_text(found)}: check the plant"
    return WriteResult("unknown", text, found)


def _as_read(point: Point, words: list[int], order: Order) -> NDArray[Any]:
    """The answer that a read gives once the write has come true."""
    if point.area in BIT_AREAS:
        return np.array(words, bool)
    if point.bit is not None:
        words = [with_bit(0, point.bit, bool(words[0]), order)]
    return np.array(words, np.uint16)


def _shown(decoder: BlockDecoder, answer: NDArray[Any]) -> float | str:
    batch = decoder.decode(answer, 0)
    return batch.texts[0] if batch.texts else float(batch.rows["value"][0])


def _text(value: float | str | None) -> str:
    return f"{value:g}" if isinstance(value, float) else repr(value)


def _same(found: float | str, wanted: float | str) -> bool:
    both_nan = isinstance(found, float) and isinstance(wanted, float) and math.isnan(found) and math.isnan(wanted)
    return found == wanted or both_nan
