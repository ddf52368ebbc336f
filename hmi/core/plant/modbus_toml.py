"""What plant.toml says of a Modbus device beyond its address: what it bears, and how it is told from another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Final, Literal

import numpy as np
from msgspec import Meta, Struct

from hmi.core import toml
from hmi.core.errors import AddressError, Mistake
from hmi.core.plant import modbus_addresses
from hmi.core.plant.addresses import SERIAL
from hmi.core.plant.model import Connection, Modbus, Signature
from hmi.core.tags import Tag

_FILE: Final = Meta(pattern=r"\A[^\x00-\x1f]{0,300}\Z", description="a path", examples=["plc-ca.pem"])
_SPANS: Final = Meta(examples=[["holding:200-299"]])
_SIGNATURE: Final = 'signature = { address = "holding:0", type = "uint16", value = 4711 }'
_TLS_KEYS: Final = ("ca", "certificate", "key")


class Keys(Struct, frozen=True):
    """The keys of [[connection]] that only Modbus knows and that are not in every plant."""

    timeout_ms: Annotated[int, Meta(ge=50, le=60_000, examples=[1000])] = 1000
    max_registers: Annotated[int, Meta(ge=1, le=125, examples=[120])] = 120
    max_gap: Annotated[int, Meta(ge=0, le=124, examples=[8])] = 8
    max_requests_per_s: Annotated[float, Meta(ge=0, le=10_000, examples=[20])] = 0.0
    forbidden: Annotated[tuple[str, ...], _SPANS] = ()
    signature: dict[str, Any] | None = None
    ca: Annotated[str, _FILE] = ""
    certificate: Annotated[str, _FILE] = ""
    key: Annotated[str, _FILE] = ""


KEYS: Final = Keys.__struct_fields__


class _Signature(Struct, frozen=True):
    address: Annotated[str, Meta(examples=["holding:0"])]
    type: Literal["int16", "uint16", "int32", "uint32", "int64", "uint64"]
    value: int


def settings(row: toml.Table, keys: Keys, mistakes: list[Mistake]) -> Modbus:
    """The settings of one connection; those with mistakes, which go on the list, are at their defaults."""
    _check_tls(row, keys, mistakes)
    spans = tuple(_spans(row, keys, mistakes))
    signature = _signature(row, spans, mistakes)
    if signature and modbus_addresses.places_of(signature.address, signature.type).count > keys.max_registers:
        mend = f"Write max_registers = {modbus_addresses.places_of(signature.address, signature.type).count} or more"
        mistakes.append(row.mistake("max_registers", "one request does not reach over the signature", mend))
    return Modbus(
        timeout_ms=keys.timeout_ms,
        max_registers=keys.max_registers,
        max_gap=keys.max_gap,
        max_requests_per_s=keys.max_requests_per_s,
        forbidden=spans,
        signature=signature,
        ca=keys.ca,
        certificate=keys.certificate,
        key=keys.key,
    )


def _spans(row: toml.Table, keys: Keys, mistakes: list[Mistake]) -> Iterator[modbus_addresses.Span]:
    for text in keys.forbidden:
        try:
            yield modbus_addresses.span(text)
        except AddressError as error:
            mistakes.append(row.mistake("forbidden", error.what, error.mend))


def _signature(
    row: toml.Table, forbidden: Iterable[modbus_addresses.Span], mistakes: list[Mistake]
) -> Signature | None:
    table = row.table("signature")
    made = toml.fill(_Signature, table, mistakes) if table else None
    if made is None:
        return None
    try:
        places = modbus_addresses.places_of(made.address, made.type)
        if "." in made.address:
            raise AddressError(f"{made.address!r} is one bit and no signature", f"Write {_SIGNATURE}")
    except AddressError as error:
        mistakes.append(row.mistake("signature", error.what, error.mend))
        return None
    limits = np.iinfo(made.type)
    if not limits.min <= made.value <= limits.max:
        what = f"the signature {made.value} does not fit a {made.type}"
        mistakes.append(row.mistake("signature", what, f"Write {_SIGNATURE}"))
    if any(places.touches(span) for span in forbidden):
        what = f"the signature is in a forbidden range: {made.address}"
        mistakes.append(row.mistake("signature", what, "Leave its place out of `forbidden`"))
    return Signature(made.address, made.type, made.value)


def _check_tls(row: toml.Table, keys: Keys, mistakes: list[Mistake]) -> None:
    addresses = (row.values.get("address", ""), *row.values.get("backup", ()))
    secure = [isinstance(address, str) and address.startswith("tls://") for address in addresses]
    if any(secure) and not keys.ca:
        what = "tls:// needs `ca`: without it nobody can tell the device from a stranger"
        mistakes.append(row.mistake("address", what, 'Write ca = "plc-ca.pem", who signed its certificate'))
    if any(secure) and not all(secure):
        what = "an address without tls:// beside one with it would be spoken to in clear"
        mistakes.append(row.mistake("backup", what, "Write tls:// for all of them, or for none"))
    if bool(keys.certificate) != bool(keys.key):
        there, missing = ("certificate", "key") if keys.certificate else ("key", "certificate")
        mistakes.append(row.mistake(there, f"`{there}` is of no use without `{missing}`", f"Add {missing}"))
    if not any(secure):
        for name in _TLS_KEYS:
            if name in row.values:
                mend = "Write the address as tls://host:802, or remove the key"
                mistakes.append(row.mistake(name, f"`{name}` does nothing without tls://", mend, "warning"))


def check_tags(
    connections: Iterable[Connection],
    tags: Iterable[Tag],
    places: Mapping[str, tuple[str, int]],
    mistakes: list[Mistake],
) -> None:
    """Tags that their connection must not or cannot read; `places` gives file and line of each tag."""
    of = {made.id: made for made in connections if made.driver == "modbus"}
    for tag in tags:
        if tag.connection not in of:
            continue
        try:
            span = modbus_addresses.places_of(tag.address, tag.type, tag.length)
        except AddressError:
            continue  # told where the tag is read
        if complaint := unreadable(span, of[tag.connection].modbus):
            mistakes.append(Mistake(*places[tag.name], *complaint))


def unreadable(span: modbus_addresses.Span, device: Modbus) -> tuple[str, str] | None:
    """Why these places cannot be read from this device, and how to mend it; None if they can."""
    for forbidden in device.forbidden:
        if span.touches(forbidden):
            what = f"{span} is in the range {forbidden} that plant.toml forbids to touch"
            return what, "Remove the tag, or take its place out of `forbidden`"
    if span.area not in modbus_addresses.BIT_AREAS and span.count > device.max_registers:
        what = f"{span} is more than the {device.max_registers} registers of one request"
        return what, f"Write max_registers = {span.count} or more for its connection"
    return None


def shares_a_line(connections: Iterable[Connection], mistakes: list[Mistake], lines: Mapping[str, int]) -> None:
    """Units on one serial line must agree on its speed, for it has only one."""
    first: dict[str, Connection] = {}
    for made in connections:
        if not made.address.startswith(f"{SERIAL}://"):
            continue
        device = made.address.partition("?")[0]
        other = first.setdefault(device, made)
        if other.address != made.address:
            what = f"{made.id} and {other.id} are on one serial line but at different settings"
            mend = f'Write address = "{other.address}" for both'
            mistakes.append(Mistake("plant.toml", lines[made.id], what, mend))
