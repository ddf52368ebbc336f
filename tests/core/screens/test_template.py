"""Types of equipment as data."""

from hmi.core.screens.template import Template


def test_a_template_alone_draws_nothing_and_names_its_file() -> None:
    template = Template("motor", "templates/motor.toml")
    assert not template.parts and not template.symbol
    assert template.file == "templates/motor.toml"
