"""Node ids and browse paths."""

from __future__ import annotations

import pytest

from hmi.core.errors import AddressError
from hmi.core.plant.opcua_addresses import BrowseStep, Target, browse_path, check, hint, split_namespace_uri, target


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


@pytest.mark.parametrize(
    "text",
    [
        "ns=2;s=Filler.Level",
        "nsu=urn:x;i=7",
        "i=2258",
        "/2:Filler",
        'ns=3;s="DB"."a"[3]',
        "index=0;ns=2;s=Filler.Valves",
        'index=3;ns=3;s="DB"."index=3;"',
        "index=2147483647;/2:Filler/2:Valves",
        "method=2:Start;ns=2;s=Filler",
    ],
)
def test_addresses_that_the_driver_can_use(text: str) -> None:
    check(text)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Filler.Level", "not an OPC UA node id"),
        ("ns=70000;s=x", "namespace 70000"),
        ("i=4294967296", "too big"),
        ("/2:Filler//x", "browse path"),
        ("index=3", "names no array"),
        ("index=3;", "names no array"),
        ("index=3;Filler.Valves", "not an OPC UA node id"),
        ("index=-1;ns=2;s=A", "is not one element"),
        ("index=1:3;ns=2;s=A", "a range is not one element of a one-dimensional array: each tag is one value"),
        ("index=1,2;ns=2;s=A", "a range is not one element"),
        ("index=x;ns=2;s=A", "index=x is not one element"),
        ("index=2147483648;ns=2;s=A", "beyond every array"),
        ("method=;ns=2;s=A", "names no method"),
        ("method=Start", "names no method"),
        ("method=Start;Filler", "not an OPC UA node id"),
        ("method=70000:Start;ns=2;s=A", "names no method"),
    ],
)
def test_what_is_wrong_is_said(text: str, what: str) -> None:
    with pytest.raises(AddressError, match=what):
        check(text)


def test_what_is_meant_of_a_node_stands_before_it() -> None:
    assert target("ns=2;s=index=3;x[4]") == Target("ns=2;s=index=3;x[4]")
    assert target("index=12;/2:Filler/2:Valves") == Target("/2:Filler/2:Valves", index=12)
    assert target("method=Start;nsu=urn:x;s=Filler") == Target("nsu=urn:x;s=Filler", method="Start")
    assert target("method=0:Start;i=5") == Target("i=5", method="Start", method_namespace=0)


@pytest.mark.parametrize(
    ("text", "access", "what"),
    [("method=Start;ns=2;s=A", "rw", "a method is called, not read"), ("ns=2;s=A", "w", "access w is for methods")],
)
def test_methods_alone_are_write_only(text: str, access: str, what: str) -> None:
    with pytest.raises(AddressError, match=what):
        check(text, "bool", access)
    check(text, "bool", {"rw": "w", "w": "rw"}[access])


def test_brackets_may_be_a_name_or_an_element() -> None:
    assert hint("ns=2;s=Valves[3]") == "; for element 3 of an array write index=3;ns=2;s=Valves"
    assert hint("ns=2;s=Valves;index=3") == "; for element 3 of an array write index=3;ns=2;s=Valves"
    assert hint("ns=2;s=Valves") == hint("ns=2;s=Valves[x]") == ""


def test_an_index_in_the_wrong_place_is_mended() -> None:
    with pytest.raises(AddressError) as refused:
        check("ns=2;index=3;s=Valves")
    assert refused.value.mend == "Write index=3;ns=2;s=Filler.Valves, elements counted from 0"
