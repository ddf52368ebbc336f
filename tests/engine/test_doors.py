"""One road to a controller: whoever may write at all is named here, and only the gate tells a driver to."""

import ast
import inspect
from pathlib import Path

import pytest

from hmi.drivers import registry
from hmi.drivers.driver import Driver
from hmi.engine import gate
from tests.trees import Trees

ROOT = Path(__file__).parents[2]
TREES = Trees({path.relative_to(ROOT).as_posix(): path for path in ROOT.glob("hmi/**/*.py")})

# Every place outside the drivers that names something's `write`, and what that is. A new one is a question to be
# answered here: is it a way to a controller? Then it must go through the gate.
WRITES = {
    "hmi/engine/gate.py": {"line[1].write": "the driver: the one place of all"},
    "hmi/engine/requests.py": {"self._gate.write": "the gate, for every client of the link"},
    "hmi/engine/jobs_verbs.py": {"self._gate.write": "the gate, for a step of a job that a person does"},
    "hmi/client/command.py": {"self._commands.write": "asks the engine over the link"},
    "hmi/client/choices.py": {"element.write": "the name of the tag that an element commands: a text"},
    "hmi/client/screenshot.py": {"QImageWriter(str(out), QByteArray(b'png')).write": "a picture, into a file"},
    "hmi/client/window.py": {"self._memory.write": "what a station's windows looked like, in a file of the user's"},
    "hmi/client/instructions/outbox.py": {"self.write": "what was done on a job, kept on the window's disk"},
    "hmi/client/instructions/work.py": {"self.outbox.write": "the same"},
    "hmi/commands/plant_bundle.py": {"bundles.write": "the list of a plant's files, into its folder"},
    "hmi/engine/forward.py": {"sent.write": "how far the plant server has history, in a file of the data folder"},
    "hmi/update/unpack.py": {"out.write": "a new version of the program, onto the disk"},
    "hmi/commands/progress.py": {"self._out.write": "a line on the terminal"},
}
FILES = {"file.write", "sys.stdout.write", "sys.stderr.write"}
# Rooms that cannot know a driver (the import contracts hold that), or that are below it or on its other side.
OTHER_ROOMS = ("core/", "store/", "link/", "uplink/", "plantfiles/", "client/mimic/", "drivers/", "sim/")


def writes(file):
    """Whatever is called `write` in a file, whether it is called there or handed on."""
    return {
        ast.unparse(node) for node in ast.walk(TREES[file]) if isinstance(node, ast.Attribute) and node.attr == "write"
    }


def imported(file):
    """What a file imports, in full."""
    for node in ast.walk(TREES[file]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.cr("2.1")
def test_only_the_gate_tells_a_driver_to_write():
    rooms = tuple(f"hmi/{room}" for room in OTHER_ROOMS)
    found = {file: writes(file) - FILES for file in TREES if not file.startswith(rooms)}
    assert {file: named for file, named in found.items() if named} == {file: set(w) for file, w in WRITES.items()}


def test_nobody_gets_at_write_by_a_name_in_a_text():
    """`getattr(driver, "write")` would be a door that the test above cannot see."""
    for file, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("getattr", "attrgetter", "methodcaller"):
                assert "'write'" not in ast.unparse(node), f"{file}:{node.lineno}"


def test_drivers_are_made_in_one_place_and_handed_to_the_poller():
    create = {"hmi.drivers.registry.create", "hmi.drivers.create", "hmi.drivers.registry"}
    makers = {file for file in TREES if create & set(imported(file)) and not file.startswith("hmi/drivers/")}
    assert makers == {"hmi/engine/engine.py"}
    assert "write" not in inspect.getsource(registry)


def test_drivers_are_reached_only_from_rooms_that_are_known_here():
    """Who asks the poller for a driver: the gate to write, the others to read how it is."""
    asking = {
        file
        for file, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("line", "lines") and "poller" in ast.unparse(node.value)
    }
    assert asking == {
        "hmi/engine/engine.py",
        "hmi/engine/gate.py",
        "hmi/engine/gate_ages.py",
        "hmi/engine/report.py",
    }


def test_protocols_are_spoken_only_below_the_drivers_and_by_the_simulator():
    for file in TREES:
        if not file.startswith(("hmi/drivers/", "hmi/sim/")):
            assert not [name for name in imported(file) if name.partition(".")[0] in ("asyncua", "pymodbus")], file


def test_a_write_of_a_protocol_has_one_caller_its_driver():
    """`write_and_read_back` of each protocol is called by its driver's own `write`, and by nothing else."""
    for file, tree in TREES.items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef):
                continue
            called = {ast.unparse(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)}
            if "write_and_read_back" in called:
                assert (file.startswith("hmi/drivers/"), node.name) == (True, "write"), f"{file} {node.name}"


def test_the_road_is_as_long_as_the_gate():
    """The names above are those of the code: were they renamed, this file would look at nothing."""
    assert "write" in Driver.__dict__
    assert "line[1].write(tag, value)" in inspect.getsource(gate.Gate._send)
    assert inspect.getsource(gate).count(".write(") == 1
