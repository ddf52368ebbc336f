"""Panels and what stands on them."""

from __future__ import annotations

import numpy as np
import pytest

from hmi.client.mimic.compile import Compiled
from hmi.client.mimic.groups import Groups
from hmi.client.mimic.quality import Mark


@pytest.fixture
def groups(detail: Compiled) -> Groups:
    return Groups(detail)


def all_of(detail: Compiled, mark: Mark) -> np.ndarray:
    return np.array([mark if drawn.marked else Mark.GOOD for drawn in detail.drawn], np.int8)


def test_a_panel_says_for_all_on_it_what_all_have_in_common(detail: Compiled, groups: Groups) -> None:
    for mark, covered in ((Mark.STALE, False), (Mark.COMM, True)):
        alike = groups.alike(all_of(detail, mark))
        assert alike.groups == {0: mark}
        assert alike.members == {number for number, drawn in enumerate(detail.drawn) if drawn.marked}
        assert alike.panels == ([0] if covered else [])
        assert alike.covered == (alike.members if covered else frozenset())


def test_one_that_is_good_makes_each_speak_for_itself(detail: Compiled, groups: Groups) -> None:
    marks = all_of(detail, Mark.COMM)
    marks[groups.members(0)[2]] = Mark.GOOD
    assert groups.alike(marks).groups == {}
    assert groups.alike(all_of(detail, Mark.BAD)).groups == {}


def test_members_have_values(detail: Compiled, groups: Groups) -> None:
    assert groups.members(0) == [number for number, drawn in enumerate(detail.drawn) if drawn.marked]
    assert groups.members(-1) == []
