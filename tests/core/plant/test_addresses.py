"""Addresses of controllers and of values in them."""

from __future__ import annotations

import pytest

from hmi.core.errors import AddressError
from hmi.core.plant import addresses
from hmi.core.plant.addresses import Endpoint


@pytest.mark.parametrize(
    ("driver", "address"),
    [
        ("opcua", "opc.tcp://127.0.0.1:4840"),
        ("opcua", "opc.tcp://plc-7.plant.local:4840/ua/server"),
        ("opcua", "opc.tcp://[::1]:4840"),
        ("opcua", "opc.tcp://plc"),
        ("modbus", "tcp://10.0.0.7:502"),
        ("modbus", "tcp://plc"),
        ("modbus", "tls://plc:802"),
        ("modbus", "rtutcp://10.0.0.7:4001"),
        ("modbus", "rtu:///dev/ttyUSB0"),
        ("modbus", "rtu:///dev/serial/by-id/usb-FTDI-1?baud=9600&parity=E&stop=2"),
        ("modbus", "rtu://COM3?baud=19200"),
    ],
)
def test_controllers_that_can_be_reached(driver: str, address: str) -> None:
    assert addresses.of_controller(driver, address) is None


def test_where_an_address_leads() -> None:
    assert addresses.endpoint("modbus", "tls://plc") == Endpoint("tls", "plc", 802)
    assert addresses.endpoint("modbus", "tcp://[::1]:1502").where == "::1:1502"
    serial = addresses.endpoint("modbus", "rtu:///dev/ttyS1?baud=9600&parity=E&stop=2")
    assert serial == Endpoint("rtu", device="/dev/ttyS1", baud=9600, parity="E", stop=2)
    assert serial.where == "/dev/ttyS1"


def test_host_and_port_with_the_protocol_s_own_port() -> None:
    assert addresses.host_and_port("opc.tcp://plc-7/path", 4840) == ("plc-7", 4840)
    assert addresses.host_and_port("tcp://10.0.0.7:1502", 502) == ("10.0.0.7", 1502)
    with pytest.raises(AddressError, match="names no host"):
        addresses.host_and_port("plc-7:4840", 4840)


@pytest.mark.parametrize(
    ("driver", "address", "what", "mend"),
    [
        ("opcua", "", "not an address", "opc.tcp://"),
        ("opcua", "127.0.0.1:4840", "not an address", "opc.tcp://"),
        ("opcua", "http://plc", "not how opcua is reached", "opc.tcp://"),
        ("modbus", "opc.tcp://plc", "not how modbus is reached", "tcp://"),
        ("modbus", "rtu://", "names no serial port", "rtu:///dev/ttyUSB0"),
        ("modbus", "rtu://socket://plc", "names no serial port", "rtu:///dev/ttyUSB0"),
        ("modbus", "rtu:///dev/ttyUSB0?baud=fast", "not a speed", "19200"),
        ("modbus", "rtu:///dev/ttyUSB0?parity=X", "parity 'X'", "N (none)"),
        ("modbus", "rtu:///dev/ttyUSB0?stop=1.5", "stop '1.5'", "stop=2"),
        ("modbus", "rtu:///dev/ttyUSB0?bits=7", "'bits' is not a setting", "rtu:///dev/ttyUSB0"),
        ("opcua", "rtu:///dev/ttyUSB0", "not how opcua is reached", "opc.tcp://"),
        ("opcua", "opc.tcp://me:secret@plc:4840", "readable by everybody", "Take it out"),
        ("opcua", "opc.tcp://:4840", "names no host", "opc.tcp://"),
        ("opcua", "opc.tcp://plc:99999", "port 99999", "65535"),
        ("modbus", "tcp://plc:0", "port 0", "65535"),
        ("modbus", "tcp://plc port", "not an address", "tcp://"),
    ],
)
def test_controllers_that_cannot(driver: str, address: str, what: str, mend: str) -> None:
    complaint = addresses.of_controller(driver, address)
    assert complaint is not None
    assert what in complaint[0]
    assert mend in complaint[1]


@pytest.mark.parametrize(
    ("driver", "address", "type_", "length", "access"),
    [
        ("opcua", "ns=2;s=Filler.Tank.Level", "float64", 0, "rw"),
        ("opcua", 'ns=3;s="DB1"."x=1;y"', "float64", 0, "r"),
        ("opcua", "i=2258", "string", 0, "r"),
        ("opcua", "nsu=urn:bottling:line1;s=Cip.State", "int32", 0, "r"),
        ("opcua", "ns=1;g=09087e75-8e5e-499b-954f-f2a9603db28a", "bool", 0, "r"),
        ("opcua", "ns=1;b=M/RbKBsRVkePCePcx24oRA==", "bool", 0, "r"),
        ("opcua", "/2:Filler/2:Tank:1/Level", "float64", 0, "r"),
        ("modbus", "coil:0", "bool", 0, "rw"),
        ("modbus", "discrete:65535", "bool", 0, "r"),
        ("modbus", "input:100", "int16", 0, "r"),
        ("modbus", "holding:65532", "float64", 0, "rw"),
        ("modbus", "holding:111.15", "bool", 0, "r"),
        ("modbus", "holding:111", "bool", 0, "r"),  # the whole register: 0 or not
        ("modbus", "holding:65526", "string", 20, "r"),
    ],
)
def test_values_that_can_be_found(driver: str, address: str, type_: str, length: int, access: str) -> None:
    assert addresses.of_value(driver, address, type_, length, access) is None


@pytest.mark.parametrize(
    ("driver", "address", "type_", "length", "access", "what"),
    [
        ("opcua", "Filler.Level", "float64", 0, "r", "not an OPC UA node id"),
        ("opcua", "ns=2;Filler", "float64", 0, "r", "not an OPC UA node id"),
        ("opcua", "ns=2;s=", "float64", 0, "r", "not an OPC UA node id"),
        ("opcua", "ns=70000;s=x", "float64", 0, "r", "namespace 70000"),
        ("opcua", "ns=2;i=Level", "float64", 0, "r", "not a number"),
        ("opcua", "i=4294967296", "float64", 0, "r", "too big"),
        ("opcua", "g=123", "float64", 0, "r", "not a GUID"),
        ("opcua", "b=***", "float64", 0, "r", "not base64"),
        ("opcua", "/2:Filler//2:Level", "float64", 0, "r", "step of a browse path"),
        ("opcua", "/70000:Filler", "float64", 0, "r", "step of a browse path"),
        ("opcua", "/Filler:Tank", "float64", 0, "r", "step of a browse path"),
        ("opcua", "", "float64", 0, "r", "not an OPC UA node id"),
        ("modbus", "40001", "int16", 0, "r", "not a Modbus address"),
        ("modbus", "register:1", "int16", 0, "r", "not a Modbus address"),
        ("modbus", "holding:-1", "int16", 0, "r", "not a Modbus address"),
        ("modbus", "coil:3", "int16", 0, "r", "a coil holds a bool"),
        ("modbus", "coil:3.1", "bool", 0, "r", "no bits of its own"),
        ("modbus", "holding:3.4", "int16", 0, "r", "is a bool, not int16"),
        ("modbus", "holding:3.16", "bool", 0, "r", "bit 16 does not exist"),
        ("modbus", "input:3", "int16", 0, "rw", "no way to write"),
        ("modbus", "discrete:3", "bool", 0, "rw", "no way to write"),
        ("modbus", "holding:65536", "int16", 0, "r", "beyond 65535"),
        ("modbus", "holding:65535", "float32", 0, "r", "beyond 65535"),
        ("modbus", "holding:65533", "int64", 0, "r", "beyond 65535"),
        ("modbus", "holding:65527", "string", 20, "r", "beyond 65535"),
        ("modbus", "holding:10", "string", 0, "r", "needs a length"),
        ("modbus", "holding:10", "string", 241, "r", "needs a length"),
    ],
)
def test_values_that_cannot(driver: str, address: str, type_: str, length: int, access: str, what: str) -> None:
    complaint = addresses.of_value(driver, address, type_, length, access)
    assert complaint is not None
    assert what in complaint[0]
    assert complaint[1]
