"""The language of the window."""

from collections.abc import Iterator

import pytest

from hmi.client import language
from hmi.client.language import plant_text, speak, tr


@pytest.fixture(autouse=True)
def english_after() -> Iterator[None]:
    yield
    speak("en")


def test_english_is_said_as_it_is_written() -> None:
    assert tr("Acknowledge") == "Acknowledge"
    assert tr("{n} alarms", n=3) == "3 alarms"


def test_another_language_is_spoken_from_the_change_on() -> None:
    speak("de")
    assert tr("Acknowledge") == "Quittieren"
    assert language.spoken() == "de"


def test_what_nobody_has_translated_stays_english() -> None:
    speak("de")
    assert tr("A sentence of no file") == "A sentence of no file"


def test_an_unknown_language_is_english() -> None:
    speak("xx")
    assert language.spoken() == "en"


def test_the_plants_own_words_come_from_its_files() -> None:
    speak("de", {"de": {"Filler": "Füller"}})
    assert (plant_text("Filler"), plant_text("Capper")) == ("Füller", "Capper")
