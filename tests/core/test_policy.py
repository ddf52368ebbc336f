"""What must hold before a write: each rule by a table, and nothing that breaks any of them passes."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.core import expr
from hmi.core import quality as q
from hmi.core.policy import (
    ROLES,
    Asked,
    Interlock,
    Policy,
    Rules,
    Snapshot,
    bar_of,
    complaint_of,
    decide,
    limits_of,
    rules_for,
)
from hmi.core.tags import Tag

SPEED = Tag(0, "a.speed", "plc", "x", "float64", unit="1/min", low=0, high=60, access="rw")
STATE = Tag(1, "a.state", "plc", "x", "int32")
DOOR = Tag(2, "a.door", "plc", "x", "bool")
START = Tag(3, "a.start", "plc", "x", "bool", access="rw")
LOT = Tag(4, "a.lot", "plc", "x", "string", access="rw", length=8)
CALL = Tag(5, "a.call", "plc", "x", "float64", access="w")
INDEX = {"a.speed": 0, "a.state": 1, "a.door": 2, "a.start": 3, "a.lot": 4, "a.call": 5}
RUNS = Interlock(expr.compile("a.state != 6", INDEX), "Filler is running: stop it first")
OPEN = Interlock(expr.compile("not a.door", INDEX), "The door is open: close it first")


def now(**more):
    values = np.array([20.0, 2.0, 0.0, 0.0, math.nan, math.nan])
    return Snapshot(
        **{"values": values, "qualities": np.zeros(6, np.uint32), "age_s": lambda tag: 1.0, "holds": (20.0,), **more}
    )


def asked(value=30, **more):
    return Asked(**{"value": value, "why": "order change", "role": "operate", **more})


def two(second, role="operate"):
    """As kim asks, and somebody else agrees."""
    return asked(user="kim", second=second, second_role=role)


def test_without_policies_an_operator_may_write_with_a_reason():
    decision = decide(SPEED, (), asked(), now())
    assert decision.allowed and decision.value == 30.0 and not decision.needs


CASES = {
    "read-only": (STATE, Policy(), asked(), now(), "a.state is read-only"),
    "value": (SPEED, Policy(), asked("fast"), now(), "not a number"),
    "own range": (SPEED, Policy(), asked(61), now(), "61 1/min is out of range"),
    "role": (SPEED, Policy(role="engineer"), asked(), now(), "for those who may engineer, you may operate"),
    "no role": (SPEED, Policy(), asked(role="view"), now(), "you may view"),
    "strange role": (SPEED, Policy(), asked(role="king"), now(), "you may king"),
    "tablet": (SPEED, Policy(), asked(station_kind="tablet"), now(), "from a desk or panel only"),
    "desk": (SPEED, Policy(stations=("panel",)), asked(), now(), "from a panel only"),
    "reason": (SPEED, Policy(), asked(why=" "), now(), "A reason is needed"),
    "long reason": (SPEED, Policy(), asked(why="x" * 501), now(), "over 500 characters"),
    "range": (
        SPEED,
        Policy(high=25),
        asked(),
        now(),
        "30 1/min is outside what its policy allows for a.speed (0 to 25",
    ),
    "low": (SPEED, Policy(low=35), asked(), now(), "(35 to 60 1/min)"),
    "away": (SPEED, Policy(), asked(), now(away="plc is down: nothing was sent"), "plc is down"),
    "bad": (
        SPEED,
        Policy(),
        asked(),
        now(qualities=np.full(6, q.BAD_SENSOR_FAILURE)),
        "a.speed is bad (sensor failure)",
    ),
    "stale": (SPEED, Policy(), asked(), now(qualities=np.full(6, q.UNCERTAIN_LAST_USABLE)), "a.speed is stale"),
    "old": (SPEED, Policy(fresh_s=0.9), asked(), now(), "is 1.0 s old, it must be no older than 0.9 s"),
    "never": (SPEED, Policy(fresh_s=5), asked(), now(age_s=lambda tag: math.inf), "was never received"),
    "nan age": (SPEED, Policy(fresh_s=5), asked(), now(age_s=lambda tag: math.nan), "nothing was sent"),
    "old input": (
        SPEED,
        Policy(fresh_s=5, interlocks=(RUNS,)),
        asked(),
        now(age_s=lambda tag: 9.0 if tag == 1 else 1.0),
        "A value that decides about a.speed is 9.0 s old",
    ),
    "step": (SPEED, Policy(max_step=5), asked(), now(), "From 20 to 30 1/min is more than 5 1/min at once"),
    "two steps": (SPEED, Policy(max_step=5), asked(24), now(holds=(20.0, 30.0)), "From 30 to 24 1/min"),
    "step from nowhere": (SPEED, Policy(max_step=5), asked(), now(holds=(math.nan,)), "at once"),
    "interlock": (START, Policy(interlocks=(OPEN,)), asked(1), now(values=np.ones(6)), "The door is open: close it"),
    "busy": (SPEED, Policy(), asked(), now(busy=True), "Another write to a.speed is under way"),
    "rate": (SPEED, Policy(max_per_min=2), asked(), now(lately=2), "may be set 2 times a minute"),
    "rate of one": (SPEED, Policy(max_per_min=1), asked(), now(lately=1), "once a minute"),
    "second": (SPEED, Policy(second_person=True), asked(confirmed=True), now(), "a second person"),
    "second alone": (SPEED, Policy(second_person=True), asked(user="kim"), now(), "a second person who agrees"),
    "second himself": (SPEED, Policy(second_person=True), two("Kim"), now(), "must be somebody else"),
    "second may not": (SPEED, Policy(second_person=True), two("ada", "view"), now(), "ada may not do that"),
    "confirm": (SPEED, Policy(confirm="Product is lost"), asked(), now(), "Needs confirmation: Product is lost"),
    "other text": (SPEED, Policy(confirm="Product is lost"), asked(confirmed="Yes"), now(), "Needs confirmation"),
    "one, not true": (SPEED, Policy(confirm="Product is lost"), asked(confirmed=1), now(), "Needs confirmation"),
}


@pytest.mark.parametrize("case", CASES)
def test_each_rule_refuses_with_its_reason(case):
    tag, policy, wish, moment, says = CASES[case]
    decision = decide(tag, (policy,), wish, moment)
    assert not decision.allowed and decision.code
    assert says in decision.text
    assert "nothing was sent" in decision.text
    assert "\n" not in decision.text


GOOD = {
    "role": (SPEED, Policy(role="maintain"), asked(role="engineer"), now()),
    "tablet": (SPEED, Policy(remote_ok=True), asked(station_kind="tablet"), now()),
    "panel": (SPEED, Policy(stations=("panel",)), asked(station_kind="panel"), now()),
    "no reason": (SPEED, Policy(reason=False), asked(why=""), now()),
    "edge of range": (SPEED, Policy(high=30), asked(), now()),
    "edge of step": (SPEED, Policy(max_step=0.1), asked(0.3), now(holds=(0.2,))),
    "fresh": (SPEED, Policy(fresh_s=1.0, interlocks=(RUNS,)), asked(), now()),
    "interlock holds": (SPEED, Policy(interlocks=(RUNS, OPEN)), asked(), now()),
    "other value": (START, Policy(values=frozenset({1.0}), interlocks=(OPEN,)), asked(0), now(values=np.ones(6))),
    "rate": (SPEED, Policy(max_per_min=2), asked(), now(lately=1)),
    "confirmed": (SPEED, Policy(confirm="Product is lost"), asked(confirmed=True), now()),
    "the text": (SPEED, Policy(confirm="Product is lost"), asked(confirmed="Product is lost"), now()),
    "text has no range": (LOT, Policy(low=1, high=2, max_step=1), asked("LOT 7"), now(holds=(math.nan,))),
    "a switch has no range": (START, Policy(low=5, high=9, max_step=0.1), asked(1), now()),
    "a method holds nothing": (CALL, Policy(max_step=1), asked(5), now(holds=(math.nan,))),
}


@pytest.mark.parametrize("case", GOOD)
def test_what_keeps_every_rule_may_go_out(case):
    tag, policy, wish, moment = GOOD[case]
    decision = decide(tag, (policy,), wish, moment)
    assert decision.allowed, decision.text


def test_a_refusal_says_what_would_let_it_pass():
    assert decide(SPEED, (Policy(confirm="Sure?"),), asked(), now()).needs == ("confirmation",)
    assert decide(SPEED, (Policy(confirm="Sure?"),), asked(), now()).confirm == "Sure?"
    assert decide(SPEED, (Policy(second_person=True),), asked(), now()).needs == ("sign in",)
    assert decide(SPEED, (Policy(second_person=True),), asked(user="kim"), now()).needs == ("second person",)


def test_nobody_is_asked_to_confirm_what_would_be_refused_all_the_same():
    policy = Policy(confirm="Sure?", interlocks=(OPEN,))
    assert decide(SPEED, (policy,), asked(), now(values=np.ones(6))).code == "interlock"


@pytest.mark.parametrize("bad", [q.BAD_SENSOR_FAILURE, q.UNCERTAIN_LAST_USABLE, q.UNCERTAIN, q.BAD_WAITING])
def test_an_interlock_whose_inputs_are_not_good_blocks(bad):
    qualities = np.zeros(6, np.uint32)
    qualities[2] = bad
    said = complaint_of(OPEN, now().values, qualities)
    assert said.startswith("The door is open: close it first (cannot be judged now")
    assert complaint_of(RUNS, now().values, qualities) == ""


def test_an_interlock_of_no_number_blocks():
    nothing = Interlock(expr.compile("1 / a.door", INDEX), "no")
    assert complaint_of(nothing, now().values, now().qualities)


def test_the_most_specific_policy_that_names_a_setting_counts_and_interlocks_add_up():
    policies = (Policy(values=frozenset({2.0}), role="engineer"), Policy(high=30, interlocks=(OPEN,)), Policy(high=9))
    policies = (*policies, Policy(role="maintain", confirm="Sure?", interlocks=(RUNS,)))
    assert rules_for(policies, 2.0) == Rules(role="engineer", high=30, confirm="Sure?", interlocks=(OPEN, RUNS))
    assert rules_for(policies, 3.0).role == rules_for(policies, "text").role == "maintain"
    assert rules_for((), 3.0) == Rules()


def test_a_more_specific_policy_can_take_a_setting_back():
    policies = (Policy(confirm="", remote_ok=True), Policy(confirm="Sure?", remote_ok=False))
    assert (rules_for(policies, 1.0).confirm, rules_for(policies, 1.0).remote_ok) == ("", True)


def test_the_range_is_the_narrower_one():
    assert limits_of(SPEED, Rules(low=-5, high=70)) == (0, 60)
    assert limits_of(SPEED, Rules(low=10)) == (10, 60)
    assert limits_of(STATE, Rules(high=5)) == (None, 5)
    assert limits_of(START, Rules(high=5)) == (None, None)


# ------------------------------------------------------------------------------------- nothing slips through


def often(usual, else_):
    """Mostly the one, so that many wishes break no rule or only one."""
    return st.integers(0, 7).flatmap(lambda n: usual if n else else_)


LOWS = often(st.none(), st.sampled_from([-5.0, 0.0, 1.0, 10.0]))
HIGHS = often(st.none(), st.sampled_from([0.0, 1.0, 20.0, 90.0]))
POLICIES = st.lists(
    st.builds(
        Policy,
        values=st.one_of(st.none(), st.frozensets(st.sampled_from([0.0, 1.0, 20.0]), min_size=1)),
        role=st.one_of(st.none(), st.sampled_from(ROLES[2:])),
        low=LOWS,
        high=HIGHS,
        max_step=st.sampled_from([None, None, 0.1, 19.0, 30.0]),
        max_per_min=st.sampled_from([None, None, 1, 3]),
        interlocks=st.lists(st.sampled_from([RUNS, OPEN]), max_size=2).map(tuple),
        confirm=st.sampled_from([None, "", "Sure?"]),
        reason=st.sampled_from([None, True, False]),
        second_person=often(st.none(), st.booleans()),
        stations=often(st.none(), st.sampled_from([("desk",), ("panel",)])),
        remote_ok=st.sampled_from([None, True, False]),
        fresh_s=st.sampled_from([None, 1.0, 5.0]),
    ),
    max_size=3,
)
ASKED = st.builds(
    Asked,
    value=often(st.sampled_from([0, 1, 1.0, "1"]), st.one_of(st.floats(0, 60), st.sampled_from(["x", None, math.nan]))),
    why=often(st.just("order"), st.sampled_from(["", "x" * 501])),
    role=often(st.just("administer"), st.sampled_from([*ROLES, "king"])),
    station_kind=often(st.just("desk"), st.sampled_from(["panel", "tablet", "other"])),
    confirmed=often(st.sampled_from([True, "Sure?"]), st.sampled_from([False, "sure", 1])),
    user=often(st.just("kim"), st.just("")),
    second=often(st.just("ada"), st.sampled_from(["", "kim"])),
    second_role=often(st.just("administer"), st.sampled_from(["", *ROLES])),
)
QUALITY = st.sampled_from([*[0] * 40, q.UNCERTAIN_LAST_USABLE, q.BAD_SENSOR_FAILURE])
SNAPSHOTS = st.builds(
    Snapshot,
    values=st.tuples(
        st.sampled_from([20.0, 30.0]), often(st.just(2.0), st.just(6.0)), *[often(st.just(0.0), st.just(1.0))] * 4
    ).map(np.array),
    qualities=st.lists(QUALITY, min_size=6, max_size=6).map(lambda codes: np.array(codes, np.uint32)),
    age_s=often(st.just(0.5), st.sampled_from([3.0, 9.0, math.inf])).map(lambda age: lambda tag: age),
    holds=st.lists(st.sampled_from([19.95, 20.0, 30.0]), max_size=2).map(tuple),
    lately=often(st.just(0), st.integers(1, 4)),
    away=often(st.just(""), st.just("plc is down: nothing was sent")),
    busy=often(st.just(False), st.just(True)),
)


def first(policies, name, otherwise):
    """The setting of the most specific policy that has it."""
    return next((setting for policy in policies if (setting := getattr(policy, name)) is not None), otherwise)


def broken(tag, policies, wish, moment, value):
    """Every rule that a write breaks, told apart from the judgement under test."""
    policies = [p for p in policies if p.values is None or (not isinstance(value, str) and value in p.values)]
    yield from broken_by_person(tag, policies, wish)
    if tag.type == "float64":
        yield from broken_by_value(tag, policies, moment, value)
    yield from broken_by_plant(tag, policies, moment)
    confirm = first(policies, "confirm", "")
    if confirm and wish.confirmed is not True and wish.confirmed != confirm:
        yield "confirmation"


def broken_by_person(tag, policies, wish):
    if tag.access == "r":
        yield "access"
    if wish.role not in ROLES or ROLES.index(wish.role) < ROLES.index(first(policies, "role", "operate")):
        yield "role"
    kinds = {*first(policies, "stations", ("desk", "panel")), *["tablet"] * first(policies, "remote_ok", False)}
    if wish.station_kind not in kinds:
        yield "station"
    if len(wish.why) > 500 or (first(policies, "reason", True) and not wish.why):
        yield "reason"
    if first(policies, "second_person", False):
        ranks = ("", *ROLES)
        agrees = wish.user and wish.second and wish.second != wish.user
        if not agrees or ranks.index(wish.second_role) < ranks.index(first(policies, "role", "operate")):
            yield "second person"


def broken_by_value(tag, policies, moment, value):
    lows = [low for low in (tag.low, first(policies, "low", None)) if low is not None]
    highs = [high for high in (tag.high, first(policies, "high", None)) if high is not None]
    if math.isnan(value) or any(value < low for low in lows) or any(value > high for high in highs):
        yield "range"
    step = first(policies, "max_step", math.inf)
    before = moment.holds or (moment.values[0],)
    if step < math.inf and any(not abs(value - old) <= step + 1e-6 for old in before):
        yield "step"


def broken_by_plant(tag, policies, moment):
    values, bad = moment.values, moment.qualities != 0
    if moment.away or moment.busy or bad[tag.index]:
        yield "state"
    if moment.age_s(0) > first(policies, "fresh_s", math.inf):
        yield "fresh"
    interlocks = [interlock for policy in policies for interlock in policy.interlocks]
    if RUNS in interlocks and (values[1] == 6 or bad[1]):
        yield "running"
    if OPEN in interlocks and (values[2] == 1 or bad[2]):
        yield "open"
    if moment.lately >= first(policies, "max_per_min", 1000):
        yield "rate"


@settings(max_examples=400)
@given(often(st.sampled_from([SPEED, START]), st.sampled_from([LOT, STATE])), POLICIES, ASKED, SNAPSHOTS)
@pytest.mark.cr("2.1")
def test_nothing_passes_that_breaks_a_rule_and_nothing_is_refused_that_breaks_none(tag, policies, wish, moment):
    decision = decide(tag, policies, wish, moment)
    if decision.code == "value":
        return  # what a tag takes at all is judged elsewhere
    found = list(broken(tag, policies, wish, moment, decision.value))
    assert decision.allowed == (not found), (decision, found)
    assert bool(decision.text) == bool(found)


@given(POLICIES, ASKED, SNAPSHOTS)
def test_another_policy_never_lifts_an_interlock(policies, wish, moment):
    blocked = dataclasses.replace(moment, values=np.array([20.0, 6.0, 0.0, 0.0, 0.0, 0.0]))
    assert not decide(SPEED, [*policies, Policy(interlocks=(RUNS,))], wish, blocked).allowed
    assert not decide(SPEED, [Policy(interlocks=(RUNS,)), *policies], wish, blocked).allowed


@pytest.mark.parametrize(
    ("rules", "role", "kind", "bar"),
    [
        (Rules(), "operate", "desk", ""),
        (Rules(), "administer", "panel", ""),
        (Rules(), "view", "desk", "role"),
        (Rules(), "nobody", "desk", "role"),
        (Rules(), "operate", "tablet", "station"),
        (Rules(remote_ok=True), "operate", "tablet", ""),
        (Rules(stations=("panel",)), "operate", "desk", "station"),
    ],
)
def test_what_bars_a_person_whatever_the_value(rules, role, kind, bar):
    assert bar_of(rules, role, kind) == bar
