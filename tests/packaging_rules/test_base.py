"""packaging/base.py: what it compares, what it forgets, what it does not release; it builds in `make base`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging_rules.test_prune import script


@pytest.fixture
def base(monkeypatch, tmp_path):
    module = script("base", monkeypatch)
    monkeypatch.setattr(module, "WORK", tmp_path / "work")
    return module


def program(folder: Path, code: int) -> Path:
    """A bundle whose self-test ends so."""
    folder.mkdir(parents=True)
    asked = '[ "$1" = selftest ] && [ -z "$LD_LIBRARY_PATH$PYTHONPATH" ]'
    (folder / "hmi").write_text(f"#!/bin/sh\n{asked} && exit {code}\nexit 9\n")
    (folder / "hmi").chmod(0o755)
    return folder


def test_a_bundle_is_as_well_as_its_self_test_says(base, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    assert base.is_well(program(tmp_path / "good", 0))
    assert not base.is_well(program(tmp_path / "bad", 1))


@pytest.mark.parametrize("code", [0, 1])
def test_only_what_passed_its_self_test_is_put_in_place(base, tmp_path, monkeypatch, code, capsys):
    out = tmp_path / "dist" / "base-linux"
    monkeypatch.setattr(base, "snapshot", lambda: tmp_path)
    monkeypatch.setattr(base, "built", lambda source, work: program(work / "hmi", code))
    monkeypatch.setattr(base.bootstrap, "has_library", lambda name: True)
    monkeypatch.setattr(shutil, "which", lambda tool: tool)
    monkeypatch.setattr(sys, "argv", ["base.py", "--out", str(out)])
    assert base.main() == code
    assert out.exists() == (code == 0)
    assert ("no release" in capsys.readouterr().out) == (code == 1)


def test_a_second_build_that_differs_is_no_release(base, tmp_path, monkeypatch, capsys):
    def build(source, work):
        made = program(work / "hmi", 0)
        (made / "data").write_text(work.name)
        return made

    monkeypatch.setattr(base, "snapshot", lambda: tmp_path)
    monkeypatch.setattr(base, "built", build)
    monkeypatch.setattr(base.bootstrap, "has_library", lambda name: True)
    monkeypatch.setattr(shutil, "which", lambda tool: tool)
    monkeypatch.setattr(sys, "argv", ["base.py", "--twice", "--out", str(tmp_path / "out")])
    assert base.main() == 1
    assert "NOT REPRODUCIBLE, so no release: data" in capsys.readouterr().out
    assert not (tmp_path / "out").exists()


def test_differences_are_of_content_permission_and_links(base, tmp_path):
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        for file in ("same", "other", "open"):
            (folder / file).write_text(file)
        (folder / "link").symlink_to("same" if name == "one" else "other")
    (tmp_path / "two" / "other").write_text("another")
    (tmp_path / "two" / "open").chmod(0o755)
    (tmp_path / "two" / "more").write_text("")
    assert base.differences(tmp_path / "one", tmp_path / "one") == []
    assert base.differences(tmp_path / "one", tmp_path / "two") == ["link", "more", "open", "other"]


def test_the_new_bundle_takes_the_place_of_the_one_before(base, tmp_path):
    out = tmp_path / "dist" / "base-linux"
    for text in ("first", "second"):
        bundle = tmp_path / text
        bundle.mkdir()
        (bundle / "file").write_text(text)
        (bundle / "link").symlink_to("file")
        base.put_in_place(bundle, out)
    assert (out / "file").read_text() == "second"
    assert (out / "link").is_symlink()
    assert [path.name for path in out.parent.iterdir()] == ["base-linux"]
    assert base.size_of(out) == len("second")


def test_the_folder_of_the_builders_python_is_forgotten(base, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "base_prefix", "/home/builder/python")
    inside = tmp_path / "_internal"
    inside.mkdir()
    before = b"\x7fELF..\0/home/builder/python/lib\0..\0/home/builder/python/library\0"
    (inside / "libpython3.11.so.1.0").write_bytes(before)
    (inside / "text").write_bytes(before[4:])
    base.forget_builder(tmp_path)
    after = (inside / "libpython3.11.so.1.0").read_bytes()
    assert len(after) == len(before)
    assert b"/home/builder/python/lib\0" not in after
    assert b"\0$ORIGIN\0" in after
    assert b"/home/builder/python/library\0" in after
    assert (inside / "text").read_bytes() == before[4:]


def test_the_time_of_a_build_is_that_of_the_source(base, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1234")
    assert base.epoch() == "1234"
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert base.epoch().isdigit()


def test_the_bundle_has_every_module_of_ours_and_no_plant(base):
    """The command line finds its verbs by name, so PyInstaller would not see them."""
    pytest.importorskip("PyInstaller")
    text = (base.ROOT / "packaging" / "hmi.spec").read_text()
    spec = {"SPECPATH": str(base.ROOT / "packaging")}
    exec(compile(text[: text.index("start = start_modules")], "hmi.spec", "exec"), spec)  # noqa: S102 - our own file, as PyInstaller does
    modules = set(spec["modules"]())
    assert {"hmi", "hmi.cli", "hmi.commands.selftest", "hmi.selftest.program", "hmi.drivers.opcua"} <= modules
    assert len(modules) == len(list((base.ROOT / "hmi").rglob("*.py")))
    files = [Path(source).relative_to(base.ROOT).as_posix() for source, _ in spec["data"]()]
    assert {"screens/symbols/text.toml", "resources/translations/de.toml", "resources/sounds/priority1.wav"} <= {*files}
    assert not [file for file in files if file.startswith(("resources/plants", "resources/decisions"))]


def test_what_the_frozen_program_asks_the_environment(tmp_path):
    """Programs of the computer, such as the player of the horn, must not be given our libraries."""
    code = (
        "import os, sys; sys._MEIPASS = '/bundle'; early = type(sys)('start_early'); early.begin = print;"
        "sys.modules['start_early'] = early; exec(open(sys.argv[1]).read()); print(*os.environ.items())"
    )
    env = {"LD_LIBRARY_PATH": "/bundle", "PATH": os.environ["PATH"], "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-c", code, str(Path(__file__).parents[2] / "packaging" / "frozen.py")]
    out = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout
    assert out.startswith("/bundle/start_texts\n")  # what it needs is at hand before it needs it
    assert "LD_LIBRARY_PATH" not in out
    assert "('QT_PLUGIN_PATH', '/bundle/PySide6/Qt/plugins')" in out
    assert "('FONTCONFIG_FILE', '/bundle/fonts/fonts.conf')" in out
    assert "('LC_CTYPE', 'C.UTF-8')" in out
    env |= {"LD_LIBRARY_PATH_ORIG": "/opt/own", "LANG": "de_DE.UTF-8", "FONTCONFIG_FILE": "/own/fonts.conf"}
    out = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout
    assert "('LD_LIBRARY_PATH', '/opt/own')" in out
    assert "('FONTCONFIG_FILE', '/own/fonts.conf')" in out
    assert "LC_CTYPE" not in out
