"""The base bundle: the program frozen into one folder that needs nothing of a Linux but glibc, with no plant in it.

    python3 packaging/base.py            dist/base-linux, tried by its own self-test
    python3 packaging/base.py --twice    built a second time, and the same to the last bit

A plant's installer is this folder and the plant's (see build.py); PyInstaller never runs per plant. A bundle that
lacks a library, carries a strange one or does not pass its self-test is no release: it stays in build/base.
Exit 2: something has to be done by hand, and it says what.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import bootstrap
import icu
import libraries
import prune

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "base"
OUT = ROOT / "dist" / "base-linux"
# Debian's package, and the library of it that the bundle carries: what PyInstaller leaves to the computer it runs on.
CARRIED = {
    **bootstrap.QT_LIBRARIES,
    **bootstrap.WINDOW_LIBRARIES,
    "libxcb-xkb1": "libxcb-xkb.so.1",
    "libwayland-client0": "libwayland-client.so.0",
    "libwayland-cursor0": "libwayland-cursor.so.0",
}
FONT_PACKAGES = {
    "fonts-dejavu-core": ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSansMono.ttf"),
    "fonts-wqy-microhei": ("wqy-microhei.ttc",),  # the letters of Chinese
}
FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">.</dir>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <alias binding="strong"><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>
  <alias binding="strong"><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"""
SYMBOLS = (
    *("libpython3*.so*", "**/lib-dynload/*.so", "PySide6/Qt/lib/libicu*.so*"),
    *("zstandard/*.so", "cryptography/**/*.so", "pcodec/*.so"),
)
_EPOCH_WITHOUT_GIT = "1767225600"  # 2026-01-01


def say(text: str) -> None:
    """Tell the person at the keyboard, at once."""
    print(f"[base] {text}", flush=True)


def main() -> int:
    """Build, try and put in place."""
    options = _options()
    bootstrap.check_python()
    if not sys.platform.startswith("linux"):
        bootstrap.stop("This builds the bundle of Linux; the one of Windows is built there: packaging/windows.")
    if lacking := [tool for tool in ("readelf", "strip", "objdump", "as", "ld", "dpkg-deb") if not shutil.which(tool)]:
        bootstrap.stop(f"Missing: {', '.join(lacking)}. Run: sudo apt-get install binutils dpkg")
    bootstrap.ensure_packages({package: name for package, name in CARRIED.items() if not bootstrap.has_library(name)})
    try:
        source = snapshot()
        bundle = built(source, WORK / "one")
        if options.twice and (differing := differences(bundle, built(source, WORK / "two"))):
            say(f"NOT REPRODUCIBLE, so no release: {', '.join(differing[:10])}")
            return 1
    except prune.Incomplete as error:
        bootstrap.stop(f"{error}. No bundle was made.")
    if not is_well(bundle):
        say(f"the self-test of the bundle FAILED, so it is no release: it stays in {bundle}")
        return 1
    put_in_place(bundle, options.out)
    say(f"{options.out}: {size_of(options.out) / 1e6:.1f} MB, {sum(1 for _ in files_of(options.out))} files")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--twice", action="store_true", help="build twice and compare every bit")
    parser.add_argument("--out", type=Path, default=OUT, help="where the bundle goes (dist/base-linux)")
    return parser.parse_args()


# --------------------------------------------------------------------------------------------- the making


def snapshot() -> Path:
    """The source as it is at this moment: who goes on writing does not change what is being built."""
    source = WORK / "source"
    shutil.rmtree(source, ignore_errors=True)
    leave = shutil.ignore_patterns("__pycache__")
    for name in ("hmi", "screens", "resources", "packaging"):
        shutil.copytree(ROOT / name, source / name, ignore=leave)
    return source


def built(source: Path, work: Path) -> Path:
    """One bundle, made from nothing but the source, the lock and this computer's libraries."""
    python = toolchain()
    shutil.rmtree(work, ignore_errors=True)
    say("PyInstaller collects")
    command = [str(python), "-P", "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR"]
    where = ["--distpath", str(work), "--workpath", str(work / "work"), str(source / "packaging" / "hmi.spec")]
    env = dict(os.environ, SOURCE_DATE_EPOCH=epoch(), PYTHONHASHSEED="1", PYINSTALLER_CONFIG_DIR=str(work / "cache"))
    env["PYTHONDONTWRITEBYTECODE"] = "1"  # else a module's compiled form may come from where it was before
    subprocess.run([*command, *where], env=env, cwd=source, check=True)
    bundle = work / "hmi"
    say("what is not used is taken out")
    added = prune.prune(bundle)
    for library in sorted((bundle / "_internal").rglob("libicudata.so.*")):
        if not library.is_symlink():
            icu.cut(library, work / "icu")
    strip(bundle)
    forget_builder(bundle)
    add_fonts(bundle / "_internal" / "fonts", bundle / "licences")
    libraries.note(bundle, added, describe())
    for path in bundle.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    if lacking := prune.missing(bundle):
        raise prune.Incomplete(f"the bundle lacks {', '.join(lacking)}")
    return bundle


def toolchain() -> Path:
    """Python of an environment with the locked libraries of the program and PyInstaller, and nothing of ours else."""
    venv = WORK / "venv"
    python = venv / "bin" / "python"
    uv = bootstrap.find_uv() or _uv_of_the_project()
    lock = _locked(uv)
    stamp, mark = venv / "hmi-base", hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == mark:
        return python
    say(f"setting up {venv}")
    shutil.rmtree(venv, ignore_errors=True)
    made = [uv, "venv", "-q", "--python", sys.executable] if uv else [sys.executable, "-m", "venv"]
    bootstrap.must([*made, str(venv)], "The environment for the build could not be made: see above.")
    pip = [uv, "pip", "install", "-q", "--python", str(python)] if uv else [str(python), "-m", "pip", "install", "-q"]
    bootstrap.must([*pip, "--require-hashes", "-r", str(lock)], "Its libraries could not be installed: see above.")
    stamp.write_text(mark)
    return python


def _uv_of_the_project() -> str | None:
    uv = bootstrap.BIN / "uv"
    return str(uv) if uv.exists() else None


def _locked(uv: str | None) -> Path:
    """What the bundle is made of; without uv the lock of the whole project, of which PyInstaller takes what is used."""
    if uv is None:
        return bootstrap.LOCK
    lock = WORK / "requirements.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    what = ["--quiet", "--frozen", "--extra", "package", "--no-emit-project", "--no-annotate", "-o", str(lock)]
    subprocess.run([uv, "export", *what], cwd=ROOT, check=True)
    return lock


def epoch() -> str:
    """The time that everything of the bundle bears: of the last change of the source."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return given
    done = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or _EPOCH_WITHOUT_GIT


def strip(bundle: Path) -> None:
    """Take the symbols out of Python and of modules that carry them by the dozen megabytes.

    Not out of those that bring libraries of their own: their files were patched to find them, and strip breaks that.
    """
    inside = bundle / "_internal"
    own = [path for form in SYMBOLS for path in sorted(inside.glob(form))]
    subprocess.run(["strip", "--strip-unneeded", *(str(path) for path in own if not path.is_symlink())], check=True)


def forget_builder(bundle: Path) -> None:
    """Take out of Python's own libraries the folder in which they would look for others: it is this computer's."""
    folder = f"{sys.base_prefix}/lib".encode()
    for path in prune.elf_files(bundle):
        data = path.read_bytes()
        if folder + b"\0" in data and not path.is_relative_to(bundle / "_internal" / "PySide6"):
            path.write_bytes(data.replace(folder + b"\0", b"$ORIGIN".ljust(len(folder), b"\0") + b"\0"))


def add_fonts(fonts: Path, licences: Path) -> None:
    """Letters for a computer that has none, from Debian's packages of free fonts, with their licences."""
    fonts.mkdir(parents=True)
    licences.mkdir(parents=True, exist_ok=True)
    for package, names in FONT_PACKAGES.items():
        tree = libraries.unpacked(package, WORK / "packages")
        for name in names:
            shutil.copy(next(tree.glob(f"usr/share/fonts/**/{name}")), fonts / name)
        shutil.copy(tree / "usr/share/doc" / package / "copyright", licences / f"{package}.txt")
    (fonts / "fonts.conf").write_text(FONTS_CONF)


def describe() -> dict[str, str]:
    """What the bundle is, for base.json."""
    text = (ROOT / "hmi" / "__init__.py").read_text(encoding="utf-8")
    version = text.partition('__version__ = "')[2].partition('"')[0]
    return {"program": version, "platform": f"linux-{platform.machine()}", "python": platform.python_version()}


# --------------------------------------------------------------------------------------------- the judging


def is_well(bundle: Path) -> bool:
    """Whether the frozen program passes its own self-test, with nothing of this computer's environment."""
    home = WORK / "home"
    home.mkdir(parents=True, exist_ok=True)
    env = {"PATH": "/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8", "TMPDIR": os.environ.get("TMPDIR", "/tmp")}  # noqa: S108
    return subprocess.run([str(bundle / "hmi"), "selftest"], env=env, cwd=home, check=False).returncode == 0


def files_of(folder: Path) -> list[Path]:
    """Every file and link of a bundle."""
    return sorted(path for path in folder.rglob("*") if path.is_symlink() or path.is_file())


def size_of(folder: Path) -> int:
    """Bytes on the disk, each file once."""
    return sum(path.stat().st_size for path in files_of(folder) if not path.is_symlink())


def differences(one: Path, other: Path) -> list[str]:
    """The files that are not the same in both, in content, kind or permission."""
    first, second = _marks(one), _marks(other)
    return sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))


def _marks(folder: Path) -> dict[str, tuple[str, int]]:
    return {path.relative_to(folder).as_posix(): (_mark(path), path.lstat().st_mode) for path in files_of(folder)}


def _mark(path: Path) -> str:
    return str(path.readlink()) if path.is_symlink() else hashlib.sha256(path.read_bytes()).hexdigest()


def put_in_place(bundle: Path, out: Path) -> None:
    """The new bundle where the one before was, all at once."""
    out.parent.mkdir(parents=True, exist_ok=True)
    before = out.with_name(f"{out.name}.before")
    shutil.rmtree(before, ignore_errors=True)
    fresh = out.with_name(f"{out.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(bundle, fresh, symlinks=True)
    if out.exists():
        out.rename(before)
    fresh.rename(out)
    shutil.rmtree(before, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
