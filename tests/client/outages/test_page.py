"""The fault console: what is broken stands first, with what it means and what to do; old news says that it is old."""

import pytest

from hmi.client.language import speak
from hmi.core import links
from hmi.link.messages import Health


@pytest.fixture
def page(window, engine, told):
    window.shell.go(":outages")
    window.frame.beat()
    window.shell.pulse(True)
    return window.shell.page


def beat(window):
    for _ in range(4):
        window.shell.pulse(True)
    window.frame.beat()
    window.shell.pulse(True)


def test_what_is_broken_stands_first_with_what_it_means_and_what_to_do(page):
    names = [row[0] for row in page.link_rows.rows]
    assert names[:2] == ["packer", "Plant server"]
    assert names[2:] == ["This window", "line", "Engine", "History", "Journal", "Certificates", "Clock", "Windows"]
    assert page.link_rows.rows[0][1:] == (
        "✕ Down",
        "2 min 00 s",
        "None of its values is live. Its alarms cannot be judged, commands to it are refused.",
    )
    assert page.link_rows.rows[1][1] == "! Away"
    assert page.summary.whole == "1 link is broken"
    told = page.detail.told
    assert page.detail.title.whole == "packer · Down"
    assert "Connection refused by 10.0.0.7:502" in told["What happened"].whole
    assert told["What to do"].whole.startswith("Is the device on")
    assert page.ready()


def test_outages_of_thirty_days(page):
    assert [row[1:] for row in page.outage_rows.rows] == [
        ("1 min 40 s", "packer", "The connection was silent"),
        ("10 s", "Everything", "The engine was not running (it was stopped)"),
    ]
    assert page.told.whole.startswith("2 in all")


def test_another_link_is_picked_and_stays_picked(page, window):
    page.table.clicked.emit(page.link_rows.index(5, 0))
    assert page.detail.title.whole == "History · Recording"
    beat(window)
    assert page.detail.title.whole == "History · Recording"


def test_it_asks_again_while_it_is_in_front_only(page, window, engine, told):
    def asked():
        return sum(request.verb == "links" for request in engine.requests)

    before = asked()
    beat(window)
    assert asked() == before + 1
    told.links[1] = links.connection("packer", "live")
    told.links[5] = links.plant_server("current", "")
    beat(window)
    beat(window)
    assert page.summary.whole == "Every link is as it should be"
    window.shell.go(":journal")
    before = asked()
    beat(window)
    assert asked() == before


def test_when_the_engine_is_away_the_rest_is_told_as_last_known(page, window, engine):
    engine.hang_up()
    window.frame.beat()
    window.shell.pulse(True)
    rows = {row[0]: row for row in page.link_rows.rows}
    assert rows["This window"][1] == "✕ Away"
    assert rows["line"][1] == "last known: Live"
    assert page.summary.whole == "2 links are broken"


def test_safe_mode_is_told_above_every_page_and_left_here_with_a_reason(page, window, engine, told, clock):
    why = "the engine crashed 3 times within 5 minutes (x)"
    told.links[1] = links.connection("packer", "live")
    told.links[2] = links.engine(why, "")
    engine.say(Health(clock.now_ns(), safe_mode=why))
    beat(window)
    beat(window)
    assert window.shell.notice.isVisible()
    assert window.shell.notice.headline.whole == "Safe mode, view only: nothing is sent to the plant"
    detail = page.detail
    assert detail.title.whole == "Engine · Safe mode"
    assert detail.leaving.isVisible()
    assert not detail.leave.isEnabled()
    detail.reason.setText("head 17 was changed")
    told.refusal = "To leave safe mode needs the role operate, yours is view. Ask somebody who has it"
    detail.leave.click()
    window.frame.beat()
    assert "needs the role operate" in detail.reply.whole
    told.refusal = ""
    detail.leave.click()
    window.frame.beat()
    assert told.left == ["head 17 was changed"] * 2
    assert (detail.reply.whole, detail.reason.text()) == ("", "")
    engine.say(Health(clock.now_ns()))
    window.frame.beat()
    window.shell.pulse(True)
    assert not window.shell.notice.isVisible()


def test_it_speaks_the_language_of_the_window(window, engine, told):
    window.change_language("de")
    window.shell.go(":outages")
    window.frame.beat()
    window.shell.pulse(True)
    page = window.shell.page
    assert page.link_rows.rows[0][1] == "✕ Ausgefallen"
    assert page.detail.told["What happened"].whole.startswith("Verbindung von 10.0.0.7:502 abgelehnt")
    assert page.outage_rows.rows[0][3] == "Die Verbindung war stumm"
    speak("en")


def test_the_mark_of_the_link_in_the_header_and_the_system_page_lead_here(window, engine, told):
    window.shell.header.link.clicked.emit()
    assert window.shell.page.key == ":outages"
    window.shell.page.system.click()
    assert window.shell.page.key == ":system"
    window.shell.page.outages.click()
    assert window.shell.page.key == ":outages"
