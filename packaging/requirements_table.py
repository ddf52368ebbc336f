"""Makes the manual's table of IEC 62443-4-2: what of it is met, where, and which tests show it.

    python packaging/requirements_table.py          writes resources/manual/iec-62443.md
    python packaging/requirements_table.py --check  1 when that is not what stands there

States and words stand in requirements.toml beside this; the tests are those that bear the mark `cr`. A requirement that
is said to be met and that no test shows is refused, and so is a mark of a requirement that nobody knows.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "resources" / "manual" / "iec-62443.md"
WORDS = {"met": "met", "partly": "partly", "not": "not met", "other": "not ours"}
MOST = 3  # tests that are named for one requirement
HEAD = """# IEC 62443-4-2: what is met

Made by `packaging/requirements_table.py` from marks on the tests: do not edit. The requirements are those for software
applications, at security level 2, in our own short words. **met**: all of it, and a test shows it. This is what the
makers say of themselves, no certificate; what your plant needs beside it stands in [hardening](hardening.md).

"""
COLUMNS = "| CR | what it asks for | | where, and what is missing | shown by |\n|---|---|---|---|---|\n"


class Unfit(Exception):
    """States, words and marks do not fit together; one line each."""


def marks(tests: Path) -> dict[str, list[str]]:
    """The tests that bear a mark, `folder/test_file.py::test_name`, by requirement."""
    found: dict[str, list[str]] = {}
    for path in sorted(tests.rglob("test_*.py")):
        for name, requirement in _marked(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(requirement, []).append(f"{path.relative_to(tests).as_posix()}::{name}")
    return found


def _marked(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for decorator in node.decorator_list:
                if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.cr":
                    yield from ((node.name, str(ast.literal_eval(one))) for one in decorator.args)


def table(rows: list[dict[str, str]], shown: dict[str, list[str]]) -> str:
    """The page of the manual; raises Unfit with every fault."""
    known = Counter(row["cr"] for row in rows)
    faults = [f"requirement {cr} stands there twice" for cr, count in known.items() if count > 1]
    faults += [
        f"{tests[0]} bears the mark of {cr!r}, which is no requirement"
        for cr, tests in shown.items()
        if cr not in known
    ]
    for row in rows:
        faults += _faults(row, shown.get(row["cr"], []))
    if faults:
        raise Unfit("\n".join(faults))
    counts = Counter(row["state"] for row in rows)
    told = ", ".join(f"{counts[state]} {word}" for state, word in WORDS.items() if counts[state])
    lines = "".join(_line(row, shown.get(row["cr"], [])) for row in rows)
    return f"{HEAD}{told}.\n\n{COLUMNS}{lines}"


def _faults(row: dict[str, str], tests: list[str]) -> Iterator[str]:
    cr, state = row["cr"], row.get("state", "")
    if state not in WORDS:
        yield f"{cr}: there is no state {state!r}"
    if state == "met" and not tests:
        yield f"{cr} is said to be met, and no test bears its mark"
    if state in ("partly", "not") and not row.get("gap"):
        yield f"{cr}: say in `gap` what is missing"
    if state in ("met", "other") and row.get("gap"):
        yield f"{cr} has a gap and is said to be {state}"


def _line(row: dict[str, str], tests: list[str]) -> str:
    where = ". ".join(part for part in (row["where"], f"Missing: {row['gap']}" if row.get("gap") else "") if part)
    files = list(dict.fromkeys(test.partition("::")[0] for test in tests))
    more = f" and {len(files) - MOST} more" if len(files) > MOST else ""
    named = ", ".join(f"`{file}`" for file in files[:MOST]) + more
    return f"| {row['cr']} | {row['what']} | {WORDS[row['state']]} | {where} | {named} |\n"


def main(words: list[str]) -> int:
    """Write the table, or compare it."""
    rows = tomllib.loads((ROOT / "packaging" / "requirements.toml").read_text(encoding="utf-8"))["requirement"]
    try:
        text = table(rows, marks(ROOT / "tests"))
    except Unfit as faults:
        print(faults, file=sys.stderr)
        return 1
    if "--check" not in words:
        TABLE.write_text(text, encoding="utf-8")
        return 0
    if TABLE.exists() and TABLE.read_text(encoding="utf-8") == text:
        return 0
    print(
        f"{TABLE.relative_to(ROOT)} is not what the tests say: run python packaging/requirements_table.py",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
