"""One write to an OPC UA node: its own type, sent once, read back. A wish is never reported as a fact."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from asyncua import ua

from hmi.core.tags import Tag
from hmi.drivers.driver import WriteResult
from hmi.drivers.opcua_client import OpcUaSession, status_words
from hmi.drivers.opcua_values import encode, same_value

READ_BACKS: Final = 10  # a controller may take a scan or two before its own value follows
READ_BACK_PAUSE_S: Final = 0.1
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
    session: OpcUaSession, node: ua.NodeId, tag: Tag, value: float | str, types: dict[int, ua.VariantType]
) -> WriteResult:
    """Write one value in engineering units; `types` remembers each node's own type, by tag index."""
    try:
        variant = await _variant(session, node, tag, value, types)
    except ValueError as error:
        return WriteResult("refused", f"{tag.name}: {error}; nothing was sent")
    except (OSError, ua.UaError) as error:
        return WriteResult("refused", f"{tag.name}: its type cannot be read ({_words(error)}); nothing was sent")
    try:
        status = await session.write(node, variant)
    except ua.UaStatusCodeError as error:
        return _by_code(error.code, tag)
    except (OSError, ua.UaError) as error:
        return WriteResult("unknown", f"{tag.name}: {UNKNOWN} ({_words(error)})")
    if not status.is_good():
        return _by_code(status.value, tag)
    return await _read_back(session, node, tag, variant)


async def _variant(
    session: OpcUaSession, node: ua.NodeId, tag: Tag, value: float | str, types: dict[int, ua.VariantType]
) -> ua.Variant:
    if tag.index not in types:
        (data,) = await session.read([node])
        if data.Value is None or data.Value.VariantType is ua.VariantType.Null:
            raise ValueError("the device holds no value whose type could be followed")
        if data.Value.is_array:
            raise ValueError("the device holds an array, which cannot be written from here")
        types[tag.index] = data.Value.VariantType
    return encode(tag, value, types[tag.index])


async def _read_back(session: OpcUaSession, node: ua.NodeId, tag: Tag, variant: ua.Variant) -> WriteResult:
    found: float | str | None = None
    for attempt in range(READ_BACKS):
        if attempt:
            await asyncio.sleep(READ_BACK_PAUSE_S)
        try:
            (data,) = await session.read([node])
        except (OSError, ua.UaError) as error:
            return WriteResult(
                "unknown", f"{tag.name}: sent, but not read back ({_words(error)}): check the plant", found
            )
        found = _engineering(tag, data)
        if same_value(variant, data):
            return WriteResult("confirmed", f"{tag.name} is {_shown(found)} {tag.unit}".rstrip(), found)
    return WriteResult(
        "unknown", f"{tag.name}: the device took the write but holds {_shown(found)}: check the plant", found
    )


def _by_code(code: int, tag: Tag) -> WriteResult:
    if code in _UNSURE:
        return WriteResult("unknown", f"{tag.name}: {UNKNOWN} ({status_words(code)})")
    return WriteResult("refused", f"{tag.name}: refused by the device ({status_words(code)}); nothing was changed")


def _engineering(tag: Tag, data: ua.DataValue) -> float | str | None:
    value: Any = data.Value.Value if data.Value is not None else None
    if isinstance(value, ua.LocalizedText):
        return value.Text or ""
    if isinstance(value, str) or value is None or isinstance(value, list):
        return value if isinstance(value, str) else None
    return float(value) * tag.scale + tag.offset


def _shown(value: float | str | None) -> str:
    return f"{value:g}" if isinstance(value, float) else repr(value)


def _words(error: BaseException) -> str:
    if isinstance(error, ua.UaStatusCodeError):
        return status_words(error.code)
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return str(error) or type(error).__name__
