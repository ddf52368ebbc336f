"""What the window of a command looks like."""

import pytest

from hmi.client.commandform import BARRED, CONFIRM, END, SAY, CommandForm
from hmi.client.hold import HoldButton
from hmi.client.language import speak
from hmi.client.page import Words


def form_of(qtbot, desk, name):
    made = CommandForm(desk, desk.plant.tag(name))
    qtbot.addWidget(made)
    return made


def captions(form, step):
    return [label.whole for label in form.steps.widget(step).findChildren(Words)]


def test_every_step_has_its_way_out(qtbot, desk):
    form = form_of(qtbot, desk, "pump.speed")
    assert [button.text() for button in form.cancel_buttons] == ["Cancel", "Cancel", "Close", "Close"]
    assert form.steps.count() == 4


def test_a_number_has_a_range_a_switch_has_none(qtbot, desk):
    number, switch = form_of(qtbot, desk, "pump.speed"), form_of(qtbot, desk, "pump.running")
    assert "0.0 to 60.0 1/min" in captions(number, SAY)
    assert "Range: 0.0 to 60.0 1/min" in captions(number, CONFIRM)
    assert "Range" not in captions(switch, SAY)


def test_the_last_step_shows_what_the_plant_reads_and_the_barred_one_why_not(qtbot, desk):
    form = form_of(qtbot, desk, "pump.speed")
    assert "On the plant now" in captions(form, END)
    assert "You cannot command this from here" in captions(form, BARRED)


def test_at_a_desk_execute_is_clicked_on_a_tablet_it_is_held(qtbot, desk):
    assert not isinstance(form_of(qtbot, desk, "pump.speed").execute, HoldButton)
    desk.touch = True
    tablet = form_of(qtbot, desk, "pump.speed")
    assert isinstance(tablet.execute, HoldButton)
    assert tablet.execute.text() == "Hold to execute"


@pytest.mark.parametrize(("language", "said"), [("de", "Ausführen"), ("zh", "执行")])
def test_it_speaks_the_operators_language(qtbot, desk, language, said):
    speak(language)
    try:
        form = form_of(qtbot, desk, "pump.speed")
    finally:
        speak("en")
    assert form.execute.text() == said
    english = {"Now", "New value", "Range", "Why", "Nothing has been sent yet.", "On the plant now"}
    assert not english & {text for step in range(4) for text in captions(form, step)}
