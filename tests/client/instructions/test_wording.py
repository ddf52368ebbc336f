"""Instructions in the language of the window."""

from __future__ import annotations

import msgspec
import pytest

from hmi.client.instructions.wording import intro_of, listed, title_of
from hmi.client.language import speak
from hmi.core.steps.model import Wording


@pytest.fixture
def one(bench, desk):
    wording = Wording("Dichtung", hazards=("Heißes Wasser",))
    return msgspec.structs.replace(desk.plant.instructions["seal"], wordings={"de": wording})


def test_as_it_was_written(one):
    assert (title_of(one), listed(one, "hazards")) == ("Change the seal", ("Hot water",))


def test_in_the_language_of_the_window(one):
    speak("de")
    assert (title_of(one), listed(one, "hazards")) == ("Dichtung", ("Heißes Wasser",))
    assert intro_of(one) == one.intro  # not translated: as it was written
    assert listed(one, "ppe") == ("Gloves",)
