"""Work instructions as pictures for the manual: `python packaging/instruction_pictures.py FOLDER`.

The simulated line runs; the instruction for an overflow is carried out by the engine's own room and journal, and drawn
by the real pages in both frames: the player, the queue, two revisions side by side, the record on paper.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import msgspec
import numpy as np
from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QApplication, QWidget

from hmi.client.instructions.page import InstructionsPage
from hmi.client.instructions.record import write_pdf
from hmi.client.instructions.revisions import Revisions
from hmi.client.instructions.work import work_of
from hmi.client.page import Desk
from hmi.client.style import dress
from hmi.client.theme import Theme, day, night
from hmi.client.wire import Wire
from hmi.clock import HandClock
from hmi.core import quality as q
from hmi.core.batch import Batch
from hmi.core.derived import Derived
from hmi.core.errors import HmiError
from hmi.core.tags import TagTable
from hmi.engine.accounts import Accounts
from hmi.engine.gate import Gate
from hmi.engine.jobs_made import Jobs
from hmi.engine.people import People
from hmi.engine.poller import Poller
from hmi.engine.welcome import welcome_of
from hmi.link import local
from hmi.link.messages import Health, Hello, Reply, Request, Values
from hmi.link.street import Session
from hmi.plantfiles.folder import find_plant, load_folder, read_library
from hmi.sim.simulation import Simulation
from hmi.store.query import Reader
from hmi.store.store import Store

S = 1_000_000_000
START = datetime(2026, 3, 27, 9, 40, tzinfo=ZoneInfo("Europe/Berlin"))
RUN_S = 600
ZONE = ZoneInfo("Europe/Berlin")
DESK, TABLET = QSize(1280, 740), QSize(800, 1180)
PASSWORD = "seven wet otters"  # noqa: S105 - of people that live for as long as the pictures take
FOR = {"equipment": "filler", "alarm": "line1.filler.tank.level.hh", "order": "4711", "lot": "L-0327-2"}
STEPS: tuple[dict[str, Any], ...] = (  # what anna does in the overflow's job, up to the hand valve
    {"act": "skip", "why": "Pump was stopped at its panel already"},
    {"act": "skip", "why": "Seen at the sight glass"},
    {"act": "do", "value": "yes"},
)
REST: tuple[dict[str, Any], ...] = (
    {"act": "do", "value": "yes"},
    {"act": "do"},
    {"act": "do", "value": "94.5", "why": "Foam in the glass, read at its upper edge"},
    {"act": "do", "value": "FV-101 does not close"},
    {"act": "do", "value": "yes"},
    {"act": "sign", "name": "anna", "secret": PASSWORD},
)


class Line:
    """The demo plant after ten minutes, and the engine's end of a link that carries out jobs."""

    def __init__(self, folder: Path) -> None:
        self.plant, self.clock = load_folder(find_plant("bottling")), HandClock(int(START.timestamp()) * S)
        self.table, self.folder = TagTable(self.plant.tags), folder
        self.store = Store(folder, self.plant.tags, self.clock, self.plant.history)
        self.people = People(folder, self.plant, self.clock, self.store.record)
        self.loop, self.pool = asyncio.new_event_loop(), ThreadPoolExecutor(2)
        poller = Poller(self.table, lambda batch: None, self.clock, lambda *trouble: None)
        gate = Gate(self.plant, self.table, poller, self.clock, self.store.record)
        folders = (folder, find_plant("bottling"))
        self.jobs = Jobs(self.plant, self.table, self.clock, self.store.record, self.people, gate, self.pool, folders)
        self.reader = Reader(folder, self.store.unsealed)
        self.sessions: list[Session] = []

    def run(self) -> None:
        """Let the line run, a scan a second."""
        line, derived = Simulation(self.plant, ()), Derived(self.plant)
        for second in range(RUN_S):
            line.advance(1.0)
            values = {name: float(value) for name, value in line.read().items() if not isinstance(value, str)}
            index = [tag for name in values if (tag := self.plant.tag_index.get(name)) is not None]
            numbers = [values[self.plant.tags[tag].name] for tag in index]
            now = self.clock.now_ns()
            batch = Batch.of(index, numbers, now, now, q.GOOD)
            self.table.apply(batch)
            self.table.apply(derived.step(self.table, np.array(index, np.intp)))
            if second % 5 == 0:
                self.store.append(batch)
            self.clock.advance(1.0)
        self.store.flush().result()

    def ask(self, verb: str, **args: Any) -> Reply:
        """Ask as the window does."""
        try:
            return self.loop.run_until_complete(self.jobs.verbs[verb](self.sessions[0], args))
        except HmiError as error:
            return Reply(0, False, str(error))

    def job(self, context: dict[str, str], steps: tuple[dict[str, Any], ...], name: str = "filler-overflow") -> str:
        """A job, and what is done in it."""
        reply = self.ask("job_start", instruction=name, context=context)
        assert reply.ok, reply.text
        job = str(reply.body["job"]["id"])
        self.go_on(job, steps)
        return job

    def go_on(self, job: str, steps: tuple[dict[str, Any], ...]) -> None:
        """Do more steps of it."""
        for step in steps:
            self.clock.advance(21.0)
            self.jobs.room.look()
            going = self.jobs.room.find(job)
            assert going is not None
            self.ask("job_act", job=job, step=going.job.at, turn=going.job.turn, **step)
        self.clock.advance(9.0)
        self.jobs.room.look()

    def staff(self) -> None:
        """Two people with accounts, so that a job can be signed."""
        accounts, session = Accounts(self.people, self.clock), self.sessions[0]
        for name, full in (("anna", "Anna Schreiber"), ("tomas", "Tomas Okafor")):
            told = {"act": "add", "name": name, "password": PASSWORD, "roles": {"": "administer"}, "full_name": full}
            self.loop.run_until_complete(accounts.act(session, told))
            told = {"act": "password", "name": name, "old": PASSWORD, "new": PASSWORD + "!"}
            self.loop.run_until_complete(accounts.act(session, told))
            self.loop.run_until_complete(self.people.sign_in(session, "anna", PASSWORD + "!"))

    def opened(self, session: Session) -> None:
        """The window has come."""
        self.sessions.append(session)
        now = self.clock.now_ns()
        session.send(welcome_of(self.plant, read_library(), now, 0))
        self.say(session)

    def say(self, session: Session) -> None:
        """How everything stands now."""
        now = self.clock.now_ns()
        session.send(Values.of(self.table.rows(np.arange(len(self.table))), now, snapshot=True))
        session.send(Health(now, jobs=self.jobs.room.changed))

    def closed(self, session: Session) -> None:
        """It has gone."""

    def received(self, session: Session, message: Request) -> None:
        """Jobs are answered by the engine's own verbs, history by its reader."""
        args: dict[str, Any] = message.args
        if message.verb in self.jobs.verbs:
            reply = self.ask(message.verb, **args)
        elif message.verb == "history":
            found = self.reader.window(args["tags"], args["from_ns"], args["to_ns"], args["points"])
            reply = Reply(0, True, "", [window.pack() for window in found])
        else:
            reply = Reply(0, True, "", [])
        session.send(msgspec.structs.replace(reply, number=message.number))

    def close(self) -> None:
        """All files are closed."""
        self.people.close()
        self.store.close()
        self.pool.shutdown()
        self.loop.close()


def settle(line: Line, wire: Wire, page: InstructionsPage) -> None:
    """Until every answer has come and is drawn."""
    for _ in range(6):
        line.say(line.sessions[0])
        wire.tick()
        page.refresh()
        page.pulse(True)
        QApplication.sendPostedEvents()


def shown(line: Line, desk: Desk, size: QSize, job: str) -> InstructionsPage:
    """The page with a job in front."""
    page = InstructionsPage(desk)
    page.resize(size)
    page.show()
    work_of(desk).choose(job)
    settle(line, desk.wire, page)
    page.grab()
    settle(line, desk.wire, page)
    return page


def picture(target: Path, page: InstructionsPage, name: str) -> None:
    """The page, as it stands, in a file."""
    page.grab().save(str(target / name))
    page.dispose()
    gone(page)


def gone(widget: QWidget) -> None:
    """Have a widget deleted by Qt, now: Python would do it at any time, in any order."""
    widget.close()
    widget.deleteLater()
    QApplication.sendPostedEvents(widget, QEvent.Type.DeferredDelete.value)


def compared(target: Path, line: Line, desk: Desk) -> None:
    """Two revisions side by side, as somebody who releases the newer one sees them."""
    one = line.plant.instructions["filler-overflow"]
    line.ask("instruction_sign", instruction=one.id, act="withdraw", digest=one.digest, why="Seven steps are enough",
             name="anna", secret=PASSWORD + "!")  # fmt: skip
    glass = next(step for step in one.steps if step.id == "glass")
    newer = msgspec.structs.replace(glass, text=glass.text.replace("5 %", "3 %"), high=90.0)
    steps = tuple(newer if step.id == "glass" else step for step in one.steps if step.id != "clean")
    text = msgspec.structs.replace(
        one, steps=steps, revision="2", digest="0" * 64, release=replace_release(one.release, "draft")
    )
    line.jobs.room.adopted(replace(line.plant, instructions={**line.plant.instructions, one.id: text}))
    host = QWidget()
    host.resize(DESK)
    host.show()
    sheet = Revisions(desk, host, one.id)
    for _ in range(6):
        desk.wire.tick()
        QApplication.sendPostedEvents()
        host.grab()
    host.grab().save(str(target / "instructions-revisions.png"))
    sheet.leave()
    gone(host)


def replace_release(release: Any, state: str) -> Any:
    """A release with another state."""
    return msgspec.structs.replace(release, state=state, reviewed_by="", released_by="", on="")


def recorded(target: Path, line: Line, job: str) -> None:
    """The first page of the record of a job that has ended, as it comes out of the printer."""
    going = line.jobs.room.find(job)
    assert going is not None and not going.job.is_open, going and going.job.at
    path = line.folder / "record.pdf"
    assert not write_pdf(path, going.job, going.procedure, line.plant.name, ZONE)
    ready = shutil.which("pdftoppm")
    if ready is None:
        print("pdftoppm is not installed (apt-get install poppler-utils): the record is not drawn", file=sys.stderr)
        return
    name = str(target / "instructions-record")
    subprocess.run([ready, "-png", "-r", "110", "-f", "1", "-singlefile", str(path), name], check=True)


def frames(target: Path, line: Line, wire: Wire, theme: Theme, job: str) -> None:
    """A step on the workstation and on the tablet."""
    assert wire.plant is not None and wire.mirror is not None
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    prefix = "" if theme is day() else "night-"
    for touch, size, name in ((False, DESK, "player"), (True, TABLET, "tablet")):
        dress(application, theme, touch)
        desk = Desk(wire.plant, wire.mirror, wire, line.clock, ZONE, theme, touch, "anna", "desk")
        page = shown(line, desk, size, job)
        picture(target, page, f"{prefix}instructions-{name}.png")


def main() -> None:
    """The pictures of the manual."""
    target = Path(sys.argv[1])
    application = QApplication(["hmi"])
    application.setStyle("Fusion")
    with tempfile.TemporaryDirectory() as folder:
        line = Line(Path(folder))
        line.run()
        wire = Wire(
            lambda: local.pair(line, Hello(token="", program="client", user="anna", station="desk")), line.clock
        )
        wire.start()
        wire.tick()
        line.staff()
        line.job({"order": "4708", "product": "Still 0.5 l", "lot": "L-0327-1"}, (), "changeover")
        line.job({"equipment": "filler"}, (), "filler-daily-check")
        job = line.job(FOR, STEPS)
        for theme in (day(), night()):
            frames(target, line, wire, theme, job)
        rest = [step | ({"secret": PASSWORD + "!"} if step["act"] == "sign" else {}) for step in REST]
        line.go_on(job, tuple(rest))
        recorded(target, line, job)
        dress(application, day(), False)
        assert wire.plant is not None and wire.mirror is not None
        compared(target, line, Desk(wire.plant, wire.mirror, wire, line.clock, ZONE, day(), False, "anna", "desk"))
        wire.stop()
        line.close()


if __name__ == "__main__":
    main()
