"""What the engine refuses in jobs, in the language of the window: said by the engine's own code, understood here."""

from __future__ import annotations

import pytest

from hmi.client.instructions.refusals import SENTENCES
from hmi.client.language import speak, texts_of
from hmi.client.sentences import said
from hmi.core.steps.answers import Refused, answered
from hmi.core.steps.model import Check, Number, Read, Scan, Sign
from tests.core.steps.floor import Floor


def refused(step, value, why=""):
    with pytest.raises(Refused) as caught:
        answered(step, value, why, None)
    return str(caught.value)


@pytest.mark.parametrize(
    ("step", "value", "german"),
    [
        (
            Number(id="n", title="N", unit="bar", low=1.0),
            0.5,
            "0.5 bar liegt unter 1 bar: noch einmal messen oder begründen",
        ),
        (
            Number(id="n", title="N", high=5.0, outside="refuse"),
            7,
            "7 liegt über 5: so geht der Ablauf nicht weiter. Beheben und noch einmal messen",
        ),
        (Number(id="n", title="N"), "x", "Das ist keine Zahl: wie 12,5 schreiben"),
        (
            Check(id="c", title="C", expect="yes"),
            "no",
            "Nein ist nicht, wie es sein soll: noch einmal tun oder begründen",
        ),
        (Scan(id="s", title="S", expect="A-1"), "B-2", "Das ist B-2, nicht A-1: zur richtigen gehen und dort scannen"),
    ],
)
def test_a_wrong_answer(step, value, german):
    text = refused(step, value)
    speak("de")
    assert said(text) == german
    speak("zh")
    assert said(text) not in (text, german)
    speak("en")
    assert said(text) == text


def test_who_may_not_is_told_in_his_language():
    floor = Floor(Sign(id="s", title="S"), Read(id="r", title="R", role="engineer"))
    floor.start()
    with pytest.raises(Refused) as caught:
        floor.act("skip", why="no pen")
    speak("de")
    assert "Diesen Schritt auszulassen braucht die Rolle" in said(str(caught.value))


def test_every_sentence_is_there_in_each_language():
    for code in ("de", "zh"):
        assert set(SENTENCES) - texts_of(code).keys() == set()
