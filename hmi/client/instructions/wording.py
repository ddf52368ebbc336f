"""Instructions in the language of the window, where their files have it."""

from __future__ import annotations

from hmi.client.language import plant_text, spoken
from hmi.core.steps.model import Instruction


def title_of(one: Instruction) -> str:
    """What an instruction is called."""
    found = one.wording(spoken())
    return found.title if found else plant_text(one.title)


def intro_of(one: Instruction) -> str:
    """What it begins with."""
    found = one.wording(spoken())
    return found.intro if found and found.intro else one.intro


def listed(one: Instruction, what: str) -> tuple[str, ...]:
    """One of its lists: hazards, ppe, tools or parts."""
    found = one.wording(spoken())
    said: tuple[str, ...] = getattr(found, what) if found else ()
    own: tuple[str, ...] = getattr(one, what)
    return said or tuple(plant_text(text) for text in own)
