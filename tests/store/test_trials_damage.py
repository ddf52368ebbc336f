"""Files are damaged, at rest and while they are open: recording goes on, and what is gone is said to be gone."""

from __future__ import annotations

import re
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from hmi.store.query import Reader
from tests.store.ruin import AFTER, BEFORE, KINDS, Ledger, account, damage

FILES = ("hot.db", "hot.db-wal", "journal.db", "samples/2026-02-16.db", "samples/2026-02-18.db", "rollup.db")
CASES = [(name, kind) for name in FILES for kind in KINDS]
SHORT_AT_REST = ("page", "bits", "half", "page", "nothing", "header")  # all of them: tests/faults
SHORT_WHILE_OPEN = ("half", "page", "zeros", "header", "page", "zeros")
TOLD = ("damaged and w(as|ere) set aside", "cannot be read", "history: the file is damaged", "journal: the file is dam")


@pytest.fixture(scope="session")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, set[int]]:
    """A folder of two days as a killed engine leaves it, and what it has acknowledged."""
    place = tmp_path_factory.mktemp("killed")
    with closing(Ledger(place / "data", 0)) as ledger:
        ledger.record(BEFORE)
        ledger.store.retain(ledger.clock.now_ns()).result(30)
        shutil.copytree(place / "data", place / "copy")
    return place / "copy", ledger.stored


def test_without_damage_nothing_is_missing(killed: tuple[Path, set[int]], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(killed[0], tmp_path / "data"))
    with closing(Ledger(folder, BEFORE, killed[1])) as ledger:
        ledger.record(AFTER)
    assert account(ledger, whole=True) == 0


@pytest.mark.parametrize(("name", "kind"), list(zip(FILES, SHORT_AT_REST, strict=True)))
@pytest.mark.expect_log(*TOLD)
def test_damage_at_rest(killed: tuple[Path, set[int]], tmp_path: Path, name: str, kind: str) -> None:
    at_rest(killed, tmp_path, name, kind, seed=1)


@pytest.mark.parametrize(("name", "kind"), list(zip(FILES, SHORT_WHILE_OPEN, strict=True)))
@pytest.mark.expect_log(*TOLD, "cannot be sealed")
def test_damage_while_it_is_open(tmp_path: Path, killed: tuple[Path, set[int]], name: str, kind: str) -> None:
    while_open(killed, tmp_path, name, kind, seed=2)


def at_rest(killed: tuple[Path, set[int]], tmp_path: Path, name: str, kind: str, seed: int) -> int:
    """Damage, start, record on; gives how many values are missing and declared."""
    folder = Path(shutil.copytree(killed[0], tmp_path / "data"))
    damage(folder / name, kind, seed)
    with closing(Ledger(folder, BEFORE, killed[1])) as ledger:
        ledger.record(AFTER)
    missing = account(ledger)
    _expect_records(folder, AFTER, kind)
    return missing


def while_open(killed: tuple[Path, set[int]], tmp_path: Path, name: str, kind: str, seed: int) -> int:
    """The same under a store that has the file open."""
    folder = Path(shutil.copytree(killed[0], tmp_path / "data"))
    with closing(Ledger(folder, BEFORE, killed[1])) as ledger:
        ledger.record(3)
        if (folder / name).exists():
            damage(folder / name, kind, seed)
        ledger.record(AFTER - 3)
    with closing(Ledger(folder, ledger.next, ledger.stored)) as again:  # what nobody met meanwhile is met now
        again.record(3)
    return account(again)


def _expect_records(folder: Path, count: int, kind: str) -> None:
    """What was written since is there, and the chain is whole, or says which record a bit has turned over in."""
    with closing(Reader(folder)) as reader:
        values = [record.value for _, record in reader.journal(limit=10**6) if record.category == "alarm"]
        assert values[:count] == [float(number) for number in range(BEFORE + count - 1, BEFORE - 1, -1)]
        is_whole, _, found = reader.verify_journal()
    assert is_whole or (kind == "bits" and re.search(r"records? [\d, to]+ (was|were) changed", found)), found
