"""A program that comes as a package of Debian: the same version as from any other file."""

import io
import lzma
import tarfile
from pathlib import Path

import pytest

from hmi.core.errors import HmiError
from hmi.installed import verify
from hmi.plantfiles.signing import Keys
from hmi.update import debian
from hmi.update.unpack import unpacked
from hmi.update.versions import Installation
from tests.update.standin import KEY, STRANGER, package

KEYS = Keys((KEY.public_key,))


@pytest.mark.parametrize("kind", ["zst", "xz"])
def test_the_folder_of_the_version_is_taken_out_and_nothing_else(root: Path, tmp_path: Path, kind: str) -> None:
    folder = unpacked(package(tmp_path, "0.2.0+1", kind=kind), Installation(root), KEYS)
    assert verify(folder) == []
    assert (folder / "app" / "hmi").stat().st_mode & 0o111 and (folder / "app" / "lib.so.1").is_symlink()
    assert sorted(path.name for path in folder.iterdir()) == ["MANIFEST.json", "app", "plant"]
    assert sorted(path.name for path in (root / "versions").iterdir()) == ["0.1.0+1", "0.2.0+1"]


@pytest.mark.parametrize("place", [0, 70, -1])
def test_one_changed_byte_another_key_and_none_are_refused(root: Path, tmp_path: Path, place: int) -> None:
    path = package(tmp_path, "0.2.0+1")
    body = bytearray(path.read_bytes())
    body[place] ^= 1
    path.write_bytes(body)
    for file, said in (
        (path, "is not what was signed"),
        (package(tmp_path / "b", "0.2.0+1", key=STRANGER), "does not trust"),
        (package(tmp_path / "c", "0.2.0+1", key=None), "is not signed"),
    ):
        with pytest.raises(HmiError, match=said):
            unpacked(file, Installation(root), KEYS)
    assert [one.name for one in (root / "versions").iterdir()] == ["0.1.0+1"]


@pytest.mark.parametrize(
    "body",
    [
        b"!<arch>\n",
        b"!<arch>\n" + b"x" * 60,
        b"no archive",
        b"!<arch>\n" + b"data.tar.bz2".ljust(48) + b"4         `\nabcd",
        b"!<arch>\n" + b"data.tar.xz".ljust(48) + b"999999    `\nabcd",
    ],
)
def test_what_is_no_package_is_said_to_be_none(body: bytes) -> None:
    wrong = (HmiError, tarfile.TarError, lzma.LZMAError, EOFError)
    with pytest.raises(wrong), debian.opened(io.BytesIO(body)) as archive:
        archive.getmembers()


@pytest.mark.parametrize(
    ("name", "inside"),
    [
        ("./opt/hmi-mill/versions/0.1.0+2/app/hmi", "app/hmi"),
        ("opt/hmi-my_mill/versions/0.1.0+2/MANIFEST.json", "MANIFEST.json"),
        ("./opt/hmi-mill/versions/0.1.0+2", ""),
        ("./etc/hmi-mill/site.toml", ""),
        ("./opt/hmi-mill/place.json", ""),
    ],
)
def test_only_what_is_below_the_version_has_a_name_in_it(name: str, inside: str) -> None:
    assert debian.name_in_version(name) == inside
