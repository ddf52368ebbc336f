"""What engine and client say to each other: msgpack structs, one version for all of them.

Values travel as the bytes of `Batch` rows; the plant as the texts of its files; everything else in plain words.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
import numpy as np

from hmi.core.batch import ROW, Batch

VERSION: Final = 1


class Message(msgspec.Struct, tag=True, frozen=True):
    """Something said over the link."""


class Hello(Message, frozen=True, tag=True):
    """Client -> engine, first of all: who speaks, with the engine's token of this start."""

    token: str
    version: int = VERSION
    program: str = ""  # "client", "hmi get", ...
    user: str = ""
    station: str = ""
    stream: bool = True  # wants values and alarms as they change


class Welcome(Message, frozen=True, tag=True):
    """Engine -> client: the plant it runs, as the texts of its files.

    It comes first of all, and once more whenever the plant's files have changed in what operators see; each time
    every value and alarm comes after it.
    """

    version: int
    plant: dict[str, str]
    library: dict[str, str]  # the shared symbols
    digest: str
    now_ns: int  # the engine's wall clock, so that ages are right on another machine
    engine: str = ""  # program version
    told: int = 0  # as in Health; not 0: devices have said something of their tags already
    compiled: bytes = b""  # the plant as the engine has read it, for windows of the same program; "" it is too large


class Refused(Message, frozen=True, tag=True):
    """Engine -> client: no, and why; the connection is closed after it."""

    why: str


class Values(Message, frozen=True, tag=True):
    """Engine -> client: newest values of changed tags; `snapshot` when it is all of them."""

    rows: bytes
    texts: tuple[str, ...]
    now_ns: int
    snapshot: bool = False

    @classmethod
    def of(cls, batch: Batch, now_ns: int, snapshot: bool = False) -> Values:
        """A batch, packed."""
        return cls(batch.rows.tobytes(), batch.texts, now_ns, snapshot)

    def batch(self) -> Batch:
        """The batch, unpacked; raises ValueError when the bytes are not whole rows."""
        return Batch(np.frombuffer(self.rows, ROW), self.texts)


class ConditionFacts(msgspec.Struct, frozen=True):
    """What a server says of a condition that it keeps itself, beside its state."""

    id: str
    connection: str
    source: str = ""
    name: str = ""
    message: str = ""
    severity: int = 0  # 1 to 1000, as the server has it
    priority: int = 4  # what that is in this plant
    tag: int = -1  # index of the tag that it is about; -1 none of the plant's
    level: str = ""  # of a limit alarm: which limit
    class_name: str = ""
    comment: str = ""
    comment_by: str = ""
    time_ns: int = 0  # of what the server told last
    quality: int = 0
    condition: str = ""  # the server's own id of it
    is_branch: bool = False  # an occurrence before the one that stands now
    confirm: bool = False  # waits for a person who confirms that its cause was dealt with
    lost: bool = False  # last known: its server is not heard now, or has not told of it since


class AlarmRow(msgspec.Struct, frozen=True):
    """One alarm as it stands now."""

    rule: int  # index in the rules of plant and station; of a server's condition: a place behind them
    state: str  # ISA-18.2: normal, unacknowledged, acknowledged, returned-unacknowledged, ...
    occurrence: int = 0
    raised_ns: int = 0
    changed_ns: int = 0
    value: float = 0.0  # that raised it
    acked_by: str = ""
    cannot_evaluate: bool = False  # its tag is bad: the state is held
    quiet_by: str = ""  # who shelved it or took it out of service
    quiet_why: str = ""
    quiet_until_ns: int = 0  # of a shelf
    permit: str = ""  # out of service
    condition: ConditionFacts | None = None  # of a condition that a server keeps
    note: str = ""  # of an alarm of the station itself: what it is just now, in words


class Alarms(Message, frozen=True, tag=True):
    """Engine -> client: alarms that changed; `snapshot` when it is every alarm that is not normal."""

    rows: tuple[AlarmRow, ...]
    snapshot: bool = False


class ConnectionRow(msgspec.Struct, frozen=True):
    """One connection as it stands now."""

    id: str
    driver: str
    address: str
    state: str
    reason: str
    live: int  # tags whose value is current
    missing: int
    age_s: float  # since anything was heard; -1 never
    values_per_s: float
    reconnects: int
    request_ms: float
    note: str = ""  # for an engineer, also when live: what is not as the plant's files want it
    security: str = ""  # none | signed | encrypted: what protects what is sent; none wants to be shown
    service_level: int | None = None  # 0 to 255, as an OPC UA server tells it
    revised: dict[str, int] = {}  # publishing, sampling, queue, lifetime -> how many the server gave not as asked
    bad: int = 0  # tags whose value may not be used, the missing ones among them
    backup: tuple[str, ...] = ()  # the other addresses, in their order
    gaps: int = 0  # times that values were lost on the way, as far as the protocol tells
    requests_per_s: float = 0.0
    request_p50_ms: float = 0.0  # of the latest requests
    request_p99_ms: float = 0.0


class PlantFiles(msgspec.Struct, frozen=True):
    """How the plant's files stand to what the engine runs and its clients show."""

    state: str = "current"  # current | mistakes: they cannot be used | restart: they take effect when it is restarted
    what: str = ""  # the first mistake with its file and line; or what waits for the restart: "tags, alarms"
    more: int = 0  # mistakes beside the first
    folder: str = ""  # on the engine's computer


class Health(Message, frozen=True, tag=True):
    """Engine -> client, twice a second: sign of life, connections, stores."""

    now_ns: int
    connections: tuple[ConnectionRow, ...] = ()
    clients: int = 0
    samples_stored: int = 0
    samples_waiting: int = 0
    samples_lost: int = 0
    store_fault: str = ""  # "" or what is wrong with the disk, in words
    disk_free_mb: float = 0.0
    started_ns: int = 0
    told: int = 0  # times that what devices say of their tags changed: ask for the properties again
    jobs: int = 0  # times that something happened in a job: ask for it again
    store_note: str = ""  # "" or what will be: history runs out of room
    server: str = ""  # how the plant server stands, in words; "" there is none
    server_note: str = ""  # "" or what must be said aloud of it: what was recorded does not get there
    arrived: int = 0  # things from the plant server that wait until a person agrees to them
    history_room: str = ""  # what history takes, and how long the room will do, in words
    plant_files: PlantFiles = PlantFiles()
    mode: str = ""  # signed | open: no key is trusted | engineering: keys are put out of force; "" an older engine
    safe_mode: str = ""  # why the engine only shows the plant and sends nothing to it, in words; "" it does all


class PropertyRow(msgspec.Struct, frozen=True):
    """What a device says of one tag, where the plant's files may be silent; range and unit in the tag's own terms."""

    tag: str
    low: float | None = None
    high: float | None = None
    unit: str = ""
    names: dict[int, str] = {}  # of the states that its numbers stand for
    differs: str = ""  # where the plant's files say otherwise, which holds: in words for an engineer


class Request(Message, frozen=True, tag=True):
    """Client -> engine: `verb` with arguments, answered by a `Reply` with the same number.

    Verbs: write {tag, value, why, confirmed: true | the confirmed text}, ack {alarms: [id...], comment},
    reset {alarms, comment}, shelve {alarms, hours, why, one_shot, second: {name, secret}}, unshelve {alarms, why},
    take_out {alarms, permit, why}, put_back {alarms, why}, explain {alarm}; of servers' conditions also
    confirm {alarms, comment} and comment {alarms, comment};
    history {tags, from_ns, to_ns, points | raw: true}, samples {tag, from_ns, to_ns, most}: a page and `next_ns`,
    figures {tags, kinds, edges}, journal {from_ns, to_ns, limit, category, text},
    instructions {}, jobs {wanted, state, limit}, job {id, from}, procedure {key},
    job_start {instruction, context, key}, job_act {job, act, step, turn, value, why, key},
    job_attach {name, data}, job_attachment {attachment}, instruction_picture {file}, instruction_now {instruction},
    instruction_revisions {instruction}, instruction_sign {instruction, act, digest, name, secret, why},
    note {text, tag, from_ns, to_ns}, notes {from_ns, to_ns, limit}, exported {tags, from_ns, to_ns, file},
    sign_in {name, secret, kind}, sign_out {why}, lock {why}, whoami {}, people {}, person {act, name, …},
    certificates {}, certificate {act, fingerprint, why}, secrets {}, secret {name, secret},
    status {}, values {tags}, alarms {}, properties {}: a list of `PropertyRow`,
    links {}: how every link stands, outages {days}: those of the past, leave_safe_mode {why}.
    """

    number: int
    verb: str
    args: dict[str, Any]


class Reply(Message, frozen=True, tag=True):
    """Engine -> client: the answer to one request."""

    number: int
    ok: bool
    text: str = ""  # for a person: what happened and, if not ok, what to do
    body: Any = None


AnyMessage = Hello | Welcome | Refused | Values | Alarms | Health | Request | Reply

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[AnyMessage] = msgspec.msgpack.Decoder(AnyMessage)


def encode(message: AnyMessage) -> bytes:
    """A message as msgpack bytes."""
    return _encoder.encode(message)


def decode(data: bytes | memoryview) -> AnyMessage:
    """Bytes as a message; raises msgspec.DecodeError (a ValueError) for anything else."""
    return _decoder.decode(data)
