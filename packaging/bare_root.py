"""A bare Debian in a folder, and what is done and seen in it: programs, accounts, a display from outside."""

from __future__ import annotations

import hashlib
import json
import os
import re
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from trial import Expected, Log, Step, expect

MIRROR = "http://deb.debian.org/debian"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
STARTS_WITHIN_S = 90.0
KEPT = ("pki", "secrets", "attachments", "people.db")  # of a data folder: what no upgrade changes a byte of


class Child:
    """A program that goes on while others are started."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    def ended(self, seconds: float) -> bool:
        """Whether it ends within so long, by itself."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self) -> None:
        """End it in order."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            if not self.ended(30):
                self.process.kill()
                self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


class BareRoot:
    """A copy of the bare root, with /proc, a display, and everything ended and unmounted when it is left."""

    def __init__(self, work: Path, suite: str, folder: Path, log: Log) -> None:
        self._work, self._suite, self._folder, self._log = work, suite, folder, log
        self._after = ExitStack()

    def __enter__(self) -> BareRoot:
        archive = self._work / f"debian-{self._suite}.tar"
        if not archive.exists():
            self._fetch(archive)
        self._folder.mkdir(parents=True)
        subprocess.run(["tar", "-xf", archive, "-C", self._folder], check=True)
        self._after.callback(shutil.rmtree, self._folder, ignore_errors=True)
        for kind, place in (("proc", "proc"), ("tmpfs", "dev/shm")):
            (self._folder / place).mkdir(exist_ok=True)
            self._mount("-t", kind, kind, place)
        self._display()
        return self

    def __exit__(self, *_: object) -> None:
        self._after.close()

    def _fetch(self, archive: Path) -> None:
        if shutil.which("debootstrap") is None:
            raise Expected("debootstrap is not installed: apt-get install debootstrap")
        made = self._work / f"debian-{self._suite}"
        shutil.rmtree(made, ignore_errors=True)
        with self._log.step(f"Fetch Debian {self._suite}: once"):
            subprocess.run(
                ["debootstrap", "--variant=minbase", self._suite, made, MIRROR], check=True, stdout=subprocess.DEVNULL
            )
        draft = archive.with_suffix(".partial")
        subprocess.run(["tar", "-cf", draft, "-C", made, "."], check=True)
        draft.rename(archive)
        shutil.rmtree(made)

    def _mount(self, *words: str) -> None:
        *how, place = words
        subprocess.run(["mount", *how, self._folder / place], check=True)
        self._after.callback(subprocess.run, ["umount", "--lazy", self._folder / place], check=False)

    def _display(self) -> None:
        """A display of the computer outside, if it can have one: the bare root has no X server."""
        self.display = ""
        if shutil.which("Xvfb") is None:
            return
        place = Path("/tmp/.X11-unix")  # noqa: S108 - where X has its sockets
        place.mkdir(mode=0o1777, exist_ok=True)
        reads, writes = os.pipe()
        command = ["Xvfb", "-displayfd", str(writes), "-screen", "0", "1280x800x24", "-ac", "-nolisten", "tcp"]
        child = Child(subprocess.Popen(command, pass_fds=[writes], stderr=subprocess.DEVNULL))
        self._after.callback(child.stop)
        os.close(writes)
        with os.fdopen(reads) as told:
            self.display = f":{told.readline().strip()}"
        (self._folder / "tmp/.X11-unix").mkdir(mode=0o1777)
        self._mount("--bind", str(place), "tmp/.X11-unix")

    # ------------------------------------------------------------------------------------------- files

    def path(self, inside: str) -> Path:
        """A file of the bare root, as it is called outside."""
        return self._folder / inside.lstrip("/")

    def readlink(self, inside: str) -> str:
        """Where a link leads."""
        return os.fspath(self.path(inside).readlink())

    def write(self, inside: str, text: str) -> None:
        """Change a file as an administrator would."""
        self.path(inside).write_text(text, "utf-8")

    def size(self, inside: str) -> int:
        """Bytes on the disk, of files with several names once."""
        found = subprocess.run(
            ["du", "-s", "--block-size=1", self.path(inside)], capture_output=True, text=True, check=True
        )
        return int(found.stdout.split()[0])

    def kept(self, data: str) -> dict[str, str]:
        """Hashes of certificates, keys, attachments and accounts, by their name."""
        top = self.path(data)
        paths = [path for name in KEPT for path in (top / name, *(top / name).rglob("*")) if path.is_file()]
        return {path.relative_to(top).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}

    def person(self, name: str) -> str:
        """An account as people have it; returns its home."""
        self.run("useradd", "--create-home", name)
        return f"/home/{name}"

    # ---------------------------------------------------------------------------------------- programs

    def run(self, *command: object, user: str = "", may_fail: bool = False) -> subprocess.CompletedProcess[str]:
        """Run a program in the bare root to its end."""
        done = subprocess.run(self._chroot(user, command), env=self._environment(user), check=False, **_TEXT)
        if done.returncode != 0 and not may_fail:
            told = (done.stderr or done.stdout).strip()[-800:]
            raise Expected(f"{' '.join(map(str, command))} ended with {done.returncode}: {told}")
        return done

    def follow(self, environment: dict[str, str], *command: object) -> None:
        """Run a program in the bare root, however long it takes; what it says is seen at once."""
        words = self._chroot("", command)
        done = subprocess.run(words, env={**self._environment(""), **environment}, check=False)
        if done.returncode != 0:
            raise Expected(f"{' '.join(map(str, command))} ended with {done.returncode}: see above")

    def dpkg(self, word: str, what: Path | str) -> str:
        """Install, remove or purge; returns what it and the package say."""
        if isinstance(what, Path):
            target = self._folder / "root" / what.name
            shutil.copyfile(what, target)
            done = self.run("dpkg", word, f"/root/{what.name}")
            target.unlink()
        else:
            done = self.run("dpkg", word, what)
        return done.stdout + done.stderr

    def script(self, file: Path, user: str, *words: str) -> str:
        """Run a .run as a person."""
        target = self._folder / "home" / user / file.name
        shutil.copyfile(file, target)
        done = self.run("sh", f"/home/{user}/{file.name}", "--", *words, user=user)
        target.unlink()
        return done.stdout + done.stderr

    @contextmanager
    def plant(self, folder: str, user: str = "nobody") -> Iterator[None]:
        """The simulated controllers of the plant, from the installation itself, until left."""
        with self._started(user, f"{folder}/../app/hmi", "sim", folder):
            yield

    @contextmanager
    def engine(self, version: str, data: str, user: str) -> Iterator[Child]:
        """The engine as its service starts it: by that line, as that account, until left."""
        unit = self.path(f"/usr/lib/systemd/system/{Path(data).name}.service")
        words = [f"{version}/app/hmi", "engine", f"{version}/plant", "--data", data]
        if unit.exists() and user != "anna":
            found = re.search(r"^ExecStart=(.+)$", unit.read_text(), re.MULTILINE)
            expect(found is not None and found[1].split() == words, "the service starts something else")
        with self._started(user, *words) as child:
            yield child

    @contextmanager
    def _started(self, user: str, *command: str) -> Iterator[Child]:
        error = self._folder / "tmp" / f"{user}-{command[1]}.log"
        with error.open("wb") as log:
            process = subprocess.Popen(
                self._chroot(user, command), env=self._environment(user), stdout=subprocess.PIPE, stderr=log
            )
        child = Child(process)
        try:
            line = _line(process, STARTS_WITHIN_S)
            expect(line.startswith("ready"), f"{command[1]} said {line!r}: {error.read_text()[-800:]}")
            yield child
        finally:
            child.stop()

    def stop_engine(self, data: str) -> None:
        """End the engine of a data folder, whoever has started it."""
        link = self.path(f"{data}/link.json")
        if not link.exists():
            return
        os.kill(int(json.loads(link.read_text())["pid"]), signal.SIGTERM)
        until = time.monotonic() + 30
        while link.exists() and time.monotonic() < until:
            time.sleep(0.1)
        expect(not link.exists(), "the engine did not end")

    def settle(self, data: str) -> None:
        """Let values be stored: the hot file of history is written every second."""
        hot, until = self.path(f"{data}/hot.db"), time.monotonic() + 30
        written = [path.stat().st_size for path in hot.parent.glob("hot*")]
        while time.monotonic() < until:
            time.sleep(0.5)
            now = [path.stat().st_size for path in hot.parent.glob("hot*")]
            if sum(now) > sum(written) + 50_000:
                return
        raise Expected("no values were stored within 30 s")

    def values(self, hmi: str, data: str, tag: str, user: str) -> list[str]:
        """The stored values of a tag, one a line."""
        said = self.run(hmi, "history", tag, "--raw", "--from", "-1h", "--data", data, user=user).stdout
        return said.splitlines()[1:]

    def journal(self, hmi: str, data: str, user: str) -> set[str]:
        """The records of the journal, and the proof that its chain is unbroken."""
        proof = self.run(hmi, "journal", "verify", "--data", data, user=user)
        expect(proof.returncode == 0, proof.stdout + proof.stderr)
        said = self.run(hmi, "journal", "--json", "--limit", "100000", "--data", data, user=user).stdout
        return {json.dumps(row, sort_keys=True) for row in json.loads(said)["records"]}

    def window(self, command: list[str], log: Log, user: str) -> None:
        """The window of a running engine, on a display and without one: it is shown, and stays until it is told."""
        for platform in ("xcb", "offscreen") if self.display else ("offscreen",):
            with log.step(f"The window, {'on Xvfb' if platform == 'xcb' else 'without a display'}") as step:
                self._window(command, platform, user, step)

    def _window(self, words: list[str], platform: str, user: str, step: Step) -> None:
        environment = {**self._environment(user), "QT_QPA_PLATFORM": platform, "DISPLAY": self.display}
        said = self._folder / "tmp" / f"window-{platform}.log"
        began = time.monotonic()
        with said.open("wb") as log:
            child = Child(subprocess.Popen(self._chroot(user, words), env=environment, stderr=log))
        try:
            if platform == "xcb":
                step.note(f"shown after {self._shown(child.process, began):.2f} s")
            if child.ended(5):
                raise Expected(f"the window ended by itself: {said.read_text()[-800:]}")
        finally:
            child.stop()

    def _shown(self, process: subprocess.Popen[bytes], began: float) -> float:
        """When a window stood on the display, in s since `began`."""
        while time.monotonic() - began < STARTS_WITHIN_S and process.poll() is None:
            told = subprocess.run(["xwininfo", "-root", "-tree", "-display", self.display], check=False, **_TEXT).stdout
            if re.search(r"\d{3,}x\d{3,}\+", "\n".join(told.split("children")[1:])):
                return time.monotonic() - began
            time.sleep(0.02)
        raise Expected("no window was shown")

    def _chroot(self, user: str, command: tuple[object, ...] | list[str]) -> list[str]:
        account = ["setpriv", f"--reuid={user}", f"--regid={self._group(user)}", "--init-groups"] if user else []
        return ["chroot", str(self._folder), *account, *map(str, command)]

    def _group(self, user: str) -> str:
        return "nogroup" if user == "nobody" else user

    def _environment(self, user: str) -> dict[str, str]:
        home = f"/home/{user}" if user == "anna" else "/root" if not user else "/nonexistent"
        return {
            "PATH": PATH,
            "HOME": home,
            "LANG": "C.UTF-8",
            "DEBIAN_FRONTEND": "noninteractive",
            "USER": user or "root",
        }


_TEXT: dict[str, Any] = {"capture_output": True, "text": True, "timeout": 600}


def _line(process: subprocess.Popen[bytes], seconds: float) -> str:
    """The first line that a program says."""
    out, said, until = process.stdout, b"", time.monotonic() + seconds
    assert out is not None
    while not said.endswith(b"\n"):
        readable, _, _ = select.select([out], [], [], max(0.0, until - time.monotonic()))
        byte = os.read(out.fileno(), 1) if readable else b""
        if not byte:
            break
        said += byte
    return said.decode(errors="replace").strip()
