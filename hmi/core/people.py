"""Who works at a station and what each may do: accounts, roles by area, and the waiting after wrong passwords. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Final

import msgspec

from hmi.core.policy import ROLES

NAME_LENGTH: Final = 64
PASSWORD_LENGTH: Final = 10  # at least, if the plant does not ask for more; it is worth more than rules about signs
PASSWORD_LONGEST: Final = 256
PIN_LENGTH: Final = 4
FREE_TRIES: Final = 3  # wrong ones before waiting begins
LONGEST_WAIT_S: Final = 900.0
STATION_TRIES: Final = 20  # wrong ones at one station, whatever the name, before it waits too
_MUCH_USED: Final = ("password", "passwort", "12345678", "qwertz", "qwerty", "operator", "abcdefgh", "11111111")


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One person at this station. The number is never given to anybody else, not even after the account is removed."""

    number: int
    name: str  # to sign in with; unique without regard to case
    full_name: str = ""  # as it is printed under a signature
    roles: dict[str, str] = {}  # beginning of tag names -> role; "" is the whole plant
    skills: tuple[str, ...] = ()
    password: str = ""  # argon2id; "" nobody can sign in with it
    before: tuple[str, ...] = ()  # those that cannot be taken again, the newest first
    pin: str = ""  # argon2id
    badge: str = ""  # keyed hash of what the badge says
    must_change: bool = False  # the password was given by somebody else
    disabled: bool = False
    expires_ns: int = 0  # UTC; 0 never
    made_ns: int = 0
    changed_ns: int = 0  # when anything of it changed last
    removed_ns: int = 0  # 0: it stands

    @property
    def printed(self) -> str:
        """The name as people write it."""
        return self.full_name or self.name

    def bar(self, now_ns: int) -> str:
        """Why nobody can work under this account now, in words for an administrator; "" nothing stands against it."""
        if self.removed_ns:
            return "removed"
        if self.disabled:
            return "disabled"
        return "expired" if self.expires_ns and now_ns >= self.expires_ns else ""


class Tries(msgspec.Struct, frozen=True):
    """Wrong passwords, of a name in a row, or at a station less those that time has forgiven."""

    count: int = 0
    until_ns: int = 0  # nothing is tried before; where nobody waits, when the last one was


def role_for(roles: Mapping[str, str], tag: str) -> str:
    """What somebody with these roles may do to a tag: the role of the longest beginning of its name; "" nothing."""
    found = [area for area in roles if not area or tag == area or tag.startswith(area + ".")]
    return roles[max(found, key=len)] if found else ""


def greater(one: str, other: str) -> str:
    """The role that may more; "" may nothing."""
    ranks = ("", *ROLES)
    return max(one, other, key=lambda role: ranks.index(role) if role in ranks else 0)


def forgiven(tries: Tries, now_ns: int) -> Tries:
    """What is left of wrong ones at a station: one is forgiven each quarter of an hour in which nobody had to wait.

    Else people who mistype now and then would have everybody wait there in a year. No more can be guessed by it than
    by waiting each time.
    """
    past = max(0, int((now_ns - tries.until_ns) / 1e9 // LONGEST_WAIT_S)) if tries.until_ns else 0
    return Tries(max(0, tries.count - past), tries.until_ns + past * round(LONGEST_WAIT_S * 1e9))


def after_wrong(tries: Tries, now_ns: int, free: int = FREE_TRIES) -> Tries:
    """One more wrong one: from the first too many on, each doubles the waiting, up to a quarter of an hour."""
    count = tries.count + 1
    if count < free:
        return Tries(count, now_ns)
    wait_s = min(LONGEST_WAIT_S, 2.0 ** min(count - free, 20))
    return Tries(count, now_ns + round(wait_s * 1e9))


def waits_s(tries: Tries, now_ns: int) -> float:
    """How long nothing is tried yet; never longer than the longest wait, whatever became of the clock."""
    return min(LONGEST_WAIT_S, max(0.0, (tries.until_ns - now_ns) / 1e9))


def name_complaint(name: str) -> str:
    """Why this is no name to sign in with; "" it is one."""
    if not name.strip() or name != name.strip() or len(name) > NAME_LENGTH or not name.isprintable():
        return f"A name has 1 to {NAME_LENGTH} letters, without blanks around it"
    return ""


def password_complaint(password: str, name: str, least: int = PASSWORD_LENGTH) -> str:
    """Why this password is too easily guessed, where the plant asks for at least so many characters; "" it is not."""
    if not least <= len(password) <= PASSWORD_LONGEST:
        return f"A password has {least} to {PASSWORD_LONGEST} characters: take a sentence that you remember"
    folded = password.casefold()
    guessed = name.casefold() in folded or any(word in folded for word in _MUCH_USED)
    if guessed or len(set(folded)) < PASSWORD_LENGTH // 2:
        return "That password is among the first that anybody tries: take a sentence that you remember"
    return ""


def pin_complaint(pin: str) -> str:
    """Why this is no PIN; "" it is one."""
    if not pin.isdecimal() or not pin.isascii() or not PIN_LENGTH <= len(pin) <= 12:
        return f"A PIN has {PIN_LENGTH} to 12 digits"
    steps = {ord(b) - ord(a) for a, b in pairwise(pin)}
    if len(steps) == 1 and steps <= {-1, 0, 1}:
        return "That PIN is among the first that anybody tries"
    return ""


def role_complaint(roles: Mapping[str, str]) -> str:
    """What is wrong with roles by area; "" nothing is."""
    wrong = [role for role in roles.values() if role not in ROLES]
    return f"There is no role {wrong[0]!r}: write one of {', '.join(ROLES)}" if wrong else ""
