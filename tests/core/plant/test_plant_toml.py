"""plant.toml, by itself."""

from __future__ import annotations

import pytest

from hmi.core.errors import Mistake
from hmi.core.plant.model import Connection, History, HistoryGroup, Station
from hmi.core.plant.plant_toml import PlantFile, read_plant_file

GOOD = """[plant]
id = "demo"
name = "Demo plant"
timezone = "Europe/Berlin"
[[connection]]
id = "filler"
driver = "opcua"
address = "opc.tcp://127.0.0.1:4840"
backup = ["opc.tcp://127.0.0.1:4841"]
publish_ms = 100
[[connection]]
id = "palletiser"
driver = "modbus"
address = "tcp://127.0.0.1:5020"
unit = 3
word_order = "little"
[history]
keep_days = 30
max_gb = 2
[[station]]
id = "room"
name = "Control room"
screen = "overview"
[server]
url = "postgresql://hmi@plant-server/plant"
[priority_matrix]
respond_min = [5, 15]
minor = [3, 4, 4]
major = [2, 3, 4]
severe = [1, 2, 3]
"""


def read(text: str) -> tuple[PlantFile, list[Mistake]]:
    mistakes: list[Mistake] = []
    return read_plant_file({"plant.toml": text}, mistakes), mistakes


def test_a_good_file_is_kept_whole() -> None:
    found, mistakes = read(GOOD)
    assert not mistakes
    assert (found.id, found.name, found.timezone) == ("demo", "Demo plant", "Europe/Berlin")
    assert found.connections == (
        Connection("filler", "opcua", "opc.tcp://127.0.0.1:4840", ("opc.tcp://127.0.0.1:4841",), publish_ms=100),
        Connection("palletiser", "modbus", "tcp://127.0.0.1:5020", unit=3, word_order="little"),
    )
    assert found.history == History(30, 2.0)
    assert found.stations == (Station("room", "Control room", "overview"),)
    assert found.server.url == "postgresql://hmi@plant-server/plant"
    assert found.matrix.priority("major", 15) == 3
    assert found.matrix.priority("severe", 4) == 1


def test_what_everybody_may_do_at_which_station() -> None:
    more = '[access]\neveryone = "acknowledge"\n[[station]]\nid = "tab"\nkind = "tablet"\neveryone = "view"\n'
    found, mistakes = read(GOOD + more)
    assert not mistakes
    assert found.everyone == "acknowledge"
    assert found.stations[1] == Station("tab", kind="tablet", everyone="view")


@pytest.mark.parametrize(
    ("text", "what", "mend"),
    [
        ('[access]\neveryone = "operator"\n', '`everyone` must be one of "view"', 'Write everyone = "operate"'),
        ("[access]\neveryne = 1\n", "`everyne` is not a key of [access]", "Write `everyone`"),
        ('[[station]]\nid = "x"\nkind = "table"\n', '`kind` must be one of "desk"', 'Write kind = "tablet"'),
        ('[[station]]\nid = "x"\neveryone = ""\n', "`everyone` must be one of", "Write everyone"),
    ],
)
def test_roles_and_kinds_are_words_that_are_known(text: str, what: str, mend: str) -> None:
    _, (mistake,) = read(GOOD + text)
    assert what in mistake.what
    assert mend in mistake.mend


def test_defaults_where_sections_are_absent() -> None:
    found, mistakes = read('[plant]\nid = "a"\nname = "A"\ntimezone = "UTC"\n')
    assert not mistakes
    assert found.history == History()
    assert found.matrix.priority("minor", 60) == 4
    assert found.everyone == "operate"
    assert found.server.url == ""


@pytest.mark.parametrize(
    ("old", "new", "line", "what", "mend"),
    [
        ("[plant]", "[plnt]", 1, "`plnt` is not a section", "Write [plant]"),
        ('id = "demo"', 'id = "Demo Plant"', 2, "`id` must be a word of a-z", 'Write id = "filler"'),
        ('name = "Demo plant"', "", 1, "`name` is missing", "Add name ="),
        ('"Europe/Berlin"', '"Berlin time"', 4, "`timezone` must be a place", "Europe/Berlin"),
        ('"opcua"', '"opcu"', 7, "no driver 'opcu'", 'Write driver = "opcua"'),
        ('"opcua"', '"s7"', 7, "the driver s7 is not built yet", "Use opcua or modbus"),
        ('"opc.tcp://127.0.0.1:4840"', '"127.0.0.1"', 8, "not an address for opcua", "opc.tcp://"),
        ('["opc.tcp://127.0.0.1:4841"]', '["x"]', 9, "not an address for opcua", "opc.tcp://"),
        ("publish_ms = 100", "publish_ms = 1", 10, "at least 10", "Write publish_ms"),
        ("publish_ms = 100", "pubish_ms = 100", 10, "`pubish_ms` is not a key", "Write `publish_ms`"),
        ("publish_ms = 100", 'security = "none"', 10, "not a security policy", "None"),
        ("publish_ms = 100", "scan_ms = 100", 10, "does nothing for opcua", "Remove it"),
        ('id = "palletiser"', 'id = "filler"', 12, "two connections filler: the other is in line 6", "own"),
        ("unit = 3", "unit = 300", 15, "at most 255", "Write unit"),
        ('"little"', '"middle"', 16, 'one of "big", "little"', "Write word_order"),
        ("keep_days = 30", "keep_days = 0", 18, "at least 1", "Write keep_days = 400"),
        ("max_gb = 2", "max_gb = -2", 19, "more than 0", "Write max_gb = 20"),
        ("hmi@plant", "hmi:secret@plant", 25, "password in a plant file", "key store"),
        ("postgresql://", "mysql://", 25, "not a PostgreSQL address", "postgresql://"),
        ("[5, 15]", "[15, 5]", 27, "is not rising", "short to long"),
        ("[3, 4, 4]", "[3, 4]", 28, "2 priorities for 3 spans", "Write 3"),
        ("[3, 4, 4]", "[3, 4, 5]", 28, "at most 4", "Write minor"),
        ("major = [2, 3, 4]", "", 26, "`major` is missing", "Add major ="),
        ("[server]", "[[shift]]\nid = 'a'\n[server]", 24, "not used yet", "later version"),
    ],
)
def test_mistakes(old: str, new: str, line: int, what: str, mend: str) -> None:
    assert old in GOOD
    _, mistakes = read(GOOD.replace(old, new, 1))
    matching = [mistake for mistake in mistakes if what in mistake.what]
    assert [mistake.line for mistake in matching] == [line], mistakes
    assert mend in matching[0].mend
    assert all(mistake.file == "plant.toml" for mistake in mistakes)


def test_a_connection_with_a_mistake_is_still_known_by_its_id() -> None:
    found, _ = read(GOOD.replace('"opcua"', '"s7"'))
    assert [connection.id for connection in found.connections] == ["palletiser"]
    assert found.drivers == {"filler": "", "palletiser": "modbus"}
    found, _ = read(GOOD.replace('"opc.tcp://127.0.0.1:4840"', '"x"'))
    assert found.drivers == {"filler": "opcua", "palletiser": "modbus"}


def test_no_file_and_no_toml() -> None:
    mistakes: list[Mistake] = []
    assert not read_plant_file({}, mistakes).readable
    assert "no plant.toml" in mistakes[0].what
    assert not read("[plant")[0].readable


def test_groups_of_tags_that_are_kept_for_a_shorter_time() -> None:
    groups = (
        '[[history.group]]\ntags = ["line1.*", "a.b"]\nkeep_days = 7\n[[history.group]]\ntags = ["*"]\nkeep_days = 20\n'
    )
    found, mistakes = read(GOOD + groups)
    assert not mistakes
    assert found.history == History(30, 2.0, (HistoryGroup(("line1.*", "a.b"), 7), HistoryGroup(("*",), 20)))


@pytest.mark.parametrize(
    ("group", "words"),
    [
        ('tags = ["a.*"]\nkeep_days = 30', "kept for 30 days, and everything for no more than 30"),
        ('tags = ["a.*"]', "keep_days"),
        ('tags = ["A*"]\nkeep_days = 3', "'A*' is neither a tag nor all tags below a dot"),
        ("tags = []\nkeep_days = 3", "tags"),
        ('tags = ["a"]\nkeep_days = 3\nkeep_day = 3', "keep_day"),
    ],
)
def test_a_group_that_cannot_be_meant_is_a_mistake(group: str, words: str) -> None:
    found, mistakes = read(f"{GOOD}[[history.group]]\n{group}\n")
    assert len(mistakes) == 1
    assert words in str(mistakes[0])
    assert found.history.keep_days == 30


def test_the_files_of_a_plant_are_counted_from_1() -> None:
    assert read(GOOD)[0].version == 1
    assert read(GOOD.replace('name = "Demo plant"', 'name = "Demo plant"\nversion = 7', 1))[0].version == 7
    for wrong in ("0", "-1", '"2"', "1.5"):
        found, (mistake,) = read(GOOD.replace('name = "Demo plant"', f'name = "Demo plant"\nversion = {wrong}', 1))
        assert "version" in mistake.what
        assert found.version == 1
