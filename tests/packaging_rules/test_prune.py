"""packaging/prune.py on small bundles: real programs and libraries, compiled here."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(
    not (shutil.which("cc") and shutil.which("readelf")), reason="there is no compiler here to make libraries with"
)


def script(name, monkeypatch):
    """A script of packaging/ as a module; those that it imports are found beside it."""
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    for other in ("base", "prune", "libraries", "bootstrap"):
        monkeypatch.delitem(sys.modules, other, raising=False)
    spec = importlib.util.spec_from_file_location(name, ROOT / "packaging" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def prune(monkeypatch):
    return script("prune", monkeypatch)


def library(path: Path, *needs: Path) -> Path:
    """A library that is linked with others."""
    path.parent.mkdir(parents=True, exist_ok=True)
    linked = [word for need in needs for word in (f"-L{need.parent}", f"-l:{need.name}")]
    command = [
        "cc",
        "-shared",
        "-x",
        "c",
        "/dev/null",
        "-o",
        str(path),
        f"-Wl,-soname,{path.name}",
        "-Wl,--no-as-needed",
    ]
    subprocess.run([*command, *linked], check=True)
    return path


@pytest.fixture
def bundle(tmp_path, prune):
    """A program whose module uses one library of two, with all the plugins that are wanted and one that is not."""
    inside = tmp_path / "hmi" / "_internal"
    used = library(inside / "libused.so.1")
    library(inside / "libunused.so.1", used)
    library(inside / "part" / "module.cpython-311-x86_64-linux-gnu.so", used)
    for name in (*prune.PLUGINS, "platformthemes/libqgtk3.so"):
        library(inside / "PySide6" / "Qt" / "plugins" / name)
    (inside / "PySide6" / "Qt" / "translations").mkdir()
    for name in ("qtbase_de.qm", "qtbase_fr.qm"):
        (inside / "PySide6" / "Qt" / "translations" / name).write_text(name)
    shutil.copy(shutil.which("true"), tmp_path / "hmi" / "hmi")
    return tmp_path / "hmi"


def names(bundle):
    return {path.name for path in bundle.rglob("*") if path.is_file()}


def test_what_nothing_is_linked_with_goes(bundle, prune):
    (bundle / "_internal" / "libdead.so").symlink_to("libunused.so.1")
    assert prune.prune(bundle) == []
    left = names(bundle)
    assert {"libused.so.1", "module.cpython-311-x86_64-linux-gnu.so", "hmi", "libqoffscreen.so"} <= left
    assert not left & {"libunused.so.1", "libqgtk3.so", "qtbase_fr.qm"}
    assert not (bundle / "_internal" / "libdead.so").is_symlink()
    assert not (bundle / "_internal" / "PySide6" / "Qt" / "plugins" / "platformthemes").exists()
    assert prune.outside(bundle) == ["libc.so.6"]


def test_a_library_that_is_nowhere_stops_the_build(bundle, prune, tmp_path):
    stranger = library(tmp_path / "elsewhere" / "libstranger.so.7")
    library(bundle / "_internal" / "other.abi3.so", stranger)
    assert prune.missing(bundle) == {"libstranger.so.7": "other.abi3.so"}
    with pytest.raises(prune.Incomplete, match=r"libstranger.so.7, which other.abi3.so needs"):
        prune.prune(bundle)


def test_a_library_of_this_computer_is_put_in_with_all_that_it_needs(bundle, prune, tmp_path, monkeypatch):
    deep = library(tmp_path / "system" / "libdeep.so.2")
    near = library(tmp_path / "system" / "libnear.so.1", deep)
    library(bundle / "_internal" / "other.abi3.so", near)
    monkeypatch.setattr(prune, "_libraries_here", lambda: {path.name: path for path in (deep, near)})
    assert prune.prune(bundle) == ["libdeep.so.2", "libnear.so.1"]
    assert prune.missing(bundle) == {}


def test_qt_without_a_plugin_that_is_wanted_stops_the_build(bundle, prune):
    (bundle / "_internal" / "PySide6" / "Qt" / "plugins" / "platforms" / "libqxcb.so").unlink()
    with pytest.raises(prune.Incomplete, match=r"platforms/libqxcb\.so"):
        prune.prune(bundle)


def test_needs_are_read_of_one_file_and_of_many(tmp_path, prune):
    one = library(tmp_path / "libone.so")
    assert prune.needs([one])[one] == ["libc.so.6"]
    other = library(tmp_path / "libother.so", one)
    assert prune.needs([one, other])[other][0] == "libone.so"
    assert not prune.is_elf(Path(os.devnull))
    (tmp_path / "text").write_text("\x7fELF is not a text")
    (tmp_path / "link").symlink_to(one)
    assert not prune.is_elf(tmp_path / "link")
