"""The tutorial is followed literally: what it says is typed, and what it promises is seen."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drivers.devices import free_port

TUTORIAL = Path(__file__).parents[2] / "resources" / "manual" / "tutorial.md"
DEADLINE_S = 90.0
STAY = ("hmi sim", "hmi run")  # these go on, in a terminal of their own


class Reader:
    """Somebody who types what the tutorial says, in a home of their own."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._base = next(port for port in iter(free_port, None) if _is_free(port + 1))
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        places = {name: str(home / name.lower()) for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
        self._env = {**os.environ, **places, "HOME": str(home), "PATH": path, "QT_QPA_PLATFORM": "offscreen"}
        self._env.pop("HMI_DATA", None)
        self._staying: list[subprocess.Popen[str]] = []

    def type(self, block: str) -> str:
        """One block of commands; gives what was printed."""
        words = block.replace("127.0.0.1:48400", f"127.0.0.1:{self._base}")
        if block.startswith(STAY):
            words += f" --port-base {self._base}" if block.startswith("hmi sim") else ""
            self._stay(words)
            return ""
        done = subprocess.run(
            ["bash", "-e", "-c", words],
            cwd=self._home,
            env=self._env,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"
        return done.stdout

    def until(self, block: str, pattern: str) -> str:
        """Typed again until it shows something."""
        end = time.monotonic() + DEADLINE_S
        while True:
            said = subprocess.run(
                ["bash", "-c", block],
                cwd=self._home,
                env=self._env,
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            if re.search(pattern, said.stdout):
                return said.stdout
            assert time.monotonic() < end, f"{block}: {said.stdout}{said.stderr}"
            time.sleep(0.2)

    def leave(self) -> None:
        """Close what stays; the engine too, which a window has started."""
        subprocess.run(["pkill", "-f", str(self._home)], check=False)
        for process in reversed(self._staying):
            process.terminate()
            process.wait(30)
            if process.stdout:
                process.stdout.close()

    def _stay(self, words: str) -> None:
        process = subprocess.Popen(
            ["bash", "-c", f"exec {words}"], cwd=self._home, env=self._env, stdout=subprocess.PIPE, text=True
        )
        self._staying.append(process)
        if "hmi sim" in words:
            assert process.stdout is not None
            assert "ready" in process.stdout.readline()


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    made = Reader(tmp_path)
    yield made
    made.leave()


@pytest.mark.timeout(240)
def test_the_tutorial_does_what_it_says(reader: Reader, tmp_path: Path) -> None:
    blocks = re.findall(r"^```sh\n(.*?)\n```$", TUTORIAL.read_text(), re.DOTALL | re.MULTILINE)
    said = {}
    for block in blocks:
        said[block.split("\n")[-1]] = reader.type(block)
        if block.startswith("hmi run"):
            reader.until("hmi status", r"filler +opcua +live")
            reader.until("hmi alarms", "filler.tank.level.low")
            reader.until("hmi status", r"history +[1-9]\d* stored")
    assert "no mistakes" in said["hmi check my-plant"]
    picture = (tmp_path / "overview.png").read_bytes()
    assert picture.startswith(b"\x89PNG") and len(picture) > 10_000
    assert "Filler at a glance" in (tmp_path / "my-plant" / "screens" / "overview.toml").read_text()


def _is_free(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
