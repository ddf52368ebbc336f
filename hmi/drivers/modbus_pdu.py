"""Answers that hold registers, read from their bytes at once; pymodbus' own take them apart one by one."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pymodbus.exceptions import ModbusIOException
from pymodbus.pdu import ModbusPDU


class Registers(ModbusPDU):
    """The registers that a device answered with; an answer that is not as long as it says is none."""

    rtu_byte_count_pos = 2
    words: NDArray[Any] = np.empty(0, np.uint16)

    def decode(self, data: bytes) -> None:
        """Called by the library with what follows the function code."""
        if not data or data[0] != len(data) - 1 or data[0] % 2:
            raise ModbusIOException(f"{len(data)} bytes where the answer says {data[0] if data else 'nothing'}")
        self.words = np.frombuffer(data, ">u2", offset=1).astype(np.uint16)

    def __str__(self) -> str:
        return type(self).__name__  # the library makes this text of every answer, wanted or not


class HoldingRegisters(Registers):
    """The answer to function 3."""

    function_code = 3


class InputRegisters(Registers):
    """The answer to function 4."""

    function_code = 4


ANSWERS: Final = (HoldingRegisters, InputRegisters)
