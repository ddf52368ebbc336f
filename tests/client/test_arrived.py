"""What came from the plant server, decided on in the window: one after the other, by somebody who may."""

from __future__ import annotations

from typing import Any

import pytest

from hmi.client.arrived import Arrived
from hmi.client.language import speak
from hmi.link.messages import Health, Reply

PACK = {
    "id": 7,
    "kind": "plant",
    "name": "bottling-4.hmiplant",
    "version": 4,
    "by": "office",
    "why": "new labels",
    "signed_by": "A1B2C3D4E5F60718",
    "said": "version 3 is in force",
    "state": "waiting",
}
ORDERS = PACK | {"id": 9, "kind": "orders", "name": "week48.toml", "said": "3 orders: 1, 2, 3", "signed_by": ""}


@pytest.fixture
def box(window: Any, engine: Any) -> dict[int, dict[str, Any]]:
    """An inbox of the engine's, with two that wait and one that is decided."""
    items = {row["id"]: dict(row) for row in (PACK | {"id": 3, "state": "accepted"}, PACK, ORDERS)}

    def decide(request: Any) -> Reply:
        if request.args["accept"] and items[request.args["id"]]["kind"] == "plant":
            return Reply(request.number, False, "That needs the role engineer: sign in as somebody who has it")
        items[request.args["id"]]["state"] = "accepted" if request.args["accept"] else "rejected"
        return Reply(request.number, True, "done")

    engine.answers["inbox"] = lambda request: Reply(request.number, True, "", list(items.values()))
    engine.answers["inbox_decide"] = decide
    return items


def opened(window: Any, engine: Any) -> Arrived:
    window.shell.go(":system")
    engine.say(Health(engine.clock.now_ns(), arrived=2))
    window.frame.beat()
    window.shell.page.arrived.click()
    window.frame.beat()
    return window.findChild(Arrived)


def test_each_is_shown_with_who_published_it_and_who_vouches(window, engine, box):
    sheet = opened(window, engine)
    assert sheet.title.whole == "From the plant server, 1 of 2"
    assert sheet.what.whole == "Plant files, version 4 · bottling-4.hmiplant"
    assert (
        sheet.facts.whole
        == "Published by office\nnew labels\nSigned with the key A1B2C3D4E5F60718\nVersion 3 is in force"
    )
    sheet.leave()


def test_it_speaks_the_operators_language(window, engine, box):
    sheet = opened(window, engine)
    speak("de")
    sheet._show(box[7])
    assert sheet.facts.whole.endswith("Version 3 ist in Kraft")
    sheet.agree.click()
    window.frame.beat()
    assert sheet.complaint.whole == "Das braucht die Rolle projektieren: als jemand anmelden, der sie hat"
    sheet.leave()


def test_who_may_not_is_told_and_nothing_is_used_without_a_reason_to_the_contrary(window, engine, box):
    sheet = opened(window, engine)
    sheet.agree.click()
    window.frame.beat()
    assert sheet.complaint.whole.startswith("That needs the role engineer") and sheet.agree.isEnabled()
    sheet.refuse.click()
    assert sheet.complaint.whole.startswith("Say why") and box[7]["state"] == "waiting"
    sheet.why.setText("not before Monday")
    sheet.refuse.click()
    window.frame.beat()
    window.frame.beat()
    assert box[7]["state"] == "rejected"
    assert sheet.title.whole == "From the plant server" and sheet.what.whole == "Orders · week48.toml"
    assert "Signed by nobody whom this station trusts" in sheet.facts.whole and not sheet.why.text()
    sheet.agree.click()
    window.frame.beat()
    window.frame.beat()
    assert box[9]["state"] == "accepted" and sheet.isHidden(), "nothing waits any more"
