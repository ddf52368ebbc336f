"""A program that does towards an update what a version of ours does, and starts in a fraction of the time.

Called as: program.py VERSION BEHAVIOUR VERB ARGUMENTS. Behaviours: well, crash (its engine dies), lame (its self-test
fails), sick (its engine cannot write), dumb (its engine says nothing), busy (it has an open job), blind (nothing comes
on its connection).
"""

import asyncio
import shutil
import signal
import sys
from pathlib import Path

from hmi.clock import MachineClock
from hmi.installed import manifest
from hmi.link.messages import Reply
from hmi.link.server import Server
from hmi.store.folder import FolderLock


class Street:
    """An engine as its link shows it."""

    def __init__(self, facts: dict, jobs: list) -> None:
        self.facts = facts
        self.jobs = jobs

    def opened(self, session) -> None:
        pass

    def closed(self, session) -> None:
        pass

    def received(self, session, message) -> None:
        told = {"status": self.facts, "jobs": self.jobs, "alarms": []}
        session.send(Reply(message.number, True, "", told.get(message.verb)))


async def engine(version: str, behaviour: str, plant: Path, data: Path) -> None:
    lock = FolderLock(data)
    with (data / "journal.db").open("a") as file:
        file.write(f"{version} ran\n")
    if behaviour == "crash":
        sys.exit("out of order")
    facts = {
        "version": version,
        "plant": "mill",
        "digest": f"{manifest(plant.parent).plant.version}",
        "connections": [{"id": "plc", "state": "away" if behaviour == "blind" else "live"}],
        "store_fault": "the disk is full" if behaviour == "sick" else "",
        "plant_files": {"folder": str(plant), "state": "current"},
    }
    street = Street(facts, [{"id": "J-7"}] if behaviour == "busy" else [])
    server = Server(street, MachineClock(), data)
    if behaviour != "dumb":
        await server.start()
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await told.wait()
    await server.stop()
    lock.release()


def main(version: str, behaviour: str, verb: str, *words: str) -> None:
    if verb == "engine":
        Path(words[2]).mkdir(parents=True, exist_ok=True)
        asyncio.run(engine(version, behaviour, Path(words[0]), Path(words[2])))
    elif verb == "backup":
        shutil.copyfile(Path(words[2]) / "journal.db", f"{words[0]}.part")
        Path(f"{words[0]}.part").replace(words[0])
    elif verb == "restore":
        Path(words[2]).mkdir(parents=True)
        shutil.copyfile(words[0], Path(words[2]) / "journal.db")
    elif verb == "selftest" and behaviour == "lame":
        sys.exit("hmi: the picture is blank")


main(*sys.argv[1:])
