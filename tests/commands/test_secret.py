"""`hmi secret`: kept, listed by name only, taken away; and found nowhere else, whatever happens to it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail

from hmi import cli
from hmi.drivers.decisions import laid_down

SECRET = "nine pale storks"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def no_key_store() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """`hmi secret …` in a data folder, with what is typed."""

    def one(*words: str, typed: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        code = cli.main(["secret", words[0], "--data", str(tmp_path), *words[1:]])
        said = capsys.readouterr()
        return code, said.out, said.err

    return one


def test_kept_listed_and_taken_away(run: Run, tmp_path: Path) -> None:
    assert "Nothing is kept" in run("list")[1]
    code, out, err = run("set", "line-1", typed=f"{SECRET}\n")
    assert (code, err) == (0, "") and "readable by this account only" in out
    code, out, _ = run("list", "--json")
    where = str(tmp_path / "secrets" / "line-1")
    assert json.loads(out) == {"secrets": [{"name": "line-1", "place": "file", "where": where}]}
    assert run("remove", "line-1")[0] == 0
    code, out, err = run("remove", "line-1")
    assert code == 1 and "There is no secret" in err


def test_the_secret_is_said_nowhere_and_who_set_it_goes_on_record(run: Run, tmp_path: Path) -> None:
    told = "".join(part for words in (("set", "line-1"), ("set", "-x")) for part in run(*words, typed=SECRET)[1:])
    told += "".join(run("list")[1:]) + "".join(run("set", "Bad Name", typed=SECRET)[1:])
    assert SECRET not in told
    decisions = [one for _, one in laid_down(tmp_path)]
    assert [(one.event, one.subject) for one in decisions] == [("set", "secrets")]
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path != tmp_path / "secrets" / "line-1"]
    assert all(SECRET.encode() not in path.read_bytes() for path in files)


def test_nothing_is_kept_where_nothing_was_given(run: Run) -> None:
    code, _, err = run("set", "line-1")
    assert code == 1 and "the input has ended" in err
