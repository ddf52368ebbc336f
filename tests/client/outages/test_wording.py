"""Links and outages in every language: nothing of the engine's is shown in English elsewhere."""

import pytest

from hmi.client.language import texts_of
from hmi.client.outages.wording import link_row, ordered, outage_row, window_link
from hmi.core import links
from hmi.core.links import NAMES, WORDS


@pytest.mark.parametrize("code", ["de", "zh"])
def test_every_word_of_a_link_is_known(code):
    assert {*NAMES, *WORDS} - texts_of(code).keys() == set()


def test_broken_links_come_first_else_as_they_were_told():
    rows = [links.windows(1), links.engine("", ""), links.connection("b", "down"), links.connection("a", "silent")]
    assert [link.name for link in ordered(rows)] == ["b", "a", "Windows", "Engine"]
    broken = [links.connection("b", "down"), links.engine("crashed", "")]
    assert [link.name for link in ordered(broken)] == ["Engine", "b"]


def test_a_link_of_which_nobody_knows_since_when(desk):
    assert link_row(links.windows(1), desk)[2] == "–"


def test_an_outage_of_one_tag_names_the_tag(desk):
    row = outage_row({"of": "tag:tank.level", "from_ns": 10**9, "to_ns": 4 * 10**9, "reason": "x"}, desk)
    assert row[1:] == ("3 s", "tank.level", "X")


def test_the_window_knows_how_its_own_link_is(desk, engine, clock):
    assert window_link(desk).state == "ok"
    clock.advance(60)
    desk.wire.tick()
    gone = window_link(desk)
    assert (gone.state, gone.word) == ("bad", "Silent")
    assert gone.since_ns == desk.mirror.now_ns() - 60 * 10**9
    engine.hang_up()
    desk.wire.tick()
    assert window_link(desk).word == "Away"
