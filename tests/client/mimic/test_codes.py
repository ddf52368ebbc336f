"""The codes of states, against what the painter itself makes of each value."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hmi.client.mimic.codes import Code, Codes, Sort, codes_of
from hmi.client.mimic.compile import Compiled, Drawn, Reading
from hmi.client.mimic.ink import is_running
from hmi.core import quality as q
from hmi.core.plant import Plant
from hmi.core.screens.model import Shape
from tests.client.mimic.conftest import LEVEL, RUNNING, STATE, Glass


def drawn_of(compiled: Compiled, symbol: str) -> Drawn:
    return next(drawn for drawn in compiled.drawn if drawn.element.symbol == symbol)


def code(codes: list[Code], value: float, quality: int = q.GOOD) -> int:
    made = Codes([codes], [[0] * len(codes)])
    return int(made.combined(np.array([value]), np.array([quality], np.uint32), np.array([True]))[0])


@pytest.mark.parametrize("symbol", ["pump", "state"])
@pytest.mark.parametrize(("value", "quality"), [(0, 0), (1, 0), (6, 0), (2, q.UNCERTAIN), (6, q.BAD), (np.nan, 0)])
def test_running_is_what_the_painter_takes_for_running(
    canvas: Any, detail: Compiled, small_plant: Plant, glass: Glass, symbol: str, value: float, quality: int
) -> None:
    drawn = drawn_of(detail, symbol)
    glass.set(RUNNING if symbol == "pump" else STATE, value, quality)
    ink, _ = canvas()
    codes = codes_of(drawn, Shape("rect", {"fill_by": "state"}), small_plant)
    assert codes is not None
    assert [False, True, None][code(codes, value, quality)] is is_running(ink, drawn, "state", {})


def test_a_number_above_nothing_runs_where_no_numbers_are_named() -> None:
    above = [Code(Sort.RUN, Reading((0,), 0))]
    assert [code(above, value) for value in (-1, 0, 0.1, 50)] == [0, 0, 1, 1]
    never = [Code(Sort.RUN, Reading((0,), 0), ())]
    assert [code(never, value) for value in (0, 1)] + [code(never, 1, q.BAD)] == [0, 0, 2]


def test_words_have_places_and_what_has_none_is_told_apart(detail: Compiled, small_plant: Plant) -> None:
    codes = codes_of(drawn_of(detail, "state"), Shape("state", {"bind": "state"}), small_plant)
    assert codes is not None
    found = [code(codes, value) for value in (0, 6, 17)]
    assert found == [0, 6, 17]
    assert code(codes, 6.9) == 6  # the painter cuts, too
    assert code(codes, 6, q.BAD) == code(codes, np.nan) == codes[0].size - 1
    strange = [code(codes, value) for value in (23, 24, -23, 1e15)]
    assert max(strange) < 0
    assert len(set(strange)) == 4


def test_two_codes_of_one_picture_do_not_hide_each_other() -> None:
    word, run = Code(Sort.WORD, Reading((0,), 0), (0.0, 1.0)), Code(Sort.RUN, Reading((0,), 0), (1.0,))
    pairs = {code([word, run], value, quality) for value, quality in ((0, 0), (1, 0), (1, q.BAD))}
    assert len(pairs) == 3
    assert code([word, run], 7) != code([run, word], 8) < 0


def test_digits_and_texts_have_no_codes(detail: Compiled, small_plant: Plant) -> None:
    assert codes_of(drawn_of(detail, "analog"), Shape("value", {"bind": "value"}), small_plant) is None
    assert codes_of(drawn_of(detail, "textrow"), Shape("value", {"bind": "value"}), small_plant) is None


def test_a_pipe_looks_unsure_and_bad(detail: Compiled, small_plant: Plant) -> None:
    pipe = drawn_of(detail, "pipe")
    codes = codes_of(pipe, pipe.symbol.shapes[0], small_plant)
    assert codes is not None
    looks = [code(codes, 1, quality) for quality in (q.GOOD, q.UNCERTAIN, q.BAD_SENSOR_FAILURE, q.BAD_TIMEOUT)]
    assert len(set(looks)) == 4
    assert LEVEL in pipe.tags
