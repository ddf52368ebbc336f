"""Fetches and builds the servers of other makers that tests/interop runs our drivers against.

    python3 packaging/interop.py          node-opcua (npm) and libmodbus (Debian's source, gcc)
    python3 packaging/interop.py --where  only say in which folder they are

Nothing is put into this source tree or into the system: all of it goes to ~/.cache/hmi-interop, or to the folder
that HMI_INTEROP_CACHE names. A part that cannot be had is said aloud and its tests are skipped; exit 1 then.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

CACHE = Path(os.environ.get("HMI_INTEROP_CACHE") or Path.home() / ".cache" / "hmi-interop")
PEERS = Path(__file__).resolve().parent.parent / "tests" / "interop"
NODE_OPCUA = "2.186.4"
NODE_PACKAGES = (f"node-opcua@{NODE_OPCUA}", f"node-opcua-address-space-for-conformance-testing@{NODE_OPCUA}")
LIBMODBUS = ("modbus.c", "modbus-data.c", "modbus-rtu.c", "modbus-tcp.c")
APT_SOURCE = "deb-src http://deb.debian.org/debian bookworm main\n"


class Lacking(Exception):
    """A part cannot be had on this computer; the text says what to do."""


def say(text: str) -> None:
    """Tell the person at the keyboard, at once."""
    print("[interop] " + text, flush=True)


def run(*command: str, folder: Path, otherwise: str) -> None:
    """Run one step; raises Lacking with a word of advice, and what the step said, when it fails."""
    if shutil.which(command[0]) is None and not Path(command[0]).exists():
        raise Lacking(f"there is no {command[0]} on this computer: {otherwise}")
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip().splitlines()[-5:]
        raise Lacking(f"{' '.join(command[:3])} failed: {otherwise}\n  " + "\n  ".join(last))


def node_opcua() -> None:
    """The OPC UA server, an npm package with its own address space for conformance tests."""
    folder = CACHE / "node"
    stamp = folder / "version"
    if stamp.exists() and stamp.read_text() == NODE_OPCUA:
        return
    say(f"installing node-opcua {NODE_OPCUA} into {folder}")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{"private": true}\n')
    install = ("npm", "install", "--no-audit", "--no-fund", "--loglevel=error", *NODE_PACKAGES)
    run(*install, folder=folder, otherwise="install Node.js 18 or newer; is the npm registry within reach?")
    stamp.write_text(NODE_OPCUA)


def libmodbus() -> None:
    """The Modbus servers: our own over the C library, and the library's own hostile one from its tests."""
    folder = CACHE / "libmodbus"
    source = folder / "source"
    if not (source / "config.h").exists():
        say(f"fetching and configuring libmodbus in {folder}")
        fetch_libmodbus(folder, source)
    good = PEERS / "libmodbus_server.c"
    if is_older(folder / "server", good):
        compile_c(source, good, folder / "server")
    if not (folder / "hostile").exists():
        make_hostile(source, folder / "hostile")


def fetch_libmodbus(folder: Path, source: Path) -> None:
    """Debian's source package, through apt with folders of its own: neither root nor a change of the system."""
    for part in ("lists/partial", "cache/archives/partial"):
        (folder / "apt" / part).mkdir(parents=True, exist_ok=True)
    (folder / "apt" / "sources.list").write_text(APT_SOURCE)
    options = {
        "Dir::Etc::sourcelist": folder / "apt" / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "Dir::State::lists": folder / "apt" / "lists",
        "Dir::Cache": folder / "apt" / "cache",
        "APT::Sandbox::User": "root",
    }
    apt = ["apt-get", "-qq", *(f"-o{name}={value}" for name, value in options.items())]
    advice = "libmodbus comes as Debian's source package: is deb.debian.org within reach?"
    run(*apt, "update", folder=folder, otherwise=advice)
    run(*apt, "source", "--download-only", "libmodbus", folder=folder, otherwise=advice)
    (archive,) = folder.glob("libmodbus_*.orig.tar.*")
    source.mkdir(exist_ok=True)
    run("tar", "-xf", str(archive), "-C", str(source), "--strip-components=1", folder=folder, otherwise="install tar")
    configure(source)


def configure(source: Path) -> None:
    """What autoconf would find out, which a bare compiler's machine does not have: Linux of this century."""
    numbers = re.findall(r"libmodbus_version_(\w+)\], \[(\d+)\]", (source / "configure.ac").read_text())
    words = {f"LIBMODBUS_VERSION_{name.upper()}": number for name, number in numbers}
    words["LIBMODBUS_VERSION"] = ".".join(number for _, number in numbers)
    words |= {"HAVE_INTTYPES_H": "1", "HAVE_STDINT_H": "1"}
    for template in ("src/modbus-version.h", "tests/unit-test.h"):
        text = (source / f"{template}.in").read_text()
        (source / template).write_text(re.sub(r"@(\w+)@", lambda word: words[word[1]], text))
    (source / "config.h").write_text("#define HAVE_BYTESWAP_H 1\n")


def make_hostile(source: Path, program: Path) -> None:
    """The library's own misbehaving server, its fixed port replaced by the one named in PORT."""
    text = (source / "tests" / "unit-test-server.c").read_text()
    changed = text.replace('"127.0.0.1", 1502', '"127.0.0.1", atoi(getenv("PORT"))')
    if changed == text:
        raise Lacking("libmodbus' unit-test-server.c has no port 1502: another release than 3.1?")
    copy = source / "tests" / "hostile.c"
    copy.write_text(changed)
    compile_c(source, copy, program)


def compile_c(source: Path, main: Path, program: Path) -> None:
    """One program with the whole library in it."""
    say(f"compiling {program.name}")
    parts = [str(source / "src" / name) for name in LIBMODBUS]
    include = ["-I.", "-Isrc", "-Itests", "-DHAVE_CONFIG_H"]
    command = ["gcc", "-O1", "-w", *include, str(main), *parts, "-o", str(program)]
    run(*command, folder=source, otherwise="apt-get install build-essential")


def is_older(program: Path, source: Path) -> bool:
    """Whether a program has to be built (again) from its source."""
    return not program.exists() or program.stat().st_mtime < source.stat().st_mtime


def main() -> int:
    """Get every part; say which ones cannot be had."""
    if sys.argv[1:] == ["--where"]:
        print(CACHE)
        return 0
    lacking = 0
    for part in (node_opcua, libmodbus):
        try:
            part()
        except Lacking as reason:
            say(str(reason))
            lacking = 1
    if not lacking:
        say(f"ready in {CACHE}")
    return lacking


if __name__ == "__main__":
    sys.exit(main())
