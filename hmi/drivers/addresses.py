"""Addresses of values inside a device, in each protocol's own language (see the plant files' manual)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

MODBUS_AREAS: Final = ("coil", "discrete", "input", "holding")
BIT_AREAS: Final = ("coil", "discrete")
_MODBUS: Final = re.compile(r"(coil|discrete|input|holding):(\d{1,5})(?:\.(\d{1,2}))?")


@dataclass(frozen=True, slots=True)
class ModbusAddress:
    """One place in a Modbus device: area, zero-based number, and bit if one of a register is meant."""

    area: str
    number: int
    bit: int | None = None


def modbus_address(text: str) -> ModbusAddress:
    """The place that `holding:111.4` or `coil:3` means; raises ValueError with the reason."""
    match = _MODBUS.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"'{text}' is not a Modbus address: write coil:3, discrete:3, input:100 or holding:111.4")
    area, number, bit = match[1], int(match[2]), None if match[3] is None else int(match[3])
    if number > 65535:
        raise ValueError(f"'{text}': Modbus numbers end at 65535")
    if bit is not None and (bit > 15 or area in BIT_AREAS):
        raise ValueError(f"'{text}': a bit is 0 to 15 of an input or holding register")
    return ModbusAddress(area, number, bit)


@dataclass(frozen=True, slots=True)
class BrowseStep:
    """One step of a browse path: namespace index and browse name."""

    namespace: int
    name: str


def browse_path(text: str) -> tuple[BrowseStep, ...]:
    """The steps of `/2:Filler/2:Tank`, from the Objects folder down; raises ValueError with the reason."""
    steps = []
    for part in text.strip().lstrip("/").split("/"):
        namespace, colon, name = part.partition(":")
        if not colon:
            namespace, name = "0", part
        if not name or not namespace.isdecimal():
            raise ValueError(f"'{text}' is not a browse path: write /2:Filler/2:Tank/2:Level")
        steps.append(BrowseStep(int(namespace), name))
    return tuple(steps)


def split_namespace_uri(text: str) -> tuple[str, str]:
    """`nsu=URI;s=Level` as (URI, "s=Level"); raises ValueError with the reason."""
    uri, semicolon, rest = text.strip().removeprefix("nsu=").partition(";")
    if not semicolon or not uri or rest[:2] not in ("s=", "i=", "g=", "b="):
        raise ValueError(f"'{text}' is not a node id: write nsu=URI;s=Filler.Tank.Level")
    return uri, rest


def host_and_port(address: str, default_port: int) -> tuple[str, int]:
    """Host and port of `tcp://host:port` or `opc.tcp://host:port/path`; raises ValueError with the reason."""
    parts = urlsplit(address)
    if not parts.hostname:
        raise ValueError(f"'{address}' names no host")
    return parts.hostname, parts.port or default_port
