"""Subscribing to an OPC UA server's events: with the fullest filter that it takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from asyncua import ua

from hmi.drivers.opcua_client import OpcUaSession
from hmi.drivers.opcua_condition_fields import REFRESHES, Field, event_filter, without_refused
from hmi.drivers.opcua_wire import understood

QUEUE: Final = 1000  # events of all items that come in one publish response: more than that is too much to decode
_C: Final = ua.StatusCodes
_FILTER_REFUSED: Final = (
    _C.BadEventFilterInvalid,
    _C.BadMonitoredItemFilterInvalid,
    _C.BadMonitoredItemFilterUnsupported,
    _C.BadFilterNotAllowed,
    _C.BadFilterOperandInvalid,
    _C.BadTypeDefinitionInvalid,
)


async def subscribe(
    session: OpcUaSession,
    subscription: int,
    handle: int,
    node: ua.NodeId,
    filters: Sequence[Sequence[Field]],
    queue: int = QUEUE,
) -> tuple[int, tuple[Field, ...]]:
    """Ask for the events of a node with one filter after another; the last status code, and what it was had with."""
    code, fields = int(_C.BadEventFilterInvalid), tuple(filters[0])
    for wanted in filters:
        fields = tuple(wanted)
        result = await _create(session, subscription, handle, node, fields, queue)
        known = without_refused(fields, result.FilterResult)
        if result.StatusCode.value in _FILTER_REFUSED and len(known) < len(fields):  # it says which it does not know
            fields = known
            result = await _create(session, subscription, handle, node, fields, queue)
        code = int(result.StatusCode.value)
        if code not in _FILTER_REFUSED:
            break
    return code, fields


async def subscribe_to_refreshes(session: OpcUaSession, subscription: int, handle: int, fields: Sequence[Field]) -> int:
    """Ask for what the whole server tells of refreshes, beside areas whose nodes may not; the status code."""
    server = ua.NodeId(ua.Int32(ua.ObjectIds.Server))
    code = int(_C.BadEventFilterInvalid)
    for types in (REFRESHES, ()):  # some servers know no where-clause
        result = await _create(session, subscription, handle, server, fields, QUEUE // 10, types)
        code = int(result.StatusCode.value)
        if code not in _FILTER_REFUSED:
            break
    return code


async def _create(
    session: OpcUaSession,
    subscription: int,
    handle: int,
    node: ua.NodeId,
    fields: Sequence[Field],
    queue: int,
    types: Sequence[int] = (),
) -> ua.MonitoredItemCreateResult:
    item = ua.MonitoredItemCreateRequest(
        ItemToMonitor=ua.ReadValueId(NodeId=node, AttributeId=ua.AttributeIds.EventNotifier),
        MonitoringMode=ua.MonitoringMode.Reporting,
        RequestedParameters=ua.MonitoringParameters(
            ClientHandle=handle,
            SamplingInterval=0.0,
            Filter=event_filter(fields, types),
            QueueSize=queue,
            DiscardOldest=True,
        ),
    )
    wanted = ua.CreateMonitoredItemsParameters(
        SubscriptionId=subscription, TimestampsToReturn=ua.TimestampsToReturn.Both, ItemsToCreate=[item]
    )
    services: Any = session.services
    try:
        with understood():
            results = await services.create_monitored_items(wanted)
    except ua.UaStatusCodeError as error:
        return ua.MonitoredItemCreateResult(StatusCode=ua.StatusCode(error.code))
    found: ua.MonitoredItemCreateResult = results[0]
    return found
