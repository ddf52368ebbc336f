"""The manual's table of IEC 62443-4-2 is what the marks on the tests say, and it cannot claim what no test shows."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    """packaging/requirements_table.py, which is no package."""
    spec = importlib.util.spec_from_file_location("requirements_table", ROOT / "packaging" / "requirements_table.py")
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def row(cr: str = "1.1", state: str = "met", **more: str) -> dict[str, str]:
    return {"cr": cr, "what": "Something", "state": state, "where": "There", **more}


def test_the_manual_says_what_the_marks_say(maker: ModuleType) -> None:
    assert maker.main(["--check"]) == 0, "run python packaging/requirements_table.py"


def test_marks_are_found_wherever_they_stand(maker: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "test_a.py").write_text(
        '@pytest.mark.cr("1.1", "SAR 2.4")\n@other\nasync def test_x(): ...\n'
        'class Some:\n    @pytest.mark.cr("1.1")\n    def test_y(self): ...\n# @pytest.mark.cr("9.9")\n'
    )
    found = {"1.1": ["core/test_a.py::test_x", "core/test_a.py::test_y"], "SAR 2.4": ["core/test_a.py::test_x"]}
    assert {cr: sorted(tests) for cr, tests in maker.marks(tmp_path).items()} == found


def test_a_line_names_its_tests_and_what_is_missing(maker: ModuleType) -> None:
    text = maker.table(
        [row(), row("1.2", "partly", gap="half of it")],
        {"1.1": ["a/test_a.py::test_x", "a/test_a.py::test_y", *(f"b/test_{n}.py::test_z" for n in range(4))]},
    )
    assert "1 met, 1 partly." in text
    assert "| 1.1 | Something | met | There | `a/test_a.py`, `b/test_0.py`, `b/test_1.py` and 2 more |" in text
    assert "| 1.2 | Something | partly | There. Missing: half of it |  |" in text


@pytest.mark.parametrize(
    ("rows", "shown", "says"),
    [
        ([row()], {}, "1.1 is said to be met, and no test bears its mark"),
        ([row(state="nearly")], {"1.1": ["t::x"]}, "there is no state 'nearly'"),
        ([row(state="partly")], {}, "1.1: say in `gap` what is missing"),
        ([row(state="not")], {}, "1.1: say in `gap` what is missing"),
        ([row(gap="a little")], {"1.1": ["t::x"]}, "1.1 has a gap and is said to be met"),
        ([row()], {"1.1": ["t::x"], "9.9": ["t::y"]}, "t::y bears the mark of '9.9', which is no requirement"),
        ([row(), row()], {"1.1": ["t::x"]}, "requirement 1.1 stands there twice"),
    ],
)
def test_what_does_not_fit_together_is_refused(
    maker: ModuleType, rows: list[dict[str, str]], shown: dict[str, list[str]], says: str
) -> None:
    with pytest.raises(maker.Unfit, match="(?s)" + says.replace("(", r"\(")):
        maker.table(rows, shown)
