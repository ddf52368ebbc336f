"""What a trend says in words: the newest values while it is live, those at the pointer, and what happened there."""

import pytest

from hmi.client.trends.pentable import QUALITY, VALUE
from hmi.core.history import Gap
from hmi.link.messages import Reply

S = 1_000_000_000


@pytest.fixture
def page(window):
    window.shell.go(":trends")
    window.frame.beat()
    return window.shell.page


def cell(page, row, column):
    return page.model.data(page.model.index(row, column))


def test_while_live_the_newest_value_stands_there_however_late_it_is_read(page, clock, engine, window):
    engine.set({"tank.level": 33.0})
    window.frame.beat()
    clock.advance(0.6)
    window.frame.beat()
    clock.advance(0.1)  # nothing has been drawn since
    page.reading.read()
    assert (cell(page, 0, VALUE), cell(page, 0, QUALITY)) == ("33.0", "Good")


def test_live_digits_are_not_read_oftener_than_an_eye_can_follow(page, clock):
    page.travel.show_span(60.0)
    read = page.reading._read_at
    clock.advance(0.3)
    page.draw()
    assert page.reading._read_at == read
    clock.advance(0.3)
    page.draw()
    assert page.reading._read_at > read


def test_the_pointer_reads_the_past_and_why_there_is_none(page, clock):
    now = clock.now_ns()
    page.reading.point(now - 100 * S)
    past = cell(page, 0, VALUE)
    assert past == f"{((now - 100 * S) // S % 6000) / 60:.1f}"
    page.plot.show_gaps([Gap(now - 50 * S, now - 40 * S, "the engine was not running")])
    page.reading.point(now - 45 * S)
    assert page.toolbar.moment.text().endswith("CET · the engine was not running")
    assert page.plot.toolTip() == "the engine was not running"
    page.reading.point(None)
    assert page.toolbar.moment.text() == ""


def test_standing_still_the_stretch_is_told_with_its_zone(page):
    page.travel.follow(False)
    assert page.toolbar.moment.text().endswith(" CET")
    assert " to " in page.toolbar.moment.text()


def test_an_answer_about_means_asks_for_no_other_while_the_view_moves(page, engine, window):
    now = page.plot.span_ns[1] // S * S
    page.travel.show_stretch(now - 90_000 * S, now - 3600 * S)
    window.frame.beat()
    engine.answers["figures"] = lambda request: None
    page.travel.show_stretch(now - 80_000 * S, now - 3600 * S)
    window.frame.beat()
    asked = [request for request in engine.requests if request.verb == "figures"]
    page.plot.stretch((300, 301), (420, 421))  # and nothing has settled yet
    engine.say(Reply(asked[-1].number, True, "", []))
    window.frame.beat()
    assert [request for request in engine.requests if request.verb == "figures"] == asked
