"""packaging/bootstrap.py: what it says and does on machines that lack something; and the lock it installs."""

import ast
import importlib.util
import itertools
import re
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "packaging" / "bootstrap.py"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
UV_LOCK = tomllib.loads((ROOT / "uv.lock").read_text())
LOCK = (ROOT / "packaging" / "requirements.lock").read_text()


@pytest.fixture
def bootstrap(monkeypatch, tmp_path):
    """The script as a module, with a record of the commands that it would have run."""
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.commands, module.codes = [], {}

    def run(command, env=None):
        module.commands.append((command, env or {}))
        return module.codes.get(Path(command[0]).name, 0)

    module.really_run = module.run
    monkeypatch.setattr(module, "run", run)
    monkeypatch.setattr(module, "STAMP", tmp_path / "stamp")
    monkeypatch.setattr(module, "LOCK", tmp_path / "lock")
    module.LOCK.write_text("one==1")
    monkeypatch.setenv("HMI_NO_APT", "1")
    return module


def stopped(capsys, function, *arguments) -> str:
    """What is said when something has to be done by hand."""
    with pytest.raises(SystemExit) as ended:
        function(*arguments)
    assert ended.value.code == 2
    return capsys.readouterr().out


# ---------------------------------------------------------------------------------------------- the machine


def test_an_old_python_can_read_it_and_is_told(bootstrap, monkeypatch, capsys):
    ast.parse(SCRIPT.read_text(), feature_version=(3, 7))
    monkeypatch.setattr(bootstrap, "OLDEST", (99, 1))
    assert "99.1 or newer is needed" in stopped(capsys, bootstrap.check_python)


def test_only_the_standard_library_is_imported():
    imported = {n.module or "" for n in ast.walk(ast.parse(SCRIPT.read_text())) if isinstance(n, ast.ImportFrom)}
    for node in ast.walk(ast.parse(SCRIPT.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
    assert imported <= sys.stdlib_module_names


def test_everything_missing_is_asked_for_in_one_command(bootstrap, monkeypatch, capsys):
    monkeypatch.setattr(bootstrap, "has_library", lambda soname: False)
    monkeypatch.setattr(bootstrap, "answers", lambda command: False)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: "/usr/bin/apt-get")
    monkeypatch.setattr(bootstrap.sys, "platform", "linux")
    missing = bootstrap.missing_packages(window=True, uv=None)
    assert (
        "    sudo apt-get install -y --no-install-recommends libglib2.0-0 libgl1 libegl1 libfontconfig1"
        " libxkbcommon0 libdbus-1-3 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1"
        " libxcb-shape0 python3-venv\n"
    ) in stopped(capsys, bootstrap.ensure_packages, missing)
    assert bootstrap.commands == []


def test_without_a_display_no_window_libraries_are_wanted(bootstrap, monkeypatch):
    monkeypatch.setattr(bootstrap, "has_library", lambda soname: False)
    monkeypatch.setattr(bootstrap.sys, "platform", "linux")
    assert list(bootstrap.missing_packages(window=False, uv="/usr/bin/uv")) == list(bootstrap.QT_LIBRARIES)


def test_root_gets_the_packages_after_a_fresh_list(bootstrap, monkeypatch, capsys):
    monkeypatch.delenv("HMI_NO_APT")
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 0)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: "/usr/bin/apt-get")
    bootstrap.codes["apt-get"] = 100
    assert "could not install libGL.so.1" in stopped(capsys, bootstrap.ensure_packages, {"libgl1": "libGL.so.1"})
    assert [command[1] for command, _ in bootstrap.commands] == ["install", "update", "install"]
    bootstrap.codes["apt-get"] = 0
    bootstrap.ensure_packages({"libgl1": "libGL.so.1"})


def test_other_systems_are_told_the_libraries(bootstrap, monkeypatch, capsys):
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    assert "libGL.so.1" in stopped(capsys, bootstrap.ensure_packages, {"libgl1": "libGL.so.1"})


# ------------------------------------------------------------------------------------------ the environment


def test_a_changed_lock_means_setting_up_again(bootstrap):
    assert not bootstrap.is_ready()
    bootstrap.STAMP.write_text(bootstrap.fingerprint())
    bootstrap.PYTHON = Path(sys.executable)
    assert bootstrap.is_ready()
    bootstrap.LOCK.write_text("one==2")
    assert not bootstrap.is_ready()


@pytest.mark.parametrize("uv", ["/usr/bin/uv", None])
def test_a_failed_installation_is_not_taken_for_a_finished_one(bootstrap, monkeypatch, capsys, uv):
    monkeypatch.setattr(bootstrap, "venv_answers", lambda: True)
    bootstrap.STAMP.write_text("an earlier lock")
    bootstrap.codes = {"uv": 1, "python": 1}
    assert "could not be installed" in stopped(capsys, bootstrap.ensure_environment, uv)
    assert not bootstrap.STAMP.exists()
    assert "--require-hashes" in bootstrap.commands[-1][0]


# --------------------------------------------------------------------------------------------- the words


def test_demo_without_a_display_takes_pictures(bootstrap, monkeypatch, capsys):
    monkeypatch.setattr(bootstrap, "has_display", lambda: False)
    assert bootstrap.demo(["--seconds", "5"]) == 0
    command, env = bootstrap.commands[0]
    assert command[1:] == ["-m", "hmi", "demo", "--seconds", "120", "--shots", "demo-shots", "--seconds", "5"]
    assert env["QT_QPA_PLATFORM"] == "offscreen"
    assert str(ROOT / "demo-shots") in capsys.readouterr().out


def test_demo_with_a_display_opens_the_window(bootstrap, monkeypatch):
    monkeypatch.setattr(bootstrap, "has_display", lambda: True)
    bootstrap.demo([])
    assert bootstrap.commands == [([str(bootstrap.PYTHON), "-m", "hmi", "demo"], {})]


def test_the_first_failing_check_ends_the_test_and_is_named(bootstrap, capsys):
    bootstrap.codes["mypy"] = 7
    assert bootstrap.test([]) == 7
    assert [Path(command[0]).name for command, _ in bootstrap.commands] == ["ruff", "ruff", "mypy"]
    assert "mypy FAILED" in capsys.readouterr().out


def test_arguments_go_to_pytest_alone(bootstrap):
    assert bootstrap.test(["-k", "alarms"]) == 0
    assert [command[1:] for command, _ in bootstrap.commands] == [["-k", "alarms"]]


@pytest.mark.parametrize(("code", "told"), [("raise SystemExit(3)", 3), ("import os; os.kill(os.getpid(), 9)", 137)])
def test_exit_codes_are_honest(bootstrap, code, told):
    assert bootstrap.really_run([sys.executable, "-c", code]) == told


# ---------------------------------------------------------------------------------------------- the lock


def locked() -> dict[str, str]:
    """The requirements lock: each package's version."""
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", LOCK, re.MULTILINE))


def test_the_requirements_are_those_of_uv_lock():
    ours = {p["name"]: p["version"] for p in UV_LOCK["package"] if "version" in p}
    assert locked() == {name: ours[name] for name in locked()}
    project = PROJECT["project"]
    direct = [*project["dependencies"], *itertools.chain(*project["optional-dependencies"].values())]
    assert {re.match(r"[\w.-]+", line)[0].lower() for line in direct} <= locked().keys()


@pytest.mark.cr("3.4", "7.8")
def test_every_requirement_carries_hashes_and_no_index():
    entries = re.split(r"^(?=[a-z])", LOCK, flags=re.MULTILINE)[1:]
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert not re.search(r"index-url|find-links|://", LOCK)


def test_uv_lock_names_public_addresses_only():
    addresses = set(re.findall(r"https?://[^/\"]+", (ROOT / "uv.lock").read_text()))
    assert addresses <= {"https://pypi.org", "https://files.pythonhosted.org"}


def test_runtime_dependencies_are_pinned_to_a_minor():
    loose = [line for line in PROJECT["project"]["dependencies"] if "<" not in line]
    assert [line.partition(">")[0] for line in loose] == ["tzdata"]
