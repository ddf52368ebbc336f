"""packaging/start_modules.py, on the source of the program itself."""

import __future__

import marshal
import sys
import zlib
from pathlib import Path

import pytest

pytest.importorskip("PyInstaller", reason="the extra `package` is not installed")
PACKAGING = Path(__file__).parents[2] / "packaging"
sys.path.append(str(PACKAGING))
import start_modules  # noqa: E402

sys.path.remove(str(PACKAGING))


@pytest.fixture(scope="module")
def start():
    return start_modules.Start()


def test_the_start_needs_the_window_and_nothing_of_other_pages_protocols_or_the_history(start):
    assert {"hmi.cli", "hmi.client.window", "hmi.client.mimic.canvas", "numpy", "PySide6.QtWidgets"} <= start.modules
    heavy = {"pyqtgraph", "asyncua", "pymodbus", "sqlite3", "psycopg", "asyncio", "ssl", "hmi.client.trends.page"}
    assert not start.modules & {*heavy, "hmi.engine.engine", "hmi.store.query", "hmi.core.plant.files", "cryptography"}


def test_what_dataclasses_and_annotations_write_at_the_start_is_compiled(start, tmp_path):
    file, folder = start.write_texts(tmp_path)
    known = marshal.loads(Path(file).read_bytes())  # noqa: S302 - written a line above
    assert folder == "."
    assert any("def __init__(self" in text for text in known["exec"])
    assert eval(known["eval"]["float"]) is float  # noqa: S307 - compiled a line above
    assert [list(codes) for codes in known.values()] == [sorted(codes) for codes in known.values()]  # always the same
    assert all(code.co_filename == "<string>" for codes in known.values() for code in codes.values())
    postponed = (
        __future__.annotations.compiler_flag
    )  # a function would tell the names of its types instead of the types
    assert not any(code.co_flags & postponed for codes in known.values() for code in codes.values())


def test_the_support_of_qt_is_there_as_source_and_as_modules(start, tmp_path):
    data, modules = start.write_support(tmp_path)
    assert {name for name, _, _ in modules} >= {"shibokensupport", "shibokensupport.signature.loader"}
    assert len(data) == len(modules)
    folders = {folder for _, folder in data}
    assert str(Path("shiboken6", "files.dir", "shibokensupport", "signature")) in folders
    for _, file, _ in modules:
        compile(Path(file).read_bytes(), file, "exec")


def test_every_module_for_later_is_one_that_the_start_imports_and_it_does_not_lie_first(start):
    assert sorted(start_modules.LATER - start.modules) == []
    assert start.first == start.modules - start_modules.LATER


@pytest.mark.parametrize("name", ["texts", "sources"])
def test_a_library_that_does_it_in_another_way_ends_the_build(start, monkeypatch, name):
    monkeypatch.setattr(start, name, {"exec": [], "eval": ["float"]} if name == "texts" else {})
    with pytest.raises(SystemExit, match="start_modules: not found where it was: .*dataclasses|PySide"):
        start._refuse_blind()
    monkeypatch.undo()
    start._refuse_blind()


def test_modules_of_the_start_lie_first_and_as_they_are(tmp_path):
    from PyInstaller.loader.pyimod01_archive import ZlibArchiveReader

    codes = {name: compile(f"{name} = 'a long text' * 9", name, "exec") for name in ("ant", "bee", "cat")}
    entries = [(name, f"{name}.py", "PYMODULE") for name in codes]
    start_modules.writer(frozenset(("bee",)))(str(tmp_path / "archive"), entries, codes)
    archive = ZlibArchiveReader(str(tmp_path / "archive"))
    assert list(archive.toc) == ["bee", "ant", "cat"]
    raw = (tmp_path / "archive").read_bytes()
    for name, plain in (("bee", True), ("ant", False), ("cat", False)):
        _, offset, length = archive.toc[name]
        assert (zlib.decompress(raw[offset : offset + length]) in raw) == plain
        exec(archive.extract(name), found := {})  # noqa: S102 - compiled above
        assert found[name].startswith("a long text")
