"""packaging/apt_folder.py: what apt itself takes from such a folder, and what it refuses."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.packaging_rules.standin import run, script

apt_folder, archives, content = script("apt_folder"), script("archives"), script("content")
TOOLS = ("apt-get", "gpg", "gpgv", "dpkg", "dpkg-deb")
pytestmark = pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason="apt, dpkg or gpg is not on this computer")
OURS, THEIRS = "Plant <plant@example.org>", "Stranger <stranger@example.org>"
INDEXES = ("Packages", "Packages.xz")
MADE = 1_772_000_000


@pytest.fixture(scope="module", autouse=True)
def keys() -> Iterator[None]:
    """Two keys of gpg, the plant's and a stranger's, in a place with a name short enough for a socket."""
    home = tempfile.mkdtemp(prefix="gpg-")
    before = os.environ.get("GNUPGHOME")
    os.environ["GNUPGHOME"] = home
    for name in (OURS, THEIRS):
        words = ["--batch", "--passphrase", "", "--quick-generate-key", name, "ed25519", "sign", "never"]
        subprocess.run(["gpg", *words], check=True, capture_output=True)
    yield
    subprocess.run(["gpgconf", "--kill", "all"], check=False, capture_output=True)
    if before is None:
        del os.environ["GNUPGHOME"]
    else:
        os.environ["GNUPGHOME"] = before
    shutil.rmtree(home)


def package(folder: Path, version: int, name: str = "hmi-mill", made: int = MADE) -> Path:
    """A package of one file, which says its version."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = {"Package": name, "Version": f"0.1.0+{version}", "Architecture": "amd64", "Maintainer": "a <a@b.c>"}
    control = "".join(f"{key}: {value}\n" for key, value in rows.items()) + f"Description: {name}\n"
    path = folder / f"{name}_0.1.0+{version}_amd64.deb"
    data = {f"opt/{name}/version": content.Entry(f"{version}\n".encode())}
    archives.deb(path, {"control": content.Entry(control.encode())}, data, made, "xz")
    return path


def laid_out(folder: Path, *packages: Path, key: str = OURS) -> Path:
    """The folder, which must have become one."""
    assert apt_folder.main(["--key", key, "--out", str(folder), *map(str, packages)]) == 0
    return folder


class Computer:
    """A Debian of its own in a folder, that has apt and nothing else, and trusts whom it was told to."""

    def __init__(self, root: Path, apt: Path) -> None:
        self.root = root
        for name in ("etc/apt/sources.list.d", "etc/apt/preferences.d", "var/lib/dpkg/info", "var/lib/dpkg/updates"):
            (root / name).mkdir(parents=True)
        for name in ("var/lib/apt/lists/partial", "var/cache/apt/archives/partial", "var/log/apt", "usr/bin"):
            (root / name).mkdir(parents=True)
        (root / "var/lib/dpkg/status").touch()
        key = root / "etc/apt/hmi-plants.asc"
        shutil.copyfile(apt / "hmi-plants.asc", key)
        setting = (apt / "hmi-plants.sources").read_text()
        told = setting.replace("/etc/apt/keyrings/hmi-plants.asc", str(key))
        (root / "etc/apt/sources.list.d/hmi.sources").write_text(told)

    def apt(self, *words: str) -> subprocess.CompletedProcess[str]:
        """apt-get, with everything that it reads and writes in the folder."""
        ours = {
            "Dir": f"{self.root}/",
            "Dir::State::status": f"{self.root}/var/lib/dpkg/status",
            "Dir::Bin::dpkg": "/usr/bin/dpkg",
            "Dir::Etc::parts": "none",
            "APT::Architecture": "amd64",
            "APT::Architectures": "amd64",
            "APT::Sandbox::User": "root",
            "Acquire::Languages": "none",
        }
        given = [f"-o{name}={value}" for name, value in ours.items()]
        given += [f"-oDPkg::Options::=--{word}" for word in (f"root={self.root}", "force-not-root", "force-bad-path")]
        given.append(f"-oDPkg::Options::=--log={self.root}/dpkg.log")
        return run("apt-get", "-y", "-q", *given, *words, env={"APT_CONFIG": "/dev/null", "LC_ALL": "C"})

    def update(self) -> subprocess.CompletedProcess[str]:
        """Read the index; 0 only when it was proven."""
        return self.apt("update", "-oAPT::Update::Error-Mode=any")

    @property
    def has(self) -> str:
        """Which version is installed; "" none."""
        file = self.root / "opt/hmi-mill/version"
        return file.read_text().strip() if file.exists() else ""


def test_apt_installs_from_the_folder_upgrades_and_goes_back(tmp_path):
    apt = laid_out(tmp_path / "apt", package(tmp_path, 1), package(tmp_path, 1, "hmi-kiln"))
    station = Computer(tmp_path / "station", apt)
    assert station.update().returncode == 0
    assert (station.apt("install", "hmi-mill").returncode, station.has) == (0, "1")
    laid_out(apt, package(tmp_path, 2))
    assert station.update().returncode == 0
    assert (station.apt("upgrade").returncode, station.has) == (0, "2")
    back = station.apt("install", "--allow-downgrades", "hmi-mill=0.1.0+1")
    assert (back.returncode, station.has) == (0, "1"), back.stderr


@pytest.mark.parametrize("wrong", ["changed", "no signature", "unsigned", "another key", "another index"])
def test_an_index_that_is_not_as_it_was_signed_is_refused(tmp_path, wrong):
    apt = laid_out(tmp_path / "apt", package(tmp_path, 1))
    station = Computer(tmp_path / "station", apt)
    good = {path.name: path.read_bytes() for path in apt.iterdir() if path.is_file()}
    says = {
        "changed": lambda: replaced(apt / "InRelease", b"Origin: hmi", b"Origin: hmj"),
        "no signature": lambda: (apt / "InRelease").write_bytes(good["Release"]),
        "unsigned": lambda: [(apt / name).unlink() for name in ("InRelease", "Release.gpg")],
        "another key": lambda: laid_out(apt, key=THEIRS),
        "another index": lambda: [replaced(apt / name, good[name], good[name] + b"\n") for name in INDEXES],
    }
    says[wrong]()
    told = station.update()
    assert told.returncode != 0, told.stdout
    refused = station.apt("install", "hmi-mill")
    assert (refused.returncode != 0, station.has) == (True, ""), refused.stdout
    for name, data in good.items():
        (apt / name).write_bytes(data)
    assert Computer(tmp_path / "another", apt).update().returncode == 0


def replaced(path: Path, old: bytes, new: bytes) -> None:
    """Change a file; what is changed must be in it."""
    assert old in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(old, new))


def test_a_package_with_a_changed_byte_is_refused(tmp_path):
    apt = laid_out(tmp_path / "apt", package(tmp_path, 1))
    station = Computer(tmp_path / "station", apt)
    assert station.update().returncode == 0
    (deb,) = (apt / "pool").iterdir()
    data = bytearray(deb.read_bytes())
    data[len(data) // 2] ^= 1
    deb.write_bytes(data)
    told = station.apt("install", "hmi-mill")
    assert (told.returncode != 0, station.has) == (True, ""), told.stdout
    assert "Hash Sum mismatch" in told.stderr


def test_the_newest_of_each_plant_stay_with_their_signatures(tmp_path):
    apt = tmp_path / "apt"
    for version in (9, 10, 11):  # as numbers, not as text
        deb = package(tmp_path, version, made=MADE + version)
        deb.with_name(f"{deb.name}.minisig").write_text("signature")
        laid_out(apt, deb, package(tmp_path, 1, "hmi-kiln"))
    names = sorted(path.name for path in (apt / "pool").iterdir())
    mill = [f"hmi-mill_0.1.0+{version}_amd64.deb{tail}" for version in (10, 11) for tail in ("", ".minisig")]
    assert names == ["hmi-kiln_0.1.0+1_amd64.deb", *mill]
    rows = [row for row in (apt / "Packages").read_text().splitlines() if row.startswith("Version")]
    assert rows == ["Version: 0.1.0+1", "Version: 0.1.0+11", "Version: 0.1.0+10"]
    assert "Date: Wed, 25 Feb 2026 06:13:31 GMT" in (apt / "Release").read_text()


def test_what_is_no_package_and_an_unknown_key_are_said(tmp_path, capsys):
    (tmp_path / "x.deb").write_text("no package")
    assert apt_folder.main(["--key", OURS, "--out", str(tmp_path / "apt"), str(tmp_path / "x.deb")]) == 1
    assert "x.deb is no package of Debian" in capsys.readouterr().err
    assert apt_folder.main(["--key", OURS, "--out", str(tmp_path / "apt")]) == 1
    assert "holds none" in capsys.readouterr().err
    words = ["--key", "nobody@example.org", "--out", str(tmp_path / "apt"), str(package(tmp_path, 1))]
    assert apt_folder.main(words) == 1
    assert "could not be signed with the key nobody@example.org" in capsys.readouterr().err
    assert not (tmp_path / "apt" / "InRelease").exists()


def test_two_packages_of_one_version_are_refused_before_anything_is_copied(tmp_path, capsys):
    apt = laid_out(tmp_path / "apt", package(tmp_path, 1))
    again = package(tmp_path, 1).rename(tmp_path / "hmi-mill_0.1.0+1_amd64-xz.deb")
    assert apt_folder.main(["--key", OURS, "--out", str(apt), str(again)]) == 1
    assert f"{apt / 'pool' / 'hmi-mill_0.1.0+1_amd64.deb'} and {again} are the same version" in capsys.readouterr().err
    assert [path.name for path in (apt / "pool").iterdir()] == ["hmi-mill_0.1.0+1_amd64.deb"]


@pytest.mark.parametrize(
    "words",
    [("--name", "../x"), ("--name", "a b"), ("--uri", "file:/media/my stick"), ("--uri", "/media"), ("--keep", "0")],
)
def test_a_setting_that_apt_could_not_read_is_refused(tmp_path, capsys, words):
    with pytest.raises(SystemExit) as end:
        apt_folder.main(["--key", OURS, "--out", str(tmp_path / "apt"), *words])
    assert end.value.code == 2
    assert repr(words[1]) in capsys.readouterr().err


def test_a_space_in_the_name_of_the_folder_is_written_as_apt_reads_it(tmp_path):
    apt = laid_out(tmp_path / "my stick", package(tmp_path, 1))
    assert f"URIs: file:{tmp_path}/my%20stick\n" in (apt / "hmi-plants.sources").read_text()
