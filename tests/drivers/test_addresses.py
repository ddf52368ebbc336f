from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.drivers.addresses import (
    MODBUS_AREAS,
    BrowseStep,
    ModbusAddress,
    browse_path,
    host_and_port,
    modbus_address,
    split_namespace_uri,
)


@given(st.sampled_from(MODBUS_AREAS), st.integers(0, 65535))
def test_a_modbus_address_is_area_and_number(area: str, number: int):
    assert modbus_address(f"{area}:{number}") == ModbusAddress(area, number)


def test_a_bit_of_a_register():
    assert modbus_address("holding:111.4") == ModbusAddress("holding", 111, 4)
    assert modbus_address("input:0.15") == ModbusAddress("input", 0, 15)


@pytest.mark.parametrize(
    "text", ["", "holding", "holding:", "holding:-1", "holding:65536", "holding:1.16", "coil:1.1", "400001", "Coil:1"]
)
def test_what_is_no_modbus_address_is_refused_by_name(text: str):
    with pytest.raises(ValueError, match=f"'{text}'"):
        modbus_address(text)


def test_a_browse_path_has_a_namespace_at_every_step():
    assert browse_path("/2:Filler/3:Tank/Level") == (
        BrowseStep(2, "Filler"),
        BrowseStep(3, "Tank"),
        BrowseStep(0, "Level"),
    )


@pytest.mark.parametrize("text", ["/", "/2:", "/x:Filler", "/2:Filler//2:Level"])
def test_what_is_no_browse_path_is_refused(text: str):
    with pytest.raises(ValueError, match="is not a browse path"):
        browse_path(text)


def test_a_namespace_uri_is_told_from_the_id():
    assert split_namespace_uri("nsu=http://maker.example/ua;s=A;B") == ("http://maker.example/ua", "s=A;B")
    for text in ("nsu=urn:x", "nsu=;s=A", "nsu=urn:x;Level"):
        with pytest.raises(ValueError, match="is not a node id"):
            split_namespace_uri(text)


def test_host_and_port_with_the_protocol_s_own_port():
    assert host_and_port("opc.tcp://plc-7/path", 4840) == ("plc-7", 4840)
    assert host_and_port("tcp://10.0.0.7:1502", 502) == ("10.0.0.7", 1502)
    with pytest.raises(ValueError, match="names no host"):
        host_and_port("plc-7:4840", 4840)
