"""The sheet of marks: drawn when a mark changes, and only then; a lost group is told once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QPixmap

from hmi.client.mimic.canvas import Mimic
from hmi.client.mimic.compile import Compiled
from hmi.client.mimic.marking import Marking
from hmi.client.mimic.quality import Mark
from hmi.client.mimic.words import tooltip
from hmi.core import quality as q
from hmi.core.batch import FLAG_CLAMPED, Batch
from hmi.core.clamp import ABOVE
from hmi.link.messages import AlarmRow, ConditionFacts
from tests.client.mimic.conftest import LEVEL, LEVEL_SP, NAME, RUNNING, Glass


@pytest.fixture
def marking(mimic: Mimic) -> Marking:
    mimic.grab()
    return mimic._marking


def number_of(compiled: Compiled, symbol: str) -> int:
    return next(i for i, drawn in enumerate(compiled.drawn) if drawn.element.symbol == symbol)


def inked(sheet: QPixmap) -> Any:
    image = sheet.toImage()
    return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width()) != 0


def test_nothing_to_mark_no_sheet(mimic: Mimic, marking: Marking, glass: Glass) -> None:
    assert marking.sheet.isNull()
    glass.set(LEVEL, 12)
    mimic.refresh()
    assert marking.sheet.isNull()


def test_a_mark_takes_room_only_while_it_is_there(mimic: Mimic, marking: Marking, glass: Glass) -> None:
    glass.set(RUNNING, 1, q.BAD)
    mimic.refresh()
    pump = mimic._scene.area(number_of(mimic.compiled, "pump"))
    rows, columns = np.nonzero(inked(marking.sheet))
    assert pump.adjusted(-28, -22, 9, 18).contains(columns.min(), rows.min())
    assert pump.adjusted(-28, -22, 9, 18).contains(columns.max(), rows.max())
    glass.set(RUNNING, 1)
    mimic.refresh()
    assert marking.sheet.isNull()


def test_values_change_beneath_a_mark_without_drawing_it_again(mimic: Mimic, marking: Marking, glass: Glass) -> None:
    glass.set(LEVEL, 50, q.UNCERTAIN)
    mimic.refresh()
    sheet = marking.sheet.cacheKey()
    glass.set(LEVEL, 70, q.UNCERTAIN)
    assert mimic.refresh() > 0
    assert marking.sheet.cacheKey() == sheet


def test_marks_tell_the_worst_of_what_an_element_shows(mimic: Mimic, marking: Marking, glass: Glass) -> None:
    analog = number_of(mimic.compiled, "analog")
    glass.set(LEVEL_SP, 50, q.BAD)
    mimic.refresh()
    assert marking.marks[analog] == Mark.GOOD  # the scale itself shows that the set-point is not known
    glass.set(LEVEL, 50, q.UNCERTAIN_LAST_USABLE)
    glass.clock.advance(12.4)
    mimic.refresh()
    assert marking.marks[analog] == Mark.STALE
    assert marking._ages[analog] == "12 s"


def test_a_value_held_at_its_limit_has_a_badge_of_its_own(mimic: Mimic, marking: Marking, glass: Glass) -> None:
    pictures = []
    for quality, flags in ((q.UNCERTAIN, 0), (ABOVE, FLAG_CLAMPED), (ABOVE ^ 0x0300, FLAG_CLAMPED)):
        batch = Batch.of([RUNNING], [1.0], 1, 1, quality)
        batch.rows["flags"] |= flags
        glass.table.apply(batch)
        mimic.refresh()
        pictures.append(marking.sheet.toImage())
    assert pictures[0] != pictures[1] != pictures[2] != pictures[0]


def test_a_pending_write_shows_on_what_commands_the_tag(mimic: Mimic, marking: Marking, glass: Glass) -> None:
    glass.pending = {LEVEL_SP}
    assert mimic.refresh() > 0
    assert number_of(mimic.compiled, "setpoint") in marking._waiting
    assert inked(marking.sheet).any()
    glass.pending = set()
    mimic.refresh()
    assert marking.sheet.isNull()


def test_a_blink_draws_nothing_at_all(mimic: Mimic, marking: Marking, glass: Glass) -> None:
    glass.alarm(0, "unacknowledged")
    mimic.refresh()
    sheets = marking.sheet.cacheKey(), marking.blinking.cacheKey(), mimic._scene.buffer.cacheKey()
    for _ in range(4):
        glass.clock.advance(0.5)
        assert mimic.refresh() > 0
    assert sheets == (marking.sheet.cacheKey(), marking.blinking.cacheKey(), mimic._scene.buffer.cacheKey())
    glass.alarm(0, "acknowledged")
    mimic.refresh()
    assert marking.blinking.isNull()
    assert not marking.sheet.isNull()


def test_a_lost_controller_is_told_once_for_the_panel(mimic: Mimic, marking: Marking, glass: Glass) -> None:
    glass.fill(q.BAD_NO_COMMUNICATION)
    mimic.refresh()
    whole = inked(marking.sheet)
    glass.say(NAME, "Lemonade")  # one value is known again: now each must say for itself
    mimic.refresh()
    single = inked(marking.sheet)
    bare = np.s_[14:40, 400:700]  # of the panel, far from any element
    assert whole[bare].any()
    assert not single[bare].any()
    assert single.any()


def test_stale_groups_count_their_age_once_a_second(mimic: Mimic, marking: Marking, glass: Glass) -> None:
    glass.fill(q.UNCERTAIN_LAST_USABLE)
    mimic.refresh()
    assert list(marking._ages) == [-1]  # panel 0: one age for everything on it
    counts = []
    for _ in range(4):
        glass.clock.advance(0.5)
        counts.append(mimic.refresh())
    assert sum(count > 0 for count in counts) == 2


def test_a_condition_that_a_server_keeps_marks_what_shows_its_tag(mimic: Mimic, marking: Marking, glass: Glass) -> None:
    said = ConditionFacts("plc:High@1", "plc", message="Too full", priority=2, tag=LEVEL)
    glass.alarms[99] = AlarmRow(99, "unacknowledged", condition=said)
    glass.alarms[98] = AlarmRow(98, "unacknowledged", condition=ConditionFacts("plc:x", "plc", priority=1))  # of no tag
    glass.alarms_version += 1
    mimic.refresh()
    numbers = [number for number, one in enumerate(mimic.compiled.drawn) if LEVEL in one.tags and not one.gathers]
    assert numbers and sorted(marking.alarms) == numbers
    assert {mark.priority for mark in marking.alarms.values()} == {2}
    told = tooltip(mimic.compiled.drawn[numbers[0]], mimic._scene._plant, glass)
    assert "Alarm 2: Too full (Unacknowledged)" in told
    del glass.alarms[99], glass.alarms[98]
    glass.alarms_version += 1
    mimic.refresh()
    assert marking.alarms == {}
