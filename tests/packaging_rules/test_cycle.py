"""packaging/cycle.py: what it judges by, and how its table comes into the manual. The cycle itself needs root."""

from __future__ import annotations

import pytest

from tests.packaging_rules.standin import ROOT, script

cycle = script("cycle")
Expected = script("trial").Expected
BEFORE = cycle.Records({"pki/own.der": "1"}, {"started", "stopped"}, ["10:00,1", "10:01,2"])


def test_more_records_are_no_loss():
    now = cycle.Records(
        {"pki/own.der": "1", "people.db": "2"}, {"started", "stopped", "upgraded"}, [*BEFORE.values, "x"]
    )
    BEFORE.expect_kept(now)


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (cycle.Records({}, BEFORE.journal, BEFORE.values), "pki/own.der"),
        (cycle.Records({"pki/own.der": "2"}, BEFORE.journal, BEFORE.values), "pki/own.der"),
        (cycle.Records(BEFORE.files, {"started"}, BEFORE.values), "1 records of the journal are gone"),
        (cycle.Records(BEFORE.files, BEFORE.journal, ["10:00,1"]), "stored values are gone"),
    ],
)
def test_every_loss_ends_it(now, told):
    with pytest.raises(Expected, match=told):
        BEFORE.expect_kept(now)


def test_what_was_seen_takes_the_place_of_the_last_time(tmp_path):
    chapter = tmp_path / "installing.md"
    chapter.write_text((ROOT / "resources/manual/installing.md").read_text())
    words = chapter.read_text().partition(cycle.SECTION)[2].lstrip().splitlines()[0]
    for seen in ("In a bare Debian: first\n", "In a bare Debian: second\n"):
        cycle.into_manual(chapter, seen)
    text = chapter.read_text()
    assert text.count("In a bare Debian") == 1
    assert "In a bare Debian: second\n\n## Windows\n" in text
    assert words in text


def test_a_chapter_without_the_section_is_said(tmp_path):
    (tmp_path / "a.md").write_text("# Nothing\n")
    with pytest.raises(Expected, match="has no section"):
        cycle.into_manual(tmp_path / "a.md", "")


def test_a_step_that_failed_stands_in_the_log():
    log = script("trial").Log("bookworm")
    with pytest.raises(ValueError, match="no room"), log.step("Install"):
        raise ValueError("no room\non the disk")
    assert "| Install | 0.0 s | **FAILED**: no room on the disk |" in log.text()
