"""The record of a job, for paper and for other programs: values, times, deviations, signatures, and the hash of all."""

from __future__ import annotations

from datetime import tzinfo
from html import escape
from pathlib import Path
from typing import Any, Final

import msgspec
from PySide6.QtCore import QMarginsF, QSizeF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QPageLayout,
    QPageSize,
    QPainter,
    QPalette,
    QPdfWriter,
    QTextDocument,
)

from hmi.client.language import tr
from hmi.client.words import source_time
from hmi.core.steps.events import Event, digest_of
from hmi.core.steps.job import Job
from hmi.core.steps.kept import answer_said
from hmi.core.steps.model import Check, Procedure, Verify, Wait, Write

_DPI: Final = 300
_MARGIN_MM: Final = 15
_HEAD: Final = ("Time", "Step", "Result", "Machine", "By")


def as_json(job: Job, procedure: Procedure) -> bytes:
    """The whole job, with what it carried out and the hash of both."""
    body = {
        "job": job.id,
        "state": job.state,
        "digest": digest_of(job.procedure, job.events),
        "context": dict(job.context),
        "people": list(job.people),
        "procedure": msgspec.to_builtins(procedure),
        "events": [msgspec.to_builtins(event) for event in job.events],
    }
    return msgspec.json.format(msgspec.json.encode(body), indent=1)


def write_pdf(path: Path, job: Job, procedure: Procedure, plant: str, zone: tzinfo) -> str:
    """Write the record as PDF on A4; gives what went wrong, in words."""
    try:
        path.open("wb").close()  # Qt says nothing but that it failed
    except OSError as error:
        return tr("It cannot be written: {why}", why=error.strerror or "")
    writer = QPdfWriter(str(path))
    writer.setResolution(_DPI)
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            QPageLayout.Orientation.Portrait,
            QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM),
            QPageLayout.Unit.Millimeter,
        )
    )
    writer.setTitle(f"{job.id} {job.title}")
    painter = QPainter()
    if not painter.begin(writer):
        return tr("It cannot be written: {why}", why=path)
    _paint(painter, writer, page(job, procedure, plant, zone), job)
    painter.end()
    return ""


def _paint(painter: QPainter, writer: QPdfWriter, html: str, job: Job) -> None:
    scale = _DPI / 96.0
    width, height = writer.width() / scale, writer.height() / scale - 24
    document = QTextDocument()
    document.setHtml(html)
    document.setPageSize(QSizeF(width, height))
    painter.scale(scale, scale)
    for number in range(document.pageCount()):
        if number:
            writer.newPage()
        painter.save()
        painter.translate(0, -number * height)
        painter.setClipRect(0, int(number * height), int(width), int(height))
        look = QAbstractTextDocumentLayout.PaintContext()
        look.palette.setColor(QPalette.ColorRole.Text, Qt.GlobalColor.black)  # on paper, whatever the window's theme
        document.documentLayout().draw(painter, look)
        painter.restore()
        foot = tr("Job {job}, page {page} of {pages}", job=job.id, page=number + 1, pages=document.pageCount())
        painter.drawText(0, int(height) + 18, foot)


def page(job: Job, procedure: Procedure, plant: str, zone: tzinfo) -> str:
    """The record as HTML of our own making: everything that people or files have written is escaped."""
    parts = [
        f"<h2>{escape(job.title)}</h2>",
        _facts(job, procedure, plant, zone),
        f"<h3>{tr('Deviations')}</h3>" if job.deviations else f"<p>{tr('Without deviations')}</p>",
        _table([[_time(e, zone), _e(e.title), _e(e.deviation), _e(e.why), _e(e.user)] for e in job.deviations]),
        f"<h3>{tr('Steps')}</h3>",
        _table([_row(event, procedure, zone) for event in job.events], [tr(name) for name in _HEAD]),
        f"<h3>{tr('Signatures')}</h3>",
        _signatures(job, zone),
        f"<p><small>{tr('Hash of the job')}: {digest_of(job.procedure, job.events)}</small></p>",
    ]
    return f"<body style='font-family:sans-serif;font-size:9pt'>{''.join(parts)}</body>"


def _facts(job: Job, procedure: Procedure, plant: str, zone: tzinfo) -> str:
    told = [
        (tr("Plant"), plant),
        (tr("Job"), f"{job.id} · {tr(job.state)}"),
        (tr("Instruction"), f"{job.instruction}, {tr('revision')} {job.revision} ({tr(procedure.release)})"),
        (tr("From"), source_time(job.started_ns, zone)),
        (tr("To"), source_time(job.ended_ns, zone)),
        (tr("Station"), job.station),
        (tr("People"), ", ".join(job.people)),
        *((tr(name), text) for name, text in job.context.items()),
    ]
    rows = "".join(f"<tr><td><b>{_e(name)}</b>&nbsp;&nbsp;</td><td>{_e(text)}</td></tr>" for name, text in told)
    return f"<table>{rows}</table>"


def _row(event: Event, procedure: Procedure, zone: tzinfo) -> list[str]:
    plain = event.value is None or event.kind in ("started", "finished")
    result = tr(event.kind) if plain else answer_words(event, procedure)
    why = f"<br/><i>{_e(event.why)}</i>" if event.why else ""
    if event.acted_ns:
        done = source_time(event.acted_ns, zone)[:19]
        why += f"<br/><i>{_e(tr('Done {time}, while the link to the engine was away', time=done))}</i>"
    mark = f"<br/><b>{tr('Deviation')}: {_e(event.deviation)}</b>" if event.deviation else ""
    tags = "<br/>".join(f"{_e(name)} = {_e(reading.value)}" for name, reading in event.tags.items())
    return [_time(event, zone), _e(event.title), f"{_e(result)}{mark}{why}", tags, _e(event.user)]


def answer_words(event: Event, procedure: Procedure) -> str:
    """What a step found, as it was asked: yes and no in words."""
    step = procedure.step(event.step)
    if isinstance(event.value, str) and isinstance(step, Check):
        return tr({"yes": "Yes", "no": "No"}.get(event.value, "Not applicable"))
    if isinstance(step, Write) and event.kind == "answered":
        return tr("Sent and read back")
    if isinstance(step, Verify | Wait):
        return tr("It was so") if event.kind == "answered" else tr("Not so yet")
    unit = getattr(step, "unit", "")
    return f"{answer_said(event)} {unit}".strip()


def _signatures(job: Job, zone: tzinfo) -> str:
    rows = [
        [_e(event.title), tr(one.meaning), _e(one.name), _time(event, zone), one.digest[:16]]
        for event in job.events
        if (one := event.signature) is not None
    ]
    return _table(rows) if rows else f"<p>{tr('Nobody has signed')}</p>"


def _table(rows: list[list[str]], head: list[str] | None = None) -> str:
    if not rows:
        return ""
    top = f"<tr>{''.join(f'<th align=left>{cell}</th>' for cell in head)}</tr>" if head else ""
    body = "".join(f"<tr>{''.join(f'<td valign=top>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table border=1 cellspacing=0 cellpadding=3 width='100%'>{top}{body}</table>"


def _time(event: Event, zone: tzinfo) -> str:
    return source_time(event.time_ns, zone)[:19]


def _e(text: Any) -> str:
    return escape("" if text is None else f"{text:g}" if isinstance(text, float) else str(text))
