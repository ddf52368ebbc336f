"""What the engine says is known by its wording: a sentence that is reworded there is missed here."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import numpy as np
import pytest

from hmi.client.language import speak, texts_of
from hmi.client.sentences import COUNTED, SENTENCES, in_words, said
from hmi.core import quality as q
from hmi.core.batch import Batch
from hmi.core.expr import compile as expression
from hmi.core.policy import Asked, Interlock, Policy, Snapshot, decide
from hmi.core.tags import Tag, TagTable
from hmi.engine.requests import _ALARM_ACTS
from hmi.link.messages import Reply

HMI = Path(__file__).parents[2] / "hmi"
PLACES = re.compile(r"\{\w*\}")


def plainly(template: str) -> str:
    return PLACES.sub("{}", template).replace("{}{}", "{}")


def text_of(node: ast.AST) -> str:
    """A string of the source, every place in it `{}`, quoted or not."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return PLACES.sub("{}", re.sub(r"\{[^}]*\}", "{}", node.value))
    if isinstance(node, ast.JoinedStr):
        text = "".join(text_of(part) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        return text.replace("{}{}", "{}")
    return ""


@pytest.fixture(scope="module")
def spoken_by_the_engine() -> list[str]:
    """Every text in the program beside the window, in the wire, and of the files that an export writes."""
    files = [path for path in HMI.rglob("*.py") if "client" not in path.parts]
    files += [HMI / "client" / "wire.py", HMI / "client" / "trends" / "export_files.py"]
    return [text for path in files for node in ast.walk(ast.parse(path.read_text())) if (text := text_of(node))]


@pytest.mark.parametrize("template", SENTENCES)
def test_the_program_still_says_so(template: str, spoken_by_the_engine: list[str]) -> None:
    assert any(plainly(template) in text for text in spoken_by_the_engine), template


def test_every_deed_to_alarms_has_its_word() -> None:
    assert set(COUNTED) == {"acknowledged", *_ALARM_ACTS.values()}


@pytest.mark.parametrize("code", ["de", "zh"])
def test_every_sentence_is_translated(code: str) -> None:
    wanted = {*SENTENCES, *(f"{{n}} {word}" for word in COUNTED)}
    assert wanted - texts_of(code).keys() == set()


TAG = Tag(0, "pump.speed", "line", "ns=2;s=Speed", "float64", unit="1/min", low=0.0, high=60.0, access="rw")
DOOR = Tag(1, "door.open", "line", "ns=2;s=Door", "bool")


def refused(policy: Policy, asked: Asked, quality: int = q.GOOD, **now: object) -> str:
    """What the gate says to a wish, as the engine says it."""
    table = TagTable((TAG, DOOR))
    table.apply(Batch.of([0, 1], [10.0, 1.0], 1, 1, quality))
    seen = Snapshot(table.value, table.quality, lambda tag: 5.0, **now)
    decision = decide(TAG, (policy,), asked, seen)
    assert not decision.allowed
    return decision.text


CLOSED = Interlock(expression("not door.open", {"door.open": 1}), "The guard door is open: close it first")
OPERATOR = Asked(value=20.0, why="more", role="operate", station_kind="desk", confirmed=True)


@pytest.mark.parametrize(
    ("policy", "asked", "now"),
    [
        (Policy(), Asked(99.0, "", "operate", "desk"), {}),
        (Policy(), Asked("fast", "", "operate", "desk"), {}),
        (Policy(), Asked(20.0, "", "view", "desk"), {}),
        (Policy(stations=("panel",)), Asked(20.0, "", "operate", "desk"), {}),
        (Policy(reason=True), Asked(20.0, "", "operate", "desk"), {}),
        (Policy(high=15.0), OPERATOR, {}),
        (Policy(), OPERATOR, {"quality": q.BAD_SENSOR_FAILURE}),
        (Policy(fresh_s=1.0), OPERATOR, {}),
        (Policy(max_step=2.0), OPERATOR, {}),
        (Policy(interlocks=(CLOSED,)), OPERATOR, {}),
        (Policy(), OPERATOR, {"busy": True}),
        (Policy(max_per_min=1), OPERATOR, {"lately": 1}),
        (Policy(confirm="All bottles are lost"), Asked(20.0, "", "operate", "desk"), {}),
    ],
)
@pytest.mark.parametrize("code", ["de", "zh"])
def test_every_refusal_is_said_in_the_operators_language(code: str, policy: Policy, asked: Asked, now: dict) -> None:
    text = refused(policy, asked, **now)
    speak(code, {code: {"The guard door is open: close it first": "TÜR", "All bottles are lost": "VERLUST"}})
    told = said(text)
    assert "nothing was sent" in text
    assert not re.search(r"\b(nothing|the|is|not|than)\b", told), told
    for fixed in re.findall(r"pump\.speed|\d+", text):
        assert fixed in told


def test_what_stands_in_a_sentence_is_translated_too() -> None:
    text = refused(Policy(interlocks=(CLOSED,)), OPERATOR)
    speak("de", {"de": {"The guard door is open: close it first": "Die Schutztür ist offen: zuerst schließen"}})
    assert said(text) == (
        "Die Schutztür ist offen: zuerst schließen. Von einer Verriegelung blockiert: nichts wurde gesendet"
    )


def test_several_things_in_one_answer_are_said_one_by_one() -> None:
    speak("de")
    told = said("2 acknowledged; tank.level.hh is normal: there is nothing to acknowledge")
    assert told == "2 quittiert; tank.level.hh ist normal: es gibt nichts zu quittieren"


def test_in_english_nothing_is_touched() -> None:
    reply = Reply(1, False, "no answer", {})
    assert in_words(reply) is reply


def test_what_is_not_known_stays_as_it_came() -> None:
    speak("de")
    strange = "A thing {that} nobody %s has ever said"
    assert said(strange) == strange
    endless = "is " * 5000
    assert said(endless) == endless


def test_an_answer_keeps_all_but_its_text() -> None:
    speak("de")
    told = in_words(Reply(7, False, "no answer", {"outcome": "unknown", "x": np.int64(3)}))
    assert (told.number, told.ok, told.text, told.body["outcome"]) == (7, False, "keine Antwort", "unknown")
