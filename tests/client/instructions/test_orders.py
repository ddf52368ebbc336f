"""Orders from the plant server in the queue: agreed to, and begun with what they are for."""

from __future__ import annotations

from typing import Any

import pytest

from hmi.client.arrived import Arrived
from hmi.client.instructions.orders import Orders, context_of, where
from hmi.client.instructions.page import InstructionsPage
from hmi.client.instructions.sheet import Sheet
from hmi.client.language import speak
from hmi.core.incoming import Item
from hmi.engine.inbox_verbs import InboxVerbs
from hmi.link.messages import Health
from hmi.store.inbox import Inbox

WEEK = b"""plant = "toy"
[[order]]
id = "4711"
product = "Cola 0.5"
quantity = 12000
unit = "bottles"
lot = "L48"
instruction = "seal"
[[order]]
id = "4712"
product = "Water"
due = "2026-12-01T14:00"
"""


@pytest.fixture
def inbox(bench: Any) -> Inbox:
    """The station's inbox, with the orders of a week that wait for somebody."""
    box = Inbox(bench.folder)
    made = InboxVerbs(bench.folder, box, None, bench.people, bench.clock, bench.pool, lambda count: None)
    bench.verbs = {**bench.verbs, **made.verbs}
    bench.engine.answers |= dict.fromkeys(made.verbs, bench.answer)
    item = Item(id=9, kind="orders", name="week48.toml", said="2 orders: 4711, 4712")
    box.bring(item, WEEK, "")
    box.keep(item)
    return box


@pytest.fixture
def shown(qtbot: Any, bench: Any, desk: Any, inbox: Inbox) -> Any:
    page = InstructionsPage(desk)
    qtbot.addWidget(page)
    page.resize(1200, 800)
    page.show()
    yield page
    page.dispose()


def hear(bench: Any, page: InstructionsPage, waiting: int = 0) -> None:
    for _ in range(4):
        bench.room.look()
        bench.driver.health.last_life = bench.clock.monotonic()
        bench.engine.say(Health(bench.clock.now_ns(), jobs=bench.room.changed, arrived=waiting))
        page.desk.wire.tick()
        page.refresh()


def agree(bench: Any, page: InstructionsPage) -> None:
    replies: list[Any] = []
    page.desk.wire.ask("inbox_decide", {"id": 9, "accept": True}, replies.append)
    page.desk.wire.tick()
    assert replies[0].ok, replies[0].text


def test_nothing_is_offered_before_a_person_has_agreed(bench, shown):
    hear(bench, shown)
    assert shown.queue.orders.isHidden()
    hear(bench, shown, waiting=1)
    orders = shown.queue.orders
    assert (orders.waiting.text(), orders.table.isHidden()) == ("to be agreed to: 1 …", True)
    orders.waiting.click()
    shown.desk.wire.tick()
    sheet = shown.findChild(Arrived)
    assert sheet.facts.whole.endswith("2 orders: 4711, 4712")
    sheet.agree.click()
    for _ in range(3):
        shown.desk.wire.tick()
    hear(bench, shown)
    assert orders.waiting.isHidden() and not orders.table.isHidden()
    assert shown.queue.orders.model.rows == [
        ("4712 · Water · due 2026-12-01 14:00", "to begin"),
        ("4711 · 12000 bottles Cola 0.5 · lot L48", "to begin"),
    ]


def test_what_was_agreed_to_is_listed_though_as_much_waits_as_before(bench, shown):
    hear(bench, shown, waiting=1)
    shown.queue.orders.waiting.click()
    shown.desk.wire.tick()
    shown.findChild(Arrived).agree.click()
    for _ in range(3):
        shown.desk.wire.tick()
    hear(bench, shown, waiting=1)  # something else came meanwhile
    assert len(shown.queue.orders.model.rows) == 2


def test_an_order_is_begun_by_its_instruction_with_all_that_it_is_for(bench, shown):
    agree(bench, shown)
    hear(bench, shown)
    sheets = []
    shown.instruction_asked.connect(lambda *names: sheets.append(Sheet(shown.desk, shown, *names)))
    orders = shown.queue.orders
    orders.table.activated.emit(orders.model.index(1, 0))
    [sheet] = sheets
    assert sheet.title.whole == "Change the seal" and sheet.fields["lot"].text() == "L48"
    assert sheet._about() == "Order 4711 · Product Cola 0.5 · Lot L48"
    sheet.start()
    hear(bench, shown)
    assert bench.job().context == {"order": "4711", "product": "Cola 0.5", "lot": "L48"}
    assert [row[1] for row in orders.model.rows] == ["to begin", "in work"]
    assert shown.work.wanted == {}


def test_one_that_names_no_instruction_waits_until_somebody_has_chosen_it(bench, shown):
    agree(bench, shown)
    hear(bench, shown)
    asked = []
    shown.instruction_asked.connect(lambda *names: asked.append((names[0], dict(shown.work.wanted))))
    queue = shown.queue
    queue.orders.table.activated.emit(queue.orders.model.index(0, 0))
    assert queue.title.whole == "Choose the instruction for the order 4712" and asked == []
    queue.orders.table.activated.emit(queue.orders.model.index(0, 0))  # once more: not after all
    assert queue.title.whole.startswith("Instructions")
    queue.orders.table.activated.emit(queue.orders.model.index(0, 0))
    queue.table.activated.emit(queue.model.index(0, 0))
    assert asked == [("seal", {"order": "4712", "product": "Water"})]
    queue.table.activated.emit(queue.model.index(0, 0))
    assert asked[1] == ("seal", {}), "the next job is for no order"


def test_one_whose_job_was_given_up_is_offered_again(bench, shown):
    agree(bench, shown)
    shown.work.start("seal", {"lot": "L48", "order": "4711"})
    hear(bench, shown)
    rows = [dict(row) for row in shown.work.orders]
    assert {row["id"]: [job["state"] for job in row["jobs"]] for row in rows} == {"4711": ["open"], "4712": []}
    held = shown.work.held[shown.work.chosen]
    shown.work.act(held, "abandon", why="wrong lot")
    hear(bench, shown)
    assert [row[1] for row in shown.queue.orders.model.rows] == ["to begin", "given up"]


@pytest.mark.parametrize(
    ("states", "says"),
    [
        ([], "to begin"),
        (["open"], "in work"),
        (["open", "open", "finished"], "in work: 2 jobs"),
        (["finished"], "partly done"),
        (["abandoned"], "given up"),
    ],
)
def test_where_an_order_stands(states: list[str], says: str):
    assert where({"jobs": [{"state": state} for state in states]}) == says


def test_what_a_job_of_it_is_for():
    assert context_of({"id": "1", "product": "", "lot": "L", "equipment": "tank", "note": "x"}) == {
        "order": "1", "lot": "L", "equipment": "tank"
    }  # fmt: skip


def test_in_another_language(qtbot, desk):
    speak("de")
    made = Orders(desk)
    qtbot.addWidget(made)
    made.fill([{"id": "1", "quantity": 2.0, "unit": "kg", "product": "Mehl", "lot": "L", "due": "2026-12-01"}])
    assert made.model.rows == [("1 · 2 kg Mehl · Los L · fällig 2026-12-01", "zu beginnen")]
