"""What an engineer finds after a crash, and what he must not find."""

import logging

import pytest

from hmi.engine.crash_report import LINES, MOST, LastLines, report, tail_of, without_secrets

NOW = 1_772_000_000_000_000_000


def test_what_when_version_trace_and_the_last_lines(tmp_path):
    try:
        raise KeyError("filler")
    except KeyError as error:
        file = report(tmp_path, NOW, "a fault (KeyError)", ["12:00 INFO plc: live"], error)
    text = file.read_text()
    assert file.name == "2026-02-25T06-13-20-000000.txt"
    for part in (
        "a fault (KeyError)",
        "2026-02-25 06:13:20 UTC",
        "hmi 0",
        "test_crash_report.py",
        "12:00 INFO plc: live",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("postgresql://desk:herons3@server/plant away", "postgresql://desk:…@server/plant away"),
        ("password=herons3", "password=…"),
        ("Token: 3f2a", "Token: …"),
        ("{'name': 'kim', 'secret': 'three grey herons', 'n': 1}", "{'name': 'kim', 'secret': …, 'n': 1}"),
        ('{"password": "three grey herons"}', '{"password": …}'),
        (r"{'secret': 'it\'s \"three\" herons', 'n': 1}", "{'secret': …, 'n': 1}"),
        ("{'secret': 'three grey her\nnext line", "{'secret': …\nnext line"),
        ("Secret(name='x', key=\"a b\")", "Secret(name='x', key=…)"),
        ("link " + "a3" * 32 + " opened", "link … opened"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----", "…"),
        ("line1.filler.tank.level = 40.2 %", "line1.filler.tank.level = 40.2 %"),
        ("opc.tcp://127.0.0.1:4840 refused", "opc.tcp://127.0.0.1:4840 refused"),
    ],
)
def test_no_secret_is_in_it(tmp_path, text, kept):
    assert without_secrets(text) == kept
    assert kept in report(tmp_path, NOW, "x", [text]).read_text()


def test_old_reports_make_room(tmp_path):
    for number in range(MOST + 5):
        report(tmp_path, NOW + number * 10**9, f"crash {number}", [])
    files = sorted((tmp_path / "crashes").glob("*.txt"))
    assert len(files) == MOST
    assert f"crash {MOST + 4}" in files[-1].read_text()


@pytest.mark.expect_log("no crash report can be written")
def test_a_disk_that_takes_none(tmp_path):
    (tmp_path / "crashes").write_text("a file where the folder should be")
    assert report(tmp_path, NOW, "x", []) is None


def test_the_last_lines_of_the_log_are_kept_and_no_more():
    lines, log = LastLines(), logging.getLogger("test.crash")
    log.addHandler(lines)
    log.setLevel(logging.INFO)
    try:
        for number in range(LINES + 10):
            log.info("line %d", number)
    finally:
        log.removeHandler(lines)
    assert len(lines.lines) == LINES
    assert lines.lines[-1].endswith(f"line {LINES + 9}")


def test_the_tail_of_a_log_file(tmp_path):
    log = tmp_path / "engine.log"
    assert tail_of(log) == []
    log.write_bytes(b"".join(b"line %d\n" % number for number in range(100_000)) + b"\xff end")
    assert len(tail_of(log)) == LINES
    assert tail_of(log)[-2] == "line 99999"
