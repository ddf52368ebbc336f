"""What must hold before anybody writes to a tag, and the one judgement of it: pure, the same for gate and window."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from numpy.typing import NDArray

from hmi.core import quality as q
from hmi.core.expr import Expression
from hmi.core.setting import Unacceptable, acceptable, is_writable, limits_text, with_unit
from hmi.core.tags import Tag

ROLES: Final = (
    "view",
    "acknowledge",
    "operate",
    "maintain",
    "engineer",
    "administer",
)  # each may what those before may
FIXED_STATIONS: Final = ("desk", "panel")
STATION_KINDS: Final = (*FIXED_STATIONS, "tablet")
LONGEST_REASON: Final = 500  # characters: the journal is for reasons, not for storage
_ROUNDING: Final = 1 + 1e-9  # 0.3 - 0.2 is no larger step than 0.1


@dataclass(frozen=True, slots=True)
class Interlock:
    """What must be true in the plant for a write, and what an operator is told when it is not."""

    needs: Expression
    blocked: str


@dataclass(frozen=True, slots=True)
class Policy:
    """One [[policy]] of the plant's files; what is None there is left to less specific ones."""

    place: str = ""  # file and line, for whoever asks why
    values: frozenset[float] | None = None  # only for writes of these values; None: of any
    role: str | None = None
    low: float | None = None
    high: float | None = None
    max_step: float | None = None
    max_per_min: int | None = None
    interlocks: tuple[Interlock, ...] = ()
    confirm: str | None = None
    reason: bool | None = None
    second_person: bool | None = None
    stations: tuple[str, ...] | None = None
    remote_ok: bool | None = None
    fresh_s: float | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for one write, all policies of its tag put together."""

    role: str = "operate"
    low: float | None = None
    high: float | None = None
    max_step: float | None = None
    max_per_min: int | None = None
    confirm: str = ""
    reason: bool = True
    second_person: bool = False
    stations: tuple[str, ...] = FIXED_STATIONS
    remote_ok: bool = False
    fresh_s: float | None = None
    interlocks: tuple[Interlock, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants written, what he may do, and from where he asks."""

    value: Any
    why: str
    role: str
    station_kind: str = "desk"
    confirmed: bool | str = False  # True, or the text that was confirmed
    user: str = ""  # who is signed in; "" nobody
    second: str = ""  # who agreed, having proven who he is; "" nobody
    second_role: str = ""  # what he may do to the tag


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The plant at the moment of the decision, and what the gate has just done to it."""

    values: NDArray[Any]  # the tag table's columns
    qualities: NDArray[Any]
    age_s: Callable[[int], float]  # since a tag's value was last known to be true
    holds: tuple[float, ...] = ()  # what the tag may hold now: one value, two after a write of unknown outcome
    lately: int = 0  # writes to the tag within the last minute
    away: str = ""  # why nothing can be sent to its controller; "" nothing stands against it
    busy: bool = False  # another write to the tag is under way


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a write may go out: the value as the tag takes it; or the rule that refuses it, with the reason."""

    value: Any
    code: str = ""  # "" it may; else which rule does not let it
    text: str = ""
    needs: tuple[str, ...] = ()  # what would let it pass: confirmation, second person
    confirm: str = ""  # the text to be confirmed

    @property
    def allowed(self) -> bool:
        """Whether nothing stands against it."""
        return not self.code


class _Refusal(Exception):
    """One rule says no."""

    def __init__(self, code: str, text: str, *needs: str) -> None:
        super().__init__(text)
        self.code, self.needs = code, needs


def rules_for(policies: Iterable[Policy], value: Any) -> Rules:
    """The rules for writing a value; `policies` are those of the tag, the most specific first.

    Each setting is that of the most specific policy that names it. Interlocks add up: none is lost by adding another.
    """
    found: dict[str, Any] = {}
    interlocks: list[Interlock] = []
    for policy in policies:
        if policy.values is not None and (isinstance(value, str) or value not in policy.values):
            continue
        interlocks += policy.interlocks
        for name in _SETTINGS:
            setting = getattr(policy, name)
            if setting is not None:
                found.setdefault(name, setting)
    return Rules(**found, interlocks=tuple(interlocks))


_SETTINGS: Final = tuple(name for name in Rules.__dataclass_fields__ if name != "interlocks")


def decide(tag: Tag, policies: Sequence[Policy], asked: Asked, now: Snapshot) -> Decision:
    """Whether a write may go out now. Every rule must say yes; the first that does not is named."""
    value, confirm = asked.value, ""
    try:
        if not is_writable(tag):
            mend = "Set access = rw in tags.csv if it should be"
            raise _Refusal("read-only", f"{tag.name} is read-only: nothing was sent. {mend}")
        value = _value(tag, asked.value)
        rules = rules_for(policies, value)
        confirm = rules.confirm
        _check_person(tag, rules, asked)
        _check_range(tag, rules, value)
        _check_state(tag, rules, now)
        _check_step(tag, rules, value, now)
        _check_interlocks(rules, now)
        _check_pace(tag, rules, now)
        _check_consent(tag, rules, asked)
    except _Refusal as refusal:
        return Decision(value, refusal.code, str(refusal), refusal.needs, confirm)
    return Decision(value, confirm=confirm)


def complaint_of(interlock: Interlock, values: NDArray[Any], qualities: NDArray[Any]) -> str:
    """Why an interlock blocks now, in words; "" when it holds. It holds only on good values."""
    holds, quality = interlock.needs.value(values, qualities)
    if quality >= q.UNCERTAIN or math.isnan(holds):
        return f"{interlock.blocked} (cannot be judged now: {q.reason(quality)})"
    return "" if holds else interlock.blocked


def limits_of(tag: Tag, rules: Rules) -> tuple[float | None, float | None]:
    """The range that a tag may be set in: the narrower of its own and its policies'."""
    if tag.type == "bool" or tag.is_text:
        return None, None
    lows = [low for low in (tag.low, rules.low) if low is not None]
    highs = [high for high in (tag.high, rules.high) if high is not None]
    return max(lows, default=None), min(highs, default=None)


def bar_of(rules: Rules, role: str, station_kind: str) -> str:
    """What keeps a person at a station from writing, whatever the value: `role`, `station`, or "" for nothing."""
    if role not in ROLES or ROLES.index(role) < ROLES.index(rules.role):
        return "role"
    return "" if station_kind in stations_of(rules) else "station"


def stations_of(rules: Rules) -> tuple[str, ...]:
    """The kinds of stations that may write."""
    return (*rules.stations, "tablet") if rules.remote_ok else rules.stations


def _value(tag: Tag, wanted: Any) -> float | str:
    try:
        return acceptable(tag, wanted)
    except Unacceptable as why:
        raise _Refusal("value", f"{why}: nothing was sent") from None


def _check_person(tag: Tag, rules: Rules, asked: Asked) -> None:
    bar = bar_of(rules, asked.role, asked.station_kind)
    if bar == "role":
        text = f"{tag.name} is for those who may {rules.role}, you may {asked.role}: nothing was sent. Ask one of them"
        raise _Refusal("role", text)
    if bar == "station":
        where = " or ".join(stations_of(rules))
        raise _Refusal("station", f"{tag.name} is set from a {where} only: nothing was sent. Go there to set it")
    if rules.reason and not asked.why.strip():
        raise _Refusal("reason", "A reason is needed: nothing was sent. Say why the value is set")
    if len(asked.why) > LONGEST_REASON:
        raise _Refusal("reason", f"The reason is over {LONGEST_REASON} characters: nothing was sent. Shorten it")


def _check_range(tag: Tag, rules: Rules, value: float | str) -> None:
    low, high = limits_of(tag, rules)
    if isinstance(value, str) or ((low is None or low <= value) and (high is None or value <= high)):
        return
    what = f"{with_unit(tag, value)} is outside what its policy allows for {tag.name}"
    raise _Refusal("range", f"{what} ({limits_text(tag, low, high)}): nothing was sent")


def _check_state(tag: Tag, rules: Rules, now: Snapshot) -> None:
    if now.away:
        raise _Refusal("away", now.away)
    quality = int(now.qualities[tag.index])
    if quality >= q.UNCERTAIN:
        text = f"{tag.name} is {q.word(quality)} ({q.reason(quality)}): nothing was sent. Mend that first"
        raise _Refusal("quality", text)
    if rules.fresh_s is None:
        return
    inputs = (index for interlock in rules.interlocks for index in interlock.needs.inputs)
    for index in (tag.index, *inputs):
        age_s = now.age_s(index)
        if not age_s <= rules.fresh_s:
            whose = f"The value of {tag.name}" if index == tag.index else f"A value that decides about {tag.name}"
            known = f"is {age_s:.1f} s old" if math.isfinite(age_s) else "was never received"
            text = f"{whose} {known}, it must be no older than {rules.fresh_s:g} s: nothing was sent"
            raise _Refusal("fresh", text)


def _check_step(tag: Tag, rules: Rules, value: float | str, now: Snapshot) -> None:
    if rules.max_step is None or isinstance(value, str) or tag.type == "bool" or tag.access == "w":
        return
    for before in now.holds or (float(now.values[tag.index]),):
        step = abs(value - before)
        if not step <= rules.max_step * _ROUNDING:
            most = with_unit(tag, rules.max_step)
            text = f"From {before:g} to {with_unit(tag, value)} is more than {most} at once for {tag.name}"
            raise _Refusal("step", f"{text}: nothing was sent. Go in smaller steps")


def _check_interlocks(rules: Rules, now: Snapshot) -> None:
    for interlock in rules.interlocks:
        if complaint := complaint_of(interlock, now.values, now.qualities):
            raise _Refusal("interlock", f"{complaint}. Blocked by an interlock: nothing was sent")


def _check_pace(tag: Tag, rules: Rules, now: Snapshot) -> None:
    if now.busy:
        text = f"Another write to {tag.name} is under way: nothing was sent. See how that ends first"
        raise _Refusal("busy", text)
    if rules.max_per_min is not None and now.lately >= rules.max_per_min:
        times = "once" if rules.max_per_min == 1 else f"{rules.max_per_min} times"
        text = f"{tag.name} may be set {times} a minute and was: nothing was sent. Wait a little"
        raise _Refusal("rate", text)


def _check_consent(tag: Tag, rules: Rules, asked: Asked) -> None:
    if rules.second_person:
        _check_second(tag, rules, asked)
    if rules.confirm and asked.confirmed is not True and asked.confirmed != rules.confirm:
        text = f"Needs confirmation: {rules.confirm} (nothing was sent)"
        raise _Refusal("confirmation", text, "confirmation")


def _check_second(tag: Tag, rules: Rules, asked: Asked) -> None:
    """Two persons, each of whom has proven who he is, and each of whom might do it."""
    if not asked.user:
        text = f"{tag.name} takes a second person, and both must be known: nothing was sent. Sign in first"
        raise _Refusal("second-person", text, "sign in")
    if not asked.second:
        text = f"{tag.name} needs a second person who agrees: nothing was sent"
        raise _Refusal("second-person", text, "second person")
    if asked.second.casefold() == asked.user.casefold():
        raise _Refusal("second-person", "The second person must be somebody else: nothing was sent", "second person")
    if asked.second_role not in ROLES or ROLES.index(asked.second_role) < ROLES.index(rules.role):
        text = f"{asked.second} may not do that to {tag.name}, so cannot agree to it either: nothing was sent"
        raise _Refusal("second-person", text, "second person")
