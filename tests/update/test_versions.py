"""Versions side by side, and the two links between which a station changes."""

import subprocess
import sys
from pathlib import Path

import pytest

from hmi.core.errors import HmiError
from hmi.update.versions import Installation, Version, version_of
from tests.update.standin import make_version


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("0.1.0+3", Version((0, 1, 0), 3)),
        ("12+1", Version((12,), 1)),
        ("0.1.0", None),
        ("0.1.0+", None),
        ("0.1.0+3/../x", None),
        ("../../etc+3", None),
        ("1.2.3.4.5+1", None),
    ],
)
def test_a_version_is_read_or_is_none(text: str, version: Version | None) -> None:
    assert version_of(text) == version
    assert version is None or str(version) == text


def test_the_program_counts_before_the_plant() -> None:
    ordered = ["0.1.0+9", "0.1.1+1", "0.1.1+2", "0.2.0+1", "0.10.0+1"]
    assert sorted(ordered, key=version_of) == ordered


def test_what_is_installed_is_known(root: Path) -> None:
    found = Installation(root)
    assert (found.version, found.previous, found.manifest.plant.id) == (Version((0, 1, 0), 1), None, "mill")
    assert found.place().data == str(root.parent / "data")


def test_a_version_is_put_into_use_and_the_one_before_remembered(root: Path) -> None:
    found = Installation(root)
    first, new = found.current, make_version(root / "versions" / "0.2.0+1", "0.2.0+1")
    found.use(new)
    again = Installation(root)
    assert (again.current, again.previous, again.version) == (new, first, Version((0, 2, 0), 1))
    assert (root / "current").readlink() == Path("versions/0.2.0+1")  # so the whole may be moved
    again.take_back(first, None)
    assert (Installation(root).current, Installation(root).previous) == (first, None)


def test_what_nobody_needs_is_forgotten_but_never_what_somebody_runs(root: Path) -> None:
    found = Installation(root)
    made = [make_version(root / "versions" / name, name) for name in ("0.2.0+1", "0.3.0+1", "0.4.0+1", "0.5.0+1")]
    for folder in made[:3]:
        found.use(folder)
    (own := made[3] / "app" / "sleeper").write_bytes(Path("/bin/sleep").read_bytes())
    own.chmod(0o755)
    with subprocess.Popen([own, "60"]) as sleeper:
        found.forget()
        assert sorted(path.name for path in found.versions.iterdir()) == ["0.3.0+1", "0.4.0+1", "0.5.0+1"]
        sleeper.kill()
    found.forget()
    assert sorted(path.name for path in found.versions.iterdir()) == ["0.3.0+1", "0.4.0+1"]


def test_what_was_cut_short_is_cleared(root: Path) -> None:
    found = Installation(root)
    for name in ("0.2.0+1.partial", ".unpacked.partial"):
        (found.versions / name / "app").mkdir(parents=True)
    (found.versions / ".incoming.partial").write_bytes(b"half")
    found.clear()
    assert [path.name for path in found.versions.iterdir()] == ["0.1.0+1"]


def test_two_do_not_work_on_one_installation(root: Path) -> None:
    code = f"""
from pathlib import Path
from hmi.update.versions import Installation
try:
    with Installation(Path({str(root)!r})).held():
        print("held")
except Exception as error:
    print(error)
"""
    with Installation(root).held():
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert "Somebody else is bringing" in done.stdout
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "held\n"


def test_where_nothing_is_installed_is_said(tmp_path: Path) -> None:
    with pytest.raises(HmiError, match="is no installation"):
        Installation(tmp_path)
