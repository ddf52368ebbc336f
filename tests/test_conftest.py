"""The rules of conftest.py bite: each of these small tests breaks one, and each must fail for it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent

BAD = """
import asyncio, logging, threading, time, warnings
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

keep = []

def test_thread_left_behind():
    thread = threading.Thread(target=time.sleep, args=(30,), daemon=True)
    thread.start()

async def test_task_left_behind():
    keep.append(asyncio.get_running_loop().create_task(asyncio.sleep(30)))

async def test_task_falls_over_unheard():
    async def fall():
        raise ValueError("over the edge")
    task = asyncio.get_running_loop().create_task(fall())
    await asyncio.sleep(0)

def test_thread_falls_over_unheard():
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()

def test_timer_left_ticking(qapp):
    timer = QTimer()
    timer.start(1000)
    keep.append(timer)

def test_window_left_open(qapp):
    window = QWidget()
    window.show()
    keep.append(window)

def test_warning_in_the_log():
    logging.getLogger("plant").warning("the pump is dry")

def test_warning_of_python():
    warnings.warn("old-fashioned")

def test_exception_in_a_slot(qtbot):
    timer = QTimer()
    timer.setSingleShot(True)
    timer.timeout.connect(lambda: 1 / 0)
    with qtbot.waitSignal(timer.timeout):
        timer.start(0)

@pytest.mark.xfail
def test_expected_to_fail_but_does_not():
    pass
"""

GOOD = """
import asyncio, logging, threading
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

@pytest.mark.expect_log("pump .* dry")
def test_expected_warning():
    logging.getLogger("plant").warning("the pump is dry")

@pytest.mark.keeps_running("shown on purpose")
def test_allowed_thread():
    threading.Thread(target=threading.Event().wait, daemon=True).start()

async def test_task_cancelled_at_the_last_moment():
    asyncio.get_running_loop().create_task(asyncio.sleep(30)).cancel()

async def test_work_in_the_loops_own_pool():
    assert await asyncio.to_thread(sum, [1, 2]) == 3

def test_window_given_to_qtbot(qtbot):
    window = QWidget()
    timer = QTimer(window)
    timer.start(10)
    qtbot.addWidget(window)
    window.show()

def test_window_closed_by_hand(qapp):
    window = QWidget()
    window.show()
    window.deleteLater()
"""


@pytest.fixture
def run_pytest(tmp_path: Path):
    """Run one file of tests under our conftest and our settings, and give back each test's outcome."""
    shutil.copy(HERE / "conftest.py", tmp_path)
    shutil.copy(HERE.parent / "pyproject.toml", tmp_path)

    def run(text: str) -> tuple[dict[str, str], str]:
        (tmp_path / "test_rules.py").write_text(text)
        command = [sys.executable, "-P", "-m", "pytest", "-rA", "-p", "no:cacheprovider", "test_rules.py"]
        done = subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, text=True, timeout=50)
        output = done.stdout + done.stderr
        summary = [line.split(" ") for line in output.splitlines() if "test_rules.py::" in line]
        worst: dict[str, str] = {}
        for outcome, name, *_ in sorted(line for line in summary if line[0] in {"PASSED", "FAILED", "ERROR"}):
            worst.setdefault(name.split("::")[1], outcome)
        return worst, output

    return run


def test_every_rule_bites(run_pytest):
    outcomes, output = run_pytest(BAD)
    assert len(outcomes) == BAD.count("def test_"), output
    assert {name for name, outcome in outcomes.items() if outcome == "PASSED"} == set(), output


def test_what_is_allowed_passes(run_pytest):
    outcomes, output = run_pytest(GOOD)
    assert set(outcomes.values()) == {"PASSED"} and len(outcomes) == GOOD.count("def test_"), output
