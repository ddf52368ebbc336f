"""What an element says in words: tooltips, accessible names, and why a value is grey."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from hmi.client.language import plant_text, tr
from hmi.client.mimic.compile import Drawn
from hmi.client.mimic.ink import number_text
from hmi.client.mimic.quality import Mark, Seen, age_text, mark_of
from hmi.client.mimic.rich_marks import is_known, mode_word
from hmi.client.packml import state_word
from hmi.client.words import STATES
from hmi.core import quality as q
from hmi.core.alarms.rules import Rule
from hmi.core.plant.model import Plant
from hmi.core.screens.vocabulary import BADGE_BINDS
from hmi.core.tags import Tag

_NS: Final = 1_000_000_000
_MOST_ALARMS: Final = 3  # that a tooltip names
_UNKNOWN: Final = {
    "mode": "Whether it is in automatic is not known: {reason}",
    "interlock": "Whether an interlock blocks it is not known: {reason}",
    "oos": "Whether it is in service is not known: {reason}",
}


def value_in_words(tag: Tag, drawn: Drawn, seen: Seen) -> str:
    """A tag's value with its unit, ???? when it is bad."""
    table = seen.table
    value, quality = float(table.value[tag.index]), int(table.quality[tag.index])
    if tag.is_text:
        return "????" if quality >= q.BAD else table.text.get(tag.index, "")
    text = number_text(tag, table, value, quality, drawn.decimals)
    words = drawn.element.options.get("words")
    kind = drawn.symbol.binds.get("state", "")
    if quality < q.BAD and value == value:
        if words:
            return plant_text(str(words.get(str(int(value)), text)))
        if kind == "packml" and drawn.reads.get("state") and drawn.reads["state"].tag == tag.index:
            return state_word(int(value)) or text
        if tag.type == "bool":
            return tr("yes") if value else tr("no")
    unit = "" if tag.unit == "1" else tag.unit
    return f"{text} {unit}".rstrip()


def why(tag: Tag, plant: Plant, seen: Seen) -> str:
    """Why a value is drawn as it is, and whose side the cause is on: link, network, controller or tag."""
    quality = int(seen.table.quality[tag.index])
    mark, reason = mark_of(quality), reason_of(quality)
    if seen.link_down:
        return tr("This window has no link to the engine: every value is the last one that came. Look at the engine.")
    if mark == Mark.GOOD:
        return tr("The value is good and up to date.")
    connection = next((one for one in plant.connections if one.id == tag.connection), None)
    if connection is None:
        return tr("Calculated from other tags, of which one is not good: {reason}.", reason=reason)
    where = f"{connection.id} ({connection.driver}, {connection.address})"
    if mark == Mark.COMM:
        return tr("Network or controller: {reason}. Check {where}.", reason=reason, where=where)
    if mark == Mark.STALE:
        age = age_text(seen.age_s(tag.index))
        said = "Network or controller: {reason}. Nothing new from {where} for {age}."
        return tr(said, reason=reason, where=where, age=age)
    if mark == Mark.MANUAL:
        return tr("Controller: {reason}, at {where}.", reason=reason, where=where)
    return tr("Tag: {reason}. Address {address} at {where}.", reason=reason, address=tag.address, where=where)


def reason_of(quality: int) -> str:
    """Why a value has this quality, in the operator's language; codes that nobody has words for as they are."""
    return tr(q.reason(quality))


def source_time(tag: Tag, seen: Seen) -> str:
    """When the source gave the value, UTC to the millisecond; a dash when it never did."""
    stamp = int(seen.table.time[tag.index])
    if stamp <= 0:
        return "-"
    moment = datetime.fromtimestamp(stamp // _NS, UTC)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{stamp % _NS // 1_000_000:03d} UTC"


def tooltip(drawn: Drawn, plant: Plant, seen: Seen) -> str:
    """The facts about an element, one a line: what it is, value, quality, age, badges, alarms, what a click does."""
    lines: list[str] = []
    tag = drawn.shown
    if tag is not None:
        quality = int(seen.table.quality[tag.index])
        lines += [
            plant_text(tag.description) or tag.name,
            f"{tr('Tag')}: {tag.name}",
            f"{tr('Value')}: {value_in_words(tag, drawn, seen)}",
            f"{tr('Quality')}: {tr(q.word(quality))} ({reason_of(quality)})",
            f"{tr('Age')}: {age_text(seen.age_s(tag.index))}",
            f"{tr('Source time')}: {source_time(tag, seen)}",
        ]
    lines += [*badges_in_words(drawn, seen), *_alarms(drawn, plant, seen), *_click(drawn, plant)]
    return "\n".join(lines)


def badges_in_words(drawn: Drawn, seen: Seen) -> Iterator[str]:
    """What the small words and signs on an element mean, each in a line of its own; nothing when all is as usual."""
    if not seen.pending.isdisjoint(drawn.tags):
        yield tr("A command to it is under way")
    for name in BADGE_BINDS:
        if name not in drawn.reads:
            continue
        value, quality = drawn.reads[name].value(seen.table)
        if not is_known(value, quality):
            yield tr(_UNKNOWN[name], reason=reason_of(quality))
        elif name == "mode" and value not in drawn.element.options.get("automatic", (1,)):
            yield tr("Not in automatic: {mode}", mode=mode_word(drawn, value))
        elif name == "interlock" and value > 0:
            yield tr("Interlocked: a condition blocks it; its faceplate says which")
        elif name == "oos" and value > 0:
            yield tr("Out of service: its alarms and commands are not to be relied on")


def _alarms(drawn: Drawn, plant: Plant, seen: Seen) -> Iterator[str]:
    """The alarms that stand on it, the most urgent first."""
    standing = [(plant.rules[rule].priority, rule) for rule in drawn.rules if rule in seen.alarms]
    standing += [
        (row.condition.priority, place)
        for place, row in seen.alarms.items()
        if row.condition is not None and row.condition.tag in drawn.tags
    ]
    for priority, rule in sorted(standing)[:_MOST_ALARMS]:
        row = seen.alarms[rule]
        title = _title(plant.rules[rule], plant) if row.condition is None else row.condition.message
        yield f"{tr('Alarm')} {priority}: {title} ({tr(STATES.get(row.state, row.state))})"
    if len(standing) > _MOST_ALARMS:
        yield tr("and {count} more", count=len(standing) - _MOST_ALARMS)


def _title(rule: Rule, plant: Plant) -> str:
    return plant_text(rule.title or plant.tags[rule.tag].description or rule.id)


def _click(drawn: Drawn, plant: Plant) -> Iterator[str]:
    element = drawn.element
    if element.write:
        yield tr("Click to command {name}", name=element.write)
    elif element.go:
        target = plant.screens.get(element.go)
        yield tr("Click to open {name}", name=plant_text(target.title) if target else element.go)
    elif element.equipment in plant.equipment:
        name = plant_text(plant.equipment[element.equipment].name)
        yield tr("Click for the faceplate of {name}", name=name)


def name_of(drawn: Drawn, plant: Plant, seen: Seen) -> str:
    """An element as a screen reader says it: label, value, quality when it is not good."""
    parts = [plant_text(drawn.element.label or str(drawn.element.options.get("text", "")))]
    tag = drawn.shown
    if tag is not None:
        parts[0] = parts[0] or plant_text(tag.description)
        parts.append(value_in_words(tag, drawn, seen))
        quality = int(seen.table.quality[tag.index])
        if mark_of(quality) != Mark.GOOD:
            parts.append(reason_of(quality))
    elif drawn.element.go in plant.screens:
        parts.append(tr("opens {name}", name=plant_text(plant.screens[drawn.element.go].title)))
    return ", ".join(part for part in [*parts, *badges_in_words(drawn, seen)] if part)
