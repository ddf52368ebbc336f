"""Commands of the program as a person types them, but for the Python of their own that each would start.

A trial looks ever again how the engine does; what starts then takes ten times as long as the answer. That the program
can be started, with each of its verbs, is held elsewhere.
"""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout

from hmi.cli import main
from hmi.commands.children import hmi_command

LASTING = ("engine", "run", "sim", "demo", "trust")  # verbs that need a process of their own: signals, logs, clocks


def typed(words: tuple[str, ...], env: Mapping[str, str], timeout_s: float) -> subprocess.CompletedProcess[str]:
    """Its answer; with something special in its environment, or of a verb that lasts, from a process of its own."""
    if env or words[0] in LASTING:
        command, ours = hmi_command(*words), {**os.environ, **env}
        return subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, check=False, env=ours)
    said, complained = io.StringIO(), io.StringIO()
    with redirect_stdout(said), redirect_stderr(complained):
        code = main(words)
    return subprocess.CompletedProcess(words, code, said.getvalue(), complained.getvalue())
