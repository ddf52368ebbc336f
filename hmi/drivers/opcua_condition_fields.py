"""What is asked of an OPC UA server's conditions, and what it makes of it: event fields in, conditions out.

The fields of Part 9's condition types, by type and browse path. No server has them all, and some refuse a filter that
names a type they do not know, so there are simpler filters. There is no where-clause: servers understand "of type"
differently, and one that leaves subtypes out would tell nothing of its alarms. What is no condition is left out here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from asyncua import ua

from hmi.core.alarms.served import NO_TAG, NORMAL, ServerCondition, Stand, clean, id_of, source_of
from hmi.drivers.opcua_text import utc

LONGEST_EVENT_ID: Final = 512  # bytes: it goes back to the server with each acknowledgement
LONGEST_SHELF_S: Final = 366 * 86400.0
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_NODE: Final = 500  # signs of a node id
_O = ua.ObjectIds
CONDITION_ID: Final = "ConditionId"
REFRESHES: Final = (
    *(_O.RefreshStartEventType, _O.RefreshEndEventType, _O.RefreshRequiredEventType),
    _O.EventQueueOverflowEventType,
)

_TYPES: Final[Mapping[int, tuple[str, ...]]] = {
    _O.BaseEventType: ("EventId", "EventType", "SourceNode", "SourceName", "Time", "Message", "Severity"),
    _O.ConditionType: (
        *("ConditionClassName", "ConditionName", "BranchId", "Retain", "EnabledState/Id"),
        *("Quality", "Comment", "ClientUserId"),
    ),
    _O.AcknowledgeableConditionType: ("AckedState/Id", "ConfirmedState/Id"),
    _O.AlarmConditionType: (
        *("ActiveState/Id", "ActiveState/TransitionTime", "ActiveState/EffectiveDisplayName", "InputNode"),
        *("SuppressedState/Id", "OutOfServiceState/Id"),
        *("ShelvingState/CurrentState/Id", "ShelvingState/UnshelveTime"),
    ),
    _O.ExclusiveLimitAlarmType: ("LimitState/CurrentState",),
}
_ESSENTIAL: Final = frozenset(
    (
        *("EventId", "EventType", "SourceName", "Time", "Message", "Severity", "ConditionName", "BranchId", "Retain"),
        *("SourceNode", "AckedState/Id", "ConfirmedState/Id", "ActiveState/Id"),
    )
)
_SHELVED: Final = (_O.ShelvedStateMachineType_TimedShelved, _O.ShelvedStateMachineType_OneShotShelved)


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is asked for: its name here, the type that has it, the way to it; no way: the condition's id."""

    name: str
    type: int
    path: tuple[str, ...]

    @property
    def clause(self) -> ua.SimpleAttributeOperand:
        """As a server is asked for it."""
        return ua.SimpleAttributeOperand(
            TypeDefinitionId=ua.NodeId(ua.Int32(self.type)),
            BrowsePath=[ua.QualifiedName(part, 0) for part in self.path],
            AttributeId=ua.AttributeIds.Value if self.path else ua.AttributeIds.NodeId,
        )


_ID: Final = Field(CONDITION_ID, _O.ConditionType, ())
_ALL: Final = (_ID, *(Field(name, type_, tuple(name.split("/"))) for type_, own in _TYPES.items() for name in own))
_BASE: Final = (_ID, *(Field(one.name, _O.BaseEventType, one.path) for one in _ALL if one.path))
FILTERS: Final = (  # what is asked for, and more simply of a server that refuses it
    _ALL,
    _BASE,
    tuple(one for one in _BASE if not one.path or one.name in _ESSENTIAL),
    tuple(one for one in _BASE if not one.path or one.name in _TYPES[_O.BaseEventType]),
)


def event_filter(fields: Sequence[Field], types: Sequence[int] = ()) -> ua.EventFilter:
    """The filter that asks for these fields, of events of these standard types only; () of all."""
    elements: list[ua.ContentFilterElement] = []
    for number, type_ in enumerate(types):  # a or (b or (c or d)), each "or" before its two operands
        is_last = number == len(types) - 1
        if not is_last:
            operands = [ua.ElementOperand(len(elements) + 1), ua.ElementOperand(len(elements) + 2)]
            elements.append(ua.ContentFilterElement(ua.FilterOperator.Or, operands))
        literal = ua.LiteralOperand(ua.Variant(ua.NodeId(ua.Int32(type_)), ua.VariantType.NodeId))
        elements.append(ua.ContentFilterElement(ua.FilterOperator.OfType, [literal]))
    where = ua.ContentFilter(Elements=elements)
    return ua.EventFilter(SelectClauses=[one.clause for one in fields], WhereClause=where)


def without_refused(fields: Sequence[Field], result: Any) -> tuple[Field, ...]:
    """What is left of the fields once a server has said which of them it does not know; all, if it did not say."""
    codes = getattr(result, "SelectClauseResults", None) or []
    if len(codes) != len(fields):
        return tuple(fields)
    return tuple(one for one, code in zip(fields, codes, strict=True) if code.is_good())


def event_type(fields: Sequence[Field], values: Sequence[ua.Variant]) -> int:
    """The number of an event's type in the standard; 0 for one of the server's own."""
    said = _said(fields, values).get("EventType")
    if not isinstance(said, ua.NodeId) or said.NamespaceIndex or not isinstance(said.Identifier, int):
        return 0
    return int(said.Identifier)


def condition_of(
    connection: str, fields: Sequence[Field], values: Sequence[ua.Variant], tags: Mapping[ua.NodeId, int]
) -> tuple[ServerCondition, ua.NodeId] | None:
    """The condition that an event tells of, with its node; None for an event that tells of none."""
    said = _said(fields, values)
    node, event_id = said.get(CONDITION_ID), said.get("EventId")
    if not _is_node(node) or not isinstance(event_id, bytes) or len(event_id) > LONGEST_EVENT_ID:
        return None
    condition, branch = _node_text(node), _node_text(said.get("BranchId"))
    if len(condition) > _MOST_NODE or len(branch) > _MOST_NODE:
        return None
    source, name = clean(source_of(_text(said.get("SourceName"))), 100), clean(_text(said.get("ConditionName")), 100)
    retain = said.get("Retain") is not False and said.get("EnabledState/Id") is not False
    made = ServerCondition(
        id=id_of(connection, source, name, condition, branch),
        condition=clean(condition, _MOST_NODE),
        branch=clean(branch, _MOST_NODE),
        event_id=event_id,
        source=source,
        name=name,
        message=clean(_text(said.get("Message"))),
        severity=_severity(said.get("Severity")),
        time_ns=_ns(said.get("Time")),
        active_ns=_ns(said.get("ActiveState/TransitionTime")),
        stand=_stand(said, retain),
        retain=retain,
        level=clean(
            _text(said.get("LimitState/CurrentState")) or _text(said.get("ActiveState/EffectiveDisplayName")), 60
        ),
        class_name=clean(_text(said.get("ConditionClassName")), 60),
        comment=clean(_text(said.get("Comment"))),
        user=clean(_text(said.get("ClientUserId")), 60),
        unshelve_s=_seconds(said.get("ShelvingState/UnshelveTime")),
        quality=_code(said.get("Quality")),
        tag=_tag(said, tags),
    )
    return made, node


def _said(fields: Sequence[Field], values: Sequence[ua.Variant]) -> dict[str, Any]:
    return {one.name: getattr(value, "Value", None) for one, value in zip(fields, values, strict=False)}


def _stand(said: Mapping[str, Any], retain: bool) -> Stand:
    """How it stands; a condition without an active state stands for as long as its server wants it shown."""
    if said.get("EnabledState/Id") is False:
        return NORMAL
    active = said.get("ActiveState/Id")
    return Stand(
        active=active if isinstance(active, bool) else retain,
        acked=said.get("AckedState/Id") is not False,
        confirmed=said.get("ConfirmedState/Id") is not False,
        shelved=_is_shelved(said.get("ShelvingState/CurrentState/Id")),
        suppressed=said.get("SuppressedState/Id") is True,
        out_of_service=said.get("OutOfServiceState/Id") is True,
    )


def _is_shelved(state: Any) -> bool:
    return isinstance(state, ua.NodeId) and state.NamespaceIndex == 0 and state.Identifier in _SHELVED


def _is_node(node: Any) -> bool:
    return isinstance(node, ua.NodeId) and not node.is_null()


def _node_text(node: Any) -> str:
    return node.to_string().encode("utf-8", "replace").decode() if _is_node(node) else ""


def _tag(said: Mapping[str, Any], tags: Mapping[ua.NodeId, int]) -> int:
    """The tag that it is about: the one on its input, else on its source."""
    nodes = (said.get("InputNode"), said.get("SourceNode"))
    return next((tags[node] for node in nodes if _is_node(node) and node in tags), NO_TAG)


def _text(value: Any) -> str:
    text = getattr(value, "Text", value)
    return text if isinstance(text, str) else ""


def _severity(value: Any) -> int:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return min(1000, max(0, int(value))) if is_number else 0


def _ns(stamp: Any) -> int:
    """ns UTC; 0 for no time, and for one that no station could have."""
    if not isinstance(stamp, datetime):
        return 0
    return max(0, (utc(stamp) - _EPOCH) // timedelta(microseconds=1) * 1000)


def _seconds(milliseconds: Any) -> float:
    if not isinstance(milliseconds, int | float) or not 0 < milliseconds < LONGEST_SHELF_S * 1000:
        return 0.0
    return float(milliseconds) / 1000


def _code(status: Any) -> int:
    code = getattr(status, "value", status)
    return int(code) & 0xFFFF_FFFF if isinstance(code, int) else 0
