"""`hmi history --aggregate … --step …`: figures for reports, a row for each step of time."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hmi.core.aggregate import Aggregates, kinds_of
from hmi.core.batch import FLAG_TEXT
from hmi.core.edges import begin_of, edges_of, step_of
from hmi.core.errors import HmiError
from hmi.core.figures import BAD_NO_DATA
from hmi.store.hot import last_beat
from hmi.store.query import Reader
from hmi.store.report import Wanted

_USUAL = "TimeAverage,Minimum,Maximum"


class Question(NamedTuple):
    """What figures of which tags are asked for, and for which steps."""

    tags: Sequence[str]
    kinds: tuple[str, ...]
    edges: NDArray[np.int64]  # ns UTC
    span: float | None  # after how much a counter begins anew


def asked(options: argparse.Namespace, start: int, stop: int, zone: tzinfo) -> Question:
    """The question as it stands on the command line.

    Steps begin at the time that was given; where that is so and so long ago (-7d), at the full hour or day before it.
    """
    try:
        kinds = kinds_of([name.strip() for name in (options.aggregate or _USUAL).split(",")])
        edges = np.array([start, stop], np.int64)
        if options.step:
            step = step_of(options.step)
            begin = begin_of(start, step, zone) if (options.start or "").startswith("-") else start
            edges = edges_of(begin, stop, step, zone)
    except ValueError as error:
        raise HmiError(str(error)) from None
    if options.raw:
        raise HmiError("--raw lists samples and --aggregate sums them up: leave one of them out")
    return Question(options.tags, kinds, edges, options.rolls_over)


def answered(reader: Reader, folder: Path, question: Question, now_ns: int) -> list[Aggregates]:
    """The figures, a table for each tag; no value is held beyond the last sign of life of whoever recorded it."""
    last = int(question.edges[-1])
    until = min(last, now_ns, last_beat(folder) or now_ns)
    held = reader.at(question.tags, last)
    for row in held.rows[(held.rows["flags"] & FLAG_TEXT) != 0]:
        raise HmiError(f"{question.tags[row['tag']]} is text, and there are no figures of text: list it with --raw")
    return reader.aggregate(question.tags, Wanted(question.kinds, question.edges, until, question.span))


def says_nothing(found: Aggregates) -> bool:
    """Whether nothing at all is known of the tag in that time."""
    return bool((found.quality == BAD_NO_DATA).all())
