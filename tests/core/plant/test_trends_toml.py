"""trends/*.toml: groups of pens, and every mistake in them told with its line."""

import pytest

from hmi.core.plant import check, load
from hmi.core.plant.compiled import pack, unpack
from hmi.core.plant.trends_toml import read_group
from hmi.core.tags import Tag
from hmi.core.trends import TrendPen, written

TAGS = [
    Tag(0, "tank.level", "line", "", "float64", unit="%", low=0.0, high=100.0),
    Tag(1, "tank.pressure", "line", "", "float64", unit="bar"),
    Tag(2, "recipe.name", "line", "", "string", length=16),
    Tag(3, "pump.speed", "line", "", "float64", history="off"),
]
INDEX = {tag.name: tag.index for tag in TAGS}
GROUP = """
[trend]
id = "bowl"
title = "Bowl"
span = "8h"

[[pen]]
tag = "tank.level"
axis = "level"
range = [20, 80.5]
side = "left"

[[pen]]
tag = "tank.pressure"
fit = true
"""


def read(text):
    mistakes = []
    return read_group("trends/bowl.toml", text, TAGS, INDEX, mistakes), mistakes


def test_a_group_is_read_as_it_is_written():
    group, mistakes = read(GROUP)
    assert mistakes == []
    assert (group.id, group.title, group.span_s) == ("bowl", "Bowl", 8 * 3600.0)
    assert group.pens == (
        TrendPen("tank.level", "level", 20.0, 80.5, False, "left"),
        TrendPen("tank.pressure", fit=True),
    )
    assert read(written(group)) == (group, [])


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ('span = "8h"', 'span = "8 hours"', 5, "`span` must be a length of time"),
        ('id = "bowl"', 'id = "The bowl"', 3, "`id` must be a word"),
        ('tag = "tank.level"', 'tag = "tank.levle"', 8, "there is no tag tank.levle"),
        ('tag = "tank.level"', 'tag = "recipe.name"', 8, "recipe.name is text"),
        ('tag = "tank.level"', 'tag = "pump.speed"', 8, "pump.speed has no history"),
        ("range = [20, 80.5]", "range = [80, 20]", 10, "the range begins with 80 and ends with 20"),
        ("range = [20, 80.5]", "range = [20]", 10, "`range` must be two numbers"),
        ('side = "left"', 'side = "top"', 11, "`side` must be"),
        ("fit = true", "fit = true\nrange = [0, 1]", 15, "`range` and `fit` in one pen"),
        ("fit = true", "fitt = true", 15, "`fitt` is not a key of [[pen]]"),
        ("[trend]", "[trends]", 2, "`trends` is not a section of a trend"),
        ('tag = "tank.pressure"', 'tag = "tank.level"', 7, "two pens are of tank.level"),
    ],
)
def test_mistakes_are_told_where_they_are(old, new, line, what):
    assert old in GROUP
    group, mistakes = read(GROUP.replace(old, new, 1))
    assert group is None
    assert [(one.line, what in one.what) for one in mistakes if what in one.what] == [(line, True)], mistakes


def test_a_misspelt_tag_gets_the_nearest():
    _, mistakes = read(GROUP.replace("tank.level", "tank.levle"))
    assert mistakes[0].mend == "Write tank.level"


def test_pens_of_two_units_on_one_axis_are_pointed_out():
    group, mistakes = read(GROUP.replace("fit = true", 'axis = "level"'))
    assert group is not None
    assert [(one.severity, one.what) for one in mistakes] == [("warning", "pens on the axis level are in % and bar")]


@pytest.mark.parametrize(("count", "severities"), [(8, []), (9, ["warning"]), (16, ["warning"]), (17, ["error"])])
def test_so_many_pens(count, severities):
    tags = [Tag(place, f"t{place}", "line", "", "float64") for place in range(count)]
    text = '[trend]\nid = "many"\ntitle = "Many"\n' + "".join(f'[[pen]]\ntag = "t{n}"\n' for n in range(count))
    mistakes = []
    group = read_group("trends/many.toml", text, tags, {tag.name: tag.index for tag in tags}, mistakes)
    assert [one.severity for one in mistakes] == severities
    assert (group is None) == (severities == ["error"])


def test_a_trend_without_pens_or_head_is_none():
    assert [one.what for one in read('[trend]\nid = "a"\ntitle = "A"\n')[1]] == ["the trend has no pens"]
    assert [one.what for one in read('[[pen]]\ntag = "tank.level"\n')[1]] == ["`[trend]` is missing"]
    assert read("[trend")[0] is None


FILES = {
    "plant.toml": '[plant]\nid = "p"\nname = "P"\ntimezone = "UTC"\n\n[[connection]]\nid = "line"\n'
    'driver = "opcua"\naddress = "opc.tcp://127.0.0.1:4840"\n',
    "tags.csv": "tag,connection,address,type,unit,low,high,scale,offset,deadband,period_ms,history,access,description\n"
    "tank.level,line,ns=2;s=L,float64,%,0,100,,,,,change,r,Level\n"
    "tank.pressure,line,ns=2;s=P,float64,bar,0,3,,,,,change,r,Pressure\n",
    "screens/a.toml": '[screen]\nid = "a"\ntitle = "A"\nlevel = 1\nsize = [1600, 900]\n',
    "trends/bowl.toml": GROUP,
}


def test_groups_are_part_of_the_plant_and_reach_the_window():
    plant = load(FILES, {})
    assert list(plant.trends) == ["bowl"]
    assert unpack(pack(plant), FILES).trends == plant.trends


def test_two_groups_of_one_id_are_a_mistake():
    plant, mistakes = check(FILES | {"trends/other.toml": GROUP}, {})
    assert plant is None
    assert [(one.file, one.what) for one in mistakes if one.severity == "error"] == [
        ("trends/other.toml", "two trends are called bowl: the other is trends/bowl.toml")
    ]
