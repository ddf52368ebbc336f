"""hmi/client/imports.py, in a process of its own: what is imported after it is not looked through."""

import subprocess
import sys

PROGRAM = """
import {first}
import colorsys
from shibokensupport import feature
print("colorsys" in feature.pyside_feature_dict)
from PySide6.QtCore import QObject
try:
    QObject().setObjectName(7, 8)
except TypeError as error:
    print(str(error).splitlines()[0])
"""


def said(first):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(first=first)], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def test_nobody_looks_at_the_source_of_modules():
    own, wrong = said("hmi.client.imports")
    assert own == "False"
    assert "setObjectName" in wrong  # what Qt says of wrong arguments is as before


def test_the_window_has_it_so():
    assert said("hmi.client.app")[0] == "False"


def test_without_it_every_module_is_looked_at():
    """Else this file of ours is not needed any more."""
    assert said("PySide6.QtCore")[0] == "True"
