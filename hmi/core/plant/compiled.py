"""A plant that was read, as bytes: another process has it from them in a tenth of the time that its files take.

For the window: what only the engine reckons with is left out, and so are the files' texts, which it gets beside them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import chain
from typing import Any, Final

import msgspec

from hmi.core import expr
from hmi.core.alarms.served import NO_TAG
from hmi.core.plant.model import Plant
from hmi.core.screens.model import Screen
from hmi.core.tags import Tag

MAX_BYTES: Final = 256_000_000  # of what the bytes unfold to: more is no plant
_UNREADABLE: Final = (ValueError, TypeError, LookupError, RecursionError, MemoryError, zlib.error, expr.ExprError)


def pack(plant: Plant) -> bytes:
    """The plant without `texts` and `derived`."""
    rest = replace(plant, tags=(), texts={}, derived=())
    tags = msgspec.msgpack.encode(plant.tags)
    return zlib.compress(msgspec.msgpack.encode((tags, rest), enc_hook=_text_of), 1)


def unpack(data: bytes, texts: Mapping[str, str]) -> Plant:
    """The plant that was packed, with the texts of its files; raises ValueError for anything else."""
    try:
        unfolded = zlib.decompressobj()
        body = unfolded.decompress(data, MAX_BYTES)
        if unfolded.unconsumed_tail or not unfolded.eof:
            raise ValueError("it is cut off, or too large")
        tags_of, rest_of = msgspec.msgpack.decode(body, type=tuple[bytes, msgspec.Raw])
        tags = msgspec.msgpack.decode(tags_of, type=tuple[Tag, ...])
        index = {tag.name: tag.index for tag in tags}
        rest = msgspec.msgpack.decode(rest_of, type=Plant, dec_hook=_compiler(index))
        priorities = {name: tuple(row) for name, row in rest.matrix.priorities.items()}
        plant = replace(rest, tags=tags, texts=texts, matrix=replace(rest.matrix, priorities=priorities))
        _check_indexes(plant)
    except _UNREADABLE as error:
        raise ValueError(f"this is no compiled plant of this program: {error}") from None
    return plant


def _text_of(value: Any) -> str:
    if isinstance(value, expr.Expression):
        return value.text
    raise TypeError(f"a plant does not hold a {type(value).__name__}")


def _compiler(index: Mapping[str, int]) -> Any:
    @cache
    def compiled(text: str) -> expr.Expression:
        return expr.compile(text, index, suggest=False)

    def hook(kind: type, text: Any) -> Any:
        if kind is expr.Expression:
            return compiled(text)
        raise TypeError(f"a plant does not hold a {kind.__name__}")

    return hook


def _check_indexes(plant: Plant) -> None:
    """Every number that stands for a tag or a rule is that of one."""
    if any(tag.index != place for place, tag in enumerate(plant.tags)):
        raise ValueError("its tags are out of order")
    if any(rule.index != place for place, rule in enumerate(plant.rules)):
        raise ValueError("its alarms are out of order")
    if any(rule.tag != NO_TAG for rule in plant.station_rules):
        raise ValueError("the station's own alarms are of no tag")
    named = list(_tags_named(plant))
    if named and not (min(named) >= 0 and max(named) < len(plant.tags)):
        raise ValueError("it names tags that it does not have")


def _tags_named(plant: Plant) -> Iterator[int]:
    yield from plant.policies
    for rule in plant.rules:
        yield rule.tag
        if rule.other != -1:
            yield rule.other
    for machine in plant.equipment.values():
        yield from machine.members.values()
        if machine.faceplate is not None:
            yield from machine.faceplate.pens
            yield from (tag for _, tag in machine.faceplate.maintenance)
            yield from (one.tag for one in machine.faceplate.interlocks if one.tag is not None)
    yield from chain.from_iterable(map(_tags_on, _screens(plant)))


def _screens(plant: Plant) -> Iterator[Screen]:
    yield from plant.screens.values()
    for machine in plant.equipment.values():
        if machine.faceplate is not None and machine.faceplate.operate is not None:
            yield machine.faceplate.operate


def _tags_on(screen: Screen) -> Iterator[int]:
    for element in screen.elements:
        for binding in element.binds.values():
            yield from binding.inputs
            if binding.tag is not None:
                yield binding.tag
