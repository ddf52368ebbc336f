"""A folder that apt installs plants from, signed: on a stick, or on a share for many stations. No server is needed.

    .venv/bin/python packaging/apt_folder.py --key plant@example.org --out /media/usb/apt dist/*.deb

Takes packages of any number of plants, keeps the newest of each plant that are in the folder already, and signs the
index with a key of gpg. For the stations it lays the public key (NAME.asc) and their setting (NAME.sources) beside.
Needs gpg and dpkg-deb.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import itertools
import lzma
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from email.utils import formatdate
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from content import CannotBuild

POOL = "pool"
KEPT = 2  # versions of a plant: the newest, and the one before as a way back
TOOLS = {"gpg": "gnupg", "dpkg-deb": "dpkg", "dpkg": "dpkg"}
SOURCES = """\
# For stations: copy this file to /etc/apt/sources.list.d and {name}.asc to /etc/apt/keyrings; then
# sudo apt-get update && sudo apt-get install {packages}
Types: deb
URIs: {uri}
Suites: ./
Architectures: amd64
Signed-By: /etc/apt/keyrings/{name}.asc
"""


class Package(NamedTuple):
    """One package of the folder."""

    name: str
    version: str
    file: Path
    fields: str  # its control file
    made: int  # seconds since 1970, as its builder has said


def main(argv: Sequence[str] | None = None) -> int:
    """Lay the packages out; 0 well, 1 where it could not be done, 2 wrong use."""
    options = _parser().parse_args(argv)
    try:
        found = lay_out(options.packages, options.out, options.key, options.name, options.uri, options.keep)
    except CannotBuild as error:
        print(f"apt_folder: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"apt_folder: {error.filename}: {error.strerror}: the folder is not complete", file=sys.stderr)
        return 1
    for one in found:
        print(f"  {one.name} {one.version}  {os.path.relpath(one.file)}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="apt_folder.py", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("packages", nargs="*", type=Path, metavar="FILE.deb")
    parser.add_argument("--out", type=Path, default=Path("dist/apt"), help="the folder; what is in it stays")
    parser.add_argument("--key", required=True, help="of gpg: a fingerprint or an address")
    parser.add_argument("--name", type=_name, default="hmi-plants", help="of the key and the setting for stations")
    parser.add_argument(
        "--uri", type=_uri, help="where stations find the folder, such as file:/media/usb/apt; else where it is"
    )
    parser.add_argument("--keep", type=_keep, default=KEPT, help=f"versions of each plant ({KEPT})")
    return parser


def _name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", text):  # apt overlooks a setting that is called otherwise
        raise argparse.ArgumentTypeError(f"{text!r}: letters, digits, dots, dashes and underlines only")
    return text


def _uri(text: str) -> str:
    if not re.fullmatch(r"[a-z+]+:\S+", text):
        raise argparse.ArgumentTypeError(f"{text!r} is none, such as file:/media/usb/apt (a space is %20)")
    return text


def _keep(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of versions from 1")
    return int(text)


def lay_out(packages: Sequence[Path], out: Path, key: str, name: str, uri: str | None, keep: int) -> list[Package]:
    """Put packages into a folder, index and sign it; what it holds then. Raises CannotBuild."""
    for tool, package in TOOLS.items():
        if shutil.which(tool) is None:
            raise CannotBuild(f"{tool} is not installed: apt-get install {package}")
    pool = out / POOL
    pool.mkdir(parents=True, exist_ok=True)
    there = {file.name: read_package(file) for file in (*sorted(pool.glob("*.deb")), *packages)}
    found, old = _kept(list(there.values()), keep)
    if not found:
        raise CannotBuild(f"no package was given, and {pool} holds none: build one first (make installer)")
    for file in packages:  # not before all of them are what they should be
        _copied(file, pool)
    found, old = ([one._replace(file=pool / one.file.name) for one in some] for some in (found, old))
    index = "\n".join(_entry(one, out) for one in found).encode()
    files = {"Packages": index, "Packages.xz": lzma.compress(index, preset=6)}
    files["Release"] = _release(files, max(one.made for one in found))
    files |= _signed(files["Release"], key)
    files[f"{name}.asc"] = _gpg(["--armor", "--export", key], b"", f"gpg knows no key {key}")
    names = " ".join(dict.fromkeys(one.name for one in found))
    setting = SOURCES.format(name=name, uri=uri or f"file:{quote(os.fspath(out.resolve()))}", packages=names)
    files[f"{name}.sources"] = setting.encode()
    _write(out, files)
    for one in old:
        one.file.unlink()
        _signature_of(one.file).unlink(missing_ok=True)
    return found


def read_package(file: Path) -> Package:
    """What a package says of itself; raises CannotBuild for anything else."""
    asked = subprocess.run(["dpkg-deb", "--field", file], capture_output=True, text=True, check=False)
    fields = dict(row.split(": ", 1) for row in asked.stdout.splitlines() if ": " in row and row[0] != " ")
    if asked.returncode != 0 or not {"Package", "Version", "Architecture"} <= fields.keys():
        raise CannotBuild(f"{file} is no package of Debian: {asked.stderr.strip() or 'it does not say which'}")
    with file.open("rb") as body:
        made = body.read(36)[24:36].strip()  # of the first member of the archive
    return Package(fields["Package"], fields["Version"], file, asked.stdout, int(made) if made.isdigit() else 0)


def _signature_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.minisig")


def _copied(file: Path, pool: Path) -> None:
    """Copy a package, and its signature for `hmi update`; each appears when it is whole."""
    for one in (file, _signature_of(file)):
        target = pool / one.name
        if not one.exists():
            target.unlink(missing_ok=True)  # the signature of what was there before fits no more
        elif not target.exists() or not one.samefile(target):
            draft = target.with_name(f"{one.name}.partial")
            shutil.copyfile(one, draft)
            draft.replace(target)


def _kept(packages: list[Package], keep: int) -> tuple[list[Package], list[Package]]:
    """By name and the newest first: those that stay, and those that go."""
    newest = functools.cmp_to_key(lambda one, other: _compared(other.version, one.version))
    stay: list[Package] = []
    go: list[Package] = []
    for name in sorted({one.name for one in packages}):
        own = sorted((one for one in packages if one.name == name), key=newest)
        for one, other in itertools.pairwise(own):
            if one.version == other.version:
                raise CannotBuild(f"{one.file} and {other.file} are the same version: take one away")
        stay += own[:keep]
        go += own[keep:]
    return stay, go


def _compared(one: str, other: str) -> int:
    """Which of two versions is newer, as dpkg has it: 1 the first, -1 the other, 0 they are the same."""
    for word, answer in (("gt", 1), ("lt", -1)):
        if subprocess.run(["dpkg", "--compare-versions", one, word, other], check=False).returncode == 0:
            return answer
    return 0


def _entry(one: Package, out: Path) -> str:
    """One package of the index: its control file, and where it is and what its bytes are."""
    with one.file.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    where = one.file.relative_to(out).as_posix()
    return f"{one.fields.rstrip()}\nFilename: {where}\nSize: {one.file.stat().st_size}\nSHA256: {digest}\n"


def _release(files: Mapping[str, bytes], made: int) -> bytes:
    """What is signed: the hash of every index. Its time is the packages' (SOURCE_DATE_EPOCH), not that of the day."""
    said = os.environ.get("SOURCE_DATE_EPOCH")
    date = formatdate(int(said) if said else made, usegmt=True)
    rows = [f" {hashlib.sha256(data).hexdigest()} {len(data):>9} {name}" for name, data in files.items()]
    head = ["Origin: hmi", "Label: hmi", f"Date: {date}", "Architectures: amd64"]
    return "\n".join(
        [*head, "Description: Operators' windows and their engines, a package per plant", "SHA256:", *rows, ""]
    ).encode()


def _signed(release: bytes, key: str) -> dict[str, bytes]:
    """The signature around the index for today's apt, and beside it for older tools."""
    wrong = f"the index could not be signed with the key {key}"
    own = ["--local-user", key, "--digest-algo", "SHA512"]
    return {
        "Release.gpg": _gpg([*own, "--armor", "--detach-sign"], release, wrong),
        "InRelease": _gpg([*own, "--clearsign"], release, wrong),
    }


def _gpg(words: Sequence[str], data: bytes, wrong: str) -> bytes:
    done = subprocess.run(["gpg", "--batch", "--no-tty", *words], input=data, capture_output=True, check=False)
    if done.returncode != 0 or not done.stdout:
        told = done.stderr.decode(errors="replace").strip().splitlines()
        raise CannotBuild(f"{wrong} ({told[-1] if told else 'it said nothing'}): see gpg --list-secret-keys")
    return done.stdout


def _write(out: Path, files: Mapping[str, bytes]) -> None:
    """All of them beside what is there first, then each in its place: a full stick leaves the folder as it was."""
    for name, data in files.items():
        (out / f"{name}.partial").write_bytes(data)
    for name in files:
        (out / f"{name}.partial").replace(out / name)


if __name__ == "__main__":
    sys.exit(main())
