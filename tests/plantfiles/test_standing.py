"""What runs at a station that trusts a key, and what does not; before the start and while it runs."""

from pathlib import Path

import pytest

from hmi.core import minisign
from hmi.core.errors import HmiError, PlantError
from hmi.plantfiles import bundle
from hmi.plantfiles.folder import load_folder, read_library, read_texts
from hmi.plantfiles.standing import ENGINEERING, OPEN, SIGNED, standing
from hmi.plantfiles.watch import look
from tests.update.standin import KEY, STRANGER, make_plant


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder that trusts KEY."""
    (tmp_path / "data" / "trusted-keys").mkdir(parents=True)
    (tmp_path / "data" / "trusted-keys" / "a.pub").write_text(minisign.write_public(KEY.public_key))
    return tmp_path / "data"


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    return make_plant(tmp_path / "mill", version=3)


def test_a_station_without_keys_is_open_and_says_so(plant: Path, tmp_path: Path) -> None:
    found = standing(plant, (None, tmp_path))
    assert (found.mode, found.seal) == (OPEN, None)
    assert "trusts no plant key" in found.words


def test_a_signed_plant_runs(plant: Path, data: Path) -> None:
    found = standing(plant, (None, data))
    assert (found.mode, found.version, found.key) == (SIGNED, 3, KEY.public_key.name)
    assert found.seal is not None and load_folder(plant, found.seal).id == "mill"


def test_a_changed_plant_does_not_run_and_the_line_names_the_file(plant: Path, data: Path) -> None:
    (plant / "tags.csv").write_text((plant / "tags.csv").read_text().replace("0,100", "0,101"))
    with pytest.raises(HmiError, match=r"tags\.csv was changed\. The plant was not started\. Sign it .*--engineering"):
        standing(plant, (None, data))


def test_an_unsigned_plant_and_a_strangers_do_not_run(plant: Path, data: Path) -> None:
    bundle.sign(plant, STRANGER)
    with pytest.raises(HmiError, match="does not trust"):
        standing(plant, (None, data))
    (plant / bundle.FILE).unlink()
    with pytest.raises(HmiError, match="is not signed"):
        standing(plant, (None, data))


def test_engineering_mode_runs_it_and_says_by_whom_and_what_is_wrong(plant: Path, data: Path) -> None:
    (plant / "alarms.toml").write_text("")
    found = standing(plant, (None, data), "--engineering")
    assert (found.mode, found.seal) == (ENGINEERING, None)
    assert "by --engineering" in found.words and "alarms.toml was not signed" in found.words
    bundle.sign(plant, KEY)
    assert "version 3 is signed" in standing(plant, (None, data), "site.toml").words


def test_a_damaged_key_closes_the_station(plant: Path, data: Path) -> None:
    (data / "trusted-keys" / "a.pub").write_text("rubbish")
    with pytest.raises(HmiError, match=r"none that can be used\) \(.*a\.pub"):
        standing(plant, (None, data))


def sealed(plant: Path, data: Path):
    found = standing(plant, (None, data)).seal
    assert found is not None
    return found


def test_what_is_changed_between_the_check_and_the_reading_is_not_read(plant: Path, data: Path) -> None:
    seal = sealed(plant, data)
    (plant / "tags.csv").write_text((plant / "tags.csv").read_text() + "\n")
    (plant / "screens" / "more.toml").write_text("")
    (plant / "plant.toml").rename(plant / "plant.was")
    with pytest.raises(PlantError) as error:
        read_texts(plant, seal)
    assert {(one.file, one.what) for one in error.value.mistakes} == {
        ("tags.csv", "the file is not as it was signed"),
        ("screens/more.toml", "the file was not signed"),
        ("plant.toml", "the file was signed and is missing"),
    }


def test_while_it_runs_only_a_newer_signed_plant_takes_its_place(plant: Path, data: Path) -> None:
    seal, running = sealed(plant, data), load_folder(plant)

    def now() -> object:
        stamp = look(plant, read_library(), running, None, None, seal).stamp
        return look(plant, read_library(), running, stamp, None, seal).reading

    (plant / "screens" / "overview.toml").write_text(
        (plant / "screens" / "overview.toml").read_text().replace("Overview", "Changed")
    )
    assert "not as it was signed" in str(now().mistakes[0])
    bundle.sign(plant, STRANGER)
    assert "does not trust" in str(now().mistakes[0])
    bundle.sign(plant, KEY)
    assert now().plant.screens["overview"].title == "Changed"
    make_plant(plant, version=4)
    assert now().plant.version == 4
    make_plant(plant, version=3)
    assert "version 3, where 4 was in force" in str(now().mistakes[0])
    make_plant(plant, version=5, plant="brewery")
    assert "of plant brewery" in str(now().mistakes[0])


def test_a_signature_alone_is_looked_at_anew(plant: Path, data: Path) -> None:
    """It comes after the files, and changes none of them."""
    seal, running = sealed(plant, data), load_folder(plant)
    before = look(plant, read_library(), running, None, None, seal).stamp
    (plant / bundle.SIGNATURE).write_text((plant / bundle.SIGNATURE).read_text() + "\n")
    assert look(plant, read_library(), running, before, before, seal).stamp != before
