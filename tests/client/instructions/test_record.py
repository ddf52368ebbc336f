"""The record of a job: everything in it, nothing that could run, and the hash of it all."""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import replace
from zoneinfo import ZoneInfo

import msgspec
import pytest
from PySide6.QtGui import QColor, QPalette

from hmi.client.instructions.record import answer_words, as_json, page, write_pdf
from hmi.core.steps.events import digest_of
from hmi.core.steps.model import Check, Number, Read, Sign, Verify
from tests.core.steps.floor import Floor

UTC = ZoneInfo("UTC")


@pytest.fixture
def floor():
    made = Floor(
        Check(id="c", title="Guard <closed>?"),
        Number(id="n", title="Pressure", unit="bar", high=5),
        Verify(id="v", title="Stands", needs="line.speed < 1"),
        Sign(id="s", title="Done"),
        Read(id="r", title="Tidy up"),
    )
    made.start(context={"lot": "L<7>"})
    made.act(value="no")
    made.act(value=6, why="gauge & pipe")
    made.act()
    made.act("sign", signer="bob")
    made.act()
    return made


def test_the_page_has_all_of_it_and_escapes_what_people_wrote(floor):
    html = page(floor.job, floor.procedure, "Plant <x>", UTC)
    for text in (
        "Plant &lt;x&gt;",
        "Guard &lt;closed&gt;?",
        "L&lt;7&gt;",
        "No",
        "6 bar",
        "6 bar is above 5 bar",
        "gauge &amp; pipe",
        "line.speed = 0",
        "bob",
        "performed",
        digest_of(floor.job.procedure, floor.job.events),
    ):
        assert text in html, text
    assert "<closed>" not in html


def test_answers_as_they_were_asked(floor):
    told = [answer_words(event, floor.procedure) for event in floor.job.events if event.kind == "answered"]
    assert told == ["No", "6 bar", "It was so", ""]


def test_as_json_it_is_whole(floor):
    body = json.loads(as_json(floor.job, floor.procedure))
    assert (body["state"], body["context"], len(body["events"])) == ("finished", {"lot": "L<7>"}, 7)
    assert body["digest"] == digest_of(floor.job.procedure, floor.job.events)
    assert len(body["procedure"]["steps"]) == 5


def test_as_pdf_on_as_many_pages_as_it_takes(qapp, floor, tmp_path):
    path = tmp_path / "job.pdf"
    assert write_pdf(path, floor.job, floor.procedure, "Plant", UTC) == ""
    assert path.read_bytes().startswith(b"%PDF-")
    small = path.stat().st_size
    long = Floor(*(Read(id=f"s{number}", title=f"Step {number}", text="x") for number in range(200)))
    long.start()
    for _ in range(200):
        long.act()
    assert write_pdf(path, long.job, long.procedure, "Plant", UTC) == ""
    data = path.read_bytes()
    assert len(data) > small and data.count(b"/Type /Page\n") >= 3


def test_it_is_black_on_paper_whatever_the_theme_of_the_window(qapp, floor, tmp_path):
    before, red = qapp.palette(), qapp.palette()
    red.setColor(QPalette.ColorRole.Text, QColor("#FF0000"))
    qapp.setPalette(red)
    try:
        assert write_pdf(tmp_path / "job.pdf", floor.job, floor.procedure, "Plant", UTC) == ""
    finally:
        qapp.setPalette(before)
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", (tmp_path / "job.pdf").read_bytes(), re.DOTALL)
    drawn = b"".join(zlib.decompressobj().decompress(one) for one in streams if one[:1] == b"x")
    assert b" scn" in drawn and b"1 0 0 scn" not in drawn


def test_a_step_that_was_told_late_says_when_it_was_done(floor):
    late = msgspec.structs.replace(floor.job.events[1], acted_ns=1_000_000_000)
    job = replace(floor.job, events=(floor.job.events[0], late, *floor.job.events[2:]))
    assert "Done 1970-01-01 00:00:01, while the link to the engine was away" in page(job, floor.procedure, "Plant", UTC)


def test_where_nothing_can_be_written_it_is_said(qapp, floor, tmp_path):
    assert "cannot be written" in write_pdf(tmp_path / "none" / "job.pdf", floor.job, floor.procedure, "Plant", UTC)
