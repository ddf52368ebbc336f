"""The programs of others that a bench measures beside ours: `-m tests.bench._peers` gets what can be had.

node-opcua is the one that packaging/interop.py installs; the C server is open62541, from Debian's source package, built
here; PyDM comes from PyPI into an environment of its own. All stay in ~/.cache/hmi-interop or where HMI_INTEROP_CACHE
says; what is not there is left out of a bench.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("HMI_INTEROP_CACHE") or Path.home() / ".cache" / "hmi-interop")
NODE = shutil.which("node") or ""
NODE_MODULES = CACHE / "node" / "node_modules"
OPEN62541 = CACHE / "open62541" / "server"
PYDM = CACHE / "pydm" / "bin" / "python"
_PYDM = ("pydm==1.29.0", "PySide6-Essentials>=6.11.3,<6.12")  # PyDM does not say which Qt it wants
_SERVER = ROOT / "tests" / "bench" / "_open62541_server.c"
_SWITCHES = (
    "-DCMAKE_BUILD_TYPE=Release",
    "-DBUILD_SHARED_LIBS=OFF",
    "-DUA_ENABLE_DEBUG_SANITIZER=OFF",
    "-DUA_ENABLE_PUBSUB=OFF",
    "-DUA_ENABLE_PUBSUB_INFORMATIONMODEL=OFF",
    "-DUA_ENABLE_DISCOVERY=OFF",
    "-DUA_ENABLE_HISTORIZING=OFF",
    "-DUA_ENABLE_JSON_ENCODING=OFF",
    "-DUA_LOGLEVEL=600",
)


def has_node_opcua() -> bool:
    """Whether node-opcua can be measured on this computer."""
    return bool(NODE) and (CACHE / "node" / "version").exists()


def has_open62541() -> bool:
    """Whether there is a server in C to measure against."""
    return OPEN62541.exists()


def has_pydm() -> bool:
    """Whether PyDM can be measured on this computer."""
    return PYDM.exists() and (PYDM.parent.parent / "ready").exists()


def _interop() -> Any:
    """packaging/interop.py, which knows how to fetch and compile."""
    spec = importlib.util.spec_from_file_location("hmi_interop", ROOT / "packaging" / "interop.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def build_open62541() -> None:
    """Fetch, configure and compile it, once; raises what a failing step raises."""
    interop = _interop()
    folder, source = OPEN62541.parent, OPEN62541.parent / "source"
    folder.mkdir(parents=True, exist_ok=True)
    if not (source / "CMakeLists.txt").exists():
        interop.say(f"fetching open62541 into {folder}")
        _fetch(folder, source)
    library = folder / "build" / "bin" / "libopen62541.a"
    if not library.exists():
        interop.say("compiling open62541")
        _run("cmake", "-S", str(source), "-B", str(folder / "build"), *_SWITCHES)
        _run("cmake", "--build", str(folder / "build"), "--target", "open62541", "-j2")
    if interop.is_older(OPEN62541, _SERVER):
        include = [f"-I{source / 'include'}", *(f"-I{source / 'plugins' / 'include'}",), f"-I{source / 'deps'}"]
        built = folder / "build" / "src_generated"
        _run("gcc", "-O2", "-w", *include, f"-I{built}", str(_SERVER), str(library), "-lm", "-o", str(OPEN62541))


def install_pydm() -> None:
    """PyDM in an environment of its own, once."""
    if not has_pydm():
        _interop().say(f"installing PyDM into {PYDM.parent.parent}")
        _run(sys.executable, "-m", "venv", "--clear", str(PYDM.parent.parent))
        _run(str(PYDM), "-m", "pip", "install", "--quiet", *_PYDM)
        (PYDM.parent.parent / "ready").touch()


def _fetch(folder: Path, source: Path) -> None:
    """Debian's source package, through apt with folders of its own: neither root nor a change of the system."""
    for part in ("lists/partial", "cache/archives/partial"):
        (folder / "apt" / part).mkdir(parents=True, exist_ok=True)
    (folder / "apt" / "sources.list").write_text("deb-src http://deb.debian.org/debian trixie main\n")
    options = {
        "Dir::Etc::sourcelist": folder / "apt" / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "Dir::State::lists": folder / "apt" / "lists",
        "Dir::Cache": folder / "apt" / "cache",
        "APT::Sandbox::User": "root",
    }
    apt = ["apt-get", "-qq", *(f"-o{name}={value}" for name, value in options.items())]
    _run(*apt, "update", folder=folder)
    # Only the maker's own archive of it is needed: a mirror may lack Debian's additions, and apt then fails.
    subprocess.run([*apt, "source", "--download-only", "open62541"], cwd=folder, check=False, capture_output=True)
    (archive,) = folder.glob("open62541_*.orig.tar.*")
    source.mkdir(exist_ok=True)
    _run("tar", "-xf", str(archive), "-C", str(source), "--strip-components=1")


def _run(*command: str, folder: Path = ROOT) -> None:
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    interop = _interop()
    lacking = []
    for get in (interop.node_opcua, build_open62541, install_pydm):
        try:
            get()
        except (interop.Lacking, subprocess.CalledProcessError, OSError, ValueError) as reason:
            lacking.append(f"a peer cannot be had, and is left out of the benches: {reason}")
    sys.exit("\n".join(lacking) or 0)
