"""Line numbers of TOML tables and keys."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.core.toml_lines import Path, lines_of

TEXT = '''title = "a # b" # c
[a.b]           # 2
x = 1           # 3
"quoted key" = { y = 2, z = [1] }
[[item]]        # 5
text = """
[[item]]
fake = 1 """""  # 8
after = 1       # 9
[item.sub]      # 10
deep.er = [     # 11
  "]", # ]
  { p = 1 },    # 13
  { p = 2 },    # 14
]
[[item]]        # 16
path = 'C:\\'   # 17
more = \'\'\'
x = 5
\'\'\'
last = 21
[[item.inner]]  # 22
k = 1
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 1),
        (("a", "b"), 2),
        (("a", "b", "x"), 3),
        (("a", "b", "quoted key"), 4),
        (("item", 0), 5),
        (("item",), 5),
        (("item", 0, "text"), 6),
        (("item", 0, "after"), 9),
        (("item", 0, "sub"), 10),
        (("item", 0, "sub", "deep"), 11),
        (("item", 0, "sub", "deep", "er"), 11),
        (("item", 0, "sub", "deep", "er", 0), 13),
        (("item", 0, "sub", "deep", "er", 1), 14),
        (("item", 1), 16),
        (("item", 1, "path"), 17),
        (("item", 1, "more"), 18),
        (("item", 1, "last"), 21),
        (("item", 1, "inner", 0), 22),
        (("item", 1, "inner", 0, "k"), 23),
    ],
)
def test_finds_tables_and_keys(path: Path, line: int) -> None:
    tomllib.loads(TEXT)
    assert lines_of(TEXT)[path] == line
    assert lines_of(TEXT.replace("\n", "\r\n"))[path] == line


def test_text_in_strings_is_no_key() -> None:
    found = lines_of(TEXT)
    assert ("item", 0, "fake") not in found
    assert ("item", 1, "x") not in found


@given(st.text(alphabet="[]{}=.\"'#\n\\ab1 ,", max_size=120))
@settings(max_examples=300, deadline=None)
def test_always_ends_and_knows_every_top_key_of_valid_text(text: str) -> None:
    found = lines_of(text)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    plain = [key for key in values if "\\" not in text and key]
    assert all(1 <= found[(key,)] <= text.count("\n") + 1 for key in plain)
