"""Parameters of templates."""

from __future__ import annotations

import pytest

from hmi.core.screens.parameters import complaint_of_parameters, defaults_of, text_of
from hmi.core.screens.scope import Room, Scope
from hmi.core.screens.template import Template

TEMPLATE = Template("motor", "templates/motor.toml", parameters={"max": "100", "title": "${name}!"})


def test_defaults_may_hold_what_the_machine_is_called() -> None:
    assert defaults_of(TEMPLATE, {"name": "M 1"}, Scope(Room())) == {"max": "100", "title": "M 1!"}


@pytest.mark.parametrize(("value", "text"), [("a", "a"), (3, "3"), (2.5, "2.5"), (True, "true")])
def test_a_parameter_is_put_in_as_text(value: object, text: str) -> None:
    assert text_of(value) == text


def test_parameters_of_a_part_may_give_the_path_too_but_those_of_equipment_not() -> None:
    assert complaint_of_parameters({"max": 3, "path": "a.b"}, TEMPLATE) is None
    complaint = complaint_of_parameters({"path": "a.b"}, TEMPLATE, built_in=())
    assert complaint == ("path is not a parameter of motor", "It has max, title")


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (3, "must be a table"),
        ({"mix": 3}, "mix is not a parameter of motor"),
        ({"max": [3]}, "neither a short text nor a number"),
        ({"max": "x" * 501}, "neither a short text nor a number"),
    ],
)
def test_what_cannot_be_given_is_told(given: object, what: str) -> None:
    complaint = complaint_of_parameters(given, TEMPLATE)
    assert complaint is not None and what in complaint[0] and complaint[1]
