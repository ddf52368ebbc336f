"""An instruction over the page: what it takes, read before it is started."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import Qt

from hmi.client.language import speak
from hmi.core.steps.model import Release, StepWording, Wording


@pytest.fixture
def above(bench, window):
    for _ in range(3):
        bench.beat()
        window.frame.beat()
    return window.shell.above


def change(above, **more):
    """The instruction says something else."""
    plant = above.desk.plant
    object.__setattr__(plant, "instructions", {"seal": msgspec.structs.replace(plant.instructions["seal"], **more)})


def test_it_tells_what_it_takes_and_closes_by_key(qtbot, above):
    above.instruction("seal")
    sheet = above.overlay
    text = sheet.text.toPlainText()
    assert text.startswith("Dangers\nHot water") and "Gloves" in text and "Checked by" in text
    assert sheet._facts() == "revision 3 · draft · 7 steps · 12 min"
    qtbot.keyClick(sheet.text, Qt.Key.Key_Escape)
    assert above.overlay is None


def test_one_to_be_read_has_nothing_to_start(above):
    above.instruction("read-me")
    assert "To be read." in above.overlay.text.toPlainText()
    assert not above.overlay.begin.isVisible()
    above.clear()


def test_one_that_was_withdrawn_says_why(above):
    change(above, release=Release("withdrawn", why="wrong torque"))
    above.instruction("seal")
    assert not above.overlay.begin.isVisible()
    assert above.overlay.told.whole == "This instruction was withdrawn: wrong torque"
    above.clear()


def test_what_the_engine_refuses_is_said_there(above, bench, window):
    change(above, ask=())
    above.instruction("seal")
    sheet = above.overlay
    sheet.start()
    window.frame.beat()
    assert sheet.told.whole == "Lot must be known before it starts"  # the engine knows better than an old window
    assert sheet.begin.isEnabled()
    above.clear()


def test_in_another_language(above):
    wording = Wording("Dichtung wechseln", "Wozu.", {"put_on_gloves": StepWording("Handschuhe anziehen")})
    change(above, wordings={"de": wording})
    speak("de")
    above.instruction("seal")
    assert above.overlay.title.whole == "Dichtung wechseln"
    text = above.overlay.text.toPlainText()
    assert "Wozu." in text and "Handschuhe anziehen" in text and "Pressure" in text
    above.clear()


def test_links_lead_into_the_plant_and_nowhere_else(qtbot, above, window):
    above.instruction("seal")
    above._follow("equipment", "nothing")
    above._follow("https", "//x.y")
    assert above.overlay is not None
    above._follow("instruction", "read-me")
    assert above.overlay.title.whole == "Only a text"
    with qtbot.waitSignal(above.place_asked) as heard:
        above._follow("screen", "tank")
    assert heard.args == ["tank"]


def test_one_that_is_not_there_is_said_so(above, window):
    above.instruction("nothing")
    assert above.overlay is None
    assert "no instruction nothing" in window.shell.banner.told.whole


def test_a_job_that_is_started_from_an_alarm_and_at_a_machine_carries_both(above, bench, window):
    above.instruction("seal", "p-101", "tank.level.hh")
    sheet = above.overlay
    sheet.fields["lot"].setText("L7")
    sheet.start()
    for _ in range(3):
        window.wire.tick()
    assert bench.job().context == {"lot": "L7", "equipment": "p-101", "alarm": "tank.level.hh"}
    assert [row.id for row in bench.reader.find({"alarm": "TANK.level.hh"})] == [bench.job().id]
