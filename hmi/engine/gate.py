"""The gate: every write to the plant goes through here, whoever asks; each one is checked, journalled and read back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final

from hmi.clock import Clock
from hmi.core.errors import StoreError
from hmi.core.journal import Record
from hmi.core.plant import Plant
from hmi.core.policy import Asked, Decision, Snapshot, decide
from hmi.core.properties import completed
from hmi.core.setting import exact_value, is_exact
from hmi.core.tags import Tag, TagTable
from hmi.drivers.driver import WriteResult
from hmi.engine.gate_ages import Ages
from hmi.engine.gate_lately import Lately
from hmi.engine.poller import Poller
from hmi.engine.quota import Quota
from hmi.link.street import Session

_log = logging.getLogger("hmi.engine.gate")
_LARGEST_FLOAT: Final = 2**53  # beyond it the journal keeps whole numbers as text, to the last digit
_LONGEST: Final = 1000  # characters of what a client may put into the journal

RoleOf = Callable[[Session | None, str], str]


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants written, and why."""

    tag: str
    value: Any
    why: str
    user: str
    station: str
    way: str
    confirmed: bool | str = False  # True, or the text that the person has confirmed
    session: Session | None = None  # whose wish it is; None: the engine's own
    signed: str = ""  # the account of who is signed in there; "" nobody
    second: str = ""  # the account of a second person who agreed and has proven who he is
    second_role: str = ""  # what he may do to the tag


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a wish ended. `code` says which rule refused it, or `device`; `needs` what would let it pass."""

    outcome: str  # confirmed | refused | unknown
    text: str
    read_back: float | str | None = None
    code: str = ""
    needs: tuple[str, ...] = ()
    confirm: str = ""  # the text to be confirmed, where one is


def everyone(plant: Plant) -> RoleOf:
    """The role of a session as long as nobody is signed in: what everybody may do at its station."""
    return lambda session, _tag: plant.role_at(session.hello.station) if session else plant.everyone


class Gate:
    """Role, range, state and record of every write; lives on the engine's loop."""

    def __init__(
        self,
        plant: Plant,
        table: TagTable,
        poller: Poller,
        clock: Clock,
        record: Callable[[Record], Future[int]],
        role_of: RoleOf | None = None,
    ) -> None:
        """`role_of` is the one seam through which roles come: session and tag -> role."""
        self._plant = plant
        self._table = table
        self._poller = poller
        self._clock = clock
        self._record = record
        self._role_of = role_of or everyone(plant)
        self._ages = Ages(plant, table, poller, clock)
        self._lately = Lately(table)
        self._quota = Quota(clock)
        self._busy: set[int] = set()
        self.bar: Callable[[], str] = str  # why nothing at all may be sent now, in words; "" it may

    async def write(self, wish: Wish) -> Outcome:
        """Check, journal, write once, read back, journal; a wish that cannot be recorded is refused."""
        tag = self._plant.tag(wish.tag)
        if tag is None:
            text = f"There is no tag {wish.tag[:_LONGEST]!r}: nothing was sent. See hmi get for the names"
            return await self._refuse(wish, Decision(wish.value, "unknown-tag", text))
        if why := self.bar():
            return await self._refuse(wish, Decision(wish.value, "safe-mode", why))
        decision = self._judge(tag, wish, tag.index in self._busy)
        if not decision.allowed:
            return await self._refuse(wish, decision)
        self._busy.add(tag.index)
        try:
            return await self._carry_out(tag, wish, decision)
        finally:
            self._busy.discard(tag.index)

    async def _carry_out(self, tag: Tag, wish: Wish, decision: Decision) -> Outcome:
        consent = f"confirmed: {decision.confirm}" if decision.confirm else ""
        try:
            await self._journal(wish, "requested", consent, decision.value)
        except StoreError as error:
            return _unrecorded(error)
        decision = self._judge(tag, wish, busy=False)  # the plant went on while the journal was written
        if not decision.allowed:
            return await self._refuse(wish, decision, is_begun=True)
        result = await self._send(tag, wish, decision.value)
        try:
            await self._journal(wish, result.outcome, result.text, decision.value)
        except StoreError as error:
            return Outcome("unknown", f"{result.text}; but the journal could not record it: {error}")
        code = "device" if result.outcome == "refused" else ""
        return Outcome(result.outcome, result.text, result.read_back, code)

    async def _refuse(self, wish: Wish, decision: Decision, is_begun: bool = False) -> Outcome:
        # What the journal has the beginning of has its end there, however many others are refused just now.
        words = decision.text if is_begun else self._quota.words(decision.text)
        try:
            if words is not None:
                await self._journal(wish, "refused", words, decision.value)
        except StoreError as error:
            return _unrecorded(error)
        return Outcome("refused", decision.text, None, decision.code, decision.needs, decision.confirm)

    async def _send(self, tag: Tag, wish: Wish, value: float | str) -> WriteResult:
        """The one place from which a driver is told to write: once, now or never."""
        line = self._poller.line(tag.connection)
        if line is None:
            return WriteResult("refused", f"{tag.name} has no connection. Nothing was sent")
        self._lately.sent(tag.index, self._clock.monotonic())
        try:
            result = await line[1].write(tag, value)
        except asyncio.CancelledError:
            text = "The engine was stopped before the controller answered: check at the machine whether it was set"
            self._record(self._record_of(wish, "unknown", text, value))
            raise
        except Exception:  # noqa: BLE001 - top of a task: our own bug restarts the part, not the program
            _log.exception("our fault while writing %s", tag.name)
            result = WriteResult("unknown", "A fault in the program: check at the machine whether it was set")
        self._lately.ended(tag.index, value, result)
        return result

    def _judge(self, tag: Tag, wish: Wish, busy: bool) -> Decision:
        """What the rules say of the wish, as the plant is now."""
        asked = Asked(
            value=wish.value,
            why=wish.why,
            role=self._role_of(wish.session, tag.name),
            station_kind=self._plant.station(wish.station).kind,
            confirmed=wish.confirmed,
            user=wish.signed,
            second=wish.second,
            second_role=wish.second_role,
        )
        now = Snapshot(
            values=self._table.value,
            qualities=self._table.quality,
            age_s=self._ages.age_s,
            holds=self._lately.holds(tag.index),
            lately=self._lately.count(tag.index, self._clock.monotonic()),
            away=self._away(tag),
            busy=busy,
        )
        return decide(self._completed(tag), self._plant.policies.get(tag.index, ()), asked, now)

    def _completed(self, tag: Tag) -> Tag:
        """The tag with the range and unit that its device tells where the plant's files leave them empty."""
        line = self._poller.line(tag.connection)
        return completed(tag, line[1].health.properties.get(tag.index)) if line else tag

    def _away(self, tag: Tag) -> str:
        line = self._poller.line(tag.connection)
        state = line[1].health.state if line else "down"
        if state == "live":
            return ""
        reason = line[1].health.reason if line else ""
        return f"{tag.connection} is {state} ({reason or 'no answer'}): nothing was sent. Try again when it is live"

    async def _journal(self, wish: Wish, event: str, result: str, value: Any) -> None:
        await asyncio.wrap_future(self._record(self._record_of(wish, event, result, value)))

    def _record_of(self, wish: Wish, event: str, result: str, value: Any) -> Record:
        tag = self._plant.tag(wish.tag)
        return Record(
            time_ns=self._clock.now_ns(),
            category="write",
            event=event,
            subject=wish.tag[:_LONGEST],
            value=recorded(value),
            old=None if tag is None else recorded(_old(self._table, tag)),
            user=wish.user,
            station=wish.station,
            way=wish.way,
            why=wish.why[:_LONGEST],
            result=f"{result} (agreed by {wish.second})" if wish.second else result,
            config=self._plant.digest,
        )


def _unrecorded(error: StoreError) -> Outcome:
    return Outcome("refused", f"The journal cannot be written, so nothing was sent: {error}", code="journal")


def recorded(value: Any) -> float | str:
    """A value as the journal keeps it: numbers as floats, whole ones too big for that to the last digit as text."""
    if isinstance(value, int | float) and not (isinstance(value, int) and abs(value) > _LARGEST_FLOAT):
        return value
    return str(value)[:_LONGEST]


def _old(table: TagTable, tag: Tag) -> float | str:
    if tag.is_text:
        return table.text.get(tag.index, "")
    return exact_value(tag, int(table.raw[tag.index])) if is_exact(tag) else float(table.value[tag.index])
