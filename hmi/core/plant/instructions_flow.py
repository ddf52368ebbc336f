"""The ways through the steps of an instruction: where each may lead, and which steps none leads to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hmi.core.steps.model import END, AnyStep, Branch, Check, Choice, Loop, Number, Wait


def targets(step: AnyStep) -> Iterator[tuple[str, str]]:
    """The steps that a step names, each with the key that names it."""
    if step.next:
        yield "next", step.next
    if isinstance(step, Check | Number | Choice):
        yield from (("go", one) for one in step.go.values())
    elif isinstance(step, Loop):
        yield "from", step.from_
    elif isinstance(step, Branch):
        yield "to", step.to
        if step.otherwise:
            yield "otherwise", step.otherwise


def answers(step: AnyStep) -> tuple[str, ...]:
    """What `go` of a step may name; empty where it has none."""
    if isinstance(step, Check):
        return ("yes", "no", "na") if step.na else ("yes", "no")
    if isinstance(step, Choice):
        return step.choices
    if isinstance(step, Number):
        limits = (("low", step.low), ("high", step.high))
        return (*(name for name, limit in limits if limit is not None), "within")
    return ()


def unreached(steps: Sequence[AnyStep]) -> list[AnyStep]:
    """The steps that no way from the first one leads to, in their order."""
    places = {step.id: place for place, step in enumerate(steps)}
    reached: set[int] = set()
    left = [0] if steps else []
    while left:
        place = left.pop()
        if place in reached or place >= len(steps):
            continue
        reached.add(place)
        left += [places[to] for to in _ways(steps, place) if to in places]
    return [step for place, step in enumerate(steps) if place not in reached]


def circles(steps: Sequence[AnyStep]) -> list[AnyStep]:
    """The steps from which a job would go round and round by itself, no person having a say in it."""
    places = {step.id: place for place, step in enumerate(steps)}
    alone = {place for place, step in enumerate(steps) if isinstance(step, Branch | Wait)}
    while True:  # whatever leads out of them is taken away, until only circles are left
        inside = {place for place in alone if any(places.get(to) in alone for to in _ways(steps, place))}
        if inside == alone:
            return [steps[place] for place in sorted(alone)]
        alone = inside


def _ways(steps: Sequence[AnyStep], place: int) -> Iterator[str]:
    """The ids of the steps that may come after one."""
    step = steps[place]
    yield from (to for _, to in targets(step) if to != END)
    if step.next or _decides(step):
        return
    if place + 1 < len(steps):
        yield steps[place + 1].id


def _decides(step: AnyStep) -> bool:
    """Whether a step says for every case where to go on, so that the one below it does not follow by itself."""
    if isinstance(step, Branch):
        return bool(step.otherwise)
    if isinstance(step, Check | Number | Choice) and step.go:
        return set(answers(step)) <= set(step.go)
    return False
