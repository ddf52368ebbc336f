"""`hmi about`: which program this is, and whether it is as it was made."""

from __future__ import annotations

import json

import pytest

import hmi
from hmi.cli import main
from tests.packaging_rules.standin import make_base, make_plant, script


@pytest.fixture
def version(tmp_path):
    """A version's folder as an installer brings it."""
    content, archives = script("content"), script("linux_installers")
    release = content.read_release(make_plant(tmp_path / "plant", version=3), make_base(tmp_path / "base"))
    for name, entry in release.files.items():
        archives.lay(tmp_path / "versions" / release.version / name, entry)
    return tmp_path / "versions" / release.version


def test_from_the_source_it_says_so(capsys):
    assert main(["about"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"hmi {hmi.__version__}, for linux-")
    assert "From its source: no plant came with it" in said
    assert main(["about", "--verify"]) == 1
    assert "nothing to verify it by" in capsys.readouterr().err


def test_an_installation_tells_plant_hash_versions_and_licences(version, capsys):
    assert main(["about", str(version), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["plant"] == {"id": "mill", "name": 'Mill "north"', "version": 3}
    assert told["program"] == hmi.__version__
    assert len(told["manifest"]) == 64
    assert told["qt"].startswith("6.")
    licences = {row["name"]: row["licence"] for row in told["libraries"]}
    assert licences["asyncua"] == "LGPL-3.0-or-later"
    assert "whole" not in told


def test_it_verifies_every_file_when_asked(version, capsys):
    assert main(["about", str(version), "--verify", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["whole"] is True
    library = version / "app/_internal/libmill.so.1"
    library.unlink()  # its further name in the base is the same file
    library.write_bytes(b"other")
    assert main(["about", str(version), "--verify", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["whole"], told["differs"]) == (False, ["app/_internal/libmill.so.1 was changed"])
    assert main(["about", str(version), "--verify"]) == 1
    assert "app/_internal/libmill.so.1 was changed" in capsys.readouterr().err


def test_an_installations_root_will_do(version, capsys):
    (version.parents[1] / "current").symlink_to(f"versions/{version.name}")
    assert main(["about", str(version.parents[1]), "--libraries"]) == 0
    assert "  numpy " in capsys.readouterr().out


def test_a_folder_that_is_none_is_said(tmp_path, capsys):
    assert main(["about", str(tmp_path)]) == 1
    assert "is no installation" in capsys.readouterr().err


def test_an_unreadable_sbom_is_said(version, capsys):
    (version / "SBOM.json").unlink()
    (version / "SBOM.json").write_text("{}")
    assert main(["about", str(version)]) == 1
    assert "install the program again" in capsys.readouterr().err
