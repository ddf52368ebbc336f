"""What is chosen from a stick."""

from pathlib import Path

import pytest

from hmi.core.errors import HmiError
from hmi.plantfiles.bundle_pack import pack
from hmi.plantfiles.signing import Keys
from hmi.update.find import Found, find
from hmi.update.versions import Version
from tests.update.standin import KEY, STRANGER, make_plant

USED = Version((0, 2, 0), 3)
NAME = "hmi-mill-{}-linux-x86_64.tar.zst"


def chosen(stick: Path) -> Found:
    return find(stick, "mill", "linux-x86_64", USED, Keys((KEY.public_key,)))


def test_the_newest_that_fits_is_taken(tmp_path: Path) -> None:
    for name in (
        NAME.format("0.1.0+9"),
        NAME.format("0.10.0+3"),
        NAME.format("0.9.0+9"),
        "hmi-brewery-9.0.0+1-linux-x86_64.tar.zst",
        "hmi-mill-9.0.0+1-windows-x86_64.tar.gz",
        "hmi-mill-9.0.0-linux-x86_64.tar.gz",
        "holiday.jpg",
    ):
        (tmp_path / name).touch()
    found = chosen(tmp_path)
    assert (found.path.name, found.version, found.is_pack) == (NAME.format("0.10.0+3"), Version((0, 10, 0), 3), False)


def test_a_package_of_debian_is_found_by_its_name_and_in_a_folder_of_apt(tmp_path: Path) -> None:
    for name in ("hmi-mill_0.9.0+3_amd64.deb", "hmi-mill-2_9.0.0+3_amd64.deb", "pool/hmi-mill_0.10.0+3_amd64.deb"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert chosen(tmp_path).path.name == "hmi-mill_0.9.0+3_amd64.deb"
    (tmp_path / "Packages").write_text("Package: hmi-mill\nFilename: pool/hmi-mill_0.10.0+3_amd64.deb\n")
    assert chosen(tmp_path) == Found(tmp_path / "pool/hmi-mill_0.10.0+3_amd64.deb", False, Version((0, 10, 0), 3))
    (tmp_path / "hmi-north-mill_0.3.0+1_amd64.deb").touch()
    keys = Keys((KEY.public_key,))
    assert find(tmp_path, "north_mill", "linux-x86_64", USED, keys).version == Version((0, 3, 0), 1)
    with pytest.raises(HmiError, match="nothing for north_mill on linux-aarch64"):
        find(tmp_path, "north_mill", "linux-aarch64", USED, keys)


def test_a_newer_plant_pack_is_taken_where_the_program_is_not_newer(tmp_path: Path) -> None:
    (tmp_path / NAME.format("0.2.0+3")).touch()
    for version in (2, 4, 5):
        pack(make_plant(tmp_path / f"p{version}", version), tmp_path / f"{version}.hmiplant")
    pack(make_plant(tmp_path / "other", 9, "brewery"), tmp_path / "9.hmiplant")
    pack(make_plant(tmp_path / "false", 8, key=STRANGER), tmp_path / "8.hmiplant")
    assert chosen(tmp_path) == Found(tmp_path / "5.hmiplant", True, None)


def test_a_file_is_taken_at_its_word(tmp_path: Path) -> None:
    (file := tmp_path / NAME.format("0.1.0+1")).touch()
    assert chosen(file) == Found(file, False, Version((0, 1, 0), 1))
    (tmp_path / "x.zip").touch()
    with pytest.raises(HmiError, match=r"x\.zip is no update"):
        chosen(tmp_path / "x.zip")


def test_nothing_newer_and_nothing_at_all_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(HmiError, match="nothing for mill on linux-x86_64"):
        chosen(tmp_path)
    pack(make_plant(tmp_path / "false", 8, key=STRANGER), tmp_path / "8.hmiplant")
    with pytest.raises(HmiError, match="nothing for mill.*does not trust"):
        chosen(tmp_path)
    (tmp_path / NAME.format("0.1.0+3")).touch()
    with pytest.raises(HmiError, match="nothing newer"):
        chosen(tmp_path)
    with pytest.raises(HmiError, match="is the stick in"):
        chosen(tmp_path / "none")
