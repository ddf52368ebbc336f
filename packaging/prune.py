"""What of a frozen program stays: the plugins of Qt that are used, and every library that these and Python reach.

Works on the folder that PyInstaller has made, on Linux. Afterwards all that a file of it needs is in it, or is glibc's.
"""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

GLIBC = frozenset(
    "libc.so.6 libm.so.6 libdl.so.2 libpthread.so.0 librt.so.1 libutil.so.1 libresolv.so.2 ld-linux-x86-64.so.2".split()
)
PLUGINS = frozenset(
    (
        "platforms/libqoffscreen.so",
        "platforms/libqxcb.so",
        "platforms/libqwayland.so",
        "wayland-shell-integration/libxdg-shell.so",
        "wayland-decoration-client/libbradient.so",
        "platforminputcontexts/libcomposeplatforminputcontextplugin.so",
        "platforminputcontexts/libibusplatforminputcontextplugin.so",
        "imageformats/libqjpeg.so",
        "imageformats/libqsvg.so",
        "iconengines/libqsvgicon.so",
    )
)
TRANSLATIONS = frozenset(("qtbase_de.qm", "qtbase_zh_CN.qm"))
LOADED_BY_NAME = ("libpython3.", "libgcc_s.so")  # by the bootloader, and by glibc when a thread is cancelled
MODULE = re.compile(r"\.(cpython-\d+[\w-]*|abi3)\.so$")  # an extension module of Python
_NEEDED = re.compile(r"\(NEEDED\).*\[(.+)\]")


class Incomplete(Exception):
    """A library is needed that is neither in the bundle nor on this computer."""


def is_elf(path: Path) -> bool:
    """Whether a file is a program or a library."""
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def needs(files: Iterable[Path]) -> dict[Path, list[str]]:
    """What each program or library says that it is linked with."""
    found: dict[Path, list[str]] = {path: [] for path in files}
    for some in _batches(sorted(found), 200):
        text = subprocess.run(["readelf", "-dW", *map(str, some)], capture_output=True, text=True, check=True).stdout
        for path, part in zip(some, _parts(text, some), strict=True):
            found[path] = _NEEDED.findall(part)
    return found


def _batches(paths: list[Path], size: int) -> Iterator[list[Path]]:
    for start in range(0, len(paths), size):
        yield paths[start : start + size]


def _parts(text: str, paths: list[Path]) -> list[str]:
    """The report of each file: readelf writes its name above, where there is more than one."""
    return [text] if len(paths) == 1 else re.split(r"^File: .*$", text, flags=re.MULTILINE)[1:]


def prune(bundle: Path) -> list[str]:
    """Take out what is not used, put in what PyInstaller leaves to the computer; returns what was put in.

    Raises Incomplete where this computer lacks a library that belongs into the bundle.
    """
    inside = bundle / "_internal"
    _take_out_plugins(inside / "PySide6" / "Qt" / "plugins")
    _take_out_data(inside)
    _take_out_unreached(bundle)
    added = _add_missing(bundle)
    _drop_dead_links(bundle)
    return added


def _take_out_plugins(plugins: Path) -> None:
    found = {path.relative_to(plugins).as_posix(): path for path in plugins.rglob("*.so")}
    if lacking := sorted(PLUGINS - found.keys()):
        raise Incomplete(f"Qt came without its plugins {', '.join(lacking)}: is PySide6-Essentials whole?")
    for name in found.keys() - PLUGINS:
        found[name].unlink()


def _take_out_data(inside: Path) -> None:
    for path in (inside / "PySide6" / "Qt" / "translations").glob("*.qm"):
        if path.name not in TRANSLATIONS:
            path.unlink()
    for name in (
        "PySide6/Qt/qml",
        "PySide6/Qt/metatypes",
        "PySide6/Qt/libexec",
        "pytz/zoneinfo",
    ):  # time zones are tzdata's
        shutil.rmtree(inside / name, ignore_errors=True)


def elf_files(bundle: Path) -> list[Path]:
    """Every program and library of a bundle."""
    return [path for path in sorted(bundle.rglob("*")) if is_elf(path)]


def _take_out_unreached(bundle: Path) -> None:
    """Libraries that nothing is linked with, beginning at the program, Python's modules and Qt's plugins."""
    files = needs(elf_files(bundle))
    by_name: dict[str, list[Path]] = {}
    for path in files:
        by_name.setdefault(path.name, []).append(path)
    reached: set[Path] = set()
    waiting = [path for path in files if _is_root(path, bundle)]
    while waiting:
        path = waiting.pop()
        if path not in reached:
            reached.add(path)
            waiting += [one for name in files[path] for one in by_name.get(name, ())]
    for path in files.keys() - reached:
        path.unlink()


def _is_root(path: Path, bundle: Path) -> bool:
    return (
        path.parent == bundle
        or "plugins" in path.parts
        or bool(MODULE.search(path.name))
        or path.name.startswith(LOADED_BY_NAME)
    )


def _add_missing(bundle: Path) -> list[str]:
    """Libraries of the computer that are needed and lie outside: libxcb, the front of GL, Wayland's."""
    where = _libraries_here()
    added: list[str] = []
    while lacking := missing(bundle):
        for name, by in lacking.items():
            if name not in where:
                raise Incomplete(f"{name}, which {by} needs, is not on this computer: install its package")
            shutil.copy(where[name], bundle / "_internal" / name)
            added.append(name)
    return sorted(added)


def missing(bundle: Path) -> dict[str, str]:
    """What is needed and is neither in the bundle nor glibc's -> a file that needs it."""
    files = needs(elf_files(bundle))
    inside = {path.name for path in files} | {path.name for path in bundle.rglob("*.so*")}
    wanted = {name: path.name for path, names in files.items() for name in names}
    return {name: by for name, by in sorted(wanted.items()) if name not in inside and name not in GLIBC}


def outside(bundle: Path) -> list[str]:
    """The libraries of the computer that a bundle stands on: also what the program needs before it finds its own."""
    files = needs(elf_files(bundle))
    inside = {path.name for path in bundle.rglob("*.so*")}
    at_once = {name for path, names in files.items() if path.parent == bundle for name in names}
    return sorted({name for names in files.values() for name in names} - inside | at_once)


def library_here(name: str) -> Path | None:
    """Where this computer has a library, if it has it."""
    return _libraries_here().get(name)


@functools.cache
def _libraries_here() -> dict[str, Path]:
    text = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
    rows = re.findall(r"^\s+(\S+) \(.*x86-64.*\) => (\S+)$", text, flags=re.MULTILINE)
    return {name: Path(path).resolve() for name, path in reversed(rows)}  # the first of a name is what is loaded


def _drop_dead_links(bundle: Path) -> None:
    for path in bundle.rglob("*"):
        if path.is_symlink() and not path.exists():
            path.unlink()
    for path in sorted(bundle.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
