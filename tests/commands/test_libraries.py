"""The libraries that the program is made of, with their licences."""

from __future__ import annotations

import importlib.metadata as metadata
import json

import pytest

from hmi.commands.libraries import Library, installed_libraries, libraries_of, licence_of


def test_what_the_program_needs_is_named_and_what_tests_need_is_not():
    found = {one.name.lower(): one for one in installed_libraries()}
    assert {"asyncua", "pyside6_essentials", "shiboken6", "numpy", "psycopg-binary", "cryptography"} <= found.keys()
    assert not {"pytest", "hypothesis", "mypy", "ruff", "pyinstaller", "pyarrow"} & found.keys()
    assert found["numpy"].version == metadata.version("numpy")


def test_every_library_names_a_licence():
    assert [one for one in installed_libraries() if not one.licence] == []


@pytest.mark.parametrize(
    ("about", "licence"),
    [
        ("License-Expression: MIT\n", "MIT"),
        ("License: BSD 3-Clause\n", "BSD-3-Clause"),
        ("License: The whole text\n of a licence\nClassifier: License :: OSI Approved :: MIT License\n", "MIT"),
        ("Name: none\n", ""),
    ],
)
def test_a_licence_is_told_in_the_words_of_spdx(tmp_path, about, licence):
    (tmp_path / "a-1.dist-info").mkdir()
    (tmp_path / "a-1.dist-info" / "METADATA").write_text(f"Metadata-Version: 2.1\n{about}")
    assert licence_of(metadata.PathDistribution(tmp_path / "a-1.dist-info")) == licence


def test_an_installation_has_them_in_its_sbom(tmp_path):
    rows = [
        {"name": "a", "version": "1", "licenses": [{"license": {"id": "MIT"}}]},
        {"name": "b", "version": "2", "licenses": [{"expression": "MIT OR 0BSD"}]},
        {"name": "c", "version": "3"},
    ]
    (tmp_path / "SBOM.json").write_text(json.dumps({"components": rows}))
    found = libraries_of(tmp_path / "SBOM.json")
    assert found == [Library("a", "1", "MIT"), Library("b", "2", "MIT OR 0BSD"), Library("c", "3", "")]
