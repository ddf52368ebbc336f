"""Instructions in the language of the window, where their files have it."""

from __future__ import annotations

from hmi.client.language import plant_text, spoken
from hmi.client.page import Desk
from hmi.core.steps.model import AnyStep, Instruction


def title_of(one: Instruction) -> str:
    """What an instruction is called."""
    found = one.wording(spoken())
    return found.title if found else plant_text(one.title)


def intro_of(one: Instruction) -> str:
    """What it begins with."""
    found = one.wording(spoken())
    return found.intro if found and found.intro else one.intro


def step_words(desk: Desk, instruction: str, step: AnyStep) -> tuple[str, str]:
    """Title and text of a step; as the job began with it where nobody translated that."""
    one = desk.plant.instructions.get(instruction)
    now = next((other for other in one.steps if other.id == step.id), None) if one is not None else None
    found = one.wording(spoken()) if one is not None else None
    if found is None or now is None or (now.title, now.text) != (step.title, step.text):
        return step.title, step.text
    return found.steps.get(step.id, (step.title, step.text))
