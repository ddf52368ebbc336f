"""The folder that apt installs from, as `hmi update` reads it: the same chain of signature and hashes."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hmi.core.errors import HmiError
from hmi.plantfiles.signing import Keys
from hmi.update import apt
from hmi.update.find import find
from hmi.update.unpack import unpacked
from hmi.update.versions import Installation, Version
from tests.packaging_rules.standin import script
from tests.update.standin import KEY, in_use, package, update

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("gpg", "gpgv", "dpkg-deb"))), reason="gpg or dpkg is not on this computer"
)
apt_folder = script("apt_folder")
USED = Version((0, 1, 0), 1)


@pytest.fixture(scope="module")
def keys() -> Iterator[dict[str, Path]]:
    """Public keys of gpg, of the maker and of a stranger; their secret ones are there to sign with."""
    home = Path(tempfile.mkdtemp(prefix="gpg-"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GNUPGHOME", str(home))
        found = {}
        for name in ("maker", "stranger"):
            words = ["--batch", "--passphrase", "", "--quick-generate-key", name, "ed25519", "sign", "never"]
            subprocess.run(["gpg", *words], check=True, capture_output=True)
            found[name] = home / f"{name}.asc"
            said = subprocess.run(["gpg", "--armor", "--export", name], check=True, capture_output=True)
            found[name].write_bytes(said.stdout)
        yield found
        subprocess.run(["gpgconf", "--kill", "all"], check=False, capture_output=True)
    shutil.rmtree(home)


@pytest.fixture
def stick(tmp_path: Path, keys: dict[str, Path]) -> Path:
    """A folder of two versions, signed by the maker with gpg and by nobody else."""
    debs = [package(tmp_path, version, key=None) for version in ("0.2.0+1", "0.10.0+1")]
    assert apt_folder.main(["--key", "maker", "--out", str(tmp_path / "apt"), *map(str, debs)]) == 0
    return tmp_path / "apt"


def newest(stick: Path) -> Path:
    return find(stick, "mill", "linux-x86_64", USED, Keys()).path


def refused(stick: Path, root: Path, *rings: Path) -> str:
    with pytest.raises(HmiError) as error:
        unpacked(newest(stick), Installation(root), Keys(), rings)
    assert [one.name for one in (root / "versions").iterdir()] == ["0.1.0+1"]
    assert "\n" not in str(error.value)
    return str(error.value)


def test_the_newest_of_this_plant_is_found_and_proven_by_the_signed_list(root, stick, keys) -> None:
    assert newest(stick) == stick / "pool" / "hmi-mill_0.10.0+1_amd64.deb"
    assert unpacked(newest(stick), Installation(root), Keys(), [keys["maker"]]).name == "0.10.0+1"


def test_the_signature_beside_a_package_counts_where_its_key_is_trusted(root, tmp_path, keys) -> None:
    deb = package(tmp_path, "0.2.0+1")
    assert apt_folder.main(["--key", "stranger", "--out", str(tmp_path / "apt"), str(deb)]) == 0
    found = newest(tmp_path / "apt")
    assert unpacked(found, Installation(root), Keys((KEY.public_key,)), [keys["maker"]]).name == "0.2.0+1"


def test_a_station_that_trusts_a_key_of_gpg_alone_is_brought_up_to_date(root, stick, keys) -> None:
    (root / "trusted-keys" / "maker.pub").unlink()
    shutil.copy(keys["stranger"], root / "trusted-keys")
    assert "Release was not signed by a key that this station trusts" in update(root, str(stick), "--yes").stderr
    shutil.copy(keys["maker"], root / "trusted-keys")
    done = update(root, str(stick), "--yes")
    assert (done.returncode, in_use(root)) == (0, "0.10.0+1"), done.stderr


def test_another_key_no_signature_and_a_changed_byte_anywhere_are_refused(root, stick, keys) -> None:
    assert "not signed by a key that this station trusts (stranger.asc)" in refused(stick, root, keys["stranger"])
    assert "is not signed" in refused(stick, root)
    deb = newest(stick)
    for path, said in ((deb, f"{deb.name} is not what was signed"), (stick / "Packages", "Packages is not what was")):
        good = path.read_bytes()
        path.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
        assert said in refused(stick, root, keys["maker"])
        path.write_bytes(good)
    release = (stick / "Release").read_bytes()
    own = hashlib.sha256((stick / "Packages").read_bytes()).hexdigest().encode()
    (stick / "Release").write_bytes(release.replace(own, own[::-1]))
    assert "BAD signature" in refused(stick, root, keys["maker"])
    (stick / "Release.gpg").unlink()
    assert "Release.gpg is missing" in refused(stick, root, keys["maker"])


def test_a_package_that_the_signed_list_does_not_name_is_refused(root, stick, keys, tmp_path) -> None:
    shutil.copy(package(tmp_path / "more", "0.11.0+1", key=None), stick / "pool")
    with pytest.raises(HmiError, match="is not in the signed list"):
        unpacked(stick / "pool" / "hmi-mill_0.11.0+1_amd64.deb", Installation(root), Keys(), [keys["maker"]])


def test_a_key_that_is_none_and_a_missing_gpgv_are_said(root, stick, keys, tmp_path, monkeypatch) -> None:
    (tmp_path / "false.asc").write_text("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n****\n")
    assert "false.asc is no public key" in refused(stick, root, tmp_path / "false.asc")
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    assert "gpgv is not installed" in refused(stick, root, keys["maker"])


def test_rows_that_lead_out_of_the_folder_are_left_out(tmp_path) -> None:
    rows = "Package: a\nFilename: ../a.deb\n\nPackage: b\nFilename: /b.deb\n\nPackage: c\nFilename: pool/c.deb\n"
    (tmp_path / "Packages").write_text(rows)
    assert [row.package for row in apt.listed(tmp_path)] == ["c"]


def test_keys_of_gpg_are_those_for_programs(tmp_path) -> None:
    for name in ("trusted-keys/a.asc", "trusted-keys/program/b.asc", "trusted-keys/plant/c.asc", "trusted-keys/d.pub"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert [path.name for path in apt.rings((tmp_path, None))] == ["a.asc", "b.asc"]
