"""The libraries of Debian that go into the bundle: which may, whose they are, and under which licence."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import prune

# What may come from the computer that builds. Anything else is a leak: some plugin or module has found what another
# program on it has installed, and would carry it to a plant; readline, which is under the GPL, among it.
WELCOME = re.compile(
    r"lib(python3\.\d+|ssl|crypto|sqlite3|ffi|z|bz2|lzma|uuid|expat|stdc\+\+|gcc_s"
    r"|glib-2\.0|gthread-2\.0|pcre2-8|dbus-1|systemd|gcrypt|gpg-error|cap|lz4|zstd"
    r"|fontconfig|freetype|png16|brotli(common|dec)|xkbcommon(-x11)?"
    r"|X11(-xcb)?|Xau|Xdmcp|bsd|md|xcb(-[a-z]+\d*)*|GL|EGL|GLX|GLdispatch|OpenGL|wayland-(client|cursor|egl)"
    r")\.so"
)


class Leak(prune.Incomplete):
    """The bundle carries a library of this computer that the program does not use."""


def taken(bundle: Path) -> list[Path]:
    """The libraries that came from this computer and not from a wheel of Python's index."""
    inside = bundle / "_internal"
    return [path for path in sorted(inside.glob("lib*.so*")) if prune.is_elf(path)]


def strangers(names: list[str]) -> list[str]:
    """Those that nobody has let in."""
    return [name for name in names if not WELCOME.match(name)]


def note(bundle: Path, added: list[str], facts: dict[str, str]) -> None:
    """Write base.json, which says what the bundle is and whose libraries it carries, and their licences beside it.

    Raises Leak for a library that does not belong into the bundle.
    """
    names = [path.name for path in taken(bundle)]
    if found := strangers(names):
        raise Leak(f"{', '.join(found)} came into the bundle from this computer: nothing of the program should need it")
    rows = [{"file": path.name, "put_in": path.name in added, **_owner(path)} for path in taken(bundle)]
    for package in sorted({row["package"] for row in rows if row["package"]}):
        source = Path("/usr/share/doc") / str(package) / "copyright"
        if source.exists():
            shutil.copy(source, bundle / "licences" / f"{package}.txt")
    body = {**facts, "system_libraries": prune.outside(bundle), "libraries": rows}
    (bundle / "base.json").write_text(json.dumps(body, indent=1, sort_keys=True) + "\n")


def _owner(taken: Path) -> dict[str, str]:
    """Debian's package of a library, and its version; empty for what is not Debian's, such as another Python."""
    path = prune.library_here(taken.name)
    if path is None or path.read_bytes() != taken.read_bytes():
        return {"package": "", "version": ""}
    bare = str(path).removeprefix("/usr")  # Debian knows a library by the one name or the other
    for known in (path, bare, f"/usr{bare}"):
        done = subprocess.run(["dpkg", "-S", str(known)], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            package = done.stdout.partition(":")[0]
            version = subprocess.run(
                ["dpkg-query", "-W", "-f", "${Version}\n", package], capture_output=True, text=True, check=True
            ).stdout.splitlines()[0]
            return {"package": package, "version": version}
    return {"package": "", "version": ""}


def unpacked(package: str, into: Path) -> Path:
    """The files of a package of Debian's, fetched and unpacked but not installed."""
    tree = into / package
    if tree.exists():
        return tree
    into.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["apt-get", "download", "-q", package], cwd=into, capture_output=True, text=True, check=False)
    found = sorted(into.glob(f"{package}_*.deb"))
    if done.returncode or not found:
        raise prune.Incomplete(f"Debian's package {package} cannot be fetched (apt-get download {package})")
    subprocess.run(["dpkg-deb", "-x", str(found[-1]), str(tree)], check=True)
    return tree
