"""Runs in the frozen program before anything of it: what its libraries ask the environment."""

import os
import sys
from pathlib import Path

import start_early

inside = Path(sys._MEIPASS)
start_early.begin(inside / "start_texts")
# No plugin of a Qt that the computer may have.
qt = inside / "PySide6" / ("" if sys.platform == "win32" else "Qt")
os.environ["QT_PLUGIN_PATH"] = str(qt / "plugins")
if sys.platform.startswith("linux"):
    # The window is painted by the processor: no driver of the graphics card is ever loaded into this process.
    os.environ.setdefault("QT_XCB_GL_INTEGRATION", "none")
    # The fonts that came with the program, and then those of the computer: some have none at all.
    os.environ.setdefault("FONTCONFIG_FILE", str(inside / "fonts" / "fonts.conf"))
    # A service has no language: texts are UTF-8 all the same.
    if not any(os.environ.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG")):
        os.environ["LC_CTYPE"] = "C.UTF-8"
    # A child is a program of its own, and may be another version of it.
    os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"
    # The linker has read it, so our own libraries are found; programs of the computer, such as the player of the
    # horn's sound, must find theirs.
    before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    if before is None:
        os.environ.pop("LD_LIBRARY_PATH", None)
    else:
        os.environ["LD_LIBRARY_PATH"] = before
