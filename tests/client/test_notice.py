"""The strip above every page is there exactly while the plant is not seen, or its files are not what is shown."""

import msgspec

from hmi.client.language import speak
from hmi.link.messages import Health, PlantFiles, Reply


def tell(window, engine, *files):
    """The engine says how the plant's files stand."""
    say, engine.say = engine.say, lambda message: say(msgspec.structs.replace(message, plant_files=PlantFiles(*files)))
    engine.health()
    engine.say = say
    window.frame.beat()
    assert isinstance(window.wire.mirror.health, Health)
    return window.shell.notice


def test_it_comes_with_the_silence_and_goes_with_the_next_word(window, engine, clock):
    notice = window.shell.notice
    assert notice.isHidden()
    clock.advance(2.0)
    window.frame.beat()
    assert notice.isVisible()
    assert "nothing heard from the engine for 2 s" in notice.headline.whole
    engine.health()
    window.frame.beat()
    assert notice.isHidden()


def test_it_counts_the_seconds_and_says_what_to_do(window, engine, clock):
    engine.hang_up()
    window.frame.beat()
    clock.advance(61)
    window.frame.beat()
    notice = window.shell.notice
    assert "1 min 01 s" in notice.headline.whole
    assert "The engine has closed the link" in notice.detail.whole


MISTAKE = "screens/tank.toml:12: there is no tag tank.levle. Write tank.level"


def test_a_mistake_in_the_files_is_told_until_it_is_mended(window, engine):
    notice = tell(window, engine, "mistakes", MISTAKE, 2, "/plants/small")
    assert notice.isVisible()
    assert "the screens shown are those from before" in notice.headline.whole
    assert notice.detail.whole == f"{MISTAKE}. 2 more: hmi check /plants/small"
    assert not notice.mark.isVisible()  # no value has a bad quality because of it
    notice = tell(window, engine, "mistakes", MISTAKE, 0, "/plants/small")
    assert notice.detail.whole.endswith("the screens follow by themselves.")
    assert tell(window, engine, "current").isHidden()


def test_what_waits_for_the_restart_is_named(window, engine):
    notice = tell(window, engine, "restart", "tags, alarms", 0, "/plants/small")
    assert notice.isVisible()
    assert "itself runs (tags, alarms)" in notice.headline.whole
    assert "when the engine is restarted" in notice.detail.whole


def test_it_is_told_in_the_language_of_the_window(window, engine):
    window.change_language("de")
    notice = tell(window, engine, "restart", "tags, alarms", 0, "/plants/small")
    assert "(Variablen, Alarme)" in notice.headline.whole
    assert "neu gestartet" in notice.detail.whole
    window.change_language("en")
    speak("en")


def test_a_lost_link_comes_before_mistakes_in_files(window, engine, clock):
    notice = tell(window, engine, "mistakes", MISTAKE, 0, "/plants/small")
    clock.advance(3)
    window.frame.beat()
    assert "not seen" in notice.headline.whole
    assert notice.mark.isVisible()
    tell(window, engine, "mistakes", MISTAKE, 0, "/plants/small")
    assert "mistake" in notice.headline.whole


def test_a_locked_station_says_so_above_every_page(window, engine):
    engine.answers["lock"] = lambda request: Reply(request.number, True, "", {"person": None, "locked": True})
    window.shell.act("lock")
    window.shell.pulse(True)
    notice = window.shell.notice
    assert notice.isVisible() and "locked" in notice.headline.whole and "Ctrl+U" in notice.detail.whole
    assert window.shell.desk.role() == "view"
    window.shell.go(":alarms")
    assert window.shell.page.key == ":alarms", "one can go and look"
