"""Plant folders on disk: what is read, what is refused and how it is said."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from hmi.core.errors import Mistake, PlantError
from hmi.core.plant import check
from hmi.plantfiles import folder

BROKEN = Path(__file__).parent / "broken"
HEADER = "tag,connection,address,type,unit,low,high,scale,offset,deadband,period_ms,history,access,description"
PLANT = """[plant]
id = "demo"
name = "Demo"
timezone = "Europe/Berlin"
[[connection]]
id = "plc"
driver = "opcua"
address = "opc.tcp://plc"
"""


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    (tmp_path / "plant.toml").write_text(PLANT)
    (tmp_path / "tags.csv").write_text(f"{HEADER}\na.b,plc,i=1,bool,,,,,,,,,,Täg\n", encoding="utf-8")
    return tmp_path


def refused(path: Path) -> tuple[Mistake, ...]:
    with pytest.raises(PlantError) as caught:
        folder.read_texts(path)
    assert "\n" not in str(caught.value)
    return caught.value.mistakes


def test_a_plant_is_read_whole(plant: Path) -> None:
    (plant / "tags").mkdir()
    (plant / "tags" / "more.csv").write_text(f"{HEADER}\na.c,plc,i=2,bool,,,,,,,,,,\n")
    (plant / ".hidden.toml").write_bytes(b"\xff\xff")
    (plant / ".git").mkdir()
    (plant / ".git" / "x.toml").write_bytes(b"\xff\xff")
    (plant / "photo.png").write_bytes(b"\x89PNG\0\xff")
    assert sorted(folder.read_texts(plant)) == ["plant.toml", "tags.csv", "tags/more.csv"]
    assert [tag.name for tag in folder.load_folder(plant).tags] == ["a.b", "a.c"]


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_byte_order_marks_and_line_ends_of_windows_are_welcome(plant: Path, start: bytes, end: bytes) -> None:
    for name in ("plant.toml", "tags.csv"):
        (plant / name).write_bytes(start + (plant / name).read_bytes().replace(b"\n", end))
    assert folder.load_folder(plant).tags[0].description == "Täg"


def test_ten_mistakes_are_all_listed_with_file_line_and_mend() -> None:
    plant, mistakes = folder.check_folder(BROKEN)
    assert plant is None
    errors = [mistake for mistake in mistakes if mistake.severity == "error"]
    about_values = [mistake for mistake in errors if mistake.file.startswith(("alarms", "plant", "tags"))]
    assert [(mistake.file, mistake.line) for mistake in about_values] == [
        ("alarms.toml", 5),
        ("alarms.toml", 11),
        ("plant.toml", 9),
        ("plant.toml", 14),
        ("plant.toml", 17),
        ("tags.csv", 3),
        ("tags.csv", 4),
        ("tags/palletiser.csv", 2),
        ("tags/palletiser.csv", 3),
        ("tags/palletiser.csv", 4),
    ]
    assert all(mistake.what and mistake.mend for mistake in mistakes)
    with pytest.raises(PlantError) as caught:
        folder.load_folder(BROKEN)
    assert list(caught.value.mistakes) == errors


BROKEN_LINES = {
    "equipment.toml": [4, 9, 10, 11, 12, 19, 20],
    "lang/de.toml": [1, 2],
    "screens/filler.toml": [2, 3, 4, 5, 6, 7, 8, 11, 14, 15, 20, 21, 22, 23, 24, 30, 31, 34, 39, 46, 51, 53],
    "screens/hall.svg": [1, 2, 3, 3, 4, 5],
    "screens/overview.toml": [10, 17],
    "templates/machine.toml": [2, 3, 5, 11, 14, 20, 21, 25],
    "templates/motor.toml": [9, 11, 12, 15],
}


def test_every_mistake_in_what_operators_see_is_listed_once_with_its_line() -> None:
    _, mistakes = folder.check_folder(BROKEN)
    found: dict[str, list[int]] = {file: [] for file in BROKEN_LINES}
    for mistake in mistakes:
        if mistake.severity == "error" and mistake.file in found:
            found[mistake.file].append(mistake.line)
    assert found == BROKEN_LINES


def test_the_demo_plant_has_no_mistakes() -> None:
    plant, mistakes = folder.check_folder(folder.find_plant("bottling"))
    assert mistakes == []
    assert plant is not None
    assert len(plant.tags) > 500
    assert plant.rules
    assert plant.screens


@pytest.mark.fault(rows=[31])
@pytest.mark.parametrize(
    ("data", "line", "what"),
    [
        (b'[plant]\nid = "caf\xe9"\n', 2, "byte 0xE9, which is not UTF-8, at byte 10 of the line"),
        (b'[plant]\nid = "a\0b"\n', 2, "NUL byte at byte 8 of the line"),
        ("[plant]".encode("utf-16"), 1, "UTF-16"),
        ("[plant]".encode("utf-16-le"), 1, "NUL byte"),
        (b"\xef\xbb\xbf\n\n\xc3", 3, "byte 0xC3"),
    ],
)
def test_what_is_not_utf_8_is_named_by_line_and_byte(plant: Path, data: bytes, line: int, what: str) -> None:
    (plant / "plant.toml").write_bytes(data)
    (mistake,) = refused(plant)
    assert (mistake.file, mistake.line) == ("plant.toml", line)
    assert what in mistake.what


@pytest.mark.fault(rows=[31])
def test_a_plant_file_cut_off_at_any_byte_never_raises_anything_else(plant: Path) -> None:
    for name in ("plant.toml", "tags.csv"):
        whole = (plant / name).read_bytes()
        for length in range(len(whole)):
            (plant / name).write_bytes(whole[:length])
            try:
                made, mistakes = check(folder.read_texts(plant), {})
            except PlantError as error:
                made, mistakes = None, list(error.mistakes)
            errors = [mistake for mistake in mistakes if mistake.severity == "error"]
            assert (made is None) == bool(errors)
            assert all(mistake.file in ("plant.toml", "tags.csv") and mistake.line >= 1 for mistake in errors)
        (plant / name).write_bytes(whole)


def test_no_folder_and_no_plant_are_one_line(tmp_path: Path) -> None:
    assert "not a folder" in refused(tmp_path / "nowhere")[0].what
    assert "has no plant.toml" in refused(tmp_path)[0].what
    (tmp_path / "file").write_text("")
    assert "not a folder" in refused(tmp_path / "file")[0].what


@pytest.mark.cr("3.5")
def test_links_out_of_the_folder_are_refused_and_others_are_not(
    plant: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.toml"
    outside.write_text("x = 1")
    (plant / "inside.md").symlink_to(plant / "tags.csv")
    assert "inside.md" in folder.read_texts(plant)
    (plant / "alarms.toml").symlink_to(outside)
    (plant / "circle.toml").symlink_to(plant / "circle.toml")
    mistakes = refused(plant)
    assert (mistakes[0].file, mistakes[0].what) == (
        "alarms.toml",
        "the file is a link that leads out of the plant's folder",
    )
    assert mistakes[1].file == "circle.toml"


def test_a_linked_folder_is_not_entered(plant: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "x.csv").write_text("x")
    (plant / "tags").symlink_to(outside, target_is_directory=True)
    assert sorted(folder.read_texts(plant)) == ["plant.toml", "tags.csv"]


def test_pipes_and_files_without_permission_are_refused(plant: Path) -> None:
    os.mkfifo(plant / "alarms.toml")
    assert "not an ordinary file" in refused(plant)[0].what


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_said_so(plant: Path) -> None:
    (plant / "tags.csv").chmod(0)
    assert "cannot be read" in refused(plant)[0].what


@pytest.mark.fault(rows=[31])
def test_bounds(plant: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MAX_FILE_BYTES", 200)
    (plant / "big.md").write_text("x" * 201)
    assert refused(plant)[0].what.startswith("the file is bigger")
    (plant / "big.md").write_text("x" * 200)
    folder.read_texts(plant)
    monkeypatch.setattr(folder, "MAX_BYTES", 250)
    assert "together" in refused(plant)[0].what
    monkeypatch.setattr(folder, "MAX_BYTES", 100_000)
    monkeypatch.setattr(folder, "MAX_FILES", 2)
    assert "more than 2 files" in refused(plant)[0].what


def test_an_unknown_time_zone_is_a_mistake(plant: Path) -> None:
    (plant / "plant.toml").write_text(PLANT.replace("Europe/Berlin", "Europe/Berln"))
    made, mistakes = folder.check_folder(plant)
    assert made is None
    assert [(mistake.file, mistake.line) for mistake in mistakes] == [("plant.toml", 4)]
    with pytest.raises(PlantError, match="no time zone Europe/Berln"):
        folder.load_folder(plant)


def test_a_plant_is_found_by_path_by_file_and_by_name(plant: Path) -> None:
    assert folder.find_plant(str(plant)) == plant
    assert folder.find_plant(str(plant / "plant.toml")) == plant
    assert folder.find_plant("bottling") == folder.resources_folder() / "plants" / "bottling"
    for text in ("nowhere", "../bottling", "", "a\0b"):
        if text:
            with pytest.raises(PlantError, match=r"no such plant folder.*bottling"):
                folder.find_plant(text)


def test_the_library_is_found_in_checkout_wheel_and_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = folder.read_library()
    assert "symbols/tank.toml" in library
    assert all(file.startswith(("symbols/", "templates/")) for file in library)
    package = tmp_path / "site-packages" / "hmi"
    (package / "_data" / "screens").mkdir(parents=True)
    monkeypatch.setattr(folder, "__file__", str(package / "plantfiles" / "folder.py"))
    assert folder.library_folder() == package / "_data" / "screens"
    with pytest.raises(PlantError, match="resources folder is missing"):
        folder.resources_folder()
    (tmp_path / "bundle" / "resources").mkdir(parents=True)
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path / "bundle"), raising=False)
    assert folder.resources_folder() == tmp_path / "bundle" / "resources"


def test_the_id_of_a_plant_is_told_without_reading_the_rest(tmp_path):
    (tmp_path / "plant.toml").write_text('[plant]\nid = "dairy"\n', encoding="utf-8")
    assert folder.id_of(tmp_path) == "dairy"


@pytest.mark.parametrize("text", ["", "[plant]\nid = 3\n", '[plant]\nid = "../x"\n', "[plant"])
def test_a_plant_file_without_a_usable_id_is_told_as_when_it_is_loaded(tmp_path, text):
    (tmp_path / "plant.toml").write_text(text, encoding="utf-8")
    with pytest.raises(PlantError):
        folder.id_of(tmp_path)
