"""Orders from the plant server: what is to be made, as a text that is checked whole before anybody sees it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from typing import Annotated, Final

import msgspec
from msgspec import Meta

MOST: Final = 1000  # orders in one file
_BIGGEST: Final = 1_000_000  # characters
_Word = Annotated[str, Meta(pattern=r"\A[^\x00-\x1f\x7f]{1,80}\Z")]


class Order(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One order: [[order]] of the file."""

    id: _Word
    product: Annotated[str, Meta(max_length=200)] = ""
    quantity: Annotated[float, Meta(gt=0)] = 1.0
    unit: Annotated[str, Meta(max_length=20)] = ""
    lot: Annotated[str, Meta(max_length=80)] = ""
    instruction: Annotated[str, Meta(max_length=100)] = ""  # by which it is worked on
    equipment: Annotated[str, Meta(max_length=100)] = ""
    due: Annotated[str, Meta(pattern=r"\A(\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?)?\Z")] = ""
    note: Annotated[str, Meta(max_length=1000)] = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    plant: str
    order: Annotated[tuple[Order, ...], Meta(min_length=1, max_length=MOST)]


def is_done(order: Order, jobs: Iterable[tuple[str, str]]) -> bool:
    """Whether a job for an order was carried out to its end: by its instruction, where it names one.

    `jobs` are those that were started for it: the instruction of each, and how it stands.
    """
    return any(state == "finished" and order.instruction in ("", instruction) for instruction, state in jobs)


def read_orders(text: str) -> tuple[str, tuple[Order, ...]]:
    """The plant that they are for, and the orders; raises ValueError in words for the first mistake in any of them."""
    if len(text) > _BIGGEST:
        raise ValueError("the file is too large to be one of orders")
    try:
        found = msgspec.convert(tomllib.loads(text), _File)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"this is not TOML: {error}") from None
    except (msgspec.ValidationError, RecursionError) as error:
        raise ValueError(f"these are no orders: {error}") from None
    seen: set[str] = set()
    for order in found.order:
        if order.id in seen:
            raise ValueError(f"order {order.id} is there twice")
        seen.add(order.id)
    return found.plant, found.order
