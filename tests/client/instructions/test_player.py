"""The player by itself: which buttons a step has, and that nothing is sent without an answer."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtWidgets import QBoxLayout, QWidget

from hmi.client.instructions.player import Player
from hmi.client.instructions.work import Answer, Held
from hmi.client.language import speak
from hmi.core.steps.model import (
    Branch,
    Check,
    Choice,
    Loop,
    Number,
    Read,
    Sign,
    StepWording,
    Text,
    Timer,
    Verify,
    Wait,
    Wording,
)
from hmi.core.steps.model import Write as WriteStep
from tests.core.steps.floor import Floor


@pytest.fixture
def player(qtbot, bench, desk, work):
    host = QWidget()
    qtbot.addWidget(host)
    made = Player(desk, work, host)
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    yield made
    made.dispose()


def show(player, step, wordings=None, **more):
    """A job that is at this step."""
    floor = Floor(step, Read(id="z", title="Z"))
    floor.values["line.speed"] = floor.values["line.speed"].__class__(9.0)
    floor.start()
    procedure = msgspec.structs.replace(floor.procedure, wordings=wordings or {})
    player.work.held["j-1"] = Held(floor.job, procedure, **more)
    player.work.chosen = "j-1"
    player.show_job()


@pytest.mark.parametrize(
    ("step", "main"),
    [
        (Read(id="a", title="A"), "Done"),
        (Number(id="a", title="A"), "Done"),
        (Text(id="a", title="A"), "Done"),
        (Timer(id="a", title="A", seconds=5), "Start the time"),
        (Verify(id="a", title="A", needs="line.speed < 1"), "Check it"),
        (WriteStep(id="a", title="A", tag="pump.speed", value=1, confirm="Sure"), "Send"),
        (Check(id="a", title="A"), ""),
        (Choice(id="a", title="A", choices=("x", "y")), ""),
        (Wait(id="a", title="A", until="line.speed < 1"), ""),
        (Branch(id="a", title="A", when="line.speed < 1", to="z"), ""),
        (Loop(id="a", title="A", from_="a", again="More?"), ""),
    ],
)
def test_the_main_button_says_what_it_does(player, step, main):
    show(player, step)
    assert player.title.whole == "A" or isinstance(step, Branch)
    if player.held.step is step or main:
        assert player.main.isVisible() == bool(main)
        if main:
            assert player.main.text() == main


def test_a_step_without_an_answer_cannot_be_sent(player):
    show(player, Number(id="a", title="A"))
    assert not player.main.isEnabled()
    player.go_on()
    assert player.work.deeds == []
    player.entry.field.setText("5")
    assert player.main.isEnabled()


def test_where_nobody_can_sign_the_fields_are_not_there(player):
    show(player, Sign(id="a", title="A"))
    assert not player.entry.isVisible() and "Nobody can sign in here yet" in player.told.whole
    show(player, Sign(id="b", title="A"), can_sign=True)
    assert player.entry.isVisible()


def test_what_a_policy_wants_confirmed_is_confirmed_by_the_next_press(player, bench):
    show(player, WriteStep(id="a", title="A", tag="pump.speed", value=1))
    player._answered(Answer("j-1", False, "Produkt geht verloren", "policy", ("confirm",), "Product is lost"))
    assert player.told.whole == "Produkt geht verloren. Press once more to confirm."
    player.go_on()
    assert bench.engine.requests[-1].args["confirmed"] == "Product is lost"


def test_answers_to_other_jobs_are_not_its_own(player):
    show(player, Read(id="a", title="A"))
    player._answered(Answer("j-2", False, "not here"))
    assert player.told.whole == ""


def test_the_picture_stands_beside_the_text_where_there_is_room(player):
    player.resize(1100, 700)
    assert player.body.direction() == QBoxLayout.Direction.LeftToRight
    player.resize(500, 700)
    assert player.body.direction() == QBoxLayout.Direction.TopToBottom


def test_an_optional_step_is_left_out_without_a_word(player, bench):
    show(player, Read(id="a", title="A", optional=True))
    player.others["skip"].click()
    assert bench.engine.requests[-1].args["act"] == "skip"


def test_nothing_is_shown_of_a_job_that_is_still_being_read(player):
    player.work.held["x"] = Held(Floor(Read(id="a", title="A")).job)
    player.work.chosen = "x"
    player.show_job()
    player.pulse()
    player.go_on()
    assert player.head.whole == "Reading …" and not player.step_part.isVisible()


def test_the_step_is_said_in_the_language_of_the_window_and_answered_as_it_was_written(player, bench):
    step = Choice(id="a", title="Cause", choices=("Worn", "Torn"), hazard="Hot")
    german = Wording(
        "Dichtung", steps={"a": StepWording("Ursache", hazard="Heiß", choices=("Verschlissen", "Gerissen"))}
    )
    speak("de")
    show(player, step, wordings={"de": german})
    assert (player.title.whole, player.hazard_text.whole) == ("Ursache", "Heiß")
    assert "Dichtung" in player.head.whole
    assert [one.text() for one in player.entry.buttons] == ["Verschlissen", "Gerissen"]
    assert [one.property("answer") for one in player.entry.buttons] == ["Worn", "Torn"]


def test_why_the_machine_is_not_so_is_said_in_that_language_too(player):
    step = Verify(id="a", title="Stands", needs="line.speed < 1", blocked="The pump turns")
    german = Wording("Dichtung", steps={"a": StepWording("Steht", blocked="Die Pumpe dreht")})
    speak("de")
    show(player, step, wordings={"de": german})
    player._answered(Answer("j-1", False, "The pump turns", "failed"))
    assert player.told.whole == "Die Pumpe dreht"
    player._answered(Answer("j-1", False, "Something else", "failed"))
    assert player.told.whole == "Something else"
