"""Why an OPC UA session is of no use any more, noted where it is learned and raised where the session is watched."""

from __future__ import annotations

from asyncua import ua

from hmi.core.errors import DeviceError
from hmi.drivers.opcua_client import status_words
from hmi.drivers.opcua_publish import ENDED


class Ending:
    """Of one session. Belongs to the driver's event loop."""

    def __init__(self) -> None:
        self._reason = ""
        self._crash: Exception | None = None

    def status(self, code: int) -> None:
        """The server says that a subscription has ended."""
        self._reason = ENDED.format(status_words(code))

    def error(self, error: Exception) -> None:
        """No notification will come any more."""
        if isinstance(error, ua.UaStatusCodeError):
            self.status(error.code)
        elif isinstance(error, DeviceError):
            self._reason = str(error)
        else:
            self.crash(error)

    def crash(self, error: Exception) -> None:
        """Our own fault, which the library's loops would swallow."""
        self._crash = error

    def check(self, where: str) -> None:
        """Raises DeviceError, in words, or our own fault as it is; nothing while all is well."""
        if self._crash is not None:
            raise self._crash
        if self._reason:
            raise DeviceError(f"{where}: {self._reason}")
