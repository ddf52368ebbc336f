"""Registers from the bytes of an answer."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.exceptions import ModbusIOException
from pymodbus.pdu.register_message import ReadHoldingRegistersResponse

from hmi.drivers.modbus_pdu import ANSWERS, HoldingRegisters


@given(st.lists(st.integers(0, 65535), max_size=125))
def test_the_same_numbers_as_the_library_s_own_decoding(numbers: list[int]):
    data = struct.pack(f">B{len(numbers)}H", 2 * len(numbers), *numbers)
    own, ours = ReadHoldingRegistersResponse(), HoldingRegisters()
    own.decode(data)
    ours.decode(data)
    assert ours.words.dtype == np.uint16
    assert ours.words.tolist() == list(own.registers) == numbers


@given(st.binary(max_size=20))
def test_bytes_that_are_not_as_many_as_they_say_are_no_answer(data: bytes):
    answer = HoldingRegisters()
    if data and data[0] == len(data) - 1 and data[0] % 2 == 0:
        answer.decode(data)
        assert len(answer.words) == data[0] // 2
        return
    with pytest.raises(ModbusIOException):
        answer.decode(data)
    assert not len(answer.words)


def test_both_kinds_of_registers_are_known():
    assert [answer.function_code for answer in ANSWERS] == [3, 4]
    assert "registers" not in str(HoldingRegisters())
