"""Addresses as the plant's files write them: of controllers, and of values inside a controller."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from hmi.core.errors import AddressError
from hmi.core.plant import modbus_addresses, opcua_addresses

Complaint = tuple[str, str]  # what is wrong, how to mend it

DRIVERS: Final = ("opcua", "modbus")
LATER_DRIVERS: Final = ("mqtt", "s7", "ethernetip", "rest", "sim")
SERIAL: Final = "rtu"
_SCHEMES: Final = {"opcua": ("opc.tcp",), "modbus": ("tcp", "tls", "rtutcp", SERIAL)}
_EXAMPLES: Final = {"opcua": "opc.tcp://192.168.0.10:4840", "modbus": "tcp://192.168.0.10:502"}
_SERIAL_EXAMPLE: Final = "Write rtu:///dev/ttyUSB0?baud=19200&parity=N&stop=1"
_DEFAULT_PORTS: Final = {"opc.tcp": 4840, "tcp": 502, "tls": 802, "rtutcp": 502}

_URL: Final = re.compile(r"([A-Za-z][A-Za-z0-9.+-]*)://([^/?#\s]*)(/[^\s]*)?")
_HOST: Final = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?")
_SERIAL_URL: Final = re.compile(r"rtu://(/[^?#\s:]+|COM[0-9]{1,3})(?:\?([^\s#]*))?")
_BAUDS: Final = (300, 600, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)
_SERIAL_DEFAULTS: Final = {"baud": "19200", "parity": "N", "stop": "1"}
_PARITIES: Final = ("N", "E", "O")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a controller is reached: a host and port, or a serial port and how fast it is."""

    scheme: str
    host: str = ""
    port: int = 0
    device: str = ""  # of a serial port: /dev/ttyUSB0, COM3
    baud: int = 19200
    parity: str = "N"
    stop: int = 1

    @property
    def where(self) -> str:
        """What a message calls it."""
        return self.device or f"{self.host}:{self.port}"


def endpoint(driver: str, address: str) -> Endpoint:
    """Where an address leads a driver; raises AddressError with what is wrong and how to mend it."""
    example = f"Write {_EXAMPLES[driver]}"
    url = _URL.fullmatch(address)
    scheme = address.partition("://")[0]
    if scheme == SERIAL and SERIAL in _SCHEMES[driver]:
        return _serial(address)
    if url is None:
        raise AddressError(f"{address!r} is not an address for {driver}", example)
    if scheme not in _SCHEMES[driver]:
        raise AddressError(f"{scheme}:// is not how {driver} is reached", example)
    if "@" in url[2]:
        what = "a user or password in an address is readable by everybody"
        raise AddressError(what, f"Take it out: {example.removeprefix('Write ')}")
    return Endpoint(scheme, *_host_and_port(address, url[2], _DEFAULT_PORTS[scheme], example))


def host_and_port(address: str, default_port: int) -> tuple[str, int]:
    """Host and port of `opc.tcp://host:port/path`, of whatever protocol; raises AddressError."""
    url = _URL.fullmatch(address)
    return _host_and_port(address, url[2].rpartition("@")[2] if url else "", default_port, "Write a host and a port")


def _host_and_port(address: str, place: str, default_port: int, mend: str) -> tuple[str, int]:
    host = _HOST.fullmatch(place)
    if host is None:
        raise AddressError(f"{address!r} names no host and port", mend)
    port = default_port if host["port"] is None else int(host["port"])
    if not 1 <= port <= 65535:
        raise AddressError(f"port {host['port']} does not exist", "Write a port from 1 to 65535")
    return host["host"].strip("[]"), port


def _serial(address: str) -> Endpoint:
    match = _SERIAL_URL.fullmatch(address)
    if match is None:
        raise AddressError(f"{address!r} names no serial port", _SERIAL_EXAMPLE)
    settings = dict(parse_qsl(match[2] or "", keep_blank_values=True))
    if strange := [name for name in settings if name not in ("baud", "parity", "stop")]:
        raise AddressError(f"{strange[0]!r} is not a setting of a serial port", _SERIAL_EXAMPLE)
    baud, parity, stop = (settings.get(name, default) for name, default in _SERIAL_DEFAULTS.items())
    if baud not in map(str, _BAUDS):
        raise AddressError(f"baud {baud!r} is not a speed of Modbus", f"Write one of {', '.join(map(str, _BAUDS))}")
    if parity not in _PARITIES:
        raise AddressError(f"parity {parity!r} does not exist", "Write N (none), E (even) or O (odd)")
    if stop not in ("1", "2"):
        raise AddressError(f"stop {stop!r} is no number of stop bits", "Write stop=1 or stop=2")
    return Endpoint(SERIAL, device=match[1], baud=int(baud), parity=parity, stop=int(stop))


def of_controller(driver: str, address: str) -> Complaint | None:
    """What is wrong with the address that a driver is pointed at, and how to mend it; None if nothing is."""
    try:
        endpoint(driver, address)
    except AddressError as error:
        return error.what, error.mend
    return None


def of_value(driver: str, address: str, type_: str, length: int, access: str) -> Complaint | None:
    """What is wrong with a tag's address, given its type (`length` of a string) and access; None if nothing is."""
    try:
        if driver == "modbus" and access == "w":
            return "access w is for methods of an OPC UA server", "Write access rw"
        if driver == "modbus":
            modbus_addresses.check(address, type_, length, access)
        else:
            opcua_addresses.check(address, type_, access)
    except AddressError as error:
        return error.what, error.mend
    return None
