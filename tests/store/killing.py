"""A store that records in a process of its own, is killed again and again, and is called to account each time."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import numpy as np

from hmi.store.day import newest_marks
from hmi.store.folder import JOURNAL, day_files, hot_files
from hmi.store.query import Reader
from tests.store.power import Disk
from tests.store.truth import LATEST, Findings, copied, damaged, kept, now_of, told

ROOT = Path(__file__).parents[2]
LONG_S = 60


class Nest:
    """The process that forks stores; they start at once because it has loaded everything."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.store.victim"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def start(self, **order: Any) -> int:
        """A store that records from now on; its process number."""
        return int(self._ask(order))

    def kill(self, process: int) -> int:
        """Kill it, as hard as the system can; how it ended."""
        os.kill(process, signal.SIGKILL)
        return int(self._ask({"reap": True}))

    def freeze(self, process: int) -> None:
        """Stop it with nothing under way: a thread that waits for the disk stops when that has answered."""
        os.kill(process, signal.SIGSTOP)
        deadline = time.monotonic() + LONG_S
        while any(_state(task) != "T" for task in Path(f"/proc/{process}/task").iterdir()):
            assert time.monotonic() < deadline, "it does not stop"
            time.sleep(0.001)

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(LONG_S)
        self._process.stdout.close()

    def _ask(self, order: dict[str, Any]) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the process that forks stores is gone"
        return answer


class Acknowledged:
    """What the file outside the folder says."""

    def __init__(self, path: Path) -> None:
        self.sent = -1
        self.stored: set[int] = set()
        self.records: dict[int, int] = {}  # number of the record -> of the batch
        self.opens: list[float] = []
        self.troubles: list[str] = []
        self._path = path
        self._read = 0

    def look(self, *, owed: bool = True) -> int:
        """Read on; gives how many batches were sent so far. Not `owed`: what was said after the power was cut."""
        text = b""
        if self._path.exists():
            with self._path.open("rb") as file:
                file.seek(self._read)
                text = file.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in whole.decode().splitlines():
            kind, rest = line.split(" ", 1)
            if owed or kind not in ("stored", "record"):
                self._take(kind, rest)
        return self.sent

    def _take(self, kind: str, rest: str) -> None:
        if kind == "sent":
            self.sent = int(rest)
        elif kind == "stored":
            self.stored.update(map(int, rest.split()))
        elif kind == "record":
            number, batch = map(int, rest.split())
            assert number not in self.records, "one number for two records"
            self.records[number] = batch
        elif kind == "open":
            self.opens.append(float(rest))
        else:
            self.troubles.append(rest)


class Shell:
    """Another program with cursors on the journal and on what is not sealed, of which it lets go some time later."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._held: dict[Path, sqlite3.Connection] = {}

    def look(self, folder: Path) -> None:
        """Hold what is not held yet."""
        for path in [*hot_files(folder), folder / JOURNAL]:
            if path not in self._held and self._chance.random() < 0.7:
                with suppress(sqlite3.Error):
                    shell = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
                    shell.execute("BEGIN")
                    self._held[path] = shell
                    shell.execute("SELECT count(*) FROM sqlite_master").fetchone()

    def let_go(self, share: float) -> None:
        """Of some."""
        for path in [path for path in self._held if self._chance.random() < share]:
            self._held.pop(path).close()


class Trial:
    """One folder, through as many deaths as wanted."""

    def __init__(self, place: Path, folder: Path, seed: int, count: int, most: int = 40, **options: Any) -> None:
        """`place` is outside the folder."""
        self.folder, self.seed, self.count = folder, seed, count
        self.acknowledged = Acknowledged(place / "acks")
        self.caught: Counter[str] = Counter()
        self.kills = self.lost = self.doubles = self.damage = self.checked = self.records = 0
        self.nest = Nest()
        self.chance = random.Random(seed)
        self.shell = Shell(self.chance) if "log_held" in options else None
        self._place = place
        self._options = options
        self._most = most  # batches that a store may record before it dies

    def start(self) -> int:
        """Go on recording where the one before left off; gives its process."""
        first = self.acknowledged.look() + 1
        return self.nest.start(
            folder=str(self.folder),
            acks=str(self._place / "acks"),
            log=str(self._place / "log"),
            seed=self.seed,
            first=first,
            tags=self.count,
            **self._options,
        )

    def wait(self) -> None:
        """Until a moment that is a good one to die at: mostly in full work, sometimes while it starts."""
        before = self.acknowledged.sent
        if self.chance.random() < 0.15:
            time.sleep(self.chance.random() * 0.15)
            return
        wanted = before + self.chance.randint(1, self._most)
        deadline = time.monotonic() + LONG_S
        while self.acknowledged.look() < wanted:
            assert time.monotonic() < deadline, f"it does not get on: {self.log()}"
            time.sleep(0.002)
            if self.shell is not None:
                self.shell.look(self.folder)
        time.sleep(self.chance.random() * 0.03)

    def kill_once(self) -> None:
        """One life and death, and the account."""
        before = self.acknowledged.look()
        opens = len(self.acknowledged.opens)
        process = self.start()
        self.wait()
        ended = self.nest.kill(process)
        assert ended == signal.SIGKILL, f"it ended by itself ({ended}): {self.log()}"
        self.kills += 1
        self.acknowledged.look()
        self.caught["while it opened"] += len(self.acknowledged.opens) == opens
        self.account(before)
        if self.shell is not None:
            self.shell.let_go(0.6)

    def account(self, since: int) -> None:
        """Compare what is there with what was acknowledged, from some batch on, on a copy."""
        if not self.folder.exists():  # it died before the disk had anything of it
            assert not self.acknowledged.stored
            assert not self.acknowledged.records
            return
        copy = copied(self.folder, self._place / "copy")
        try:
            self._note_where_it_died(copy)
            with closing(Reader(copy)) as reader:
                self._expect_samples(reader, since)
                self._expect_records(reader)
            faults = damaged(copy, newest=2)
            self.damage += len(faults)
            assert not faults, faults
        finally:
            shutil.rmtree(copy)
        expected = ("keeps reading", "recording goes on in")  # beside a cursor that is held
        told = "\n".join(line for line in self.log().splitlines() if not any(words in line for words in expected))
        assert not told, told

    def account_for_all(self) -> None:
        """The same of everything there is, closed days included."""
        with closing(Reader(self.folder)) as reader:
            self._expect_samples(reader, -1)
        faults = damaged(self.folder)
        self.damage += len(faults)
        assert not faults, faults

    def _expect_samples(self, reader: Reader, since: int) -> None:
        acknowledged = self.acknowledged
        first = max(0, since - 60)
        from_ns = now_of(first)
        sent = told(self.seed, range(first, acknowledged.sent + 1 + LATEST // (600 * 10**9)), self.count)
        sent = sent[sent["at"] >= from_ns]
        owed = np.isin(sent["number"], list(acknowledged.stored))
        findings = Findings(kept(reader, self.count, from_ns), sent, owed)
        self.lost += findings.lost
        self.doubles += findings.doubles
        self.checked += findings.checked
        assert findings.is_well, str(findings)
        assert not findings.there[sent["number"] > acknowledged.sent].any(), "a batch that was never sent is there"

    def _expect_records(self, reader: Reader) -> None:
        found = dict(reader.journal(limit=10**7))
        missing = {number for number, batch in self.acknowledged.records.items() if number not in found}
        self.lost += len(missing)
        assert not missing, f"records {sorted(missing)[:9]} were acknowledged and are gone"
        values = Counter(record.value for record in found.values() if record.category == "alarm")
        twice = [value for value, times in values.items() if times > 1]
        self.doubles += len(twice)
        assert not twice, f"records of batches {twice[:9]} are there twice"
        assert all(found[number].value == batch for number, batch in self.acknowledged.records.items())
        if found:
            assert reader.verify_journal()[:2] == (True, len(found))
        self.records = len(self.acknowledged.records)

    def _note_where_it_died(self, copy: Path) -> None:
        marks = newest_marks(copy)
        rows = []
        for hot in hot_files(copy):
            with closing(sqlite3.connect(hot)) as file:
                rows += file.execute("SELECT seq, hour FROM second").fetchall()
        sealed = any(hour <= mark.hour and seq <= mark.seq for seq, hour in rows for mark in marks)
        self.caught["between a seal and the deleting of what it sealed"] += sealed
        if self.shell is not None:
            self.caught["with a log that was left"] += len(hot_files(copy)) > 1
        days = list(day_files(copy).values())
        logs = [path.with_name(path.name + "-wal") for path in days]
        self.caught["in a seal"] += any(log.exists() and log.stat().st_size for log in logs)
        open_days = [path for path in days if path.stat().st_mode & 0o200]
        self.caught["in a change of days"] += len(open_days) > 1 or bool(days and not open_days)

    def log(self) -> str:
        """What the stores complained of, the last lines of it."""
        path = self._place / "log"
        lines = path.read_text("utf-8", "replace").splitlines(keepends=True) if path.exists() else []
        return "".join(lines[-40:])

    def figures(self) -> dict[str, object]:
        """What there is to report."""
        opens = self.acknowledged.opens
        return {
            "kills": self.kills,
            "lost": self.lost,
            "doubles": self.doubles,
            "damaged files": self.damage,
            "rows compared": self.checked,
            "records acknowledged": self.records,
            "open after a kill, median s": round(statistics.median(opens), 3),
            "open after a kill, longest s": round(max(opens), 3),
            "caught": dict(self.caught),
        }

    def close(self) -> None:
        """End its processes."""
        if self.shell is not None:
            self.shell.let_go(1)
        self.nest.close()


def _state(task: Path) -> str:
    """What the system says of a thread: T is stopped."""
    return (task / "stat").read_text().rpartition(")")[2].split()[0]


class PowerTrial(Trial):
    """The same on a disk whose power is cut before the store is killed."""

    def __init__(self, place: Path, disk: Disk, **options: Any) -> None:
        disk.on()
        super().__init__(place, disk.root / "data", **options)
        self._disk = disk

    def cut_once(self) -> None:
        """One life, the power cut, and the account after it is back.

        One time the store is stopped first, with nothing under way: all that it ever said is owed. The other time the
        cut comes amid its writes. What it says from then on is not owed: this kernel lets an fsync that is under way
        while the disk is shut down return as if all were well (of 49 that did, 17 had brought nothing to the disk).
        """
        before = self.acknowledged.look()
        opens = len(self.acknowledged.opens)
        process = self.start()
        self.wait()
        if stopped := self.chance.random() < 0.5:
            self.nest.freeze(process)
        self.caught["with all that was said owed"] += stopped
        self.acknowledged.look()
        self._disk.cut()
        self.nest.kill(process)
        self.acknowledged.look(owed=False)
        self.kills += 1
        if self.shell is not None:
            self.shell.let_go(1)
        self._disk.off()
        self._disk.on()
        (self._place / "log").unlink(missing_ok=True)  # of a disk that is gone it may complain
        self.acknowledged.look()
        self.caught["while it opened"] += len(self.acknowledged.opens) == opens
        self.account(before)

    def close(self) -> None:
        """End its processes and take the disk away."""
        super().close()
        self._disk.off()
