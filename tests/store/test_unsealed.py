"""What is committed and not sealed: found by tag and time, taken by hours, dropped by marks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from hmi.core.errors import StoreError
from hmi.store.unsealed import Committed, Mark, Second, Unsealed
from tests.store.made import HOUR, MIDNIGHT, slab_of


def second(seq: int, hour: int, *times: int, tag: int = 1) -> Second:
    return Second(seq, MIDNIGHT + hour * HOUR, slab_of((tag, [MIDNIGHT + t for t in times], [float(t) for t in times])))


def filled(count: int) -> Unsealed:
    unsealed = Unsealed()
    unsealed.tags = {"a": (1, "filler"), "b": (2, "filler")}
    for seq in range(1, count + 1):
        unsealed.add([second(seq, 0, seq)])
    return unsealed


def test_values_are_found_by_tag_and_time_however_many_seconds_there_are() -> None:
    for count in (5, 59, 60, 61, 200):
        committed = filled(count).committed()
        found = committed.samples("a", MIDNIGHT + 2, MIDNIGHT + 4)
        assert found is not None
        assert found.value.tolist() == [2.0, 3.0, 4.0]
        assert committed.samples("b", 0, 2**62) is None
        assert committed.samples("no.such", 0, 2**62) is None


def test_the_newest_value_before_a_moment_also_when_it_came_late() -> None:
    unsealed = filled(3)
    unsealed.add([second(4, 0, 50), second(5, 0, 20, 10)])
    committed = unsealed.committed()
    values = {when: committed.before("a", MIDNIGHT + when) for when in (0, 3, 19, 30, 60)}
    assert {when: None if found is None else found.value[-1] for when, found in values.items()} == {
        0: None,
        3: 3.0,
        19: 10.0,
        30: 20.0,
        60: 50.0,
    }


def test_a_seal_takes_whole_hours_and_what_comes_meanwhile_stays() -> None:
    unsealed = filled(100)
    unsealed.add([second(101, 1, 500)])
    taken = unsealed.take(MIDNIGHT)
    assert sum(len(one.slab) for one in taken) == 100
    mark = Mark(MIDNIGHT, max(one.seq for one in taken))
    unsealed.add([second(102, 0, 7)])  # came while the hour was being sealed
    before = unsealed.committed()
    unsealed.drop(mark)
    left = unsealed.committed()
    assert sorted(one.seq for one in left.seconds) == [101, 102]
    assert [one.seq for one in before.less([mark]).seconds] == [one.seq for one in left.seconds]
    assert (len(unsealed), unsealed.first_hour) == (2, MIDNIGHT)


def test_a_mark_covers_its_hour_and_those_before_up_to_its_number() -> None:
    mark = Mark(MIDNIGHT + HOUR, 10)
    covered = [(0, 10), (1, 10), (1, 3)]
    assert all(mark.covers(second(seq, hour, 1)) for hour, seq in covered)
    assert not any(mark.covers(second(seq, hour, 1)) for hour, seq in [(1, 11), (2, 3)])


def test_nothing_has_no_first_hour() -> None:
    assert (Unsealed().first_hour, len(Unsealed()), Unsealed().take(2**62)) == (None, 0, [])


def test_whoever_seals_gives_way_while_somebody_asks() -> None:
    unsealed = Unsealed()
    assert unsealed.give_way(0)
    with ThreadPoolExecutor(1) as pool:
        with unsealed.asked():
            with unsealed.asked():
                assert not unsealed.give_way(0)
            assert not unsealed.give_way(0)
            waiting = pool.submit(unsealed.give_way, 20)
        assert waiting.result(20)
    with pytest.raises(StoreError), unsealed.asked():
        raise StoreError("this one cannot be answered")
    assert unsealed.give_way(0)


def test_while_seconds_are_put_together_each_is_seen_once() -> None:
    unsealed = Unsealed()
    unsealed.tags = {"a": (1, "filler")}

    def commit() -> None:
        for seq in range(1, 400):
            unsealed.add([second(seq, 0, seq)])

    with ThreadPoolExecutor(1) as pool:
        writing, known = pool.submit(commit), 0
        while known < 399:
            over = writing.done()
            found = unsealed.committed().samples("a", 0, 2**62)
            times = [] if found is None else (found.received - MIDNIGHT).tolist()
            assert times == list(range(1, len(times) + 1))
            assert len(times) >= known
            known = len(times)
            assert known == 399 or not over


def test_of_all_that_is_sealed_the_furthest_marks_say_it() -> None:
    seconds = [second(seq, hour, seq) for seq, hour in enumerate((0, 0, 1, 0, 2, 1), 1)]
    marks = [Mark(MIDNIGHT, 2), Mark(MIDNIGHT, 1), Mark(MIDNIGHT + HOUR, 3), Mark(MIDNIGHT, 4)]
    keys = np.array([(one.seq, one.hour, *one.span) for one in seconds], np.int64).T
    for kept in (None, keys):
        left = Committed(seconds, {}, kept).less(marks)
        assert [one.seq for one in left.seconds] == [5, 6]
        assert Committed(seconds, {}, kept).less([]).seconds == seconds
