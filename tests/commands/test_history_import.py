"""hmi history import as a person calls it."""

from __future__ import annotations

import json
import os
from contextlib import closing
from pathlib import Path

import pytest

from hmi import cli
from hmi.clock import HandClock
from hmi.store.query import Reader
from hmi.store.store import Store
from tests.store.made import DAY, MIDNIGHT, TAGS
from tests.store.test_verify import fill

ALL = (-(2**63), 2**63 - 1)
HEAD = "tag,time,value,quality\n"
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with closing(Store(tmp_path / "data", TAGS, HandClock(MIDNIGHT))) as store:
        store.flush().result(20)
    return tmp_path / "data"


def run(capsys: Capture, *words: object) -> tuple[int, str, str]:
    code = cli.main(["history", *(str(word) for word in words)])
    out = capsys.readouterr()
    return code, out.out, out.err


def test_a_csv_file_is_there_afterwards_and_once(data: Path, tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "old.csv"
    file.write_text(HEAD + "".join(f"a.level,2026-02-15T00:00:{n:02d}Z,{n}.5,good\n" for n in range(30)))
    code, out, err = run(capsys, "import", file, "--data", data)
    assert (code, err) == (0, "")
    assert out == f"{file}: 30 of 30 values added\n"
    code, out, _ = run(capsys, "import", file, "--data", data, "--json")
    assert (code, json.loads(out)["added"], json.loads(out)["there_already"]) == (0, 0, 30)
    [samples] = Reader(data).samples(["a.level"], *ALL)
    assert samples.value.tolist() == [n + 0.5 for n in range(30)]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root writes for others")
def test_root_leaves_no_files_that_the_engine_cannot_read(data: Path, tmp_path: Path, capsys: Capture) -> None:
    os.chown(data, 65534, 65534)
    (tmp_path / "old.csv").write_text(HEAD + "a.level,2026-02-15T00:00:00Z,1,good\n")
    code, _, err = run(capsys, "import", tmp_path / "old.csv", "--data", data)
    assert code == 1
    assert "is another account's: import as that one" in err
    assert {path.stat().st_uid for path in data.rglob("*")} == {0}, "nothing was written"
    assert not [samples for samples in Reader(data).samples(["a.level"], *ALL) if len(samples)]


def test_one_mistake_and_nothing_is_imported(data: Path, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "old.csv").write_text(HEAD + "a.level,2026-02-15T00:00:00Z,1,\na.level,2026-02-15T00:00:01Z,x,\n")
    code, out, err = run(capsys, "import", tmp_path / "old.csv", "--data", data)
    assert (code, out) == (1, "")
    assert "old.csv: line 3: 'x' is no number" in err
    assert "nothing was imported" in err
    assert len(Reader(data).samples(["a.level"], *ALL)[0]) == 0


def test_new_tags_only_when_asked_for(data: Path, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "old.csv").write_text(HEAD + "c.new,2026-02-15T00:00:00Z,1,\n")
    code, _, err = run(capsys, "import", tmp_path / "old.csv", "--data", data)
    assert (code, "knows no tag c.new" in err) == (1, True)
    code, out, _ = run(capsys, "import", tmp_path / "old.csv", "--data", data, "--add")
    assert (code, "new tags: c.new" in out) == (0, True)
    assert Reader(data).samples(["c.new"], *ALL)[0].value.tolist() == [1.0]


def test_a_no_is_one_line(data: Path, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "old.csv").write_text(HEAD)
    for words in (
        ("import", tmp_path / "missing.csv", "--data", data),
        ("import", tmp_path / "old.csv", "--data", tmp_path / "nowhere"),
        ("import", data, "--data", data),
    ):
        code, out, err = run(capsys, *words)
        assert (code, out, len(err.splitlines())) == (1, "", 1), words
    with closing(Store(data, TAGS, HandClock(MIDNIGHT + DAY))):
        code, _, err = run(capsys, "import", tmp_path / "old.csv", "--data", data)
    assert (code, "another engine" in err) == (1, True)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_an_export_goes_into_another_folder_bit_by_bit(data: Path, tmp_path: Path, capsys: Capture, form: str) -> None:
    if form == "parquet":
        pytest.importorskip("pyarrow")
    fill(tmp_path / "from")
    out = tmp_path / f"out.{form}"
    span = ("--raw", "--from", "2026-02-16T00:00:00", "--to", "2026-02-18T00:00:00")
    code, _, err = run(capsys, "a.level", "a.state", *span, "--format", form, "--out", out, "--data", tmp_path / "from")
    assert (code, err) == (0, "")
    code, text, err = run(capsys, "import", out, "--data", data)
    assert (code, err) == (0, "")
    assert "3904 of 3904 values added" in text
    for one, other in zip(
        Reader(tmp_path / "from").samples(["a.level", "a.state"], *ALL),
        Reader(data).samples(["a.level", "a.state"], *ALL),
        strict=True,
    ):
        assert one.time.tolist() == other.time.tolist()
        assert one.value.tobytes() == other.value.tobytes()
        assert [one.text(n) for n in range(len(one))] == [other.text(n) for n in range(len(other))]
