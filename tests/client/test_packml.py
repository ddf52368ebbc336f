"""States of machines in words."""

import pytest

from hmi.client.language import speak
from hmi.client.packml import state_word
from hmi.core.screens.vocabulary import PACKML


def test_in_english_they_are_called_as_the_standard_does() -> None:
    assert [state_word(number) for number in PACKML] == list(PACKML.values())


def test_a_machine_in_execute_runs_and_is_no_button() -> None:
    speak("de")
    assert state_word(6) == "Läuft"


@pytest.mark.parametrize("code", ["de", "zh"])
def test_every_state_has_a_word_of_its_own(code: str) -> None:
    speak(code)
    said = [state_word(number) for number in PACKML]
    assert len(set(said)) == len(PACKML)
    assert not any("PackML" in word for word in said)


def test_a_number_that_is_no_state_has_no_word() -> None:
    assert state_word(99) == ""
