"""Node ids and browse paths."""

from __future__ import annotations

import pytest

from hmi.core.errors import AddressError
from hmi.core.plant.opcua_addresses import BrowseStep, browse_path, check, split_namespace_uri


def test_a_browse_path_has_a_namespace_at_every_step() -> None:
    steps = (BrowseStep(2, "Filler"), BrowseStep(3, "Tank:1"), BrowseStep(0, "Level"))
    assert browse_path("/2:Filler/3:Tank:1/Level") == steps


@pytest.mark.parametrize("text", ["/", "/2:", "/x:Filler", "/2:Filler//2:Level", "/70000:Filler", "/Filler:Tank"])
def test_what_is_no_browse_path_is_refused(text: str) -> None:
    with pytest.raises(AddressError, match="is not a step of a browse path"):
        browse_path(text)


def test_a_namespace_uri_is_told_from_the_id() -> None:
    assert split_namespace_uri("nsu=http://maker.example/ua;s=A;B") == ("http://maker.example/ua", "s=A;B")
    for text in ("nsu=urn:x", "nsu=;s=A", "nsu=urn:x;Level", "ns=2;s=A"):
        with pytest.raises(AddressError, match="is not a node id"):
            split_namespace_uri(text)


@pytest.mark.parametrize("text", ["ns=2;s=Filler.Level", "nsu=urn:x;i=7", "i=2258", "/2:Filler"])
def test_addresses_that_the_driver_can_use(text: str) -> None:
    check(text)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Filler.Level", "not an OPC UA node id"),
        ("ns=70000;s=x", "namespace 70000"),
        ("i=4294967296", "too big"),
        ("/2:Filler//x", "browse path"),
    ],
)
def test_what_is_wrong_is_said(text: str, what: str) -> None:
    with pytest.raises(AddressError, match=what):
        check(text)
