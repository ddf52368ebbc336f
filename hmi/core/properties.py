"""What a device itself says of a tag: range, unit, names of its states. It fills what the plant's files leave empty."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hmi.core.tags import INTEGER_TYPES, NUMBER_TYPES, Tag


@dataclass(frozen=True, slots=True)
class Properties:
    """A tag's properties as its device tells them, in the tag's own engineering units."""

    low: float | None = None
    high: float | None = None
    unit: str = ""
    names: Mapping[int, str] = field(default_factory=dict)  # of the states that its numbers stand for


def of_tag(
    tag: Tag, span: tuple[float, float] | None, unit: str, names: Mapping[int, str] | None = None
) -> Properties | None:
    """What a device's own range (in the device's units), unit and states mean for a tag; None if nothing."""
    low = high = None
    if span is not None and tag.type in NUMBER_TYPES and all(map(math.isfinite, span)) and span[0] < span[1]:
        low, high = sorted(end * tag.scale + tag.offset for end in span)
    scaled = tag.scale != 1.0 or tag.offset != 0.0
    if scaled or tag.type not in NUMBER_TYPES:
        unit = ""  # it is the raw value's; of what the scale makes of it the device knows nothing
    if scaled or tag.type not in (*INTEGER_TYPES, "bool", "string"):
        names = None
    return Properties(low, high, unit, names or {}) if low is not None or unit or names else None


def completed(tag: Tag, told: Properties | None) -> Tag:
    """The tag with what its file leaves empty; what the file says stays, also where the device says otherwise."""
    if told is None:
        return tag
    open_range = tag.low is None and tag.high is None
    return replace(
        tag,
        unit=tag.unit or told.unit,
        low=told.low if open_range else tag.low,
        high=told.high if open_range else tag.high,
    )


def difference(tag: Tag, told: Properties) -> str:
    """Where the file and the device do not say the same, in words for an engineer; "" where they do."""
    parts = []
    if told.low is not None and told.high is not None and (_differ(tag.low, told.low) or _differ(tag.high, told.high)):
        parts.append(f"range {_range(tag.low, tag.high)}, the device {_range(told.low, told.high)}")
    if tag.unit and told.unit and tag.unit != told.unit:
        parts.append(f"unit {tag.unit}, the device {told.unit}")
    return f"the tag list says {' and '.join(parts)}: the tag list is used" if parts else ""


def _differ(ours: float | None, theirs: float) -> bool:
    return ours is not None and not math.isclose(ours, theirs, rel_tol=1e-6, abs_tol=1e-12)


def _range(low: float | None, high: float | None) -> str:
    return f"{'open' if low is None else format(low, 'g')} to {'open' if high is None else format(high, 'g')}"
