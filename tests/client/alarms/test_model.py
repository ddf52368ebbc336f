"""The alarm table: sorted once, selections stay on their alarm."""

import pytest
from PySide6.QtCore import QPersistentModelIndex
from PySide6.QtTest import QAbstractItemModelTester

from hmi.client.alarms.model import AGE, STATE, TITLE, VALUE, AlarmModel
from hmi.client.alarms.summary import Rollup


@pytest.fixture
def model(window, engine):
    made = AlarmModel(window.shell.desk, Rollup(engine.plant).home)
    tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield made
    tester.deleteLater()


def put(window, model):
    window.frame.beat()
    model.put()
    return [row.rule for row in model.rows]


def test_rows_come_in_display_order(window, engine, model):
    for rule, state in ((2, "unacknowledged"), (3, "unacknowledged"), (0, "acknowledged"), (1, "unacknowledged")):
        engine.alarm(rule, state)
    assert put(window, model) == [1, 2, 3, 0]
    engine.alarm(0, "unacknowledged")
    assert put(window, model) == [0, 1, 2, 3]


def test_what_became_normal_leaves(window, engine, model):
    engine.alarm(0, "unacknowledged")
    engine.alarm(1, "unacknowledged")
    put(window, model)
    engine.alarm(0, "normal")
    assert put(window, model) == [1]


def test_a_selection_follows_its_alarm(window, engine, model):
    engine.alarm(2, "unacknowledged")
    put(window, model)
    held = QPersistentModelIndex(model.index(0, TITLE))
    engine.alarm(0, "unacknowledged")
    engine.alarm(1, "unacknowledged")
    assert put(window, model) == [0, 1, 2]
    assert held.row() == 2
    engine.alarm(0, "normal")
    put(window, model)
    assert held.row() == 1


def test_what_a_row_says(window, engine, model, clock):
    engine.alarm(0, "unacknowledged", value=93.25, raised_ns=clock.now_ns() - 5_000_000_000)
    engine.alarm(3, "acknowledged", value=1.0, cannot_evaluate=True)
    put(window, model)
    texts = [model.data(model.index(0, column)) for column in (AGE, TITLE, STATE, VALUE)]
    assert texts == ["5 s", "Tank overflows", "Unacknowledged", "93.2 / 92.0 %"]
    assert model.data(model.index(1, VALUE)) == "on"
    assert "not evaluated" in model.data(model.index(1, STATE))


def test_ages_grow_with_every_tick(window, engine, model, clock):
    engine.alarm(0, "unacknowledged")
    put(window, model)
    clock.advance(65)
    model.tick(False)
    assert model.data(model.index(0, AGE)) == "1 min 05 s"
    assert not model.lit


def test_many_changes_of_a_beat_are_one_sorting(window, engine, model):
    changes = []
    model.layoutChanged.connect(lambda *_: changes.append(1))
    for rule in range(4):
        engine.alarm(rule, "unacknowledged", raised_ns=rule)
    put(window, model)
    assert len(changes) <= 1
