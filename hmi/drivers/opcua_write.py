"""One write to an OPC UA node: its own type, sent once, read back. A wish is never reported as a fact."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from asyncua import ua

from hmi.core import quality as q
from hmi.core.tags import INTEGER_TYPES, Tag
from hmi.drivers.driver import WriteResult
from hmi.drivers.opcua_client import OpcUaSession, status_words
from hmi.drivers.opcua_source import Element, Source, ignores_ranges
from hmi.drivers.opcua_text import can_be_null
from hmi.drivers.opcua_values import NOTHING, Learned, decode, encode, same_value

READ_BACKS: Final = 10  # a controller may take a scan or two before its own value follows
READ_BACK_PAUSE_S: Final = 0.1
READ_BACK_LIMIT_S: Final = 4.0  # whoever waits at the machine must be told: then a slow server is not asked again
UNKNOWN: Final = "outcome unknown: check the plant"

_UNSURE: Final = (
    ua.StatusCodes.BadTimeout,
    ua.StatusCodes.BadCommunicationError,
    ua.StatusCodes.BadRequestTimeout,
    ua.StatusCodes.BadNoCommunication,
    ua.StatusCodes.BadConnectionClosed,
    ua.StatusCodes.BadSecureChannelClosed,
    ua.StatusCodes.BadShutdown,
)


async def write_and_read_back(
    session: OpcUaSession,
    node: Source,
    tag: Tag,
    value: float | str,
    types: dict[int, ua.VariantType],
    learned: Learned = NOTHING,
) -> WriteResult:
    """Write one value in engineering units; `types` remembers each node's own type, by tag index."""
    try:
        variant = await _variant(session, node, tag, value, types, learned)
    except ValueError as error:
        return WriteResult("refused", f"{tag.name}: {error}; nothing was sent")
    except (OSError, ua.UaError) as error:
        return WriteResult("refused", f"{tag.name}: its type cannot be read ({words_of(error)}); nothing was sent")
    try:
        status = await session.write(node, variant)
    except ua.UaStatusCodeError as error:
        return _by_code(error.code, tag)
    except (OSError, ua.UaError) as error:
        return WriteResult("unknown", f"{tag.name}: {UNKNOWN} ({words_of(error)})")
    if not status.is_good():
        return _by_code(status.value, tag)
    return await _read_back(session, node, tag, variant, learned)


async def _variant(
    session: OpcUaSession,
    node: Source,
    tag: Tag,
    value: float | str,
    types: dict[int, ua.VariantType],
    learned: Learned,
) -> ua.Variant:
    names = learned.names.get(tag.index)
    if isinstance(node, Element):
        return await _one_element(session, node, tag, value, names)
    if tag.index not in types:
        kind = await _held(session, node)
        if kind.is_array:
            raise ValueError(f"the device holds an array: for one element write index=0;{tag.address}")
        types[tag.index] = kind.VariantType
    return encode(tag, value, types[tag.index], names)


async def _one_element(
    session: OpcUaSession, element: Element, tag: Tag, value: float | str, names: Mapping[int, str] | None
) -> ua.Variant:
    """An element travels as an array of one. A server that ignores which one would keep that as the whole array."""
    if await ignores_ranges(session, element.node) is not False:
        raise ValueError("this server cannot set one element of an array: it would replace the whole array")
    held = await _held(session, element)
    if not isinstance(held.Value, list) or len(held.Value) != 1 or isinstance(held.Value[0], list):
        raise ValueError("the device holds no one-dimensional array")
    one = encode(tag, value, held.VariantType, names)
    return ua.Variant([one.Value], one.VariantType, is_array=True)


async def _held(session: OpcUaSession, node: Source) -> ua.Variant:
    (data,) = await session.read([node])
    good = data.StatusCode is None or data.StatusCode.is_good()
    null = data.Value is None or data.Value.Value is None
    if data.Value is None or (null and (not good or not can_be_null(data.Value.VariantType))):
        why = "" if good else f" ({status_words(data.StatusCode.value)})"
        raise ValueError(f"the device holds no value whose type could be followed{why}")
    return data.Value


async def _read_back(
    session: OpcUaSession, node: Source, tag: Tag, variant: ua.Variant, learned: Learned
) -> WriteResult:
    found: float | str | None = None
    loop = asyncio.get_running_loop()
    until = loop.time() + READ_BACK_LIMIT_S
    for attempt in range(READ_BACKS):
        if attempt:
            await asyncio.sleep(READ_BACK_PAUSE_S)
            if loop.time() > until:
                break
        try:
            (data,) = await session.read([node])
        except (OSError, ua.UaError) as error:
            return WriteResult(
                "unknown", f"{tag.name}: sent, but not read back ({words_of(error)}): check the plant", found
            )
        found = _engineering(tag, data, learned)
        if same_value(variant, data):
            return WriteResult("confirmed", f"{tag.name} is {_shown(tag, found)} {tag.unit}".rstrip(), found)
    return WriteResult(
        "unknown", f"{tag.name}: the device took the write but holds {_shown(tag, found)}: check the plant", found
    )


def _by_code(code: int, tag: Tag) -> WriteResult:
    if is_unsure(code):
        return WriteResult("unknown", f"{tag.name}: {UNKNOWN} ({status_words(code)})")
    return WriteResult("refused", f"{tag.name}: refused by the device ({status_words(code)}); nothing was changed")


def is_unsure(code: int) -> bool:
    """Whether a status leaves open what became of what was sent."""
    return code in _UNSURE


def _engineering(tag: Tag, data: ua.DataValue, learned: Learned) -> float | str | None:
    """What the device holds as the tag shows it, a whole number to its last digit; None where nothing can be shown."""
    batch = decode([(tag, data)], 0, learned).batch
    row = batch.rows[0]
    if row["quality"] >= q.BAD:
        held = data.Value.Value if data.Value is not None else None
        return held if isinstance(held, str | int | float) else None
    if tag.is_text:
        return batch.texts[0]
    if tag.type in INTEGER_TYPES and tag.scale == 1.0 and tag.offset == 0.0:
        return int(row["raw"]) % (1 << 64) if tag.type == "uint64" else int(row["raw"])
    return float(row["value"])


def _shown(tag: Tag, value: float | str | None) -> str:
    if not isinstance(value, float):
        return "nothing" if value is None else repr(value)
    return f"{value:.7g}" if tag.type == "float32" else f"{value:.12g}"


def words_of(error: BaseException) -> str:
    """What went wrong with a service call."""
    if isinstance(error, ua.UaStatusCodeError):
        return status_words(error.code)
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return str(error) or type(error).__name__
