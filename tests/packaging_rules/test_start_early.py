"""packaging/start_early.py, in processes of their own, on archives that the real writer made."""

import importlib.util
import marshal
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PyInstaller = pytest.importorskip("PyInstaller", reason="the extra `package` is not installed")
PACKAGING = Path(__file__).parents[2] / "packaging"
PROGRAM = """
import sys
sys._MEIPASS, archive, texts = sys.argv[1:4]
import pyimod01_archive, pyimod02_importers
pyimod02_importers.pyz_archive = pyimod01_archive.ZlibArchiveReader(archive)
import start_early
start_early.begin(texts)
"""


@pytest.fixture
def said(tmp_path, monkeypatch):
    """What a program prints that has these modules in its archive, and these texts compiled."""
    monkeypatch.syspath_prepend(str(PACKAGING))
    from start_modules import writer

    def said(program, texts=None, **modules):
        entries = []
        for name, text in modules.items():
            package = text.startswith("# package")
            file = tmp_path / "sources" / name / ("__init__.py" if package else "module.py")
            file.parent.mkdir(parents=True)
            file.write_text(text)
            entries.append((name.replace("__", "."), str(file), "PYMODULE"))
        codes = {name: compile(Path(file).read_text(), file, "exec") for name, file, _ in entries}
        writer(frozenset(list(codes)[:1]))(str(tmp_path / "archive"), entries, codes)
        (tmp_path / "texts").write_bytes(marshal.dumps({"exec": {}, "eval": {}, **(texts or {})}))
        loader = Path(PyInstaller.__file__).parent / "loader"
        command = [sys.executable, "-c", PROGRAM + program, tmp_path, tmp_path / "archive", tmp_path / "texts"]
        env = {"PYTHONPATH": f"{loader}:{PACKAGING}:{tmp_path / 'site'}", "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return said


def test_a_module_is_as_python_makes_it(said, tmp_path):
    lines = said(
        "import mill, mill.roll as roll; print(roll.speed, roll.__file__, roll.__package__, mill.__path__,"
        " mill.__spec__.has_location, roll.__loader__.is_package('mill.roll'))",
        mill="# package\n",
        mill__roll="speed = 7",
    )
    assert lines == [f"7 {tmp_path / 'mill' / 'roll.py'} mill {[str(tmp_path / 'mill')]} True False"]


def test_what_is_not_in_the_archive_comes_from_where_it_came_before(said):
    program = """
import colorsys
print("start_early" in repr(colorsys.__loader__))
try: import nowhere
except ImportError as error: print(error)
"""
    assert said(program) == ["False", "No module named 'nowhere'"]


LATER = """
import difflib
print("imported", isinstance(difflib, type(sys)), difflib.__name__)
"""


def test_a_module_for_later_is_read_in_when_it_is_asked_for(said):
    lines = said(
        LATER + "print(difflib.like, difflib.like, type(difflib).__name__)", difflib="print('read in')\nlike = 1"
    )
    assert lines == ["imported True difflib", "read in", "1 1 module"]


def test_dir_shows_all_of_it(said):
    assert said(LATER + "print('like' in dir(difflib))", difflib="like = 1")[1:] == ["True"]


def test_from_import_reads_it_in_and_names_what_it_lacks(said):
    program = (
        LATER
        + "try: from difflib import nothing\nexcept ImportError as error: print(error)\nprint(hasattr(difflib, 'no'))"
    )
    lines = said(program, difflib="print('read in')")
    assert lines[1] == "read in"
    assert lines[2].startswith("cannot import name 'nothing' from 'difflib'")
    assert lines[3:] == ["False"]


def test_one_that_fails_fails_whenever_it_is_asked(said):
    program = LATER + "for _ in range(2):\n try: difflib.like\n except ZeroDivisionError as error: print(error)"
    assert said(program, difflib="1 / 0")[1:] == ["division by zero", "division by zero"]


def test_one_that_needs_itself_while_it_is_read_in_is_told_so(said):
    lines = said(LATER + "print(difflib.seen)", difflib="import difflib\nseen = hasattr(difflib, 'after')\nafter = 1")
    assert lines[1:] == ["False"]


def test_all_threads_that_ask_at_once_get_the_same_and_whole_one(said):
    program = """
import difflib, threading
together, got = threading.Barrier(8), []
def ask():
    together.wait()
    got.append(difflib.last)
threads = [threading.Thread(target=ask) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(got)
"""
    module = "import threading\nprint('read in')\nthreading.Event().wait(0.01)\nlast = 5"
    assert said(program, difflib=module) == ["read in", f"{[5] * 8}"]


def test_names_that_are_given_do_not_read_it_in_and_are_what_the_module_has(said):
    program = """
import typing, typing_extensions
from typing_extensions import NotRequired, Required
print(NotRequired is typing.NotRequired, Required is typing.Required)
print(typing_extensions.other, typing_extensions.Required)
"""
    module = "print('read in')\nother, Required = 1, 'its own'"
    assert said(program, typing_extensions=module) == ["True True", "read in", "1 its own"]


def test_given_names_are_those_of_the_libraries(said):
    libraries = Path(importlib.util.find_spec("numpy").origin).parents[1]
    program = f"""
sys.path.append({str(libraries)!r})
import numpy, typing, typing_extensions
from numpy.typing import NDArray
given = start_early.GIVEN
for module in ("numpy.typing", "numpy._typing"):
    print(given[module]["NDArray"]()[numpy.float64] == NDArray[numpy.float64])
for name, one in given["typing_extensions"].items():
    print(name == "get_type_hints" or one() is getattr(typing_extensions, name))
class Row(typing.NamedTuple):
    value: "typing.Annotated[int, 1]"
hints = given["typing_extensions"]["get_type_hints"]()
print(hints(Row, include_extras=True) == typing_extensions.get_type_hints(Row, include_extras=True))
"""
    assert set(said(program)) == {"True"}


WRONG = """
from PySide6.QtCore import QObject, QRectF, QTimer
import shibokensupport.signature.loader as support
for wrong in (lambda: QObject().setObjectName(7), lambda: QRectF("x"), lambda: QTimer(no=3), lambda: QTimer().no):
    try: wrong()
    except (TypeError, AttributeError) as error: print(type(error).__name__, error)
from shibokensupport.signature import get_signature
print(QTimer.singleShot.__doc__, get_signature(QRectF))
print("start_early" in repr(support.__loader__))
"""


def test_qt_tells_of_wrong_arguments_with_its_support_out_of_the_archive_as_without(said, tmp_path):
    """It looks into some of these modules from C: one that is not yet read in would end the program."""
    import start_modules

    site = tmp_path / "site"
    home = Path(importlib.util.find_spec("shiboken6").origin).parent
    shutil.copytree(home, site / "shiboken6")
    (site / "PySide6").symlink_to(home.parent / "PySide6")
    plain = said(f"sys.meta_path.pop(0)\n{WRONG}")
    sources = start_modules.Start().sources
    for name, text in sources.items():
        file = site / start_modules.SUPPORT_FILES / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    names = {
        Path(name).with_suffix("").as_posix().removesuffix("/__init__").replace("/", "__"): name for name in sources
    }
    modules = {name: ("# package\n" if "__init__" in file else "") + sources[file] for name, file in names.items()}
    lines = said(WRONG, **modules)
    assert (plain[-1], lines[-1]) == ("False", "True")
    assert lines[:-1] == plain[:-1]
    assert sum("wrong argument types" in line for line in lines) == 2


def test_what_was_compiled_is_not_compiled_again(said):
    program = """
import dataclasses, typing
names = {}
dataclasses.exec("speed = 1", {}, names)
dataclasses.exec("other = 3", {}, names)
print(names, eval(typing.compile("a", "<string>", "eval")), eval(typing.compile("4", "<string>", "eval")))
@dataclasses.dataclass(frozen=True)
class Roll:
    speed: int = 5
print(Roll(), Roll(6) == Roll(6), typing.get_type_hints(typing.NamedTuple("Row", [("a", "int")])))
"""
    texts = {"exec": {"speed = 1": compile("speed = 2", "x", "exec")}, "eval": {"a": compile("9", "x", "eval")}}
    assert said(program, texts) == ["{'speed': 2, 'other': 3} 9 4", "Roll(speed=5) True {'a': <class 'int'>}"]


@pytest.mark.parametrize("content", [None, b"", b"\xff", marshal.dumps({"exec": {}})[:-3], marshal.dumps([1])])
def test_without_what_was_compiled_it_is_compiled_as_ever(said, tmp_path, content):
    """A file that was damaged is named by the comparison with the manifest, which begins only later."""
    (tmp_path / "damaged").write_bytes(content or b"")
    program = f"""
start_early.begin({str(tmp_path / ("none" if content is None else "damaged"))!r})
import dataclasses
print(dataclasses.make_dataclass("Roll", ["speed"])(3))
"""
    assert said(program) == ["Roll(speed=3)"]
