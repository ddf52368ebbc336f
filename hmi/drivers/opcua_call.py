"""Methods of OPC UA objects as tags that can only be written: a write calls the method, once.

The value is the method's one argument; of a method without arguments the tag is a bool, and 1 calls it. That a server
says Good is the confirmation: there is nothing to read back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from asyncua import ua
from asyncua.ua.uaprotocol_auto import Argument  # as it is decoded; `ua.Argument` is derived from it

from hmi.core.plant.opcua_addresses import Target
from hmi.core.tags import Tag
from hmi.drivers.driver import WriteResult
from hmi.drivers.opcua_client import status_words
from hmi.drivers.opcua_datatypes import DataTypes, Questions, local, properties, references
from hmi.drivers.opcua_text import TEXTS, text_of
from hmi.drivers.opcua_values import encode
from hmi.drivers.opcua_write import UNKNOWN, is_unsure, words_of

_ARGUMENTS: Final = frozenset(("InputArguments", "OutputArguments"))
_MOST_NAMED: Final = 8
_LONGEST: Final = 200  # signs of an output argument that an operator is shown
_T = ua.VariantType
_DEFAULTS: Final = {  # where the method takes a value of any type
    "bool": _T.Boolean,
    "string": _T.String,
    "float32": _T.Float,
    "float64": _T.Double,
    "int16": _T.Int16,
    "uint16": _T.UInt16,
    "int32": _T.Int32,
    "uint32": _T.UInt32,
    "int64": _T.Int64,
    "uint64": _T.UInt64,
}


class Uncallable(Exception):
    """A method that no write of one value can call; the text says why."""


@dataclass(frozen=True, slots=True)
class Method:
    """A method of an object, and what it takes and gives."""

    object: ua.NodeId
    node: ua.NodeId
    argument: ua.VariantType | None  # None: it takes none
    names: Mapping[int, str] | None  # of an argument that is an enumeration
    outputs: tuple[str, ...]


class Caller(Protocol):
    """What is asked of a session."""

    async def call(self, request: ua.CallMethodRequest) -> ua.CallMethodResult:
        """Call a method, once."""


async def find_method(session: Questions, types: DataTypes, owner: ua.NodeId, target: Target, tag: Tag) -> Method:
    """The method that a tag's address names, of the object `owner`; raises Uncallable."""
    asked = references(owner, ua.ObjectIds.HasComponent, ua.NodeClass.Method)
    (result,) = await session.browse([asked])
    if not result.StatusCode.is_good():
        raise Uncallable(f"its object cannot be looked into ({status_words(result.StatusCode.value)})")
    node = _the_one([(one.BrowseName, local(one.NodeId)) for one in result.References or ()], target)
    (found,) = await properties(session, [node], _ARGUMENTS)
    inputs, outputs = (_arguments(found.get(name)) for name in ("InputArguments", "OutputArguments"))
    kind, names = await _argument(types, inputs, tag)
    return Method(owner, node, kind, names, tuple(one.Name or "" for one in outputs))


def _the_one(offered: Sequence[tuple[ua.QualifiedName, ua.NodeId]], target: Target) -> ua.NodeId:
    space = target.method_namespace
    fitting = [one for one in offered if one[0].Name == target.method and space in (None, one[0].NamespaceIndex)]
    if len(fitting) == 1:
        return fitting[0][1]
    shown = ", ".join(f"{name.NamespaceIndex}:{name.Name}" for name, _ in (fitting or offered)[:_MOST_NAMED])
    if fitting:
        raise Uncallable(f"the object has several methods {target.method}: write one of {shown}")
    raise Uncallable(f"the object has no method {target.method}" + (f", but {shown}" if shown else " nor any other"))


def _arguments(value: Any) -> list[Argument]:
    return [one for one in value if isinstance(one, Argument)] if isinstance(value, list) else []


async def _argument(
    types: DataTypes, inputs: Sequence[Argument], tag: Tag
) -> tuple[ua.VariantType | None, Mapping[int, str] | None]:
    if not inputs:
        if tag.type != "bool":
            raise Uncallable(f"the method takes no argument: write type bool instead of {tag.type}, 1 calls it")
        return None, None
    if len(inputs) > 1:
        wanted = ", ".join(one.Name or "?" for one in inputs)
        raise Uncallable(f"the method takes {len(inputs)} arguments ({wanted}), and a tag gives one")
    (one,) = inputs
    if one.ValueRank not in (ua.ValueRank.Scalar, ua.ValueRank.Any, ua.ValueRank.ScalarOrOneDimension):
        raise Uncallable(f"the method's argument {one.Name} is an array, and a tag gives one value")
    kind = await types.builtin(one.DataType)
    return kind or _DEFAULTS[tag.type], await types.names(one.DataType)


async def call(session: Caller, method: Method, tag: Tag, value: float | str) -> WriteResult:
    """Call a tag's method with a value in engineering units, once, and say how it ended."""
    try:
        arguments = _given(method, tag, value)
    except ValueError as error:
        return WriteResult("refused", f"{tag.name}: {error}; nothing was called")
    try:
        result = await session.call(ua.CallMethodRequest(method.object, method.node, arguments))
    except ua.UaStatusCodeError as error:
        return _by_code(error.code, tag)
    except (OSError, ua.UaError) as error:
        return WriteResult("unknown", f"{tag.name}: {UNKNOWN} ({words_of(error)})")
    code = result.StatusCode.value
    if not result.StatusCode.is_good():
        blamed = [one.value for one in result.InputArgumentResults or () if not one.is_good()]
        return _by_code(code, tag, f", its argument: {status_words(blamed[0])}" if blamed else "")
    return WriteResult("confirmed", f"{tag.name} was called{_outputs(method, result)}{_remark(code)}")


def _given(method: Method, tag: Tag, value: float | str) -> list[ua.Variant]:
    if method.argument is not None:
        return [encode(tag, value, method.argument, method.names)]
    if value != 1:
        raise ValueError("the method takes no argument, and only 1 calls it")
    return []


def _by_code(code: int, tag: Tag, more: str = "") -> WriteResult:
    if is_unsure(code) or code < ua.StatusCodes.Bad:
        return WriteResult("unknown", f"{tag.name}: {UNKNOWN} ({status_words(code)})")
    return WriteResult("refused", f"{tag.name}: the device refused the call ({status_words(code)}{more})")


def _remark(code: int) -> str:
    return f" ({status_words(code)})" if code else ""


def _outputs(method: Method, result: ua.CallMethodResult) -> str:
    """What the method gave back, by its names."""
    shown = []
    for place, variant in enumerate(result.OutputArguments or ()):
        name = method.outputs[place] if place < len(method.outputs) else str(place + 1)
        shown.append(f"{name} = {_shown(variant.Value, variant.VariantType)}"[:_LONGEST])
    return ": " + ", ".join(shown) if shown else ""


def _shown(value: Any, kind: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_shown(one, kind) for one in value[:_MOST_NAMED])}]"
    if kind in TEXTS:
        return text_of(value, kind)
    return f"{value:.12g}" if isinstance(value, float) else str(value)
