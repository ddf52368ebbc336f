"""The state machine of a packaging machine, as ISA-TR88.00.02 (PackML) numbers and joins its states."""

from __future__ import annotations

from typing import Final

CLEARING, STOPPED, STARTING, IDLE, SUSPENDED, EXECUTE, STOPPING, ABORTING, ABORTED = range(1, 10)
HOLDING, HELD, UNHOLDING, SUSPENDING, UNSUSPENDING, RESETTING, COMPLETING, COMPLETE = range(10, 18)

RESET, START, STOP, HOLD, UNHOLD, SUSPEND, UNSUSPEND, ABORT, CLEAR = range(1, 10)

NO_REASON, BY_OPERATOR, BY_STARVED, BY_BLOCKED, BY_JAM, BY_DOOR, BY_AIR, BY_MATERIAL, BY_QUALITY = range(9)

# Acting states end by themselves: how long they take (s) and where they lead.
_ACTING: Final[dict[int, tuple[float, int]]] = {
    CLEARING: (1.5, STOPPED),
    STARTING: (3.0, EXECUTE),
    STOPPING: (3.0, STOPPED),
    ABORTING: (0.5, ABORTED),
    HOLDING: (1.5, HELD),
    UNHOLDING: (1.5, EXECUTE),
    SUSPENDING: (1.0, SUSPENDED),
    UNSUSPENDING: (1.0, EXECUTE),
    RESETTING: (2.0, IDLE),
    COMPLETING: (2.0, COMPLETE),
}

_ALWAYS: Final = frozenset(range(1, 18)) - {ABORTING, ABORTED}
_MAY_STOP: Final = _ALWAYS - {CLEARING, STOPPED, STOPPING}

# What each command does: the states it is accepted in, and the state it leads to.
_COMMANDS: Final[dict[int, tuple[frozenset[int], int]]] = {
    RESET: (frozenset({STOPPED, COMPLETE}), RESETTING),
    START: (frozenset({IDLE}), STARTING),
    STOP: (_MAY_STOP, STOPPING),
    HOLD: (frozenset({EXECUTE}), HOLDING),
    UNHOLD: (frozenset({HELD}), UNHOLDING),
    SUSPEND: (frozenset({EXECUTE}), SUSPENDING),
    UNSUSPEND: (frozenset({SUSPENDED}), UNSUSPENDING),
    ABORT: (_ALWAYS, ABORTING),
    CLEAR: (frozenset({ABORTED}), CLEARING),
}


class Unit:
    """State, mode and stop reason of one machine; starts in Execute, as a machine found in production."""

    def __init__(self) -> None:
        self.state = EXECUTE
        self.mode = 1  # production
        self.reason = NO_REASON
        self._in_state_s = 0.0
        self._wants_start = False

    @property
    def executing(self) -> bool:
        """Whether the machine produces."""
        return self.state == EXECUTE

    def step(self, dt: float) -> None:
        """Let `dt` seconds pass: acting states end when their time is up."""
        self._in_state_s += dt
        acting = _ACTING.get(self.state)
        if acting is not None and self._in_state_s >= acting[0]:
            self._enter(acting[1])
        if self.state == IDLE and self._wants_start:
            self.command(START)

    def command(self, number: int, reason: int = BY_OPERATOR) -> bool:
        """Give a command; False where the state machine does not accept it in its present state."""
        accepted, target = _COMMANDS.get(number, (frozenset[int](), 0))
        if self.state not in accepted:
            return False
        if number in (STOP, HOLD, SUSPEND, ABORT):
            self.reason = reason
            self._wants_start = False
        self._enter(target)
        return True

    def complete(self) -> None:
        """The work that was ordered is done."""
        if self.state == EXECUTE:
            self._enter(COMPLETING)

    def press_start(self) -> None:
        """The start button: whatever it takes to get from a healthy standstill into Execute."""
        if self.state == HELD:
            self.command(UNHOLD)
        elif self.state in (STOPPED, COMPLETE, RESETTING, IDLE):
            self._wants_start = True
            self.command(RESET)

    def press_reset(self) -> None:
        """The reset button: clear an abort, or make a stopped machine ready."""
        if not self.command(CLEAR):
            self.command(RESET)

    def _enter(self, state: int) -> None:
        self.state = state
        self._in_state_s = 0.0
        if state == EXECUTE:
            self.reason = NO_REASON
            self._wants_start = False
