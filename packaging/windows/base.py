"""The program frozen into one folder on a Windows computer, without a plant: dist/base-windows.

    python packaging/windows/base.py

To be run where python and the locked libraries are (packaging/bootstrap.py setup) with PyInstaller beside them. Ends
with the self-test of the frozen program; what does not pass it is no release and stays in build/.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORK, OUT = ROOT / "build" / "base-windows", ROOT / "dist" / "base-windows"


def main() -> int:
    """Build, try, put in place; 0 well."""
    if sys.platform != "win32":
        print("base: the program for Windows is frozen on Windows: PyInstaller cannot do it elsewhere", file=sys.stderr)
        return 2
    epoch = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False)
    environment = {**os.environ, "PYTHONHASHSEED": "1", "SOURCE_DATE_EPOCH": epoch.stdout.strip() or "1767225600"}
    words = ["--noconfirm", "--log-level", "WARN", "--distpath", WORK, "--workpath", WORK / "work"]
    command = [sys.executable, "-P", "-m", "PyInstaller", *words, ROOT / "packaging" / "hmi.spec"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    if subprocess.run([WORK / "hmi" / "hmi.exe", "selftest"], check=False).returncode != 0:
        print(f"base: the self-test FAILED, so it is no release: it stays in {WORK}", file=sys.stderr)
        return 1
    shutil.rmtree(OUT, ignore_errors=True)
    shutil.copytree(WORK / "hmi", OUT)
    digest = hashlib.sha256((OUT / "hmi.exe").read_bytes()).hexdigest()
    print(f"{OUT}: hmi.exe has the sha256 {digest}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
