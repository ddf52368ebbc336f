"""Where a tag's value is in an OPC UA server: a node, or one element of the array that a node holds.

What is asked for with an index range (Part 4, 7.27) need not be what comes: some servers ignore it. They then send
the whole array, and a write of one element would replace it, so each server is tried once before it is believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

from asyncua import ua

from hmi.core.plant.opcua_addresses import target
from hmi.core.tags import Tag

_NO_SUCH_ELEMENT: Final = (1 << 31) - 1  # beyond every array
_KNOWS_RANGES: Final = (ua.StatusCodes.BadIndexRangeNoData, ua.StatusCodes.BadIndexRangeInvalid)


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a one-dimensional array, counted from 0."""

    node: ua.NodeId
    index: int


Source: TypeAlias = ua.NodeId | Element


class Resolver(Protocol):
    """What is asked of a session."""

    async def resolve(self, addresses: Sequence[str]) -> list[ua.NodeId | ua.StatusCode]:
        """The node of each address, or why there is none."""

    async def read(self, nodes: Sequence[Source]) -> list[ua.DataValue]:
        """Value, status and both times."""


def node_of(source: Source) -> ua.NodeId:
    """The node that holds it."""
    node: Any = source
    return node.node if isinstance(source, Element) else node


def index_range(source: Source) -> str | None:
    """What part of the node's value is meant, as a service call says it."""
    return str(source.index) if isinstance(source, Element) else None


def value_of(source: Source) -> ua.ReadValueId:
    """Its value, for reading and monitoring."""
    return ua.ReadValueId(NodeId=node_of(source), AttributeId=ua.AttributeIds.Value, IndexRange=index_range(source))


async def resolve(session: Resolver, tags: Sequence[Tag]) -> list[Source | ua.StatusCode]:
    """Where the value of each tag is, or why it is nowhere."""
    targets = [target(tag.address) for tag in tags]
    found = await session.resolve([one.node for one in targets])
    return [
        node if one.index is None or isinstance(node, ua.StatusCode) else Element(node, one.index)
        for one, node in zip(targets, found, strict=True)
    ]


async def ignores_ranges(session: Resolver, node: ua.NodeId) -> bool | None:
    """Whether a server answers with a value where it is asked for an element that no array has; None: no telling."""
    (answer,) = await session.read([Element(node, _NO_SUCH_ELEMENT)])
    if answer.StatusCode is None or answer.StatusCode.is_good():
        return answer.Value is not None and answer.Value.Value is not None
    return False if answer.StatusCode.value in _KNOWS_RANGES else None
