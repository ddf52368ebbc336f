"""A whole plant from its files: complete when they are right, every mistake when they are not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.core.errors import Mistake, PlantError
from hmi.core.plant import check, digest, load

HEADER = "tag,connection,address,type,unit,low,high,scale,offset,deadband,period_ms,history,access,description"
TEXTS = {
    "plant.toml": """[plant]
id = "demo"
name = "Demo plänt"
timezone = "Europe/Berlin"
[[connection]]
id = "plc"
driver = "opcua"
address = "opc.tcp://127.0.0.1:4840"
[history]
keep_days = 30
[server]
url = "postgresql://hmi@plant-server/plant"
[priority_matrix]
respond_min = [5]
minor = [3, 4]
major = [2, 3]
severe = [1, 2]
""",
    "tags.csv": f"""{HEADER}
line1.level,plc,ns=2;s=Level,float64,%,0,100,,,0.1,,change,r,"Level, main tank"
line1.pump,plc,ns=2;s=Pump,bool,,,,,,,,change,rw,Pump
""",
    "tags/more.csv": f'{HEADER}\nline1.half,,= line1.level / 2,float64,%,,,,,,,off,r,"Half"\n',
    "alarms.toml": """[[alarm]]
id = "line1.level.h"
tag = "line1.level"
type = "level_h"
limit = 90
consequence = "severe"
respond_min = 3
cause = "c"
effect = "e"
action = "a"
status = "approved"
rationalised_by = "J"
rationalised_on = 2026-03-01
""",
    "notes.txt": "not the plant's",
}


def test_a_good_plant_is_complete() -> None:
    plant = load(TEXTS, {})
    assert (plant.id, plant.name, plant.timezone) == ("demo", "Demo plänt", "Europe/Berlin")
    assert [tag.name for tag in plant.tags] == ["line1.level", "line1.pump", "line1.half"]
    assert [tag for tag, _ in plant.derived] == [2]
    assert plant.rules[0].priority == 1
    assert plant.history.keep_days == 30
    assert plant.server.url == "postgresql://hmi@plant-server/plant"
    assert plant.texts == TEXTS
    assert plant.digest == digest(TEXTS)


POLICY = (
    '[[policy]]\ntags = ["line1.*"]\nconfirm = "Sure?"\ninterlock = [{ needs = "line1.level < 9", blocked = "x" }]\n'
)


def test_a_client_rebuilds_the_same_plant_from_its_texts() -> None:
    plant = load({**TEXTS, "policies/a.toml": POLICY}, {})
    again = load(plant.texts, {})
    assert (again.tags, again.rules, again.digest) == (plant.tags, plant.rules, plant.digest)
    assert (
        [p[0].confirm for p in again.policies.values()] == [p[0].confirm for p in plant.policies.values()] == ["Sure?"]
    )


@pytest.mark.parametrize("file", ["policies.toml", "policies/line1.toml"])
def test_policies_are_the_plants_and_their_mistakes_too(file: str) -> None:
    plant, mistakes = check({**TEXTS, file: POLICY}, {})
    assert plant is not None and not mistakes
    assert set(plant.policies) == {1}
    plant, mistakes = check({**TEXTS, file: POLICY.replace("line1.level", "line1.levle")}, {})
    assert plant is None
    assert [(m.file, m.line, "no tag line1.levle" in m.what) for m in mistakes] == [(file, 4, True)]


def test_the_digest_tells_files_apart_but_not_their_order() -> None:
    assert digest({"a": "1", "b": "2"}) == digest({"b": "2", "a": "1"})
    assert digest({"a": "1", "b": "2"}) != digest({"a": "1b", "": "2"})
    assert digest({"a": "1"}) != digest({"a": "2"})
    assert len(digest({})) == 64


def test_mistakes_of_all_files_are_raised_together() -> None:
    texts = {
        **TEXTS,
        "plant.toml": TEXTS["plant.toml"].replace("keep_days = 30", "keep_day = 30"),
        "tags.csv": TEXTS["tags.csv"].replace(",bool,", ",boolean,"),
        "tags/more.csv": TEXTS["tags/more.csv"].replace("/ 2", "/"),
        "alarms.toml": TEXTS["alarms.toml"].replace("limit = 90", 'limit = "high"'),
    }
    with pytest.raises(PlantError) as caught:
        load(texts, {})
    places = [(mistake.file, mistake.line) for mistake in caught.value.mistakes]
    assert places == [("alarms.toml", 5), ("plant.toml", 10), ("tags.csv", 3), ("tags/more.csv", 2)]
    assert str(caught.value).startswith("alarms.toml:5: `limit` must be")
    assert "3 more" in str(caught.value)


def test_messages_quote_a_file_safely() -> None:
    nasty = '[[alarm]]\nid = "a.b"\ntag = "x\\u001b[2J\\n\\u202e%s"\ntype = "bad"\n' % ("y" * 5000)
    _, mistakes = check({**TEXTS, "alarms.toml": nasty}, {})
    (error,) = [mistake for mistake in mistakes if mistake.severity == "error"]
    assert str(error).isprintable()
    assert r"x\x1b[2J\n\u202eyy" in error.what
    assert len(str(error)) < 600


def test_warnings_alone_do_not_stop_a_plant() -> None:
    texts = {**TEXTS, "tag.csv": HEADER, "lang/de.toml": "", "tags/old.toml": "", "screens/x.csv": "", "a/b.toml": ""}
    texts["tags/more.csv"] = TEXTS["tags/more.csv"].replace(",%,", ",,")
    texts["plant.toml"] += '[[connection]]\nid = "spare"\ndriver = "modbus"\naddress = "tcp://spare"\n'
    plant, mistakes = check(texts, {})
    assert plant is not None
    assert load(texts, {}).digest == plant.digest
    assert {mistake.severity for mistake in mistakes} == {"warning"}
    languages = [mistake for mistake in mistakes if mistake.file == "lang/de.toml"]
    assert {(mistake.line, "is not translated" in mistake.what) for mistake in languages} == {(1, True)}
    assert [(mistake.file, mistake.line) for mistake in mistakes if mistake not in languages] == [
        ("plant.toml", 19),
        ("screens/x.csv", 1),
        ("tag.csv", 1),
        ("tags/more.csv", 2),
        ("tags/old.toml", 1),
    ]
    assert "Rename it to tags.csv" in next(mistake.mend for mistake in mistakes if mistake.file == "tag.csv")


@pytest.mark.parametrize("file", ["plant.toml", "tags.csv", "tags/more.csv"])
def test_one_unreadable_file_does_not_make_a_hundred_mistakes(file: str) -> None:
    _, mistakes = check({**TEXTS, file: 'x = "'}, {})
    errors = [mistake for mistake in mistakes if mistake.severity == "error"]
    assert {mistake.file for mistake in errors} == {file}
    assert len(errors) <= 2


def test_languages_drawings_and_equipment_are_the_plants() -> None:
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9"><script/></svg>'
    texts = {
        **TEXTS,
        "lang/de.toml": '"Pump" = "Pumpe"\n',
        "screens/a.toml": '[screen]\nid = "a"\ntitle = "A"\nlevel = 1\nsize = [16, 9]\nbackdrop = "a.svg"\n',
        "screens/a.svg": drawing.replace("<script/>", ""),
        "equipment.toml": '[[equipment]]\nid = "line1"\nname = "Line"\npath = "line1"\nscreen = "a"\n',
    }
    plant = load(texts, {})
    assert plant.languages == {"de": {"Pump": "Pumpe"}}
    assert plant.backdrops["a.svg"].startswith("<svg")
    assert plant.screens["a"].backdrop == "a.svg"
    assert list(plant.equipment) == ["line1"]
    assert load(plant.texts, {}).backdrops == plant.backdrops
    _, mistakes = check({**texts, "screens/a.svg": drawing}, {})
    assert [(one.file, one.line) for one in mistakes if one.severity == "error"] == [("screens/a.svg", 1)]
    _, mistakes = check({**texts, "screens/a.toml": texts["screens/a.toml"].replace("a.svg", "b.svg")}, {})
    assert [(one.file, one.line, one.mend) for one in mistakes if one.severity == "error"] == [
        ("screens/a.toml", 6, "Write a.svg")
    ]


def test_screens_and_stations_are_checked_against_each_other() -> None:
    station = '[[station]]\nid = "room"\nscreen = "overvew"\n'
    texts = {
        **TEXTS,
        "plant.toml": TEXTS["plant.toml"] + station,
        "screens/overview.toml": '[screen]\nid = "overview"\ntitle = "Overview"\nlevel = 1\nsize = [1600, 900]\n',
    }
    _, mistakes = check(texts, {})
    errors = [mistake for mistake in mistakes if mistake.severity == "error"]
    assert [(mistake.file, mistake.line, mistake.mend) for mistake in errors] == [
        ("plant.toml", 20, 'Write screen = "overview"')
    ]
    texts["plant.toml"] = texts["plant.toml"].replace("overvew", "overview")
    assert list(load(texts, {}).screens) == ["overview"]


@pytest.mark.fault(rows=[31])
@pytest.mark.parametrize("file", sorted(set(TEXTS) - {"notes.txt"}))
def test_a_file_cut_off_anywhere_is_a_plant_or_mistakes_with_file_and_line(file: str) -> None:
    text = TEXTS[file]
    for length in range(len(text)):
        plant, mistakes = check({**TEXTS, file: text[:length]}, {})
        errors = [mistake for mistake in mistakes if mistake.severity == "error"]
        assert (plant is None) == bool(errors)
        assert all(mistake.file in TEXTS and mistake.line >= 1 and mistake.mend for mistake in errors), errors


VALUES = ["3", "-1", "1.5", "nan", "true", '"x"', '""', "[]", '[1, "a"]', "[[1]]", "[{a = 1}]", "{}", "{a = {b = 1}}"]
VALUES += [
    "2026-01-01",
    "10:00:00",
    "2026-01-01T00:00:00Z",
    "99999999999999999999",
    "1" + "0" * 400,
    '"\\u0000"',
    "inf",
]


@pytest.mark.parametrize("file", ["plant.toml", "alarms.toml"])
def test_any_value_at_any_key_is_a_plant_or_mistakes_at_that_line(file: str) -> None:
    lines = TEXTS[file].splitlines()
    for number, line in enumerate(lines):
        for value in VALUES if "=" in line else ():
            changed = [*lines[:number], f"{line.split('=')[0]}= {value}", *lines[number + 1 :]]
            plant, mistakes = check({**TEXTS, file: "\n".join(changed)}, {})
            errors = [mistake for mistake in mistakes if mistake.severity == "error"]
            assert (plant is None) == bool(errors)
            here = [mistake for mistake in errors if (mistake.file, mistake.line) in ((file, number + 1), (file, 1))]
            renamed = (line, value) == ('id = "plc"', '"x"')  # right by itself, but the tags name another
            assert plant or here or renamed, (line, value, errors)


@pytest.mark.fault(rows=[31])
@given(st.dictionaries(st.sampled_from(sorted(TEXTS)), st.text(max_size=80)), st.integers(0, 400), st.characters())
@settings(max_examples=150, deadline=None)
def test_no_text_raises_anything_but_plant_error(texts: dict[str, str], place: int, sign: str) -> None:
    damaged = {file: text[:place] + sign + text[place + 1 :] for file, text in TEXTS.items()}
    for files in (texts, {**TEXTS, **texts}, damaged):
        try:
            load(files, {})
        except PlantError as error:
            assert error.mistakes
            assert all(isinstance(mistake, Mistake) and mistake.what and mistake.mend for mistake in error.mistakes)
