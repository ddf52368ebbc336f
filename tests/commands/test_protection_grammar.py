"""What may stand after `hmi settings` and `hmi wipe`."""

from pathlib import Path

from hmi.cli import parser


def test_records_are_erased_only_when_somebody_says_so():
    options = parser().parse_args(["wipe", "--data", "/var/lib/hmi-mill"])
    assert (options.data, options.records, options.json) == (Path("/var/lib/hmi-mill"), False, False)
    assert parser().parse_args(["wipe", "--records"]).records


def test_settings_are_those_of_the_plant_that_runs_or_is_named():
    assert parser().parse_args(["settings"]).plant is None
    assert parser().parse_args(["settings", "mill", "--json"]).plant == "mill"
