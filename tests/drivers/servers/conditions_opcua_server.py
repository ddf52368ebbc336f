"""An OPC UA server that keeps alarms of its own: `conditions_opcua_server.py PORT`.

It does what its method Cell.Do is told, in JSON; see `Keeper.do`. Its filters: `plain` refuses each one that names a
type beyond the base of all events; `picky` refuses some fields and says which; `never` refuses every filter.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import uuid
from datetime import UTC, datetime
from typing import Any

from asyncua import Server, ua, uamethod
from asyncua.common.events import Event
from asyncua.server.monitored_item_service import MonitoredItemService

_T, _O, _C = ua.VariantType, ua.ObjectIds, ua.StatusCodes
SERVER = ua.NodeId(ua.Int32(_O.Server))
SHELVED = {"": 2930, "timed": 2932, "once": 2933}
PICKY = ("InputNode", "ShelvingState/UnshelveTime")


def refuse(keeper: Keeper) -> None:
    """Make the library's server as narrow-minded as others are."""
    library = MonitoredItemService._create_events_monitored_item

    def create(self: MonitoredItemService, params: ua.MonitoredItemCreateRequest) -> ua.MonitoredItemCreateResult:
        mode = keeper.filter
        clauses = params.RequestedParameters.Filter.SelectClauses
        names = ["/".join(part.Name for part in clause.BrowsePath) for clause in clauses]
        types = {clause.TypeDefinitionId.Identifier for clause, name in zip(clauses, names, strict=True) if name}
        bad = ua.StatusCode(_C.BadEventFilterInvalid)
        codes = [bad if mode == "picky" and name in PICKY else ua.StatusCode(0) for name in names]
        if mode == "never" or (mode == "plain" and types != {_O.BaseEventType}) or bad in codes:
            told = ua.EventFilterResult(SelectClauseResults=codes) if mode == "picky" else ua.ExtensionObject()
            return ua.MonitoredItemCreateResult(StatusCode=bad, FilterResult=told)
        return library(self, params)

    MonitoredItemService._create_events_monitored_item = create  # type: ignore[method-assign]


class Keeper:
    """The server's alarms, and what is done to them."""

    def __init__(self, server: Server, space: int, folder: Any) -> None:
        self._server, self._space, self._folder = server, space, folder
        self.alarms: dict[str, dict[str, Any]] = {}
        self.refresh = "good"  # | refused | endless | unknown
        self.deaf = False  # answers no method
        self.filter = ""
        self.silent = False  # does what it is told and tells nobody

    async def start(self) -> None:
        """Bind the methods of Part 9."""
        bind = self._server.iserver.isession.add_method_callback
        bind(ua.NodeId(_O.ConditionType_ConditionRefresh), self._refresh)
        bind(ua.NodeId(_O.AcknowledgeableConditionType_Acknowledge), self._acknowledge)
        bind(ua.NodeId(_O.AcknowledgeableConditionType_Confirm), self._confirm)
        bind(ua.NodeId(_O.ConditionType_AddComment), self._comment)
        for timed, off in ((2949, 2947), (9213, 9211)):
            bind(ua.NodeId(timed), self._shelve)
            bind(ua.NodeId(off), self._unshelve)
        where, name = ua.NodeId("Cell.Do", self._space), ua.QualifiedName("Do", self._space)
        await self._folder.add_method(where, name, self._do, [_T.String], [_T.String])

    @uamethod
    async def _do(self, parent: Any, line: str) -> str:
        return json.dumps(await self.do(**json.loads(line)))

    async def do(self, do: str, name: str = "", **more: Any) -> Any:
        """`set` an alarm and tell of it, or not; `drop` it unseen; any other event is `special`; `many`: a flood."""
        if do == "set":
            await self._set(name, **more)
        elif do == "drop":
            del self.alarms[name]
        elif do == "names":
            return list(self.alarms)
        elif do == "many":
            for number in range(more["count"]):
                await self._set(f"Many{number}", active=True, severity=more.get("severity", 300))
        elif do == "mode":
            self.refresh, self.deaf = more.get("refresh", "good"), more.get("deaf", False)
            self.filter, self.silent = more.get("filter", ""), more.get("silent", False)
        elif do == "get":
            return {key: self.alarms[name][key] for key in ("active", "acked", "confirmed", "shelving", "comment")}
        elif do == "special":
            await self._send(self._event(more["type"], {}))
        return None

    async def _set(self, name: str, tell: bool = True, **more: Any) -> None:
        if name not in self.alarms:
            self.alarms[name] = {
                "node": ua.NodeId(f"Alarm.{name}", self._space), "active": False, "acked": True, "confirmed": True,
                "shelving": "", "retain": None, "severity": 500, "message": f"{name} says", "comment": "", "branch": "",
                "suppressed": False, "source": "Tank", "input": "", "seen": [], "extra": {}, "active_time": None,
            }  # fmt: skip
            await self._node(name)
        alarm = self.alarms[name]
        if more.get("active") and not alarm["active"]:
            alarm |= {"acked": False, "confirmed": not more.get("confirms", False)}
        if "active" in more and more["active"] != alarm["active"]:
            alarm["active_time"] = datetime.now(UTC)
        more.pop("confirms", None)
        alarm |= more
        alarm["EventId"] = uuid.uuid4().bytes
        alarm["time"] = datetime.now(UTC)
        alarm["seen"].append(alarm["EventId"])
        if tell and not self.silent:
            await self._send(self._of(name))

    async def _node(self, name: str) -> None:
        alarm = self.alarms[name]
        try:
            made = await self._folder.add_object(alarm["node"], ua.QualifiedName(name, self._space))
        except ua.UaStatusCodeError:
            return  # from before it was dropped
        if name == "Shelf":
            await made.add_object(ua.NodeId(f"Alarm.{name}.S", self._space), ua.QualifiedName("ShelvingState", 0))

    def _of(self, name: str) -> Event:
        one = self.alarms[name]
        open_ = one["active"] or not one["acked"] or not one["confirmed"] or one["shelving"] or one["suppressed"]
        said = {
            "NodeId": (one["node"], _T.NodeId),
            "ConditionName": (name.partition("~")[0], _T.String),
            "BranchId": (ua.NodeId(one["branch"], self._space) if one["branch"] else ua.NodeId(), _T.NodeId),
            "Retain": (bool(open_) if one["retain"] is None else one["retain"], _T.Boolean),
            "EnabledState/Id": (True, _T.Boolean),
            "Quality": (ua.StatusCode(0), _T.StatusCode),
            "Comment": (ua.LocalizedText(one["comment"]), _T.LocalizedText),
            "ClientUserId": ("anonymous", _T.String),
            "AckedState/Id": (one["acked"], _T.Boolean),
            "ConfirmedState/Id": (one["confirmed"], _T.Boolean),
            "ActiveState/Id": (one["active"], _T.Boolean),
            "ActiveState/TransitionTime": (one["active_time"], _T.DateTime),
            "SuppressedState/Id": (one["suppressed"], _T.Boolean),
            "ShelvingState/CurrentState/Id": (ua.NodeId(SHELVED[one["shelving"]]), _T.NodeId),
            "ShelvingState/UnshelveTime": (float(one.get("shelf_ms", 0)), _T.Double),
            "Severity": (one["severity"], _T.UInt16),
            "Message": (ua.LocalizedText(one["message"]), _T.LocalizedText),
            "SourceName": (f"2:{one['source']}", _T.String),
            "EventId": (one["EventId"], _T.ByteString),
            "Time": (one["time"], _T.DateTime),
        }
        if one["input"]:
            said["InputNode"] = (ua.NodeId(one["input"], self._space), _T.NodeId)
        if one["branch"]:  # a branch of the condition before the sign
            said["NodeId"] = (ua.NodeId(f"Alarm.{name.partition('~')[0]}", self._space), _T.NodeId)
        return self._event(_O.AlarmConditionType, said | {key: (text, _T.String) for key, text in one["extra"].items()})

    def _event(self, kind: int, said: dict[str, tuple[Any, Any]]) -> Event:
        event = Event()
        event.emitting_node = SERVER
        basics = {
            "EventId": (uuid.uuid4().bytes, _T.ByteString), "EventType": (ua.NodeId(ua.Int32(kind)), _T.NodeId),
            "SourceNode": (SERVER, _T.NodeId), "SourceName": ("Server", _T.String),
            "Time": (datetime.now(UTC), _T.DateTime), "Message": (ua.LocalizedText("x"), _T.LocalizedText),
            "Severity": (1, _T.UInt16),
        }  # fmt: skip
        for key, (value, type_) in (basics | said).items():
            event.add_property(key, value, type_)
        return event

    async def _send(self, event: Event, subscription: int | None = None) -> None:
        service = self._server.iserver.isession.subscription_service
        subscriptions = service.subscriptions
        for one in [subscriptions[subscription]] if subscription else list(subscriptions.values()):
            await one.monitored_item_srv.trigger_event(event)

    async def _refresh(self, parent: Any, subscription: ua.Variant) -> Any:
        codes = {"refused": _C.BadUserAccessDenied, "unknown": _C.BadMethodInvalid, "busy": _C.BadRefreshInProgress}
        if self.refresh in codes:
            return ua.StatusCode(codes[self.refresh])
        await self._send(self._event(_O.RefreshStartEventType, {}), subscription.Value)
        for name in self.alarms:
            event = self._of(name)
            if event.Retain:
                await self._send(event, subscription.Value)
        if self.refresh != "endless":
            await self._send(self._event(_O.RefreshEndEventType, {}), subscription.Value)
        return []

    def _found(self, node: ua.NodeId) -> str:
        return next((name for name, one in self.alarms.items() if one["node"] == node and not one["branch"]), "")

    def _of_event(self, node: ua.NodeId, event: bytes) -> str:
        """The alarm, or branch of it, whose newest event this is."""
        return next((name for name, one in self.alarms.items() if one["EventId"] == event), "")

    async def _answer(self, parent: Any, event: ua.Variant, comment: ua.Variant, key: str, already: int) -> Any:
        if self.deaf:
            await asyncio.sleep(3600)
        name = self._of_event(parent, event.Value)
        if not name:
            return ua.StatusCode(_C.BadEventIdUnknown)
        if key and self.alarms[name][key]:
            return ua.StatusCode(already)
        more = {key: True} if key else {}
        if comment.Value.Text:
            more["comment"] = comment.Value.Text
        await self._set(name, **more)
        return []

    async def _acknowledge(self, parent: Any, event: ua.Variant, comment: ua.Variant) -> Any:
        return await self._answer(parent, event, comment, "acked", _C.BadConditionBranchAlreadyAcked)

    async def _confirm(self, parent: Any, event: ua.Variant, comment: ua.Variant) -> Any:
        return await self._answer(parent, event, comment, "confirmed", _C.BadConditionBranchAlreadyConfirmed)

    async def _comment(self, parent: Any, event: ua.Variant, comment: ua.Variant) -> Any:
        return await self._answer(parent, event, comment, "", 0)

    def _of_shelf(self, parent: ua.NodeId) -> str:
        if str(parent.Identifier).endswith(".S"):
            parent = ua.NodeId(str(parent.Identifier)[:-2], self._space)
        return self._found(parent)

    async def _shelve(self, parent: Any, milliseconds: ua.Variant) -> Any:
        if milliseconds.Value > 8 * 3_600_000:
            return ua.StatusCode(_C.BadShelvingTimeOutOfRange)
        await self._set(self._of_shelf(parent), shelving="timed", shelf_ms=milliseconds.Value)
        return []

    async def _unshelve(self, parent: Any) -> Any:
        name = self._of_shelf(parent)
        if not self.alarms[name]["shelving"]:
            return ua.StatusCode(_C.BadConditionNotShelved)
        await self._set(name, shelving="", shelf_ms=0)
        return []


async def main(port: int) -> None:
    """Serve until killed."""
    logging.disable(logging.CRITICAL)
    server = Server()
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    space = await server.register_namespace("urn:conditions")
    folder = await server.nodes.objects.add_object(ua.NodeId("Cell", space), ua.QualifiedName("Cell", space))
    await folder.add_variable(ua.NodeId("Cell.Level", space), ua.QualifiedName("Level", space), 1.5)
    await server.nodes.server.set_event_notifier([ua.EventNotifier.SubscribeToEvents])
    keeper = Keeper(server, space, folder)
    refuse(keeper)
    await keeper.start()
    async with server:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


asyncio.run(main(int(sys.argv[1])))
