"""Attachments of jobs: kept once, found by what is in them, and never outside of their folder."""

from pathlib import Path

import pytest

from hmi.core.errors import StoreError
from hmi.store.attachments import MAX_BYTES, Attachments

PNG = b"\x89PNG\r\n\x1a\n" + b"x"


def test_the_same_picture_is_kept_once(tmp_path: Path) -> None:
    kept = Attachments(tmp_path)
    name = kept.keep("C:\\pictures\\Seal.PNG", PNG)
    assert kept.keep("other.png", PNG) == name
    assert [path.name for path in (tmp_path / "attachments").iterdir()] == [name]
    assert (kept.read(name), kept.has(name)) == (PNG, True)


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.exe", b"MZ", "no picture"),
        ("a", PNG, "no picture"),
        ("a.svg", b"<svg/>", "no picture"),  # a drawing may run something: only those of the plant's files are kept
        ("../../a.png/..", PNG, "no picture"),
        ("a.png", b"MZ", "not what its name says"),
        ("a.jpg", PNG, "not what its name says"),
        ("a.txt", b"", "at most"),
        ("a.txt", b"x" * (MAX_BYTES + 1), "at most"),
    ],
)
def test_what_is_not_kept(tmp_path: Path, name: str, data: bytes, why: str) -> None:
    with pytest.raises(StoreError, match=why):
        Attachments(tmp_path).keep(name, data)
    assert not (tmp_path / "attachments").exists()


def test_a_drawing_of_the_plants_files_is_kept_beside_them(tmp_path: Path) -> None:
    kept = Attachments(tmp_path)
    name = kept.keep_drawing("<svg/>")
    assert name.endswith(".svg") and kept.read(name) == b"<svg/>"
    assert kept.keep_drawing("<svg/>") == name != kept.keep_drawing("<svg />")


def test_names_lead_nowhere_else(tmp_path: Path) -> None:
    kept = Attachments(tmp_path)
    (tmp_path / "secret.txt").write_text("x")
    for name in ("../secret.txt", "/etc/passwd", "", "x.png", "a" * 40 + ".png/../../secret.txt"):
        assert not kept.has(name)
        with pytest.raises(StoreError, match="is no attachment"):
            kept.read(name)


def test_one_that_is_gone_or_was_changed_is_told(tmp_path: Path) -> None:
    kept = Attachments(tmp_path)
    name = kept.keep("a.png", PNG)
    (tmp_path / "attachments" / name).write_bytes(PNG + b"y")
    with pytest.raises(StoreError, match="was changed"):
        kept.read(name)
    (tmp_path / "attachments" / name).unlink()
    with pytest.raises(StoreError, match="cannot be read"):
        kept.read(name)
    (tmp_path / "attachments").rmdir()
    (tmp_path / "attachments").write_text("a file where the folder was")
    with pytest.raises(StoreError, match="cannot be kept"):
        kept.keep("a.png", PNG)
