"""What goes into the installer of one plant: the program without a plant, the plant's folder, and papers about both."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sbom

ROOT = Path(__file__).resolve().parent.parent
EXECUTABLES = {"hmi": "linux-x86_64", "hmi.exe": "windows-x86_64"}  # of a base -> what it runs on
LEFT_OUT = re.compile(r"(^|/)(\.|__pycache__(/|$)|[^/]*(~|\.swp|\.bak|\.tmp)$)")  # of a plant's folder
ID = re.compile(r"[a-z][a-z0-9_-]{0,63}")


class CannotBuild(Exception):
    """Why there is no installer, in one line that says what to do."""


@dataclass(frozen=True)
class Entry:
    """One file of an installer: bytes of its own or a file on this computer, or a link to another entry."""

    data: bytes = b""
    path: Path | None = None
    link: str = ""
    mode: int = 0o644

    def content(self) -> bytes:
        """The bytes of the file."""
        return self.data if self.path is None else self.path.read_bytes()

    def digest(self) -> str:
        """SHA-256 of the file, or of the one that a link leads to."""
        if self.path is None:
            return hashlib.sha256(self.data).hexdigest()
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


Entries = dict[str, Entry]  # by their path


@dataclass(frozen=True)
class Release:
    """One plant with one program, ready to be put into installers."""

    id: str
    name: str
    plant: int
    program: str
    platform: str
    made: int  # seconds since 1970: every time in an installer is this
    files: Entries = field(repr=False)  # of the version's folder
    icon: Path
    icon_for_windows: Path | None = None
    keys: Entries = field(default_factory=dict)  # that stations are to trust, by their path beside the versions

    @property
    def version(self) -> str:
        """Of program and plant together."""
        return f"{self.program}+{self.plant}"

    @property
    def slug(self) -> str:
        """What all that is installed is called."""
        return f"hmi-{self.id}"

    @property
    def package(self) -> str:
        """What Debian calls it, which knows no underlines."""
        return self.slug.replace("_", "-")

    @property
    def stem(self) -> str:
        """How the names of its installers begin."""
        return f"{self.slug}-{self.version}-{self.platform}"

    def bytes(self) -> int:
        """What it takes on a disk."""
        own = [one for one in self.files.values() if not one.link]
        return sum(len(one.data) if one.path is None else one.path.stat().st_size for one in own)


def made_at(plant: Path) -> int:
    """SOURCE_DATE_EPOCH, else when the source was last committed, else when the plant was last changed."""
    if said := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(said)
    asked = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False)
    return int(asked.stdout) if asked.returncode == 0 and asked.stdout.strip() else int(plant.stat().st_mtime)


def read_release(plant: Path, base: Path) -> Release:
    """All that is known of a plant and a base, its manifest made; raises CannotBuild."""
    program, platform = find_program(base)
    version = version_of(program)
    table = _plant_table(plant)
    files = {**_base_files(base, program), **_plant_files(plant)}
    own, about = plant / "branding" / "icon.ico", table["plant"]
    release = Release(
        id=about["id"],
        name=about["name"],
        plant=about.get("version", 1),
        program=version,
        platform=platform,
        made=made_at(plant),
        files=files,
        icon=icon_of(plant),
        icon_for_windows=own if own.is_file() else None,
    )
    files["SBOM.json"] = Entry(sbom.document(release, base, sbom.components(base)))
    files["LICENCES.txt"] = Entry(sbom.notices(base))
    files["MANIFEST.json"] = Entry(manifest(release))
    return release


def find_program(base: Path) -> tuple[Path, str]:
    """The executable of a base, and what it runs on."""
    for name, platform in EXECUTABLES.items():
        if (base / name).is_file():
            return base / name, platform
    raise CannotBuild(f"{base} is no program: there is neither hmi nor hmi.exe in it. Build one first: make base")


def version_of(program: Path) -> str:
    """What the program says of itself; of one for Windows, what the source says that it was made of."""
    if program.suffix == ".exe":
        text = (ROOT / "hmi" / "__init__.py").read_text("utf-8")
        found = re.search(r'__version__ = "([^"]+)"', text)
    else:
        asked = subprocess.run(
            [program.absolute(), "--version"], capture_output=True, text=True, check=False, timeout=60
        )
        found = re.fullmatch(r"hmi (\S+)\n", asked.stdout)
    if found is None or not re.fullmatch(r"\d+(\.\d+)*", found[1]):
        raise CannotBuild(f"{program} does not say which version it is: it does not run here. Build it anew: make base")
    return found[1]


def check(program: Path, plant: Path) -> None:
    """Let the program itself judge the plant: one with mistakes is given to nobody."""
    if program.suffix == ".exe":
        return  # it runs on Windows alone; build.py says so
    asked = subprocess.run(
        [program.absolute(), "check", plant.absolute()], capture_output=True, text=True, check=False, timeout=600
    )
    if asked.returncode != 0:
        told = (asked.stderr.strip() or asked.stdout.strip()).splitlines()[:20]
        raise CannotBuild("\n".join([f"{plant} has mistakes, so there is no installer of it:", *told]))


def _plant_table(plant: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads((plant / "plant.toml").read_text("utf-8-sig"))
        known = ID.fullmatch(table["plant"]["id"]) and table["plant"]["name"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CannotBuild(f"{plant} is no plant: its plant.toml cannot be used ({error})") from None
    if not known:
        raise CannotBuild(f"{plant}: the id in plant.toml is not a word of a-z 0-9 _ -: see hmi check")
    return table


def _base_files(base: Path, program: Path) -> Entries:
    found = dict(_walk(base, base))
    if any(found[name].link and (base / name).is_dir() for name in found):
        raise CannotBuild(f"{base} holds links to folders, which no manifest can name: build it anew")
    return {f"app/{name}": one for name, one in found.items() if name != program.name} | {
        f"app/{program.name}": Entry(path=program, mode=0o755)
    }


def _plant_files(plant: Path) -> Entries:
    found = {f"plant/{name}": one for name, one in _walk(plant, plant) if not LEFT_OUT.search(name)}
    if links := sorted(name for name, one in found.items() if one.link):
        raise CannotBuild(f"{links[0]} is a link: put the file itself into the plant's folder")
    return found


def _walk(top: Path, folder: Path) -> Iterator[tuple[str, Entry]]:
    for path in sorted(folder.iterdir()):
        name = path.relative_to(top).as_posix()
        if path.is_symlink():
            if not path.resolve().is_relative_to(top.resolve()) or path.readlink().is_absolute():
                raise CannotBuild(f"{path} is a link that leads out of its folder: put the file itself there")
            yield name, Entry(path=path, link=os.fspath(path.readlink()))
        elif path.is_dir():
            yield from _walk(top, path)
        elif path.is_file():
            yield name, Entry(path=path, mode=0o755 if os.access(path, os.X_OK) else 0o644)
        else:
            raise CannotBuild(f"{path} is no ordinary file")


def icon_of(plant: Path) -> Path:
    """The plant's own icon (branding/icon.svg or .png), else the program's."""
    own = [path for name in ("icon.svg", "icon.png") if (path := plant / "branding" / name).is_file()]
    return own[0] if own else ROOT / "packaging" / "linux" / "icon.svg"


def manifest(release: Release) -> bytes:
    """MANIFEST.json: every file with its SHA-256, in one order, so that the same content is the same bytes."""
    body = {
        "format": 1,
        "program": release.program,
        "plant": {"id": release.id, "name": release.name, "version": release.plant},
        "platform": release.platform,
        "made": datetime.fromtimestamp(release.made, UTC).isoformat().replace("+00:00", "Z"),
        "files": {name: one.digest() for name, one in release.files.items()},
    }
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
