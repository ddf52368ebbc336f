"""Addresses of values in an OPC UA server: the grammar that `hmi check` and the driver read.

A node id or a browse path leads to a node. What is meant of it stands before, as a node id's own namespace does,
since the name at its end may hold any sign: `index=3;` an element of an array, `method=NAME;` a method of an object.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from hmi.core.errors import AddressError

_NODE_ID: Final = re.compile(r"(?:ns=([0-9]{1,9});|nsu=([^;]+);)?([isgb])=(.+)", re.DOTALL)
_GUID: Final = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_BASE64: Final = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_BROWSE_STEP: Final = re.compile(r"(?:([0-9]{1,5}):([^/]+)|([^/:]+))")
_ELEMENT: Final = re.compile(r"index=([^;]*);(.*)", re.DOTALL)
_METHOD: Final = re.compile(r"method=([^;]*);(.*)", re.DOTALL)
_METHOD_NAME: Final = re.compile(r"(?:([0-9]{1,5}):)?(.+)", re.DOTALL)
_MOST_ELEMENTS: Final = 1 << 31  # the length of an array is an Int32
_LIKE_AN_ELEMENT: Final = re.compile(r"(.+)(?:\[([0-9]{1,9})\]|;index=([0-9]{1,9}))", re.DOTALL)
_ELEMENT_EXAMPLE: Final = "Write index=3;ns=2;s=Filler.Valves, elements counted from 0"
_EXAMPLE: Final = "Write ns=2;s=Filler.Tank.Level or /2:Filler/2:Tank/2:Level"


@dataclass(frozen=True, slots=True)
class BrowseStep:
    """One step of a browse path: namespace index and browse name."""

    namespace: int
    name: str


@dataclass(frozen=True, slots=True)
class Target:
    """What an address means: a node, an element of the array that it holds, or a method of the object that it is."""

    node: str  # a node id or a browse path
    index: int | None = None  # of the element, zero-based
    method: str = ""  # the browse name of the method
    method_namespace: int | None = None  # None: the namespace of the object


def check(address: str, type_: str = "", access: str = "") -> None:
    """Raise AddressError for what is no address, or none for a tag of this type and access ("" for any)."""
    found = target(address)
    if found.node.startswith("/"):
        browse_path(found.node)
    else:
        _check_node_id(found.node)
    if access and found.method and access != "w":
        raise AddressError(f"a method is called, not read, and access is {access}", "Write access w")
    if access == "w" and not found.method:
        raise AddressError("access w is for methods, which cannot be read", "Write access rw")


def target(address: str) -> Target:
    """What an address means; raises AddressError. Of the node nothing is checked here."""
    if address.startswith("index="):
        return _element(address)
    if address.startswith("method="):
        return _method(address)
    return Target(address)


def _element(address: str) -> Target:
    match = _ELEMENT.fullmatch(address)
    if match is None or not match[2]:
        raise AddressError(f"{address!r} names no array", _ELEMENT_EXAMPLE)
    if not (match[1].isdecimal() and match[1].isascii()):
        what = "a range" if re.fullmatch(r"[0-9]+[:,][0-9:,]+", match[1]) else f"index={match[1]}"
        raise AddressError(
            f"{what} is not one element of a one-dimensional array: each tag is one value", _ELEMENT_EXAMPLE
        )
    if len(match[1]) > 10 or int(match[1]) >= _MOST_ELEMENTS:
        raise AddressError(f"index={match[1]} is beyond every array", _ELEMENT_EXAMPLE)
    return Target(match[2], index=int(match[1]))


def _method(address: str) -> Target:
    match = _METHOD.fullmatch(address)
    name = _METHOD_NAME.fullmatch(match[1]) if match else None
    if match is None or name is None or not match[2] or int(name[1] or 0) > 65535:
        mend = "Write method=Start;ns=2;s=Filler, its browse name and the object that it belongs to"
        raise AddressError(f"{address!r} names no method and object", mend)
    return Target(match[2], method=name[2], method_namespace=int(name[1]) if name[1] else None)


def hint(address: str) -> str:
    """What may be meant by an address that the device does not know, as the end of a sentence; "" if nothing."""
    match = _LIKE_AN_ELEMENT.fullmatch(address)
    if match is None:
        return ""
    index = match[2] or match[3]
    return f"; for element {index} of an array write index={index};{match[1]}"


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
        mend = _ELEMENT_EXAMPLE if ";index=" in address else _EXAMPLE
        raise AddressError(f"{address!r} is not an OPC UA node id or browse path", mend)
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
