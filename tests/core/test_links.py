"""How every link is said to stand: a word, what it means and what to do, for every state there is."""

import pytest

from hmi.core import links
from hmi.core.links import BAD, NOTE, OFF, OK, SENTENCES, WORDS, Link

STATES = [
    (links.connection("plc", "live"), OK),
    (links.connection("plc", "live", missing=2), NOTE),
    (links.connection("plc", "connecting"), NOTE),
    (links.connection("plc", "silent", "nothing is heard"), BAD),
    (links.connection("plc", "down", "connection refused"), BAD),
    (links.connection("plc", "a state of the future"), BAD),
    (links.history("", 0, ""), OK),
    (links.history("", 12, ""), NOTE),
    (links.history("", 0, "history fills 81 % of max_gb"), NOTE),
    (links.history("history: disk full", 0, ""), BAD),
    (links.history("journal: disk full", 0, ""), OK),
    (links.journal(""), OK),
    (links.journal("history: disk full"), OK),
    (links.journal("history: disk full; journal: disk full"), BAD),
    *((links.plant_server(state, ""), how) for state, how in [("off", OFF), ("current", OK), ("sending", OK)]),
    *((links.plant_server(state, ""), how) for state, how in [("away", NOTE), ("refused", BAD), ("new", NOTE)]),
    (links.engine("", ""), OK),
    (links.engine("", "12:00: killed"), NOTE),
    (links.engine("crashed 3 times", "12:00: killed"), BAD),
    (links.certificates([]), OK),
    (links.certificates(["plc: expires in 3 days"]), NOTE),
    (links.clock(""), OK),
    (links.clock("set forward by 1 h"), NOTE),
    (links.windows(0), OK),
    (links.windows(3), OK),
]


@pytest.mark.parametrize(("link", "state"), STATES)
def test_every_link_says_how_it_stands_and_what_that_means(link: Link, state: str):
    assert link.state == state
    assert link.word and link.means
    assert bool(link.do) == (state in (NOTE, BAD) and not link.id.startswith("history")) or link.id in (
        "history",
        "connection:plc",
    )


@pytest.mark.parametrize(("link", "state"), STATES)
def test_the_window_knows_every_sentence_in_other_languages(link: Link, state: str):
    known = {text for text in SENTENCES if "{" not in text}
    assert link.do in {"", *known}
    assert link.means in known or "were lost since the engine started" in link.means
    assert link.word in WORDS
