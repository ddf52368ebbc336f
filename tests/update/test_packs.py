"""Plant packs at an installed station: a version of its own with the same program, live where it can be."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from hmi.clock import MachineClock
from hmi.core.errors import HmiError
from hmi.installed import manifest, verify
from hmi.plantfiles import bundle
from hmi.plantfiles.bundle_pack import opened, pack
from hmi.plantfiles.folder import load_folder
from hmi.plantfiles.signing import Keys
from hmi.update import packs, running
from hmi.update.versions import Installation
from tests.update import standin
from tests.update.standin import KEY, ROOT, STRANGER, in_use, make_plant, update

KEYS = Keys((KEY.public_key,))
CLOCK = MachineClock()


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plants of these trials have no connection."""
    for name, text in standin.QUIET.items():
        monkeypatch.setitem(standin.FILES, name, text)


def made(room: Path, version: int, title: str = "", **more) -> Path:
    room.mkdir(exist_ok=True)
    out = room / f"{version}.hmiplant"
    pack(make_plant(room / f"plant{version}", version, title=title or f"Overview {version}", **more), out)
    return out


def test_a_pack_becomes_a_version_with_the_same_program(root: Path, tmp_path: Path) -> None:
    installation = Installation(root)
    folder = packs.prepared(opened(made(tmp_path, 2), KEYS), installation)
    assert folder.name == "0.1.0+2" and verify(folder) == []
    assert (folder / "app" / "hmi").samefile(installation.current / "app" / "hmi")  # no room is taken twice
    assert (folder / "app" / "lib.so.1").is_symlink()
    assert bundle.verified(folder / "plant", KEYS).plant.version == 2
    assert (folder / packs.PROGRAM_MANIFEST).read_bytes() == (installation.current / "MANIFEST.json").read_bytes()
    installation.use(folder)
    again = packs.prepared(opened(made(tmp_path, 3), KEYS), installation)
    assert verify(again) == [] and manifest(again).version == "0.1.0+3"
    assert (again / packs.PROGRAM_MANIFEST).samefile(folder / packs.PROGRAM_MANIFEST)


def test_other_plants_older_and_equal_ones_are_refused(root: Path, tmp_path: Path) -> None:
    installation = Installation(root)
    for path, why in (
        (made(tmp_path / "a", 2, plant="brewery"), "of the plant 'brewery', and here runs 'mill'"),
        (made(tmp_path / "b", 1), "in force already"),
    ):
        with pytest.raises(HmiError, match=why):
            packs.prepared(opened(path, KEYS), installation)
    installation.use(packs.prepared(opened(made(tmp_path, 3), KEYS), installation))
    older = opened(made(tmp_path, 2), KEYS)
    with pytest.raises(HmiError, match="Version 2 is older than 3"):
        packs.prepared(older, installation)
    assert packs.prepared(older, installation, downgrade=True).name == "0.1.0+2"
    assert not list((root / "versions").glob(".*"))


@contextmanager
def engine(root: Path) -> Iterator[Path]:
    """A true engine on the plant in use, by the link, as the installation's service runs it."""
    data = root.parent / "data"
    command = [sys.executable, "-m", "hmi", "engine", root / "current" / "plant", "--data", data]
    (data / "trusted-keys").mkdir()
    (data / "trusted-keys" / "maker.pub").write_bytes((root / "trusted-keys" / "maker.pub").read_bytes())
    with (
        (root.parent / "log").open("wb") as log,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log) as program,
    ):
        try:
            assert program.stdout is not None
            assert program.stdout.readline().startswith(b"ready"), (root.parent / "log").read_text()
            yield data
        finally:
            program.terminate()


def test_what_only_operators_see_is_put_into_use_live_and_back(root: Path, tmp_path: Path) -> None:
    with engine(root) as data:
        before = running.state(data, CLOCK)
        assert before is not None
        done = update(root, str(made(tmp_path, 2, "Another title")))
        assert done.returncode == 0, done.stderr
        now = running.state(data, CLOCK)
        assert now is not None and now.pid == before.pid
        assert (in_use(root), now.digest) == ("0.1.0+2", load_folder(root / "current" / "plant").digest)
        assert "plant pack in use: 0.1.0+2 in place of 0.1.0+1, while the engine runs" in done.stdout
        refused = update(root, str(made(tmp_path / "old", 1)))
        assert refused.returncode == 1 and "Version 1 is older than 2" in refused.stderr
        done = update(root, "--roll-back")
        assert done.returncode == 1 and "Nobody agreed" in done.stderr  # an engine that checks takes none that is older
        assert (in_use(root), running.state(data, CLOCK).digest) == ("0.1.0+2", now.digest)


def test_what_the_engine_itself_runs_waits_for_somebody_who_agrees(root: Path, tmp_path: Path) -> None:
    with engine(root) as data:
        plant = make_plant(tmp_path / "two", 2)
        text = (plant / "plant.toml").read_text()
        (plant / "plant.toml").write_text(text.replace("keep_days = 300", "keep_days = 200"))
        bundle.sign(plant, KEY)
        pack(plant, tmp_path / "two.hmiplant")
        before = running.state(data, CLOCK)
        done = update(root, str(tmp_path / "two.hmiplant"))
        assert done.returncode == 1 and "Nobody agreed and there is no maintenance window" in done.stderr
        assert "with a restart of the engine" in done.stdout
        assert in_use(root) == "0.1.0+1" and running.state(data, CLOCK) == before


def test_a_strangers_pack_is_refused(root: Path, tmp_path: Path) -> None:
    done = update(root, str(made(tmp_path, 2, key=STRANGER)))
    assert done.returncode == 1 and "which this station does not trust" in done.stderr
    assert sorted(path.name for path in (root / "versions").iterdir()) == ["0.1.0+1"]


def test_the_manifest_stays_readable(root: Path, tmp_path: Path) -> None:
    folder = packs.prepared(opened(made(tmp_path, 2), KEYS), Installation(root))
    body = msgspec.json.decode((folder / "MANIFEST.json").read_bytes())
    assert list(body) == sorted(body) and body["plant"] == {"id": "mill", "name": "Mill", "version": 2}
