"""[server] of plant.toml: what may stand in it, and every mistake in words."""

from __future__ import annotations

import pytest

from hmi.core import toml
from hmi.core.errors import Mistake
from hmi.core.plant.model import Server
from hmi.core.plant.server_toml import check_rows, read_server

URL = 'url = "postgresql://hmi@plant-server/plant"\n'


def read(text: str) -> tuple[Server, list[Mistake]]:
    mistakes: list[Mistake] = []
    table = toml.read("plant.toml", text, mistakes)
    assert table is not None
    return read_server(table, mistakes), mistakes


def test_all_of_it():
    found, mistakes = read(f'[server]\n{URL}ca = "plant-ca.pem"\nrows = ["line1.*", "energy"]\nlate_h = 8\n')
    assert not mistakes
    assert found == Server("postgresql://hmi@plant-server/plant", "plant-ca.pem", ("line1.*", "energy"), 8.0)
    assert found.wants_rows_of("line1.filler.level") and not found.wants_rows_of("line2.x")


def test_no_section_is_no_server():
    assert read("") == (Server(), [])


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ('[server]\nurl = "http://x/y"\n', 2, "not a PostgreSQL address"),
        ('[server]\nurl = "postgresql://hmi:secret@x/y"\n', 2, "a password in a plant file"),
        (f'[server]\n{URL}rows = ["Line 1"]\n', 3, "'Line 1' is neither a tag nor all tags below a dot"),
        (f"[server]\n{URL}late_h = 0\n", 3, "late_h"),
        (f'[server]\n{URL}ca = "../ca.pem"\n', 3, "`ca`"),
        ('[server]\nurl = "postgresql://h@x/y?sslmode=require"\nca = "ca.pem"\n', 3, "its own word"),
        (f"[server]\n{URL}row = []\n", 3, "`row`"),
    ],
)
def test_mistakes_are_said_with_their_line(text: str, line: int, what: str):
    _, (mistake,) = read(text)
    assert mistake.line == line and what in mistake.what


def test_tags_that_are_not_there_are_mistakes_and_those_without_history_warnings():
    mistakes: list[Mistake] = []
    kept = {"line1.level": True, "line1.speed": True, "line2.note": False}
    check_rows(Server("u", rows=("line1.levle", "line2.*", "line1.*", "other.*")), 7, kept, mistakes)
    assert [(one.line, one.severity) for one in mistakes] == [(7, "error"), (7, "warning"), (7, "error")]
    assert mistakes[0].mend == 'Write "line1.level"' and "no history is kept of line2.*" in mistakes[1].what
