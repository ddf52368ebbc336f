"""What a station remembers of its exports."""

from pathlib import Path

from hmi.client.trends.export_memory import Remembered, recall, remember, usual_file, usual_folder


def test_what_was_chosen_is_chosen_again(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "exports.json"
    assert recall(file) == Remembered()
    what = Remembered(str(tmp_path), "pdf", "15m")
    remember(file, what)
    assert recall(file) == what
    assert [path.name for path in file.parent.iterdir()] == ["exports.json"]


def test_what_cannot_be_read_or_written_costs_nothing(tmp_path: Path) -> None:
    file = tmp_path / "exports.json"
    file.write_bytes(b'{"folder": 5')
    assert recall(file) == Remembered()
    blocked = tmp_path / "a-file"
    blocked.write_text("")
    remember(blocked / "exports.json", Remembered("x"))


def test_each_station_has_its_own() -> None:
    assert usual_file("desk/../x").name == "exports-desk____x.json"
    assert usual_folder().is_absolute()
