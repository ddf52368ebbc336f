"""The jobs of one machine, in its faceplate."""

from __future__ import annotations

from PySide6.QtCore import Qt

from hmi.client.instructions.history import MachineJobs
from hmi.client.instructions.work import work_of


def test_its_jobs_and_no_others_and_one_is_opened(qtbot, bench, desk):
    work = work_of(desk)
    for machine in ("p-101", "v-1"):
        work.start("seal", {"lot": "L7", "equipment": machine})
        desk.wire.tick()
    table = MachineJobs(desk, "p-101")
    qtbot.addWidget(table)
    table.resize(400, 200)
    table.show()
    bench.beat()
    desk.wire.tick()
    table.refresh()
    desk.wire.tick()
    assert len(table.jobs) == 1
    assert table.model.rows[0][1:] == ("Change the seal (anna)", "open")
    with qtbot.waitSignal(table.asked):
        place = table.table.visualRect(table.model.index(0, 1)).center()
        qtbot.mouseClick(table.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert work.chosen == table.jobs[0]
    table.dispose()


def test_it_is_asked_again_only_when_something_happened(qtbot, bench, desk):
    table = MachineJobs(desk, "p-101")
    qtbot.addWidget(table)
    bench.beat()
    desk.wire.tick()
    table.refresh()
    desk.wire.tick()
    before = table._question
    table.refresh()
    assert table._question == before and table.jobs == []
    work_of(desk).start("seal", {"lot": "L7", "equipment": "p-101"})
    desk.wire.tick()
    bench.beat()
    desk.wire.tick()
    table.refresh()
    assert table._question != before
    table.dispose()
