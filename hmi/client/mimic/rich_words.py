"""Words and numbers of more than one tag: figures in their own units, modes, choices side by side, tables of tags."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

from PySide6.QtCore import QPointF, QRectF

from hmi.client.language import plant_text, tr
from hmi.client.mimic.compile import Drawn, Reading, Scale, default_decimals
from hmi.client.mimic.digits import write_number
from hmi.client.mimic.ink import Ink, formatted
from hmi.client.mimic.quality import NO_VALUE, pen
from hmi.client.mimic.rich_marks import is_known, mode_word
from hmi.core import quality as q
from hmi.core.tags import Tag, TagTable

_COLUMNS: Final = (0.0, 0.44, 0.64, 0.77, 1.0)  # label, value, unit, quality: where each begins, as shares


def tag_of(reading: Reading, table: TagTable) -> Tag | None:
    """The tag a binding reads, None for an expression."""
    return None if reading.tag is None else table.tags[reading.tag]


def in_words(ink: Ink, drawn: Drawn, name: str) -> tuple[str, str, bool]:
    """What a binding reads as, its unit, and whether it is known."""
    reading = drawn.reads[name]
    value, quality = reading.value(ink.table)
    tag = tag_of(reading, ink.table)
    if tag is not None and tag.is_text:
        return (NO_VALUE, "", False) if quality >= q.BAD else (ink.table.text.get(tag.index, ""), "", True)
    if not is_known(value, quality):
        return NO_VALUE, unit_of(drawn, name, tag), False
    if tag is not None and tag.type == "bool":
        return tr("Yes") if value else tr("No"), "", True
    return formatted(value, quality, decimals_of(drawn, name, tag)), unit_of(drawn, name, tag), True


def unit_of(drawn: Drawn, name: str, tag: Tag | None) -> str:
    """The unit of one binding: the element's where it is the element's value, else its own tag's."""
    if name == "value":
        return drawn.unit
    return "" if tag is None or tag.unit == "1" else tag.unit


def decimals_of(drawn: Drawn, name: str, tag: Tag | None) -> int:
    """As many decimals as the range of the binding's own tag deserves."""
    return drawn.decimals if name == "value" else default_decimals(tag, own_scale(drawn, name, tag))


def own_scale(drawn: Drawn, name: str, tag: Tag | None) -> Scale:
    """The range of one binding: the element's where it is the element's value, else its own tag's; 0 to 100 else."""
    if name == "value" or tag is None or tag.low is None or tag.high is None:
        return drawn.scale if name == "value" else Scale()
    return Scale(tag.low, tag.high)


def figure(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    """A number with the unit and the decimals of its own tag."""
    name = options.get("bind", "")
    if name not in drawn.reads:
        return
    text, unit, known = in_words(ink, drawn, name)
    role = options.get("colour", "value") if known else "bad"
    write_number(ink, ink.box(drawn, options), text, unit if options.get("unit", True) else "", role, options)


def word(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    """One of two words for a yes or no; the element's own words come first."""
    name = options.get("bind", "")
    if name not in drawn.reads:
        return
    value, quality = ink.read(drawn, name)
    known = is_known(value, quality)
    own = drawn.element.options.get("words", {}).get(f"{value:.0f}")
    said = plant_text(own) if own is not None else tr(options.get("on" if value > 0 else "off", ""))
    _write_word(ink, drawn, options, said if known else NO_VALUE, known)


def mode(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    """The mode of operation in a word."""
    name = options.get("bind", "")
    if name not in drawn.reads:
        return
    value, quality = ink.read(drawn, name)
    known = is_known(value, quality)
    _write_word(ink, drawn, options, mode_word(drawn, value) if known else NO_VALUE, known)


def fault(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    """What is wrong with a machine, in words: by the element's `faults`, or as the machine's own text says it."""
    name = options.get("bind", "")
    if name not in drawn.reads:
        return
    text, _, known = in_words(ink, drawn, name)
    value = ink.read(drawn, name)[0]
    if known and value == value:  # a number, not a text
        text = plant_text(drawn.element.options.get("faults", {}).get(f"{value:.0f}", "")) if value else ""
        text = text or (tr("Fault {n}", n=f"{value:.0f}") if value else "")
    if not text:
        _write_word(ink, drawn, {**options, "colour": "muted"}, tr("No fault"), True)
        return
    _write_word(ink, drawn, {"colour": "text", **options, "bold": True}, text, known)


def _write_word(ink: Ink, drawn: Drawn, options: Mapping[str, Any], said: str, known: bool) -> None:
    size, align = float(options.get("size", 20)) * ink.scale, options.get("align", "left")
    role = options.get("colour", "value") if known else "bad"
    ink.write(ink.box(drawn, options), said, size, role, align, bool(options.get("bold")))


def segments(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    """Every choice side by side; the present one is set off by fill, by bold letters and by a bar below it."""
    words = drawn.element.options.get("words") or drawn.element.options.get("modes")
    if not words or options.get("bind") not in drawn.reads:
        return
    value, quality = ink.read(drawn, options["bind"])
    area, painter, theme = ink.box(drawn, options), ink.painter, ink.theme
    width, size = area.width() / len(words), float(options.get("size", 18)) * ink.scale
    for place, (number, word) in enumerate(sorted(words.items(), key=lambda pair: int(pair[0]))):
        box = QRectF(area.left() + place * width, area.top(), width, area.height())
        present = is_known(value, quality) and value == int(number)
        painter.setPen(pen("line", theme, max(1.0, 1.5 * ink.scale)))
        painter.setBrush(theme.colour("selection" if present else "raised"))
        painter.drawRect(box)
        inner = box.adjusted(4 * ink.scale, 0, -4 * ink.scale, 0)
        ink.write(inner, plant_text(word), size, "on_selection" if present else "text", "centre", present)
        if present:
            bar = QRectF(box.left() + width / 4, box.bottom() - 5 * ink.scale, width / 2, 2.5 * ink.scale)
            painter.fillRect(bar, theme.colour("on_selection"))


def table(ink: Ink, drawn: Drawn, options: Mapping[str, Any]) -> None:
    """Tags one below the other: label, value, unit, and the quality in a word."""
    names = [name for name in options.get("rows", ()) if name in drawn.reads]
    area, size = ink.box(drawn, options), float(options.get("size", 18))
    height = min(area.height() / (len(names) + 1), 1.9 * size * ink.scale)
    heads = (("", "left"), (tr("Value"), "right"), ("", "left"), (tr("Quality"), "left"))
    for (word, align), cell in zip(heads, _cells(area, 0, height, ink.scale), strict=True):
        if word:
            ink.write(cell, word, size * ink.scale, "muted", align)
    for row, name in enumerate(names):
        cells = _cells(area, row + 1, height, ink.scale)
        ink.painter.setPen(pen("grid", ink.theme, max(1.0, ink.scale)))
        ink.painter.drawLine(QPointF(area.left(), cells[0].top()), QPointF(area.right(), cells[0].top()))
        _row(ink, drawn, name, label_of(ink, drawn, options["rows"].index(name), name), cells, size * ink.scale)


def _cells(area: QRectF, row: int, height: float, scale: float) -> list[QRectF]:
    left, top, width = area.left(), area.top() + row * height, area.width()
    return [
        QRectF(left + start * width, top, (stop - start) * width - 8 * scale, height)
        for start, stop in pairwise(_COLUMNS)
    ]


def label_of(ink: Ink, drawn: Drawn, place: int, name: str) -> str:
    """What a row or pen is called: the element's label for it, else what its tag says of itself."""
    labels = drawn.element.options.get("labels", ())
    if place < len(labels):
        return plant_text(labels[place])
    tag = tag_of(drawn.reads[name], ink.table)
    return "" if tag is None else plant_text(tag.description or tag.name)


def _row(ink: Ink, drawn: Drawn, name: str, label: str, cells: list[QRectF], size: float) -> None:
    text, unit, known = in_words(ink, drawn, name)
    word = q.word(drawn.reads[name].value(ink.table)[1])
    ink.write(cells[0], label, size, "text")
    ink.write(cells[1], text, size, "value" if known else "bad", "right")
    ink.write(cells[2], unit, size, "muted")
    ink.write(cells[3], tr(word), size, "muted" if word == "good" else "bad", "left", bold=word != "good")
