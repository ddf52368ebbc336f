"""A plant as bytes: what comes out is what went in, and nothing else is taken for a plant."""

from __future__ import annotations

import subprocess
import sys
import zlib
from dataclasses import fields, replace
from functools import cache

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.core import quality as q
from hmi.core.expr import Expression
from hmi.core.plant.compiled import pack, unpack
from hmi.core.plant.model import Plant
from hmi.plantfiles.folder import find_plant, load_folder


@cache
def bottling() -> Plant:
    """The demo plant, which has of everything."""
    return load_folder(find_plant("bottling"))


def essence(value: object) -> object:
    """A part of a plant with every expression as its text and the tags it reads."""
    if isinstance(value, Expression):
        return value.text, value.inputs, value.reads
    if isinstance(value, dict):
        return {key: essence(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(essence(one) for one in value)
    if hasattr(value, "__dataclass_fields__"):
        return type(value), [essence(getattr(value, one.name)) for one in fields(value)]
    return value


@pytest.mark.parametrize("name", [one.name for one in fields(Plant)])
def test_every_part_of_the_demo_plant_comes_out_as_it_went_in(name):
    plant = bottling()
    again = unpack(plant.compiled, plant.texts)
    wanted = () if name == "derived" else getattr(plant, name)
    assert essence(getattr(again, name)) == essence(wanted)


def test_interlocks_judge_as_before():
    plant = bottling()
    again = unpack(plant.compiled, plant.texts)
    rng = np.random.default_rng(3)
    columns = rng.integers(0, 3, len(plant.tags)).astype(float), np.full(len(plant.tags), q.GOOD, np.uint32)
    pairs = [
        (one.needs, other.needs)
        for tag, policies in plant.policies.items()
        for policy, same in zip(policies, again.policies[tag], strict=True)
        for one, other in zip(policy.interlocks, same.interlocks, strict=True)
    ]
    assert len(pairs) > 10
    assert [one.value(*columns) for one, _ in pairs] == [other.value(*columns) for _, other in pairs]


def broken(plant: Plant) -> dict[str, Plant]:
    """Plants of which one number stands for nothing."""
    rule, machine = plant.rules[0], next(iter(plant.equipment.values()))
    screen = next(screen for screen in plant.screens.values() if any(one.binds for one in screen.elements))
    element = next(one for one in screen.elements if one.binds)
    bind, binding = next(iter(element.binds.items()))
    astray = replace(screen, elements=(replace(element, binds={bind: replace(binding, inputs=(10**6,))}),))
    return {
        "out of order": replace(plant, tags=plant.tags[::-1]),
        "alarms are out": replace(plant, rules=(replace(rule, index=7),)),
        "tags that it does not have": replace(plant, rules=(replace(rule, tag=len(plant.tags)),)),
        "it does not have": replace(plant, screens={screen.id: astray}),
        "names tags": replace(plant, equipment={machine.id: replace(machine, members={"state": -3})}),
    }


@pytest.mark.parametrize("what", list(broken(bottling())))
def test_a_number_that_stands_for_no_tag_is_refused(what):
    with pytest.raises(ValueError, match=what):
        unpack(pack(broken(bottling())[what]), {})


def test_an_expression_over_a_tag_that_is_not_there_is_refused():
    plant = bottling()
    fewer = replace(plant, tags=(), rules=(), screens={}, equipment={})
    with pytest.raises(ValueError, match="there is no tag"):
        unpack(pack(fewer), {})


@given(st.binary(max_size=200))
def test_garbage_is_no_plant(data):
    for one in (data, zlib.compress(data), zlib.compress(msgspec.msgpack.encode((data, data)))):
        with pytest.raises(ValueError, match="no compiled plant"):
            unpack(one, {})


@settings(deadline=None, max_examples=40)  # each reads a whole plant
@given(st.integers(0, 10**9), st.integers(0, 255))
def test_a_plant_with_one_wrong_byte_is_refused_or_whole(place, byte):
    """What msgpack cannot tell from a plant still fits together, so that nothing it is asked for is missing."""
    body = bytearray(zlib.decompress(bottling().compiled))
    body[place % len(body)] = byte
    try:
        plant = unpack(zlib.compress(bytes(body), 1), {})
    except ValueError:
        return
    assert [tag.index for tag in plant.tags] == list(range(len(plant.tags)))


@pytest.mark.parametrize("cut", [0, 1, 100, -1])
def test_a_part_of_a_plant_is_refused(cut):
    with pytest.raises(ValueError, match="no compiled plant"):
        unpack(bottling().compiled[:cut], {})


def test_what_unfolds_without_end_is_refused(monkeypatch):
    monkeypatch.setattr("hmi.core.plant.compiled.MAX_BYTES", 10_000)
    with pytest.raises(ValueError, match="too large"):
        unpack(bottling().compiled, {})


def test_a_compiled_plant_is_taken_in_without_what_reads_files():
    program = (
        "import sys; from hmi.core.plant.compiled import unpack; import hmi.core.plant;"
        "read = [name for name in sys.modules if name.endswith('_toml') or name in ('tomllib', 'hmi.core.plant.load')];"
        "assert not read, read; assert callable(hmi.core.plant.load)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
