"""packaging/build.py: from a program and a plant to installers; what is in them, and what is refused."""

from __future__ import annotations

import hashlib
import json
import lzma
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
import zstandard

from hmi import installed
from hmi.core.errors import HmiError
from hmi.plantfiles import signing
from tests.packaging_rules.standin import PACKAGING, make_base, make_plant, run, script

build = script("build")
needs_dpkg = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="no dpkg on this computer")
needs_makeself = pytest.mark.skipif(shutil.which("makeself") is None, reason="makeself is not installed")


@pytest.fixture(autouse=True)
def of_one_time(monkeypatch) -> None:
    """Every build of these trials is of one moment."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1772000000")


def built(folder: Path, *words: object, target: str = "tar", plant: Path | None = None) -> list[Path]:
    """What a build has made; it must have gone well."""
    base = folder / "base" if (folder / "base").exists() else make_base(folder / "base")
    plant = plant or make_plant(folder / "plant")
    out = folder / "out"
    assert (
        build.main([f"--plant={plant}", f"--base={base}", f"--target={target}", f"--out={out}", *map(str, words)]) == 0
    )
    return sorted(out.iterdir())


def refused(capsys, folder: Path, *words: str) -> str:
    """What is said when nothing was built."""
    out = folder / "out"
    assert build.main([*words, f"--out={out}"]) == 1
    assert not out.exists() or not list(out.iterdir())
    return capsys.readouterr().err


def unpacked(path: Path, target: Path) -> Path:
    """A .tar.zst on the disk."""
    with (
        path.open("rb") as file,
        zstandard.ZstdDecompressor().stream_reader(file) as body,
        tarfile.open(fileobj=body, mode="r|") as archive,
    ):
        archive.extractall(target, filter="data")
    return target


# --------------------------------------------------------------------------------------------- what is in it


def test_an_installation_has_program_plant_and_papers_and_is_whole(tmp_path):
    (made,) = built(tmp_path)
    assert made.name == "hmi-mill-0.1.0+1-linux-x86_64.tar.zst"
    folder = unpacked(made, tmp_path / "there")
    manifest = installed.manifest(folder)
    assert manifest is not None
    assert (manifest.version, manifest.plant.name, manifest.made) == ("0.1.0+1", 'Mill "north"', "2026-02-25T06:13:20Z")
    assert {"app/hmi", "app/_internal/libmill.so", "plant/tags.csv", "SBOM.json"} <= manifest.files.keys()
    assert (folder / "app" / "_internal" / "libmill.so").is_symlink()
    assert installed.verify(folder) == []
    assert run(folder / "app" / "hmi", "about", "--verify").returncode == 0


def test_what_is_no_part_of_a_plant_stays_outside(tmp_path):
    plant = make_plant(tmp_path / "plant")
    for name in (".git/config", "screens/overview.toml~", ".swp", "screens/.overview.toml.swp"):
        (plant / name).parent.mkdir(exist_ok=True)
        (plant / name).write_text("")
    folder = unpacked(*built(tmp_path, plant=plant), tmp_path / "there")
    found = sorted(path.relative_to(folder).as_posix() for path in (folder / "plant").rglob("*") if path.is_file())
    assert found == ["plant/plant.toml", "plant/screens/overview.toml", "plant/tags.csv"]


@pytest.mark.cr("7.8")
def test_the_sbom_names_each_library_with_licence_and_the_hash_of_its_wheel(tmp_path):
    folder = unpacked(*built(tmp_path), tmp_path / "there")
    sbom = json.loads((folder / "SBOM.json").read_text())
    assert (sbom["bomFormat"], sbom["specVersion"]) == ("CycloneDX", "1.5")
    parts = {part["name"].lower(): part for part in sbom["components"]}
    assert {"asyncua", "numpy", "pyside6_essentials", "cpython", "pyinstaller bootloader"} <= parts.keys()
    assert not {"pytest", "mypy", "pip", "ruff"} & parts.keys()
    assert all(part["licenses"] for part in parts.values())
    lock = (PACKAGING / "requirements.lock").read_text()
    for name in ("asyncua", "numpy", "msgspec", "pyside6_essentials"):
        assert f"sha256:{parts[name]['hashes'][0]['content']}" in lock
    notices = (folder / "LICENCES.txt").read_text()
    assert "asyncua 2.1.0: LGPL-3.0-or-later" in notices
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in notices
    assert "may be replaced" in notices


def test_a_plant_brings_its_own_icon(tmp_path):
    plant = make_plant(tmp_path / "plant")
    (plant / "branding").mkdir()
    (plant / "branding" / "icon.png").write_bytes(b"its own")
    release = script("content").read_release(plant, make_base(tmp_path / "base"))
    assert release.icon.read_bytes() == b"its own"


# --------------------------------------------------------------------------------------------- reproducible


@pytest.mark.parametrize("target", ["tar", "deb", "deb-xz", pytest.param("run", marks=needs_makeself)])
def test_the_same_content_gives_the_same_bytes(tmp_path, target):
    for name in ("one", "two"):
        folder = tmp_path / name
        plant = make_plant(folder / "plant")
        for number, path in enumerate(sorted(plant.rglob("*"), reverse=name == "two")):
            os.utime(path, (10_000 + number, 10_000 + number))
        built(folder, target=target, plant=plant)
    one, two = (next((tmp_path / name / "out").iterdir()) for name in ("one", "two"))
    assert one.name == two.name
    assert hashlib.sha256(one.read_bytes()).digest() == hashlib.sha256(two.read_bytes()).digest()


@needs_makeself
def test_no_time_of_day_gets_into_a_run_file_made_from_a_relative_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = [f"--plant={make_plant(tmp_path / 'plant')}", f"--base={make_base(tmp_path / 'base')}", "--target=run"]
    assert build.main([*words, "--out=out"]) == 0
    (made,) = (tmp_path / "out").iterdir()
    packed = made.read_bytes()
    assert packed[packed.index(b"\x1f\x8b\x08") :][:8] == b"\x1f\x8b\x08\0\0\0\0\0"  # gzip's own time is none


# --------------------------------------------------------------------------------------------------- Debian


@needs_dpkg
@pytest.mark.parametrize("target", ["deb", "deb-xz"])
def test_dpkg_reads_the_package(tmp_path, target):
    (deb,) = built(tmp_path, target=target)
    fields = run("dpkg-deb", "--field", deb).stdout
    assert "Depends: libc6 (>= 2.35)\n" in fields
    assert "Version: 0.1.0+1\n" in fields
    assert run("dpkg-deb", "--extract", deb, tmp_path / "root").returncode == 0
    assert run("dpkg-deb", "--control", deb, tmp_path / "control").returncode == 0
    version = tmp_path / "root" / "opt" / "hmi-mill" / "versions" / "0.1.0+1"
    assert installed.verify(version) == []
    sums = run(
        "env", "-C", tmp_path / "root", "md5sum", "--check", "--strict", "--quiet", tmp_path / "control" / "md5sums"
    )
    assert (sums.returncode, sums.stdout) == (0, "")
    for name in ("preinst", "postinst", "prerm", "postrm"):
        text = (tmp_path / "control" / name).read_text()
        assert "@" not in text.replace('"$@"', ""), name
        assert subprocess.run(["sh", "-n"], input=text, text=True, check=False).returncode == 0


@needs_dpkg
def test_the_engine_is_a_service_with_an_account_of_its_own(tmp_path):
    (deb,) = built(tmp_path, target="deb")
    run("dpkg-deb", "--extract", deb, tmp_path / "root")
    unit = (tmp_path / "root" / "usr/lib/systemd/system/hmi-mill.service").read_text()
    for line in ("User=hmi-mill", "StateDirectory=hmi-mill", "Restart=always", "Type=notify", "ProtectSystem=strict"):
        assert f"\n{line}\n" in unit
    command = "/opt/hmi-mill/current/app/hmi engine /opt/hmi-mill/current/plant --data /var/lib/hmi-mill"
    assert f"\nExecStart={command}\n" in unit
    place = json.loads((tmp_path / "root" / "opt/hmi-mill/place.json").read_text())
    assert place["data"] == "/var/lib/hmi-mill"
    assert place["service"] == "hmi-mill.service"
    if shutil.which("desktop-file-validate"):
        said = run("desktop-file-validate", tmp_path / "root" / "usr/share/applications/hmi-mill.desktop")
        assert (said.returncode, said.stdout) == (0, "")


# ---------------------------------------------------------------------------------------------- several, refused


def test_a_folder_of_plants_gives_installers_of_each(tmp_path):
    make_plant(tmp_path / "plants" / "one")
    other = make_plant(tmp_path / "plants" / "two", version=7)
    (other / "plant.toml").write_text((other / "plant.toml").read_text().replace('id = "mill"', 'id = "kiln"', 1))
    names = [path.name for path in built(tmp_path, plant=tmp_path / "plants")]
    assert names == ["hmi-kiln-0.1.0+7-linux-x86_64.tar.zst", "hmi-mill-0.1.0+1-linux-x86_64.tar.zst"]


def test_a_plant_with_mistakes_is_given_to_nobody(tmp_path, capsys):
    plant = make_plant(tmp_path / "plant")
    (plant / "tags.csv").write_text("tag,conection\n")
    said = refused(capsys, tmp_path, f"--plant={plant}", f"--base={make_base(tmp_path / 'base')}")
    assert "has mistakes, so there is no installer of it" in said
    assert "tags.csv:1" in said


def test_links_in_a_plant_are_refused(tmp_path, capsys):
    base = make_base(tmp_path / "base")
    plant = make_plant(tmp_path / "plant")
    (plant / "screens" / "other.svg").symlink_to("/etc/hostname")
    assert "a link that leads out" in refused(capsys, tmp_path, f"--plant={plant}", f"--base={base}")


def test_a_folder_that_is_no_plant_no_program_or_no_target_is_said(tmp_path, capsys):
    base, plant = make_base(tmp_path / "base"), make_plant(tmp_path / "plant")
    assert "there is no plant.toml" in refused(capsys, tmp_path, f"--plant={base}", f"--base={base}")
    assert "make base" in refused(capsys, tmp_path, f"--plant={plant}", f"--base={plant}")
    assert "'rpm' is no target" in refused(capsys, tmp_path, f"--plant={plant}", f"--base={base}", "--target=rpm")
    said = refused(capsys, tmp_path, f"--plant={plant}", f"--base={base}", "--target=nsis")
    assert "nsis cannot be made of it" in said


def test_a_name_too_long_for_an_account_is_refused(tmp_path, capsys):
    plant = make_plant(tmp_path / "plant")
    (plant / "plant.toml").write_text(
        (plant / "plant.toml").read_text().replace('id = "mill"', f'id = "{"m" * 40}"', 1)
    )
    said = refused(capsys, tmp_path, f"--plant={plant}", f"--base={make_base(tmp_path / 'base')}", "--target=deb")
    assert "at most 28 letters" in said


def test_a_base_that_goes_away_while_it_is_packed_leaves_no_half_installer(tmp_path, capsys, monkeypatch):
    base, plant = make_base(tmp_path / "base"), make_plant(tmp_path / "plant")
    read = build.read_release

    def read_and_lose(*words: object) -> object:
        release = read(*words)
        (base / "_internal" / "libmill.so.1").unlink()
        return release

    monkeypatch.setattr(build, "read_release", read_and_lose)
    said = refused(capsys, tmp_path, f"--plant={plant}", f"--base={base}", "--target=tar")
    assert "libmill.so.1: No such file or directory: the installer was not made" in said


# ----------------------------------------------------------------------------------------------------- signed


@pytest.mark.cr("3.4")
def test_a_signed_build_bears_signatures_that_the_station_proves(tmp_path):
    key = tmp_path / "plant.key"
    public = signing.write_key(key, signing.new_key())
    made, beside = built(tmp_path, f"--sign={key}")
    assert beside.name == f"{made.name}.minisig"
    (tmp_path / "trusted-keys").mkdir()
    shutil.copy(public, tmp_path / "trusted-keys")
    keys = signing.trusted_keys([tmp_path], "program")
    assert "hmi-mill 0.1.0+1" in signing.verify_file(made, keys).words
    folder = unpacked(made, tmp_path / "there")
    assert "MANIFEST.json" in signing.verify_file(folder / "MANIFEST.json", keys).words
    made.write_bytes(made.read_bytes() + b"!")
    with pytest.raises(HmiError, match="changed or damaged"):
        signing.verify_file(made, keys)


@needs_dpkg
def test_a_signed_package_brings_the_key_for_later_updates(tmp_path):
    key = tmp_path / "plant.key"
    public = signing.write_key(key, signing.new_key())
    deb = next(path for path in built(tmp_path, f"--sign={key}", target="deb") if path.suffix == ".deb")
    run("dpkg-deb", "--extract", deb, tmp_path / "root")
    there = tmp_path / "root" / "opt" / "hmi-mill" / "trusted-keys" / "program" / public.name
    assert there.read_bytes() == public.read_bytes()


def test_a_key_that_others_can_read_signs_nothing(tmp_path, capsys):
    key = tmp_path / "plant.key"
    signing.write_key(key, signing.new_key())
    key.chmod(0o644)
    base, plant = make_base(tmp_path / "base"), make_plant(tmp_path / "plant")
    assert "can be read by others" in refused(capsys, tmp_path, f"--plant={plant}", f"--base={base}", f"--sign={key}")


def test_xz_and_zstd_hold_the_same(tmp_path):
    archives, entries = script("archives"), {"a": script("content").Entry(b"x" * 100_000)}
    archives.compressed_tar(tmp_path / "a.xz", entries, 0, "xz")
    archives.compressed_tar(tmp_path / "a.zst", entries, 0, "zst")
    with (tmp_path / "a.zst").open("rb") as file:
        plain = zstandard.ZstdDecompressor().stream_reader(file).read()
    assert plain == lzma.decompress((tmp_path / "a.xz").read_bytes())


# ------------------------------------------------------------------------------------------------- Windows


def windows_base(folder: Path) -> Path:
    """What a program for Windows looks like from outside: nothing here can run it."""
    (folder / "_internal").mkdir(parents=True)
    (folder / "hmi.exe").write_bytes(b"MZ and the rest")
    (folder / "_internal" / "qt6core.dll").write_bytes(b"MZ")
    return folder


@pytest.mark.skipif(shutil.which("makensis") is None, reason="makensis is not installed")
def test_the_installer_for_windows_compiles_without_a_warning_and_is_the_same_each_time(tmp_path):
    made = []
    for name in ("one", "two"):
        words = [f"--plant={make_plant(tmp_path / name / 'plant')}", f"--base={windows_base(tmp_path / name / 'base')}"]
        assert build.main([*words, "--target=nsis", f"--out={tmp_path / name / 'out'}"]) == 0
        made += list((tmp_path / name / "out").iterdir())
    assert [path.name for path in made] == ["hmi-mill-0.1.0+1-windows-x86_64-setup.exe"] * 2
    assert made[0].read_bytes() == made[1].read_bytes()
    assert made[0].read_bytes().startswith(b"MZ")
    assert 'M\0i\0l\0l\0 \0"\0n\0o\0r\0t\0h'.replace('"', "'").encode() in made[0].read_bytes()  # its version resource


def test_the_sbom_of_a_windows_program_names_wheels_for_windows(tmp_path):
    parts = {part["name"]: part for part in script("sbom").components(windows_base(tmp_path / "base"))}
    url = next(one["url"] for one in parts["numpy"]["externalReferences"] if one["type"] == "distribution")
    assert url.endswith("-cp311-cp311-win_amd64.whl")


def test_a_version_is_four_numbers_for_windows(tmp_path):
    release = script("content").read_release(make_plant(tmp_path / "plant", 70_000), make_base(tmp_path / "base"))
    assert script("windows_installers").numbers(release) == "0.1.0.65535"
