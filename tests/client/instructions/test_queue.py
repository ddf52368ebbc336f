"""The queue: what is open and due, found while somebody types, also among five hundred."""

from __future__ import annotations

from types import SimpleNamespace

import msgspec
import pytest

from hmi.client.instructions.queue import SORTED, Queue, _when
from hmi.core.steps.model import Read, Wording


@pytest.fixture
def queue(qtbot, bench, work, desk):
    made = Queue(desk, work)
    qtbot.addWidget(made)
    yield made
    work.listed.disconnect(made.fill)


def hear(bench, work):
    for _ in range(3):
        bench.beat()
        work.desk.wire.tick()
        work.refresh()


def test_what_is_open_and_what_is_due(bench, work, queue):
    work.start("seal", {"lot": "L7"})
    hear(bench, work)
    assert queue.jobs == [bench.job().id]
    assert queue.open_model.rows == [(f"Change the seal · L7 · {bench.job().id}", "step 1 of 7")]
    assert queue.model.rows == [("Change the seal", "due now"), ("Only a text", "to be read")]
    assert queue.title.whole == "Instructions, 1 of them due"
    chosen = []
    queue.job_chosen.connect(chosen.append)
    queue.open_table.activated.emit(queue.open_model.index(0, 0))
    assert chosen == queue.jobs


def test_found_by_what_is_typed(qtbot, queue):
    queue.entry.setText("SEAL chan")
    assert queue.instructions == ["seal"]
    chosen = []
    queue.instruction_chosen.connect(chosen.append)
    queue.entry.returnPressed.emit()
    assert chosen == ["seal"]
    queue.entry.setText("nothing like it")
    assert (queue.instructions, queue.table.empty) == ([], "No instruction has these words")
    queue.entry.returnPressed.emit()
    assert chosen == ["seal"]


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (dict(release="withdrawn"), "withdrawn"),
        (dict(due=True), "due now"),
        (dict(due_ns=7_200_000_000_000), "due in 2 h 00 min"),
        (dict(left=250.0), "due in 250 counts"),
        (dict(steps=0), "to be read"),
        (dict(release="draft"), "draft"),
        (dict(), ""),
    ],
)
def test_when(row, text):
    told = dict(release="released", due=False, due_ns=0, left=None, steps=3) | row
    assert _when(told, SimpleNamespace(mirror=SimpleNamespace(now_ns=lambda: 0))) == text


def test_five_hundred_are_listed_and_found(qtbot, bench, work, desk):
    one = desk.plant.instructions["seal"]
    some = {
        f"i{number}": msgspec.structs.replace(
            one,
            id=f"i{number}",
            title=f"Change the seal of pump {number}",
            steps=tuple(Read(id=f"s{step}", title="Step", text="Words " * 50) for step in range(20)),
            wordings={"de": Wording(f"Dichtung der Pumpe {number} wechseln")},
        )
        for number in range(500)
    }
    object.__setattr__(desk.plant, "instructions", some)
    made = Queue(desk, work)
    qtbot.addWidget(made)
    assert len(made.instructions) == 500
    made.entry.setText("pump 49 seal")
    assert {"i49", "i149", "i499"} < set(made.instructions) and len(made.instructions) == 15
    work.listed.disconnect(made.fill)


def test_open_jobs_by_order_machine_and_alarm(bench, work, queue, desk):
    rows = [
        {"id": "1", "order": "B", "equipment": "", "alarm": ""},
        {"id": "2", "order": "", "equipment": "p-1", "alarm": desk.plant.rules[0].id},
        {"id": "3", "order": "A", "equipment": "", "alarm": ""},
    ]
    for row in rows:
        context = {name: text for name, text in row.items() if name != "id" and text}
        work.open.append(
            {
                "id": row["id"],
                "title": "Seal",
                "instruction": "seal",
                "context": context,
                "equipment": [],
                "done": 0,
                "steps": 7,
            }
        )
    orders = {}
    for place, by in enumerate(SORTED):
        queue.by.setCurrentIndex(place)
        queue.fill()
        orders[by] = queue.jobs
    assert orders == {
        "": ["1", "2", "3"],
        "order": ["3", "1", "2"],
        "equipment": ["2", "1", "3"],
        "alarm": ["2", "1", "3"],
    }
    assert queue.open_model.rows[0][0].endswith("Change the seal · 2")
