"""What an OPC UA server has to offer, for whoever writes tags: asked by a person, never by a running engine."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from asyncua import ua

from hmi.core.errors import DeviceError
from hmi.core.plant.opcua_addresses import split_namespace_uri
from hmi.drivers.opcua_client import OpcUaSession, reason_of
from hmi.drivers.opcua_datatypes import ENUMERATION, DataTypes, local, properties
from hmi.drivers.opcua_text import text_of

MOST: Final = 5000  # variables; more than that nobody reads one by one
DEEPEST: Final = 20
_NODES: Final = 100_000  # folders and objects that are opened: a server may be a circle, or endless
_AT_ONCE: Final = 100
_PER_ANSWER: Final = 1000
_T = ua.VariantType
_TYPES: Final[dict[int, str]] = {
    _T.Boolean.value: "bool",
    _T.SByte.value: "int16",
    _T.Byte.value: "uint16",
    _T.Int16.value: "int16",
    _T.UInt16.value: "uint16",
    _T.Int32.value: "int32",
    _T.UInt32.value: "uint32",
    _T.Int64.value: "int64",
    _T.UInt64.value: "uint64",
    _T.Float.value: "float32",
    _T.Double.value: "float64",
    _T.String.value: "string",
    _T.LocalizedText.value: "string",
    ENUMERATION: "int32",
}
_CAN_WRITE: Final = 2  # bit of AccessLevel
_CAN_READ: Final = 1
_WANTED: Final = frozenset(("EURange", "EngineeringUnits"))
_ATTRIBUTES: Final = (
    ua.AttributeIds.DataType,
    ua.AttributeIds.ValueRank,
    ua.AttributeIds.UserAccessLevel,
    ua.AttributeIds.Description,
)


class Variable(NamedTuple):
    """A value that a server offers."""

    path: tuple[str, ...]  # browse names from below the starting node
    address: str
    type: str  # as tags.csv has it
    access: str  # r | rw
    unit: str
    low: float | None
    high: float | None
    description: str


@dataclass(slots=True)
class Offer:
    """What was found below a node."""

    variables: list[Variable] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)  # why a variable cannot be a tag -> how many
    is_cut: bool = False  # there is more than was asked for


class _Found(NamedTuple):
    path: tuple[str, ...]
    node: ua.NodeId


async def browse(session: OpcUaSession, under: str = "", most: int = MOST) -> Offer:
    """All variables below a node (an address as in tags.csv; "" Objects), nearest first. Raises DeviceError."""
    start = ua.NodeId(ua.Int32(ua.ObjectIds.ObjectsFolder))
    if under:
        (start,) = await session.resolve([under])
        if isinstance(start, ua.StatusCode) or not await _is_there(session, start):
            raise DeviceError(f"{session.where} has no node {under}: take its node id from the server, as ns=2;s=Name")
    offer = Offer()
    try:
        found = await _walk(session, start, most, offer)
        types = DataTypes(session)
        for place in range(0, len(found), _AT_ONCE):
            await _describe(session, types, found[place : place + _AT_ONCE], offer)
    except (OSError, ua.UaError) as error:
        raise DeviceError(reason_of(error, session.where)) from error
    return offer


async def _is_there(session: OpcUaSession, node: ua.NodeId) -> bool:
    (data,) = await session.attributes([ua.ReadValueId(node, ua.AttributeIds.NodeClass)])
    return data.StatusCode is None or data.StatusCode.is_good()


async def _walk(session: OpcUaSession, start: ua.NodeId, most: int, offer: Offer) -> list[_Found]:
    """Breadth first: what is near the top matters more, where there is too much."""
    found: list[_Found] = []
    seen = {start, ua.NodeId(ua.Int32(ua.ObjectIds.Server)), ua.NodeId(ua.Int32(ua.ObjectIds.TypesFolder))}
    waiting: deque[_Found] = deque([_Found((), start)])
    while waiting and not offer.is_cut:
        asked = [waiting.popleft() for _ in range(min(_AT_ONCE, len(waiting)))]
        for above, references in zip(asked, await _children(session, [one.node for one in asked]), strict=True):
            for reference in references:
                node = local(reference.NodeId)
                if node in seen or getattr(reference.NodeId, "ServerIndex", None):  # on another server
                    continue
                if len(found) >= most or len(seen) >= _NODES:
                    offer.is_cut = True
                    return found
                seen.add(node)
                below = _Found((*above.path, str(reference.BrowseName.Name or "")), node)
                if reference.NodeClass == ua.NodeClass.Variable:
                    found.append(below)
                if len(below.path) < DEEPEST:
                    waiting.append(below)
    return found


async def _children(session: OpcUaSession, nodes: Sequence[ua.NodeId]) -> list[list[Any]]:
    """Objects and variables right below nodes; properties are not among them."""
    services: Any = session.services
    wanted = [
        ua.BrowseDescription(
            node,
            ua.BrowseDirection.Forward,
            ua.NodeId(ua.Int32(kind)),
            True,
            ua.NodeClass.Object.value | ua.NodeClass.Variable.value,
            ua.BrowseResultMask.BrowseName.value | ua.BrowseResultMask.NodeClass.value,
        )
        for node in nodes
        for kind in (ua.ObjectIds.Organizes, ua.ObjectIds.HasComponent)
    ]
    results = await services.browse(ua.BrowseParameters(ua.ViewDescription(), _PER_ANSWER, wanted))
    found = [list(result.References or ()) for result in results]
    for references, answer in zip(found, results, strict=True):
        rest = answer
        while rest.ContinuationPoint and len(references) < _NODES:
            (rest,) = await services.browse_next(ua.BrowseNextParameters(False, [rest.ContinuationPoint]))
            references.extend(rest.References or ())
    return [found[place] + found[place + 1] for place in range(0, len(found), 2)]


async def _describe(session: OpcUaSession, types: DataTypes, found: Sequence[_Found], offer: Offer) -> None:
    wanted = [ua.ReadValueId(one.node, attribute) for one in found for attribute in _ATTRIBUTES]
    answers = await session.attributes(wanted)
    told = await properties(session, [one.node for one in found], _WANTED)
    for place, one in enumerate(found):
        kind, rank, access, description = (
            data.Value.Value if data.Value is not None else None
            for data in answers[place * len(_ATTRIBUTES) : (place + 1) * len(_ATTRIBUTES)]
        )
        standard = await types.standard(kind) if isinstance(kind, ua.NodeId) else None
        type_, why = _type(standard, rank, access)
        if not type_:
            offer.skipped[why] = offer.skipped.get(why, 0) + 1
            continue
        low, high = _range(told[place].get("EURange")) if type_ not in ("bool", "string") else (None, None)
        unit = told[place].get("EngineeringUnits")
        offer.variables.append(
            Variable(
                one.path,
                _address(session, one.node),
                type_,
                "rw" if isinstance(access, int) and access & _CAN_WRITE else "r",
                text_of(unit.DisplayName, _T.LocalizedText) if isinstance(unit, ua.EUInformation) else "",
                low,
                high,
                text_of(description, _T.LocalizedText) if isinstance(description, ua.LocalizedText) else "",
            )
        )


def _type(standard: int | None, rank: Any, access: Any) -> tuple[str, str]:
    """A tag's type, or "" and why there is none."""
    if isinstance(access, int) and not access & _CAN_READ:
        return "", "may not be read by this user"
    if isinstance(rank, int) and rank >= 0:
        return "", "is an array: write a tag for each element that matters: index=0;ns=2;s=Name"
    known = _TYPES.get(standard or 0, "")
    return known, "" if known else "is of a type that no tag can have"


def _range(found: Any) -> tuple[float | None, float | None]:
    if isinstance(found, ua.Range) and found.Low < found.High:
        return float(found.Low), float(found.High)
    return None, None


def _address(session: OpcUaSession, node: ua.NodeId) -> str:
    """By the name of its namespace: that survives a server which numbers its namespaces anew."""
    text = str(node.to_string())
    if not node.NamespaceIndex:
        return text
    spaces = session.namespaces
    uri = spaces[node.NamespaceIndex] if node.NamespaceIndex < len(spaces) else ""
    named = f"nsu={uri};{text.partition(';')[2]}"
    try:
        return named if uri and split_namespace_uri(named)[0] == uri else text
    except ValueError:
        return text
