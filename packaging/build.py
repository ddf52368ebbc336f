"""From a program without a plant and the folder of a plant to installers that need nothing else.

    python packaging/build.py --plant resources/plants/bottling --base dist/base-linux --target deb,run

`--plant` may be given several times, or be a folder of plants: each gets its own installers. Takes seconds a plant.
Run it by the Python in .venv: beside the standard library it needs zstandard (deb, tar), and the tools of two targets:
makeself (run) and makensis (nsis).
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import linux_installers
import signing
import windows_installers
from content import CannotBuild, Entry, Release, check, find_program, read_release

Target = Callable[[Release, Path], Path]
TARGETS: dict[str, tuple[str, Target]] = {
    "deb": ("linux", linux_installers.debian),
    "deb-xz": ("linux", lambda release, out: linux_installers.debian(release, out, "xz")),
    "run": ("linux", linux_installers.run),
    "tar": ("linux", linux_installers.tar),
    "nsis": ("windows", windows_installers.nsis),
}


def main(argv: list[str] | None = None) -> int:
    """Build for every plant; 0 well, 1 where one could not be built, 2 wrong use."""
    options = _parser().parse_args(argv)
    try:
        targets = _targets(options.target)
        plants = [plant for folder in options.plant for plant in plants_in(folder)]
        options.out.mkdir(parents=True, exist_ok=True)
        for plant in plants:
            build(plant, options.base, targets, options.out, options.sign)
    except CannotBuild as error:
        print(f"build: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"build: {error.filename}: {error.strerror}: the installer was not made", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="build.py", description=__doc__.partition("\n")[0])
    parser.add_argument("--plant", type=Path, action="append", required=True, help="a plant, or a folder of plants")
    parser.add_argument("--base", type=Path, default=Path("dist/base-linux"), help="the program: see packaging/base.py")
    parser.add_argument("--target", default="deb,run", help=f"of {', '.join(TARGETS)}; deb,run if left out")
    parser.add_argument("--out", type=Path, default=Path("dist"), help="where the installers go")
    parser.add_argument("--sign", type=Path, metavar="KEY", help="sign with this key: see hmi plant key")
    return parser


def _targets(text: str) -> dict[str, tuple[str, Target]]:
    wanted = [name.strip() for name in text.split(",") if name.strip()]
    if strangers := [name for name in wanted if name not in TARGETS]:
        raise CannotBuild(f"{strangers[0]!r} is no target: there are {', '.join(TARGETS)}")
    return {name: TARGETS[name] for name in wanted}


def plants_in(folder: Path) -> list[Path]:
    """The plant that a folder is, or those that it holds."""
    if (folder / "plant.toml").is_file():
        return [folder]
    found = sorted(path.parent for path in folder.glob("*/plant.toml"))
    if not found:
        raise CannotBuild(f"{folder} is no plant and holds none: there is no plant.toml")
    return found


def build(plant: Path, base: Path, targets: dict[str, tuple[str, Target]], out: Path, key: Path | None) -> list[Path]:
    """Check one plant and make its installers, each beside its signature when there is a key."""
    program, platform = find_program(base)
    if wrong := [name for name, (system, _) in targets.items() if not platform.startswith(system)]:
        raise CannotBuild(f"{base} runs on {platform}, so {wrong[0]} cannot be made of it: give another --base")
    began = time.monotonic()
    check(program, plant)
    release = read_release(plant, base)
    if key is not None:
        manifest = release.files["MANIFEST.json"].content()
        signature = Entry(signing.signature(manifest, key, release, "MANIFEST.json"))
        files = {**release.files, "MANIFEST.json.minisig": signature}
        release = replace(release, files=files, keys=signing.trusted(key, files))
    _say(release, began)
    return [_make(name, target, release, out, key) for name, (_, target) in targets.items()]


def _make(name: str, target: Target, release: Release, out: Path, key: Path | None) -> Path:
    began = time.monotonic()
    path = target(release, out)
    if key is not None:
        body = signing.signature(path.read_bytes(), key, release, path.name)
        path.with_name(f"{path.name}.minisig").write_bytes(body)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    size = path.stat().st_size / 1e6
    print(f"  {name:7} {os.path.relpath(path)}  {size:.1f} MB  {time.monotonic() - began:.1f} s  sha256 {digest}")
    return path


def _say(release: Release, began: float) -> None:
    seconds = time.monotonic() - began
    size = f"{len(release.files)} files, {release.bytes() / 1e6:.1f} MB"
    print(f"{release.name} {release.version} for {release.platform}: checked, {size}  {seconds:.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
