"""A whole job by touch on a tablet: wrong value, timer, a condition that fails, signatures, a link that is lost."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt

from hmi.client.instructions.entries import Buttons, Field, Signature
from hmi.client.page import INSTRUCTIONS
from tests.client.instructions.bench import told
from tests.engine.hall import GOOD, OTHER


def press(qtbot: Any, widget: Any) -> None:
    """A finger."""
    assert widget.isVisible() and widget.isEnabled(), widget.text()
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def hold(player: Any) -> None:
    """A finger that stays."""
    button = player.hold
    assert button.isVisible() and button.isEnabled()
    button.pressed.emit()
    button.desk.clock.advance(2.0)
    button.tick()
    button.released.emit()


def test_a_whole_job_by_touch(qtbot, bench, page, beat):
    bench.staff("ada", "kim")
    bench.release()
    page.work.start("seal", {"lot": "L7"})
    beat()
    player = page.player
    assert told(player.title) == "Put on gloves"
    assert "<b>now</b>" in player.text.toPlainText()  # markup of other kinds is text
    assert page.queue.isVisible() is False  # one thing at a time
    press(qtbot, player.main)
    beat()
    # a wrong value, typed on the pad: refused, measured again
    assert isinstance(player.entry, Field) and player.entry.pad is not None
    assert not player.main.isEnabled()
    press(qtbot, player.entry.pad.keys["9"])
    press(qtbot, player.main)
    beat()
    assert told(player.told) == "9 bar is above 5 bar: measure again, or give a reason"
    assert player.reason.isVisible()
    press(qtbot, player.cancel)
    player.entry.field.clear()
    press(qtbot, player.entry.pad.keys["4"])
    press(qtbot, player.main)
    beat()
    # a time
    assert told(player.title) == "Let it cool"
    press(qtbot, player.main)
    beat(10)
    assert told(player.told) == "50 s left of 1 min 00 s"
    assert not player.main.isVisible()
    beat(50)
    # a condition that does not hold, then does
    assert told(player.title) == "Pump stands"
    assert told(player.hazard_text) == "The shaft may still turn" and player.hazard.isVisible()
    assert told(player.live.holds) == "Not so yet"
    press(qtbot, player.main)
    beat()
    assert told(player.told) == "The pump still turns"
    bench.engine.set({"pump.speed": 0.0})
    beat()
    beat(3)
    assert told(player.live.holds) == "It is so"
    assert told(player.told) == ""  # nothing stands against it any longer
    press(qtbot, player.main)
    beat()
    # a value for the machine: held, not touched
    assert told(player.title) == "Slow it down"
    assert not player.main.isVisible()
    hold(player)
    beat()
    assert bench.driver.written == [("pump.speed", 5.0)]
    # signatures: the same person is no second one
    sign(qtbot, player, "kim", GOOD)
    beat()
    assert told(player.title) == "Checked by"
    sign(qtbot, player, "kim", GOOD)
    beat()
    assert told(player.told) == "Kim has done steps of this job: somebody else has to sign"
    sign(qtbot, player, "ada", OTHER)
    beat()
    assert player.ending.isVisible()
    assert told(player.ending.headline) == "The job is finished"
    assert told(player.ending.deviations) == "Without deviations"
    job = bench.job()
    assert (job.state, job.context, [e.signature.name for e in job.events if e.signature]) == (
        "finished",
        {"lot": "L7"},
        ["Kim Lund", "Ada Lund"],
    )


def sign(qtbot, player, name, secret):
    assert isinstance(player.entry, Signature)
    player.entry.name.setText(name)
    player.entry.secret.setText(secret)
    press(qtbot, player.main)


@pytest.mark.expect_log("the engine is not running", "link")
def test_what_is_done_while_the_link_is_away_is_kept_and_counts_when_it_is_back(qtbot, bench, page, beat):
    page.work.start("seal", {"lot": "L7"})
    beat()
    job = page.work.chosen
    bench.crash()
    beat()
    press(qtbot, page.player.main)
    beat()
    assert told(page.player.told) == "Kept: the engine gets it as soon as the link is back"
    assert not page.player.main.isEnabled()  # not twice
    bench.restart()
    page.desk.wire._connect()
    beat()
    beat()
    assert page.work.deeds == []
    assert told(page.player.title) == "Pressure"
    kinds = [event.kind for event in bench.reader.job(job).events]
    assert kinds == ["started", "answered"]


@pytest.mark.expect_log("link")
def test_an_answer_that_the_engine_had_before_it_died_is_not_done_twice(qtbot, bench, page, beat):
    page.work.start("seal", {"lot": "L7"})
    beat()
    answer = bench.engine.answers["job_act"]
    bench.engine.answers["job_act"] = lambda request: answer(request) and None  # it does it; the reply is lost
    press(qtbot, page.player.main)
    bench.engine.answers["job_act"] = answer
    bench.crash()
    beat()
    bench.restart()
    page.desk.wire._connect()
    beat()
    beat()
    assert (page.work.deeds, told(page.player.title)) == ([], "Pressure")
    assert [event.kind for event in bench.job().events] == ["started", "answered"]


def test_a_window_that_is_opened_anew_goes_on_where_the_job_stands(qtbot, bench, page, beat):
    page.work.start("seal", {"lot": "L7"})
    beat()
    press(qtbot, page.player.main)
    beat()
    page.work.held.clear()
    page.work.choose("")
    beat()
    assert page.queue.isVisible() and page.queue.jobs == [bench.job().id]
    page.queue.open_table.clicked.emit(page.queue.open_model.index(0, 0))
    beat()
    assert told(page.player.title) == "Pressure"


def test_another_person_at_another_station_has_done_the_step(qtbot, bench, page, beat):
    page.work.start("seal", {"lot": "L7"})
    beat()
    job = bench.room.find(page.work.chosen).job
    other = {"job": job.id, "act": "do", "step": job.at, "turn": job.turn}
    bench.loop.run_until_complete(bench.verbs["job_act"](bench.engine.sessions[0], other))
    press(qtbot, page.player.main)  # the window does not know it yet
    beat()
    assert "this step was done by anna" in told(page.player.told)
    assert told(page.player.title) == "Pressure"


def test_leaving_out_needs_a_reason_and_a_remark_is_kept(qtbot, bench, page, beat):
    page.work.start("seal", {"lot": "L7"})
    beat()
    player = page.player
    press(qtbot, player.others["note"])
    assert not player.main.isEnabled() and player.reason.placeholderText() == "What was noticed?"
    player.reason.setText("oil on the floor")
    press(qtbot, player.main)
    beat()
    press(qtbot, player.others["skip"])
    player.reason.setText("no gloves left")
    press(qtbot, player.main)
    beat()
    assert "Leaving this step out needs the role maintain" in told(player.told)
    press(qtbot, player.cancel)
    press(qtbot, player.others["abandon"])
    player.reason.setText("line is down")
    press(qtbot, player.main)
    beat()
    assert told(player.ending.headline) == "The job was given up"
    assert [event.kind for event in bench.job().events] == ["started", "noted", "abandoned"]


def test_it_is_a_place_of_the_tablet_and_a_job_begins_from_its_sheet(qtbot, bench, tablet):
    tablet.shell.go(INSTRUCTIONS)
    page = tablet.shell.page
    for _ in range(4):
        bench.beat()
        tablet.frame.beat()
    assert page.ready()
    assert page.queue.instructions == ["seal", "read-me"]
    page.queue.table.clicked.emit(page.queue.model.index(0, 0))
    sheet = tablet.shell.above.overlay
    press(qtbot, sheet.begin)
    assert told(sheet.told) == "Fill in first: Lot"
    sheet.fields["lot"].setText("L9")
    press(qtbot, sheet.begin)
    for _ in range(4):
        bench.beat()
        tablet.frame.beat()
    assert tablet.shell.above.overlay is None
    assert told(page.player.title) == "Put on gloves"
    assert bench.job().context == {"lot": "L9"}
    page.player.left.emit()
    assert page.queue.isVisible() or page.side.isVisible()
    tablet.change_theme()
    tablet.change_theme()


def test_on_a_workstation_queue_and_player_stand_side_by_side(qtbot, bench, desk, beat, page):
    from hmi.client.instructions.page import InstructionsPage

    made = InstructionsPage(desk)
    qtbot.addWidget(made)
    made.resize(1300, 800)
    made.show()
    assert made.nothing.isVisible() and made.queue.isVisible()
    made.work.start("seal", {"lot": "L7"})
    beat()
    assert made.queue.isVisible() and made.player.isVisible() and not made.player.back.isVisible()
    made.work.start("read-me", {})
    beat()
    made.work.choose("")
    assert "can only be read" in told(made.nothing)
    asked = []
    made.asked.connect(asked.append)
    made.faceplate_asked.connect(asked.append)
    made.instruction_asked.connect(lambda name, *_: asked.append(name))
    for kind, name in (("screen", "tank"), ("screen", "x"), ("equipment", "x"), ("instruction", "seal"), ("http", "x")):
        made._go(kind, name)
    assert asked == ["tank", "seal"]
    made.dispose()


def test_choices_are_large_buttons(qtbot, bench, desk):
    from hmi.core.steps.model import Check

    entry = Buttons(desk, Check(id="a", title="A"), [("yes", "Yes"), ("no", "No")])
    qtbot.addWidget(entry)
    with qtbot.waitSignal(entry.given) as heard:
        entry.buttons[1].click()
    assert heard.args == ["no"]


def test_the_header_hears_of_the_tags_of_the_step(qtbot, bench, page, beat):
    assert page.tags().size == 0
    bench.staff("ada", "kim")
    bench.release()
    page.work.start("seal", {"lot": "L7"})
    beat()
    for act in ("do", "do"):
        page.work.act(page.work.held[page.work.chosen], act, 3.0)
        beat()
    page.work.act(page.work.held[page.work.chosen], "begin")
    beat(61)
    assert told(page.player.title) == "Pump stands"
    assert page.tags().tolist() == [page.desk.plant.tag_index["pump.speed"]]


@pytest.mark.expect_log("the engine is not running", "link")
def test_a_job_that_somebody_began_is_told_to_wait_for_him(qtbot, bench, page, beat):
    bench.crash()
    beat()
    page.work.start("seal", {"lot": "L7"})
    page.work.desk.user = "kim"  # somebody else sits there now
    bench.restart()
    page.desk.wire._connect()
    beat()
    assert told(page.nothing).startswith("Kept, but not sent: anna has to sign in")
    assert list(bench.room.going) == []
    page.work.desk.user = "anna"
    beat()
    page.work._send()
    beat()
    assert len(bench.room.going) == 1
