"""What administrators do to accounts, and everybody to his own password: checked, stored, journalled, then answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import msgspec

from hmi.clock import Clock
from hmi.core.people import (
    Account,
    name_complaint,
    password_complaint,
    pin_complaint,
    role_complaint,
    role_for,
)
from hmi.engine import hashing
from hmi.engine.people import Denied, People
from hmi.link.street import Session
from hmi.store.people import Book

_MOST_ACCOUNTS: Final = 10_000
_LONGEST: Final = 200


class Accounts:
    """The verb `person` of the link: each act by its name; lives on the engine's loop."""

    def __init__(self, people: People, clock: Clock) -> None:
        self._people = people
        self._clock = clock
        self._turn = asyncio.Lock()  # what one changes, another must not undo
        self._acts: Mapping[str, Callable[[Session, Mapping[str, Any]], Awaitable[str]]] = {
            "add": self._add,
            "change": self._change,
            "password": self._password,
            "pin": self._pin,
            "badge": self._badge,
            "remove": self._remove,
        }

    async def act(self, session: Session, args: Mapping[str, Any]) -> str:
        """Do it and say what was done; raises Denied or StoreError in words, and then nothing has changed."""
        wanted = str(args["act"])
        if wanted not in self._acts:
            raise Denied(f"There is no act {wanted[:40]!r} on accounts")
        async with self._turn:
            return await self._acts[wanted](session, args)

    def listed(self, session: Session) -> list[dict[str, Any]]:
        """The accounts, without their secrets: all of them for administrators, names alone for everybody else."""
        whole = self._is_administrator(session)
        return [facts_of(one, self._clock.now_ns(), whole) for one in self._people.accounts]

    async def _add(self, session: Session, args: Mapping[str, Any]) -> str:
        name, password = str(args["name"]), str(args.get("password", ""))
        is_first = not self._people.accounts
        if not is_first:
            self._need_administrator(session)
        _refuse(name_complaint(name) or password_complaint(password, name, self._people.rules.password_length))
        if self._people.find(name) is not None:
            raise Denied(f"There is an account {name!r} already")
        if len(self._people.book.accounts) >= _MOST_ACCOUNTS:
            raise Denied(f"A station has at most {_MOST_ACCOUNTS} accounts")
        roles = _roles(args)
        if is_first and role_for(roles, "") != "administer":
            raise Denied("The first account of a station is an administrator's: give it the role administer")
        number, now_ns = self._people.book.next_number, self._clock.now_ns()
        account = Account(
            number=number,
            name=name,
            full_name=_text(args.get("full_name", "")),
            roles=roles,
            skills=tuple(map(_text, args.get("skills", ()))),
            password=await self._people.hashed(password),
            must_change=not is_first,
            expires_ns=int(args.get("expires_ns", 0)),
            made_ns=now_ns,
            changed_ns=now_ns,
        )
        await self._keep(account, number + 1)
        text = f"Account {name} made: {_roles_text(roles)}"
        return await self._tell("added", account, session, text)

    async def _change(self, session: Session, args: Mapping[str, Any]) -> str:
        self._need_administrator(session)
        account = self._named(args)
        wanted: dict[str, Any] = {}
        if "roles" in args:
            wanted["roles"] = _roles(args)
        if "full_name" in args:
            wanted["full_name"] = _text(args["full_name"])
        if "skills" in args:
            wanted["skills"] = tuple(map(_text, args["skills"]))
        if "expires_ns" in args:
            wanted["expires_ns"] = int(args["expires_ns"])
        if "disabled" in args:
            wanted["disabled"] = bool(args["disabled"])
        if not wanted:
            raise Denied("Nothing to change was named")
        changed = msgspec.structs.replace(account, **wanted)
        self._keep_one_administrator(changed)
        await self._keep(changed)
        said = "; ".join(f"{name.removesuffix('_ns').replace('_', ' ')} {_said(wanted[name])}" for name in wanted)
        return await self._tell("changed", changed, session, f"Account {account.name} changed: {said}")

    async def _password(self, session: Session, args: Mapping[str, Any]) -> str:
        account, new = self._named(args), str(args["new"])
        _refuse(password_complaint(new, account.name, self._people.rules.password_length))
        own = "old" in args
        if own:
            await self._people.check(session.hello.station, account.name, str(args["old"]))
        else:
            self._need_administrator(session)
        before = [account.password, *account.before][: self._people.rules.passwords_before + 1]
        if await self._people.is_one_of(new, before):
            raise Denied(f"That password was {account.name}'s before: take another one")
        changed = msgspec.structs.replace(
            account,
            password=await self._people.hashed(new),
            before=tuple(one for one in before if one)[: self._people.rules.passwords_before],
            pin=account.pin if own else "",
            must_change=not own,
        )
        if not own:  # whoever knows the old secrets is not let in by another of them
            self._people.forget(account.number)
        await self._keep(changed)
        text = "Password changed" if own else f"Password of {account.name} set; it is to be changed at the next sign-in"
        return await self._tell("password", changed, session, text)

    async def _pin(self, session: Session, args: Mapping[str, Any]) -> str:
        """Everybody's own business: it takes the password."""
        account, pin = self._named(args), str(args["new"])
        _refuse(pin_complaint(pin) if pin else "")
        await self._people.check(session.hello.station, account.name, str(args["old"]))
        changed = msgspec.structs.replace(account, pin=await self._people.hashed(pin) if pin else "")
        await self._keep(changed)
        return await self._tell("pin", changed, session, "PIN set" if pin else "PIN taken away")

    async def _badge(self, session: Session, args: Mapping[str, Any]) -> str:
        self._need_administrator(session)
        account, code = self._named(args), str(args.get("code", ""))
        badge = hashing.badge_of(self._people.book.key, code) if code else ""
        taken = next((one for one in self._people.accounts if badge and one.badge == badge), None)
        if taken is not None and taken.number != account.number:
            raise Denied(f"That badge is {taken.name}'s")
        changed = msgspec.structs.replace(account, badge=badge)
        await self._keep(changed)
        words = f"{account.name} has a badge now" if code else f"{account.name} has no badge any more"
        return await self._tell("badge", changed, session, words)

    async def _remove(self, session: Session, args: Mapping[str, Any]) -> str:
        self._need_administrator(session)
        account = self._named(args)
        gone = Account(
            number=account.number,
            name=account.name,
            full_name=account.full_name,
            made_ns=account.made_ns,
            removed_ns=self._clock.now_ns(),
        )
        self._keep_one_administrator(gone)
        await self._keep(gone)
        return await self._tell("removed", gone, session, f"Account {account.name} removed; its records stay")

    def _named(self, args: Mapping[str, Any]) -> Account:
        account = self._people.find(str(args["name"]))
        if account is None:
            raise Denied(f"There is no account {str(args['name'])[:64]!r}: hmi user list names them")
        return account

    def _is_administrator(self, session: Session) -> bool:
        account = self._people.person(session)
        return account is not None and not account.must_change and role_for(account.roles, "") == "administer"

    def _need_administrator(self, session: Session) -> None:
        if not self._is_administrator(session):
            raise Denied("That is for administrators: sign in as one, nothing was changed")

    def _keep_one_administrator(self, changed: Account) -> None:
        """Nobody locks everybody out."""
        now_ns = self._clock.now_ns()
        others = [one for one in self._people.accounts if one.number != changed.number]
        left = [one for one in (*others, changed) if role_for(one.roles, "") == "administer" and not one.bar(now_ns)]
        if not left:
            raise Denied("Nobody would be left who may administer: make another administrator first")

    async def _keep(self, account: Account, next_number: int = 0) -> None:
        account = msgspec.structs.replace(account, changed_ns=self._clock.now_ns())

        def changed(book: Book) -> Book:
            others = [one for one in book.accounts if one.number != account.number]
            accounts = tuple(sorted((*others, account), key=lambda one: one.number))
            return msgspec.structs.replace(book, accounts=accounts, next_number=max(book.next_number, next_number))

        await self._people.put(changed)

    async def _tell(self, event: str, account: Account, session: Session, text: str) -> str:
        record = self._people.record_of("person", event, account.name, session, text)
        await self._people.write_down(record)
        return text


def facts_of(account: Account, now_ns: int, whole: bool) -> dict[str, Any]:
    """What may be told of an account; never a secret, not even a hashed one."""
    facts: dict[str, Any] = {"name": account.name, "full_name": account.full_name}
    if not whole:
        return facts
    return facts | {
        "number": account.number,
        "roles": account.roles,
        "skills": list(account.skills),
        "pin": bool(account.pin),
        "badge": bool(account.badge),
        "must_change": account.must_change,
        "expires_ns": account.expires_ns,
        "bar": account.bar(now_ns),
    }


def _text(given: Any) -> str:
    """A name as it is printed under signatures, or a skill; raises Denied for signs that nobody sees."""
    text = str(given)[:_LONGEST]
    _refuse("" if text.isprintable() else "There is a sign in that name or skill that nobody can see: type it anew")
    return text


def _roles(args: Mapping[str, Any]) -> dict[str, str]:
    given = args.get("roles", {})
    roles = {str(area)[:_LONGEST]: str(role) for area, role in dict(given).items()}
    _refuse(role_complaint(roles))
    return roles


def _roles_text(roles: Mapping[str, str]) -> str:
    return ", ".join(f"{role} in {area}" if area else role for area, role in sorted(roles.items())) or "no role"


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return _roles_text(value)
    return ", ".join(value) or "none" if isinstance(value, tuple) else str(value)


def _refuse(complaint: str) -> None:
    if complaint:
        raise Denied(complaint)
