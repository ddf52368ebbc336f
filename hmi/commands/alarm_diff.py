"""`hmi alarms diff`: what of the alarms an engine runs differs from the plant's files."""

from __future__ import annotations

import argparse

from hmi.commands.ask import Caller, no, put_json, say
from hmi.core.alarms.differing import Difference, differences
from hmi.core.errors import PlantError
from hmi.plantfiles.folder import check_folder, find_plant


def diff(options: argparse.Namespace) -> int:
    """Print every difference, what runs first; 1 when there is one."""
    files, mistakes = check_folder(find_plant(options.plant))
    if files is None:
        raise PlantError([mistake for mistake in mistakes if mistake.severity == "error"])
    with Caller(options) as caller:
        running = caller.learn()
    if running.id != files.id:
        return no(f"the engine there runs the plant {running.id}, and these are files of {files.id}")
    found = differences(running, files)
    if options.json:
        rows = [{"subject": d.subject, "key": d.key, "running": d.running, "files": d.files} for d in found]
        put_json({"running": running.digest, "files": files.digest, "differences": rows})
    elif not found:
        say(f"{len(files.rules)} alarms: the engine runs what the files say.")
    else:
        for one in found:
            say(line_of(one))
        say("Restart the engine to use what the files say.")
    return 1 if found else 0


def line_of(one: Difference) -> str:
    """One difference on one line."""
    if not one.key:
        return f"{one.subject}: in the engine {one.running}, in the files {one.files}"
    return f"{one.subject}  {one.key}: {one.running or '(nothing)'} runs, {one.files or '(nothing)'} in the files"
