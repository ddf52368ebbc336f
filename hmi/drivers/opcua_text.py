"""OPC UA's scalar values as text and back: identifiers, bytes and moments in the form that people write them in."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from asyncua import ua

_T = ua.VariantType
NO_TIME: Final = datetime(1601, 1, 1, tzinfo=UTC)  # how OPC UA writes "no time"
_NULLABLE: Final = (_T.String, _T.ByteString, _T.XmlElement)  # null is a text of no length, not a missing value
_NAME: Final = re.compile(r"(?:([0-9]{1,5}):)?(.*)", re.DOTALL)


def can_be_null(kind: Any) -> bool:
    """Whether a value of this type may be null and is text all the same."""
    return kind in _NULLABLE


def text_of(value: Any, kind: Any) -> str:
    """A value of one of `TEXTS` as text."""
    if value is None:
        return ""
    # asyncua lets bytes that are no UTF-8 through as surrogates, which no disk and no link could encode.
    return _SHOWN[kind](value).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def parsed(text: str, kind: Any) -> Any:
    """A text as the value of one of `WRITABLE`; raises ValueError with what was expected."""
    try:
        return _PARSED[kind](text)
    except (ValueError, ua.UaError):
        raise ValueError(f"'{text}' is no {kind.name} such as {_EXAMPLES[kind]}") from None


def utc(stamp: datetime) -> datetime:
    """A moment with its zone: those without one are UTC."""
    return stamp.replace(tzinfo=UTC) if stamp.tzinfo is None else stamp.astimezone(UTC)


def _moment(stamp: datetime) -> str:
    stamp = utc(stamp)
    return "" if stamp == NO_TIME else stamp.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _moment_of(text: str) -> datetime:
    stamp = utc(datetime.fromisoformat(text.strip())) if text.strip() else NO_TIME
    if stamp < NO_TIME:
        raise ValueError
    return stamp


def _code(status: ua.StatusCode) -> str:
    name = ua.status_codes.code_to_name_doc.get(status.value, ("", ""))[0]
    return f"0x{status.value:08X} {name}".rstrip()


def _code_of(text: str) -> ua.StatusCode:
    word = text.split(maxsplit=1)[0] if text.split() else ""
    found = getattr(ua.StatusCodes, word, None) if word.isalpha() else int(word, 0)
    if not isinstance(found, int) or not 0 <= found <= 0xFFFF_FFFF:
        raise ValueError
    return ua.StatusCode(found)


def _browse_name(name: ua.QualifiedName) -> str:
    return f"{name.NamespaceIndex}:{name.Name}" if name.NamespaceIndex else name.Name or ""


def _browse_name_of(text: str) -> ua.QualifiedName:
    match = _NAME.fullmatch(text)
    if match is None or int(match[1] or 0) > 65535:
        raise ValueError
    return ua.QualifiedName(match[2], int(match[1] or 0))


def _expanded(node: ua.ExpandedNodeId) -> str:
    local = ua.NodeId(node.Identifier, 0 if node.NamespaceUri else node.NamespaceIndex).to_string()
    server = f"svr={node.ServerIndex};" if node.ServerIndex else ""
    return server + (f"nsu={node.NamespaceUri};" if node.NamespaceUri else "") + local


def _node_of(text: str) -> ua.NodeId:
    node = ua.NodeId.from_string(text)
    if not 0 <= node.NamespaceIndex <= 65535:
        raise ValueError
    return node


def _plain(value: Any) -> str:
    return str(value)


_SHOWN: Final[dict[Any, Callable[[Any], str]]] = {
    _T.String: _plain,
    _T.LocalizedText: lambda value: value.Text or "",
    _T.XmlElement: lambda value: value.Value or "",
    _T.Guid: _plain,
    _T.ByteString: lambda value: value.hex(),
    _T.DateTime: _moment,
    _T.NodeId: lambda value: value.to_string(),
    _T.ExpandedNodeId: _expanded,
    _T.QualifiedName: _browse_name,
    _T.StatusCode: _code,
}
TEXTS: Final = frozenset(_SHOWN)

_PARSED: Final[dict[Any, Callable[[str], Any]]] = {
    _T.String: lambda text: text,
    _T.LocalizedText: ua.LocalizedText,
    _T.XmlElement: ua.XmlElement,
    _T.Guid: uuid.UUID,
    _T.ByteString: bytes.fromhex,
    _T.DateTime: _moment_of,
    _T.NodeId: _node_of,
    _T.QualifiedName: _browse_name_of,
    _T.StatusCode: _code_of,
}
WRITABLE: Final = frozenset(_PARSED)
_EXAMPLES: Final = {
    _T.Guid: "09087e75-8e5e-499b-954f-f2a9603db28a",
    _T.ByteString: "00ff80, two digits a byte",
    _T.DateTime: "2026-03-01T12:00:00Z",
    _T.NodeId: "ns=2;s=Filler",
    _T.QualifiedName: "2:Filler",
    _T.StatusCode: "0x80350000 or BadNotFound",
}
