"""packaging/libraries.py: which libraries of a computer may go into the bundle, and whose they are."""

import json
import shutil
from pathlib import Path

import pytest

from tests.packaging_rules.test_prune import library, script

pytestmark = pytest.mark.skipif(not shutil.which("readelf"), reason="there are no tools here to read libraries with")


@pytest.fixture
def libraries(monkeypatch):
    return script("libraries", monkeypatch)


@pytest.mark.parametrize("name", ["libX11.so.6", "libxcb-cursor.so.0", "libxkbcommon-x11.so.0", "libpython3.11.so.1.0"])
def test_what_the_program_needs_is_welcome(libraries, name):
    assert libraries.strangers([name]) == []


@pytest.mark.parametrize(
    "name", ["libgtk-3.so.0", "libcairo.so.2", "libxcbevil.so.1", "libQt5Core.so.5", "libreadline.so.8"]
)
def test_what_another_program_has_installed_is_not(libraries, name):
    assert libraries.strangers(["libz.so.1", name]) == [name]


def test_a_leak_stops_the_build_and_is_named(libraries, tmp_path):
    library(tmp_path / "_internal" / "libgtk-3.so.0")
    with pytest.raises(libraries.Leak, match=r"libgtk-3\.so\.0 came into the bundle"):
        libraries.note(tmp_path, [], {})


def test_a_library_is_told_with_its_package_and_licence(libraries, tmp_path):
    here = libraries.prune.library_here("libz.so.1")
    if here is None or not Path("/var/lib/dpkg/info").is_dir():
        pytest.skip("this is not Debian, or it has no zlib")
    (tmp_path / "_internal").mkdir()
    (tmp_path / "licences").mkdir()
    shutil.copy(here, tmp_path / "_internal" / "libz.so.1")
    library(tmp_path / "_internal" / "libffi.so.8")  # the name of one of Debian's, but another file
    libraries.note(tmp_path, ["libz.so.1"], {"program": "1.0"})
    told = json.loads((tmp_path / "base.json").read_text())
    assert told["program"] == "1.0"
    other, zlib = told["libraries"]
    assert other == {"file": "libffi.so.8", "package": "", "put_in": False, "version": ""}
    assert (zlib["file"], zlib["package"], zlib["put_in"]) == ("libz.so.1", "zlib1g", True)
    assert zlib["version"]
    assert "zlib" in (tmp_path / "licences" / "zlib1g.txt").read_text()
    assert told["system_libraries"] == ["libc.so.6"]
