"""Runs: the stretches of time in which a tag (an order, a lot, a state) stayed the same."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from hmi.core.batch import FLAG_TEXT
from hmi.core.held import Held
from hmi.core.history import Samples


class Run(NamedTuple):
    """From when to when (ns) a tag was the same; whether its begin and end were seen, or are only the edge of sight."""

    value: float
    start_ns: int
    stop_ns: int
    begun: bool
    ended: bool


def runs_of(held: Held) -> list[Run]:
    """The runs of a tag, oldest first; a gap or what cannot be used ends one, a value that comes again does not."""
    if not len(held):
        return []
    value, known = held.value, np.isfinite(held.value)
    same = held.joined[1:] & (value[1:] == value[:-1])
    heads = np.concatenate([[0], np.flatnonzero(~same) + 1])
    tails = np.append(heads[1:], len(held)) - 1
    beside = np.append(held.joined & np.append(False, known[:-1]), False)  # a known value right before
    after = np.append(held.joined[1:] & known[1:], False)
    return [
        Run(float(value[head]), int(held.start[head]), int(held.stop[tail]), bool(beside[head]), bool(after[tail]))
        for head, tail in zip(heads.tolist(), tails.tolist(), strict=True)
        if known[head]
    ]


def numbered(samples: Samples, known: dict[str, int]) -> Samples:
    """Text as numbers, those that are `known` already and new ones, which become known; numbers stay as they are."""
    is_text = (samples.flags & FLAG_TEXT) != 0
    if not is_text.any():
        return samples
    own = np.array([known.setdefault(text, len(known)) for text in samples.texts], np.float64)
    value = samples.value.copy()
    value[is_text] = own[samples.raw[is_text]]
    return replace(samples, value=value)
