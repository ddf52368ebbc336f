"""Who is signed in where: passwords, PINs and badges are judged here, roles come from here, all of it is journalled."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import msgspec

from hmi.clock import Clock
from hmi.core.errors import HmiError, StoreError
from hmi.core.journal import Record
from hmi.core.people import FREE_TRIES, STATION_TRIES, Account, Tries, after_wrong, forgiven, greater, role_for, waits_s
from hmi.core.plant import Plant
from hmi.core.plant.model import PeopleRules
from hmi.core.policy import ROLES
from hmi.engine import hashing
from hmi.engine.quota import Quota
from hmi.link.street import Session
from hmi.store.people import Book, new_book, read_book, write_book

_log = logging.getLogger("hmi.engine.people")
SESSION_S: Final = 12 * 3600.0  # longest that somebody stays signed in, and that a PIN or badge does for the password
KINDS: Final = ("password", "pin", "badge")
BADGES: Final = "badges"  # whose wrong tries are counted together: a badge has no name
WINDOW: Final = "window"  # the program whose coming and going opens and locks a station
_WRONG: Final = "Name or password is wrong"
_GONE: Final = "its window has gone"
_MOST_TRIES: Final = 1000  # names and stations whose wrong tries are kept
_LONGEST: Final = 500  # characters of what a client may put into the journal


class Denied(HmiError):
    """Somebody is not who he says, or may not do that: in words for him."""


class _Signed(msgspec.Struct, frozen=True):
    number: int
    until: float  # monotonic seconds


class People:
    """The accounts of this station and who works under them now; lives on the engine's loop."""

    def __init__(self, folder: Path, plant: Plant, clock: Clock, record: Callable[[Record], Future[int]]) -> None:
        self._folder = folder
        self._plant = plant
        self._clock = clock
        self._record = record
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="hmi-people")
        self._quota = Quota(clock)
        self._turn = asyncio.Lock()  # one secret at a time: a flood of guesses must not take the computer
        self._door = asyncio.Lock()  # one comes in after the other, each is counted before the next
        self._coming = Counter[Session]()  # at which somebody is signing in: its window may go meanwhile
        self._writing = asyncio.Lock()  # what one writes into the book, another must not undo
        self._signed: dict[Session, _Signed] = {}
        self._known: dict[tuple[str, int], float] = {}  # station and account -> until when a PIN will do
        self._locked: set[str] = set()  # stations that somebody locked, or that were left alone
        self._opened: set[str] = set()  # of those that lock by themselves: where somebody has signed in
        self.fault = ""  # why nobody can sign in
        self.book = self._read()

    def _read(self) -> Book:
        try:
            return read_book(self._folder)
        except StoreError as error:
            self.fault = str(error)
            _log.error("%s", error)
            return new_book()

    # Who is it, and what may he do?

    @property
    def rules(self) -> PeopleRules:
        """What the plant asks of passwords and sign-ins."""
        return self._plant.people

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Those that stand; removed ones only keep their number."""
        return tuple(one for one in self.book.accounts if not one.removed_ns)

    def person(self, session: Session | None) -> Account | None:
        """Who is signed in at a session; None nobody, or no longer."""
        signed = self._signed.get(session) if session is not None else None
        if signed is None:
            return None
        account = next((one for one in self.accounts if one.number == signed.number), None)
        if account is None or account.bar(self._clock.now_ns()) or self._clock.monotonic() >= signed.until:
            return None
        return account

    def name(self, session: Session) -> str:
        """What the journal says who it was: the account, else the user as the client's computer knows him.

        That one is what a client says: where it is the name of an account, nobody is to take it for a sign-in.
        """
        account, user = self.person(session), session.hello.user
        if account is not None:
            return account.name
        return f"{user} (not signed in)" if self.find(user) is not None else user

    def role(self, session: Session | None, tag: str = "") -> str:
        """What may be done at a session to a tag, or ("") to the plant: by everybody there, or by who is signed in."""
        if session is None:
            return self._plant.everyone
        if self.is_locked(session):
            return ROLES[0]
        return greater(self._plant.role_at(session.hello.station), self._role_of(self.person(session), tag))

    def is_locked(self, session: Session) -> bool:
        """Whether nothing may be done at a session until somebody signs in: its station is locked, and nobody has."""
        station = session.hello.station
        by_itself = self._plant.locks(station) and station not in self._opened
        return (station in self._locked or by_itself) and bool(self.accounts) and self.person(session) is None

    def role_of(self, name: str, tag: str = "") -> str:
        """What somebody may do to a tag, wherever he is; "" nothing, or nobody has that name."""
        return self._role_of(self.find(name), tag)

    def _role_of(self, account: Account | None, tag: str) -> str:
        barred = account is None or account.must_change or account.bar(self._clock.now_ns())
        return "" if account is None or barred else role_for(account.roles, tag)

    def find(self, name: str) -> Account | None:
        """The account of this name."""
        folded = name.strip().casefold()
        return next((one for one in self.accounts if one.name.casefold() == folded), None)

    # Coming and going.

    async def sign_in(self, session: Session, name: str, secret: str, kind: str = "password") -> Account:
        """Let somebody work at a session from now on; raises Denied, with the same words whatever was wrong."""
        self._coming[session] += 1
        try:
            account = await self.check(session.hello.station, name, secret, kind)
            async with self._door:
                await self._let_in(session, account, kind)
        finally:
            self._coming -= Counter((session,))  # whom the last one leaves is forgotten
        return account

    async def _let_in(self, session: Session, account: Account, kind: str) -> None:
        station = session.hello.station
        await self._limit(session, account)
        if kind == "password":
            self._known[station, account.number] = self._clock.monotonic() + SESSION_S
        left = self.person(session)
        if left is not None and left.number != account.number:
            await self._tell("signed out", left.name, session, f"{account.name} took over")
        await self._tell("signed in", account.name, session, f"by {kind}")
        if session not in self._coming:
            self._record(self._made("signed out", account.name, session, _GONE))
            raise Denied("The window that this was for has gone: nobody is signed in there")
        self._signed[session] = _Signed(account.number, self._clock.monotonic() + SESSION_S)
        if session.hello.program == WINDOW:
            self._locked.discard(station)
            self._opened.add(station)

    async def _limit(self, session: Session, account: Account) -> None:
        """Raises Denied where the same person works in too many windows, or too many commands, already.

        Told to those alone who have proven who they are, and where: a session that somebody forgot can be ended there.
        """
        program, most = session.hello.program, self.rules.sessions
        others = [one for one in self._signed if one is not session and one.hello.program == program]
        places = [one.hello.station for one in others if self._number(one) == account.number]
        if most and len(places) >= most:
            where = ", ".join(sorted(set(places)))
            await self._tell("refused", account.name, session, f"is signed in at {where} already")
            raise Denied(
                f"{account.printed} is signed in at {where} already, and the plant allows {most}: sign out there"
            )

    def _number(self, session: Session) -> int:
        account = self.person(session)
        return account.number if account is not None else 0

    async def sign_out(self, session: Session, why: str = "") -> None:
        """Nobody works at the session any more."""
        account = self.person(session)
        self._leave(session)
        if account is not None:
            await self._tell("signed out", account.name, session, why[:_LONGEST] or "by hand")

    async def lock(self, session: Session, why: str = "") -> None:
        """Nothing is done at the session's station until somebody signs in there; raises Denied where nobody could."""
        if not self.accounts:
            raise Denied("Nobody has an account here, so nobody could unlock: nothing was locked")
        station = session.hello.station
        await self.sign_out(session, why)
        if station not in self._locked:
            self._locked.add(station)
            await self._tell("locked", station, session, why[:_LONGEST] or "by hand")

    def _leave(self, session: Session) -> None:
        self._signed.pop(session, None)
        if session.hello.program == WINDOW:
            self._opened.discard(session.hello.station)

    def closed(self, session: Session) -> None:
        """The client has gone, and with it who worked there."""
        account = self.person(session)
        self._coming.pop(session, None)
        self._leave(session)
        if account is not None:
            self._record(self._made("signed out", account.name, session, _GONE))

    async def check(self, station: str, name: str, secret: str, kind: str = "password") -> Account:
        """The account of somebody who proves who he is; raises Denied."""
        if self.fault:
            raise Denied(self.fault)
        if kind not in KINDS:
            raise Denied(f"There is no way to sign in by {kind[:20]!r}")
        async with self._turn:
            # A station is what a client says it is: what else is guessed at is counted wherever that is done.
            keys = (BADGES if kind == "badge" else f"name:{_folded(name)}", f"station:{station[:_LONGEST]}")
            wait_s = max(waits_s(self.book.tries.get(key, Tries()), self._clock.now_ns()) for key in keys)
            if wait_s > 0:
                raise Denied(f"Too many wrong tries: wait {wait_s:.0f} s. Alarms and screens go on meanwhile")
            account = await self._proven(station, name, secret, kind)
            await self._count(keys, account is None)
        if account is None:
            known = self.find(name) if kind != "badge" else None
            subject = known.name if known else "nobody here"  # what was typed may be a password in the wrong field
            if (words := self._quota.words(f"wrong {kind}")) is not None:
                facts = {"subject": subject, "station": station, "result": words}
                await self.write_down(msgspec.structs.replace(self._refusal(), **facts))
            raise Denied(_WRONG)
        return account

    def _refusal(self) -> Record:
        """A wrong secret, with what is yet to be said of it."""
        at, config = self._clock.now_ns(), self._plant.digest
        return Record(time_ns=at, category="person", event="refused", subject="", way="engine", config=config)

    async def _proven(self, station: str, name: str, secret: str, kind: str) -> Account | None:
        """Who has proven who he is; as slow for those who are nobody."""
        if kind == "badge":
            code = hashing.badge_of(self.book.key, secret)
            account = next((one for one in self.accounts if one.badge and one.badge == code), None)
            well = account is not None
        else:
            account = self.find(name)
            stored = "" if account is None else account.pin if kind == "pin" else account.password
            well = await self._work(hashing.is_secret, stored, secret[:1000])
        if account is None or not well or account.bar(self._clock.now_ns()):
            return None
        if kind != "password" and self._known.get((station, account.number), 0.0) <= self._clock.monotonic():
            raise Denied(
                f"Sign in with your password first: a {kind} will do here for the next {SESSION_S / 3600:.0f} h"
            )
        return account

    async def _count(self, keys: tuple[str, ...], wrong: bool) -> None:
        """Remember wrong tries over a restart; who was right starts anew."""
        if self._counted(self.book, keys, wrong) == self.book:
            return
        try:
            await self.put(lambda book: self._counted(book, keys, wrong))
        except StoreError as error:  # a full disk must not make guessing free
            _log.warning("%s", error)
            self.book = self._counted(self.book, keys, wrong)

    def _counted(self, book: Book, keys: tuple[str, ...], wrong: bool) -> Book:
        tries, now_ns = dict(book.tries), self._clock.now_ns()
        for key in keys:
            was = tries.pop(key, Tries())
            is_name = key.startswith("name:")
            was = was if is_name else forgiven(was, now_ns)
            if wrong:
                tries[key] = after_wrong(was, now_ns, FREE_TRIES if is_name else STATION_TRIES)
            elif not is_name and was.count:
                tries[key] = was  # one who knows his password does not make another's guesses undone
        return msgspec.structs.replace(book, tries=self._bounded(tries))

    def _bounded(self, tries: dict[str, Tries]) -> dict[str, Tries]:
        """As many as are kept: a thousand invented names must not have those of people forgotten."""
        people = {f"name:{_folded(one.name)}" for one in self.accounts} | {BADGES}
        strangers = [key for key in tries if key not in people]
        dropped = set(strangers[: max(0, len(strangers) - _MOST_TRIES)])
        return {key: one for key, one in tries.items() if key not in dropped}

    async def put(self, change: Callable[[Book], Book]) -> None:
        """Another book from now on, made of the present one; raises StoreError, and then nothing has changed."""
        if self.fault:
            raise StoreError(self.fault)
        async with self._writing:  # accounts are changed, and guesses are counted, at the same time
            book = change(self.book)
            await self._work(write_book, self._folder, book)
            self.book = book

    async def hashed(self, secret: str) -> str:
        """A password or PIN as it is stored."""
        return await self._work(hashing.hashed, secret)

    async def is_one_of(self, secret: str, stored: Sequence[str]) -> bool:
        """Whether a password is one of these."""
        for one in stored:
            if one and await self._work(hashing.is_secret, one, secret):
                return True
        return False

    async def _work(self, what: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._pool, what, *args)

    def forget(self, number: int) -> None:
        """A PIN or badge of this account does nowhere, until somebody signs in by its password again."""
        self._known = {key: until for key, until in self._known.items() if key[1] != number}

    def close(self) -> None:
        """No secret is judged any more."""
        self._pool.shutdown(cancel_futures=True)

    async def write_down(self, record: Record) -> int:
        """Have it in the journal, on the disk; its number. Raises StoreError."""
        return await asyncio.wrap_future(self._record(record))

    async def _tell(self, event: str, subject: str, session: Session, result: str) -> None:
        await self.write_down(self._made(event, subject, session, result))

    def _made(self, event: str, subject: str, session: Session, result: str) -> Record:
        return self.record_of("person", event, subject, session, result)

    def record_of(
        self, category: str, event: str, subject: str, session: Session, result: str, why: str = ""
    ) -> Record:
        """A journal record of something done at a session."""
        hello = session.hello
        return Record(
            time_ns=self._clock.now_ns(),
            category=category,
            event=event,
            subject=subject,
            user=self.name(session),
            station=hello.station,
            way=hello.program,
            why=why[:_LONGEST],
            result=result[:_LONGEST],
            config=self._plant.digest,
        )


def _folded(name: str) -> str:
    return name.strip().casefold()[:_LONGEST]
