"""An export under way: page by page on a thread of its own, the same bytes as `hmi history`, nothing half-written."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from hmi import cli
from hmi.client.trends import export_job
from hmi.client.trends.export_files import CsvFile
from hmi.client.trends.export_job import Asked, ExportJob, grouped
from hmi.client.trends.export_parquet import ParquetFile
from hmi.link.messages import Reply

S = 1_000_000_000
TAGS = ("tank.level", "pump.speed")


@pytest.fixture
def exported(qtbot, desk, tmp_path, clock):
    """Export to a file and wait for the end: whether it is there, and what was said."""

    def run(asked, path, open_file=CsvFile, during=None):
        job, said, told = ExportJob(desk.wire, asked, path, open_file), [], []
        job.ended.connect(lambda well, text: said.append((well, text)))
        job.told.connect(told.append)
        job.start()
        if during is not None:
            during(job)

        def over():
            desk.wire.tick()
            return bool(said)

        qtbot.waitUntil(over, timeout=20_000)
        job._writer.shutdown()
        assert len(said) == 1
        return (*said[0], told)

    return run


def whole_hour(clock, **more) -> Asked:
    return Asked(TAGS, clock.now_ns() - 3600 * S, clock.now_ns(), **more)


def printed(tmp_path, stored, asked, *words) -> Path:
    """What `hmi history` writes of the same."""
    from hmi.core.listing import iso

    out = tmp_path / "printed"
    times = ("--from", iso(asked.from_ns)[:26], "--to", iso(asked.to_ns)[:26])
    assert cli.main(["history", *asked.tags, *times, *words, "--data", str(stored), "--out", str(out)]) == 0
    return out


def test_every_value_is_exported_as_hmi_history_prints_it(exported, stored, tmp_path, clock):
    asked = whole_hour(clock)
    well, text, told = exported(asked, tmp_path / "out.csv")
    assert well and text.startswith("720 rows exported to ")
    assert (tmp_path / "out.csv").read_bytes() == printed(tmp_path, stored, asked, "--raw").read_bytes()
    assert len(told) > 4 and told[0].startswith("Exporting … ")
    assert not list(tmp_path.glob("*.part"))


def test_intervals_and_figures_are_those_of_hmi_history(exported, stored, tmp_path, clock):
    asked = whole_hour(clock, points=30)
    assert exported(asked, tmp_path / "out.csv")[0]
    assert (tmp_path / "out.csv").read_bytes() == printed(tmp_path, stored, asked, "--points", "30").read_bytes()
    edges = (*range(asked.from_ns, asked.to_ns, 900 * S), asked.to_ns)
    asked = whole_hour(clock, edges=edges)
    assert exported(asked, tmp_path / "out.csv")[0]
    assert (tmp_path / "out.csv").read_bytes() == printed(tmp_path, stored, asked, "--step", "15m").read_bytes()


def test_more_steps_than_one_answer_holds_come_in_several(exported, stored, tmp_path, clock, engine, monkeypatch):
    monkeypatch.setattr(export_job, "STEPS", 7)
    asked = whole_hour(clock)
    edges = (*range(asked.from_ns, asked.to_ns, 60 * S), asked.to_ns)
    assert exported(whole_hour(clock, edges=edges), tmp_path / "out.csv")[1].startswith("120 rows")
    assert len([request for request in engine.requests if request.verb == "figures"]) == 2 * 9
    assert (tmp_path / "out.csv").read_bytes() == printed(tmp_path, stored, asked, "--step", "1m").read_bytes()


def test_parquet_is_the_same_table(exported, stored, tmp_path, clock):
    parquet = pytest.importorskip("pyarrow.parquet")
    asked = whole_hour(clock)
    assert exported(asked, tmp_path / "out.parquet", ParquetFile)[0]
    other = printed(tmp_path, stored, asked, "--raw", "--format", "parquet")
    assert parquet.read_table(tmp_path / "out.parquet").equals(parquet.read_table(other))


def test_it_writes_on_a_thread_of_its_own(exported, stored, tmp_path, clock):
    seen = set()

    class Told(CsvFile):
        def add(self, answer):
            seen.add(threading.current_thread().name)
            super().add(answer)

    assert exported(whole_hour(clock), tmp_path / "out.csv", Told)[0]
    assert seen and all(name.startswith("hmi-export") for name in seen)


def test_what_is_cancelled_leaves_what_was_there(exported, stored, tmp_path, clock):
    out = tmp_path / "out.csv"
    out.write_text("old")
    well, text, _ = exported(whole_hour(clock), out, during=lambda job: job.cancel())
    assert (well, text) == (False, "The export was cancelled: there is no file")
    assert out.read_text() == "old"
    assert not list(tmp_path.glob("*.part"))


def test_an_engine_that_says_no_in_the_middle(exported, stored, tmp_path, clock, engine):
    answer, count = engine.answers["samples"], []

    def refuse(request):
        count.append(1)
        return answer(request) if len(count) < 3 else Reply(request.number, False, "history is damaged there")

    engine.answers["samples"] = refuse
    well, text, _ = exported(whole_hour(clock), tmp_path / "out.csv")
    assert (well, text) == (False, "Nothing was exported: history is damaged there")
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
    engine.answers["samples"] = lambda request: Reply(request.number, True, "", {"samples": {}})
    assert not exported(whole_hour(clock), tmp_path / "out.csv")[0]


def test_a_link_that_is_lost_ends_it(exported, stored, tmp_path, clock, engine):
    engine.answers["samples"] = lambda request: engine.hang_up()
    well, text, _ = exported(whole_hour(clock), tmp_path / "out.csv")
    assert not well and text.startswith("Nothing was exported: ")
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_a_disk_that_takes_nothing_is_one_line(exported, stored, tmp_path, clock):
    well, text, _ = exported(whole_hour(clock), tmp_path / "nowhere" / "out.csv")
    assert not well
    assert "nothing was exported, choose another folder" in text and "\n" not in text
    assert not exported(whole_hour(clock), Path("/dev/full/out.csv"))[0]


def test_our_own_fault_is_told_and_ends_it(exported, stored, tmp_path, clock):
    class Broken(CsvFile):
        def add(self, answer):
            raise ZeroDivisionError

    well, text, _ = exported(whole_hour(clock), tmp_path / "out.csv", Broken)
    assert (well, text) == (False, "A fault in the program while exporting: ZeroDivisionError()")
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_counts_can_be_read():
    assert grouped(20_736_000).replace("\u202f", " ") == "20 736 000"
