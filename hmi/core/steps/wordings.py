"""A step in the language of whoever does it, as the job began with it."""

from __future__ import annotations

import msgspec

from hmi.core.steps.model import AnyStep, Choice, Procedure, StepWording

_TEXTS = ("text", "hazard", "blocked", "confirm", "again")


def worded(procedure: Procedure, step: AnyStep, language: str) -> AnyStep:
    """The step with its texts in a language; what nobody has translated stays as it was written.

    The answers of a choice stay, too: they are what is recorded. See `labels`.
    """
    found = _wording(procedure, step, language)
    if found is None:
        return step
    said = {key: text for key in _TEXTS if hasattr(step, key) and (text := getattr(found, key))}
    return msgspec.structs.replace(step, title=found.title, **said)


def labels(procedure: Procedure, step: Choice, language: str) -> tuple[str, ...]:
    """What the answers of a choice are called, in their order."""
    found = _wording(procedure, step, language)
    fits = found is not None and len(found.choices) == len(step.choices)
    return found.choices if found is not None and fits else step.choices


def _wording(procedure: Procedure, step: AnyStep, language: str) -> StepWording | None:
    wording = procedure.wordings.get(language)
    return wording.steps.get(step.id) if wording is not None else None
