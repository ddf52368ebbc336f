"""An OPC UA connection whose plant file says `conditions = true`: values as ever, and the server's own conditions."""

from __future__ import annotations

import asyncio

from asyncua import ua

from hmi.drivers.driver import ConditionAct, ConditionSink, WriteResult
from hmi.drivers.opcua import OpcUaDriver
from hmi.drivers.opcua_client import OpcUaSession
from hmi.drivers.opcua_conditions import Conditions
from hmi.drivers.opcua_source import Element


class ConditionsDriver(OpcUaDriver):
    """A connection that is not to have conditions is an `OpcUaDriver` and asks for none. Belongs to one event loop."""

    _conditions: Conditions | None = None

    @property
    def conditions(self) -> Conditions:
        """The server's own conditions."""
        if self._conditions is None:
            self._conditions = Conditions(self._connection, self._clock, self._note)
        return self._conditions

    @property
    def conditions_to(self) -> ConditionSink | None:
        """Who is told of them."""
        return self.conditions.sink

    @conditions_to.setter
    def conditions_to(self, sink: ConditionSink | None) -> None:
        self.conditions.sink = sink

    def refresh_conditions(self, at_once: bool = False) -> None:
        """Have the server tell all that stand."""
        self.conditions.refresh.again(at_once)

    async def condition_act(self, act: ConditionAct) -> WriteResult:
        """Acknowledge, confirm, comment or shelve one of them, once."""
        return await self.conditions.act(act)

    async def _one_session(self, session: OpcUaSession, why: str) -> None:
        try:
            await super()._one_session(session, why)
        finally:
            self.conditions.lose()

    async def _set_up(self, session: OpcUaSession) -> None:
        await super()._set_up(session)
        tags = {node: index for index, node in self._nodes.items() if not isinstance(node, Element)}
        try:
            rate = await self._rates.of(session, self._connection.publish_ms, self._on_publish)
            await self.conditions.begin(session, rate.subscription, tags)
        except ua.UaStatusCodeError as error:  # what values it gives are not given up for that
            self.conditions.refused(error.code)

    async def _watch_and_fill(self, session: OpcUaSession) -> None:
        refreshing = asyncio.get_running_loop().create_task(self.conditions.run(), name="conditions")
        try:
            await super()._watch_and_fill(session)
        finally:
            refreshing.cancel()
            await asyncio.gather(refreshing, return_exceptions=True)

    async def _read_anew(self, session: OpcUaSession) -> None:
        self.conditions.refresh.missed()  # what was lost may have told of a condition
        await super()._read_anew(session)

    def _publish(self, result: ua.PublishResult) -> None:
        super()._publish(result)
        self.conditions.take(result)

    def _note(self) -> None:
        super()._note()
        parts = (self.health.note, self.conditions.note)
        self.health.note = "; ".join(part for part in parts if part)
