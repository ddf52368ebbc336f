"""Parameters of templates: their defaults, and what a `with` may give instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hmi.core.nearest import suggestion
from hmi.core.screens.scope import MAX_VALUE, Scope
from hmi.core.screens.template import BUILT_IN, Template


def defaults_of(template: Template, given: Mapping[str, str], scope: Scope) -> dict[str, str]:
    """The defaults of a template's parameters, which may hold what the machine itself is called."""
    knowing = scope.knowing(given)
    return {name: knowing.filled(text) for name, text in template.parameters.items()}


def complaint_of_parameters(
    table: Any, template: Template, built_in: tuple[str, ...] = BUILT_IN
) -> tuple[str, str] | None:
    """What is wrong with a `with` table for a template, and how to mend it."""
    if not isinstance(table, dict):
        return "`with` must be a table", 'Write with = { name = "value" }'
    known = (*template.parameters, *built_in)
    for name, value in table.items():
        if name not in known:
            otherwise = f"It has {', '.join(template.parameters) or 'none'}"
            return f"{name} is not a parameter of {template.id}", suggestion(name, known, otherwise)
        if not isinstance(value, str | int | float) or len(str(value)) > MAX_VALUE:
            return f"the parameter {name} is neither a short text nor a number", f"Write up to {MAX_VALUE} characters"
    return None


def text_of(value: Any) -> str:
    """A parameter as `${...}` puts it in."""
    return str(value).lower() if isinstance(value, bool) else str(value)
