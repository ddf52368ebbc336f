"""Entries of an archive land inside one folder, whatever they are called and wherever links lead."""

import io
import os
import tarfile
from pathlib import Path

import pytest

from hmi.update.extract import extract


def put(folder: Path, *entries: tuple[str, bytes, str, int]) -> None:
    """Unpack entries of a name, a kind, text or target of a link, and rights."""
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w") as archive:
        for name, kind, text, mode in entries:
            info = tarfile.TarInfo(name)
            info.type, info.mode, info.mtime = kind, mode, 5
            info.linkname = text if kind == tarfile.SYMTYPE else ""
            info.size = len(text) if kind == tarfile.REGTYPE else 0
            archive.addfile(info, io.BytesIO(text.encode()))
    body.seek(0)
    with tarfile.open(fileobj=body, mode="r|") as archive:
        for member in archive:
            extract(archive, member, member.name, folder)


FILE, LINK, FOLDER = tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.DIRTYPE


def test_files_folders_and_links_with_the_rights_that_matter(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        put(
            tmp_path,
            ("app", FOLDER, "", 0o700),
            ("app/hmi", FILE, "run", 0o4777),
            ("app/plain", FILE, "data", 0o666),
            ("deep/er/file", FILE, "x", 0o600),
            ("app/link", LINK, "../deep/er/file", 0o777),
        )
    finally:
        os.umask(before)
    modes = {name: (tmp_path / name).stat().st_mode & 0o7777 for name in ("app/hmi", "app/plain", "deep/er/file")}
    assert modes == {"app/hmi": 0o755, "app/plain": 0o644, "deep/er/file": 0o644}
    assert (tmp_path / "app/link").read_text() == "x"


@pytest.mark.parametrize(
    "entries",
    [
        [("../evil", FILE, "x", 0o644)],
        [("a/../../evil", FILE, "x", 0o644)],
        [("/evil", FILE, "x", 0o644)],
        [("../evil", FOLDER, "", 0o755)],
        [("a", LINK, "/etc", 0o777)],
        [("a", LINK, "..", 0o777)],
        [("b/a", LINK, "../../evil", 0o777)],
        [("d", FOLDER, "", 0o755), ("d/l", LINK, "..", 0o777), ("m", LINK, "d/l/..", 0o777)],
        [("f", FILE, "x", 0o644), ("f", FILE, "y", 0o644)],
        [("l", LINK, "f", 0o777), ("l", FILE, "y", 0o644)],
        [("", FILE, "x", 0o644)],
    ],
)
def test_nothing_leaves_the_folder_and_nothing_is_written_twice(tmp_path: Path, entries) -> None:
    folder = tmp_path / "room" / "in"
    folder.mkdir(parents=True)
    with pytest.raises(tarfile.TarError):
        put(folder, *entries)
    assert [path.name for path in (tmp_path / "room").iterdir()] == ["in"]
    assert not (tmp_path / "evil").exists() and not (tmp_path / "room" / "evil").exists()


def test_a_file_is_not_written_through_a_link(tmp_path: Path) -> None:
    folder, victim = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    victim.mkdir()
    (folder / "way").symlink_to(victim)  # as if it had come before
    with pytest.raises(tarfile.TarError, match="would lie outside"):
        put(folder, ("way/evil", FILE, "x", 0o644))
    assert not list(victim.iterdir())
