import pytest

import hmi
from hmi import cli


def test_every_verb_leads_to_a_function_that_exists():
    import importlib

    actions = cli.parser()._subparsers._group_actions[0].choices
    for name, verb in actions.items():
        module, _, function = verb.get_default("run").partition(":")
        assert callable(getattr(importlib.import_module(f"hmi.commands.{module}"), function)), name


@pytest.mark.parametrize("words", [[], ["fly"], ["put", "a"], ["bench", "speed"], ["sim", "x", "--port-base", "99999"]])
def test_wrong_use_exits_2(words, capsys):
    assert cli.main(words) == 2
    assert capsys.readouterr().err


def test_a_fault_of_ours_is_one_line_too_unless_it_is_to_be_seen(capsys, monkeypatch):
    monkeypatch.setattr("hmi.commands.check.check", lambda options: 1 / 0)
    assert cli.main(["check", "bottling"]) == 1
    error = capsys.readouterr().err
    assert "fault in the program (ZeroDivisionError" in error and len(error.strip().splitlines()) == 1
    monkeypatch.setenv("HMI_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        cli.main(["check", "bottling"])


def test_version(capsys):
    assert cli.main(["--version"]) == 0
    assert hmi.__version__ in capsys.readouterr().out


def test_a_known_error_is_one_line(capsys, tmp_path):
    assert cli.main(["get", "--data", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert len(error.strip().splitlines()) == 1
    assert "Traceback" not in error


def test_a_plant_that_is_not_there(capsys, tmp_path):
    assert cli.main(["check", str(tmp_path / "nowhere")]) == 1
    assert "nowhere" in capsys.readouterr().err


RUNS = (
    ["run", "bottling", "--data", "/x", "--kiosk", "--theme", "night"],
    ["demo", "--seconds", "3", "--fault", "jam@5"],
    ["screenshot", "bottling", "--screen", "line", "--out", "a.png"],
)


@pytest.mark.parametrize("words", RUNS, ids=lambda words: words[0])
def test_a_window_is_asked_for_as_with_the_whole_grammar(words):
    assert vars(cli.parser(words[0]).parse_args(words)) == vars(cli.parser().parse_args(words))


@pytest.mark.parametrize("words", [["run", "--no-such"], ["run", "a", "b"], ["screenshot", "a"], ["demo", "--help"]])
def test_and_what_is_wrong_with_it_is_said_in_the_same_words(words, capsys):
    said = []
    for grammar in (cli.parser(words[0]), cli.parser()):
        with pytest.raises(SystemExit) as end:
            grammar.parse_args(words)
        said.append((end.value.code, *capsys.readouterr()))
    assert said[0] == said[1]


def test_garbage_is_collected_again_when_the_work_begins(monkeypatch):
    import gc

    seen = []
    monkeypatch.setattr("hmi.commands.check.check", lambda options: seen.append(gc.isenabled()) or 0)
    gc.disable()
    try:
        assert cli.main(["check", "bottling"]) == 0
    finally:
        gc.enable()
    assert seen == [True]
