import struct
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.core.errors import DeviceError
from hmi.core.tags import INTEGER_TYPES, Tag
from hmi.sim.registers import Registers, cell_of

NUMBER = Tag(0, "a.number", "plc", "holding:10", "float32", access="rw")
ORDERS = [(byte, word) for byte in ("big", "little") for word in ("big", "little")]


def written_back(tag: Tag, value: object, orders: tuple[str, str] = ("big", "big")) -> object:
    """Publish a value, and let a master write the same words again: what it is then taken for."""
    memory = Registers([tag], *orders)
    memory.publish({tag.name: value})
    cell = memory.cells[0]
    words = memory.words[cell.table][cell.start : cell.start + cell.words]
    ((name, taken),) = memory.write(cell.table, cell.start, words)
    assert name == tag.name
    return taken


@pytest.mark.parametrize("orders", ORDERS)
@given(value=st.floats(width=32, allow_nan=False))
def test_floats_survive_in_every_order(orders, value):
    assert written_back(NUMBER, value, orders) == value


@pytest.mark.parametrize("orders", ORDERS)
@pytest.mark.parametrize("type_", INTEGER_TYPES)
@given(data=st.data())
def test_integers_survive_in_every_order(orders, type_, data):
    bits = int(type_.lstrip("uint"))
    low = 0 if type_.startswith("u") else -(2 ** (bits - 1))
    value = data.draw(st.integers(low, low + 2**bits - 1))
    assert written_back(replace(NUMBER, type=type_), value, orders) == value


def test_the_words_of_a_float_lie_as_a_big_endian_controller_lays_them():
    memory = Registers([NUMBER])
    memory.publish({"a.number": 26_400.0})
    assert struct.pack(">2H", *memory.words["holding"][10:12]) == struct.pack(">f", 26_400.0)


def test_a_scaled_value_is_stored_raw():
    tag = replace(NUMBER, type="int16", scale=0.1, offset=5.0)
    memory = Registers([tag])
    memory.publish({"a.number": -60.0})
    assert memory.words["holding"][10] == 65_536 - 650
    assert written_back(tag, -60.0) == pytest.approx(-60.0)


@pytest.mark.parametrize(("value", "word"), [(70_000.0, 65_535), (-3.0, 0), (float("nan"), 0), (2.6, 3)])
def test_a_register_saturates(value, word):
    memory = Registers([replace(NUMBER, type="uint16")])
    memory.publish({"a.number": value})
    assert memory.words["holding"][10] == word


def test_bits_of_a_word_do_not_disturb_each_other():
    bits = [Tag(n, f"a.bit{n}", "plc", f"holding:4.{n}", "bool", access="rw") for n in range(16)]
    memory = Registers(bits)
    memory.publish({f"a.bit{n}": n in (0, 5, 15) for n in range(16)})
    assert memory.words["holding"][4] == 1 << 0 | 1 << 5 | 1 << 15
    memory.publish({f"a.bit{n}": n in (0, 15) for n in range(16)})
    assert memory.words["holding"][4] == 1 << 0 | 1 << 15
    assert dict(memory.write("holding", 4, [1 << 3]))["a.bit3"] is True


def test_texts_fill_their_registers():
    text = Tag(0, "a.lot", "plc", "holding:3", "string", access="rw", length=8)
    assert written_back(text, "L1A") == "L1A"
    assert written_back(text, "longer than eight") == "longer t"


def test_coils_are_bits():
    coil = Tag(0, "a.start", "plc", "coil:3", "bool", access="rw")
    memory = Registers([coil])
    assert memory.write("coil", 3, [1]) == [("a.start", True)]
    assert memory.words["coil"] == [0, 0, 0, 1]


def test_what_is_not_to_be_written_refuses_the_whole_request():
    fixed = replace(NUMBER, name="a.fixed", address="holding:12", access="r")
    memory = Registers([NUMBER, fixed])
    memory.publish({"a.number": 1.0, "a.fixed": 2.0})
    before = list(memory.words["holding"])
    assert memory.write("holding", 11, [1, 2]) is None
    assert memory.write("holding", 500, [1]) is None
    assert memory.words["holding"] == before


def test_a_value_that_was_overwritten_is_published_again():
    memory = Registers([NUMBER])
    memory.publish({"a.number": 5.0})
    memory.write("holding", 10, [0, 0])
    memory.publish({"a.number": 5.0})
    assert memory.words["holding"][10] != 0


@pytest.mark.parametrize("address", ["holding", "holding:x", "register:5", "coil:-1", "holding:5.y"])
def test_an_address_that_is_none_is_named(address):
    with pytest.raises(DeviceError, match="a.number"):
        cell_of(replace(NUMBER, address=address))
