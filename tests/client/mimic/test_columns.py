"""The columns of a screen: news is found for all readings at once."""

from __future__ import annotations

import numpy as np

from hmi.client.mimic.columns import Columns
from hmi.client.mimic.compile import Compiled
from hmi.core import quality as q
from tests.client.mimic.conftest import HEAD1, LEVEL, RUNNING, Glass


def moved(columns: Columns) -> list[int]:
    return np.flatnonzero(columns.moved).tolist()


def test_only_news_counts_and_only_once(detail: Compiled, glass: Glass) -> None:
    columns = Columns(detail)
    assert columns.take(glass.table)
    assert not columns.take(glass.table)
    glass.set(RUNNING, 0)
    assert columns.take(glass.table)
    assert [int(columns.tags[place]) for place in moved(columns)] == [RUNNING]
    assert columns.value[moved(columns)[0]] == 0


def test_an_expression_moves_with_what_it_reads(detail: Compiled, glass: Glass) -> None:
    columns = Columns(detail)
    columns.take(glass.table)
    expression = detail.place(detail.calculated[0])
    assert (columns.value[expression], columns.quality[expression]) == (1.0, q.GOOD)
    glass.set(LEVEL, 5, q.UNCERTAIN)
    columns.take(glass.table)
    assert expression in moved(columns)
    assert (columns.value[expression], columns.quality[expression]) == (0.0, q.UNCERTAIN)
    glass.set(HEAD1, 5)
    columns.take(glass.table)
    assert expression not in moved(columns)


def test_everything_is_news_again_when_the_screen_is_drawn_anew(detail: Compiled, glass: Glass) -> None:
    columns = Columns(detail)
    columns.take(glass.table)
    columns.again(glass.table)
    assert columns.moved.all()
    assert not columns.take(glass.table)
