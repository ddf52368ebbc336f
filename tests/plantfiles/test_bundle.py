"""A plant folder listed and signed: every change of it is found, and named."""

import shutil
from pathlib import Path

import pytest

from hmi.core.errors import HmiError, PlantError
from hmi.plantfiles import bundle
from hmi.plantfiles.signing import Keys, SignatureError
from tests.update.standin import KEY, STRANGER, make_plant

KEYS = Keys((KEY.public_key,))


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    return make_plant(tmp_path / "mill", version=3)


def test_a_signed_plant_is_as_it_was_signed(plant: Path) -> None:
    found = bundle.verified(plant, KEYS)
    assert (found.plant.id, found.plant.name, found.plant.version) == ("mill", "Mill", 3)
    assert sorted(found.files) == ["plant.toml", "screens/overview.toml", "tags.csv"]


def test_the_same_plant_gives_the_same_list_wherever_it_lies(plant: Path, tmp_path: Path) -> None:
    shutil.copytree(plant, tmp_path / "copy")
    assert bundle.encoded(bundle.survey(tmp_path / "copy")) == (plant / bundle.FILE).read_bytes()


@pytest.mark.parametrize("file", ["plant.toml", "screens/overview.toml", "tags.csv"])
def test_one_changed_byte_names_its_file(plant: Path, file: str) -> None:
    body = (plant / file).read_bytes()
    (plant / file).write_bytes(body[:-1] + b" ")
    with pytest.raises(SignatureError, match=f"not as it was signed: {file} was changed"):
        bundle.verified(plant, KEYS)


def test_a_file_that_is_missing_or_too_many_is_named(plant: Path) -> None:
    (plant / "screens" / "overview.toml").unlink()
    (plant / "alarms.toml").write_text("")
    with pytest.raises(SignatureError, match=r"alarms\.toml was not signed; screens/overview\.toml is missing"):
        bundle.verified(plant, KEYS)


def test_a_list_that_was_changed_with_its_file_is_found(plant: Path) -> None:
    (plant / "tags.csv").write_text((plant / "tags.csv").read_text() + "\n")
    signature = (plant / bundle.SIGNATURE).read_text()
    bundle.write(plant)
    (plant / bundle.SIGNATURE).write_text(signature)
    with pytest.raises(SignatureError, match="changed or damaged"):
        bundle.verified(plant, KEYS)


def test_a_stranger_signs_in_vain(plant: Path) -> None:
    bundle.sign(plant, STRANGER)
    with pytest.raises(SignatureError, match=f"signed with the key {STRANGER.public_key.name}"):
        bundle.verified(plant, KEYS)


def test_an_unsigned_plant_is_said_to_be_unsigned(plant: Path) -> None:
    (plant / bundle.SIGNATURE).unlink()
    with pytest.raises(SignatureError, match=r"no BUNDLE\.json\.minisig"):
        bundle.verified(plant, KEYS)
    (plant / bundle.FILE).unlink()
    with pytest.raises(SignatureError, match=r"is not signed: it has no BUNDLE\.json"):
        bundle.verified(plant, KEYS)


def test_signing_again_takes_the_old_signature_away_first(plant: Path) -> None:
    bundle.write(plant)
    assert not (plant / bundle.SIGNATURE).exists()


def test_hidden_files_are_no_part_of_a_plant(plant: Path) -> None:
    (plant / ".git").mkdir()
    (plant / ".git" / "config").write_text("x")
    assert bundle.verified(plant, KEYS)


def test_a_plant_with_mistakes_is_not_signed(plant: Path) -> None:
    (plant / "tags.csv").write_text("rubbish")
    with pytest.raises(PlantError):
        bundle.sign(plant, KEY)


@pytest.mark.parametrize("name", ["nul.png", "a?.png"])
def test_a_name_that_not_every_system_has_is_not_signed(plant: Path, name: str) -> None:
    (plant / name).write_bytes(b"x")
    with pytest.raises(HmiError, match="cannot be signed"):
        bundle.sign(plant, KEY)


def test_a_link_is_not_signed(plant: Path, tmp_path: Path) -> None:
    (plant / "drawing.svg").symlink_to(tmp_path)
    with pytest.raises(HmiError, match="no ordinary file"):
        bundle.hashes(plant)


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b"\xff", b'{"format":1,"plant":{"id":"a"}}', b"x" * 1_100_000])
def test_a_list_that_is_none_is_refused(plant: Path, body: bytes) -> None:
    (plant / bundle.FILE).write_bytes(body)
    with pytest.raises(SignatureError):
        bundle.read(plant)


def test_a_list_of_tomorrow_asks_for_another_program(plant: Path) -> None:
    (plant / bundle.FILE).write_bytes((plant / bundle.FILE).read_bytes().replace(b'"format":1', b'"format":2'))
    with pytest.raises(SignatureError, match="format 2.*update the program"):
        bundle.read(plant)
