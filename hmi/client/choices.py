"""What a command may be set to, in the words that the plant's screens use for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from hmi.client.language import plant_text, tr
from hmi.client.packml import state_word
from hmi.core.plant.model import Plant
from hmi.core.screens.model import Element
from hmi.core.screens.vocabulary import BADGE_BINDS, PACKML
from hmi.core.tags import Tag

PRESSED: Final = 1
_NO_NAMES: Final[Mapping[int, str]] = {}


def title_of(tag: Tag) -> str:
    """What a tag is called where there is little room: its description without what stands in brackets."""
    return plant_text(tag.description).partition(" (")[0] or tag.name


def choices_of(plant: Plant, tag: Tag, names: Mapping[int, str] = _NO_NAMES) -> Mapping[int, str]:
    """The values of a discrete command with their words, in the order of the file; empty where a value is typed.

    `names` are those that the device itself gives to the states of the tag: they do where no screen has words.
    """
    if is_momentary(plant, tag):
        labels = [element.label for element in _writing(plant, tag) if element.label]
        return {PRESSED: plant_text(labels[0]) if labels else tr("Trigger")}
    if tag.is_text:
        return {}
    words = words_of(plant, tag)
    if words:
        return words
    if tag.type == "bool":
        return {1: tr("On"), 0: tr("Off")}
    return names if tag.scale == 1.0 and not tag.offset else {}


def words_of(plant: Plant, tag: Tag) -> Mapping[int, str]:
    """What the values of a tag are called on the screen that commands it, or else on one that shows it."""
    for element in (*_writing(plant, tag), *_showing(plant, tag)):
        found = element.options.get("words")
        if found:
            return {int(value): plant_text(str(word)) for value, word in found.items()}
    return {}


def states_of(plant: Plant, tag: Tag) -> Mapping[int, str]:
    """What the values of a tag are called where it is read, not commanded: words of screens, or states of PackML."""
    if any(_says_packml(plant, tag, one) for one in _elements(plant)):
        return words_of(plant, tag) or {number: state_word(number) for number in PACKML}
    return words_of(plant, tag)


def is_momentary(plant: Plant, tag: Tag) -> bool:
    """Whether a command is a push: a method without a value, or a button that no screen shows the state of."""
    if tag.type != "bool":
        return False
    writing = list(_writing(plant, tag))
    if tag.access == "w":
        return True
    return bool(writing) and not any(
        element.binds.keys() - BADGE_BINDS.keys() or element.options.get("words") for element in writing
    )


def _says_packml(plant: Plant, tag: Tag, element: Element) -> bool:
    return any(
        bind.tag == tag.index and plant.symbols[element.symbol].binds.get(name) == "packml"
        for name, bind in element.binds.items()
    )


def _elements(plant: Plant) -> Iterator[Element]:
    for equipment in plant.equipment.values():
        if equipment.faceplate is not None and equipment.faceplate.operate is not None:
            yield from equipment.faceplate.operate.elements
    for screen in plant.screens.values():
        yield from screen.elements


def _writing(plant: Plant, tag: Tag) -> Iterator[Element]:
    return (element for element in _elements(plant) if element.write == tag.name)


def _showing(plant: Plant, tag: Tag) -> Iterator[Element]:
    """Elements that show nothing but this tag."""
    return (
        element
        for element in _elements(plant)
        if element.binds and all(bind.tag == tag.index for bind in element.binds.values())
    )
