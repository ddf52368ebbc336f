"""Where no alarm can be heard, a mark says so for as long as that is so."""

from hmi.client.alarms.annunciator import Annunciator
from hmi.client.alarms.horn import Horn
from hmi.client.alarms.nosound import NoSound


def test_the_mark_is_there_while_nothing_plays_sounds(qtbot, desk):
    desk.calls = Annunciator(desk, Horn([("/no/such/player",)]))
    mark = NoSound(desk)
    qtbot.addWidget(mark)
    mark.refresh()
    assert not mark.isHidden()
    assert "No alarm can be heard" in mark.toolTip()
    assert mark.accessibleName() == mark.toolTip()
    assert not mark.grab().isNull()
    desk.calls.horn.fault = ""
    mark.refresh()
    assert mark.isHidden()


def test_the_banner_has_it(window, engine):
    banner = window.shell.banner
    assert banner.no_sound.isHidden()  # nobody listens to a window without a display
    window.calls.horn.fault = "No alarm can be heard"
    engine.alarm(0, "unacknowledged")
    window.frame.beat()
    assert not banner.no_sound.isHidden()
