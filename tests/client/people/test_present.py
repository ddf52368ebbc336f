"""Who is signed in at a window, and when he is so no longer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hmi.client.page import Desk
from hmi.client.people.present import LOOK_S, Present
from hmi.core.plant.model import PeopleRules
from hmi.link.messages import Reply, Request

IDLE_S = 900.0
WRONG = "Name or password is wrong"
KIM = {"name": "kim", "full_name": "Kim Ro", "roles": {"": "view", "pump": "maintain"}, "must_change": False}


@pytest.fixture
def present(desk: Desk, engine: Any) -> Present:
    """A window at which kim may sign in with any secret but "x"."""

    def sign_in(request: Request) -> Reply:
        well = request.args["secret"] != "x"
        return Reply(
            request.number, well, "" if well else "Name or password is wrong", {"person": KIM} if well else None
        )

    engine.answers |= {
        "sign_in": sign_in,
        "whoami": lambda request: Reply(request.number, True, "", {"person": KIM}),
    }
    return Present(desk.wire, desk.clock, "desk", "anna")


def sign_in(present: Present, desk: Desk, typed: str = "three grey herons") -> Reply:
    replies: list[Reply] = []
    present.sign_in("kim", typed, "password", replies.append)
    desk.wire.tick()
    return replies[0]


def test_nobody_at_first_then_somebody_with_his_roles(present: Present, desk: Desk):
    assert (present.name, present.words, present.role(desk.plant, "pump.speed")) == ("anna", "anna", "operate")
    assert sign_in(present, desk).ok
    assert (present.name, present.words) == ("kim", "Kim Ro")
    assert present.role(desk.plant, "pump.speed") == "maintain"
    assert present.role(desk.plant, "tank.level") == "operate", "never less than everybody may"
    present.sign_out()
    assert (present.name, present.role(desk.plant, "pump.speed")) == ("anna", "operate")


def test_a_wrong_password_lets_nobody_in(present: Present, desk: Desk):
    assert sign_in(present, desk, "x").text == "Name or password is wrong"
    assert present.person is None


def test_a_password_that_is_to_be_changed_gives_no_role(present: Present, desk: Desk, engine: Any):
    engine.answers["sign_in"] = lambda request: Reply(
        request.number, True, "", {"person": {**KIM, "must_change": True}}
    )
    sign_in(present, desk)
    assert present.role(desk.plant, "pump.speed") == "operate"
    engine.answers["person"] = lambda request: Reply(request.number, True, "Password changed")
    present.change_password("old", "new", lambda _: None)
    for _ in range(2):
        desk.wire.tick()
    assert present.role(desk.plant, "pump.speed") == "maintain"


def test_whoever_has_gone_is_signed_out(present: Present, desk: Desk, clock: Any, engine: Any):
    told: list[str] = []
    present.told.connect(told.append)
    sign_in(present, desk)
    for _ in range(10):
        clock.advance(IDLE_S - 1)
        present.touched()
        present.pulse()
    assert present.person is not None
    clock.advance(IDLE_S)
    present.pulse()
    assert present.person is None and "15 minutes" in told[0]
    assert engine.requests[-1].verb == "sign_out"


def test_whom_the_engine_does_not_know_any_more_is_signed_out(present: Present, desk: Desk, clock: Any, engine: Any):
    told: list[str] = []
    present.told.connect(told.append)
    sign_in(present, desk)
    engine.answers["whoami"] = lambda request: Reply(request.number, True, "", {"person": None})
    clock.advance(LOOK_S)
    present.pulse()
    desk.wire.tick()
    assert present.person is None and told == ["Signed out by the engine: the shift or the account has ended"]


def test_a_lost_link_is_the_end_of_a_session(present: Present, desk: Desk, engine: Any):
    told: list[str] = []
    present.told.connect(told.append)
    sign_in(present, desk)
    engine.hang_up()
    desk.wire.tick()
    assert present.person is None and "Sign in again" in told[0]


LOCKING = Reply(0, True, "", {"person": None, "locked": True})


@pytest.fixture
def locking(present: Present, desk: Desk, engine: Any) -> Present:
    """The same at a station that locks itself."""
    rules = PeopleRules(accounts=True, idle_min=5.0, lock=True)
    desk.wire.plant = replace(desk.wire.plant, people=rules)
    engine.answers["lock"] = lambda request: Reply(request.number, True, "", {"person": None, "locked": True})
    return present


@pytest.mark.cr("2.5")
def test_a_station_left_alone_locks_itself_and_a_pin_opens_it(locking: Present, desk: Desk, clock: Any, engine: Any):
    told: list[str] = []
    locking.told.connect(told.append)
    sign_in(locking, desk)
    clock.advance(299)
    locking.pulse()
    assert not locking.locked
    clock.advance(2)
    locking.pulse()
    assert locking.locked and (locking.words, locking.person) == ("Locked", None)
    assert locking.role(desk.plant, "pump.speed") == "view", "not even what everybody may"
    assert told == ["Locked: nobody has touched this for 5 minutes"]
    assert (engine.requests[-1].verb, engine.requests[-1].args) == ("lock", {"why": "left alone"})
    assert sign_in(locking, desk).ok
    assert not locking.locked and locking.role(desk.plant, "pump.speed") == "maintain"


def test_locked_by_hand_where_nobody_could_unlock_it_is_opened_again(present: Present, desk: Desk, engine: Any):
    engine.answers["lock"] = lambda request: Reply(request.number, False, "Nobody has an account here")
    told: list[str] = []
    present.told.connect(told.append)
    present.lock()
    assert present.locked, "at once"
    desk.wire.tick()
    assert not present.locked and told == ["Nobody has an account here"]


def test_what_was_locked_stays_so_when_the_link_comes_back(present: Present, desk: Desk, engine: Any, clock: Any):
    engine.answers["lock"] = lambda request: Reply(request.number, True, "", {"person": None, "locked": True})
    sign_in(present, desk)
    present.lock()
    desk.wire.tick()
    engine.hang_up()
    desk.wire.tick()
    assert present.locked
    engine.up = True
    desk.wire._connect()
    desk.wire.tick()
    assert present.locked and engine.requests[-1].verb == "lock", "the engine is told again"


def test_who_was_found_gone_by_a_locking_station_leaves_it_locked(locking: Present, desk: Desk, engine: Any):
    sign_in(locking, desk)
    locking.sign_out()
    assert locking.locked
    engine.hang_up()
    desk.wire.tick()
    assert locking.locked


def test_the_next_person_is_asked_the_way_that_is_quickest(present: Present, desk: Desk, engine: Any):
    assert present.kind == "password"
    answer = {"person": {**KIM, "pin": True}}
    engine.answers["sign_in"] = lambda request: Reply(request.number, True, "", answer)
    sign_in(present, desk)
    assert present.kind == "pin"
    present.sign_in("kim", "0417", "badge", lambda _: None)
    desk.wire.tick()
    assert present.kind == "badge"
