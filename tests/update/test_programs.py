"""Programs of a version, run to their end, and what they said when they say no."""

import os
import sys
import tempfile
from pathlib import Path

import pytest

from hmi.core.errors import HmiError
from hmi.update import programs


@pytest.fixture
def version(tmp_path: Path) -> Path:
    """A program that says its arguments and ends as its first one says."""
    (tmp_path / "app").mkdir()
    script = tmp_path / "app" / "hmi"
    script.write_text('#!/bin/sh\necho "first line"\necho "hmi: $2 $HMI_DATA"\nexit $1\n')
    script.chmod(0o755)
    return tmp_path


def test_one_that_ends_well_says_nothing(version: Path) -> None:
    programs.run(version, ["0", "well"], version, "it")


def test_one_that_does_not_is_heard(version: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HMI_DATA", "of this shell")  # a version is told where things are, by its arguments
    with pytest.raises(HmiError, match=r"^the self-test failed: the picture is blank$"):
        programs.run(version, ["1", "the picture is blank"], version, "the self-test failed")


def test_one_that_does_not_run_or_does_not_end_is_told(version: Path) -> None:
    with pytest.raises(HmiError, match="could not be started"):
        programs.run(version / "none", [], version, "it")
    (version / "app" / "hmi").write_text("#!/bin/sh\nexec sleep 60\n")
    with pytest.raises(HmiError, match="did not end within 0 s"):
        programs.run(version, [], version, "it", seconds=0.1)


def test_a_command_of_the_settings_is_heard_too() -> None:
    programs.command((sys.executable, "-c", "pass"), "it")
    with pytest.raises(HmiError, match=r"it \(.*\): no such unit"):
        programs.command((sys.executable, "-c", "import sys; sys.exit('no such unit')"), "it")
    with pytest.raises(HmiError, match="No such file"):
        programs.command(("/none/such",), "it")


def test_the_last_line_is_what_was_said_last() -> None:
    assert programs.last_line(b"a\nhmi: b\n\n") == "b"
    assert programs.last_line(b"") == ""
    assert len(programs.last_line(b"x" * 10_000)) == 300
    assert programs.last_line(b"ok   window\nFAIL history: one value is another\n1 passed, 1 failed") == (
        "FAIL history: one value is another"
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root works for others")
def test_root_works_as_the_owner_of_the_records() -> None:
    """Else files of root would be left in them, which the engine's account cannot write."""
    with tempfile.TemporaryDirectory(dir="/tmp") as room:
        folder, data = Path(room), Path(room) / "data"
        folder.chmod(0o755)
        data.mkdir()
        os.chown(data, 65534, 65534)
        (folder / "app").mkdir()
        (folder / "app" / "hmi").write_text('#!/bin/sh\necho "$(id -u) $HOME" > "$4/who"\n')
        (folder / "app" / "hmi").chmod(0o755)
        programs.run(folder, ["engine", "plant", "--data", str(data)], data, "it")
        assert (data / "who").read_text() == f"65534 {data}\n"
        assert (data / "who").stat().st_uid == 65534
        with programs.start(folder, folder / "plant", data, data / "engine.log") as engine:
            engine.wait(20)
        assert (data / "engine.log").stat().st_uid == 65534
