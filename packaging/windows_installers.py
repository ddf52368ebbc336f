"""The installer for Windows: a setup.exe of NSIS, which makensis compiles on Linux as well as on Windows."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from content import ROOT, CannotBuild, Entry, Release
from linux_installers import TEMPLATES, lay

SCRIPT = Path(__file__).resolve().parent / "windows" / "installer.nsi"
ICON = SCRIPT.with_name("hmi.ico")
PUBLISHER = "Plant engineering"


def nsis(release: Release, out: Path) -> Path:
    """A setup.exe: versions side by side, records in ProgramData, an entry among the installed programs."""
    if shutil.which("makensis") is None:
        raise CannotBuild("makensis is not installed: apt-get install nsis")
    target = out / f"{release.stem}-setup.exe"
    with tempfile.TemporaryDirectory(prefix="nsis-", dir=out) as scratch:
        stage = Path(scratch).resolve()
        for name, entry in release.files.items():
            lay(stage / "version" / name, entry)
        lay(stage / "root" / "site.toml", Entry(path=TEMPLATES / "site.toml"))
        for name, entry in release.keys.items():
            lay(stage / "root" / name, entry)
        _compile(release, stage, target)
    return target


def _compile(release: Release, stage: Path, target: Path) -> None:
    draft = target.with_name(f"{target.name}.partial").resolve()
    words = {
        "TITLE": release.name.replace('"', "'").replace("$", "$$"),
        "SLUG": release.slug,
        "VERSION": release.version,
        "NUMBERS": numbers(release),
        "PUBLISHER": os.environ.get("HMI_PUBLISHER", PUBLISHER),
        "OUTPUT": str(draft),
        "FILENAME": target.name,
        "STAGE": str(stage),
        "ICON": str(release.icon_for_windows or ICON),
        "LICENCE": str(ROOT / "LICENSE"),
        "KILOBYTES": str(release.bytes() // 1024),
    }
    command = ["makensis", "-V2", "-WX", "-INPUTCHARSET", "UTF8", *(f"-D{key}={word}" for key, word in words.items())]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(release.made)}
    done = subprocess.run([*command, str(SCRIPT)], env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0 or not draft.exists():
        raise CannotBuild(f"makensis failed: {(done.stdout + done.stderr).strip()[-800:]}")
    draft.replace(target)


def numbers(release: Release) -> str:
    """The version as Windows wants it: four numbers, none above 65535."""
    parts = [int(part) for part in release.program.split(".")][:3]
    parts += [0] * (3 - len(parts))
    return ".".join(str(min(part, 65535)) for part in (*parts, release.plant))
