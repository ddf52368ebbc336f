from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.core import people
from hmi.core.people import STATION_TRIES, Account, Tries, after_wrong, forgiven, greater, role_for, waits_s

S = 10**9


def test_the_role_is_that_of_the_longest_beginning_of_the_tags_name():
    roles = {"": "view", "line1": "operate", "line1.filler": "maintain"}
    assert role_for(roles, "line1.filler.speed") == "maintain"
    assert role_for(roles, "line1.fillers.speed") == "operate"
    assert role_for(roles, "line2.filler") == "view"
    assert role_for({"line1": "operate"}, "line2.x") == role_for({}, "x") == ""


def test_the_greater_role_counts():
    assert greater("operate", "maintain") == greater("maintain", "operate") == "maintain"
    assert greater("", "view") == "view"
    assert greater("king", "view") == "view"


@pytest.mark.cr("1.11")
def test_each_wrong_try_after_the_third_doubles_the_waiting():
    tries, waits = Tries(), []
    for _ in range(16):
        tries = after_wrong(tries, 0)
        waits.append(waits_s(tries, 0))
    assert waits[:6] == [0, 0, 1, 2, 4, 8]
    assert waits[-1] == people.LONGEST_WAIT_S


@given(st.integers(0, 10**6), st.integers(-(2**62), 2**62), st.integers(-(2**62), 2**62))
def test_nobody_waits_longer_than_the_longest_wait_whatever_the_clock_does(count: int, then_ns: int, now_ns: int):
    tries = after_wrong(Tries(count), then_ns)
    assert 0 <= waits_s(tries, now_ns) <= people.LONGEST_WAIT_S


def test_an_account_that_is_barred_says_why():
    account = Account(number=1, name="kim", expires_ns=100 * S)
    assert account.bar(99 * S) == ""
    assert account.bar(100 * S) == "expired"
    assert Account(number=1, name="kim", disabled=True).bar(0) == "disabled"
    assert Account(number=1, name="kim", removed_ns=1).bar(0) == "removed"


@pytest.mark.cr("1.7")
def test_passwords_that_anybody_would_guess_are_refused():
    for password in ("short", "kim-and-more", "Password12345", "aaaaaaaaaaaa", "x" * 300, "abababababab"):
        assert people.password_complaint(password, "kim"), password
    assert people.password_complaint("three grey herons", "kim") == ""


def test_pins_and_names():
    for pin in ("123", "1234", "4321", "0000", "12a4", "١٢٣٥", ""):
        assert people.pin_complaint(pin), pin
    assert people.pin_complaint("2580") == ""
    for name in ("", " kim", "kim\n", "k" * 65, "\x1b[2J"):
        assert people.name_complaint(name), name
    assert people.name_complaint("Ánna van der Berg") == ""


def test_roles_that_do_not_exist_are_named():
    assert "king" in people.role_complaint({"line1": "king"})
    assert people.role_complaint({"": "operate"}) == ""


@pytest.mark.cr("1.7")
def test_a_plant_may_ask_for_longer_passwords():
    assert people.password_complaint("three grey herons", "kim", 17) == ""
    assert "has 18 to 256" in people.password_complaint("three grey herons", "kim", 18)


def test_a_station_forgives_no_faster_than_it_would_have_made_wait():
    """Typing errors of a year must not have everybody wait, and patience must not make guessing cheaper."""
    hour_ns, now_ns, tries = 3600 * 10**9, 10**18, Tries()
    for _ in range(400):  # three times a day somebody mistypes
        now_ns += 8 * hour_ns
        tries = after_wrong(forgiven(tries, now_ns), now_ns, STATION_TRIES)
        assert waits_s(tries, now_ns) == 0.0
    guesses, start_ns = 0, now_ns
    while now_ns < start_ns + 24 * hour_ns:  # whoever waits only as long as he must
        tries = after_wrong(forgiven(tries, now_ns), now_ns, STATION_TRIES)
        guesses += 1
        now_ns += round(waits_s(tries, now_ns) * 1e9) + 10**9
    assert guesses < STATION_TRIES + 24 * 4 + 20
    calm = forgiven(tries, now_ns + 10 * hour_ns)
    assert forgiven(calm, now_ns + 10 * hour_ns) == calm, "asking again forgives nothing more"
