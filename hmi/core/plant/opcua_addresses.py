"""Addresses of values in an OPC UA server, node ids and browse paths: the grammar `hmi check` and the driver read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from hmi.core.errors import AddressError

_NODE_ID: Final = re.compile(r"(?:ns=([0-9]{1,9});|nsu=([^;]+);)?([isgb])=(.+)", re.DOTALL)
_GUID: Final = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_BASE64: Final = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_BROWSE_STEP: Final = re.compile(r"(?:([0-9]{1,5}):([^/]+)|([^/:]+))")
_EXAMPLE: Final = "Write ns=2;s=Filler.Tank.Level or /2:Filler/2:Tank/2:Level"


@dataclass(frozen=True, slots=True)
class BrowseStep:
    """One step of a browse path: namespace index and browse name."""

    namespace: int
    name: str


def check(address: str) -> None:
    """Raise AddressError if this is neither a node id nor a browse path."""
    if address.startswith("/"):
        browse_path(address)
    else:
        _check_node_id(address)


def browse_path(text: str) -> tuple[BrowseStep, ...]:
    """The steps of `/2:Filler/2:Tank`, from the Objects folder down; raises AddressError."""
    return tuple(_step(part) for part in text.removeprefix("/").split("/"))


def _step(part: str) -> BrowseStep:
    match = _BROWSE_STEP.fullmatch(part)
    if match is None or int(match[1] or 0) > 65535:
        raise AddressError(f"{part!r} is not a step of a browse path", "Write /2:Filler/2:Tank/2:Level")
    return BrowseStep(int(match[1] or 0), match[2] or match[3])


def split_namespace_uri(text: str) -> tuple[str, str]:
    """`nsu=URI;s=Level` as (URI, "s=Level"); raises AddressError."""
    match = _NODE_ID.fullmatch(text)
    if match is None or not match[2]:
        raise AddressError(f"{text!r} is not a node id with a namespace URI", "Write nsu=URI;s=Filler.Tank.Level")
    return match[2], f"{match[3]}={match[4]}"


def _check_node_id(address: str) -> None:
    match = _NODE_ID.fullmatch(address)
    if match is None:
        raise AddressError(f"{address!r} is not an OPC UA node id or browse path", _EXAMPLE)
    namespace, kind, identifier = match[1], match[3], match[4]
    if namespace is not None and int(namespace) > 65535:
        mend = "Write ns=0 to ns=65535, or nsu= and the namespace's URI"
        raise AddressError(f"namespace {namespace} does not exist", mend)
    if kind == "i" and not (identifier.isdecimal() and identifier.isascii() and len(identifier) < 11):
        raise AddressError(f"i={identifier} is not a number", f"Write i=1001, or s={identifier} for a name")
    if kind == "i" and int(identifier) > 0xFFFF_FFFF:
        raise AddressError(f"i={identifier} is too big for a node id", "Write a number below 4294967296")
    if kind == "g" and not _GUID.fullmatch(identifier):
        raise AddressError(f"g={identifier} is not a GUID", "Write g=09087e75-8e5e-499b-954f-f2a9603db28a")
    if kind == "b" and not _BASE64.fullmatch(identifier):
        raise AddressError(f"b={identifier} is not base64", "Write b=M/RbKBsRVkePCePcx24oRA==")
