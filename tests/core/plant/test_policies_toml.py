"""Policy files: which tags a policy is about, which one counts, and every mistake in them."""

from __future__ import annotations

from typing import get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.core.errors import Mistake
from hmi.core.plant.plant_toml import _Role, _Station
from hmi.core.plant.policies_toml import _Policy, policy_files, read_policies
from hmi.core.policy import FIXED_STATIONS, ROLES, Policy, rules_for
from hmi.core.tags import Tag

TAGS = [
    Tag(0, "line1.filler.speed_sp", "plc", "i=1", "float64", "1/h", 0.0, 100.0, access="rw"),
    Tag(1, "line1.filler.state", "plc", "i=2", "int32"),
    Tag(2, "line1.filler.cmd.start", "plc", "i=3", "bool", access="rw"),
    Tag(3, "line1.capper.speed_sp", "plc", "i=4", "float64", access="rw"),
    Tag(4, "line1.filler_2.speed_sp", "plc", "i=5", "float64", access="rw"),
    Tag(5, "line1.order.lot", "plc", "i=6", "string", access="rw"),
    Tag(6, "line1.filler.command", "plc", "i=7", "int32", low=0, high=9, access="rw"),
]
FULL = """[[policy]]
tags = ["line1.filler.speed_sp"]
role = "maintain"
low = 10
high = 90.5
max_step = 5
max_per_min = 6
confirm = "Product is lost"
reason = false
second_person = true
stations = ["panel"]
remote_ok = true
fresh_s = 2.5
interlock = [{ needs = "line1.filler.state != 6", blocked = "Filler is running: stop it first" }]
"""


def read(text: str, **more: str) -> tuple[dict[int, tuple[Policy, ...]], list[Mistake]]:
    mistakes: list[Mistake] = []
    index = {tag.name: tag.index for tag in TAGS}
    return read_policies({"policies.toml": text, **more}, TAGS, index, mistakes), mistakes


def one(tags: str, keys: str = 'role = "maintain"') -> str:
    return f"[[policy]]\ntags = [{tags}]\n{keys}\n"


def test_a_policy_says_all_that_must_hold() -> None:
    found, mistakes = read(FULL)
    assert not mistakes
    ((policy,),) = found.values()
    assert policy.place == "policies.toml:1"
    assert (policy.role, policy.low, policy.high, policy.max_step, policy.max_per_min) == ("maintain", 10, 90.5, 5, 6)
    assert (policy.confirm, policy.reason, policy.second_person) == ("Product is lost", False, True)
    assert (policy.stations, policy.remote_ok, policy.fresh_s) == (("panel",), True, 2.5)
    (interlock,) = policy.interlocks
    assert (interlock.needs.inputs, interlock.blocked) == ((1,), "Filler is running: stop it first")


def test_interlocks_may_stand_in_tables_of_their_own() -> None:
    found, mistakes = read(one('"*"') + '[[policy.interlock]]\nneeds = "line1.filler.state == 2"\nblocked = "Runs"\n')
    assert not mistakes
    assert found[0][0].interlocks[0].blocked == "Runs"


@pytest.mark.parametrize(
    ("pattern", "tags"),
    [
        ("line1.filler.speed_sp", {0}),
        ("line1.filler.*", {0, 2, 6}),
        ("line1.filler.cmd.*", {2}),
        ("line1.*", {0, 2, 3, 4, 5, 6}),
        ("*", {0, 2, 3, 4, 5, 6}),
    ],
)
def test_a_pattern_means_the_writable_tags_below_it_and_no_others(pattern: str, tags: set[int]) -> None:
    found, mistakes = read(one(f'"{pattern}"'))
    assert (set(found), mistakes) == (tags, [])


def test_the_most_specific_stands_first_whatever_the_order_of_the_files() -> None:
    name = "line1.filler.command"
    texts = [
        one('"*"', "max_per_min = 1"),
        one('"line1.*"', "max_per_min = 2"),
        one('"line1.filler.*"', "max_per_min = 3"),
        one(f'"{name}"', "max_per_min = 4"),
        one(f'"{name}"', "max_per_min = 5\nvalues = [2]"),
    ]
    for order in (texts, texts[::-1]):
        found, mistakes = read("".join(order[:2]), **{"policies/more.toml": "".join(order[2:])})
        assert not mistakes
        assert [policy.max_per_min for policy in found[6]] == [5, 4, 3, 2, 1]
        assert [rules_for(found[6], value).max_per_min for value in (2.0, 3.0)] == [5, 4]


def test_more_files_are_read_in_order() -> None:
    texts = {"policies/b.toml": "", "policies.toml": "", "policies/a.toml": "", "policies/deep/x.toml": ""}
    assert policy_files(texts) == ["policies.toml", "policies/a.toml", "policies/b.toml"]


LOCK = "interlock = [{{ needs = {}, blocked = {} }}]"


@pytest.mark.parametrize(
    ("text", "what", "mend"),
    [
        (one('"line1.filer.speed_sp"'), "no tag matches line1.filer.speed_sp", "Write line1.filler.speed_sp"),
        (one('"line9.*"'), "no tag matches line9.*", "Name a tag"),
        (one('"line1.filler.state"'), "line1.filler.state is read-only", "access = rw"),
        (one('"line1.filler"'), "no tag is called line1.filler", "Write line1.filler.*"),
        (one('"line1.fill*"'), "'line1.fill*' is neither a tag nor all tags below a dot", "line1.filler.*"),
        (one('"Line 1"'), "is neither a tag", "line1.filler.*"),
        (one('"*"', ""), "the policy asks for nothing", "Add role"),
        (one('"*"', 'role = "king"'), '`role` must be one of "operate"', "Write role"),
        (one('"*"', 'role = "view"'), "`role` must be one of", "Write role"),
        (one('"*"', "max_per_min = 0"), "`max_per_min` must be", "Write max_per_min = 6"),
        (one('"*"', "max_step = 0"), "`max_step` must be", "Write max_step"),
        (one('"*"', "fresh_s = 0"), "`fresh_s` must be", "Write fresh_s"),
        (one('"*"', 'stations = ["tablet"]'), "`stations` must be", "Write stations"),
        (one('"*"', "colour = 1"), "`colour` is not a key", "Remove it"),
        (one('"*"', "max_ste = 1"), "`max_ste` is not a key", "Write `max_step`"),
        ("[policy]\n", "`policy` must be a list", "[[policy]]"),
        ("[[polcy]]\n", "`polcy` is not a section", "[[policy]]"),
        ("[[policy]]\n", "`tags` is missing", "line1.filler.*"),
        ("[[policy]]\ntags = []\nrole = 'maintain'", "`tags` must be", "line1.filler.*"),
        ("policy", "this is not TOML", "Mend the line"),
        (one('"line1.filler.speed_sp"', "low = 9\nhigh = 9"), "low 9 is not below high 9", "Exchange"),
        (one('"line1.filler.speed_sp"', "low = 101"), "leave no value for line1.filler.speed_sp", "Compare"),
        (one('"line1.filler.speed_sp"', "high = 101"), "high 101 is wider than that of", "Write 100"),
        (one('"line1.filler.command"', "values = [2]\nlow = 1"), "`low` and `values`", "two policies"),
        (one('"line1.filler.command"', "values = [12]\nconfirm = 'x'"), "12 is out of range", "Name only values"),
        (one('"line1.filler.command"', "values = []\nconfirm = 'x'"), "`values` must be", "Write values"),
        (one('"line1.order.lot"', "values = [1]\nconfirm = 'x'"), "and line1.order.lot is neither", "Remove `values`"),
        (one('"line1.filler.speed_sp"', "values = [1]\nconfirm = 'x'"), "whole numbers without scale", "low and high"),
        (one('"line1.order.lot"', "max_step = 1"), "is no number and has no max_step", "Remove `max_step`"),
        (one('"line1.filler.cmd.*"', "high = 1"), "is no number and has no high", "Remove `high`"),
        (one('"*"', LOCK.format('"line1.filer.state"', '"x"')), "no tag line1.filer.state", "Write line1.filler.state"),
        (one('"*"', LOCK.format('"line1.filler.state !"', '"x"')), "'!' is not allowed", "Write `not`"),
        (one('"*"', LOCK.format('"1 == 1"', '"x"')), "the interlock reads no tag", "Name the tags"),
        (one('"*"', LOCK.format('"line1.order.lot == 1"', '"x"')), "line1.order.lot is text", "numbers or bools"),
        (one('"*"', LOCK.format('"line1.filler.state"', '""')), "`blocked` must be text, not empty", "Filler is"),
        (one('"*"', 'interlock = [{ needs = "line1.filler.state" }]'), "`blocked` is missing", "Add blocked"),
        (one('"*"', 'interlock = "line1.filler.state"'), "`interlock` must be a list of tables", ""),
        (one('"*", "*"'), "two policies for * with the same precedence", "Make them one"),
        (one('"*"') * 2, "two policies for * with the same precedence: the other is policies.toml:1", "Make them one"),
        (
            one('"line1.filler.command"', "values = [2, 3]\nconfirm = 'x'")
            + one('"line1.filler.command"', "values = [3, 4]\nconfirm = 'y'"),
            "two policies for line1.filler.command with the same precedence",
            "Make them one",
        ),
    ],
)
def test_each_mistake_is_found_once_with_how_to_mend_it(text: str, what: str, mend: str) -> None:
    _, mistakes = read(text)
    matching = [mistake for mistake in mistakes if what in mistake.what]
    assert len(matching) == len(mistakes) == 1, mistakes
    assert mend in matching[0].mend
    assert matching[0].file == "policies.toml" and matching[0].line


def test_contradictions_between_policies_are_found() -> None:
    text = one('"line1.*"', "low = 5") + one('"line1.filler.speed_sp"', "high = 4")
    _, mistakes = read(text)
    assert [m.what for m in mistakes] == [
        "the policies leave no value for line1.filler.speed_sp: at least 5 and at most 4"
    ]


def test_policies_for_other_values_of_one_tag_do_not_contradict() -> None:
    name = '"line1.filler.command"'
    text = one(name) + one(name, "values = [2]\nconfirm = 'x'") + one(name, "values = [3]\nconfirm = 'y'")
    found, mistakes = read(text)
    assert not mistakes
    assert [rules_for(found[6], value).confirm for value in (1.0, 2.0, 3.0)] == ["", "x", "y"]


def test_words_are_those_of_the_judgement() -> None:
    assert get_args(_Role) == ROLES
    assert get_args(get_args(get_type_hints(_Policy)["role"])[0]) == ROLES[2:]
    assert get_args(get_type_hints(_Station)["kind"]) == (*FIXED_STATIONS, "tablet")


@settings(max_examples=200)
@given(st.lists(st.sampled_from(FULL.splitlines() + one('"*"').splitlines()), max_size=12).map("\n".join) | st.text())
def test_whatever_stands_in_the_file_is_policies_or_mistakes(text: str) -> None:
    found, mistakes = read(text)
    assert all(policies for policies in found.values())
    assert all(mistake.what and mistake.mend for mistake in mistakes)
