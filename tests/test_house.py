"""The rules of the house, held by tests: the shape of the source, and which room may know what."""

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.trees import tree_of

ROOT = Path(__file__).parent.parent
SOURCES = sorted(path for path in (ROOT / "hmi").rglob("*.py") if path.stat().st_size)
SCRIPTS = sorted((ROOT / "packaging").rglob("*.py"))

LONG_FILE, LONGEST_FILE, LONGEST_FUNCTION, USUAL_FUNCTION = 350, 500, 60, 10
REASONS: dict[str, str] = {}  # file over LONG_FILE lines -> why it is one thing all the same

BAD_FILE_NAMES = {
    "base",
    "common",
    "handler",
    "handlers",
    "helper",
    "helpers",
    "manager",
    "misc",
    "util",
    "utils",
}
BAD_CLASS_NAME = re.compile(r"^_?(Base|Abstract)[A-Z]|(Manager|Handler|Helper|Utils?|Misc|Impl)$")
BAD_CALLS = {
    "processEvents": "a loop inside the loop: split the work over beats of the frame clock",
    "load_type_definitions": "executes text that the server supplies",
    "load_enums": "executes text that the server supplies",
    "load_data_type_definitions": "executes text that the server supplies",
    "load_extension": "loads code into SQLite",
    "setStyleSheet": "44 ms for 500 values: colours come from the theme, and are painted",
    "eval": "no code is run from data: hmi.core.expr is the plant's expression language",
    "__import__": "no code is run from data",
    "execfile": "no code is run from data",
    "unsafe_load": "foreign text must not become objects",
    "extractall": "a name in an archive may lead anywhere: unpack each entry after it was judged",
    "openUrl": "nothing is fetched, and no other program is started, for what a file says",
    "setOpenExternalLinks": "nothing is fetched, and no other program is started, for what a file says",
    "QUiLoader": "windows are made by code, not by files that may bring their own",
    "QDataStream": "foreign bytes must not become objects: use msgspec",
    "QWebEngineView": "no browser: it would run scripts and fetch",
}
# Where text may become markup, and why it is none that others wrote.
MARKUP = {"setHtml", "insertHtml", "setMarkdown", "QLabel", "setWhatsThis"}
MARKUP_ALLOWED = {
    ("hmi/client/printing.py", "setHtml"): "the documents of this program, in which what people wrote is escaped",
    ("hmi/client/instructions/record.py", "setHtml"): "the record of a job, in which what people wrote is escaped",
    ("hmi/client/instructions/text.py", "setMarkdown"): "without HTML; pictures and links only of the plant",
    ("hmi/client/manual/sheet.py", "setMarkdown"): "the manual, without HTML; pictures only of its own folder",
    ("hmi/client/trial.py", "QLabel"): "the self-test's own numbers",
    ("hmi/client/instructions/diffview.py", "QLabel"): "our own marks; everything that people wrote is escaped",
}
BAD_CALLS_ALLOWED = {("hmi/client/style.py", "setStyleSheet"): "once, at start, for the whole application"}
# Every file that may start a thread, and which thread that is.
THREADS = {
    "hmi/client/app.py": "reads in what only the trends need, once, while the first screen goes on being drawn",
    "hmi/drivers/keystore.py": "asks the operating system's key store, which may wait for a person to unlock it",
    "hmi/store/store.py": "the one writer: values and journal reach the disk through it alone",
    "hmi/store/sealer.py": "turns the seconds of an hour into blocks, so that no commit waits for it",
    "hmi/client/takeaway.py": "writes the rows of one list into a file, and ends with it",
    "hmi/client/trends/export_job.py": "writes the file of one export, and ends with it",
    "hmi/engine/forward.py": "sends to the plant server; whatever that one does, nothing here waits for it",
    "hmi/engine/people.py": "judges passwords one at a time, which takes long on purpose",
    "hmi/engine/requests.py": "the pool of two that reads history, so that a question never holds up acquisition",
}
STARTS_THREADS = {
    "Thread",
    "ThreadPoolExecutor",
    "Timer",
    "QThread",
    "QThreadPool",
    "to_thread",
    "run_in_executor",
}

QT = ("PySide6", "shiboken6", "pyqtgraph")
PROTOCOLS = ("asyncua", "pymodbus")
DATABASE = ("sqlite3", "sqlite_utils")


def name_of(path: Path) -> str:
    """Write a path as a person would, from the project's root."""
    return path.relative_to(ROOT).as_posix()


def nodes(kind: type | tuple[type, ...], paths: list[Path] = SOURCES) -> Iterator[tuple[str, ast.AST]]:
    """Walk every node of one kind, with the place it stands at."""
    for path in paths:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, kind):
                yield f"{name_of(path)}:{getattr(node, 'lineno', 1)}", node


def expect_none(faults: list[str]) -> None:
    """Fail with every fault on a line of its own."""
    assert not faults, "\n" + "\n".join(faults)


# -------------------------------------------------------------------------------------- shape of the source


def test_every_source_file_has_its_test_file():
    """hmi/core/tags.py is tested by tests/core/test_tags.py."""
    sources = [p.relative_to(ROOT / "hmi") for p in SOURCES if p.name not in {"__init__.py", "__main__.py"}]
    wanted = [ROOT / "tests" / source.parent / f"test_{source.name}" for source in sources]
    expect_none([f"missing: {name_of(path)}" for path in wanted if not path.exists()])


def test_files_are_short():
    lines = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES + SCRIPTS}
    long = {name: count for name, count in lines.items() if count > LONG_FILE}
    assert {name: count for name, count in long.items() if count >= LONGEST_FILE} == {}
    assert sorted(long) == sorted(REASONS), "a file over 350 lines wants a reason in REASONS, a shorter one none"


def test_functions_are_short():
    functions = nodes((ast.FunctionDef, ast.AsyncFunctionDef), SOURCES + SCRIPTS)
    lengths = {f"{place} {node.name}": node.end_lineno - node.lineno + 1 for place, node in functions}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}
    assert statistics.median(lengths.values()) <= USUAL_FUNCTION


QT_WORDS = {"data", "event", "flags", "index", "paint", "parent", "shape", "sort"}  # overrides that show no Qt case


@cache
def classes() -> dict[str, ast.ClassDef]:
    """Every class of the program by its name."""
    return {node.name: node for _, node in nodes(ast.ClassDef)}


def is_told_elsewhere(owner: ast.ClassDef, method: str) -> bool:
    """Whether Qt's manual or a class that this one derives from says what the method does."""
    for name in (ast.unparse(base).rpartition(".")[2] for base in owner.bases):
        base = classes().get(name)
        if base is None:  # a class of Qt or of another library
            told = method in QT_WORDS or not method.islower()
        else:
            told = method in dict(told_parts(base)) or is_told_elsewhere(base, method)
        if told:
            return True
    return False


def told_parts(owner: ast.ClassDef | ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Give the classes and functions of a body that have docstrings."""
    for node in owner.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(node):
            yield node.name, node


def untold_parts(owner: ast.ClassDef | ast.Module, prefix: str = "") -> Iterator[str]:
    """Name what other files may use and no docstring tells of."""
    told = dict(told_parts(owner))
    for node in owner.body:
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
            continue
        decorators = {ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list}
        inherited = isinstance(owner, ast.ClassDef) and is_told_elsewhere(owner, node.name)
        if node.name not in told and not inherited and not decorators & {"setter", "overload"}:
            yield f"{prefix}{node.name}"
        if isinstance(node, ast.ClassDef):
            yield from untold_parts(node, f"{prefix}{node.name}.")


def test_public_parts_have_docstrings():
    bare = [name_of(path) for path in SOURCES + SCRIPTS if not ast.get_docstring(tree_of(path))]
    bare += [f"{name_of(path)} {part}" for path in SOURCES + SCRIPTS for part in untold_parts(tree_of(path))]
    expect_none(bare)


def test_names_say_what_a_thing_is():
    bad = [name_of(path) for path in SOURCES if path.stem.strip("_") in BAD_FILE_NAMES]
    bad += [f"{place} {node.name}" for place, node in nodes(ast.ClassDef) if BAD_CLASS_NAME.search(node.name)]
    expect_none(bad)


def called(node: ast.Call) -> str:
    """Give the last word of what is called: `loop.run_in_executor(...)` -> run_in_executor."""
    return ast.unparse(node.func).rpartition(".")[2]


def test_banned_calls():
    calls = [(place, called(node)) for place, node in nodes(ast.Call) if called(node) in BAD_CALLS]
    bad = [call for call in calls if (call[0].partition(":")[0], call[1]) not in BAD_CALLS_ALLOWED]
    expect_none([f"{place} {name}: {BAD_CALLS[name]}" for place, name in bad])


def test_what_others_wrote_is_text_and_never_markup():
    """Qt guesses: a label or tooltip that looks like markup is drawn as such, and opens the files that it names."""
    places = {(place.partition(":")[0], called(node)) for place, node in nodes(ast.Call)}
    assert {place for place in places if place[1] in MARKUP} == set(MARKUP_ALLOWED)
    bad = []
    for place, node in nodes(ast.Call):
        if called(node) in ("setToolTip", "showText") and place.startswith("hmi/client/"):
            text = node.args[0 if called(node) == "setToolTip" else 1]
            if not is_own_text(text):
                bad.append(f"{place} {ast.unparse(text)}: hmi.client.tips.plain makes it text")
    expect_none(bad)


def is_own_text(node: ast.expr) -> bool:
    """Whether a text is ours, of our translations, of numbers, or was made plain."""
    if isinstance(node, ast.IfExp):
        return is_own_text(node.body) and is_own_text(node.orelse)
    if isinstance(node, ast.JoinedStr):
        return all(isinstance(part, ast.Constant) or "now" in ast.unparse(part) for part in node.values)
    if isinstance(node, ast.Call):
        return called(node) == "plain" or (called(node) == "tr" and not node.keywords)
    return isinstance(node, ast.Constant)


def test_whoever_shows_documents_decides_what_they_may_open():
    """A document's pictures and links are fetched by Qt itself unless its view says no."""
    views = [node for _, node in nodes(ast.ClassDef) if "QTextBrowser" in map(ast.unparse, node.bases)]
    assert views
    for view in views:
        assert "loadResource" in {part.name for part in view.body if isinstance(part, ast.FunctionDef)}, view.name
        assert "setOpenLinks(False)" in ast.unparse(view), view.name


def test_threads_are_started_only_where_the_house_knows_of_them():
    starting = {place.partition(":")[0] for place, node in nodes(ast.Call) if called(node) in STARTS_THREADS}
    assert sorted(starting) == sorted(THREADS)


def test_packaging_is_a_folder_of_scripts():
    """With an __init__.py it would shadow the PyPI package of that name; with tests, break its users."""
    assert not list((ROOT / "packaging").rglob("__init__.py"))
    assert not list((ROOT / "packaging").rglob("test_*.py"))


# --------------------------------------------------------------------------------------------- pure core


def imports(tree: ast.Module) -> Iterator[str]:
    """Name what a module imports, in full."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_core_knows_only_the_standard_library_numpy_and_msgspec():
    allowed = sys.stdlib_module_names | {"numpy", "msgspec"}
    for path in SOURCES:
        if path.is_relative_to(ROOT / "hmi" / "core"):
            foreign = [
                n for n in imports(tree_of(path)) if n.partition(".")[0] not in allowed and not n.startswith("hmi.core")
            ]
            assert foreign == [], name_of(path)


def test_core_opens_and_prints_nothing():
    core = [path for path in SOURCES if path.is_relative_to(ROOT / "hmi" / "core")]
    bad = [place for place, node in nodes(ast.Call, core) if ast.unparse(node.func) in {"open", "print", "input"}]
    expect_none(bad)


def test_core_is_tested_without_sleeps_and_mocks():
    for path in (ROOT / "tests" / "core").rglob("test_*.py"):
        names = set(imports(ast.parse(path.read_text(encoding="utf-8"))))
        assert not names & {"time", "unittest.mock", "mock"}, name_of(path)


# ------------------------------------------------------------------------------------- who may know what

IMPORT_ROOM = """
import importlib, pkgutil, sys

class Wall:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ImportError(name + " has no business here")

sys.meta_path.insert(0, Wall())
for room in {rooms!r}:
    package = importlib.import_module(room)
    for module in pkgutil.walk_packages(getattr(package, "__path__", []), room + "."):
        importlib.import_module(module.name)
print(*sorted(name.partition(".")[0] for name in sys.modules))
"""


def run(*command: str) -> "subprocess.CompletedProcess[str]":
    """Run a child in the project's folder and keep what it says."""
    return subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=50)


def import_rooms(rooms: list[str], blocked: tuple[str, ...] = ()) -> set[str]:
    """Import whole packages in a process of their own, and give back all that came with them."""
    code = IMPORT_ROOM.format(rooms=rooms, blocked=blocked)
    done = run(sys.executable, "-c", code)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_imports_keep_their_contracts():
    done = run(str(Path(sys.executable).with_name("lint-imports")), "--no-cache")
    assert done.returncode == 0, done.stdout


@pytest.mark.cr("7.7")
def test_all_but_the_client_import_without_qt():
    """A headless station has no Qt libraries, so this is what lets the engine run there."""
    import_rooms(["hmi.core", "hmi.link", "hmi.store", "hmi.plantfiles", "hmi.drivers", "hmi.engine", "hmi.sim"], QT)


def test_client_imports_without_protocols_and_database():
    import_rooms(["hmi.client"], PROTOCOLS + DATABASE)


def test_core_imports_without_an_event_loop():
    """What numpy brings along is numpy's affair; core adds neither asyncio nor a thread pool nor a socket."""
    added = import_rooms(["hmi.core"]) - import_rooms(["numpy.typing", "msgspec"])
    assert not added & {"asyncio", "concurrent", "multiprocessing", "socket", "sqlite3", "subprocess"}


def test_the_command_line_loads_only_what_its_verb_needs():
    """`hmi get` must answer at once, and `hmi engine` must not find Qt in its process."""
    assert not import_rooms(["hmi.cli"]) & {*QT, *PROTOCOLS}
