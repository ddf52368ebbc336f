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


def test_importing_it_does_not_import_what_only_trends_need():
    done = python("import hmi.client.app, sys; print('pyqtgraph' in sys.modules, 'asyncua' in sys.modules)")
    assert done.stdout.split() == ["False", "False"], done.stderr


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


def test_the_window_has_the_size_asked_for(qtbot, tmp_path, clock):
    window = open_window(RunOptions(data=tmp_path, size=(1000, 700)), clock)
    qtbot.addWidget(window)
    assert (window.width(), window.height()) == (1000, 700)
    window.stop()
