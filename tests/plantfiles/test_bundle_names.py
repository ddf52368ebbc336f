"""Names that would land elsewhere, or be one and the same on another system."""

import pytest

from hmi.plantfiles.bundle_names import clash, wrong_name


@pytest.mark.parametrize("name", ["plant.toml", "screens/filler.toml", "lang/zh.toml", "pictures/Füller 1.png"])
def test_names_of_plants_are_right(name: str) -> None:
    assert wrong_name(name) == ""


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../x", "leads out"),
        ("a/../../x", "leads out"),
        ("a//x", "leads out"),
        ("a/./x", "leads out"),
        ("", "leads out"),
        ("a/", "leads out"),
        ("a\\..\\x", "leads out"),
        ("/etc/passwd", "a place of its own"),
        ("\\\\server\\x", "a place of its own"),
        ("C:/x", "a place of its own"),
        ("c:x", "a place of its own"),
        ("/".join("a" * 10), "folders deep"),
        ("a" * 250, "too long"),
        ("a\nb", "unprintable"),
        ("a\0b", "unprintable"),
        ("a\u202eb", "unprintable"),
        (".hidden", "hidden"),
        ("a/.git/config", "hidden"),
        ("CON", "device"),
        ("nul.txt", "device"),
        ("screens/Com1.toml", "device"),
        ("lpt9", "device"),
        ("conin$", "device"),
        ("com¹", "device"),
        ("what?", "every system"),
        ("aa:b", "every system"),
        ("end.", "every system"),
        ("end ", "every system"),
    ],
)
def test_every_other_name_is_refused_and_why(name: str, why: str) -> None:
    assert why in wrong_name(name)


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (["a.toml", "A.toml"], "one file"),
        (["a", "a"], "one file"),
        (["stra\u00dfe", "STRASSE"], "one file"),
        (["caf\u00e9", "cafe\u0301"], "one file"),
        (["a", "a/b"], "a file and a folder"),
        (["A/b", "a"], "a file and a folder"),
        (["a/x", "A/y"], "one folder"),
    ],
)
def test_names_that_clash_are_told(names: list[str], why: str) -> None:
    assert why in clash(names)


def test_names_that_do_not_clash_are_let_be() -> None:
    assert clash(["a/x", "a/y", "b", "ab"]) == ""
