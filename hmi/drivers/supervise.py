"""Keeps a connection alive for ever: tries, backs off, tries again; logs the start of trouble and its end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

from hmi.clock import Clock
from hmi.core.errors import DeviceError
from hmi.drivers.driver import Health

log = logging.getLogger("hmi.drivers")

BACK_OFF_S: Final = (0.5, 1.0, 2.0, 2.5)  # by the jitter at most 2 s: a server that is back is live within 3 s
LONG_DEAD_S: Final = 3600.0
LONG_DEAD_BACK_OFF_S: Final = 30.0
MOST_TOLD: Final = 5  # a connection that comes and goes is logged so often...
TOLD_WITHIN_S: Final = 60.0  # ...in so long
SETTLED_S: Final = 5.0  # a connection that lived shorter has not earned a fresh back-off
ENDED: Final = (
    "the connection ended without a reason given: a new one is made by itself. "
    "If that repeats, look at the network and at the device's log"
)
RETRY_S: Final = (10.0, 30.0, 60.0)  # a tag that the device does not know is asked for again after so long


class Misconfigured(DeviceError):
    """No attempt can succeed until the plant file is changed."""


class Refused(DeviceError):
    """An attempt was refused until a person does something; knocking on would do harm, such as lock an account."""

    def __init__(self, text: str, retry_s: float) -> None:
        """`retry_s`: how long to wait at least before the next attempt, which heals by itself what was mended."""
        super().__init__(text)
        self.retry_s = retry_s


class Life:
    """What is known of one connection's life; keeps its `Health` true. Belongs to the driver's event loop."""

    def __init__(self, connection_id: str, health: Health, clock: Clock) -> None:
        self._id = connection_id
        self._health = health
        self._clock = clock
        self._trouble_since: float | None = None
        self._told_at: deque[float] = deque(maxlen=MOST_TOLD)
        self._told = False  # whether the present trouble has been logged

    def heard(self) -> None:
        """The device answered or sent something, be it only a keep-alive."""
        self._health.last_life = self._clock.monotonic()
        if self._health.state == "silent":
            self._health.state, self._health.reason = "live", ""

    def live(self) -> None:
        """Everything that can be had has been asked for and values arrive."""
        health, now = self._health, self._clock.monotonic()
        if self._trouble_since is not None and self._told:
            log.info("%s: live again after %.0f s", self._id, now - self._trouble_since)
        self._trouble_since, self._told = None, False
        health.state, health.reason = "live", ""
        health.connected_since = health.last_life = now

    def silent(self, reason: str) -> None:
        """Connected as far as the sockets know, but nothing is heard."""
        if self._health.state == "live":
            self._health.state, self._health.reason = "silent", reason

    def down(self, reason: str) -> None:
        """The connection failed or was lost; logged when trouble starts, not at every attempt."""
        self._health.state, self._health.reason = "down", reason
        now = self._clock.monotonic()
        if self._trouble_since is None:
            self._trouble_since = now
        often = len(self._told_at) == MOST_TOLD and now - self._told_at[0] < TOLD_WITHIN_S
        if not self._told and not often:
            self._told = True
            self._told_at.append(now)
            log.warning("%s: %s; its values are not live until it answers, trying again", self._id, reason)

    @property
    def lived_s(self) -> float:
        """For how long it has been live (or silent) since it last connected; 0 when it is not."""
        if self._health.state not in ("live", "silent"):
            return 0.0
        return self._clock.monotonic() - self._health.connected_since

    @property
    def dead_s(self) -> float:
        """For how long it has been in trouble."""
        return 0.0 if self._trouble_since is None else self._clock.monotonic() - self._trouble_since


def back_off_s(failures: int, dead_s: float) -> float:
    """How long to wait after so many failures in a row, with jitter so that stations do not knock together.

    Jitter only shortens, so that a device is live again within 3 s of its return, connecting included.
    """
    if dead_s > LONG_DEAD_S:
        return LONG_DEAD_BACK_OFF_S * random.uniform(0.7, 1.0)
    return BACK_OFF_S[min(failures, len(BACK_OFF_S)) - 1] * random.uniform(0.5, 0.8)


async def keep_connected(session: Callable[[], Awaitable[None]], life: Life, health: Health) -> None:
    """Run sessions one after another until cancelled; a session ends by raising what went wrong."""
    failures = 0
    while True:
        least_s = 0.0
        try:
            await session()
            reason = ENDED
        except asyncio.CancelledError:
            # WORKAROUND: where a limit and an answer meet, wait_for2, which asyncua uses, raises a cancellation of its
            # own kind, which asyncio.timeout lets pass although nobody cancelled: the connection would end for good.
            end_if_cancelled()
            reason = ENDED
        except Misconfigured as error:
            life.down(str(error))
            await asyncio.Event().wait()
        except Refused as error:
            reason, least_s = str(error), error.retry_s
        except DeviceError as error:
            reason = str(error)
        except Exception as error:  # our own bug: it restarts the session, not the program
            log.exception("bug in the driver; the connection is built anew")
            reason = f"fault in this program ({type(error).__name__}): see the log"
        end_if_cancelled()
        failures = 1 if life.lived_s > SETTLED_S else failures + 1
        life.down(reason)
        health.reconnects += 1
        await asyncio.sleep(max(least_s, back_off_s(failures, life.dead_s)))


def end_if_cancelled() -> None:
    """End this task if it was cancelled and a library ate the cancellation.

    WORKAROUND: asyncio.wait_for before Python 3.12, which both protocol libraries use inside, drops a cancellation
    that meets the answer: https://github.com/python/cpython/issues/86296. The engine could then never stop.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


class RetryList:
    """Tags that could not be had, and when each is asked for again: after 10, 30, then every 60 s."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due: dict[int, float] = {}
        self._tries: dict[int, int] = {}

    def add(self, tag: int) -> None:
        """This tag failed just now, for the first time or again."""
        tries = self._tries.get(tag, 0)
        self._tries[tag] = tries + 1
        self._due[tag] = self._clock.monotonic() + RETRY_S[min(tries, len(RETRY_S) - 1)]

    def due(self) -> set[int]:
        """Tags whose time has come; each must be added again if it still fails, or forgotten."""
        now = self._clock.monotonic()
        return {tag for tag, when in self._due.items() if when <= now}

    def forget(self, tag: int) -> None:
        """This tag can be had now."""
        self._due.pop(tag, None)
        self._tries.pop(tag, None)

    def clear(self) -> None:
        """A new connection: everything is asked for anyway."""
        self._due.clear()
        self._tries.clear()


def plain_reason(error: BaseException, where: str) -> str:
    """An operating system's or timeout's complaint in words for an operator; `where` is host:port."""
    if isinstance(error, ConnectionRefusedError):
        return f"connection refused by {where}: is the device on, and is the port right?"
    if isinstance(error, TimeoutError):
        return f"no answer from {where} in time: is the device on and the cable in?"
    if isinstance(error, OSError) and error.strerror and "Multiple exceptions" not in str(error):
        return f"{where} cannot be reached ({error.strerror.lower()}): check network and address"
    detail = str(error) or type(error).__name__
    return f"connection to {where} failed ({detail}): check network and address"


async def why_unreachable(host: str, port: int, limit_s: float = 1.0) -> str:
    """Why a device cannot be connected to, asked once more where a library keeps the reason to itself."""
    where = f"{host}:{port}"
    try:
        async with asyncio.timeout(limit_s):
            _, writer = await asyncio.open_connection(host, port)
    except OSError as error:  # TimeoutError is one of them
        return plain_reason(error, where)
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return f"no answer from {where} in time: is the device on and the cable in?"
