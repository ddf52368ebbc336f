"""Runs of an order, a lot or a state."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import given, settings

from hmi.core import quality as q
from hmi.core.batch import FLAG_TEXT
from hmi.core.held import held
from hmi.core.history import Gap
from hmi.core.runs import Run, numbered, runs_of
from tests.core.test_held import GAPS, ROWS, stood
from tests.core.test_history import samples_of


def test_runs_begin_and_end_with_a_change():
    samples = samples_of((0, 1.0, 0), (10, 2.0, 0), (15, 2.0, 0), (20, 1.0, 0), (30, 1.0, q.BAD_TIMEOUT), (40, 3.0, 0))
    assert runs_of(held(samples, (0, 50))) == [
        Run(1.0, 0, 10, False, True),
        Run(2.0, 10, 20, True, True),
        Run(1.0, 20, 30, True, False),
        Run(3.0, 40, 50, False, False),
    ]


def test_a_run_over_a_gap_is_two():
    samples = samples_of((0, 1.0, 0), (10, 2.0, 0), (30, 2.0, 0), (40, 1.0, 0))
    assert runs_of(held(samples, (0, 50), [Gap(20, 30, "away")])) == [
        Run(1.0, 0, 10, False, True),
        Run(2.0, 10, 20, True, False),
        Run(2.0, 30, 40, False, True),
        Run(1.0, 40, 50, True, False),
    ]
    assert runs_of(held(samples_of(), (0, 9))) == []


@settings(deadline=None)
@given(ROWS, GAPS)
def test_every_moment_with_a_value_is_in_the_run_of_it(rows, gaps):
    runs = runs_of(held(samples_of(*rows), (0, 70), gaps))
    for moment in range(70):
        inside = [run.value for run in runs if run.start_ns <= moment < run.stop_ns]
        value = stood(rows, gaps, None, (0, 70), moment)
        assert inside == ([] if value is None else [value])
    for one, other in pairwise(runs):
        assert one.stop_ns <= other.start_ns
        assert one.ended == other.begun
        assert not (one.stop_ns == other.start_ns and one.value == other.value)


def test_texts_are_numbered_the_same_wherever_they_stand():
    lots = samples_of((0, np.nan, 0), (10, np.nan, 0), (20, np.nan, 0))
    lots = replace(lots, raw=np.array([0, 2, 1]), flags=np.full(3, FLAG_TEXT, np.uint32), texts=("L1", "L2", "L1"))
    known = {"L0": 0}
    found = numbered(lots, known)
    names = {number: text for text, number in known.items()}
    assert [names[int(value)] for value in found.value] == ["L1", "L1", "L2"]
    assert [names[int(run.value)] for run in runs_of(held(found, (0, 30)))] == ["L1", "L2"]
    assert known == {"L0": 0, "L1": 1, "L2": 2}
    assert numbered(samples_of((0, 1.0, 0)), known).value.tolist() == [1.0]
