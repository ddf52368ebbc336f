import json
from types import SimpleNamespace

import pytest

from hmi import cli
from hmi.commands import bench


def test_a_bench_that_is_not_there_says_which_are(capsys, monkeypatch, tmp_path):
    (tmp_path / "tests" / "bench").mkdir(parents=True)
    (tmp_path / "tests" / "bench" / "history.py").write_text("")
    monkeypatch.setattr(bench, "resources_folder", lambda: tmp_path / "resources")
    assert cli.main(["bench", "uplink"]) == 2
    assert "not built yet; there are: history" in capsys.readouterr().err


@pytest.mark.parametrize(("ok", "status"), [(True, 0), (False, 1)])
def test_figures_are_written_and_a_missed_target_is_an_answer_of_no(tmp_path, monkeypatch, capsys, ok, status):
    figure = {"name": "f", "value": 2.0, "unit": "ms", "target": 1.0, "ok": ok, "beside": {"peer": 3.0}}
    monkeypatch.setattr(bench, "_load", lambda path: SimpleNamespace(measure=lambda: [figure]))
    assert cli.main(["bench", "modbus", "--json", str(tmp_path / "b.json")]) == status
    assert json.loads((tmp_path / "b.json").read_text())["figures"] == [figure]
    assert "peer 3" in capsys.readouterr().out


@pytest.mark.parametrize(("words", "taken"), [((), "whole"), (("--quick",), "quick")])
def test_the_short_form_where_there_is_one(monkeypatch, words, taken):
    asked = []
    forms = SimpleNamespace(
        measure=lambda: asked.append("whole") or [], measure_quick=lambda: asked.append("quick") or []
    )
    monkeypatch.setattr(bench, "_load", lambda path: forms)
    assert cli.main(["bench", "modbus", *words]) == 0
    assert asked == [taken]


def test_a_bench_finds_its_parts_wherever_it_is_started_from(tmp_path, monkeypatch):
    path = tmp_path / "tests" / "bench" / "b.py"
    path.parent.mkdir(parents=True)
    path.write_text("import json\n\n\ndef measure():\n    return []\n")
    monkeypatch.setattr(bench.sys, "path", list(bench.sys.path))
    assert bench._load(path).measure() == []
    assert str(tmp_path) in bench.sys.path
