"""Our own bugs: everything into the log, one line to the operator."""

import faulthandler
import logging
import sys
import threading

import pytest
from PySide6.QtCore import qWarning

from hmi.client.faults import CRASHES, LOG, caught


@pytest.fixture(autouse=True)
def keep_faulthandler():
    was = faulthandler.is_enabled()
    yield
    if was:
        faulthandler.enable()


@pytest.mark.expect_log("our fault")
def test_an_exception_is_logged_whole_and_told_in_one_line(tmp_path, capsys):
    told = []
    with caught(tmp_path, told.append):
        try:
            raise ZeroDivisionError("by nought")
        except ZeroDivisionError as error:
            sys.excepthook(type(error), error, error.__traceback__)
    text = (tmp_path / LOG).read_text(encoding="utf-8")
    assert "Traceback" in text
    assert "by nought" in text
    assert len(told) == 1
    assert "\n" not in told[0]
    assert "ZeroDivisionError" in told[0]
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.expect_log("Qt: something odd")
def test_what_qt_says_goes_to_the_log(tmp_path, qapp):
    with caught(tmp_path, print):
        qWarning("something odd")
        qWarning("This plugin does not support propagateSizeHints()")
    text = (tmp_path / LOG).read_text(encoding="utf-8")
    assert "something odd" in text
    assert "propagateSizeHints" not in text


def test_everything_is_put_back(tmp_path):
    before = (sys.excepthook, threading.excepthook, len(logging.getLogger().handlers))
    with caught(tmp_path / "new", print):
        assert sys.excepthook is not before[0]
        assert (tmp_path / "new" / CRASHES).exists()
    assert (sys.excepthook, threading.excepthook, len(logging.getLogger().handlers)) == before
