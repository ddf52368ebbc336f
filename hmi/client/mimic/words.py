"""What an element says in words: tooltips, accessible names, and why a value is grey."""

from __future__ import annotations

from datetime import UTC, datetime

from hmi.client.mimic.compile import Drawn
from hmi.client.mimic.ink import number_text
from hmi.client.mimic.quality import Mark, Seen, age_text, mark_of
from hmi.core import quality as q
from hmi.core.plant.model import Plant
from hmi.core.screens.vocabulary import PACKML
from hmi.core.tags import Tag

_NS: int = 1_000_000_000


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
            return str(words.get(str(int(value)), text))
        if kind == "packml" and drawn.reads.get("state") and drawn.reads["state"].tag == tag.index:
            return PACKML.get(int(value), text)
        if tag.type == "bool":
            return "yes" if value else "no"
    unit = "" if tag.unit == "1" else tag.unit
    return f"{text} {unit}".rstrip()


def why(tag: Tag, plant: Plant, seen: Seen) -> str:
    """Why a value is drawn as it is, and whose side the cause is on: link, network, controller or tag."""
    quality = int(seen.table.quality[tag.index])
    mark, reason = mark_of(quality), q.reason(quality)
    if seen.link_down:
        return "This window has no link to the engine: every value is the last one that came. Look at the engine."
    if mark == Mark.GOOD:
        return "The value is good and up to date."
    connection = next((one for one in plant.connections if one.id == tag.connection), None)
    if connection is None:
        return f"Calculated from other tags, of which one is not good: {reason}."
    where = f"{connection.id} ({connection.driver}, {connection.address})"
    if mark == Mark.COMM:
        return f"Network or controller: {reason}. Check {where}."
    if mark == Mark.STALE:
        return f"Network or controller: {reason}. Nothing new from {where} for {age_text(seen.age_s(tag.index))}."
    if mark == Mark.MANUAL:
        return f"Controller: {reason}, at {where}."
    return f"Tag: {reason}. Address {tag.address} at {where}."


def source_time(tag: Tag, seen: Seen) -> str:
    """When the source gave the value, UTC to the millisecond; a dash when it never did."""
    stamp = int(seen.table.time[tag.index])
    if stamp <= 0:
        return "-"
    moment = datetime.fromtimestamp(stamp // _NS, UTC)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{stamp % _NS // 1_000_000:03d} UTC"


def tooltip(drawn: Drawn, plant: Plant, seen: Seen) -> str:
    """The facts about an element, one a line: description, tag, value, quality, age, source time, what a click does."""
    lines: list[str] = []
    tag = drawn.shown
    if tag is not None:
        quality = int(seen.table.quality[tag.index])
        lines += [
            tag.description or tag.name,
            f"Tag: {tag.name}",
            f"Value: {value_in_words(tag, drawn, seen)}",
            f"Quality: {q.word(quality)} ({q.reason(quality)})",
            f"Age: {age_text(seen.age_s(tag.index))}",
            f"Source time: {source_time(tag, seen)}",
        ]
    if drawn.element.write:
        lines.append(f"Click to command {drawn.element.write}")
    elif drawn.element.go:
        target = plant.screens.get(drawn.element.go)
        lines.append(f"Click to open {target.title if target else drawn.element.go}")
    return "\n".join(lines)


def name_of(drawn: Drawn, plant: Plant, seen: Seen) -> str:
    """An element as a screen reader says it: label, value, quality when it is not good."""
    parts = [drawn.element.label or str(drawn.element.options.get("text", ""))]
    tag = drawn.shown
    if tag is not None:
        parts[0] = parts[0] or tag.description
        parts.append(value_in_words(tag, drawn, seen))
        quality = int(seen.table.quality[tag.index])
        if mark_of(quality) != Mark.GOOD:
            parts.append(q.reason(quality))
    elif drawn.element.go in plant.screens:
        parts.append(f"opens {plant.screens[drawn.element.go].title}")
    return ", ".join(part for part in parts if part)


def plain(text: str) -> str:
    """Text that Qt shows as it stands: a tooltip that looks like markup would be rendered as rich text."""
    return text.replace("<", "\u2039").replace(">", "\u203a")
