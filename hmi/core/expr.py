"""The small safe language of bindings, derived tags and suppression conditions.

Numbers, true, false, tag names, + - * / %, comparisons (chained too), and or not, `a if c else b`, and the
functions min max abs round floor ceil clamp good bad. The text is tokenised here first, so only these tokens
ever reach Python's parser; a whitelist of its nodes becomes closures, once; nothing goes to Python's eval.
There are no loops and no names but tags, so every expression ends.

Quality goes with the value: the result is as bad as the worst value that was read, except that `good(tag)`
and `bad(tag)` only ask, and what `and`, `or` and `if` did not need was not read.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Mapping
from typing import Any, Final

from numpy.typing import NDArray

from hmi.core import closures
from hmi.core import quality as q
from hmi.core.closures import Result, Step
from hmi.core.errors import HmiError
from hmi.core.nearest import nearest

MAX_CHARACTERS: Final = 1000
MAX_NODES: Final = 200
MAX_DEPTH: Final = 20

_TOKEN: Final = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))"
    r"|(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_0-9]\w*)*)"
    r"|(?P<operator>[=!<>]=|[-+*/%<>(),])",
    re.ASCII,
)
_FUNCTIONS: Final = {  # name: fewest and most arguments
    "min": (2, 50),
    "max": (2, 50),
    "abs": (1, 1),
    "round": (1, 1),
    "floor": (1, 1),
    "ceil": (1, 1),
    "clamp": (3, 3),
    "good": (1, 1),
    "bad": (1, 1),
}
_WORDS: Final = ("and", "or", "not", "if", "else")
_CONSTANTS: Final = {"true": 1.0, "false": 0.0}
_KNOWN: Final = frozenset((*_FUNCTIONS, *_WORDS, *_CONSTANTS))
_MENDS: Final = {
    "**": "Write x * x, or leave powers to the controller",
    "//": "Write floor(a / b)",
    "&": "Write `and`",
    "|": "Write `or`",
    "!": "Write `not`",
    "=": "Write == to compare",
    "^": "Write x * x, or leave powers to the controller",
    "'": "Leave out the quotes: expressions are about numbers, and tag names stand bare",
    '"': "Leave out the quotes: expressions are about numbers, and tag names stand bare",
}


class ExprError(HmiError):
    """An expression that cannot be used: what is wrong, how to mend it and at which column (1-based)."""

    def __init__(self, what: str, mend: str, column: int) -> None:
        super().__init__(f"{what} (column {column}). {mend}")
        self.what = what
        self.mend = mend
        self.column = column


class Expression:
    """A compiled expression; `inputs` are the indexes of every tag it names, in order of appearance.

    No dataclass: what carries a plant to another process asks for its text, and compiles that there.
    """

    __slots__ = ("_step", "inputs", "reads", "text")

    def __init__(self, text: str, inputs: tuple[int, ...], reads: tuple[int, ...], step: Step) -> None:
        self.text = text
        self.inputs = inputs
        self.reads = reads  # the inputs whose value counts, not only their quality
        self._step = step

    def value(self, values: NDArray[Any], qualities: NDArray[Any]) -> Result:
        """Value and quality now, from the tag table's columns; never raises, no number is NaN and bad."""
        return self._step(values, qualities)


def compile(  # noqa: A001 - always called as expr.compile
    text: str, tags: Mapping[str, int], suggest: bool = True
) -> Expression:
    """An expression ready to be evaluated; raises ExprError. A leading `=`, as plant files write it, is fine.

    Without `suggest` an unknown tag's message names no similar ones: in a big plant that search takes 10 ms.
    """
    if len(text) > MAX_CHARACTERS:
        raise ExprError(
            f"the expression is {len(text)} characters long, more than {MAX_CHARACTERS}",
            "Split it into derived tags",
            MAX_CHARACTERS + 1,
        )
    bare = re.sub(r"^\s*=(?!=)", lambda match: " " * len(match.group()), text)
    source, places = _tokenise(bare, tags, suggest)
    if not source.strip():
        raise ExprError("the expression is empty", "Write a tag name or a calculation", 1)
    start = len(source) - len(source.lstrip())
    tree = _parse(source.strip(), start)
    compiler = _Compiler(places, start)
    step = compiler.step(tree, 1)
    return Expression(text.strip(), tuple(places.values()), tuple(compiler.reads), step)


def _tokenise(text: str, tags: Mapping[str, int], suggest: bool) -> tuple[str, dict[str, int]]:
    """The text with tag names replaced by placeholders as long as they, and the tag of each placeholder.

    So a segment may be called `class` or `if`, and Python's attribute access stays out of the language.
    """
    parts: list[str] = []
    places: dict[str, int] = {}
    names: dict[str, str] = {}
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or text[position : position + 2] in ("**", "//"):
            raise _bad_character(text, position)
        token = match.group()
        if match.lastgroup == "name" and "." in token:
            if token not in names:
                names[token] = f"T{len(names):0{len(token) - 1}d}"
                places[names[token]] = _tag(token, tags, position + 1, suggest)
            token = names[token]
        elif match.lastgroup == "name" and token not in _KNOWN:
            raise _unknown_word(token, tags, position + 1)
        parts.append(" " * len(token) if match.lastgroup == "space" else token)
        position = match.end()
    return "".join(parts), places


def _tag(name: str, tags: Mapping[str, int], column: int, suggest: bool) -> int:
    index = tags.get(name)
    if index is None:
        found = nearest(name, tags, 3) if suggest else []
        mend = f"Write {' or '.join(found)}" if found else "Add it to tags.csv, or name another tag"
        raise ExprError(f"there is no tag {name}", mend, column)
    return index


def _unknown_word(word: str, tags: Mapping[str, int], column: int) -> ExprError:
    found = nearest(word, [*_KNOWN, *tags])
    mend = f"Write {found[0]}" if found else f"Use a tag name or one of {', '.join(sorted(_KNOWN))}"
    return ExprError(f"{word} is neither a tag nor a word of expressions", mend, column)


def _bad_character(text: str, position: int) -> ExprError:
    two, one = text[position : position + 2], text[position]
    sign = two if two in _MENDS else one
    if one.isdigit() or one == ".":
        what = f"{text[position : position + 12]!r} is not a number"
        return ExprError(what, "Write it as 1.5 or 2e6", position + 1)
    mend = _MENDS.get(sign, "Use numbers, tag names, + - * / %, comparisons, and, or, not, if and functions")
    return ExprError(f"{sign!r} is not allowed in an expression", mend, position + 1)


def _parse(source: str, start: int) -> ast.expr:
    try:
        return ast.parse(source, mode="eval").body
    except SyntaxError as error:
        column = start + min(error.offset or len(source) + 1, len(source) + 1)  # 0: at the end
        raise ExprError("the expression is not complete or not in order", "Check it there", column) from None
    except (ValueError, MemoryError, RecursionError):
        raise ExprError("the expression is too big", "Split it into derived tags", start + 1) from None


class _Compiler:
    """Turns whitelisted nodes into closures, counting them."""

    def __init__(self, places: Mapping[str, int], start: int) -> None:
        self._places = places
        self._start = start
        self._nodes = 0
        self.reads: dict[int, None] = {}

    def step(self, node: ast.expr, depth: int) -> Step:
        self._nodes += 1
        if self._nodes > MAX_NODES or depth > MAX_DEPTH:
            raise self._error(node, "the expression is too big", "Split it into derived tags")
        match node:
            case ast.Constant():
                return self._number(node)
            case ast.Name():
                return self._name(node)
            case ast.BinOp() if type(node.op) in closures.OPERATORS:
                # a long sum is a row, not a depth: its left is no deeper
                left, right = self.step(node.left, depth), self.step(node.right, depth + 1)
                return closures.calculation(closures.OPERATORS[type(node.op)], (left, right))
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() | ast.Not()):
                return self._sign(node, depth)
            case ast.BoolOp():
                steps = tuple(self.step(part, depth + 1) for part in node.values)
                return closures.logic(steps, stop=isinstance(node.op, ast.Or))
            case ast.Compare() if all(type(op) in closures.COMPARISONS for op in node.ops):
                parts = tuple(self.step(part, depth + 1) for part in (node.left, *node.comparators))
                return closures.comparison(tuple(closures.COMPARISONS[type(op)] for op in node.ops), parts)
            case ast.IfExp():
                return closures.choice(*(self.step(part, depth + 1) for part in (node.test, node.body, node.orelse)))
            case ast.Call(func=ast.Name(id=name)) if name in _FUNCTIONS and not node.keywords:
                return self._call(node, name, depth)
        raise self._error(node, "an expression cannot do this", "Use numbers, tags and functions")

    def _error(self, node: ast.expr, what: str, mend: str) -> ExprError:
        return ExprError(what, mend, self._start + node.col_offset + 1)

    def _number(self, node: ast.Constant) -> Step:
        try:
            result = (float(node.value), q.GOOD)  # type: ignore[arg-type]  # the tokeniser lets only numbers through
        except OverflowError:
            result = (math.inf, q.GOOD)
        if not math.isfinite(result[0]):
            raise self._error(node, "the number is too big", "Write one below 1e308")
        return lambda values, qualities: result

    def _name(self, node: ast.Name) -> Step:
        if node.id in _CONSTANTS:
            result = (_CONSTANTS[node.id], q.GOOD)
            return lambda values, qualities: result
        if node.id not in self._places:
            raise self._error(node, f"{node.id} is a function", f"Write {node.id}(...)")
        index = self._places[node.id]
        self.reads[index] = None
        return closures.reading(index)

    def _sign(self, node: ast.UnaryOp, depth: int) -> Step:
        operand = self.step(node.operand, depth + 1)
        if isinstance(node.op, ast.Not):
            return closures.negation(operand)
        return closures.calculation(lambda a: -a, (operand,)) if isinstance(node.op, ast.USub) else operand

    def _call(self, node: ast.Call, name: str, depth: int) -> Step:
        fewest, most = _FUNCTIONS[name]
        if not fewest <= len(node.args) <= most:
            wanted = f"{fewest}" if fewest == most else f"{fewest} to {most}"
            what = f"{name}() is given {len(node.args)} of its {wanted} values"
            raise self._error(node, what, f"Write {name}(...) with {wanted} values, commas between")
        if name in ("good", "bad"):
            argument = node.args[0]
            if not isinstance(argument, ast.Name) or argument.id not in self._places:
                raise self._error(node, f"{name}() asks about a tag", f"Write {name}(tag)")
            self._nodes += 1
            return closures.quality_test(self._places[argument.id], name == "good")
        return closures.calculation(closures.NUMERIC[name], tuple(self.step(part, depth + 1) for part in node.args))
