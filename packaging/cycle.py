"""The life of an installation, tried for true: Debian with nothing but its base, in a folder of this computer.

    python packaging/cycle.py --base dist/base-linux --manual resources/manual/installing.md

Installs the demo plant, starts engine and window, upgrades, rolls back, damages, removes and purges, and compares what
a plant must never lose. As root, for it changes the root of what it starts; the first time it fetches Debian
(debootstrap), afterwards it works without a network. Ends with 1 at the first thing that is not as it has to be.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import cycle_apt
from bare_root import BareRoot
from trial import Expected, Log, expect

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "resources" / "plants" / "bottling"
SLUG, OLD, NEW = "hmi-bottling", "+1", "+2"
TOP, DATA, BACKUPS = f"/opt/{SLUG}", f"/var/lib/{SLUG}", f"/var/backups/{SLUG}"
HMI = f"/usr/bin/{SLUG}"
SECTION, FIGURES = "## A whole life, tried\n", "In a bare Debian"
TAG = "line1.filler.tank.level"


def main(argv: list[str] | None = None) -> int:
    """Go through the whole cycle; 0 when all was as it has to be."""
    options = _parser().parse_args(argv)
    if os.geteuid() != 0:
        print("cycle: it needs root, to change the root of what it starts: sudo make cycle", file=sys.stderr)
        return 2
    options.base = options.base.resolve()
    with tempfile.TemporaryDirectory(prefix="cycle-", dir=options.work) as scratch:
        work = Path(scratch)
        log = Log(options.suite)
        try:
            files = _installers(options.base, work, log)
            with BareRoot(options.work, options.suite, work / "root", log) as root:
                _debian(root, files, log)
                _without_root(root, files, log)
        except Expected as error:
            print(f"cycle: {error}", file=sys.stderr)
            return 1
        finally:
            print(log.text())
        if options.manual:
            into_manual(options.manual, log.text())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="cycle.py", description=__doc__.partition("\n")[0])
    parser.add_argument("--base", type=Path, default=ROOT / "dist" / "base-linux")
    parser.add_argument("--work", type=Path, default=ROOT / "build", help="where the bare root is kept")
    parser.add_argument("--suite", default="bookworm", help="of Debian: bookworm, trixie")
    parser.add_argument("--manual", type=Path, metavar="FILE.md", help="write what was seen into this chapter, too")
    return parser


def into_manual(chapter: Path, seen: str) -> None:
    """Put what was seen into the section of the manual that tells of it, in the place of the last time's."""
    before, title, rest = chapter.read_text("utf-8").partition(SECTION)
    expect(bool(title), f"{chapter} has no section {SECTION.strip()}")
    words, _, after = rest.lstrip("\n").partition("\n## ")
    chapter.write_text(f"{before}{title}\n{words.partition(FIGURES)[0].strip()}\n\n{seen}\n## {after}", "utf-8")


def _installers(base: Path, work: Path, log: Log) -> dict[str, Path]:
    """The demo plant in three versions, by kind and number: deb1, run2, and tar3 for the stick; all signed."""
    found: dict[str, Path] = {}
    key = work / "plant.key"
    subprocess.run([base / "hmi", "plant", "key", key], check=True, capture_output=True)
    for number, kinds in ((1, ("deb", "run")), (2, ("deb", "run")), (3, ("tar",))):
        plant = work / f"plant{number}"
        shutil.copytree(DEMO, plant)
        file = plant / "plant.toml"
        head = file.read_text("utf-8").replace('id = "bottling"', f'id = "bottling"\nversion = {number}', 1)
        file.write_text(head, "utf-8")
        words = [f"--plant={plant}", f"--base={base}", f"--out={work}", f"--target={','.join(kinds)}", f"--sign={key}"]
        with log.step(f"Build version {number}: {' and '.join(kinds)}") as step:
            done = subprocess.run(
                [sys.executable, ROOT / "packaging" / "build.py", *words], capture_output=True, text=True, check=False
            )
            expect(done.returncode == 0, done.stderr.strip())
            for kind in kinds:
                (found[f"{kind}{number}"],) = work.glob(f"*+{number}[-_]*.{'tar.zst' if kind == 'tar' else kind}")
                step.note(f"{kind} {found[f'{kind}{number}'].stat().st_size / 1e6:.1f} MB")
    return found


@dataclass(frozen=True)
class Records:
    """What a plant must never lose."""

    files: dict[str, str]  # certificates, keys, accounts -> hash
    journal: set[str]
    values: list[str]

    def expect_kept(self, now: Records) -> None:
        """All of it is there still; more may have come."""
        lost = [name for name, digest in self.files.items() if now.files.get(name) != digest]
        expect(not lost, f"changed or gone: {', '.join(lost)}")
        expect(self.journal <= now.journal, f"{len(self.journal - now.journal)} records of the journal are gone")
        expect(set(self.values) <= set(now.values), "stored values are gone")


def _records(root: BareRoot, hmi: str, data: str, user: str) -> Records:
    return Records(root.kept(data), root.journal(hmi, data, user), root.values(hmi, data, TAG, user))


# --------------------------------------------------------------------------------------------------- Debian


def _debian(root: BareRoot, files: dict[str, Path], log: Log) -> None:
    with log.step("Install the .deb: no other package is there, no network is used") as step:
        root.dpkg("--install", files["deb1"])
        expect(_current(root).endswith(OLD), f"current is {_current(root)}")
        step.note(f"{TOP}/current → {_current(root)}; {root.size(TOP) / 1e6:.0f} MB on the disk")
    with log.step("`hmi about --verify`"):
        expect("Every file is as it was made" in root.run(HMI, "about", "--verify").stdout, "hmi about --verify")
    with root.plant(f"{TOP}/current/plant"):
        with log.step("Engine: by the line in its service, as its own account; it stores values") as step:
            with root.engine(f"{TOP}/current", DATA, SLUG):
                root.settle(DATA)
                for_people(root, log)
            before = _records(root, HMI, DATA, SLUG)
            step.note(f"{len(before.values)} values of {TAG}, {len(before.journal)} records in the journal")
        root.write(f"/etc/{SLUG}/site.toml", "# of this station\n")
        _upgrade(root, files["deb2"], log)
        before = _same_records(root, before, log, NEW)
        with log.step("Roll back: the older package over the newer one"):
            root.dpkg("--install", files["deb1"])
        before = _same_records(root, before, log, OLD)
        with cycle_apt.keys(files["deb1"].parent):
            cycle_apt.upgraded(root, SLUG, files["deb1"], files["deb2"], log)
        before = _same_records(root, before, log, NEW)
        cycle_apt.back(root, SLUG, _current(root).rpartition("/")[2].replace(NEW, OLD), log)
        before = _same_records(root, before, log, OLD)
    _tampered(root, log)
    _removed(root, log)


def for_people(root: BareRoot, log: Log) -> None:
    """Windows of somebody else's account: in the service's group it may, without it, it is told why not."""
    home = root.person("anna")
    with log.step("A person who is not in the service's group is told so") as step:
        told = root.run(HMI, "status", user="anna", may_fail=True)
        expect(told.returncode == 1 and "usermod -aG" in told.stderr, f"it said {told.stderr or told.stdout}")
        step.note(told.stderr.strip())
    root.run("usermod", "--append", "--groups", SLUG, "anna")
    with log.step("In the group: `hmi status`"):
        expect("bottling" in root.run(HMI, "status", user="anna").stdout.lower(), "hmi status")
    root.window([HMI, "run"], log, user="anna")
    expect(root.path(f"{home}/.cache").exists(), "nothing was remembered")


def _upgrade(root: BareRoot, file: Path, log: Log) -> None:
    with log.step("Upgrade while the engine runs: records backed up first, then the engine is stopped") as step:
        with root.engine(f"{TOP}/current", DATA, SLUG) as engine:
            said = root.dpkg("--install", file)
            expect(engine.ended(30), "the engine of the old version was not stopped")
        (line,) = [row for row in said.splitlines() if "were backed up" in row]
        step.note(line)


def _current(root: BareRoot) -> str:
    return root.readlink(f"{TOP}/current")


def _same_records(root: BareRoot, before: Records, log: Log, version: str) -> Records:
    """The version runs, and nothing is lost; gives back what there is now."""
    with log.step(f"Version {version[1:]} goes on with the same records, certificates and settings") as step:
        expect(_current(root).endswith(version), f"current is {_current(root)}")
        expect("of this station" in root.path(f"/etc/{SLUG}/site.toml").read_text(), "site.toml was written over")
        older = root.readlink(f"{TOP}/previous")
        expect(root.path(f"{TOP}/{older}/app/hmi").is_file(), "the version before was not kept")
        with root.engine(f"{TOP}/current", DATA, SLUG):
            root.settle(DATA)
        now = _records(root, HMI, DATA, SLUG)
        before.expect_kept(now)
        backups = sorted(path.name for path in root.path(BACKUPS).iterdir())
        expect(bool(backups), "there is no backup")
        more = (
            f"{len(now.values) - len(before.values)} values and {len(now.journal) - len(before.journal)} records more"
        )
        step.note(f"{more}; the chain is unbroken; {older} is kept; backups: {', '.join(backups)}")
    return now


def _tampered(root: BareRoot, log: Log) -> None:
    for name in ("app/_internal/libQt6Core.so.6", "plant/tags.csv"):
        path = root.path(f"{TOP}/{_current(root)}/{name}").resolve()
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        with log.step(f"One byte of {name} is changed: nothing starts, and the file is named") as step:
            path.write_bytes(data)
            told = root.run(
                f"{TOP}/current/app/hmi", "engine", f"{TOP}/current/plant", "--data", DATA, user=SLUG, may_fail=True
            )
            expect(told.returncode == 1 and path.name in told.stderr, f"it said: {told.stderr.strip()[-300:]}")
            found = root.run("dpkg", "--verify", SLUG, may_fail=True).stdout
            expect(path.name in found, f"dpkg -V said: {found}")
            step.note(told.stderr.strip().splitlines()[-1])
        data[len(data) // 2] ^= 1
        path.write_bytes(data)


def _removed(root: BareRoot, log: Log) -> None:
    for word, what in (("--remove", "Remove"), ("--purge", "Purge")):
        with log.step(f"{what}: the program goes, the records stay") as step:
            said = root.dpkg(word, SLUG)
            expect(not root.path(TOP).exists(), f"{TOP} is still there")
            expect(all(root.path(f"{DATA}/{name}").exists() for name in ("journal.db", "pki")), "records are gone")
            expect(any(root.path(BACKUPS).iterdir()), "backups are gone")
            step.note(" ".join(row for row in said.splitlines() if row.startswith(SLUG)))


# ---------------------------------------------------------------------------------------------- without root


def _without_root(root: BareRoot, files: dict[str, Path], log: Log) -> None:
    """The same by a person who is not root: .run."""
    home = "/home/anna"
    top, data, hmi = f"{home}/.local/opt/{SLUG}", f"{home}/.local/share/{SLUG}", f"{home}/.local/bin/{SLUG}"
    with log.step("Install the .run as a person without rights of root") as step:
        root.script(files["run1"], "anna")
        expect(root.readlink(f"{top}/current").endswith(OLD), "current")
        step.note(f"{root.size(top) / 1e6:.0f} MB in {top}")
    with root.plant(f"{top}/current/plant", "anna"):
        with log.step("Engine and window, as that person"), root.engine(f"{top}/current", data, "anna"):
            root.settle(data)
            root.window([hmi, "run"], log, user="anna")
        before = _records(root, hmi, data, "anna")
        with log.step("Upgrade: the version before is kept, a backup is made") as step:
            said = root.script(files["run2"], "anna")
            expect(root.readlink(f"{top}/current").endswith(NEW), "current")
            expect(root.readlink(f"{top}/previous").endswith(OLD), "previous")
            expect("backed up" in said, "no backup was made")
            before.expect_kept(_records(root, hmi, data, "anna"))
            step.note(said.strip().splitlines()[-1])
        with log.step("Roll back: the links are turned"):
            root.script(files["run2"], "anna", "--roll-back")
            expect(root.readlink(f"{top}/current").endswith(OLD), "current")
            before.expect_kept(_records(root, hmi, data, "anna"))
        _updated(root, files["tar3"], log, top, data, before)
    with log.step("Remove: the records stay"):
        root.script(files["run2"], "anna", "--remove")
        left = sorted(path.name for path in root.path(top).glob("*"))
        expect(not root.path(top).exists(), f"of the program there is left: {', '.join(left)}")
        expect(root.path(f"{data}/journal.db").exists(), "records are gone")


def _updated(root: BareRoot, file: Path, log: Log, top: str, data: str, before: Records) -> None:
    """`hmi update` from a stick: tried on a copy of the records first, and another's program is refused."""
    stick = root.path("/media/stick")
    stick.mkdir(parents=True)
    hmi = f"/home/anna/.local/bin/{SLUG}"
    for one in (file, file.with_name(f"{file.name}.minisig")):
        shutil.copyfile(one, stick / one.name)
    target = stick / file.name
    good = target.read_bytes()
    target.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    with log.step("`hmi update` from a stick with one byte changed: refused") as step:
        told = root.run(hmi, "update", "/media/stick", "--yes", user="anna", may_fail=True)
        expect(told.returncode == 1, told.stdout)
        expect(root.readlink(f"{top}/current").endswith(OLD), "current")
        step.note(told.stderr.strip().splitlines()[-1])
    target.write_bytes(good)
    with log.step(
        "`hmi update` from a stick: proven, tried on a copy of the records, backed up, put into use, well"
    ) as step:
        told = root.run(hmi, "update", "/media/stick", "--yes", user="anna")
        expect(root.readlink(f"{top}/current").endswith("+3"), "current")
        step.note(told.stdout.strip().splitlines()[-1])
        root.stop_engine(data)
        before.expect_kept(_records(root, hmi, data, "anna"))


if __name__ == "__main__":
    began = time.monotonic()
    code = main()
    print(f"cycle: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - began:.0f} s")
    sys.exit(code)
