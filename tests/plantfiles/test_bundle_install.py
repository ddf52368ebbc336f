"""Packs put into force by switching a link, and those that may not be."""

from pathlib import Path

import pytest

from hmi.core.errors import HmiError
from hmi.plantfiles.bundle_install import install, switch
from hmi.plantfiles.bundle_pack import opened, pack
from hmi.plantfiles.folder import load_folder
from hmi.plantfiles.signing import Keys
from tests.update.standin import KEY, make_plant


def put(room: Path, version: int, plant: str = "mill", **more) -> Path:
    """Make a pack of a version and install it."""
    made = make_plant(room / f"{plant}{version}", version, plant)
    out = room / f"{plant}{version}.hmiplant"
    if not out.exists():
        pack(made, out)
    return install(opened(out, Keys((KEY.public_key,))), room / "plants" / "mill", **more)


def test_a_newer_version_takes_the_place_and_the_one_before_stays(tmp_path: Path) -> None:
    place = tmp_path / "plants" / "mill"
    for version in (1, 2, 3):
        assert put(tmp_path, version) == place.with_name(f"mill-{version}")
        assert load_folder(place).version == version
    assert sorted(path.name for path in place.parent.iterdir()) == ["mill", "mill-2", "mill-3"]


def test_an_older_version_is_taken_only_when_it_is_asked_for(tmp_path: Path) -> None:
    put(tmp_path, 2)
    with pytest.raises(HmiError, match="Version 1 is older than 2"):
        put(tmp_path, 1)
    assert load_folder(tmp_path / "plants" / "mill").version == 2
    put(tmp_path, 1, downgrade=True)
    assert load_folder(tmp_path / "plants" / "mill").version == 1


def test_the_version_in_force_and_another_plant_are_refused(tmp_path: Path) -> None:
    put(tmp_path, 2)
    with pytest.raises(HmiError, match="of version 2 already"):
        put(tmp_path, 2)
    with pytest.raises(HmiError, match="of the plant 'brewery', and here runs 'mill'"):
        put(tmp_path, 3, "brewery")


def test_a_folder_that_somebody_works_in_is_left_alone(tmp_path: Path) -> None:
    make_plant(tmp_path / "plants" / "mill")
    with pytest.raises(HmiError, match="somebody works in"):
        put(tmp_path, 2)


def test_what_was_cut_short_before_is_cleared(tmp_path: Path) -> None:
    put(tmp_path, 1)
    (left := tmp_path / "plants" / ".mill-2.partial").mkdir()
    (tmp_path / "plants" / "mill-2").mkdir()  # named, and the link not yet switched
    put(tmp_path, 2)
    assert not left.exists() and load_folder(tmp_path / "plants" / "mill").version == 2


def test_a_link_is_switched_over_what_a_cut_left(tmp_path: Path) -> None:
    (tmp_path / ".link.new").symlink_to("nowhere")
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        switch(tmp_path / "link", Path(name))
        assert (tmp_path / "link").readlink() == Path(name)
