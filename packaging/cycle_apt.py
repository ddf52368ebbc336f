"""Of the life of an installation: upgrades by apt, from a signed folder as on a stick."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apt_folder
from bare_root import BareRoot
from trial import Expected, Log, expect

STICK = "/media/apt"
NAME = "hmi-plants"
OWNER, STRANGER = "Plant <plant@example.org>", "Stranger <stranger@example.org>"
SOURCES, KEYS = f"/etc/apt/sources.list.d/{NAME}.sources", f"/etc/apt/keyrings/{NAME}.asc"


@contextmanager
def keys(work: Path) -> Iterator[None]:
    """Keys of gpg for this trial, of the plant's builder and of a stranger."""
    home = work / "gpg"
    home.mkdir(mode=0o700)
    before = os.environ.get("GNUPGHOME")
    os.environ["GNUPGHOME"] = str(home)
    try:
        for name in (OWNER, STRANGER):
            words = ["--batch", "--passphrase", "", "--quick-generate-key", name, "ed25519", "sign", "never"]
            subprocess.run(["gpg", *words], check=True, capture_output=True)
        yield
    finally:
        subprocess.run(["gpgconf", "--kill", "all"], check=False, capture_output=True)
        os.environ.pop("GNUPGHOME")
        if before is not None:
            os.environ["GNUPGHOME"] = before


def lay_out(root: BareRoot, packages: list[Path], key: str = OWNER) -> Path:
    """The folder on the stick, with these packages and what it has already."""
    folder = root.path(STICK)
    folder.mkdir(parents=True, exist_ok=True)
    apt_folder.lay_out(packages, folder, key, NAME, f"file:{STICK}", 2)
    return folder


def upgraded(root: BareRoot, package: str, old: Path, new: Path, log: Log) -> None:
    """From the version of one package to that of the other, by apt; and what apt must not take."""
    folder = lay_out(root, [old, new])
    for name, target in ((f"{NAME}.sources", SOURCES), (f"{NAME}.asc", KEYS)):
        root.path(target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / name, root.path(target))
    root.write("/etc/apt/sources.list", "")  # no network
    _refused(root, folder, package, log)
    with log.step("`apt-get update`, `apt-get upgrade` from a signed folder, as on a stick") as step:
        root.run("apt-get", "update", "-q", "-oAPT::Update::Error-Mode=any")
        said = root.run("apt-get", "upgrade", "-y", "-q")
        step.note(next((row for row in said.stdout.splitlines() if row.startswith("Unpacking")), ""))


def back(root: BareRoot, package: str, version: str, log: Log) -> None:
    """To the version before, by apt."""
    with log.step(f"`apt-get install --allow-downgrades {package}={version}`: back"):
        root.run("apt-get", "install", "-y", "-q", "--allow-downgrades", f"{package}={version}")


def _refused(root: BareRoot, folder: Path, package: str, log: Log) -> None:
    with log.step("The same folder signed with another key: apt refuses it") as step:
        lay_out(root, [], STRANGER)
        told = root.run("apt-get", "update", "-q", "-oAPT::Update::Error-Mode=any", may_fail=True)
        expect(told.returncode != 0 and "NO_PUBKEY" in told.stderr, told.stderr)
        step.note(next(row for row in told.stderr.splitlines() if "NO_PUBKEY" in row))
        lay_out(root, [])
    with log.step("One byte of the package changed: apt refuses it") as step:
        root.run("apt-get", "update", "-q", "-oAPT::Update::Error-Mode=any")
        newest = max((folder / "pool").glob(f"{package}_*.deb"), key=lambda path: path.name)
        good = newest.read_bytes()
        newest.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
        told = root.run("apt-get", "upgrade", "-y", "-q", may_fail=True)
        newest.write_bytes(good)
        if told.returncode == 0 or "Hash Sum mismatch" not in told.stderr:
            raise Expected(f"apt said: {told.stdout}{told.stderr}")
        step.note("Hash Sum mismatch")
