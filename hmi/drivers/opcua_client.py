"""One OPC UA session, from Hello to goodbye: the only file that touches asyncua's client.

Works on the library's service calls (Part 4), below its Node and Subscription classes: values are consumed a
whole publish response at a time, and no call is repeated behind our back. A session that fails is thrown away.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeVar

from asyncua import ua
from asyncua.client.ua_client import UaClientState

from hmi.clock import MachineClock
from hmi.core.errors import DeviceError
from hmi.core.plant.addresses import host_and_port
from hmi.core.plant.model import Connection
from hmi.core.plant.opcua_addresses import BrowseStep, browse_path, split_namespace_uri
from hmi.drivers.opcua_history import Services
from hmi.drivers.opcua_publish import Receiver, place
from hmi.drivers.opcua_security import Protection
from hmi.drivers.opcua_source import Source, index_range, node_of, value_of
from hmi.drivers.opcua_times import RequestTimes
from hmi.drivers.opcua_wire import Excess, understood
from hmi.drivers.supervise import Misconfigured, plain_reason

REQUEST_LIMIT_S: Final = 4.0
WATCHDOG_S: Final = 5.0  # shorter gives false alarms while a big request runs
SESSION_MS: Final = 40_000  # small PLCs have few sessions: a dead one must not linger for the default hour
GOODBYE_LIMIT_S: Final = 1.0
ASSUMED_LIMIT: Final = 500  # items per call where the server does not say
MOST_PER_CALL: Final = 1000
BROWSED_AT_ONCE: Final = 100
LIFETIME_S: Final = 30.0

_LIMITS: Final = (
    ua.ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead,
    ua.ObjectIds.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall,
    ua.ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerTranslateBrowsePathsToNodeIds,
)
_TOO_MANY: Final = (
    ua.StatusCodes.BadTooManyOperations,
    ua.StatusCodes.BadRequestTooLarge,
    ua.StatusCodes.BadResponseTooLarge,
    ua.StatusCodes.BadEncodingLimitsExceeded,
)

logging.getLogger("asyncua").setLevel(logging.WARNING)
# Its client logs an error for every request that a loss cuts off, and one each second until the goodbye. Each
# of those ends up in our own one line, so nothing is hidden by this.
logging.getLogger("asyncua.client").setLevel(logging.CRITICAL + 1)

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
OnPublish = Callable[[ua.PublishResult], None]


class OpcUaSession:
    """A session with one server. Belongs to the driver's event loop; call `close` whatever happened."""

    def __init__(self, address: str, protection: Protection | None = None) -> None:
        self.address = address
        self.where = "{}:{}".format(*host_and_port(address, 4840))
        self._protection = protection or Protection(Connection("", "opcua", address), None, MachineClock())
        self._client = self._protection.client(_with_port(address), REQUEST_LIMIT_S, WATCHDOG_S)
        self._client.session_timeout = SESSION_MS
        self._client.name = "HMI"
        self._client.description = "HMI"
        self._client.application_uri = "urn:hmi:engine"
        self._client.product_uri = "urn:hmi"
        self.namespaces: list[str] = []  # the server's, in its order of today
        self._read_limit = self._item_limit = self._path_limit = ASSUMED_LIMIT

    @property
    def alive(self) -> bool:
        """Whether the socket is up; says nothing of whether values arrive."""
        return self._client.state is UaClientState.CONNECTED

    @property
    def services(self) -> Services:
        """The session's service calls for history."""
        services: Services = self._client.uaclient.session
        return services

    async def open(self) -> None:
        """Connect, and learn the server's limits and namespaces; raises DeviceError."""
        try:
            await self._protection.prepare(self._client, self.where)
            await self._client.connect()
            await self._learn()
        except (OSError, ua.UaError) as error:
            refusal = self._protection.refusal(error, self.where)
            raise refusal or DeviceError(reason_of(error, self.where)) from error
        except Exception as error:  # what the library makes of bytes that are no OPC UA
            if refusal := self._protection.refusal(error, self.where):
                raise refusal from error
            raise DeviceError(f"{self.where} does not speak OPC UA ({error!r}): check the address") from error

    async def _learn(self) -> None:
        wanted = [ua.NodeId(ua.Int32(number)) for number in (ua.ObjectIds.Server_NamespaceArray, *_LIMITS)]
        spaces, *limits = await self._client.uaclient.session.read(_read_values(wanted))
        self.namespaces = list(spaces.Value.Value or []) if spaces.Value is not None else []
        read, items, paths = (_limit(data) for data in limits)
        self._read_limit, self._item_limit, self._path_limit = read, items, paths

    def listen(self, receiver: Receiver) -> bool:
        """Have notifications come undecoded, before subscribing; False: they come decoded, to `on_publish`."""
        return place(self._client.uaclient.session, receiver)

    def time_requests(self, asked: Callable[[float], None]) -> None:
        """From now on tell how many seconds each request took."""
        self._client.uaclient.observer = RequestTimes(asked)

    async def close(self) -> None:
        """Say goodbye if the server still listens, within a limit; leaves no task and no socket behind."""
        try:
            with contextlib.suppress(Exception):  # whatever a broken session raises at its end is of no use to anyone
                async with asyncio.timeout(GOODBYE_LIMIT_S):
                    if self.alive:
                        await self._client.disconnect()
        finally:
            await self._drop()

    async def _drop(self) -> None:
        client = self._client
        session = client.uaclient.session
        client.uaclient.request_disconnect()
        tasks = [client._supervisor_task, client._stale_watchdog_task, client._renew_channel_task]
        left = [task for task in (*tasks, session._publish_task) if task is not None]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        protocol = client.uaclient.protocol
        if protocol is not None and protocol.transport is not None:
            protocol.transport.abort()  # close() would wait for a frozen server to take what is still unsent
        client.disconnect_socket()

    async def resolve(self, addresses: Sequence[str]) -> list[ua.NodeId | ua.StatusCode]:
        """The node of each address, or why there is none."""
        found: list[ua.NodeId | ua.StatusCode | None] = []
        paths: list[tuple[int, ua.BrowsePath]] = []
        for position, address in enumerate(addresses):
            try:
                node = self._node(address)
            except ValueError:
                node = ua.StatusCode(ua.StatusCodes.BadNodeIdInvalid)
            if isinstance(node, ua.BrowsePath):
                paths.append((position, node))
            found.append(None if isinstance(node, ua.BrowsePath) else node)
        answers = await self._in_chunks(
            self._client.uaclient.session.translate_browsepaths_to_nodeids,
            [path for _, path in paths],
            self._path_limit,
        )
        for (position, _), answer in zip(paths, answers, strict=True):
            found[position] = _only_target(answer)
        return [node for node in found if node is not None]

    def _node(self, address: str) -> ua.NodeId | ua.BrowsePath | ua.StatusCode:
        if address.startswith("/"):
            return _browse_path(browse_path(address))
        if address.startswith("nsu="):
            uri, rest = split_namespace_uri(address)
            if uri not in self.namespaces:
                return ua.StatusCode(ua.StatusCodes.BadNodeIdUnknown)
            address = f"ns={self.namespaces.index(uri)};{rest}"
        try:
            return ua.NodeId.from_string(address)
        except ua.UaError as error:
            raise ValueError(str(error)) from error

    async def read(self, nodes: Sequence[Source]) -> list[ua.DataValue]:
        """Value, status and both times of each node, in chunks the server can take."""
        return await self._in_chunks(
            lambda chunk: self._client.uaclient.session.read(_read_values(chunk)), nodes, self._read_limit
        )

    async def attributes(self, wanted: Sequence[ua.ReadValueId]) -> list[ua.DataValue]:
        """Any attributes of nodes, without times."""
        return await self._in_chunks(
            lambda chunk: self._client.uaclient.session.read(ua.ReadParameters(NodesToRead=list(chunk))),
            wanted,
            self._read_limit,
        )

    async def browse(self, wanted: Sequence[ua.BrowseDescription]) -> list[ua.BrowseResult]:
        """The references of nodes, of each as many as the server gives at once: a node may have a million."""
        services, view = self._client.uaclient.session, ua.ViewDescription()
        found = await self._in_chunks(
            lambda chunk: services.browse(ua.BrowseParameters(view, MOST_PER_CALL, list(chunk))),
            wanted,
            BROWSED_AT_ONCE,
        )
        if points := [result.ContinuationPoint for result in found if result.ContinuationPoint]:
            await services.browse_next(ua.BrowseNextParameters(True, points))  # or the server keeps them for us
        return found

    async def call(self, request: ua.CallMethodRequest) -> ua.CallMethodResult:
        """Call a method, once."""
        (result,) = await self._client.uaclient.session.call([request])
        return result

    async def write(self, node: Source, variant: ua.Variant) -> ua.StatusCode:
        """Write one value, once; no status and times with it, since many PLCs refuse those."""
        item = ua.WriteValue(node_of(node), ua.AttributeIds.Value, index_range(node))
        item.Value = ua.DataValue(variant, StatusCode=None)
        (status,) = await self._client.uaclient.session.write(ua.WriteParameters(NodesToWrite=[item]))
        return status

    async def subscribe(
        self, publishing_ms: float, keep_alive_count: int, on_publish: OnPublish
    ) -> ua.CreateSubscriptionResult:
        """A new subscription, with its figures as the server settled them."""
        wanted = ua.CreateSubscriptionParameters(
            RequestedPublishingInterval=publishing_ms,
            RequestedLifetimeCount=max(3 * keep_alive_count, round(LIFETIME_S * 1000 / publishing_ms)),
            RequestedMaxKeepAliveCount=keep_alive_count,
            MaxNotificationsPerPublish=0,
            PublishingEnabled=True,
            Priority=0,
        )
        with understood():
            return await self._client.uaclient.session.create_subscription(wanted, on_publish)

    async def monitor(
        self, subscription: int, nodes: Sequence[tuple[int, Source]], sampling_ms: float, queue: int
    ) -> list[ua.MonitoredItemCreateResult]:
        """Ask for the changes of nodes, each under our own handle; the result of every single one."""

        async def create(
            chunk: Sequence[ua.MonitoredItemCreateRequest],
        ) -> list[ua.MonitoredItemCreateResult]:
            params = ua.CreateMonitoredItemsParameters(
                SubscriptionId=subscription,
                TimestampsToReturn=ua.TimestampsToReturn.Both,
                ItemsToCreate=list(chunk),
            )
            created: list[ua.MonitoredItemCreateResult]
            created = await self._client.uaclient.session.create_monitored_items(params)
            return created

        requests = [_monitored(handle, node, sampling_ms, queue) for handle, node in nodes]
        return await self._in_chunks(create, requests, self._item_limit)

    async def _in_chunks(
        self, call: Callable[[Sequence[_Item]], Awaitable[list[_Result]]], items: Sequence[_Item], size: int
    ) -> list[_Result]:
        """A service called for parts of a list; parts are halved where the server finds them too big."""
        results: list[_Result] = []
        while len(results) < len(items):
            chunk = list(items[len(results) : len(results) + size])
            try:
                with understood():
                    part = await call(chunk)
            except ua.UaStatusCodeError as error:
                if error.code not in _TOO_MANY or size == 1:
                    raise
                size = max(1, min(size, len(chunk)) // 2)
                continue
            if len(part) != len(chunk):
                raise DeviceError(f"{self.where} answered {len(part)} of {len(chunk)} items: the session is built anew")
            results.extend(part)
        return results


def reason_of(error: BaseException, where: str) -> str:
    """What went wrong with a session, in words for an operator."""
    if isinstance(error, ua.UaStatusCodeError):
        return f"{where} refuses the connection ({status_words(error.code)}): check the server's settings"
    if isinstance(error, Excess):
        return f"{where} {error}"
    if isinstance(error, ua.UaError):
        return f"{where} does not offer a connection without security ({error}): check the server's endpoints"
    return plain_reason(error, where)


def status_words(code: int) -> str:
    """A status code as the standard's name and sentence."""
    name, sentence = ua.status_codes.get_name_and_doc(code)
    return f"{name}: {sentence.rstrip('.')}" if sentence else str(name)


def check_address(address: str) -> None:
    """Raise Misconfigured where no attempt to connect to this address can or may be made."""
    if not address.startswith("opc.tcp://"):
        raise Misconfigured(f"'{address}' is not an OPC UA address: write opc.tcp://host:4840")
    try:
        host_and_port(address, 4840)
    except ValueError as error:
        raise Misconfigured(f"{error}, as opc.tcp://host:4840") from error
    if "@" in address:
        raise Misconfigured("a password would be sent in clear without security: take it out of the address")


def _with_port(address: str) -> str:
    host, port = host_and_port(address, 4840)
    if f":{port}" in address.removeprefix("opc.tcp://"):
        return address
    return address.replace(host, f"{host}:{port}", 1)


def _limit(data: ua.DataValue) -> int:
    value = data.Value.Value if data.Value is not None else None
    return min(value, MOST_PER_CALL) if isinstance(value, int) and value > 0 else ASSUMED_LIMIT


def _read_values(nodes: Sequence[Source]) -> ua.ReadParameters:
    wanted = [value_of(node) for node in nodes]
    return ua.ReadParameters(MaxAge=0, TimestampsToReturn=ua.TimestampsToReturn.Both, NodesToRead=wanted)


def _monitored(handle: int, node: Source, sampling_ms: float, queue: int) -> ua.MonitoredItemCreateRequest:
    return ua.MonitoredItemCreateRequest(
        ItemToMonitor=value_of(node),
        MonitoringMode=ua.MonitoringMode.Reporting,
        RequestedParameters=ua.MonitoringParameters(
            ClientHandle=handle, SamplingInterval=sampling_ms, QueueSize=queue, DiscardOldest=True
        ),
    )


def _browse_path(steps: Sequence[BrowseStep]) -> ua.BrowsePath:
    start = ua.ObjectIds.ObjectsFolder
    if steps[0] == BrowseStep(0, "Objects"):
        start = ua.ObjectIds.RootFolder
    path = ua.BrowsePath(StartingNode=ua.NodeId(ua.Int32(start)))
    for step in steps:
        element = ua.RelativePathElement(
            ReferenceTypeId=ua.NodeId(ua.Int32(ua.ObjectIds.HierarchicalReferences)),
            IsInverse=False,
            IncludeSubtypes=True,
            TargetName=ua.QualifiedName(step.name, step.namespace),
        )
        path.RelativePath.Elements.append(element)
    return path


def _only_target(answer: ua.BrowsePathResult) -> ua.NodeId | ua.StatusCode:
    if not answer.StatusCode.is_good() or not answer.Targets:
        return ua.StatusCode(ua.StatusCodes.BadNodeIdUnknown)
    target: Any = answer.Targets[0].TargetId
    return ua.NodeId(target.Identifier, target.NamespaceIndex, target.NodeIdType)
