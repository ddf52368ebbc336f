"""The base bundle built in a Debian that holds nothing but what the build needs, so that nothing else gets into it.

    sudo .venv/bin/python packaging/clean_root.py       dist/base-linux, from a Debian made for it

Does what packaging/base.py does, in a root of its own: Debian's Python, the libraries of the lock by their hashes, and
Debian's own X and Wayland libraries. It takes root, debootstrap and a network, and it is thrown away afterwards.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import base
from bare_root import BareRoot
from trial import Expected, Log

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ("hmi", "screens", "resources", "packaging", "pyproject.toml", "uv.lock", "LICENSE", "README.md")
TOOLS = ("python3", "python3-venv", "libpython3.11", "binutils", "ca-certificates")
INSIDE = "/root/hmi"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")  # whom this computer trusts on its network
PASSED_ON = ("http_proxy", "https_proxy", "no_proxy", "PIP_INDEX_URL")


def main() -> int:
    """Build and put in place; 0 well, 1 it is no release, 2 it takes root."""
    options = _parser().parse_args()
    if os.geteuid() != 0:
        print("clean_root: it needs root, to work in a root of its own: sudo", file=sys.stderr)
        return 2
    try:
        options.work.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="clean-", dir=options.work) as scratch:
            log = Log(options.suite)
            with BareRoot(options.work, options.suite, Path(scratch) / "root", log) as root:
                made = _built(root, log)
                base.put_in_place(made, options.out)
    except Expected as error:
        print(f"clean_root: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(
            f"clean_root: {error.filename or options.out}: {error.strerror or error}: no bundle was put in place",
            file=sys.stderr,
        )
        return 1
    except subprocess.CalledProcessError as error:
        print(f"clean_root: {error.cmd[0]} ended with {error.returncode}: nothing was put in place", file=sys.stderr)
        return 1
    print(log.text())
    base.say(f"{options.out}: {base.size_of(options.out) / 1e6:.1f} MB, built in a clean Debian {options.suite}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="clean_root.py", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--work", type=Path, default=ROOT / "build", help="where the bare Debian is kept")
    parser.add_argument("--suite", default="bookworm", help="of Debian: its Python has to be 3.11")
    parser.add_argument("--out", type=Path, default=base.OUT, help="where the bundle goes (dist/base-linux)")
    return parser


def _built(root: BareRoot, log: Log) -> Path:
    """The bundle, still in the root that it was built in; raises Expected."""
    shutil.copyfile("/etc/resolv.conf", root.path("/etc/resolv.conf"))
    with log.step(f"Debian's {', '.join(TOOLS)}"):
        root.follow({}, "apt-get", "update", "-q")
        root.follow({}, "apt-get", "install", "-y", "-q", "--no-install-recommends", *TOOLS)
    shutil.copyfile(CERTIFICATES, root.path(os.fspath(CERTIFICATES)))
    for name in SOURCE:
        _copied(ROOT / name, root.path(f"{INSIDE}/{name}"))
    own = {name: value for name, value in os.environ.items() if name.lower() in PASSED_ON or name in PASSED_ON}
    own |= {"SOURCE_DATE_EPOCH": base.epoch(), "PIP_CERT": os.fspath(CERTIFICATES), "PIP_DEFAULT_TIMEOUT": "180"}
    with log.step("packaging/base.py, with the self-test of what it made"):
        root.follow(own, "python3", f"{INSIDE}/packaging/base.py", "--out", f"{INSIDE}/dist/base-linux")
    return root.path(f"{INSIDE}/dist/base-linux")


def _copied(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copyfile(source, target)


if __name__ == "__main__":
    sys.exit(main())
