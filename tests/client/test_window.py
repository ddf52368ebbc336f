"""The window as a whole: before an engine is there, while it is, and when it comes back as another."""

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication

from hmi.client.language import speak
from hmi.client.layout import Layout, LayoutFile, Spot
from hmi.client.style import dress
from hmi.client.theme import day
from hmi.client.window import Window
from hmi.client.wire import Wire
from hmi.link.messages import Reply


def test_before_an_engine_is_there_it_says_what_it_waits_for(qtbot, engine, clock):
    engine.up = False
    wire = Wire(engine.open_link, clock)
    window = Window(wire, clock, day())
    qtbot.addWidget(window)
    wire.start()
    assert window.currentWidget() is window.waiting
    assert "hmi engine PLANT" in window.waiting.detail.whole
    engine.up = True
    qtbot.waitUntil(lambda: window.shell is not None, timeout=5000)
    assert window.currentWidget() is window.shell
    assert window.windowTitle() == "Small plant"
    window.stop()


def test_an_engine_with_another_plant_gets_new_screens_at_the_same_place(qtbot, window, engine, other_files):
    window.shell.go("tank")
    before = window.shell
    engine.hang_up()
    window.frame.beat()
    engine.start(other_files)
    qtbot.waitUntil(lambda: window.wire.state == "linked", timeout=5000)
    assert window.shell is not before
    assert window.shell.page.key == "tank"
    assert "pump" not in window.shell.navigation.buttons


def test_the_same_plant_keeps_its_screens(qtbot, window, engine):
    before = window.shell
    engine.hang_up()
    window.frame.beat()
    engine.up = True
    qtbot.waitUntil(lambda: window.wire.state == "linked", timeout=5000)
    assert window.shell is before
    window.frame.beat()
    assert before.notice.isHidden()


def test_it_opens_with_the_screen_asked_for(qtbot, engine, clock):
    wire = Wire(engine.open_link, clock)
    window = Window(wire, clock, day(), screen="pump")
    qtbot.addWidget(window)
    wire.start()
    assert window.shell.page.key == "pump"
    window.stop()


def test_closing_it_stops_clock_and_wire(qtbot, window):
    window.frame.start()
    window.close()
    assert not window.frame._timer.isActive()
    assert window.shell is None


def test_it_tells_the_operator_in_one_line(window):
    window.tell("something went wrong")
    assert window.shell.banner.told.whole == "Something went wrong"


# ---------------------------------------------------------------------------- language, theme, stations


@pytest.fixture
def german(window):
    """The window after the change to German; English again afterwards."""
    window.shell.go("tank")
    window.shell.go("pump")
    window.shell.back()
    window.change_language("de")
    yield window
    speak("en")


def test_another_language_keeps_the_page_and_the_way_back_and_forward(german):
    shell = german.shell
    assert shell.page.key == "tank"
    assert shell.navigation.buttons[":alarms"].text() == "Alarme"
    shell.forward()
    assert shell.page.key == "pump"
    shell.back()
    shell.back()
    assert shell.page.key == "overview"


def test_a_command_under_way_ends_after_the_language_has_changed(window, engine):
    asked = []
    engine.answers["write"] = asked.append
    tag = window.shell.desk.plant.tag("pump.speed")
    window.shell.commands.write(tag, 20.0, "more")
    window.frame.beat()
    window.change_language("de")
    assert tag.index in window.wire.mirror.pending
    ended = []
    window.shell.commands.ended.connect(lambda *what: ended.append(what))
    engine.say(Reply(asked[0].number, True, "written and read back", {"outcome": "confirmed"}))
    window.frame.beat()
    assert tag.index not in window.wire.mirror.pending
    assert ended[0][1] == "confirmed"
    window.change_language("en")


def test_before_an_engine_is_there_the_language_can_change_too(qtbot, engine, clock):
    engine.up = False
    wire = Wire(engine.open_link, clock)
    window = Window(wire, clock, day())
    qtbot.addWidget(window)
    wire.start()
    window.change_language("de")
    assert window.waiting.headline.whole == "Warten auf die Engine"
    window.change_language("en")
    window.stop()


@pytest.mark.parametrize(("kind", "touch"), [("desk", False), ("tablet", True), ("panel", True)])
def test_the_kind_of_the_station_decides_on_the_frame(qtbot, engine, clock, kind, touch):
    files = {
        **engine.files,
        "plant.toml": engine.files["plant.toml"] + f'\n[[station]]\nid = "here"\nkind = "{kind}"\n',
    }
    engine.start(files)
    wire = Wire(engine.open_link, clock)
    window = Window(wire, clock, day(), station="here")
    qtbot.addWidget(window)
    wire.start()
    assert (window.shell.bottom is not None) == touch
    assert window.shell.navigation.isHidden() == touch
    window.stop()
    dress(QApplication.instance(), day(), False)


# ------------------------------------------------------------------------------- what is remembered


def opened(qtbot, engine, clock, memory, screen=""):
    wire = Wire(engine.open_link, clock)
    window = Window(wire, clock, day(), screen=screen, memory=memory)
    qtbot.addWidget(window)
    window.put_back()
    window.show()
    wire.start()
    return window


def test_windows_stand_and_show_what_they_did_before(qtbot, engine, clock, tmp_path):
    path = tmp_path / "layout.json"
    first = opened(qtbot, engine, clock, LayoutFile(path))
    first.setGeometry(40, 50, 700, 520)
    first.shell.go("tank")
    first.open_aside("pump").setGeometry(60, 70, 500, 400)
    first.close()
    second = opened(qtbot, engine, clock, LayoutFile(path))
    assert second.geometry() == QRect(40, 50, 700, 520)
    assert second.shell.page.key == "tank"
    assert [(one.shell.page.key, one.geometry()) for one in second.asides] == [("pump", QRect(60, 70, 500, 400))]
    second.stop()


def test_a_screen_that_was_asked_for_comes_before_the_last_one(qtbot, engine, clock, tmp_path):
    path = tmp_path / "layout.json"
    LayoutFile(path).write(Layout(plant="small", windows=(Spot("tank"),)))
    window = opened(qtbot, engine, clock, LayoutFile(path), screen="pump")
    assert window.shell.page.key == "pump"
    window.stop()


def test_what_was_remembered_of_another_plant_does_not_count(qtbot, engine, clock, tmp_path):
    path = tmp_path / "layout.json"
    LayoutFile(path).write(Layout(plant="other", windows=(Spot("tank"), Spot("pump"))))
    window = opened(qtbot, engine, clock, LayoutFile(path))
    assert (window.shell.page.key, window.asides) == ("overview", [])
    window.stop()


def test_what_has_changed_is_on_disk_ten_seconds_later(qtbot, engine, clock, tmp_path):
    file = LayoutFile(tmp_path / "layout.json")
    window = opened(qtbot, engine, clock, file)
    window.shell.go("tank")
    for _ in range(20):
        window.pulse(True)
    assert LayoutFile(file.path).read().windows[0].screen == "tank"
    window.stop()
