"""What one OPC UA connection learns of its nodes beside their values: where they are, states, ranges, units, methods.

What decides how a value is read is learned before the first one is asked for; what only describes it, afterwards, a
few nodes at a time, so that no screen waits for it and no controller is kept busy with it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from asyncua import ua

from hmi.clock import Clock
from hmi.core import properties as told
from hmi.core import quality as q
from hmi.core.batch import FLAG_NO_SOURCE_TIME, Batch
from hmi.core.errors import DeviceError
from hmi.core.plant.opcua_addresses import hint, target
from hmi.core.tags import Tag
from hmi.drivers.driver import Deliver, Health
from hmi.drivers.opcua_call import Method, Uncallable, find_method
from hmi.drivers.opcua_client import OpcUaSession, status_words
from hmi.drivers.opcua_datatypes import ENUMERATION, DataTypes, named_values, properties
from hmi.drivers.opcua_source import Element, Source, ignores_ranges, node_of, resolve
from hmi.drivers.opcua_text import text_of
from hmi.drivers.opcua_values import INTEGERS, Learned, decode
from hmi.drivers.rows import Decoded, with_texts

AT_ONCE: Final = 100  # nodes that are described in one go
PAUSE_S: Final = 0.05  # before the next go: what is live comes first
_TRIED: Final = 5  # arrays of which one should tell whether the server knows index ranges
_T = ua.VariantType
_STATES: Final = frozenset(("EnumStrings", "EnumValues", "TrueState", "FalseState"))
_ALL: Final = _STATES | {"EURange", "InstrumentRange", "EngineeringUnits"}
_ABSTRACT: Final = (24, 26, 27, 28)  # BaseDataType, Number, Integer, UInteger
_NUMBERED: Final = frozenset((_T.Boolean.value, ENUMERATION, *_ABSTRACT, *(kind.value for kind in INTEGERS)))
_MEND: Final[dict[int, str]] = {
    q.BAD_NODE_ID_UNKNOWN: "take its node id anew from the server, or has the PLC's program no such variable now?",
    q.BAD_NODE_ID_INVALID: "write it as ns=2;s=Name, nsu=URI;i=1234 or /2:Folder/2:Name",
    q.BAD_NOT_READABLE: "let this station's user read it, in the server",
    q.BAD_INDEX_RANGE_NO_DATA: "elements are counted from 0",
    ua.StatusCodes.BadUserAccessDenied: "let this station's user read it, in the server",
    ua.StatusCodes.BadAttributeIdInvalid: "it is no variable: take one below it",
    ua.StatusCodes.BadTooManyMonitoredItems: "the server takes no more: raise its limit, or ask for fewer tags",
}
_LOOK: Final = "look at the server; it is asked for again by itself"
_log = logging.getLogger("hmi.drivers")


class Learner:
    """Belongs to the driver's event loop; kept for the connection's life, what it has learned for a session's."""

    def __init__(
        self, connection: str, health: Health, send: Deliver, found: Callable[[int], None], clock: Clock
    ) -> None:
        """`send` is given the rows of methods, `found` their tags' indexes once they can be called."""
        self.learned = Learned()
        self.methods: dict[int, Method] = {}
        self._connection = connection
        self._health = health
        self._send = send
        self._found = found
        self._clock = clock
        self._types: DataTypes | None = None
        self._reasons: dict[int, str] = {}
        self._waiting: list[tuple[Tag, ua.NodeId]] = []
        self._more = asyncio.Event()

    def begin(self, session: OpcUaSession) -> None:
        """A new session: its server may be another, or have another program."""
        self._types = DataTypes(session)
        self.learned.names.clear()
        self.learned.elements.clear()
        self.learned.whole_arrays = False
        self.methods.clear()
        self._reasons.clear()
        self._waiting.clear()
        self._more.clear()

    def decode(self, items: Sequence[tuple[Tag, Any]], received_ns: int) -> Decoded:
        """Values that the library has decoded, by what is known of their nodes."""
        return decode(items, received_ns, self.learned)

    async def resolve(self, session: OpcUaSession, tags: Sequence[Tag]) -> tuple[dict[int, Source], dict[int, int]]:
        """Where each tag's value is, and the status of those that are nowhere; methods are found and told of."""
        for tag in tags:
            self._reasons.pop(tag.index, None)
        found = list(zip(tags, await resolve(session, tags), strict=True))
        failed = {tag.index: source.value for tag, source in found if isinstance(source, ua.StatusCode)}
        there = [(tag, source) for tag, source in found if not isinstance(source, ua.StatusCode)]
        called = [(tag, node_of(source)) for tag, source in there if target(tag.address).method]
        failed |= await self._find_methods(session, called)
        nodes = {tag.index: source for tag, source in there if not target(tag.address).method}
        texts = [(tag, node_of(nodes[tag.index])) for tag in tags if tag.is_text and tag.index in nodes]
        try:
            await self._try_ranges(session, nodes)
            await self._name_states(session, texts)
        except ua.UaStatusCodeError as error:  # values are to be had all the same
            _log.info("%s: it does not tell states by name: %s", self._connection, status_words(error.code))
        self._waiting += [(tag, node_of(nodes[tag.index])) for tag in tags if tag.index in nodes]
        self._more.set()
        return nodes, failed

    def why(self, tag: Tag, code: int) -> str:
        """Why a tag cannot be had, in words."""
        if (known := self._reasons.get(tag.index)) is not None:
            return known
        mend = hint(tag.address) if code == q.BAD_NODE_ID_UNKNOWN else ""
        return f"{q.reason(code)}: {tag.address}{mend or '; ' + _MEND.get(code, _LOOK)}"

    async def _find_methods(self, session: OpcUaSession, tags: Sequence[tuple[Tag, ua.NodeId]]) -> dict[int, int]:
        failed: dict[int, int] = {}
        for tag, owner in tags:
            try:
                method = await find_method(session, self._data_types(), owner, target(tag.address), tag)
            except (Uncallable, ua.UaStatusCodeError) as error:
                code = getattr(error, "code", None)
                self._reasons[tag.index] = str(error) if code is None else f"{status_words(code)}: {tag.address}"
                failed[tag.index] = q.BAD_CONFIGURATION
            else:
                self.methods[tag.index] = method
                self._found(tag.index)
        callable_ = [tag for tag, _ in tags if tag.index not in failed]
        if callable_:
            self._send(_nothing_to_read(callable_, self._clock.now_ns()))
        return failed

    async def _try_ranges(self, session: OpcUaSession, nodes: dict[int, Source]) -> None:
        elements = {index: source for index, source in nodes.items() if isinstance(source, Element)}
        self.learned.elements.update({index: element.index for index, element in elements.items()})
        for element in list(elements.values())[:_TRIED]:
            ignored = await ignores_ranges(session, element.node)
            if ignored is not None:
                self.learned.whole_arrays = ignored
                return

    async def _name_states(self, session: OpcUaSession, tags: Sequence[tuple[Tag, ua.NodeId]]) -> None:
        """Names for tags that are text where the device may hold the number of a state: before its first value."""
        types = self._data_types()
        kinds = await types.of([node for _, node in tags])
        numbered = [
            (tag, node, kind)
            for (tag, node), kind in zip(tags, kinds, strict=True)
            if kind is not None and await types.standard(kind) in _NUMBERED
        ]
        found = await properties(session, [node for _, node, _ in numbered], _STATES)
        for (tag, _, kind), own in zip(numbered, found, strict=True):
            if names := _states(own) or await types.names(kind):
                self.learned.names[tag.index] = names

    async def describe(self, session: OpcUaSession) -> None:
        """Ask for ranges, units and states of everything that was found, until cancelled."""
        try:
            while True:
                await self._more.wait()
                self._more.clear()
                while self._waiting:
                    some, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
                    # Of what has no value nothing is asked: a folder of a million nodes would keep a server busy with
                    # that for longer than it may be silent, in each new session again.
                    await self._describe(session, [one for one in some if one[0].index not in self._health.missing])
                    await asyncio.sleep(PAUSE_S)
        except (OSError, ua.UaError, DeviceError) as error:
            _log.info("%s: it does not tell ranges, units and states: %s", self._connection, error or "no answer")
        except Exception:  # noqa: BLE001 - top of a task: the values go on
            _log.exception("our fault while asking %s for ranges, units and states", self._connection)

    async def _describe(self, session: OpcUaSession, tags: Sequence[tuple[Tag, ua.NodeId]]) -> None:
        types = self._data_types()
        nodes = list(dict.fromkeys(node for _, node in tags))  # many tags may be elements of one
        found = dict(zip(nodes, await properties(session, nodes, _ALL), strict=True))
        kinds = dict(zip(nodes, await types.of(nodes), strict=True))
        before = dict(self._health.properties)
        for tag, node in tags:
            own, kind = found[node], kinds[node]
            names = _states(own) or (await types.names(kind) if kind is not None else None)
            said = told.of_tag(tag, _range(own), _unit(own), names)
            self._health.properties.pop(tag.index, None)
            if said is not None:
                self._health.properties[tag.index] = said
            if names:
                self.learned.names[tag.index] = names
        self._health.told += before != self._health.properties

    def _data_types(self) -> DataTypes:
        assert self._types is not None, "a session begins before it is asked"
        return self._types


def _nothing_to_read(tags: Sequence[Tag], now_ns: int) -> Batch:
    """The rows of methods, which can be called but have no value."""
    indexes = [tag.index for tag in tags]
    rows = Batch.of(indexes, np.full(len(indexes), np.nan), now_ns, now_ns, q.GOOD_NO_DATA, FLAG_NO_SOURCE_TIME).rows
    return with_texts(rows, [(place, "") for place, tag in enumerate(tags) if tag.is_text])


def _states(found: dict[str, Any]) -> dict[int, str] | None:
    """The names of a variable's own states: of one of many, or of on and off."""
    ends = [found.get(name) for name in ("FalseState", "TrueState")]
    if all(isinstance(end, ua.LocalizedText) for end in ends):
        return {number: text_of(end, _T.LocalizedText) for number, end in enumerate(ends)}
    return named_values(found)


def _range(found: dict[str, Any]) -> tuple[float, float] | None:
    for name in ("EURange", "InstrumentRange"):
        span = found.get(name)
        if isinstance(span, ua.Range) and span.Low < span.High:
            return span.Low, span.High
    return None


def _unit(found: dict[str, Any]) -> str:
    unit = found.get("EngineeringUnits")
    return text_of(unit.DisplayName, _T.LocalizedText).strip() if isinstance(unit, ua.EUInformation) else ""
