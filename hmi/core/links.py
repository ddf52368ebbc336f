"""How every link of a station stands, in an operator's words: what it is, what that means for the plant, what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

OK, NOTE, BAD, OFF = "ok", "note", "bad", "off"  # as it should be; worth a look; broken; there is none

GOES_ON: Final = "The engine goes on trying by itself"
_CONNECTION: Final[Mapping[str, tuple[str, str, str, str]]] = {  # state: how bad, word, what it means, what to do
    "live": (OK, "Live", "Its values are current.", ""),
    "connecting": (
        NOTE,
        "Connecting",
        "Its values come as soon as it answers; until then they are marked, and commands to it are refused.",
        "Wait. If it lasts longer than a minute: is the device on, and the cable in?",
    ),
    "silent": (
        BAD,
        "Silent",
        "Its values are the last that came, and marked as stale. Its alarms cannot be judged, commands are refused.",
        "Look at the device and the network. The engine goes on trying by itself.",
    ),
    "down": (
        BAD,
        "Down",
        "None of its values is live. Its alarms cannot be judged, commands to it are refused.",
        "Is the device on, and the cable in? The engine goes on trying by itself.",
    ),
}
_SERVER: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "off": (OFF, "None", "History and journal are kept on this computer alone.", ""),
    "current": (OK, "Current", "Everything recorded here is there, too.", ""),
    "sending": (OK, "Sending", "What was recorded while it was away is on its way.", ""),
    "away": (
        NOTE,
        "Away",
        "Nothing is missing here: what it does not have yet waits on this computer and is sent when it is back.",
        "Tell whoever runs the plant server, if it stays away. Nothing else needs to be done here.",
    ),
    "refused": (
        BAD,
        "Refused",
        "Nothing is missing here, but it takes nothing from this station until somebody decides.",
        "Tell whoever runs the plant server what stands here.",
    ),
}
_HISTORY_BAD: Final = (
    "Live values and alarms go on. Values wait in memory; if it lasts, the oldest are lost and history has a gap.",
    "Make room on the disk, or have it mended; recording goes on by itself.",
)
_JOURNAL_BAD: Final = (
    "What people do cannot be recorded: commands are refused. Values and alarms go on.",
    "Make room on the disk, or have it mended; it goes on by itself.",
)
_SAFE: Final = (
    "View only: values, alarms and history go on, nothing is sent to the plant.",
    "Show the crash report to an engineer. Then a person who may operate leaves safe mode here.",
)
_CRASHED: Final = (
    "It goes on as usual. While it was away nothing was recorded and no alarm was raised; history shows the gap.",
    "Show the crash report to an engineer.",
)
_EXPIRES: Final = (
    "It goes on until then. A connection that is made after that is refused.",
    "Tell an engineer: hmi trust renew for this station's own, else on the device.",
)
_CLOCK_SET: Final = (
    "Times in the journal and in history from before and after differ by that.",
    "If nobody meant it, look at the computer's time server.",
)
LOST: Final = "{count} values were lost since the engine started: history shows the gaps."
SENTENCES: Final = (
    *(text for row in (*_CONNECTION.values(), *_SERVER.values()) for text in row[2:] if text),
    *(*_HISTORY_BAD, *_JOURNAL_BAD, *_SAFE, *_CRASHED, *_EXPIRES, *_CLOCK_SET, LOST),
    "Everything is kept.",
    "What people do and what alarms do is recorded.",
    "It runs the plant's values, alarms and history.",
    "None of those in use ends within 90 days.",
    "It was not set while the engine ran.",
    "They show what the engine knows.",
    "Nobody looks at the plant; alarms, history and journal go on.",
)  # which the window knows in other languages
WORDS: Final = (
    *(row[1] for row in (*_CONNECTION.values(), *_SERVER.values())),
    *("Recording", "Disturbed", "Running", "Safe mode", "Crashed", "Valid", "Ends soon", "Steady", "Set", "Attached"),
)
NAMES: Final = ("Engine", "History", "Journal", "Plant server", "Certificates", "Clock", "Windows")


class Link(msgspec.Struct, frozen=True):
    """One link of a station, as it stands now. All texts are English; the window says them in its language."""

    id: str  # stays the same: connection:plc1, history, journal, server, windows, certificates, clock, engine
    name: str
    state: str  # ok | note | bad | off
    word: str
    reason: str = ""  # what happened, in the words of whoever noticed
    means: str = ""  # for the operator
    do: str = ""
    since_ns: int = 0  # wall clock, UTC; 0 not known


def connection(name: str, state: str, reason: str = "", missing: int = 0) -> Link:
    """A connection to a controller."""
    how, word, means, todo = _CONNECTION.get(state, _CONNECTION["down"])
    return Link(f"connection:{name}", name, NOTE if how == OK and missing else how, word, reason, means, todo)


def history(fault: str, lost: int, note: str) -> Link:
    """Whether values reach the disk; `fault` and `note` as the store tells them."""
    own = "; ".join(part for part in fault.split("; ") if not part.startswith("journal"))
    if own:
        return Link("history", "History", BAD, "Disturbed", own, *_HISTORY_BAD)
    means = LOST.format(count=lost) if lost else "Everything is kept."
    return Link("history", "History", NOTE if note or lost else OK, "Recording", note, means)


def journal(fault: str) -> Link:
    """Whether what people and alarms do reaches the disk."""
    own = "; ".join(part for part in fault.split("; ") if part.startswith("journal"))
    if own:
        return Link("journal", "Journal", BAD, "Disturbed", own, *_JOURNAL_BAD)
    return Link("journal", "Journal", OK, "Recording", "", "What people do and what alarms do is recorded.")


def plant_server(state: str, words: str) -> Link:
    """The server that stations send their history to."""
    how, word, means, todo = _SERVER.get(state, _SERVER["away"])
    return Link("server", "Plant server", how, word, words, means, todo)


def engine(safe: str, crashed: str) -> Link:
    """The engine itself: why it is in safe mode, and what its last crash of late was."""
    if safe:
        return Link("engine", "Engine", BAD, "Safe mode", safe, *_SAFE)
    if crashed:
        return Link("engine", "Engine", NOTE, "Crashed", crashed, *_CRASHED)
    return Link("engine", "Engine", OK, "Running", "", "It runs the plant's values, alarms and history.")


def certificates(ending: Sequence[str]) -> Link:
    """Certificates in use; `ending` tells of each that ends soon."""
    if ending:
        return Link("certificates", "Certificates", NOTE, "Ends soon", "; ".join(ending), *_EXPIRES)
    return Link("certificates", "Certificates", OK, "Valid", "", "None of those in use ends within 90 days.")


def clock(was_set: str) -> Link:
    """This computer's clock; `was_set` tells of the last time that somebody set it, of late."""
    if was_set:
        return Link("clock", "Clock", NOTE, "Set", was_set, *_CLOCK_SET)
    return Link("clock", "Clock", OK, "Steady", "", "It was not set while the engine ran.")


def windows(count: int) -> Link:
    """Who looks."""
    means = (
        "They show what the engine knows." if count else "Nobody looks at the plant; alarms, history and journal go on."
    )
    return Link("windows", "Windows", OK, "Attached" if count else "None", str(count), means)
