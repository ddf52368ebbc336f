"""policies.toml and policies/*.toml: one [[policy]] each, what must hold before anybody writes to its tags."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from hmi.core import expr, toml
from hmi.core.errors import Mistake
from hmi.core.expr import ExprError
from hmi.core.nearest import suggestion
from hmi.core.plant.derived_tags import text_read
from hmi.core.policy import Interlock, Policy, limits_of, rules_for
from hmi.core.setting import Unacceptable, acceptable, is_writable
from hmi.core.tags import INTEGER_TYPES, NUMBER_TYPES, Tag

_PATTERN: Final = re.compile(r"(?:[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*)(?:\.\*)?|\*")
_OF_NUMBERS: Final = ("low", "high", "max_step")
_TEXT: Final = Meta(min_length=1, max_length=300, examples=["Filler is running: stop it first"])
_RULES: Final = tuple(name for name in Policy.__dataclass_fields__ if name not in ("place", "values", "interlocks"))


class _Policy(Struct, frozen=True, kw_only=True):
    tags: Annotated[tuple[str, ...], Meta(min_length=1, examples=[["line1.filler.*"]])]
    values: Annotated[tuple[float | bool, ...], Meta(min_length=1, examples=[[2]])] | None = None
    role: Literal["operate", "maintain", "engineer", "administer"] | None = None
    low: float | None = None
    high: float | None = None
    max_step: Annotated[float, Meta(gt=0, examples=[5.0])] | None = None
    max_per_min: Annotated[int, Meta(ge=1, le=600, examples=[6])] | None = None
    confirm: Annotated[str, Meta(max_length=300, examples=["Product is lost"])] | None = None
    reason: bool | None = None
    second_person: bool | None = None
    stations: Annotated[tuple[Literal["desk", "panel"], ...], Meta(min_length=1, examples=[["panel"]])] | None = None
    remote_ok: bool | None = None
    fresh_s: Annotated[float, Meta(gt=0, le=86_400, examples=[5])] | None = None


class _Interlock(Struct, frozen=True):
    needs: Annotated[str, Meta(min_length=1, examples=["line1.filler.state != 6"])]
    blocked: Annotated[str, _TEXT]


Rank = tuple[int, int, bool]  # how specific: a name, how deep the pattern, whether only for some values


@dataclass(slots=True)
class _Names:
    """The tags by name, and in alphabetical order, in which all below a dot stand together."""

    tags: list[Tag]
    index: Mapping[str, int]
    ordered: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.ordered = sorted(self.index)

    def matching(self, pattern: str) -> list[Tag]:
        """The tags that a pattern means."""
        if pattern == "*":
            return list(self.tags)
        if not pattern.endswith(".*"):
            return [self.tags[self.index[pattern]]] if pattern in self.index else []
        prefix = pattern[:-1]
        start = bisect_left(self.ordered, prefix)
        stop = bisect_left(self.ordered, prefix[:-1] + chr(ord(".") + 1))
        return [self.tags[self.index[name]] for name in self.ordered[start:stop]]


def policy_files(texts: Mapping[str, str]) -> list[str]:
    """The policy files among a plant's files, in order."""
    more = sorted(file for file in texts if re.fullmatch(r"policies/[^/]+\.toml", file))
    return (["policies.toml"] if "policies.toml" in texts else []) + more


def read_policies(
    texts: Mapping[str, str], tags: list[Tag], index: Mapping[str, int], mistakes: list[Mistake]
) -> dict[int, tuple[Policy, ...]]:
    """The policies of every writable tag that has any, the most specific first; mistakes go on the list."""
    reader = _Reader(_Names(tags, index), mistakes)
    for file in policy_files(texts):
        table = toml.read(file, texts[file], mistakes)
        if table is None:
            continue
        for key in table.values:
            if key != "policy":
                what = f"`{key}` is not a section of a policy file"
                mistakes.append(table.mistake(key, what, "Write [[policy]] above each policy"))
        for row in table.tables("policy"):
            reader.read(row)
    return reader.ordered()


class _Reader:
    """Collects the policies of each tag, and finds those that contradict each other."""

    def __init__(self, names: _Names, mistakes: list[Mistake]) -> None:
        self._names = names
        self._mistakes = mistakes
        self._first: dict[str, list[tuple[Policy, toml.Table]]] = {}  # by pattern
        self._of: dict[int, list[tuple[Rank, Policy, toml.Table]]] = {}

    def read(self, row: toml.Table) -> None:
        made = toml.fill(_Policy, row, self._mistakes, beside=("interlock",))
        interlocks = tuple(self._interlocks(row))
        if made is None:
            return
        policy = _policy(row, made, interlocks)
        if "interlock" not in row.values and all(getattr(policy, name) is None for name in _RULES):
            what = "the policy asks for nothing"
            self._mistakes.append(
                row.mistake("tags", what, "Add role, low, high, interlock, ... or remove it", "warning")
            )
        self._check_itself(row, policy)
        for pattern in made.tags:
            self._attach(row, policy, pattern)

    def ordered(self) -> dict[int, tuple[Policy, ...]]:
        """By tag, the most specific first; checked for what they say together."""
        found = {}
        for number, entries in sorted(self._of.items()):
            entries.sort(key=lambda entry: entry[0], reverse=True)
            found[number] = tuple(policy for _, policy, _ in entries)
            self._check_together(self._names.tags[number], found[number], entries[0][2])
        return found

    def _interlocks(self, row: toml.Table) -> Iterator[Interlock]:
        for inner in row.tables("interlock"):
            made = toml.fill(_Interlock, inner, self._mistakes)
            if made is None:
                continue
            try:
                needs = expr.compile(made.needs, self._names.index, suggest=len(self._mistakes) < 50)
            except ExprError as error:
                what = f"{error.what} (column {error.column} of `needs`)"
                self._mistakes.append(inner.mistake("needs", what, error.mend))
                continue
            if not needs.inputs:
                mend = "Name the tags that it depends on"
                self._mistakes.append(inner.mistake("needs", "the interlock reads no tag", mend))
            elif text := text_read(needs, self._names.tags):
                what = f"{text} is text, and expressions are about numbers"
                self._mistakes.append(inner.mistake("needs", what, "Use tags that are numbers or bools"))
            else:
                yield Interlock(needs, made.blocked)

    def _check_itself(self, row: toml.Table, policy: Policy) -> None:
        if policy.low is not None and policy.high is not None and policy.low >= policy.high:
            what = f"low {policy.low:g} is not below high {policy.high:g}"
            self._mistakes.append(row.mistake("low", what, "Exchange them, or leave one out"))
        if policy.values is not None:
            for key in ("low", "high"):
                if getattr(policy, key) is not None:
                    what = f"`{key}` and `values` in one policy: the values are its range"
                    self._mistakes.append(row.mistake(key, what, f"Remove `{key}`, or write two policies"))

    def _attach(self, row: toml.Table, policy: Policy, pattern: str) -> None:
        if not _PATTERN.fullmatch(pattern):
            what = f"{pattern!r} is neither a tag nor all tags below a dot"
            mend = 'Write a name, "line1.filler.*" for all below it, or "*" for all'
            self._mistakes.append(row.mistake("tags", what, mend))
            return
        matching = self._names.matching(pattern)
        writable = [tag for tag in matching if is_writable(tag)]
        if complaint := self._no_tag(pattern, matching, writable) or self._not_for(pattern, policy, writable):
            self._mistakes.append(row.mistake("tags", *complaint))
            return
        self._check_twice(row, policy, pattern)
        depth = len(pattern) if not pattern.endswith("*") else pattern.count(".")
        rank = (int(not pattern.endswith("*")), depth, policy.values is not None)
        for tag in writable:
            self._of.setdefault(tag.index, []).append((rank, policy, row))

    def _no_tag(self, pattern: str, matching: list[Tag], writable: list[Tag]) -> tuple[str, str] | None:
        if not matching:
            if self._names.matching(f"{pattern}.*"):
                return f"no tag is called {pattern}", f"Write {pattern}.* for all tags below it"
            few = self._names.index if len(self._mistakes) < 50 else ()
            wanted = pattern.removesuffix(".*")
            return f"no tag matches {pattern}", suggestion(wanted, few, "Name a tag of tags.csv, or remove it")
        if writable or any(not tag.address for tag in matching):  # else a row with a mistake of its own
            return None
        what = f"{pattern} is read-only" if len(matching) == 1 else f"all tags of {pattern} are read-only"
        return what, "Remove it, or set access = rw in tags.csv if it should be written"

    def _not_for(self, pattern: str, policy: Policy, writable: list[Tag]) -> tuple[str, str] | None:
        numbers = [tag for tag in writable if tag.type in NUMBER_TYPES]
        named = [key for key in _OF_NUMBERS if getattr(policy, key) is not None]
        if named and writable and not numbers:
            return f"{pattern} is no number and has no {named[0]}", f"Remove `{named[0]}`, or the tag"
        if policy.values is not None and (rounded := [tag for tag in writable if not _takes_steps(tag)]):
            what = f"`values` are for switches and whole numbers without scale, and {rounded[0].name} is neither"
            return what, "Remove `values` and write low and high, or remove the tag"
        for value in sorted(policy.values or ()) if len(writable) == 1 else ():
            try:
                acceptable(writable[0], value)
            except Unacceptable as why:
                return f"{why}, so the policy never counts", "Name only values that the tag takes"
        return None

    def _check_twice(self, row: toml.Table, policy: Policy, pattern: str) -> None:
        for other, where in self._first.get(pattern, ()):
            if (other.values is None) != (policy.values is None):
                continue
            if policy.values is not None and not policy.values & (other.values or frozenset()):
                continue
            what = f"two policies for {pattern} with the same precedence: the other is {where.file}:{where.line}"
            self._mistakes.append(row.mistake("tags", what, "Make them one, or name fewer tags in one of them"))
            break
        self._first.setdefault(pattern, []).append((policy, row))

    def _check_together(self, tag: Tag, policies: tuple[Policy, ...], row: toml.Table) -> None:
        if tag.type not in NUMBER_TYPES or all(policy.low is policy.high is None for policy in policies):
            return
        rules = rules_for(policies, "")  # those that hold for every value
        low, high = limits_of(tag, rules)
        if low is not None and high is not None and low > high:
            what = f"the policies leave no value for {tag.name}: at least {low:g} and at most {high:g}"
            self._mistakes.append(row.mistake("low", what, "Compare low and high with its other policies and tags.csv"))
        for key, own, beyond in (("low", tag.low, rules.low), ("high", tag.high, rules.high)):
            if own is not None and beyond is not None and (beyond < own if key == "low" else beyond > own):
                what = f"{key} {beyond:g} is wider than that of {tag.name} in tags.csv ({own:g}), which counts"
                self._mistakes.append(row.mistake(key, what, f"Write {own:g}, or remove it", "warning"))


def _takes_steps(tag: Tag) -> bool:
    """Whether a value is the one named or clearly another: 2.04 must not get round a policy for 2.0."""
    return tag.type == "bool" or (tag.type in INTEGER_TYPES and tag.scale == 1.0)


def _policy(row: toml.Table, made: _Policy, interlocks: tuple[Interlock, ...]) -> Policy:
    settings = {name: getattr(made, name) for name in _RULES}
    values = None if made.values is None else frozenset(map(float, made.values))
    return Policy(place=f"{row.file}:{row.line}", values=values, interlocks=interlocks, **settings)
