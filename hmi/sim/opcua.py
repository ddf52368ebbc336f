"""The gateway of the simulated plant: an OPC UA server with a node for each tag at the tag's own address."""

from __future__ import annotations

import gc
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from asyncua import Server, ua
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.address_space import AttributeValue
from asyncua.server.user_managers import UserManager

from hmi.core.plant.security import NONE, normal
from hmi.core.tags import Tag
from hmi.sim.conditions import GatewayAlarms
from hmi.sim.identity import URI, identity
from hmi.sim.signals import Signals, Value, engineering, raw_of

_TYPES: Final = {
    "bool": ua.VariantType.Boolean,
    "int16": ua.VariantType.Int16,
    "uint16": ua.VariantType.UInt16,
    "int32": ua.VariantType.Int32,
    "uint32": ua.VariantType.UInt32,
    "int64": ua.VariantType.Int64,
    "uint64": ua.VariantType.UInt64,
    "float32": ua.VariantType.Float,
    "float64": ua.VariantType.Double,
    "string": ua.VariantType.String,
}
_FIRST_OWN_NAMESPACE: Final = 2  # 0 is OPC UA's, 1 the server's


class _Everyone(UserManager):  # type: ignore[misc, unused-ignore]
    """Anyone may come in, and may write what is there to be written: nothing else."""

    def get_user(self, *_: Any, **__: Any) -> User:
        return User(role=UserRole.User)


class _Node:
    """A tag's node: its value attribute, and the last raw value that was published."""

    __slots__ = ("attribute", "convert", "last", "slow", "status", "tag", "variant")

    def __init__(self, tag: Tag, attribute: AttributeValue) -> None:
        self.tag = tag
        self.attribute = attribute
        self.variant = _TYPES[tag.type]
        self.convert = _converter(tag.type)
        self.last: Any = None
        self.status = 0
        self.slow = tag.period_ms >= 1000

    def raw(self, value: Value) -> Any:
        """The value as the controller holds it."""
        if isinstance(value, str) or self.tag.type == "bool":
            return self.convert(value)
        return self.convert(raw_of(self.tag, value))

    def engineering(self, raw: Any) -> Value:
        """A raw value that a client wrote, in engineering units."""
        return raw if isinstance(raw, str | bool) else engineering(self.tag, raw)


def _converter(type_: str) -> Any:
    if type_ == "bool":
        return bool
    if type_ == "string":
        return str
    return float if type_.startswith("float") else round


class OpcUaGateway:
    """Serves the tags of one connection; asyncio, lives on the loop that started it."""

    def __init__(self, tags: Sequence[Tag], address: str, security: str = NONE) -> None:
        """`security`, as plant.toml writes it, is offered beside None, on which clients ask what there is."""
        self.address = address
        self._security = normal(security)
        # Elements of arrays and methods are not simulated: their tags are bad, as of a device that has not got them.
        self._tags = [tag for tag in tags if not tag.address.startswith(("index=", "method="))]
        self._server = Server(user_manager=_Everyone())
        self._nodes: list[_Node] = []
        self._folders: dict[tuple[str, ...], ua.NodeId] = {(): ua.NodeId(ua.ObjectIds.ObjectsFolder)}
        self._wishes: list[tuple[str, Value]] = []
        self._alarms = GatewayAlarms(self._server, _FIRST_OWN_NAMESPACE)

    async def start(self, values: Signals, bad: Mapping[str, int], now_ns: int) -> None:
        """Build the address space with these values and listen; OSError where the port cannot be had."""
        logging.getLogger("asyncua").setLevel(logging.CRITICAL)  # what matters of it is said below, in one line
        await self._build(now_ns)
        await self.publish(values, bad, now_ns, slow_too=True)
        await self._server.start()

    async def _build(self, now_ns: int) -> None:
        gc.disable()  # a hundred thousand objects that stay: collecting meanwhile more than doubles the time
        try:
            await self._server.init()
        finally:
            gc.enable()
            gc.freeze()
        self._server.set_endpoint(self.address)
        self._server.set_server_name("Simulated plant")
        self._server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        if self._security != NONE:
            await self._protect(now_ns)
        for uri in _namespaces(self._tags):
            await self._server.register_namespace(uri)
        uris = await self._server.get_namespace_array()
        for tag in self._tags:
            self._add(tag, uris)
        await self._alarms.start()

    async def _protect(self, now_ns: int) -> None:
        """Offer the plant's own policy, too; every client is believed, as this is no real plant."""
        wanted = ua.SecurityPolicyType[self._security.replace(":", "_")]
        self._server.set_security_policy([ua.SecurityPolicyType.NoSecurity, wanted])
        certificate, key = identity(now_ns)
        await self._server.set_application_uri(URI)
        await self._server.load_certificate(certificate, "der")
        await self._server.load_private_key(key, format="pem")

    async def stop(self) -> None:
        """Close every session and stop listening."""
        await self._server.stop()

    def wishes(self) -> list[tuple[str, Value]]:
        """What clients have written since the last call: tag name and value in engineering units."""
        taken, self._wishes = self._wishes, []
        return taken

    async def publish(self, values: Signals, bad: Mapping[str, int], now_ns: int, *, slow_too: bool) -> int:
        """Bring what changed to the nodes, slow ones only in their turn; returns how many were news."""
        now = datetime.fromtimestamp(now_ns / 1e9, UTC)
        news = 0
        for node in self._nodes:
            if node.slow and not slow_too:
                continue
            name = node.tag.name
            raw = node.raw(values[name])
            status = bad.get(name, 0)
            if status == node.status and (status or not _moved(node, raw)):
                continue
            node.last, node.status = raw, status
            await self._set(node, raw, status, now)
            news += 1
        await self._alarms.look(values, now)
        return news

    async def _set(self, node: _Node, raw: Any, status: int, now: datetime) -> None:
        # Straight to the attribute: asyncua's write service costs several times as much per value.
        variant = ua.Variant() if status else ua.Variant(raw, node.variant)
        value = ua.DataValue(variant, ua.StatusCode(status), SourceTimestamp=now, ServerTimestamp=now)
        node.attribute.value = value
        for handle, tell in tuple(node.attribute.datachange_callbacks.items()):
            await tell(handle, value)

    def _add(self, tag: Tag, uris: Sequence[str]) -> None:
        node_id, path = _place(tag.address, uris)
        writable = tag.access == "rw"
        item = ua.AddNodesItem()
        item.RequestedNewNodeId = node_id
        item.BrowseName = ua.QualifiedName(path[-1], node_id.NamespaceIndex)
        item.NodeClass = ua.NodeClass.Variable
        item.ParentNodeId = self._folder(path[:-1], node_id.NamespaceIndex)
        item.ReferenceTypeId = ua.NodeId(ua.ObjectIds.HasComponent)
        item.TypeDefinition = ua.NodeId(ua.ObjectIds.BaseDataVariableType)
        item.NodeAttributes = _attributes(tag, path[-1], writable)
        aspace = self._server.iserver.aspace
        self._server.iserver.node_mgt_service.add_nodes([item])[0].StatusCode.check()
        attribute = aspace[node_id].attributes[ua.AttributeIds.Value]
        node = _Node(tag, attribute)
        self._nodes.append(node)
        if writable:
            attribute.value_setter = lambda _data, _attr, value, node=node: self._written(node, value)

    def _written(self, node: _Node, value: ua.DataValue) -> None:
        """A client wrote: keep it readable at once, and hand it to the process at the next step."""
        if value.Value is None or value.Value.Value is None:
            return
        node.attribute.value = value
        node.last = value.Value.Value
        self._wishes.append((node.tag.name, node.engineering(node.last)))

    def _folder(self, path: tuple[str, ...], namespace: int) -> ua.NodeId:
        known = self._folders.get(path)
        if known is not None:
            return known
        item = ua.AddNodesItem()
        item.RequestedNewNodeId = ua.NodeId(".".join(path), namespace)
        item.BrowseName = ua.QualifiedName(path[-1], namespace)
        item.NodeClass = ua.NodeClass.Object
        item.ParentNodeId = self._folder(path[:-1], namespace)
        item.ReferenceTypeId = ua.NodeId(ua.ObjectIds.HasComponent)
        item.TypeDefinition = ua.NodeId(ua.ObjectIds.FolderType)
        attributes = ua.ObjectAttributes()
        attributes.DisplayName = ua.LocalizedText(path[-1])
        item.NodeAttributes = attributes
        self._server.iserver.node_mgt_service.add_nodes([item])[0].StatusCode.check()
        self._folders[path] = item.RequestedNewNodeId
        return item.RequestedNewNodeId


def _moved(node: _Node, raw: Any) -> bool:
    """Whether a gateway would report it: beyond half the tag's deadband, which the station applies in full."""
    last, band = node.last, node.tag.deadband
    if band and isinstance(raw, float) and last is not None:
        return bool(abs(raw - last) * abs(node.tag.scale) > 0.5 * band)
    return bool(raw != last)


def _attributes(tag: Tag, name: str, writable: bool) -> ua.VariableAttributes:
    attributes = ua.VariableAttributes()
    attributes.DisplayName = ua.LocalizedText(name)
    attributes.Description = ua.LocalizedText(tag.description)
    attributes.DataType = ua.NodeId(_TYPES[tag.type].value)
    attributes.ValueRank = ua.ValueRank.Scalar
    access = 3 if writable else 1
    attributes.AccessLevel = attributes.UserAccessLevel = access
    attributes.Value = ua.Variant({"bool": False, "string": ""}.get(tag.type, 0), _TYPES[tag.type])
    attributes.Historizing = False
    return attributes


def _namespaces(tags: Sequence[Tag]) -> list[str]:
    """The namespaces to register: those named by URI first, then as many as the highest index in use needs."""
    uris = list(dict.fromkeys(tag.address[4:].partition(";")[0] for tag in tags if tag.address.startswith("nsu=")))
    highest = max((_index(tag.address) for tag in tags), default=0)
    while _FIRST_OWN_NAMESPACE + len(uris) <= highest:
        uris.append(f"urn:simulated:{_FIRST_OWN_NAMESPACE + len(uris)}")
    return uris


def _index(address: str) -> int:
    if address.startswith("ns="):
        return int(address[3:].partition(";")[0])
    return int(address[1:].partition(":")[0]) if address.startswith("/") and ":" in address else 0


def _place(address: str, uris: Sequence[str]) -> tuple[ua.NodeId, tuple[str, ...]]:
    """Node id and browse path of a tag's address: `ns=2;s=A.B`, `nsu=URI;s=A.B` or `/2:A/2:B`."""
    if address.startswith("/"):
        steps = [step.partition(":") for step in address[1:].split("/")]
        names = tuple(name if colon else number for number, colon, name in steps)
        return ua.NodeId(".".join(names), _index(address)), names
    if address.startswith("nsu="):
        uri, _, rest = address[4:].partition(";")
        address = f"ns={uris.index(uri)};{rest}"
    node_id = ua.NodeId.from_string(address)
    name = str(node_id.Identifier)
    return node_id, tuple(name.split(".")) if isinstance(node_id.Identifier, str) else (name,)
