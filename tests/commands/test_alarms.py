import pytest

from hmi.cli import main
from hmi.commands.alarms import hours
from hmi.core.errors import HmiError


@pytest.mark.parametrize(("text", "wanted"), [("30m", 0.5), ("4h", 4.0), ("1.5h", 1.5)])
def test_a_length_of_time(text, wanted):
    assert hours(text) == wanted


@pytest.mark.parametrize("text", ["", "4", "h", "-1h", "1d", "forever"])
def test_what_is_no_length_of_time_is_said_so(text):
    with pytest.raises(HmiError, match="write 30m or 4h"):
        hours(text)


@pytest.mark.parametrize(
    "words",
    [
        *(["shelve", "x", "--why", "t"], ["unshelve", "x"], ["reset", "x"], ["alarms", "explain", "x"]),
        *(["confirm", "x"], ["comment", "x", "--why", "t"]),
    ],
)
def test_without_an_engine_one_line_says_what_to_do(words, tmp_path, capsys):
    assert main([*words, "--data", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert "engine" in error and "Traceback" not in error and error.count("\n") == 1
