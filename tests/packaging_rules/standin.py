"""A program that behaves as the frozen one does and is no larger than a script, for trials of installers."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]
PACKAGING = ROOT / "packaging"
PROGRAM = """#!/bin/sh
here=$(readlink -f "$0")
exec "{python}" -P -c "import sys; sys.frozen = True; sys.executable = '$here'; sys.path.insert(0, '{root}')
from hmi.cli import main; sys.exit(main())" "$@"
"""
PLANT = {
    "plant.toml": '[plant]\nid = "mill"\nname = "Mill \\"north\\""\ntimezone = "UTC"\nversion = {version}\n'
    '[[connection]]\nid = "mill"\ndriver = "modbus"\naddress = "tcp://127.0.0.1:9"\n',  # where nothing answers
    "tags.csv": "tag,connection,address,type,unit,low,high,scale,offset,deadband,period_ms,history,access,description\n"
    "mill.speed,mill,holding:0,uint16,1/min,0,100,,,,,,r,Speed\n",
    "screens/overview.toml": '[screen]\nid = "overview"\ntitle = "Overview"\nlevel = 1\nsize = [800, 600]\n',
}


def script(name: str) -> ModuleType:
    """One of the scripts in packaging/ as a module: they find each other as they do when they are run by path."""
    if str(PACKAGING) not in sys.path:
        sys.path.append(str(PACKAGING))
    return importlib.import_module(name)


def make_base(folder: Path) -> Path:
    """A base with a program, a library and a link to it."""
    inside = folder / "_internal"
    inside.mkdir(parents=True)
    (folder / "hmi").write_text(PROGRAM.format(python=sys.executable, root=ROOT))
    (folder / "hmi").chmod(0o755)
    (inside / "libmill.so.1").write_bytes(b"\x7fELF" + bytes(range(256)) * 40)
    (inside / "libmill.so").symlink_to("libmill.so.1")
    return folder


def make_plant(folder: Path, version: int = 1) -> Path:
    """The files of a plant that needs no controller."""
    for name, text in PLANT.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text.replace("{version}", str(version)))
    return folder


def run(*command: object, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command for what it says and how it ends."""
    words = [str(word) for word in command]
    return subprocess.run(
        words,
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
        env=None if env is None else {**os.environ, **env},
    )
