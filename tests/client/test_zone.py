from __future__ import annotations

import pytest

from hmi.client.zone import zone_of


def test_a_time_zone_nobody_knows_is_utc_and_logged(engine):
    assert zone_of(engine.plant).key == "Europe/Berlin"


@pytest.mark.expect_log("time zone Mars/Olympus")
def test_an_unknown_zone(engine):
    import dataclasses

    assert zone_of(dataclasses.replace(engine.plant, timezone="Mars/Olympus")).key == "UTC"
