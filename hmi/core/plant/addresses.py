"""Addresses as the plant's files write them: of controllers, and of values inside a controller.

Each check gives None for an address that can be used, else what is wrong and how to mend it.
"""

from __future__ import annotations

import re
from typing import Final

Complaint = tuple[str, str]  # what is wrong, how to mend it

DRIVERS: Final = ("opcua", "modbus")
LATER_DRIVERS: Final = ("mqtt", "s7", "ethernetip", "rest", "sim")
_SCHEMES: Final = {"opcua": ("opc.tcp",), "modbus": ("tcp",)}
_LATER_SCHEMES: Final = {"opcua": (), "modbus": ("tls", "rtu")}
_EXAMPLES: Final = {"opcua": "opc.tcp://192.168.0.10:4840", "modbus": "tcp://192.168.0.10:502"}

_URL: Final = re.compile(r"([A-Za-z][A-Za-z0-9.+-]*)://([^/?#\s]*)(/[^\s]*)?")
_HOST: Final = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?")
_MODBUS: Final = re.compile(r"(\w+):([0-9]{1,9})(?:\.([0-9]{1,9}))?")
_BIT_AREAS: Final = ("coil", "discrete")
_READ_ONLY_AREAS: Final = ("discrete", "input")
_AREAS: Final = (*_BIT_AREAS, "input", "holding")
_REGISTERS: Final = {"int32": 2, "uint32": 2, "float32": 2, "int64": 4, "uint64": 4, "float64": 4}
_LONGEST_TEXT: Final = 240  # bytes: 120 registers, what one request reads with room to spare
_NAMESPACE: Final = re.compile(r"(?:ns=([0-9]{1,9});|nsu=([^;]+);)?([isgb])=(.+)", re.DOTALL)
_GUID: Final = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_BASE64: Final = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_BROWSE_STEP: Final = re.compile(r"(?:([0-9]{1,5}):[^/]+|[^/:]+)")
_NODE_EXAMPLE: Final = "Write ns=2;s=Filler.Tank.Level or /2:Filler/2:Tank/2:Level"


def of_controller(driver: str, address: str) -> Complaint | None:
    """Whether a driver can be pointed at this address."""
    example = f"Write {_EXAMPLES[driver]}"
    url = _URL.fullmatch(address)
    if url is None:
        return f"{address!r} is not an address for {driver}", example
    scheme, place = url.group(1), url.group(2)
    if scheme in _LATER_SCHEMES[driver]:
        return f"{scheme}:// is not built yet for {driver}", example
    if scheme not in _SCHEMES[driver]:
        return f"{scheme}:// is not how {driver} is reached", example
    if "@" in place:
        return "a user or password in an address is readable by everybody", f"Take it out: {example[6:]}"
    host = _HOST.fullmatch(place)
    if host is None:
        return f"{address!r} names no host and port", example
    if host.group("port") is not None and not 1 <= int(host.group("port")) <= 65535:
        return f"port {host.group('port')} does not exist", "Write a port from 1 to 65535"
    return None


def of_value(driver: str, address: str, type_: str, length: int, access: str) -> Complaint | None:
    """Whether a driver finds a value of this type at this address of a controller."""
    if driver == "modbus":
        return _modbus(address, type_, length, access)
    return _browse_path(address) if address.startswith("/") else _node_id(address)


def _modbus(address: str, type_: str, length: int, access: str) -> Complaint | None:
    match = _MODBUS.fullmatch(address)
    if match is None or match.group(1) not in _AREAS:
        mend = "Write coil:3, discrete:3, input:100, holding:100 or holding:111.4"
        return f"{address!r} is not a Modbus address", mend
    area, number = match.group(1), int(match.group(2))
    bit = None if match.group(3) is None else int(match.group(3))
    in_bits = area in _BIT_AREAS
    if complaint := _modbus_bit(area, type_, bit) if in_bits else _modbus_register(area, number, type_, bit):
        return complaint
    if access == "rw" and area in _READ_ONLY_AREAS:
        mend = f"Write access r, or use {'coil' if area == 'discrete' else 'holding'}:{number}"
        return f"Modbus has no way to write {area}:{number}", mend
    if type_ == "string" and not 1 <= length <= _LONGEST_TEXT:
        mend = f"Write the type as string[20], in bytes, up to {_LONGEST_TEXT}"
        return "text in Modbus registers needs a length that one request can read", mend
    last = number + (max(1, (length + 1) // 2) if type_ == "string" else _REGISTERS.get(type_, 1)) - 1
    if last > 65535:
        return f"{area}:{number} ends beyond 65535, the last Modbus address", "Use a lower number"
    return None


def _modbus_bit(area: str, type_: str, bit: int | None) -> Complaint | None:
    if bit is not None:
        return f"a {area} is one bit and has no bits of its own", "Leave out the point and what follows it"
    if type_ != "bool":
        return f"a {area} holds a bool, not {type_}", "Write the type as bool, or use holding: or input:"
    return None


def _modbus_register(area: str, number: int, type_: str, bit: int | None) -> Complaint | None:
    if bit is not None and type_ != "bool":
        return f"one bit of a register is a bool, not {type_}", "Write the type as bool, or leave out the bit"
    if bit is not None and bit > 15:
        return f"bit {bit} does not exist: a register has bits 0 to 15", f"Write {area}:{number}.15 at most"
    return None


def _node_id(address: str) -> Complaint | None:
    match = _NAMESPACE.fullmatch(address)
    if match is None:
        return f"{address!r} is not an OPC UA node id or browse path", _NODE_EXAMPLE
    namespace, kind, identifier = match.group(1), match.group(3), match.group(4)
    if namespace is not None and int(namespace) > 65535:
        return (
            f"namespace {namespace} does not exist",
            "Write ns=0 to ns=65535, or nsu= and the namespace's URI",
        )
    if kind == "i" and not (identifier.isdecimal() and identifier.isascii() and len(identifier) < 11):
        return f"i={identifier} is not a number", f"Write i=1001, or s={identifier} for a name"
    if kind == "i" and int(identifier) > 0xFFFF_FFFF:
        return f"i={identifier} is too big for a node id", "Write a number below 4294967296"
    if kind == "g" and not _GUID.fullmatch(identifier):
        return f"g={identifier} is not a GUID", "Write g=09087e75-8e5e-499b-954f-f2a9603db28a"
    if kind == "b" and not _BASE64.fullmatch(identifier):
        return f"b={identifier} is not base64", "Write b=M/RbKBsRVkePCePcx24oRA=="
    return None


def _browse_path(address: str) -> Complaint | None:
    for step in address[1:].split("/"):
        match = _BROWSE_STEP.fullmatch(step)
        if match is None or int(match.group(1) or 0) > 65535:
            return f"{step!r} is not a step of a browse path", "Write /2:Filler/2:Tank/2:Level"
    return None
