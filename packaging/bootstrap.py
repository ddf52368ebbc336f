"""From a bare machine to a running plant or a passed test, with the standard library alone.

    python3 packaging/bootstrap.py demo    the bottling plant in a window; without a display, pictures of it
    python3 packaging/bootstrap.py test    every check and every test
    python3 packaging/bootstrap.py setup   only what both need: .venv, locked libraries, Qt's system libraries

What stands after the word goes on to the program: `test -k alarms` runs pytest alone, `demo --seconds 5` a
short demo. Written so that even Python 3.7 can read it and say what is missing. Exit 2: something has to be
done by hand, and it says what.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "packaging" / "requirements.lock"
STAMP = VENV / "hmi-setup"
WINDOWS = os.name == "nt"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")
OLDEST = (3, 11)
APT = ["apt-get", "install", "-y", "--no-install-recommends"]

# Debian's package, and the file in it that Qt needs: for want of one Qt ends the process, with no exception.
QT_LIBRARIES = {
    "libglib2.0-0": "libglib-2.0.so.0",
    "libgl1": "libGL.so.1",
    "libegl1": "libEGL.so.1",
    "libfontconfig1": "libfontconfig.so.1",
    "libxkbcommon0": "libxkbcommon.so.0",
    "libdbus-1-3": "libdbus-1.so.3",
}
WINDOW_LIBRARIES = {
    "libxkbcommon-x11-0": "libxkbcommon-x11.so.0",
    "libxcb-cursor0": "libxcb-cursor.so.0",
    "libxcb-icccm4": "libxcb-icccm.so.4",
    "libxcb-keysyms1": "libxcb-keysyms.so.1",
    "libxcb-shape0": "libxcb-shape.so.0",
}

CHECKS = (
    ("ruff", "check"),
    ("ruff", "format", "--check"),
    ("mypy",),
    ("lint-imports",),
    ("pytest", "-q", "-n", "4", "--dist", "loadgroup", "--no-loadscope-reorder"),  # in the order of tests/conftest.py
)


def say(text: str) -> None:
    """Tell the person at the keyboard; at once, so that it stands before what a child prints."""
    print("[hmi] " + text, flush=True)


def stop(text: str) -> NoReturn:
    """Say what has to be done by hand, and end."""
    say(text)
    raise SystemExit(2)


def run(command: list[str], env: dict[str, str] | None = None) -> int:
    """Run a child in the project's folder for its exit code; Ctrl-C and SIGTERM are the child's to answer."""
    child = subprocess.Popen(command, cwd=str(ROOT), env=env)
    before = signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    code = None
    while code is None:
        try:
            code = child.wait()
        except KeyboardInterrupt:  # the terminal sent it to the child too: wait for its orderly end
            continue
    signal.signal(signal.SIGTERM, before)
    return code if code >= 0 else 128 - code


def must(command: list[str], otherwise: str) -> None:
    """Run a step of the set-up; stop with a word of advice when it fails."""
    if run(command) != 0:
        stop(otherwise)


# ------------------------------------------------------------------------------------------ the machine


def check_python() -> None:
    """Stop on a Python that the program cannot run on."""
    if sys.version_info < OLDEST:
        have, need = (".".join(map(str, version[:2])) for version in (sys.version_info, OLDEST))
        stop(f"This is Python {have}, and {need} or newer is needed. Try: python{need} {' '.join(sys.argv)}")


def has_library(soname: str) -> bool:
    """Whether the dynamic linker finds this shared library."""
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def missing_packages(window: bool, uv: str | None) -> dict[str, str]:
    """What Debian would have to add before we can begin: its package -> what is missing."""
    if not sys.platform.startswith("linux"):
        return {}
    libraries = {**QT_LIBRARIES, **(WINDOW_LIBRARIES if window else {})}
    missing = {package: soname for package, soname in libraries.items() if not has_library(soname)}
    if not (uv or venv_answers() or has_ensurepip()):
        missing["python3-venv"] = "Python's ensurepip"
    return missing


def ensure_packages(missing: dict[str, str]) -> None:
    """Install what is missing when we may, else stop with the one command that does."""
    if not missing:
        return
    command, what = [*APT, *missing], ", ".join(missing.values())
    if not shutil.which("apt-get"):
        stop(f"Missing on this computer: {what}. There is no apt-get here: install them with its own tool.")
    if os.geteuid() != 0 or os.environ.get("HMI_NO_APT"):
        stop(f"Missing on this computer: {what}. Run this, then start again:\n\n    sudo {' '.join(command)}\n")
    say(f"installing {' '.join(missing)}")
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    if run(command, env) != 0:  # a fresh machine has no package lists yet
        run(["apt-get", "update"], env)
        if run(command, env) != 0:
            stop(f"apt-get could not install {what}: see above.")


def has_display() -> bool:
    """Whether a window could be opened here."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


# --------------------------------------------------------------------------------------- the environment


def fingerprint() -> str:
    """What the environment was made from: these locked libraries, this Python, this folder."""
    text = f"{sys.version_info[:2]} {ROOT} ".encode() + LOCK.read_bytes()
    return hashlib.sha256(text).hexdigest()


def is_ready() -> bool:
    """Whether an earlier run finished the environment and nothing has changed since."""
    return PYTHON.exists() and STAMP.exists() and STAMP.read_text() == fingerprint()


def answers(command: list[str]) -> bool:
    """Whether a command runs and says yes."""
    return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0


def find_uv() -> str | None:
    """The fast installer, where there is one that works: pyenv leaves shims that do not."""
    uv = shutil.which("uv")
    return uv if uv and answers([uv, "--version"]) else None


def has_ensurepip() -> bool:
    """Whether this Python can make environments: Debian keeps that part in a package of its own."""
    return answers([sys.executable, "-c", "import ensurepip"])


def venv_answers() -> bool:
    """Whether the environment's Python starts and is the version that runs this file."""
    probe = f"import sys; raise SystemExit(sys.version_info[:2] != {sys.version_info[:2]})"
    return PYTHON.exists() and answers([str(PYTHON), "-c", probe])


def make_venv(uv: str | None) -> None:
    """Make the private environment anew; the system's own Python is never touched."""
    if VENV.exists():
        shutil.rmtree(VENV)
    if uv:
        must([uv, "venv", "-q", "--python", sys.executable, str(VENV)], "uv could not make .venv: see above.")
        return
    must([sys.executable, "-m", "venv", str(VENV)], "Python could not make .venv: see above.")


def install(uv: str | None) -> None:
    """Install exactly the locked libraries, every file checked against its hash, compiled for quick starts."""
    locked = ["--require-hashes", "-r", str(LOCK)]
    if uv:
        command = [uv, "pip", "install", "-q", "--compile-bytecode", "--python", str(PYTHON), *locked]
    else:
        command = [str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check", *locked]
    must(command, "The libraries could not be installed: see above. Is the package index within reach?")


def add_program() -> None:
    """Let the environment find this source tree, and give it the command `hmi`, without a build."""
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    purelib = Path(subprocess.check_output([str(PYTHON), "-c", where], text=True).strip())
    (purelib / "hmi-source.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    if WINDOWS:
        (BIN / "hmi.cmd").write_text('@"%~dp0python.exe" -m hmi %*\n')
        return
    command = BIN / "hmi"
    command.write_text('#!/bin/sh\nexec "$(dirname "$(readlink -f "$0")")/python" -m hmi "$@"\n')
    command.chmod(0o755)


def ensure_environment(uv: str | None) -> None:
    """Make .venv what the lock says; a second run sees that it is and costs nothing."""
    if is_ready():
        return
    begun = time.monotonic()
    say(f"setting up {VENV} with {'uv' if uv else 'venv and pip'} and Python {sys.version.split()[0]}")
    if not venv_answers():
        make_venv(uv)
    STAMP.unlink(missing_ok=True)
    install(uv)
    add_program()
    STAMP.write_text(fingerprint())
    say(f"set up in {time.monotonic() - begun:.0f} s")


# ----------------------------------------------------------------------------------------- the three words


def setup(arguments: list[str]) -> int:
    """Make everything ready and run nothing."""
    say(f"ready: {BIN / 'hmi'} --help")
    return 0


def demo(arguments: list[str]) -> int:
    """Open the demo plant; without a display, run it until there is a picture of each of its screens."""
    command = [str(PYTHON), "-m", "hmi", "demo"]
    if has_display():
        return run(command + arguments)
    say("no display here: the demo runs without a window and takes pictures of every screen")
    env = dict(os.environ, QT_QPA_PLATFORM="offscreen")
    code = run([*command, "--seconds", "120", "--shots", "demo-shots", *arguments], env)
    if code == 0:
        say(f"pictures of every screen are in {ROOT / 'demo-shots'}")
    return code


def test(arguments: list[str]) -> int:
    """Run every check, cheapest first, and stop at the first that fails; with arguments, pytest alone."""
    env = dict(os.environ, QT_QPA_PLATFORM="offscreen")
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # the tests start the program hundreds of times: it is compiled once
    for tool, *options in [("pytest", *arguments)] if arguments else CHECKS:
        begun = time.monotonic()
        say(" ".join([tool, *options]))
        code = run([str(BIN / tool), *options], env)
        if code != 0:
            say(f"{tool} FAILED (exit {code})")
            return code
        say(f"{tool} passed in {time.monotonic() - begun:.0f} s")
    return 0


def main() -> int:
    """Do what the word on the command line asks."""
    check_python()
    words = {"demo": demo, "test": test, "setup": setup}
    if len(sys.argv) < 2 or sys.argv[1] not in words:
        print(__doc__)
        return 2
    word, uv = sys.argv[1], find_uv()
    ensure_packages(missing_packages(window=word == "demo" and has_display(), uv=uv))
    ensure_environment(uv)
    return words[word](sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
