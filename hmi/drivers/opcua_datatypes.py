"""Data types of an OPC UA server: which built-in type stands behind each, and the names of an enumeration's values.

Asked node by node when they are first met, and kept for the session; a server's whole type tree is never read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from asyncua import ua

from hmi.drivers.opcua_text import text_of

ENUMERATION: Final = ua.ObjectIds.Enumeration
_DEEPEST: Final = 20  # steps up to a standard type: a tree that is deeper turns in circles
_MOST_NAMES: Final = 1000
_LAST_STANDARD: Final = 29  # up to Enumeration the standard's numbers are built-in types and abstract ones over them
_T = ua.VariantType


class Questions(Protocol):
    """What is asked of a session."""

    async def attributes(self, wanted: Sequence[ua.ReadValueId]) -> list[ua.DataValue]:
        """Any attributes of nodes."""

    async def browse(self, wanted: Sequence[ua.BrowseDescription]) -> list[ua.BrowseResult]:
        """References of nodes."""


def references(node: ua.NodeId, kind: int, node_class: ua.NodeClass, inverse: bool = False) -> ua.BrowseDescription:
    """A question for a node's references of one kind (a standard ReferenceType), with browse names."""
    return ua.BrowseDescription(
        node,
        ua.BrowseDirection.Inverse if inverse else ua.BrowseDirection.Forward,
        ua.NodeId(ua.Int32(kind)),
        True,
        node_class.value,
        ua.BrowseResultMask.BrowseName.value,
    )


def local(node: Any) -> ua.NodeId:
    """The node of a reference, which is of this server."""
    return ua.NodeId(node.Identifier, node.NamespaceIndex, node.NodeIdType)


async def properties(session: Questions, nodes: Sequence[ua.NodeId], wanted: frozenset[str]) -> list[dict[str, Any]]:
    """Of each node the values of those of its standard properties that are wanted, by browse name."""
    found: list[dict[str, Any]] = [{} for _ in nodes]
    asked = [references(node, ua.ObjectIds.HasProperty, ua.NodeClass.Variable) for node in nodes]
    places = [
        (place, reference.BrowseName.Name, local(reference.NodeId))
        for place, result in enumerate(await session.browse(asked))
        for reference in result.References or ()
        if reference.BrowseName.NamespaceIndex == 0 and reference.BrowseName.Name in wanted
    ]
    values = await session.attributes([ua.ReadValueId(node, ua.AttributeIds.Value) for _, _, node in places])
    for (place, name, _), data in zip(places, values, strict=True):
        if data.Value is not None and (data.StatusCode is None or data.StatusCode.is_good()):
            found[place][name] = data.Value.Value
    return found


def named_values(found: Mapping[str, Any]) -> dict[int, str] | None:
    """The names that EnumStrings or EnumValues give, of a data type or a variable."""
    strings, values = found.get("EnumStrings"), found.get("EnumValues")
    if isinstance(values, list):
        pairs = [(one.Value, one.DisplayName) for one in values if isinstance(one, ua.EnumValueType)]
    elif isinstance(strings, list):
        pairs = [(number, text) for number, text in enumerate(strings) if isinstance(text, ua.LocalizedText)]
    else:
        return None
    return {int(number): text_of(text, _T.LocalizedText) for number, text in pairs[:_MOST_NAMES]} or None


class DataTypes:
    """The data types of one session's server, as far as they were met. Belongs to the driver's event loop."""

    def __init__(self, session: Questions) -> None:
        self._session = session
        self._standard: dict[ua.NodeId, int] = {}
        self._names: dict[ua.NodeId, dict[int, str] | None] = {}

    async def of(self, nodes: Sequence[ua.NodeId]) -> list[ua.NodeId | None]:
        """The data type of each variable; None where the server does not tell."""
        wanted = [ua.ReadValueId(node, ua.AttributeIds.DataType) for node in nodes]
        values = [data.Value.Value if data.Value else None for data in await self._session.attributes(wanted)]
        return [value if isinstance(value, ua.NodeId) else None for value in values]

    async def standard(self, kind: ua.NodeId) -> int:
        """The standard's number of a data type or of what it is derived from: 1 to 29; 0 if there is none."""
        if kind not in self._standard:
            at: ua.NodeId | None = kind
            for _ in range(_DEEPEST):
                if at is None or (at.NamespaceIndex == 0 and 0 < _number(at) <= _LAST_STANDARD):
                    break
                at = await self._parent(at)
            self._standard[kind] = _number(at) if at is not None and at.NamespaceIndex == 0 else 0
        return self._standard[kind]

    async def _parent(self, kind: ua.NodeId) -> ua.NodeId | None:
        asked = references(kind, ua.ObjectIds.HasSubtype, ua.NodeClass.DataType, inverse=True)
        (result,) = await self._session.browse([asked])
        return local(result.References[0].NodeId) if result.References else None

    async def builtin(self, kind: ua.NodeId) -> ua.VariantType | None:
        """The built-in type in which values of a data type travel; None where that is left open."""
        number = await self.standard(kind)
        if number == ENUMERATION:
            return _T.Int32
        return _T(number) if 0 < number <= _T.DiagnosticInfo.value and number != _T.Variant.value else None

    async def names(self, kind: ua.NodeId) -> dict[int, str] | None:
        """The names of an enumeration's values; None of what is no enumeration or does not name them."""
        if kind not in self._names:
            self._names[kind] = await self._ask_names(kind) if await self.standard(kind) == ENUMERATION else None
        return self._names[kind]

    async def _ask_names(self, kind: ua.NodeId) -> dict[int, str] | None:
        (found,) = await properties(self._session, [kind], frozenset(("EnumStrings", "EnumValues")))
        if names := named_values(found):
            return names
        wanted = ua.ReadValueId(kind, ua.AttributeIds.DataTypeDefinition)
        (data,) = await self._session.attributes([wanted])
        definition = data.Value.Value if data.Value is not None else None
        if not isinstance(definition, ua.EnumDefinition):
            return None
        return {int(one.Value): _label(one) for one in (definition.Fields or [])[:_MOST_NAMES]} or None


def _label(one: ua.EnumField) -> str:
    return text_of(one.DisplayName, _T.LocalizedText) or text_of(one.Name, _T.String)


def _number(node: ua.NodeId) -> int:
    return node.Identifier if isinstance(node.Identifier, int) else 0
