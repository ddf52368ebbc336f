"""Values as they stood, page by page, are those of the whole."""

import numpy as np
import pytest

from hmi.client.trends import compare_fetch
from hmi.client.trends.compare_fetch import Fetch, Found
from hmi.core.held import Held, held
from hmi.core.runs import runs_of
from hmi.link.messages import Reply
from hmi.store.query import Reader

S = 1_000_000_000


def fetched(desk, heard, tags, span, **more):
    said = []
    fetch = Fetch(desk.wire, tags, span, said.append, **more)
    return fetch, said


def test_pages_together_are_the_whole(desk, heard, stored, hour):
    span = (hour[0] + 5 * S, hour[1])
    fetch, said = fetched(desk, heard, ["tank.level", "pump.speed"], span)
    told = []
    fetch.on_told = told.append
    fetch.start()
    heard(lambda: said)
    assert said == [""] and told[-1] == "Reading … 718 values"
    for tag in ("tank.level", "pump.speed"):
        [samples] = Reader(stored).samples([tag], span[0], span[1] - 1)
        found = fetch.found[tag]
        wanted = held(samples, span, (), 0.0 if tag == "tank.level" else 60.0)
        whole = found.whole()
        assert found.before == (0.0 if tag == "tank.level" else 60.0)
        moments = np.arange(span[0], span[1], S)
        assert (whole.at(moments) == wanted.at(moments)).all()
        assert whole.joined[1:].all() and len(whole) == len(wanted)
        assert (found.low, found.high) == (np.nanmin(wanted.value), np.nanmax(wanted.value))


def test_texts_keep_their_number_from_page_to_page(desk, heard, stored, hour):
    fetch, said = fetched(desk, heard, ["recipe.name"], hour)
    fetch.start()
    heard(lambda: said)
    names = {number: text for text, number in fetch.found["recipe.name"].texts.items()}
    assert [names[int(run.value)] for run in runs_of(fetch.found["recipe.name"].whole())] == [
        "L-0",
        "L-1",
        "L-2",
        "L-3",
    ]


def test_who_takes_them_as_they_come_keeps_none(desk, heard, stored, hour):
    fetch, said = fetched(desk, heard, ["tank.level"], hour, keep=False)
    parts = []
    fetch.on_part = lambda found, part, stood: parts.append((len(part), stood))
    fetch.start()
    heard(lambda: said)
    assert sum(count - stood for count, stood in parts) == 360
    assert len(fetch.found["tank.level"].parts) == 1
    assert parts[0][1] is False


def test_too_many_to_keep_are_told_by_where_it_ends(desk, heard, stored, hour, monkeypatch):
    monkeypatch.setattr(compare_fetch, "MOST", 150)
    fetch, said = fetched(desk, heard, ["tank.level"], hour)
    fetch.start()
    heard(lambda: said)
    found = fetch.found["tank.level"]
    assert 150 < found.count < 360
    assert found.until_ns < hour[1]
    assert int(found.whole().stop[-1]) == found.until_ns


@pytest.mark.parametrize("verb", ["history", "samples"])
def test_a_no_ends_it_in_words(desk, heard, stored, hour, engine, verb):
    engine.answers[verb] = lambda request: Reply(request.number, False, "history is damaged there")
    fetch, said = fetched(desk, heard, ["tank.level"], hour)
    fetch.start()
    heard(lambda: said)
    assert said == ["history is damaged there"]
    engine.answers[verb] = lambda request: Reply(request.number, True, "", [{"x": 1}])
    fetch.start()
    heard(lambda: len(said) > 1)
    assert said[1]


def test_what_is_forgotten_is_not_answered(desk, stored, hour):
    fetch, said = fetched(desk, None, ["tank.level"], hour)
    fetch.start()
    fetch.forget()
    for _ in range(5):
        desk.wire.tick()
    assert said == []


def test_stretches_join_where_nothing_lies_between():
    def part(*rows):
        start, stop, value = (
            (np.array(column) for column in zip(*rows, strict=True)) if rows else (np.zeros(0, int),) * 3
        )
        return Held(start, stop, value.astype(float), np.append(False, stop[:-1] >= start[1:])[: len(start)])

    found = Found("x")
    found.parts = [
        part(),
        part((5, 8, 1.0)),
        part(),
        part((10, 12, 2.0), (12, 20, 3.0)),
        part((20, 30, 3.0)),
        part((30, 40, 4.0)),
    ]
    found.stood = [False, False, False, False, True, False]
    whole = found.whole()
    assert (whole.start.tolist(), whole.stop.tolist()) == ([5, 10, 12, 30], [8, 12, 30, 40])
    assert whole.joined.tolist() == [False, False, True, True]


def test_of_a_tag_that_was_never_heard_there_is_nothing(desk, heard, stored, hour):
    fetch, said = fetched(desk, heard, ["tank.temperature"], hour)
    fetch.start()
    heard(lambda: said)
    assert said == [""] and len(fetch.found["tank.temperature"].whole()) == 0
    assert np.isnan(fetch.found["tank.temperature"].low)
