"""What a station knows of an update that is prepared: files that nobody can turn against it."""

import os
from pathlib import Path

import pytest

from hmi.plantfiles import staged
from hmi.plantfiles.staged import Agreed, Ready


def test_what_is_laid_down_is_read_until_it_is_cleared(tmp_path: Path) -> None:
    assert (staged.ready(tmp_path), staged.agreed(tmp_path)) == (None, None)
    ready, agreed = Ready("0.2.0+1", "0.1.0+1", 5, "sat 02:00 to 04:00"), Agreed("0.2.0+1", "ada", "desk", 7)
    staged.keep(tmp_path, ready)
    staged.keep(tmp_path, agreed)
    assert (staged.ready(tmp_path), staged.agreed(tmp_path)) == (ready, agreed)
    staged.clear(tmp_path)
    assert (staged.ready(tmp_path), staged.agreed(tmp_path)) == (None, None)


@pytest.mark.parametrize("body", [b"", b"{", b'{"to": 5}', b"[" * 100_000])
def test_what_cannot_be_read_counts_as_nothing(tmp_path: Path, body: bytes) -> None:
    (tmp_path / staged.READY).write_bytes(body)
    assert staged.ready(tmp_path) is None


def test_links_and_pipes_that_somebody_has_laid_are_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text('{"to": "9", "user": "eve", "station": "x", "at_ns": 1}')
    (tmp_path / staged.AGREED).symlink_to(victim)
    (tmp_path / f"{staged.READY}.new").symlink_to(victim)
    assert staged.agreed(tmp_path) is None
    staged.keep(tmp_path, Ready("0.2.0+1", "0.1.0+1"))
    assert victim.read_text().startswith('{"to": "9"')
    (tmp_path / staged.AGREED).unlink()
    os.mkfifo(tmp_path / staged.AGREED)
    assert staged.agreed(tmp_path) is None


def test_whether_somebody_waits_ends_with_whoever_waits(tmp_path: Path) -> None:
    assert not staged.is_waited_for(tmp_path)
    with staged.waited_for(tmp_path):
        assert staged.is_waited_for(tmp_path)
    assert not staged.is_waited_for(tmp_path)
