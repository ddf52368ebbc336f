"""A station under trial: its plant's files, its engine in a process of its own, and what a window sees of it."""

from __future__ import annotations

import itertools
import json
import subprocess
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from hmi.clock import MachineClock
from hmi.commands.children import Child, hmi_command
from hmi.core import quality as q
from hmi.core.batch import FLAG_AGAIN, FLAG_NOT_LIVE, FLAG_TEXT
from hmi.core.errors import LinkError
from hmi.core.history import Gap, Samples
from hmi.link.messages import Values
from hmi.link.socket import connect
from hmi.store.query import Reader
from tests.faults.typed import typed

HEAD = "tag,connection,address,type,unit,low,high,scale,offset,deadband,period_ms,history,access,description\n"
PATIENCE_S = 30.0  # for a state that has no budget of its own: only a hung test waits so long


def connection(name: str, address: str, driver: str = "opcua", **keys: object) -> str:
    """One [[connection]] of plant.toml."""
    rows = {"id": name, "driver": driver, "address": address, **keys}
    return "[[connection]]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in rows.items())


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + " }"
    return json.dumps(value)


def tag(name: str, connection: str, address: str, type_: str, **columns: object) -> str:
    """One row of tags.csv; every value is kept."""
    row = {"tag": name, "connection": connection, "address": address, "type": type_, "history": "change", **columns}
    return ",".join(_cell(row.get(column, "")) for column in HEAD.strip().split(",")) + "\n"


def _cell(value: object) -> str:
    text = str(value)
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\n') else text


class Station:
    """A plant of a few connections and tags, and the engine that runs it, killed and started at will."""

    def __init__(
        self,
        folder: Path,
        connections: Sequence[str],
        tags: Sequence[str],
        alarms: str = "",
        within: Sequence[str] = (),
    ) -> None:
        """`within`: what stands before the engine's command line, such as `ip netns exec NAME`."""
        self.data, self.plant = folder / "data", folder / "plant"
        self.plant.mkdir(parents=True)
        head = '[plant]\nid = "trial"\nname = "Trial"\ntimezone = "UTC"\n\n'
        (self.plant / "plant.toml").write_text(head + "\n".join(connections), encoding="utf-8")
        (self.plant / "tags.csv").write_text(HEAD + "".join(tags), encoding="utf-8")
        if alarms:
            (self.plant / "alarms.toml").write_text(alarms, encoding="utf-8")
        self.names = [row.partition(",")[0] for row in tags]
        self._within = list(within)
        self.engine: Child | None = None

    def start(self) -> str:
        """Start the engine; gives its `ready` line."""
        command = [*self._within, *hmi_command("engine", str(self.plant), "--data", str(self.data))]
        self.engine = Child("engine", command, self.data.parent / "engine.log")
        return self.engine.ready(PATIENCE_S)

    def stop(self) -> None:
        """End the engine in order."""
        if self.engine:
            self.engine.stop()
            self.engine = None

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.engine is not None
        self.engine.process.kill()
        self.engine.process.wait()
        self.engine.stop()
        self.engine = None

    @property
    def pid(self) -> int:
        """The engine's process."""
        assert self.engine is not None
        return self.engine.process.pid

    def log(self) -> list[str]:
        """What the engine has logged so far, over all its starts."""
        return (self.data.parent / "engine.log").read_text(encoding="utf-8", errors="replace").splitlines()

    def hmi(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """One command of the program, as a person types it."""
        return typed((*words, "--data", str(self.data)), environment, PATIENCE_S)

    def json(self, *words: str) -> Any:
        """One command's answer."""
        done = self.hmi(*words, "--json")
        assert done.stdout, done.stderr
        return json.loads(done.stdout)

    def connection(self, name: str = "plc") -> dict[str, Any]:
        """What the engine says of a connection now."""
        return next(row for row in self.json("status")["connections"] if row["id"] == name)

    def samples(self, name: str) -> Samples:
        """Everything stored of a tag."""
        return Reader(self.data).samples([name], -(2**62), 2**62)[0]

    def gaps(self, name: str = "plc") -> list[Gap]:
        """The gaps that were declared for a connection."""
        return Reader(self.data).gaps(0, 2**62, name)

    def journal(self, category: str) -> list[dict[str, Any]]:
        """The records of a category, oldest first."""
        return list(reversed(self.json("journal", "--category", category, "--limit", "10000")["records"]))

    def window(self) -> Window:
        """A window's eyes on the engine; close it."""
        return Window(self)


@dataclass(frozen=True)
class Seen:
    """One value as a window got it, and when (monotonic seconds)."""

    at: float
    value: float
    raw: int
    quality: int
    flags: int
    time: int
    text: str | None

    @property
    def word(self) -> str:
        """Good, uncertain, stale or bad."""
        return q.word(self.quality)


@dataclass
class Window:
    """Listens to the engine as a window does; keeps the newest of each tag, and every row of late."""

    station: Station
    now: dict[str, Seen] = field(default_factory=dict)
    seen: deque[tuple[str, Seen]] = field(default_factory=lambda: deque(maxlen=200_000))
    longest_s: float = 0.0  # between two messages

    def __post_init__(self) -> None:
        self._link = connect(self.station.data, program="test", clock=MachineClock())
        self._heard = time.monotonic()

    def close(self) -> None:
        """Hang up."""
        self._link.close()

    def __enter__(self) -> Window:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def listen(self, seconds: float) -> None:
        """Take in what comes for so long."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._take(min(0.1, left))

    def until(self, wanted: Callable[[], bool], within_s: float = PATIENCE_S) -> float:
        """Seconds until `wanted()` holds; fails the test when it does not in time."""
        start = time.monotonic()
        while not wanted():
            passed = time.monotonic() - start
            words = {name: (seen.word, seen.value) for name, seen in self.now.items()}
            assert passed < within_s, f"not within {within_s:g} s: {words} {self._state()}"
            self._take(0.05)
        return time.monotonic() - start

    def until_word(self, word: str, name: str = "line.count", within_s: float = PATIENCE_S) -> float:
        """Seconds until a tag is shown so."""
        return self.until(lambda: name in self.now and self.now[name].word == word, within_s)

    def until_moving(self, name: str = "line.count", within_s: float = PATIENCE_S) -> float:
        """Seconds until a tag changes and is good."""
        self._catch_up()
        begun = time.monotonic()

        def moved() -> bool:
            late = itertools.takewhile(lambda row: row[1].at >= begun, reversed(self.seen))
            return len({seen.value for one, seen in late if one == name and seen.word == "good"}) > 1

        return self.until(moved, within_s)

    def rows(self, name: str) -> list[Seen]:
        """Everything of a tag that came."""
        return [seen for one, seen in self.seen if one == name]

    def last_good(self, name: str = "line.count") -> float:
        """When a live good value of a tag last came (monotonic seconds)."""
        return max(seen.at for one, seen in self.seen if one == name and seen.word == "good")

    def _state(self) -> list[str]:
        try:
            return [
                f"{row['id']} {row['state']}: {row['reason']}" for row in self.station.json("status")["connections"]
            ]
        except (AssertionError, ValueError):
            return ["no engine"]

    def _catch_up(self) -> None:
        """Take in what came while nobody listened, a command's answer was waited for: it says nothing of now."""
        while self._take(0.0):
            pass

    def _take(self, seconds: float) -> bool:
        """Whether anything came."""
        try:
            messages = self._link.wait(seconds)
        except LinkError:
            time.sleep(seconds)
            return False
        now = time.monotonic()
        if messages:
            self.longest_s = max(self.longest_s, now - self._heard)
            self._heard = now
        for message in messages:
            if not isinstance(message, Values):
                continue
            batch = message.batch()
            for row in batch.rows:
                text = batch.texts[int(row["raw"])] if row["flags"] & FLAG_TEXT else None
                seen = Seen(
                    now,
                    float(row["value"]),
                    int(row["raw"]),
                    int(row["quality"]),
                    int(row["flags"]),
                    int(row["time"]),
                    text,
                )
                name = self.station.names[int(row["tag"])]
                self.now[name] = seen
                self.seen.append((name, seen))
        return bool(messages)


@dataclass(frozen=True)
class Load:
    """What a process holds of the machine."""

    threads: int
    files: int
    mib: float

    @classmethod
    def of(cls, pid: int) -> Load:
        """As Linux counts it now."""
        words = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
        return cls(int(words["Threads"]), files, int(words["VmRSS"].split()[0]) / 1024)


def live_rows(samples: Samples) -> np.ndarray:
    """Which stored rows came from the device, rather than being marks of this station."""
    return (samples.flags & (FLAG_NOT_LIVE | FLAG_AGAIN)) == 0
