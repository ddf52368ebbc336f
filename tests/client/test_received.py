"""The plant of a welcome: taken as compiled from an engine of the same program, read from its files otherwise."""

from types import SimpleNamespace

import pytest

import hmi
from hmi.client import received
from hmi.core.errors import PlantError
from hmi.link.messages import Welcome


@pytest.fixture
def said(engine):
    """A welcome of this program's engine."""

    def say(compiled: bytes, version: str = hmi.__version__) -> Welcome:
        return Welcome(1, engine.files, engine.library, engine.plant.digest, 0, version, 0, compiled)

    return say


@pytest.fixture
def no_reading(monkeypatch):
    """Files that nobody may read."""

    def refuse(*_):
        raise AssertionError("the files are read although they were compiled")

    monkeypatch.setattr("hmi.core.plant.load", refuse)


@pytest.mark.usefixtures("no_reading")
def test_what_the_engine_has_read_is_not_read_again(said, engine):
    plant = received.plant_of(said(engine.plant.compiled))
    assert (plant.tags, plant.screens, plant.texts) == (engine.plant.tags, engine.plant.screens, engine.files)


@pytest.mark.parametrize(("compiled", "version"), [(b"", hmi.__version__), (b"another program's", "0.0.1")])
def test_the_files_are_read_where_nothing_of_this_program_is_compiled(said, engine, compiled, version):
    assert received.plant_of(said(compiled, version)).screens == engine.plant.screens


@pytest.mark.expect_log("read from its files")
def test_the_files_are_read_where_what_is_compiled_is_no_plant(said, engine):
    assert received.plant_of(said(b"garbage")).screens == engine.plant.screens


def test_mistakes_in_the_files_are_told(said, engine):
    engine.files = {}
    with pytest.raises(PlantError):
        received.plant_of(said(b""))


@pytest.mark.parametrize(
    ("version", "mend"),
    [
        ("99.0.0", "Close the window and open it from the newer installation."),
        ("0.0.9", "Stop the engine and start it from the newer installation."),
    ],
)
def test_an_engine_of_another_version_is_refused_politely(said, version, mend):
    assert received.stranger(said(b"", version)) == (
        f"The engine is hmi {version}, this window hmi {hmi.__version__}. {mend}"
    )


def test_versions_that_differ_in_the_last_number_understand_each_other(said):
    major, minor, _ = hmi.__version__.split(".")
    assert received.stranger(said(b"", f"{major}.{minor}.99")) == ""


def test_a_window_shows_nothing_of_a_stranger_and_says_why(wire, engine, monkeypatch):
    monkeypatch.setattr(received, "hmi", SimpleNamespace(__version__="99.0.0"))
    wire.start()
    assert wire.state == "away"
    assert "Stop the engine and start it from the newer installation." in wire.text
    assert wire.plant is None
