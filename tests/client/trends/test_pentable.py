"""The table of pens: what it reads at a moment, in view and between two cursors; its rows are dragged."""

import math

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, Qt

from hmi.client.drag import mime_of
from hmi.client.trends.pens import Pen
from hmi.client.trends.pentable import (
    DEVIATION,
    MAXIMUM,
    MEAN,
    MINIMUM,
    QUALITY,
    SCALE,
    UNIT,
    VALUE,
    PenTable,
)
from hmi.core.batch import FLAG_BACKFILLED, Batch
from hmi.core.history import Samples, window_of
from hmi.core.tags import Tag, TagTable

S = 1_000_000_000
T0 = 1_772_000_000 * S


def tag(**more):
    return Tag(**{"index": 0, "name": "a", "connection": "c", "address": "x", "type": "float64", **more})


def test_the_table_reads_at_a_moment(window):
    pen = Pen(tag(low=0, high=100, unit="%"), 1)
    table = TagTable([pen.tag])
    for second, value in enumerate((10.0, 90.0, 50.0)):
        table.apply(Batch.of([0], [value], T0 + second * S, T0))
        pen.series.listen(table, T0 + second * S)
    pen.draw((T0 - S, T0 + 10 * S), T0 + 5 * S, 500, False)
    model = PenTable(window.shell.desk)
    model.put([pen])
    model.read(T0 + S + S // 2)
    cells = [model.data(model.index(0, column)) for column in (VALUE, MINIMUM, MAXIMUM, UNIT, SCALE, QUALITY)]
    assert cells == ["90.0", "10.0", "90.0", "%", "0.0 to 100.0", "Good"]
    model.read(T0 + 60 * S)
    assert model.data(model.index(0, VALUE)) == "–"
    assert model.data(model.index(0, QUALITY)) == "Nothing recorded"


def history(values, flags=0, points=1000):
    time = T0 + np.arange(len(values), dtype=np.int64) * S
    zeros, marks = np.zeros(len(values), np.uint32), np.full(len(values), flags, np.uint32)
    samples = Samples("a", time, time, np.array(values, float), time * 0, zeros, marks)
    return window_of(samples, T0, T0 + len(values) * S, points)


def read(window, pen, moment, span, pair=None):
    model = PenTable(window.shell.desk)
    model.put([pen])
    model.read(moment, span, pair)
    return [model.data(model.index(0, column)) for column in range(model.columnCount())]


def test_mean_and_deviation_are_over_time(window):
    pen = Pen(tag(low=0, high=100), 1)
    pen.series.take(history([10.0, 10.0, 10.0, 50.0]))  # three seconds at 10, one at 50
    pen.draw((T0, T0 + 4 * S), T0 + 4 * S, 500, False)
    cells = read(window, pen, T0, (T0, T0 + 4 * S))
    assert cells[MEAN] == "20.00"
    assert cells[DEVIATION] == f"{math.sqrt((3 * 100 + 900) / 4):.2f}"
    cells = read(window, pen, T0, (T0, T0 + 4 * S), (T0, T0 + 2 * S))
    assert (cells[VALUE], cells[MEAN], cells[DEVIATION]) == ("10.0", "10.00", "0.00")


def test_figures_of_what_was_thinned_are_told_to_be_estimates(window):
    pen = Pen(tag(low=0, high=100), 1)
    pen.series.take(history([float(n % 10) for n in range(100)], points=10))
    pen.draw((T0, T0 + 100 * S), T0 + 100 * S, 500, False)
    cells = read(window, pen, T0, (T0, T0 + 100 * S))
    assert cells[MEAN].startswith("≈ ") and cells[DEVIATION].startswith("≈ ")
    assert float(cells[MEAN][2:]) == pytest.approx(4.5, abs=0.5)
    assert float(cells[DEVIATION][2:]) == pytest.approx(2.9, abs=0.5)
    assert (cells[MINIMUM], cells[MAXIMUM]) == ("0.0", "9.0")  # these are exact, always


def test_what_was_fetched_later_is_said_in_words(window):
    pen = Pen(tag(), 1)
    pen.series.take(history([1.0] * 4, FLAG_BACKFILLED))
    pen.draw((T0, T0 + 4 * S), T0 + 4 * S, 500, False)
    assert read(window, pen, T0 + S, (T0, T0 + 4 * S))[QUALITY] == "Good · fetched later"


def test_rows_are_dragged_with_their_tags_and_dropped_before_a_row(window, qtbot):
    desk = window.shell.desk
    model = PenTable(desk)
    model.put([Pen(desk.plant.tags[n], n + 1) for n in (0, 1, 2)])
    assert model.flags(model.index(0, 0)) & Qt.ItemFlag.ItemIsDragEnabled
    data = model.mimeData([model.index(2, 0), model.index(2, 1)])
    assert data.text() == "pump.speed"
    dropped = []
    model.dropped.connect(lambda tags, row: dropped.append((tags, row)))
    assert not model.dropMimeData(data, Qt.DropAction.MoveAction, 0, 0, QModelIndex())
    model.dropMimeData(mime_of(["door.open"]), Qt.DropAction.CopyAction, -1, -1, QModelIndex())
    model.dropMimeData(mime_of(["no.such.tag"]), Qt.DropAction.CopyAction, 1, 0, QModelIndex())
    assert dropped == [((2,), 0), ((4,), 3)]
    assert [pen.tag.index for pen in model.pens] == [0, 1, 2]  # the page puts them in their new order
