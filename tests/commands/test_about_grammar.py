"""What may stand after `hmi about`."""

from pathlib import Path

from hmi.cli import parser


def test_a_folder_and_what_is_to_be_done_with_it():
    options = parser().parse_args(["about", "/opt/hmi-mill", "--verify", "--libraries"])
    assert (options.folder, options.verify, options.libraries, options.json) == (
        Path("/opt/hmi-mill"),
        True,
        True,
        False,
    )


def test_nothing_at_all_is_about_this_program():
    options = parser().parse_args(["about"])
    assert (options.folder, options.verify) == (None, False)
