"""Why a command cannot be given, in an operator's words and language; the gate judges all the same."""

from __future__ import annotations

from typing import Final

from hmi.client import words
from hmi.client.choices import title_of
from hmi.client.language import plant_text, tr
from hmi.client.page import Desk
from hmi.client.sentences import said
from hmi.core import quality as q
from hmi.core.policy import (
    Asked,
    Decision,
    Interlock,
    Policy,
    Rules,
    Snapshot,
    bar_of,
    complaint_of,
    decide,
    limits_of,
    rules_for,
    stations_of,
)
from hmi.core.setting import Unacceptable, acceptable, limits_text, with_unit
from hmi.core.tags import Tag, TagTable

_NO_RULES: Final = Rules()


def range_text(tag: Tag, rules: Rules = _NO_RULES) -> str:
    """The range a tag may be set to, in words."""
    low, high = limits_of(tag, rules)
    if low is None and high is None:
        return tr("no limits given")
    lowest = tr("any") if low is None else words.number(low, words.decimals(tag))
    highest = tr("any") if high is None else words.number(high, words.decimals(tag))
    text = f"{tr('{low} to {high}', low=lowest, high=highest)} {words.unit(tag)}".rstrip()
    if rules.max_step is None:
        return text
    return tr("{range}, at most {step} at once", range=text, step=words.amount(tag, rules.max_step))


def typed(tag: Tag, text: str, rules: Rules = _NO_RULES) -> float | str:
    """What was typed as a value of the tag; raises Unacceptable, in the operator's language where it is known."""
    if not tag.is_text and not text.strip():
        raise Unacceptable(tr("Type a number"))
    try:
        value = acceptable(tag, text)
    except Unacceptable as why:
        raise Unacceptable(_wrong(tag, text, rules) or words.sentence(said(str(why)))) from None
    low, high = limits_of(tag, rules)
    if not isinstance(value, str) and ((low is not None and value < low) or (high is not None and value > high)):
        what = tr("{value} is outside what its policy allows", value=with_unit(tag, value))
        raise Unacceptable(f"{what} ({limits_text(tag, low, high)})")
    return value


def is_growing(tag: Tag, text: str) -> bool:
    """Whether what was typed is only too small so far: more digits may make it right."""
    number = _number(text)
    return number is not None and tag.low is not None and 0 <= number < tag.low and "." not in text.replace(",", ".")


def barred(desk: Desk, tag: Tag, values: tuple[float, ...]) -> str:
    """Why nobody at this station may command a tag at all, in words; "" when somebody may, for one of the values."""
    role, kind = _who(desk, tag)
    policies = desk.plant.policies.get(tag.index, ())
    found = ""
    for value in values or ("",):
        rules = rules_for(policies, value)
        bar = bar_of(rules, role, kind)
        if not bar:
            return ""
        found = found or _barred(bar, rules, role, kind)
    return found


_SOMEBODY = "somebody else"  # who agrees says so at the end, to the engine alone


def judged(desk: Desk, tag: Tag, policies: tuple[Policy, ...], value: float | str, why: str) -> Decision:
    """What the gate would say now to writing a value, apart from what has to be confirmed."""
    mirror = desk.mirror
    role, kind = _who(desk, tag)
    asked = Asked(
        value=value,
        why=why,
        role=role,
        station_kind=kind,
        confirmed=True,
        user=desk.who if desk.present is not None and desk.present.person is not None else "",
        second=_SOMEBODY,
        second_role=role,
    )
    busy = tag.index in mirror.pending
    return decide(tag, policies, asked, Snapshot(mirror.table.value, mirror.table.quality, mirror.age_s, busy=busy))


def refusal(desk: Desk, tag: Tag, decision: Decision) -> str:
    """Why a command would be refused, in words."""
    role, kind = _who(desk, tag)
    if decision.code in ("role", "station"):
        return _barred(decision.code, rules_for(desk.plant.policies.get(tag.index, ()), decision.value), role, kind)
    if decision.code == "reason":
        return tr("Say why: the journal keeps it with your name")
    if decision.code == "busy":
        return tr("Another command to it is under way: see how that ends first")
    if decision.code == "quality":
        quality = int(desk.mirror.table.quality[tag.index])
        return tr(
            "{name} is {quality} ({reason}): nobody can tell what a command would change. Mend that first",
            name=title_of(tag),
            quality=tr(q.word(quality)),
            reason=tr(q.reason(quality)),
        )
    return words.sentence(said(decision.text))


def complaint(interlock: Interlock, table: TagTable) -> str:
    """Why an interlock blocks now, in the operator's language; "" when it holds. It holds only on good values."""
    if not complaint_of(interlock, table.value, table.quality):
        return ""
    blocked, (_, quality) = plant_text(interlock.blocked), interlock.needs.value(table.value, table.quality)
    if quality < q.UNCERTAIN:
        return blocked
    return f"{blocked} ({tr('cannot be judged now: {reason}', reason=tr(q.reason(quality)))})"


def _who(desk: Desk, tag: Tag) -> tuple[str, str]:
    return desk.role(tag.name), desk.plant.station(desk.station).kind


def _barred(bar: str, rules: Rules, role: str, kind: str) -> str:
    if bar == "role":
        return tr(
            "This is for those who may {role}. At this station everybody may {own}, so nothing can be sent from here. "
            "Ask somebody who may.",
            role=tr(rules.role),
            own=tr(role),
        )
    places = " / ".join(tr(place) for place in stations_of(rules))
    return tr("This is commanded from: {places}. Here is: {kind}. Go there to set it.", places=places, kind=tr(kind))


def _wrong(tag: Tag, text: str, rules: Rules) -> str:
    if tag.is_text:
        return ""
    number = _number(text)
    if number is None:
        return tr("“{what}” is not a number", what=text.strip()[:40])
    low, high = limits_of(tag, rules)
    if (low is not None and number < low) or (high is not None and number > high):
        range_ = range_text(tag, rules)
        return tr("{value} is out of range: {range}", value=with_unit(tag, number), range=range_)
    return ""


def _number(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None
