"""A data folder out of a backup: all that was there, or nothing; and never a file where none belongs."""

from __future__ import annotations

import json
import os
import stat
import tempfile
import threading
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from hmi.clock import HandClock
from hmi.core.batch import Batch
from hmi.core.errors import StoreError
from hmi.core.journal import Record
from hmi.store.backup import backup
from hmi.store.query import Reader
from hmi.store.restore import restore
from hmi.store.store import Store
from tests.store.made import DAY, HOUR, MIDNIGHT, SECOND, TAGS, batch_of, bits
from tests.store.test_all_in_all_out import Steps

WHO = ("a.jones", "desk-1")
LATER = MIDNIGHT + 9 * DAY
ALL = (-(2**63), 2**63 - 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    clock = HandClock(MIDNIGHT)
    with closing(Store(tmp_path / "data", TAGS, clock)) as store:
        for _ in range(2):
            store.append(batch_of(0, [clock.now_ns()], [1.5]))
            store.flush().result(20)
            store.seal().result(20)
            clock.step_wall(DAY / SECOND)
    return tmp_path / "data"


@pytest.fixture
def archive(folder: Path, tmp_path: Path) -> Path:
    backup(folder, tmp_path / "b.zip", MIDNIGHT + 2 * DAY)
    return tmp_path / "b.zip"


def told(folder: Path) -> tuple[object, ...]:
    reader = Reader(folder)
    samples = [bits(found) for found in reader.samples([tag.name for tag in TAGS], *ALL)]
    return samples, reader.journal(newest_first=False), reader.gaps(*ALL)


@given(Steps)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@pytest.mark.cr("7.3", "7.4")
def test_every_sample_record_and_gap_comes_back(steps: list[Batch | str]) -> None:
    """The backup is taken while the store is open, wherever it stands."""
    clock = HandClock(MIDNIGHT)
    with tempfile.TemporaryDirectory() as name:
        folder, again = Path(name) / "data", Path(name) / "again"
        with closing(Store(folder, TAGS, clock)) as store:
            for number, step in enumerate(steps):
                if isinstance(step, Batch):
                    store.append(step)
                    store.declare_gap(number, number + 5, "filler", "silent")
                    store.flush().result(20)
                    record = Record(time_ns=number, category="write", event="confirmed", subject="x", value=np.nan)
                    store.record(record).result(20)
                elif step == "seal":
                    store.seal().result(20)
                else:
                    clock.step_wall(3600 if step != "day" else 86_400)
            backup(folder, Path(name) / "b.zip", clock.now_ns())
            samples, records, gaps = told(folder)
        restore(Path(name) / "b.zip", again, clock.now_ns() + HOUR, WHO)
        restored, found, declared = told(again)
        assert restored == samples
        assert repr(found[:-1]) == repr(records)  # NaN is no equal of itself
        assert found[-1][1].event == "restored"
        assert set(gaps) < set(declared)
        assert Reader(again).verify_journal()[0]


def test_a_backup_taken_while_values_come_and_are_sealed_holds_all_of_before(tmp_path: Path) -> None:
    clock = HandClock(MIDNIGHT)
    stop, sent = threading.Event(), [0]
    with closing(Store(tmp_path / "data", TAGS, clock, seal_rows=2000)) as store:

        def feed() -> None:
            while not stop.is_set():
                first = sent[0]
                times = MIDNIGHT + np.arange(first, first + 500) * 1_000_000
                store.append(batch_of(0, times, np.arange(first, first + 500.0)))
                store.flush().result(20)
                sent[0] = first + 500
                if sent[0] % 5000 == 0:
                    store.seal().result(20)

        feeder = threading.Thread(target=feed)
        feeder.start()
        try:
            for number in range(6):
                before = sent[0]
                archive, again = tmp_path / f"{number}.zip", tmp_path / f"again{number}"
                backup(tmp_path / "data", archive, clock.now_ns())
                restore(archive, again, clock.now_ns(), WHO)
                values = Reader(again).samples(["a.level"], *ALL, limit=10**8)[0].value
                assert len(values) >= before
                assert (values[:before] == np.arange(float(before))).all()
                assert (np.diff(values) > 0).all()  # none twice
        finally:
            stop.set()
            feeder.join(20)
    assert sent[0] > 0


def test_who_restored_what_stands_in_the_journal_and_what_is_missing_is_a_gap(archive: Path, tmp_path: Path) -> None:
    manifest, aside = restore(archive, tmp_path / "again", LATER, WHO)
    assert (aside, manifest.taken_ns) == (None, MIDNIGHT + 2 * DAY)
    [(_, record), *_] = Reader(tmp_path / "again").journal()
    assert (record.event, record.user, record.station, record.source_ns) == ("restored", *WHO, MIDNIGHT + 2 * DAY)
    gap = Reader(tmp_path / "again").gaps(*ALL)[-1]
    assert (gap.from_ns, gap.to_ns) == (MIDNIGHT + 2 * DAY, LATER)
    assert not (tmp_path / "again" / "samples" / "2026-02-16.db").stat().st_mode & 0o222
    with closing(Store(tmp_path / "again", TAGS, HandClock(LATER + SECOND))) as store:
        store.flush().result(20)
    assert [gap.from_ns for gap in Reader(tmp_path / "again").gaps(*ALL)] == [MIDNIGHT + 2 * DAY, LATER]


def test_a_folder_that_holds_something_is_left_alone(archive: Path, folder: Path) -> None:
    before = told(folder)
    with pytest.raises(StoreError, match="is not empty: --replace"):
        restore(archive, folder, LATER, WHO)
    assert told(folder) == before


def test_replaced_is_kept_beside(archive: Path, folder: Path) -> None:
    before = told(folder)
    _, aside = restore(archive, folder, LATER, WHO, replace=True)
    assert aside is not None
    assert aside.name.startswith("data.before-restore-")
    assert told(aside) == before
    assert told(folder)[0] == before[0]


def test_an_engine_keeps_its_folder(archive: Path, folder: Path) -> None:
    with closing(Store(folder, TAGS, HandClock(LATER))), pytest.raises(StoreError, match="already uses data folder"):
        restore(archive, folder, LATER, WHO, replace=True)
    assert folder.exists()


def test_an_empty_folder_and_one_with_a_free_lock_are_filled(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "lock").write_text("1\n")
    restore(archive, tmp_path / "again", LATER, WHO)
    assert (tmp_path / "again" / "hot.db").exists()


# -------------------------------------------------------------------------------------- hostile and damaged


def changed(archive: Path, change: Callable[[dict[str, bytes], dict[str, object]], None]) -> None:
    """The archive with other files or another manifest in it."""
    with zipfile.ZipFile(archive) as file:
        files = {name: file.read(name) for name in file.namelist()}
    manifest = json.loads(files.pop("manifest.json"))
    change(files, manifest)
    with zipfile.ZipFile(archive, "w") as file:
        for name, body in files.items():
            file.writestr(zipfile.ZipInfo(name), body)
        file.writestr("manifest.json", json.dumps(manifest))


def add(name: str, size: int = 1) -> Callable[[dict[str, bytes], dict[str, object]], None]:
    def change(files: dict[str, bytes], manifest: dict[str, object]) -> None:
        import hashlib

        files[name] = b"x"
        digest = hashlib.blake2b(b"x", digest_size=32).hexdigest()
        manifest["files"].append({"name": name, "size": size, "hash": digest})  # type: ignore[attr-defined]

    return change


def refused(archive: Path, tmp_path: Path, match: str) -> None:
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(StoreError, match=match):
        restore(archive, tmp_path / "again", LATER, WHO)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    "name",
    [
        *("../evil", "/etc/evil", "a/../../evil", "C:\\evil", "a\\b"),
        "nul",
        "x/con.txt",
        "a//b",
        "./a",
        "a.",
        *("lock", "link.json", "runs.json"),
        "a\nb",
    ],
)
@pytest.mark.cr("3.5")
def test_no_path_leads_out_of_the_folder(archive: Path, tmp_path: Path, name: str) -> None:
    changed(archive, add(name))
    refused(archive, tmp_path, "would not be put into the data folder|does not hold the files")


def test_a_name_twice_or_unlisted_is_refused(archive: Path, tmp_path: Path) -> None:
    changed(archive, add("HOT.DB"))
    refused(archive, tmp_path, "does not hold the files that it lists")
    changed(archive, lambda files, manifest: files.pop("HOT.DB") and None)
    refused(archive, tmp_path, "does not hold the files that it lists")


@pytest.mark.parametrize("kind", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_one_that_is_packed_in_no_way_of_ours_is_refused(archive: Path, tmp_path: Path, kind: int) -> None:
    with zipfile.ZipFile(archive) as file:
        files = {name: file.read(name) for name in file.namelist()}
    with zipfile.ZipFile(archive, "w", kind) as file:
        for name, body in files.items():
            file.writestr(name, body)
    refused(archive, tmp_path, "it was changed, nothing was restored")


@pytest.mark.cr("7.3", "7.4")
def test_a_changed_byte_is_found_before_anything_is_put_in_place(archive: Path, tmp_path: Path) -> None:
    changed(archive, lambda files, _: files.update({"hot.db": files["hot.db"][:-1] + b"\x77"}))
    refused(archive, tmp_path, "hot.db in the backup is not as it was: nothing was restored")


def test_a_file_longer_than_it_says_is_not_unpacked_further(archive: Path, tmp_path: Path) -> None:
    changed(archive, lambda files, _: files.update({"hot.db": files["hot.db"] + bytes(10_000_000)}))
    refused(archive, tmp_path, "is not as it was")


def test_one_that_says_it_is_larger_than_the_disk_is_refused(archive: Path, tmp_path: Path) -> None:
    changed(archive, add("huge", 10**17))
    refused(archive, tmp_path, "the disk has no room")


def test_a_link_is_unpacked_as_the_file_that_it_never_is(archive: Path, tmp_path: Path) -> None:
    changed(archive, add("link"))
    with zipfile.ZipFile(archive, "a") as file:
        file.getinfo("link").external_attr = 0o120777 << 16
        file.comment = b"so that the directory is written anew"
    restore(archive, tmp_path / "again", LATER, WHO)
    assert not (tmp_path / "again" / "link").is_symlink()


@pytest.mark.parametrize("cut", [0, 10, 3000])
def test_what_is_cut_short_or_no_archive_is_said_to_be_none(archive: Path, tmp_path: Path, cut: int) -> None:
    archive.write_bytes(archive.read_bytes()[:cut])
    refused(archive, tmp_path, "it is no backup, or was cut short")


def test_one_without_a_list_or_of_a_newer_kind(archive: Path, tmp_path: Path) -> None:
    changed(archive, lambda _, manifest: manifest.update({"format": 99, "program": "9.0"}))
    refused(archive, tmp_path, r"made by a newer version \(9.0\)")
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a", "b")
    refused(archive, tmp_path, "is no backup of a data folder")


def test_one_without_a_journal_is_not_whole(archive: Path, tmp_path: Path) -> None:
    def change(files: dict[str, bytes], manifest: dict[str, list[dict[str, str]]]) -> None:
        del files["journal.db"]
        manifest["files"] = [entry for entry in manifest["files"] if entry["name"] != "journal.db"]

    changed(archive, change)  # type: ignore[arg-type]
    refused(archive, tmp_path, "holds no journal")


def test_a_failure_in_putting_it_in_place_leaves_the_old_folder(
    archive: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = told(folder)
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if "restoring" in self.name:
            raise PermissionError(13, "Permission denied", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(StoreError, match="nothing was restored: .*Permission denied"):
        restore(archive, folder, LATER, WHO, replace=True)
    assert told(folder) == before
    assert sorted(path.name for path in folder.parent.iterdir()) == ["b.zip", "data"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root restores for others")
def test_what_root_restores_is_the_engines_as_it_was_before(archive: Path, folder: Path) -> None:
    nobody = 65534
    os.chown(folder, nobody, nobody)
    folder.chmod(0o2750)
    restore(archive, folder, LATER, WHO, replace=True)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o2750
    assert {(path.stat().st_uid, path.stat().st_gid) for path in (folder, *folder.rglob("*"))} == {(nobody, nobody)}
