"""The keys of each alarm type: deviation, mismatch, rate and moving or exclusive levels."""

from __future__ import annotations

import math

import pytest

from hmi.core.alarms.rules import Matrix, Rule
from hmi.core.errors import Mistake
from hmi.core.plant.alarms_toml import Surroundings, read_alarms
from hmi.core.tags import Tag

TAGS = [
    Tag(0, "tank.level", "plc", "i=1", "float64", "%", 0.0, 100.0, description="Bowl level"),
    Tag(1, "tank.level_sp", "plc", "i=2", "float64", "%", 0.0, 100.0),
    Tag(2, "pump.running", "plc", "i=3", "bool", description="Pump"),
    Tag(3, "pump.on", "plc", "i=4", "bool"),
    Tag(4, "order", "plc", "i=5", "string"),
    Tag(5, "tank.temperature", "plc", "i=6", "float64", "°C"),
]
LEVEL = 'tag = "tank.level"\n'
PUMP = 'tag = "pump.running"\n'


def read(*alarms: str) -> tuple[tuple[Rule, ...], list[Mistake]]:
    text = "".join(f'[[alarm]]\nid = "a.{number}"\n{alarm}\n' for number, alarm in enumerate(alarms))
    mistakes: list[Mistake] = []
    index = {tag.name: tag.index for tag in TAGS}
    around = Surroundings(TAGS, index, frozenset(), frozenset(), Matrix())
    rules = read_alarms({"alarms.toml": text}, around, mistakes)
    return rules, [one for one in mistakes if "the draft alarm" not in one.what]


def test_a_deviation_knows_its_set_point() -> None:
    (rule,), mistakes = read(LEVEL + 'type = "deviation"\nsetpoint = "tank.level_sp"\nlimit = 10\ndeadband = 2')
    assert not mistakes
    assert (rule.type, rule.other, rule.limit, rule.deadband) == ("deviation", 1, 10.0, 2.0)
    assert rule.title == "Bowl level off its set-point"


def test_a_mismatch_knows_its_command() -> None:
    (rule,), mistakes = read(PUMP + 'type = "mismatch"\ncommand = "pump.on"\non_delay_s = 3')
    assert not mistakes
    assert (rule.other, rule.limit, rule.title) == (3, 0.0, "Pump does not follow its command")


def test_a_rate_is_kept_per_second() -> None:
    (rule,), mistakes = read(
        LEVEL + 'type = "rate"\nlimit = 6\ndeadband = 3\nper = "min"\nover_s = 30\ndirection = "down"'
    )
    assert not mistakes
    assert (rule.limit, rule.deadband, rule.per) == (pytest.approx(0.1), pytest.approx(0.05), "min")
    assert (rule.over_s, rule.direction, rule.title) == (30.0, "down", "Bowl level falls too fast")


def test_a_level_may_have_a_tag_for_its_limit() -> None:
    (rule,), mistakes = read(LEVEL + 'type = "level_h"\nlimit_tag = "tank.level_sp"')
    assert not mistakes
    assert math.isnan(rule.limit) and rule.other == 1


def test_exclusive_levels_stand_beside_each_other() -> None:
    rules, mistakes = read(
        LEVEL + 'type = "level_h"\nlimit = 80\nexclusive = true',
        LEVEL + 'type = "level_hh"\nlimit = 90\nexclusive = true\ngroup = "bowl"\nbasis = "Overflow pipe"\n'
        "realarm_min = 15",
    )
    assert not mistakes
    assert [rule.exclusive for rule in rules] == [True, True]
    assert (rules[1].group, rules[1].basis, rules[1].realarm_min) == ("bowl", "Overflow pipe", 15.0)


@pytest.mark.parametrize(
    ("alarm", "line", "what", "mend"),
    [
        (LEVEL + 'type = "deviation"\nlimit = 5', 1, "needs `setpoint`", 'Add setpoint = "TAG"'),
        (PUMP + 'type = "mismatch"\non_delay_s = 2', 1, "needs `command`", 'Add command = "TAG"'),
        (LEVEL + 'type = "deviation"\nsetpoint = "tank.level_sp"', 1, "needs `limit`, how far", "Add limit = 5.0"),
        (LEVEL + 'type = "rate"', 1, "needs `limit`, how fast", "Add limit = 2.0"),
        (LEVEL + 'type = "deviation"\nsetpoint = "tank.level_s"\nlimit = 5', 5, "no tag tank.level_s", "level_sp"),
        (LEVEL + 'type = "deviation"\nsetpoint = "order"\nlimit = 5', 5, "order is text", "Name a number"),
        (LEVEL + 'type = "deviation"\nsetpoint = "tank.level"\nlimit = 5', 5, "with itself", "the other tag"),
        (LEVEL + 'type = "deviation"\nsetpoint = "tank.level_sp"\nlimit = 0', 6, "more than 0", "too much"),
        (
            LEVEL + 'type = "deviation"\nsetpoint = "tank.level_sp"\nlimit = 5\ndeadband = 5',
            7,
            "never returns",
            "less than the limit",
        ),
        (PUMP + 'type = "deviation"\nsetpoint = "pump.on"\nlimit = 1', 3, "is a bool", 'type = "mismatch"'),
        (PUMP + 'type = "mismatch"\ncommand = "pump.on"\non_delay_s = 2\nlimit = 1', 7, "has no limit", "Remove it"),
        (LEVEL + 'type = "level_h"\nlimit = 5\nsetpoint = "tank.level_sp"', 6, "`setpoint` says nothing", "Remove"),
        (LEVEL + 'type = "level_h"\nlimit = 5\nover_s = 5', 6, "it is for rate", "Remove it"),
        (LEVEL + 'type = "rate"\nlimit = 5\nexclusive = true', 6, "`exclusive` says nothing", "Remove it"),
        (LEVEL + 'type = "rate"\nlimit = 5\nper = "day"', 6, "must be one of", 'Write per = "s"'),
        (LEVEL + 'type = "rate"\nlimit = 5\nover_s = 0', 6, "more than 0", "Write over_s"),
        (LEVEL + 'type = "rate"\nlimit = 5\ndirection = "upp"', 6, "must be one of", 'Write direction = "up"'),
        (LEVEL + 'type = "rate"\nlimit = true', 5, "limit is a number", "in %"),
        (LEVEL + 'type = "level_h"\nlimit = 5\nlimit_tag = "tank.level_sp"', 5, "not both", "Remove limit"),
        (LEVEL + 'type = "level_h"\nexclusive = true\nlimit_tag = "tank.level_sp"', 5, "that are numbers", "limit"),
        (LEVEL + 'type = "level_h"\nlimit_tag = "order"', 5, "order is text", "Name a number"),
        (LEVEL + 'type = "level_h"\nlimit = 5\nrealarm_min = -1', 6, "at least 0", "Write realarm_min"),
        (LEVEL + 'type = "level_h"\nlimit = 5\ngroup = "A b"', 6, "must be a word", "Write group"),
    ],
)
def test_mistakes(alarm: str, line: int, what: str, mend: str) -> None:
    rules, mistakes = read(alarm)
    assert not rules
    matching = [one for one in mistakes if what in one.what]
    assert [(one.line, one.severity) for one in matching] == [(line, "error")], mistakes
    assert mend in matching[0].mend


@pytest.mark.parametrize(
    ("alarm", "line", "what"),
    [
        (LEVEL + 'type = "deviation"\nsetpoint = "tank.temperature"\nlimit = 5', 5, "is in % and"),
        (PUMP + 'type = "mismatch"\ncommand = "pump.on"', 1, "without an on-delay"),
        (LEVEL + 'type = "level_h"\nlimit = 80\nexclusive = true', 6, "no level_hh alarm"),
    ],
)
def test_what_works_but_was_hardly_meant_is_a_warning(alarm: str, line: int, what: str) -> None:
    rules, (mistake,) = read(alarm)
    assert len(rules) == 1
    assert (mistake.line, mistake.severity) == (line, "warning")
    assert what in mistake.what
