"""An installation with versions whose program is a script, and what may come to it on a stick."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import subprocess
import sys
import tarfile
from contextlib import suppress
from pathlib import Path

import msgspec
import zstandard

from hmi.clock import MachineClock
from hmi.core import minisign
from hmi.core.minisign import SecretKey
from hmi.installed import Manifest, PlantOfBundle
from hmi.plantfiles.bundle import sign
from hmi.plantfiles.signing import new_key, sign_file
from hmi.update import running
from tests.packaging_rules.standin import script

ROOT = Path(__file__).parents[2]
SCRIPT = '#!/bin/sh\nexec "{python}" {program} {version} {behaviour} "$@"\n'
LIGHT = Path(__file__).with_name("program.py")
FILES = {
    "plant.toml": '[plant]\nid = "{id}"\nname = "Mill"\ntimezone = "UTC"\nversion = {version}\n'
    '[[connection]]\nid = "mill"\ndriver = "modbus"\naddress = "tcp://127.0.0.1:9"\n',  # where nothing answers
    "tags.csv": "tag,connection,address,type,unit,low,high,scale,offset,deadband,period_ms,history,access,description\n"
    "mill.speed,mill,holding:0,uint16,1/min,0,100,,,,,,r,Speed\n",
    "screens/overview.toml": '[screen]\nid = "overview"\ntitle = "{title}"\nlevel = 1\nsize = [800, 600]\n',
}
QUIET = {  # with nothing to hear, so that a true engine is ready at once
    "plant.toml": '[plant]\nid = "{id}"\nname = "Mill"\ntimezone = "UTC"\nversion = {version}\n'
    "[history]\nkeep_days = 300\n",
    "tags.csv": FILES["tags.csv"].splitlines()[0] + "\n",
}
KEY = new_key()
STRANGER = new_key()


def make_plant(
    folder: Path, version: int = 1, plant: str = "mill", title: str = "Overview", key: SecretKey = KEY
) -> Path:
    """A signed plant of one screen and one tag."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("{id}", plant).replace("{version}", str(version)).replace("{title}", title))
    sign(folder, key)
    return folder


def make_version(folder: Path, version: str = "0.1.0+1", behaviour: str = "well", *, plant: str = "mill") -> Path:
    """A version's folder: program, plant, manifest."""
    program, _, edition = version.partition("+")
    script = folder / "app" / "hmi"
    script.parent.mkdir(parents=True)
    script.write_text(SCRIPT.format(python=sys.executable, program=LIGHT, version=program, behaviour=behaviour))
    script.chmod(0o755)
    (folder / "app" / "lib.so").write_bytes(b"code of " + program.encode())
    (folder / "app" / "lib.so.1").symlink_to("lib.so")
    make_plant(folder / "plant", int(edition), plant, f"Overview {edition}")
    write_manifest(folder, version, plant)
    return folder


def write_manifest(folder: Path, version: str, plant: str = "mill", platform: str = "linux-x86_64") -> None:
    """What an installer says of a version's files."""
    program, _, edition = version.partition("+")
    names = (path for path in sorted(folder.rglob("*")) if not path.is_dir() and path.name != "MANIFEST.json")
    files = {one.relative_to(folder).as_posix(): hashlib.sha256(one.read_bytes()).hexdigest() for one in names}
    made = Manifest(1, program, PlantOfBundle(plant, "Mill", int(edition)), platform, "2026-01-01T00:00:00Z", files)
    (folder / "MANIFEST.json").write_bytes(msgspec.json.encode(made))


def install(root: Path, version: str = "0.1.0+1", behaviour: str = "well") -> Path:
    """An installation in `root` with one version; its records are in root/data, its only key is KEY."""
    make_version(root / "versions" / version, version, behaviour)
    (root / "current").symlink_to(Path("versions") / version)
    data = root.parent / "data"
    data.mkdir(exist_ok=True)
    place = {"data": str(data), "site": str(root.parent / "site.toml"), "backups": str(root.parent / "backups")}
    (root / "place.json").write_bytes(msgspec.json.encode(place))
    (root / "trusted-keys").mkdir()
    (root / "trusted-keys" / "maker.pub").write_text(minisign.write_public(KEY.public_key))
    return root


def artefact(folder: Path, out: Path, version: str, *, key: SecretKey | None = KEY, plant: str = "mill") -> Path:
    """A version's folder as it is carried on a stick, signed beside."""
    out.mkdir(parents=True, exist_ok=True)
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w") as archive:
        for entry in sorted(folder.iterdir()):
            archive.add(entry, entry.name)
    path = out / f"hmi-{plant}-{version}-linux-x86_64.tar.zst"
    path.write_bytes(zstandard.compress(body.getvalue()))
    if key is not None:
        sign_file(path, key, path.name)
    return path


def stick(room: Path, version: str, behaviour: str = "well", **more) -> Path:
    """An artefact of a new version, in a folder like a stick's."""
    made = make_version(room / "made" / version, version, behaviour, plant=more.get("plant", "mill"))
    return artefact(made, room / "stick", version, **more)


def package(
    room: Path, version: str, behaviour: str = "well", *, key: SecretKey | None = KEY, kind: str = "zst"
) -> Path:
    """The same as a package of Debian, as packaging/build.py makes it."""
    archives, content = script("archives"), script("content")
    made = make_version(room / "made" / version, version, behaviour)
    top = f"opt/hmi-mill/versions/{version}"
    data = {"etc/hmi-mill/site.toml": content.Entry(b"# of the station\n")}
    for path in (one for one in sorted(made.rglob("*")) if one.is_symlink() or one.is_file()):
        link = os.fspath(path.readlink()) if path.is_symlink() else ""
        entry = content.Entry(path=path, link=link, mode=path.stat().st_mode & 0o777)
        data[f"{top}/{path.relative_to(made).as_posix()}"] = entry
    rows = {"Package": "hmi-mill", "Version": version, "Architecture": "amd64", "Description": "Mill"}
    control = "".join(f"{name}: {text}\n" for name, text in rows.items())
    (room / "stick").mkdir(parents=True, exist_ok=True)
    path = room / "stick" / f"hmi-mill_{version}_amd64.deb"
    archives.deb(path, {"control": content.Entry(control.encode())}, data, 1_772_000_000, kind)
    if key is not None:
        sign_file(path, key, path.name)
    return path


def start(root: Path) -> None:
    """Start the engine that is in use, as a supervisor does, and wait until it answers."""
    current, data = root / "current", root.parent / "data"
    with (root.parent / "engine.log").open("ab") as log:
        engine = subprocess.Popen(
            [current / "app" / "hmi", "engine", current / "plant", "--data", data],
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    assert engine.stdout is not None
    with engine.stdout as out:
        assert out.readline().startswith(b"ready"), (root.parent / "engine.log").read_text()
    ENGINES.append(engine)


ENGINES: list[subprocess.Popen[bytes]] = []


def stop_all(root: Path) -> None:
    """End whatever engine runs on the records of an installation."""
    found = running.state(root.parent / "data", MachineClock())
    if found is not None:
        with suppress(ProcessLookupError):
            os.kill(found.pid, signal.SIGKILL)
    while ENGINES:
        engine = ENGINES.pop()
        engine.kill()
        engine.wait()


DRIVEN = (
    "import sys; from hmi.cli import main; import hmi.update.agreement as a; a.LOOK_S = 0.1; "
    "import hmi.update.packs as p; import hmi.update.renewal as r; "
    "r.STEADY_S, r.HEALTHY_S, p.SHOWN_S = {steady}, {within}, {within}; sys.exit(main())"
)


def command(root: Path, *words: str, within: float = 60.0, steady: float = 0.2) -> list[str]:
    """The command line of hmi update on an installation, which waits no longer than it must to see that all is well."""
    return [sys.executable, "-c", DRIVEN.format(within=within, steady=steady), "update", *words, "--root", str(root)]


def update(root: Path, *words: str, **waits: float) -> subprocess.CompletedProcess[str]:
    """Run hmi update on an installation to its end."""
    given = command(root, *words, **waits)
    return subprocess.run(given, capture_output=True, text=True, check=False, cwd=ROOT, timeout=120, input="")


def in_use(root: Path) -> str:
    """The version that `current` leads to."""
    return (root / "current").readlink().name


def records(root: Path) -> list[str]:
    """What the engines of an installation have recorded."""
    return (root.parent / "data" / "journal.db").read_text().splitlines()
