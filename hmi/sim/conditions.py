"""Alarms that the simulated gateway keeps itself (OPC UA Part 9): raised from what it measures, acknowledged there.

The library's server knows events, and no alarms: their states and the methods on them are made here.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from asyncua import Server, ua
from asyncua.common.events import Event

from hmi.sim.cabinet import FAN_FAILED, TEMPERATURE
from hmi.sim.signals import Signals

_O, _T, _C = ua.ObjectIds, ua.VariantType, ua.StatusCodes
_SERVER: Final = ua.NodeId(ua.Int32(_O.Server))
_CABINET: Final = "Gateway.Cabinet"
_BACK: Final = 2.0  # °C below a limit at which its alarm returns
_LEVELS: Final = ((55.0, "HighHigh", 850), (45.0, "High", 650))


@dataclass(slots=True)
class Kept:
    """One alarm of the gateway."""

    name: str
    node: ua.NodeId
    severity: int
    message: str = ""
    level: str = ""
    active: bool = False
    acked: bool = True
    confirmed: bool = True
    comment: str = ""
    event_id: bytes = b""
    time: datetime = field(default_factory=lambda: datetime.fromtimestamp(0, UTC))
    since: datetime = field(default_factory=lambda: datetime.fromtimestamp(0, UTC))

    @property
    def retain(self) -> bool:
        """Whether clients are to show it."""
        return self.active or not self.acked or not self.confirmed

    def stand(self, active: bool, severity: int, message: str, level: str, now: datetime) -> bool:
        """What is measured now says so; whether that is news."""
        if (active, level) == (self.active, self.level):
            return False
        if active and (not self.active or severity > self.severity):  # to be acknowledged again
            self.acked = self.confirmed = False
        if active:
            self.severity, self.message = severity, message
        if active != self.active:
            self.since = now
        self.active, self.level = active, level
        return True


class GatewayAlarms:
    """The alarms of one simulated server; asyncio, lives on the server's loop."""

    def __init__(self, server: Server, namespace: int) -> None:
        self._server = server
        self._fan = Kept("FanFailure", ua.NodeId(f"{_CABINET}.FanFailure", namespace), 500)
        self._heat = Kept("Temperature", ua.NodeId(f"{_CABINET}.Temperature", namespace), 650)
        self._kept = (self._fan, self._heat)

    async def start(self) -> None:
        """Show them in the address space, and answer the methods of the standard."""
        nodes = self._server.nodes
        await nodes.server.set_event_notifier([ua.EventNotifier.SubscribeToEvents])
        for one in self._kept:
            await nodes.server.add_object(one.node, ua.QualifiedName(one.name, one.node.NamespaceIndex))
        bind = self._server.iserver.isession.add_method_callback
        bind(ua.NodeId(ua.Int32(_O.ConditionType_ConditionRefresh)), self._refresh)
        bind(ua.NodeId(ua.Int32(_O.AcknowledgeableConditionType_Acknowledge)), self._acknowledge)
        bind(ua.NodeId(ua.Int32(_O.AcknowledgeableConditionType_Confirm)), self._confirm)
        bind(ua.NodeId(ua.Int32(_O.ConditionType_AddComment)), self._comment)

    async def look(self, values: Signals, now: datetime) -> None:
        """Judge what the gateway measures."""
        if FAN_FAILED in values:
            failed = bool(values[FAN_FAILED])
            if self._fan.stand(failed, 500, "Fan of the gateway's cabinet stands still", "", now):
                await self._tell(self._fan, now)
        if TEMPERATURE in values:
            level, severity, limit = self._level(float(values[TEMPERATURE]))
            text = f"Gateway's cabinet above {limit:g} °C"
            if self._heat.stand(bool(level), severity, text, level, now):
                await self._tell(self._heat, now)

    def _level(self, celsius: float) -> tuple[str, int, float]:
        for limit, level, severity in _LEVELS:
            stays = self._heat.active and (self._heat.level == level or severity < self._heat.severity)
            if celsius >= limit - (_BACK if stays else 0.0):
                return level, severity, limit
        return "", 0, 0.0

    async def _tell(self, one: Kept, now: datetime) -> None:
        one.event_id, one.time = uuid.uuid4().bytes, now
        service = self._server.iserver.isession.subscription_service
        for subscription in list(service.subscriptions.values()):
            await subscription.monitored_item_srv.trigger_event(_event_of(one))

    async def _refresh(self, parent: ua.NodeId, subscription: ua.Variant) -> Any:
        told = self._server.iserver.isession.subscription_service.subscriptions.get(subscription.Value)
        if told is None:
            return ua.StatusCode(_C.BadSubscriptionIdInvalid)
        events = [_event_of(one) for one in self._kept if one.retain]
        for event in (_plain(_O.RefreshStartEventType), *events, _plain(_O.RefreshEndEventType)):
            await told.monitored_item_srv.trigger_event(event)
        return []

    async def _acknowledge(self, parent: ua.NodeId, event: ua.Variant, comment: ua.Variant) -> Any:
        one = self._of(parent, event)
        if one is None:
            return ua.StatusCode(_C.BadEventIdUnknown)
        if one.acked:
            return ua.StatusCode(_C.BadConditionBranchAlreadyAcked)
        one.acked = True
        return await self._done(one, comment)

    async def _confirm(self, parent: ua.NodeId, event: ua.Variant, comment: ua.Variant) -> Any:
        one = self._of(parent, event)
        if one is None:
            return ua.StatusCode(_C.BadEventIdUnknown)
        if one.confirmed:
            return ua.StatusCode(_C.BadConditionBranchAlreadyConfirmed)
        one.confirmed = True
        return await self._done(one, comment)

    async def _comment(self, parent: ua.NodeId, event: ua.Variant, comment: ua.Variant) -> Any:
        one = self._of(parent, event)
        return ua.StatusCode(_C.BadEventIdUnknown) if one is None else await self._done(one, comment)

    async def _done(self, one: Kept, comment: ua.Variant) -> list[ua.Variant]:
        text = comment.Value.Text if comment.Value is not None else None
        one.comment = text or one.comment
        await self._tell(one, one.time)
        return []

    def _of(self, parent: ua.NodeId, event: ua.Variant) -> Kept | None:
        return next((one for one in self._kept if one.node == parent and one.event_id == event.Value), None)


def _plain(kind: int) -> Event:
    event = Event()
    event.emitting_node = _SERVER
    event.add_property("EventId", uuid.uuid4().bytes, _T.ByteString)
    event.add_property("EventType", ua.NodeId(ua.Int32(kind)), _T.NodeId)
    event.add_property("Severity", 1, _T.UInt16)
    return event


def _event_of(one: Kept) -> Event:
    event = _plain(_O.AlarmConditionType)
    said = {
        "NodeId": (one.node, _T.NodeId),
        "EventId": (one.event_id, _T.ByteString),
        "SourceName": ("Gateway cabinet", _T.String),
        "ConditionName": (one.name, _T.String),
        "BranchId": (ua.NodeId(), _T.NodeId),
        "Time": (one.time, _T.DateTime),
        "Message": (ua.LocalizedText(one.message), _T.LocalizedText),
        "Severity": (one.severity, _T.UInt16),
        "Retain": (one.retain, _T.Boolean),
        "EnabledState/Id": (True, _T.Boolean),
        "Quality": (ua.StatusCode(0), _T.StatusCode),
        "Comment": (ua.LocalizedText(one.comment), _T.LocalizedText),
        "AckedState/Id": (one.acked, _T.Boolean),
        "ConfirmedState/Id": (one.confirmed, _T.Boolean),
        "ActiveState/Id": (one.active, _T.Boolean),
        "ActiveState/TransitionTime": (one.since, _T.DateTime),
        "LimitState/CurrentState": (ua.LocalizedText(one.level), _T.LocalizedText),
    }
    for name, (value, kind) in said.items():
        event.add_property(name, value, kind)
    return event
