"""The plant's files change under an open window: new screens, the same values, and nobody's hands are disturbed."""

import gc

import numpy as np
import pytest

import hmi
from hmi.client.command import CommandDialog
from hmi.client.language import plant_text, speak
from hmi.client.shell import Shell
from hmi.core import quality as q
from hmi.core.plant import load
from hmi.link.messages import Alarms, Reply, Values, Welcome

ELEMENT = """
[[element]]
symbol = "value"
at = [300, 300]
label = "Temperature"
bind.value = "tank.temperature"
"""


def edited(engine, **more):
    """The plant's files with one more element on the tank's screen."""
    return {**engine.files, "screens/tank.toml": engine.files["screens/tank.toml"] + ELEMENT, **more}


def renew(engine, files):
    """What the engine tells its clients when the files show something else."""
    engine.files, engine.plant = files, load(files, engine.library)
    engine.say(Welcome(1, files, engine.library, engine.plant.digest, engine.clock.now_ns(), hmi.__version__))
    engine.say(Values.of(engine.table.rows(np.arange(len(engine.table))), engine.clock.now_ns(), snapshot=True))
    engine.say(Alarms(tuple(engine.alarms.values()), snapshot=True))


@pytest.fixture
def live(window, engine):
    """The window on the tank's screen, reached by way of the pump's, with every value live."""
    engine.health()
    window.shell.go("pump")
    window.shell.go("tank")
    window.frame.beat()
    return window


def quality(window):
    return q.worst(window.wire.mirror.table.quality)


def test_the_new_element_is_there_and_one_is_where_one_was(live, engine):
    before, files, shown = live.shell, engine.files, live.shell.page.mimic.grab().toImage()
    renew(engine, edited(engine))
    live.frame.beat()
    assert live.shell is not before
    assert live.shell.page.key == "tank"
    assert len(live.shell.desk.plant.screens["tank"].elements) == 2
    assert live.shell.page.mimic.grab().toImage() != shown
    assert "files have changed" in live.shell.banner.told.whole
    live.shell.back()
    assert live.shell.page.key == "pump"
    live.shell.back()
    assert live.shell.page.key == "overview"
    live.shell.go("tank")
    renew(engine, files)
    live.frame.beat()
    assert live.shell.page.mimic.grab().toImage() == shown


def test_values_stay_live_without_a_gap(live, engine):
    mirror, seen = live.wire.mirror, []
    worst = quality(live)
    live.wire.plant_changed.connect(lambda _: seen.append((mirror.link_down, quality(live))))
    renew(engine, edited(engine))
    live.frame.beat()
    assert live.wire.mirror is mirror
    assert seen == [(False, worst)]
    engine.set({"tank.level": 77.0})
    live.frame.beat()
    assert mirror.table.value[live.wire.plant.tag_index["tank.level"]] == 77.0
    assert live.shell.notice.isHidden()


def test_alarms_stand_as_they_did(live, engine):
    engine.alarm(0, "unacknowledged")
    live.frame.beat()
    renew(engine, edited(engine))
    live.frame.beat()
    assert live.shell.summary.top.rule == 0


def test_a_horn_that_was_silenced_stays_silent(live, engine, clock):
    engine.alarm(0, "unacknowledged", occurrence=1)
    live.frame.beat()
    live.pulse(True)
    assert live.calls.sounding
    live.calls.silence()
    played = []
    live.calls.horn.play = played.append
    renew(engine, edited(engine))
    live.frame.beat()
    live.pulse(True)
    assert played == [] and live.shell.desk.calls is live.calls
    clock.advance(1.5)
    engine.alarm(1, "unacknowledged", occurrence=1)
    live.frame.beat()
    live.pulse(True)
    assert played  # a new one is heard


def test_a_screen_that_is_gone_is_left(live, engine):
    files = {name: text for name, text in engine.files.items() if name not in ("screens/tank.toml", "alarms.toml")}
    files["alarms.toml"] = engine.files["alarms.toml"].replace('screen = "tank"', 'screen = "overview"')
    renew(engine, files)
    live.frame.beat()
    assert live.shell.page.key == "overview"
    assert "tank" not in live.shell.navigation.buttons


def test_a_command_under_way_is_told_its_end(live, engine):
    asked, ended = [], []
    engine.answers["write"] = asked.append
    tag = live.shell.desk.plant.tag("pump.speed")
    live.shell.commands.write(tag, 20.0, "more")
    live.frame.beat()
    renew(engine, edited(engine))
    live.frame.beat()
    assert tag.index in live.wire.mirror.pending
    live.shell.commands.ended.connect(lambda *what: ended.append(what))
    engine.say(Reply(asked[0].number, True, "written and read back", {"outcome": "confirmed"}))
    live.frame.beat()
    assert ended[0][1] == "confirmed"
    assert tag.index not in live.wire.mirror.pending


def test_a_dialog_is_not_torn_from_ones_hands(live, engine):
    live.shell.open_command("pump.speed")
    dialog, before = live.shell.findChild(CommandDialog), live.shell
    renew(engine, edited(engine))
    live.frame.beat()
    live.pulse(True)
    assert live.shell is before and dialog.isVisible()
    engine.set({"tank.level": 55.0})
    live.frame.beat()
    assert live.wire.mirror.table.value[0] == 55.0
    dialog.close()
    live.pulse(True)
    assert live.shell is not before
    assert len(live.shell.desk.plant.screens["tank"].elements) == 2


def test_an_overlay_stays_until_it_is_closed(live, engine):
    live.shell.above.keys()
    before = live.shell
    renew(engine, edited(engine))
    live.frame.beat()
    assert live.shell is before
    live.shell.above.clear()
    live.pulse(True)
    assert live.shell is not before


def test_further_windows_show_it_too_and_their_commands_go_on(live, engine):
    asked = []
    engine.answers["write"] = asked.append
    aside = live.open_aside("tank")
    tag = live.shell.desk.plant.tag("pump.speed")
    aside.shell.commands.write(tag, 20.0, "more")
    live.frame.beat()
    renew(engine, edited(engine))
    live.frame.beat()
    assert aside.shell.page.key == "tank"
    assert len(aside.shell.desk.plant.screens["tank"].elements) == 2
    engine.say(Reply(asked[0].number, True, "written and read back", {"outcome": "confirmed"}))
    live.frame.beat()
    assert tag.index not in live.wire.mirror.pending


def test_a_translation_of_the_plant_is_spoken_at_once(live, engine):
    live.change_language("de")
    renew(engine, edited(engine, **{"lang/de.toml": '"Tank" = "Behälter"\n'}))
    live.frame.beat()
    assert plant_text("Tank") == "Behälter"
    live.change_language("en")
    speak("en")


def test_no_window_inside_from_before_is_kept(qtbot, live, engine):
    plain, changed = engine.files, edited(engine)
    live.open_aside("tank")
    for files in (changed, plain, changed):
        renew(engine, files)
        live.frame.beat()

    def left():
        gc.collect()
        return {id(one) for one in gc.get_objects() if type(one) is Shell} == {id(one) for one in live.shells()}

    qtbot.waitUntil(left, timeout=5000)


def test_a_plant_that_runs_otherwise_begins_anew(live, engine):
    before = live.wire.mirror
    files = {**engine.files, "tags.csv": engine.files["tags.csv"].replace("Tank level", "Level of the tank")}
    renew(engine, files)
    live.frame.beat()
    assert live.wire.mirror is not before
    assert not live.wire.mirror.link_down  # every value came with it
    assert live.shell.desk.mirror is live.wire.mirror


def test_silence_in_between_ends_with_the_news(live, engine, clock):
    clock.advance(2.5)
    live.frame.beat()
    assert live.wire.mirror.link_down
    renew(engine, edited(engine))
    live.frame.beat()
    assert not live.wire.mirror.link_down
    assert live.shell.notice.isHidden()
