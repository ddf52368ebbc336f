"""What people do to a server's conditions: the methods of Part 9, called once, and how they ended in words."""

from __future__ import annotations

from typing import Any, Final

from asyncua import ua

from hmi.drivers.driver import ConditionAct, WriteResult
from hmi.drivers.opcua_client import OpcUaSession, status_words
from hmi.drivers.opcua_wire import understood

_O = ua.ObjectIds
_C = ua.StatusCodes
_METHODS: Final = {
    "acknowledge": _O.AcknowledgeableConditionType_Acknowledge,
    "confirm": _O.AcknowledgeableConditionType_Confirm,
    "comment": _O.ConditionType_AddComment,
    "take_out": _O.AlarmConditionType_RemoveFromService,
    "put_back": _O.AlarmConditionType_PlaceInService,
}
_OF_EVENTS: Final = ("acknowledge", "confirm", "comment")  # they name the occurrence that was seen
_SHELVING: Final = {  # on the condition's own shelving state; and where a server does not show that, on the condition
    "shelve": (_O.ShelvedStateMachineType_TimedShelve, _O.AlarmConditionType_ShelvingState_TimedShelve),
    "unshelve": (_O.ShelvedStateMachineType_Unshelve, _O.AlarmConditionType_ShelvingState_Unshelve),
}
_NOT_OFFERED: Final = "its server does not offer that for this condition. Do it at the machine"
_KINDLY: Final = {
    _C.BadConditionBranchAlreadyAcked: "somebody has acknowledged it already: nothing is left to do",
    _C.BadConditionBranchAlreadyConfirmed: "somebody has confirmed it already: nothing is left to do",
    _C.BadEventIdUnknown: "it has changed in the meantime, and nothing was done. Look at it again, then repeat",
    _C.BadConditionAlreadyShelved: "it is on its server's shelf already: unshelve it first",
    _C.BadConditionNotShelved: "it is not on its server's shelf any more: nothing is left to do",
    _C.BadShelvingTimeOutOfRange: "its server does not let it be shelved for so long: choose a shorter time",
    _C.BadConditionDisabled: "it is disabled in its server. Ask whoever looks after the controller",
    _C.BadUserAccessDenied: "its server does not let this station do that. Ask whoever looks after the controller",
    _C.BadNodeIdUnknown: _NOT_OFFERED,
    _C.BadMethodInvalid: _NOT_OFFERED,
    _C.BadNotImplemented: _NOT_OFFERED,
    _C.BadNotSupported: _NOT_OFFERED,
    _C.BadNotExecutable: _NOT_OFFERED,
    _C.BadNothingToDo: _NOT_OFFERED,
}
_UNKNOWN: Final = "no answer came: whether it was done is not known. Look at its state in the list"
_UNSURE: Final = (_C.BadTimeout, _C.BadRequestTimeout, _C.BadConnectionClosed, _C.BadSessionClosed, _C.BadShutdown)


async def act_on(session: OpcUaSession, node: ua.NodeId, act: ConditionAct) -> WriteResult:
    """Call the method once; what came of it is confirmed by the server, refused by it, or unknown."""
    try:
        with understood():
            result = await session.call(await _request(session, node, act))
    except ua.UaStatusCodeError as error:
        return _ended(error.code)
    except (OSError, ua.UaError):
        return WriteResult("unknown", _UNKNOWN)
    return _ended(result.StatusCode.value)


def _ended(code: int) -> WriteResult:
    if code < _C.Uncertain:
        return WriteResult("confirmed", "")
    if code in _UNSURE:
        return WriteResult("unknown", _UNKNOWN)
    return WriteResult("refused", _KINDLY.get(code) or f"its server refused it ({status_words(code)})")


async def _request(session: OpcUaSession, node: ua.NodeId, act: ConditionAct) -> ua.CallMethodRequest:
    if act.verb in _SHELVING:
        own, of_type = _SHELVING[act.verb]
        state = await _shelving_state(session, node)
        method = ua.NodeId(ua.Int32(own if state is not None else of_type))
        milliseconds = [ua.Variant(act.hours * 3_600_000, ua.VariantType.Double)]
        return ua.CallMethodRequest(state or node, method, milliseconds if act.verb == "shelve" else [])
    arguments = []
    if act.verb in _OF_EVENTS:
        arguments = [
            ua.Variant(act.condition.event_id, ua.VariantType.ByteString),
            ua.Variant(ua.LocalizedText(act.comment or None), ua.VariantType.LocalizedText),
        ]
    return ua.CallMethodRequest(node, ua.NodeId(ua.Int32(_METHODS[act.verb])), arguments)


async def _shelving_state(session: OpcUaSession, node: ua.NodeId) -> ua.NodeId | None:
    """The shelving state of a condition, where its server shows it."""
    step = ua.RelativePathElement(
        ReferenceTypeId=ua.NodeId(ua.Int32(_O.HierarchicalReferences)),
        IsInverse=False,
        IncludeSubtypes=True,
        TargetName=ua.QualifiedName("ShelvingState", 0),
    )
    path = ua.BrowsePath(StartingNode=node, RelativePath=ua.RelativePath(Elements=[step]))
    services: Any = session.services
    answers = await services.translate_browsepaths_to_nodeids([path])
    if not answers or not answers[0].StatusCode.is_good() or not answers[0].Targets:
        return None
    target: Any = answers[0].Targets[0].TargetId
    return ua.NodeId(target.Identifier, target.NamespaceIndex, target.NodeIdType)
