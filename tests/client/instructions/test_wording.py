"""Instructions in the language of the window."""

from __future__ import annotations

import msgspec
import pytest

from hmi.client.instructions.wording import intro_of, step_words, title_of
from hmi.client.language import speak
from hmi.core.steps.model import Wording


@pytest.fixture
def one(bench, desk):
    plant = desk.plant
    found = msgspec.structs.replace(
        plant.instructions["seal"],
        wordings={"de": Wording("Dichtung", "", {"put_on_gloves": ("Handschuhe", "Beide.")})},
    )
    object.__setattr__(plant, "instructions", {"seal": found})
    return found


def test_as_it_was_written(one, desk):
    assert (title_of(one), step_words(desk, "seal", one.steps[1])[0]) == ("Change the seal", "Pressure")


def test_in_the_language_of_the_window(one, desk):
    speak("de")
    assert title_of(one) == "Dichtung"
    assert intro_of(one) == one.intro  # not translated: as it was written
    assert step_words(desk, "seal", one.steps[0]) == ("Handschuhe", "Beide.")
    assert step_words(desk, "seal", one.steps[1])[0] == "Pressure"


def test_a_job_of_an_older_revision_keeps_its_own_words(one, desk):
    """The translation is of the text that stands there now: it may say something else than what was begun."""
    speak("de")
    older = msgspec.structs.replace(one.steps[0], text="Only the left one")
    assert step_words(desk, "seal", older) == ("Put on gloves", "Only the left one")
    assert step_words(desk, "gone", older) == ("Put on gloves", "Only the left one")
