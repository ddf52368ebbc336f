"""Where a program is installed, and whether every file of it is as it was made."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from hmi import installed
from hmi.core.errors import HmiError
from tests.packaging_rules.standin import make_base, make_plant, run

FILES = {"app/hmi": b"program", "app/_internal/lib.so.1": b"library", "plant/plant.toml": b"plant", "SBOM.json": b"{}"}


@pytest.fixture
def version(tmp_path) -> Path:
    """A version's folder, whole."""
    folder = tmp_path / "versions" / "1.2.3+4"
    for name, data in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    (folder / "app/_internal/lib.so").symlink_to("lib.so.1")
    write_manifest(folder, {**FILES, "app/_internal/lib.so": b"library"})
    return folder


def write_manifest(folder: Path, files: dict[str, bytes], **more: object) -> None:
    """MANIFEST.json as an installer brings it."""
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    plant = {"id": "mill", "name": "Mill", "version": 4}
    body = {"format": 1, "program": "1.2.3", "plant": plant, "platform": "linux-x86_64", "made": "", "files": sums}
    (folder / "MANIFEST.json").write_text(json.dumps({**body, **more}))


def test_a_whole_installation_has_nothing_to_say(version):
    assert installed.verify(version) == []
    found = installed.manifest(version)
    assert found is not None
    assert found.version == "1.2.3+4"


@pytest.mark.parametrize("name", sorted(FILES))
def test_one_changed_byte_is_found_in_every_file(version, name):
    data = bytearray((version / name).read_bytes())
    data[0] ^= 1
    (version / name).write_bytes(data)
    assert installed.verify(version) == [f"{name} was changed"]


def test_what_is_missing_and_what_was_added_is_named(version):
    (version / "SBOM.json").unlink()
    (version / "app/_internal/evil.so").write_bytes(b"")
    (version / "plant/tags.csv").write_bytes(b"")
    assert installed.verify(version) == [
        "SBOM.json is missing",
        "app/_internal/evil.so is not in the manifest",
        "plant/tags.csv is not in the manifest",
    ]


def test_a_link_that_leads_elsewhere_is_found(version):
    (version / "app/_internal/lib.so").unlink()
    (version / "app/_internal/lib.so").symlink_to("../hmi")
    assert installed.verify(version) == ["app/_internal/lib.so leads elsewhere"]
    (version / "app/_internal/lib.so").unlink()
    (version / "app/_internal/lib.so").symlink_to("/etc/hostname")
    assert installed.verify(version) == ["app/_internal/lib.so leads elsewhere"]


def test_a_plant_that_was_judged_by_its_own_signature_is_left_out(version):
    (version / "plant/plant.toml").write_bytes(b"renewed")
    (version / "plant/tags.csv").write_bytes(b"")
    (version / "app/hmi").write_bytes(b"changed")
    assert installed.verify(version, plant=False) == ["app/hmi was changed"]


def test_the_signature_of_the_manifest_is_no_stranger(version):
    (version / "MANIFEST.json.minisig").write_text("signed")
    assert installed.verify(version) == []


# ------------------------------------------------------------------------------------------------- its memory


def remember_as_right(memory: Path, version: Path, *names: str) -> None:
    """Put into the memory that files, as they are now, were found right."""
    body = json.loads(memory.read_text())
    for name in names:
        info = (version / name).stat()
        body["seen"][name] = [info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino]
    memory.write_text(json.dumps(body))


def test_what_was_right_and_has_not_been_touched_is_not_read_again(version, tmp_path):
    memory = tmp_path / "memory.json"
    assert installed.verify(version, memory) == []
    (version / "app/hmi").write_bytes(b"changed")
    assert installed.verify(version, memory) == ["app/hmi was changed"]
    remember_as_right(memory, version, "app/hmi")
    assert installed.verify(version, memory) == []  # it trusts its memory, and does not read
    assert installed.verify(version) == ["app/hmi was changed"]


def test_the_plants_files_are_always_read(version, tmp_path):
    memory = tmp_path / "memory.json"
    installed.verify(version, memory)
    (version / "plant/plant.toml").write_bytes(b"other")
    remember_as_right(memory, version, "plant/plant.toml")
    assert installed.verify(version, memory) == ["plant/plant.toml was changed"]


def test_a_folder_made_for_its_memory_is_its_owners_alone(version, tmp_path):
    assert installed.verify(version, tmp_path / "data" / "memory.json") == []
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_the_memory_of_another_version_is_not_believed(version, tmp_path):
    memory = tmp_path / "memory.json"
    installed.verify(version, memory)
    (version / "app/hmi").write_bytes(b"changed")
    remember_as_right(memory, version, "app/hmi")
    write_manifest(version, {**FILES, "app/_internal/lib.so": b"library"}, made="later")
    assert installed.verify(version, memory) == ["app/hmi was changed"]


@pytest.mark.parametrize("text", ["", "{", '{"manifest": 1}', "[]"])
def test_a_damaged_memory_costs_a_look_and_no_more(version, tmp_path, text):
    memory = tmp_path / "memory.json"
    memory.write_text(text)
    assert installed.verify(version, memory) == []
    assert json.loads(memory.read_text())["seen"].keys() == FILES.keys()


# ------------------------------------------------------------------------------------------- manifests, places


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "cannot be used"),
        ("{}", "cannot be used"),
        ('{"format": 1, "files": []}', "cannot be used"),
    ],
)
def test_a_damaged_manifest_is_said_in_one_line(version, text, told):
    (version / "MANIFEST.json").write_text(text)
    with pytest.raises(HmiError, match=told):
        installed.verify(version)


def test_a_manifest_of_a_later_format_asks_for_an_update(version):
    write_manifest(version, FILES, format=2)
    with pytest.raises(HmiError, match="format 2; this program reads 1: update it"):
        installed.manifest(version)


def test_from_its_source_a_program_has_no_installation():
    assert not installed.frozen()
    assert installed.program()[1:] == ["-m", "hmi"]
    assert [installed.version_folder(), installed.root(), installed.plant_folder(), installed.place()] == [None] * 4
    assert installed.verify() == []
    installed.must_be_whole()


@pytest.fixture
def installation(tmp_path, version) -> Path:
    """An installation whose program is a script that takes itself for frozen."""
    app = make_base(tmp_path / "base")
    plant = make_plant(tmp_path / "plant")
    for name in FILES:
        (version / name).unlink()
    (version / "app/_internal/lib.so").unlink()
    (app / "hmi").rename(version / "app/hmi")
    for path in sorted(plant.rglob("*.*")):
        (version / "plant" / path.relative_to(plant)).parent.mkdir(exist_ok=True)
        path.rename(version / "plant" / path.relative_to(plant))
    write_files(version)
    (tmp_path / "current").symlink_to("versions/1.2.3+4")
    (tmp_path / "place.json").write_text(
        json.dumps({"data": str(tmp_path / "data"), "site": str(tmp_path / "site.toml")})
    )
    return tmp_path


def write_files(version: Path) -> None:
    """A manifest of what is there."""
    paths = [path for path in version.rglob("*") if path.is_file() and path.name != "MANIFEST.json"]
    write_manifest(version, {path.relative_to(version).as_posix(): path.read_bytes() for path in paths})


def test_an_installed_program_finds_its_plant_data_and_settings(installation):
    program = installation / "current/app/hmi"
    told = run(program, "status")  # by a link, as from /usr/bin
    assert f"data folder {installation / 'data'}" in told.stderr


@pytest.mark.parametrize("name", ["plant/tags.csv", "app/_internal/new.so", "app/hmi"])
@pytest.mark.parametrize("verb", ["engine", "run"])
def test_a_changed_installation_starts_neither_engine_nor_window(installation, name, verb):
    file = installation / "current" / name
    file.write_bytes((file.read_bytes() if file.exists() else b"") + b"\n")
    words = [installation / "current/plant"] if verb == "engine" else []
    told = run(installation / "current/app/hmi", verb, *words, env={"XDG_CACHE_HOME": str(installation / "cache")})
    assert told.returncode == 1
    assert name in told.stderr
    assert "not as it was made" in told.stderr
    assert not (installation / "data/journal.db").exists()


def test_the_plant_is_found_by_the_link_that_an_update_switches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [tmp_path / "versions" / name for name in ("0.1.0+1", "0.1.0+2")]
    for folder in folders:
        folder.mkdir(parents=True)
    (tmp_path / "current").symlink_to("versions/0.1.0+2")
    monkeypatch.setattr(installed, "version_folder", lambda: folders[1])
    assert installed.plant_folder() == tmp_path / "current" / "plant"
    monkeypatch.setattr(installed, "version_folder", lambda: folders[0])  # one that is kept to go back to
    assert installed.plant_folder() == folders[0] / "plant"
