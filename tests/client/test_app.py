"""The client as a program."""

import os
import subprocess
import sys

import pytest

from hmi.client.app import RunOptions, open_window, opener
from hmi.core.errors import LinkError


def python(code):
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


NOT_BEFORE_THE_FIRST_SCREEN = {
    "pyqtgraph",
    "asyncua",
    "asyncio",
    "tomllib",
    "numpy.ma",
    "hmi.core.plant.load",
    "hmi.core.toml",
    "hmi.client.command",
    "hmi.client.trends.page",
    "hmi.client.alarms.page",
    "hmi.client.faceplate.faceplate",
    "hmi.client.search.palette",
    "hmi.client.diagnostics",
}


def test_importing_it_does_not_import_what_the_first_screen_does_not_need():
    done = python("import hmi.client.app, hmi.commands.window, sys; print(*sys.modules)")
    assert not NOT_BEFORE_THE_FIRST_SCREEN.intersection(done.stdout.split()), done.stderr


def test_what_the_trends_need_is_read_in_after_the_first_screen_and_on_another_thread(tmp_path):
    code = (
        "import gc, sys, threading; from pathlib import Path; from hmi.client import app\n"
        "app._IDLE_MS = 1; gc.disable()\n"
        "class Watch:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'pyqtgraph': print(threading.current_thread() is threading.main_thread())\n"
        "sys.meta_path.insert(0, Watch())\n"
        f"app.run(app.RunOptions(data=Path({str(tmp_path)!r}), seconds=0.3))\n"
        "print('hmi.client.trends.page' in sys.modules, gc.isenabled(), gc.get_freeze_count() > 0)"
    )
    done = python(code)
    assert done.stdout.split() == ["False", "True", "True", "True"], done.stderr


def test_without_an_engine_it_waits_and_ends_when_its_time_is_over(tmp_path):
    code = (
        "from pathlib import Path; from hmi.client.app import RunOptions, run;"
        f"print(run(RunOptions(data=Path({str(tmp_path)!r}), seconds=0.5, shots=Path({str(tmp_path / 'shots')!r}))))"
    )
    done = python(code)
    assert done.stdout.strip() == "1"
    assert "Traceback" not in done.stderr
    assert (tmp_path / "client.log").exists()


def test_without_pictures_closing_is_well(tmp_path):
    code = (
        "from pathlib import Path; from hmi.client.app import RunOptions, run;"
        f"print(run(RunOptions(data=Path({str(tmp_path)!r}), seconds=0.2, theme='night', touch=True)))"
    )
    done = python(code)
    assert done.stdout.strip() == "0", done.stderr


@pytest.mark.parametrize(("attach", "words"), [("nonsense", "HOST:PORT"), ("127.0.0.1:1", "no engine answers")])
def test_an_engine_that_cannot_be_attached_to_is_said_so(tmp_path, clock, attach, words):
    open_link = opener(RunOptions(data=tmp_path, attach=attach), "anna", "desk", clock)
    with pytest.raises(LinkError, match=words):
        open_link()


def test_a_link_that_stands_is_used_first_and_once(engine, tmp_path, clock):
    standing = engine.open_link()
    open_link = opener(RunOptions(data=tmp_path, link=standing), "anna", "desk", clock)
    assert open_link() is standing
    with pytest.raises(LinkError, match="not running"):
        open_link()


def test_the_window_has_the_size_asked_for(qtbot, tmp_path, clock):
    window = open_window(RunOptions(data=tmp_path, size=(1000, 700)), clock)
    qtbot.addWidget(window)
    assert (window.width(), window.height()) == (1000, 700)
    window.stop()
