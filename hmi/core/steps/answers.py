"""What is taken as the answer to each kind of step, and what is not: wrong values, limits, conditions that fail."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from hmi.core import quality as q
from hmi.core.steps.conditions import Read, Reading, Truth
from hmi.core.steps.events import WORDS, Value
from hmi.core.steps.model import (
    AnyStep,
    Branch,
    Capture,
    Check,
    Choice,
    Loop,
    Number,
    Photo,
    Scan,
    Sign,
    Text,
    Timer,
    Verify,
    Wait,
    Write,
)

_SIGNS: Final[Mapping[str, Callable[[str], bool]]] = {
    "#": str.isdecimal,
    "@": str.isalpha,
    "?": str.isprintable,
}

_AGAIN: Final = "{what}: do it again, or give a reason"
_MEASURE: Final = "{what}: measure again, or give a reason"


class Refused(Exception):
    """What a person wants cannot be taken: why, and what would let it pass. The job stands where it stood."""

    def __init__(self, code: str, text: str, needs: tuple[str, ...] = ()) -> None:
        super().__init__(text[:1].upper() + text[1:])
        self.code, self.needs = code, needs
        self.text = text  # as it was given: what has to be confirmed is confirmed to the letter


@dataclass(frozen=True, slots=True)
class Answer:
    """What a step found."""

    value: Value = None
    to: str | None = None  # where it sends the job; None: as the step says
    deviation: str = ""
    failed: str = ""  # it was tried in vain, and why
    tags: dict[str, Reading] = field(default_factory=dict)
    context: dict[str, str] = field(default_factory=dict)  # what the whole job is of from now on


class Now(Protocol):
    """The plant and the clock at this moment."""

    read: Read
    truth: Callable[[str], Truth | None]
    held_s: float
    running_s: float
    waited_s: float
    outcome: str
    outcome_text: str
    read_back: float | str | None


def answered(step: AnyStep, value: Any, why: str, now: Now) -> Answer:
    """What the step makes of a person's answer; raises Refused."""
    take = _TAKERS.get(type(step))
    return Answer() if take is None else take(step, value, why, now)


def _check(step: Check, value: Any, why: str, now: Now) -> Answer:
    word = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
    if word not in WORDS or (word == "na" and not step.na):
        raise Refused("answer", "Answer with yes, no or not applicable" if step.na else "Answer with yes or no")
    deviation = ""
    if step.expect and word not in (step.expect, "na"):
        if word not in step.go:  # where the instruction itself says how to go on, no more is asked
            _reason(why, f"{word} is not as it should be", _AGAIN)
        deviation = f"{word} instead of {step.expect}"
    return Answer(word, step.go.get(word), deviation)


def _number(step: Number, value: Any, why: str, now: Now) -> Answer:
    number = _as_number(value)
    where, deviation = _within(step, number, step.unit, why)
    return Answer(number, step.go.get(where), deviation)


def _within(step: Number | Capture, number: float, unit: str, why: str) -> tuple[str, str]:
    """low, high or within; and what to note of it."""
    low, high = step.low, step.high
    if low is not None and number < low:
        where, beyond = "low", f"{_told(number, unit)} is below {_told(low, unit)}"
    elif high is not None and number > high:
        where, beyond = "high", f"{_told(number, unit)} is above {_told(high, unit)}"
    else:
        return "within", ""
    if where in getattr(step, "go", ()):
        return where, beyond
    if step.outside == "refuse":
        raise Refused("outside", f"{beyond}: the job cannot go on so. Mend it, and measure again")
    _reason(why, beyond, _MEASURE)
    return where, beyond


def _text(step: Text, value: Any, why: str, now: Now) -> Answer:
    text = value.strip() if isinstance(value, str) else ""
    if not step.least <= len(text) <= step.most:
        raise Refused("text", f"Write {step.least} to {step.most} characters")
    return Answer(text)


def _choice(step: Choice, value: Any, why: str, now: Now) -> Answer:
    if value not in step.choices:
        raise Refused("answer", f"Choose one of {', '.join(step.choices)}")
    deviation = ""
    if step.expect and value not in step.expect:
        if value not in step.go:
            _reason(why, f"{value} is not as it should be", _AGAIN)
        deviation = f"{value} instead of {' or '.join(step.expect)}"
    return Answer(value, step.go.get(value), deviation)


def _scan(step: Scan, value: Any, why: str, now: Now) -> Answer:
    code = value.strip() if isinstance(value, str) else ""
    if not code or len(code) > 200 or not code.isprintable():
        raise Refused("code", "Scan the code, or type it")
    if step.expect and code.casefold() != step.expect.casefold():
        raise Refused("code", f"This is {code}, not {step.expect}: go to the right one and scan it")
    if step.mask and not fits(step.mask, code):
        raise Refused("code", f"{code} does not look like {step.mask}: scan it again")
    context: dict[str, str] = {} if step.what == "code" else {step.what: code}
    return Answer(code, context=context)


def fits(mask: str, code: str) -> bool:
    """Whether a code looks like a mask: # a digit, @ a letter, ? any sign, all else itself."""
    return len(mask) == len(code) and all(
        _SIGNS[sign](one) if sign in _SIGNS else sign.casefold() == one.casefold()
        for sign, one in zip(mask, code, strict=True)
    )


def _photo(step: Photo, value: Any, why: str, now: Now) -> Answer:
    if not isinstance(value, str) or not value:
        raise Refused("photo", "Attach a picture or file")
    return Answer(value)


def _timer(step: Timer, value: Any, why: str, now: Now) -> Answer:
    if now.running_s < step.seconds:
        raise Refused("time", f"{max(0.0, step.seconds - now.running_s):.0f} s are left")
    return Answer(round(now.running_s, 1))


def _wait(step: Wait, value: Any, why: str, now: Now) -> Answer:
    raise Refused("wait", "The job goes on by itself as soon as the machine is so")


def _verify(step: Verify, value: Any, why: str, now: Now) -> Answer:
    truth = now.truth(step.id)
    if truth is None:
        raise Refused("condition", "Its condition names a tag that the plant no longer has: leave the step out")
    text = ""
    if not truth.known:
        text = "It cannot be told: a value it depends on is not good"
    elif not truth.holds:
        text = step.blocked or "The machine is not so yet"
    elif now.held_s < step.hold_s:
        text = f"It has held for {now.held_s:.0f} s of {step.hold_s:g} s"
    return Answer(0.0 if text else 1.0, failed=text, tags=truth.readings)


def _write(step: Write, value: Any, why: str, now: Now) -> Answer:
    if now.outcome == "confirmed":
        back = now.read(step.tag) if now.read_back is None else Reading(now.read_back)
        return Answer(1.0, tags={step.tag: back})
    text = now.outcome_text or "nothing was sent"
    return Answer(0.0, failed=f"{now.outcome or 'refused'}: {text}"[:1000])


def _capture(step: Capture, value: Any, why: str, now: Now) -> Answer:
    reading = now.read(step.tag)
    if reading.quality >= q.UNCERTAIN or reading.value is None or isinstance(reading.value, str):
        raise Refused("quality", f"{step.tag} has no good value now: wait until it has one")
    _, deviation = _within(step, float(reading.value), "", why)
    return Answer(float(reading.value), deviation=deviation, tags={step.tag: reading})


def _loop(step: Loop, value: Any, why: str, now: Now) -> Answer:
    word = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
    if not step.again or word not in ("yes", "no"):
        raise Refused("answer", "Answer with yes or no" if step.again else "The job goes on by itself")
    return Answer(word)


def _sign(step: Sign, value: Any, why: str, now: Now) -> Answer:
    raise Refused("sign", "This step wants a signature, and no other answer")


def _branch(step: Branch, value: Any, why: str, now: Now) -> Answer:
    raise Refused("wait", "The job goes on by itself as soon as it can be told where")


_TAKERS: Final[Mapping[type, Callable[[Any, Any, str, Now], Answer]]] = {
    Check: _check,
    Number: _number,
    Text: _text,
    Choice: _choice,
    Scan: _scan,
    Photo: _photo,
    Timer: _timer,
    Wait: _wait,
    Verify: _verify,
    Write: _write,
    Capture: _capture,
    Loop: _loop,
    Sign: _sign,
    Branch: _branch,
}


def _as_number(value: Any) -> float:
    try:
        number = float(value.strip().replace(",", ".")) if isinstance(value, str) else float(value)
    except (TypeError, ValueError, OverflowError):
        raise Refused("number", "This is no number: write it like 12.5") from None
    if not math.isfinite(number) or isinstance(value, bool):
        raise Refused("number", "This is no number: write it like 12.5")
    return number


def _reason(why: str, what: str, mend: str) -> None:
    if not why.strip():
        raise Refused("outside", mend.format(what=what), ("why",))


def _told(number: float, unit: str) -> str:
    return f"{number:g} {unit}".rstrip()
