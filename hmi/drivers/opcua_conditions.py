"""The conditions of one OPC UA server (Part 9): subscribed to, refreshed after every connect, told as they change.

Events come through the same subscription as the values of the connection. What a full queue, a flood or a lost
notification cost is made good by a refresh, in which the server tells all that stands; what it does not tell is gone.
A server that cannot refresh is believed as far as it speaks. Trouble here never costs the connection.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from asyncua import ua

from hmi.clock import Clock
from hmi.core.alarms.served import ServerCondition
from hmi.core.plant.model import Connection
from hmi.drivers.driver import ConditionAct, ConditionSink, WriteResult
from hmi.drivers.opcua_client import OpcUaSession, status_words
from hmi.drivers.opcua_condition_calls import act_on
from hmi.drivers.opcua_condition_fields import FILTERS, Field, condition_of, event_type
from hmi.drivers.opcua_condition_items import QUEUE, subscribe, subscribe_to_refreshes
from hmi.drivers.opcua_condition_refresh import EVERY_S, FAILED, RETRY_S, UNDER_WAY, WHOLE, Refresh
from hmi.drivers.opcua_wire import understood

MOST_KNOWN: Final = 4000  # conditions whose nodes are kept
MOST_EVENTS_S: Final = 500.0  # taken in on the whole (0.4 ms of the engine's time each), and...
MOST_AT_ONCE: Final = 2000.0  # ...when it was quiet before; what comes beyond is made good by a refresh
FIRST_HANDLE: Final = 0xFFFF_FF00  # of the items for events, one for each area; no tag has them
MOST_AREAS: Final = 64
REFRESHES_HANDLE: Final = FIRST_HANDLE + MOST_AREAS
LOOK_S: Final = 0.25

_O, _C = ua.ObjectIds, ua.StatusCodes
_SERVER: Final = ua.NodeId(ua.Int32(_O.Server))
_CANNOT_REFRESH: Final = (
    _C.BadMethodInvalid,
    _C.BadNodeIdUnknown,
    _C.BadNotImplemented,
    _C.BadNotSupported,
    _C.BadServiceUnsupported,
    _C.BadNotExecutable,
    _C.BadNothingToDo,
)
_NO_REFRESH: Final = "the server cannot tell which conditions stand: those from before it was connected to are unknown"
_log = logging.getLogger("hmi.drivers")


class Conditions:
    """Of one connection, over all its sessions. Belongs to the driver's event loop."""

    def __init__(self, connection: Connection, clock: Clock, noted: Callable[[], None]) -> None:
        """`noted` is called when `note` says something else."""
        self.sink: ConditionSink | None = None
        self.note = ""  # for an engineer: what this server cannot do
        self.flooded = 0  # events that were left out because there were too many at once
        self._connection = connection
        self._clock = clock
        self._noted = noted
        self._session: OpcUaSession | None = None
        self._subscription = 0
        self._fields: tuple[Field, ...] = FILTERS[0]
        self._areas: set[int] = set()  # handles
        self._tags: Mapping[ua.NodeId, int] = {}
        self._nodes: dict[str, ua.NodeId] = {}
        self.refresh = Refresh(clock)
        self._budget = MOST_AT_ONCE
        self._filled_at = clock.monotonic()

    async def begin(self, session: OpcUaSession, subscription: int, tags: Mapping[ua.NodeId, int]) -> None:
        """Ask a new session for events, and soon for all that stands; `tags` by the nodes they are the values of."""
        self.lose()
        self.note, self._tags, self._fields = "", tags, FILTERS[0]
        wanted = await self._notifiers(session)
        refused: list[str] = []
        for number, (where, node) in enumerate(wanted):
            tiers = (self._fields,) if self._areas else FILTERS  # all areas are asked for the same
            code, fields = await subscribe(
                session, subscription, FIRST_HANDLE + number, node, tiers, QUEUE // len(wanted)
            )
            if code < _C.Uncertain:
                self._fields = fields
                self._areas.add(FIRST_HANDLE + number)
            else:
                refused.append(f"{where} ({status_words(code)})")
        if refused:
            self._tell(f"no conditions can be had of {', '.join(refused[:3])}")
        if self._areas and self._connection.condition_areas:
            await subscribe_to_refreshes(session, subscription, REFRESHES_HANDLE, self._fields)
        if self._areas:
            self._session, self._subscription = session, subscription
            self.refresh.open(several=bool(self._connection.condition_areas))

    def take(self, result: ua.PublishResult) -> None:
        """Events of a publish response."""
        if not self._areas:
            return
        told: list[ServerCondition] = []
        parts = result.NotificationMessage.NotificationData or ()
        for part in (one for one in parts if isinstance(one, ua.EventNotificationList)):
            for event in part.Events or ():
                if event.ClientHandle == REFRESHES_HANDLE or event.ClientHandle in self._areas:
                    self._event(event.ClientHandle, event.EventFields or [], told)
        self._pass_on(told)

    def lose(self) -> None:
        """The session is over."""
        self._areas.clear()
        self._nodes.clear()
        self.refresh.close()
        if self._session is not None and self.sink is not None:
            self.sink.lost(self._connection.id)
        self._session = None

    async def run(self) -> None:
        """Refresh whenever it is due, for as long as a session lives."""
        while True:
            try:
                await self._look()
            except Exception:  # noqa: BLE001 - top of a task: values and conditions go on
                _log.exception("our fault in a look at the conditions of %s", self._connection.id)
            await asyncio.sleep(LOOK_S)

    async def act(self, act: ConditionAct) -> WriteResult:
        """Do something to a condition; refused where the server is not there, or does not say which one it is."""
        node, session = self._nodes.get(act.condition.id), self._session
        if session is None or not session.alive:
            return WriteResult("refused", f"{self._connection.id} is not connected: nothing was sent. Try again")
        if node is None:
            return WriteResult("refused", "its server has not told of it since it is connected: nothing was sent")
        result = await act_on(session, node, act)
        if result.outcome != "confirmed":
            self.refresh.again()  # what is shown of it may be out of date
        return result

    def refused(self, code: int) -> None:
        """The server takes no subscription to events: there will be none in this session."""
        self._tell(f"no conditions can be had ({status_words(code)})")

    async def _look(self) -> None:
        if self.refresh.is_under_way:
            self._judge()
        elif self.refresh.is_due and self._session is not None:
            await self._ask_for_all(self._session)

    async def _notifiers(self, session: OpcUaSession) -> list[tuple[str, ua.NodeId]]:
        """Where events are asked for: the areas that the plant's files name, else the whole server."""
        areas = self._connection.condition_areas[:MOST_AREAS]
        if not areas:
            return [("the server", _SERVER)]
        found = list(zip(areas, await session.resolve(areas), strict=True))
        if missing := [area for area, node in found if isinstance(node, ua.StatusCode)]:
            self._tell(f"no conditions of {', '.join(missing[:3])}: the server has no such area")
        return [(area, node) for area, node in found if isinstance(node, ua.NodeId)]

    def _can_afford(self) -> bool:
        """Whether one more event may be taken in: a server that floods us is not let to hold everything up."""
        now = self._clock.monotonic()
        self._budget = min(MOST_AT_ONCE, self._budget + (now - self._filled_at) * MOST_EVENTS_S)
        self._filled_at = now
        if self._budget < 1:
            self.flooded += 1
            self.refresh.missed()
            return False
        self._budget -= 1
        return True

    def _event(self, handle: int, values: Sequence[ua.Variant], told: list[ServerCondition]) -> None:
        kind = event_type(self._fields, values)
        if kind == _O.RefreshStartEventType:
            self.refresh.begins(handle)
        elif kind == _O.RefreshEndEventType:
            self._pass_on(told)
            self.refresh.ends(handle)
            self._judge()
        elif kind in (_O.RefreshRequiredEventType, _O.EventQueueOverflowEventType):
            self.refresh.missed()
        elif handle == REFRESHES_HANDLE or not self._can_afford():
            return  # of some area that is not ours; or too many
        elif (found := condition_of(self._connection.id, self._fields, values, self._tags)) is not None:
            told.append(found[0])
            self._remember(*found)

    def _remember(self, condition: ServerCondition, node: ua.NodeId) -> None:
        if condition.is_standing:
            self.refresh.standing.add(condition.id)
            if len(self._nodes) < MOST_KNOWN or condition.id in self._nodes:
                self._nodes[condition.id] = node
        else:
            self.refresh.standing.discard(condition.id)
            self._nodes.pop(condition.id, None)

    def _pass_on(self, told: list[ServerCondition]) -> None:
        if told and self.sink is not None:
            self.sink.told(self._connection.id, list(told))
        told.clear()

    def _judge(self) -> None:
        """End a refresh that is complete, or that has failed."""
        outcome = self.refresh.outcome() if self.refresh.is_under_way else UNDER_WAY
        if outcome == WHOLE and self.sink is not None:
            self.sink.refreshed(self._connection.id, frozenset(self.refresh.standing))
        elif outcome == FAILED:
            self._tell("the server began to tell which conditions stand and did not end: it is asked again")

    async def _ask_for_all(self, session: OpcUaSession) -> None:
        self.refresh.ask()  # before the answer: its events may come first
        request = ua.CallMethodRequest(
            ua.NodeId(ua.Int32(_O.ConditionType)),
            ua.NodeId(ua.Int32(_O.ConditionType_ConditionRefresh)),
            [ua.Variant(self._subscription, ua.VariantType.UInt32)],
        )
        try:
            with understood():
                code = (await session.call(request)).StatusCode.value
        except ua.UaStatusCodeError as error:
            code = error.code
        except (OSError, ua.UaError):
            code = _C.BadTimeout
        if code < _C.Uncertain:
            return
        if code == _C.BadRefreshInProgress:
            self.refresh.refused(EVERY_S)
        elif code in _CANNOT_REFRESH:
            self.refresh.refused()
            self._tell(_NO_REFRESH)
        else:
            self.refresh.refused(RETRY_S)
            self._tell(f"the server does not tell which conditions stand ({status_words(code)}): it is asked again")

    def _tell(self, text: str) -> None:
        if text not in self.note:
            self.note = "; ".join(part for part in (self.note, text) if part)
            _log.warning("%s: %s", self._connection.id, text)
            self._noted()
