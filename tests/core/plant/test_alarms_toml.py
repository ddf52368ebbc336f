"""Alarm files: every key of an alarm, and what it refers to."""

from __future__ import annotations

from typing import get_args, get_type_hints

import pytest

from hmi.core.alarms.rules import CONSEQUENCES, AlarmClass, Matrix, Rule
from hmi.core.errors import Mistake
from hmi.core.plant.alarm_classes import AlarmClasses
from hmi.core.plant.alarms_toml import Surroundings, _Alarm, alarm_files, read_alarms
from hmi.core.tags import Tag

TAGS = [
    Tag(0, "line1.tank.level", "plc", "i=1", "float64", "%", 0.0, 100.0, description="Bowl level"),
    Tag(1, "line1.door", "plc", "i=2", "bool", description="Guard door"),
    Tag(2, "line1.order", "plc", "i=3", "string"),
    Tag(3, "line1.state", "plc", "i=4", "int32"),
]
CLASSES = AlarmClasses({"quality": AlarmClass("quality")}, frozenset({"quality"}))
GOOD = """[[alarm]]
id = "line1.tank.level.hh"
tag = "line1.tank.level"
type = "level_hh"
limit = 92.0
deadband = 1.0
on_delay_s = 2
class = "process"
consequence = "major"
respond_min = 10
cause = "Valve stuck"
effect = "Overflow"
action = "Close the valve"
screen = "filler"
suppress_when = "line1.state == 1"
status = "approved"
rationalised_by = "J. Process"
rationalised_on = 2026-03-01
"""


def read(text: str, **more: str) -> tuple[tuple[Rule, ...], list[Mistake]]:
    mistakes: list[Mistake] = []
    index = {tag.name: tag.index for tag in TAGS}
    around = Surroundings(TAGS, index, frozenset({"filler"}), frozenset({"overflow"}), Matrix(), CLASSES)
    return read_alarms({"alarms.toml": text, **more}, around, mistakes), mistakes


def test_a_good_alarm_becomes_a_rule() -> None:
    rules, mistakes = read(GOOD)
    assert not mistakes
    (rule,) = rules
    assert (rule.index, rule.id, rule.tag, rule.type) == (0, "line1.tank.level.hh", 0, "level_hh")
    assert (rule.limit, rule.deadband, rule.on_delay_s, rule.off_delay_s) == (92.0, 1.0, 2.0, 0.0)
    assert (rule.class_, rule.consequence, rule.respond_min, rule.priority) == ("process", "major", 10.0, 3)
    assert (rule.title, rule.status, rule.rationalised_on) == ("Bowl level very high", "approved", "2026-03-01")
    assert (rule.suppress_when, rule.screen) == ("line1.state == 1", "filler")


def test_the_severities_are_those_of_the_matrix() -> None:
    hint = get_type_hints(_Alarm)["consequence"]
    assert get_args(get_args(hint)[0]) == CONSEQUENCES


@pytest.mark.parametrize(
    ("old", "new", "line", "what", "mend"),
    [
        ('"line1.tank.level"', '"line1.tank.levle"', 3, "no tag line1.tank.levle", "Write line1.tank.level"),
        ('"level_hh"', '"levelhh"', 4, "no alarm type 'levelhh'", 'Write type = "level_hh"'),
        ('"process"', '"proces"', 8, "no alarm class proces", 'Write class = "process"'),
        ('"level_hh"', '"bad"', 5, "a bad value has no limit", "Remove it"),
        ("limit = 92.0\n", "", 1, "needs `limit`, the limit", "Add limit = 92.0"),
        ("limit = 92.0", 'limit = "92"', 5, "`limit` must be", "Write limit = 92, without quotes"),
        ("limit = 92.0", "limit = true", 5, "limit is a number", "Write a number in %"),
        ("deadband = 1.0", "deadband = -1", 6, "at least 0", "Write deadband"),
        ("deadband = 1.0", "deadband = 100", 6, "as wide as the range of line1.tank.level, 100", "per cent"),
        ("on_delay_s = 2", "on_delay_s = -2", 7, "at least 0", "Write on_delay_s"),
        ("on_delay_s = 2", "on_delay = 2", 7, "`on_delay` is not a key of [[alarm]]", "Write `on_delay_s`"),
        ('"major"', '"big"', 9, 'one of "minor", "major", "severe"', "Write consequence"),
        ("respond_min = 10", "respond_min = 0", 10, "more than 0", "Write respond_min = 10"),
        ("respond_min = 10", "priority = 1\nrespond_min = 10", 10, "never typed in", "within 10 min is priority 3"),
        ('action = "Close the valve"', "", 1, "the approved alarm line1.tank.level.hh has no action", "draft"),
        ('cause = "Valve stuck"', 'cause = " "', 1, "has no cause", "draft"),
        ("rationalised_on = 2026-03-01", "", 1, "has no rationalised_on", "draft"),
        ("rationalised_on = 2026-03-01", 'rationalised_on = "March"', 18, "must be a date", "2026-03-01"),
        ('"filler"', '"filer"', 14, "no screen filer", 'Write screen = "filler"'),
        ("line1.state == 1", "line1.stat == 1", 15, "no tag line1.stat (column 1", "Write line1.state"),
        ("line1.state == 1", "line1.state = 1", 15, "'='", "=="),
        ("line1.state == 1", "line1.order == 1", 15, "line1.order is text", "another tag"),
        ('"approved"', '"aproved"', 16, 'one of "draft", "approved"', 'Write status = "approved"'),
        ('"line1.tank.level"', '"line1.order"', 3, "line1.order is text", "type bad"),
        ('"line1.tank.level"', '"line1.door"', 3, "is a bool and has no level", "discrete"),
        ('id = "line1.tank.level.hh"', 'id = "Level HH"', 2, "`id` must be a dotted path", "Write id ="),
        ("[[alarm]]", "[alarm]", 1, "must be a list of tables", "Write [[alarm]]"),
        ("[[alarm]]", "[[alarms]]", 1, "`alarms` is not a section", "Write [[alarm]]"),
    ],
)
def test_mistakes(old: str, new: str, line: int, what: str, mend: str) -> None:
    assert old in GOOD
    _, mistakes = read(GOOD.replace(old, new, 1))
    matching = [mistake for mistake in mistakes if what in mistake.what]
    assert [(mistake.line, mistake.severity) for mistake in matching] == [(line, "error")], mistakes
    assert mend in matching[0].mend


def test_what_a_draft_lacks_is_a_warning() -> None:
    rules, mistakes = read('[[alarm]]\nid = "a.b"\ntag = "line1.door"\ntype = "discrete"\nlimit = true\n')
    assert [(mistake.severity, mistake.line) for mistake in mistakes] == [("warning", 1)]
    assert "consequence, respond_min, cause" in mistakes[0].what
    assert (rules[0].limit, rules[0].priority, rules[0].title) == (1.0, 4, "Guard door")


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ('tag = "line1.door"\ntype = "discrete"\nlimit = 2', "is a bool and never 2"),
        ('tag = "line1.state"\ntype = "discrete"\nlimit = 2\ndeadband = 1', "has no deadband"),
        ('tag = "line1.state"\ntype = "discrete"', "needs `limit`, the value that is abnormal"),
    ],
)
def test_discrete_alarms(lines: str, what: str) -> None:
    rules, mistakes = read(f'[[alarm]]\nid = "a.b"\n{lines}\n')
    assert not rules
    assert [what in mistake.what for mistake in mistakes if mistake.severity == "error"] == [True]


def test_bad_alarms_need_no_limit_and_take_text() -> None:
    rules, mistakes = read('[[alarm]]\nid = "a.b"\ntag = "line1.order"\ntype = "bad"\n')
    assert [mistake.severity for mistake in mistakes] == ["warning"]
    assert rules[0].title == "line1.order no good value"


def test_an_unknown_instruction_is_a_warning() -> None:
    _, mistakes = read(GOOD + 'instruction = "overflw"\n')
    assert [(mistake.severity, mistake.line) for mistake in mistakes] == [("warning", 19)]
    assert not read(GOOD + 'instruction = "overflow"\n')[1]


def test_limits_of_one_tag_must_rise() -> None:
    low = GOOD.replace('level.hh"', 'level.l"').replace("level_hh", "level_l").replace("92.0", "95")
    _, mistakes = read(GOOD + low)
    (mistake,) = mistakes
    assert mistake.line == 5
    assert "level_hh limit 92 of line1.tank.level is not above its level_l limit 95 (alarms.toml:23)" in mistake.what


def test_an_id_twice_names_both_places() -> None:
    _, mistakes = read(GOOD, **{"alarms/more.toml": GOOD})
    (mistake,) = mistakes
    assert (mistake.file, mistake.line) == ("alarms/more.toml", 2)
    assert "first in alarms.toml:2" in mistake.what


def test_files_are_counted_in_order_and_a_broken_one_does_not_hide_the_others() -> None:
    assert alarm_files({"alarms/b.toml": "", "alarms.toml": "", "alarms/a.toml": "", "alarms/x.csv": ""}) == [
        "alarms.toml",
        "alarms/a.toml",
        "alarms/b.toml",
    ]
    rules, mistakes = read("[[alarm", **{"alarms/more.toml": GOOD})
    assert len(rules) == 1
    assert [(mistake.file, mistake.line) for mistake in mistakes] == [("alarms.toml", 1)]
