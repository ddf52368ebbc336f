"""Quality of a value: the OPC UA status code (Part 4, 7.39), kept as the uint32 it arrived as.

The top two bits say good, uncertain or bad; the rest says why. Codes we set ourselves are OPC UA's own too, so that
history, screen and any OPC UA client read the same number.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

GOOD: Final = 0x0000_0000
GOOD_LOCAL_OVERRIDE: Final = 0x0096_0000
GOOD_NO_DATA: Final = 0x00A5_0000  # there is nothing to read: a method, which is only called
UNCERTAIN: Final = 0x4000_0000
UNCERTAIN_LAST_USABLE: Final = 0x4090_0000  # what updated this value has stopped doing so: STALE on screen
UNCERTAIN_SUBSTITUTE: Final = 0x4091_0000
UNCERTAIN_INITIAL: Final = 0x4092_0000
UNCERTAIN_SENSOR: Final = 0x4093_0000
UNCERTAIN_UNITS_EXCEEDED: Final = 0x4094_0000
UNCERTAIN_SUBNORMAL: Final = 0x4095_0000
BAD: Final = 0x8000_0000
BAD_INTERNAL: Final = 0x8002_0000
BAD_COMMUNICATION: Final = 0x8005_0000
BAD_TIMEOUT: Final = 0x800A_0000
BAD_NO_COMMUNICATION: Final = 0x8031_0000
BAD_WAITING: Final = 0x8032_0000
BAD_INDEX_RANGE_NO_DATA: Final = 0x8037_0000
BAD_NODE_ID_INVALID: Final = 0x8033_0000
BAD_NODE_ID_UNKNOWN: Final = 0x8034_0000
BAD_NOT_READABLE: Final = 0x803A_0000
BAD_OUT_OF_RANGE: Final = 0x803C_0000
BAD_NOT_SUPPORTED: Final = 0x803D_0000
BAD_TYPE_MISMATCH: Final = 0x8074_0000
BAD_CONFIGURATION: Final = 0x8089_0000
BAD_NOT_CONNECTED: Final = 0x808A_0000
BAD_DEVICE_FAILURE: Final = 0x808B_0000
BAD_SENSOR_FAILURE: Final = 0x808C_0000
BAD_OUT_OF_SERVICE: Final = 0x808D_0000
BAD_DEADBAND_FILTER: Final = 0x808E_0000

_REASONS: Final[dict[int, str]] = {
    GOOD: "good",
    GOOD_LOCAL_OVERRIDE: "set by hand at the device",
    GOOD_NO_DATA: "there is nothing to read, it can only be called",
    UNCERTAIN: "the device is not sure of it",
    UNCERTAIN_LAST_USABLE: "no longer updated: this is the last value that came",
    UNCERTAIN_SUBSTITUTE: "a substitute, not measured",
    UNCERTAIN_INITIAL: "initial value, not yet measured",
    UNCERTAIN_SENSOR: "the sensor is at its limit or not accurate",
    UNCERTAIN_UNITS_EXCEEDED: "outside the sensor's range",
    UNCERTAIN_SUBNORMAL: "fewer sources than needed",
    BAD: "bad, the device gives no reason",
    BAD_INTERNAL: "internal fault of the device",
    BAD_COMMUNICATION: "communication fault",
    BAD_TIMEOUT: "the device did not answer in time",
    BAD_NO_COMMUNICATION: "no communication with the device",
    BAD_WAITING: "waiting for the first value",
    BAD_INDEX_RANGE_NO_DATA: "the device's array has no such element",
    BAD_NODE_ID_INVALID: "the address is not a valid node id",
    BAD_NODE_ID_UNKNOWN: "the device does not know this address",
    BAD_NOT_READABLE: "the device does not let it be read",
    BAD_OUT_OF_RANGE: "outside the allowed range",
    BAD_NOT_SUPPORTED: "the device does not support it",
    BAD_TYPE_MISMATCH: "the device sends another type than the tag list says",
    BAD_CONFIGURATION: "configuration fault in the device",
    BAD_NOT_CONNECTED: "not connected",
    BAD_DEVICE_FAILURE: "device failure",
    BAD_SENSOR_FAILURE: "sensor failure",
    BAD_OUT_OF_SERVICE: "out of service",
}


def is_good(quality: Any) -> Any:
    """True where a quality (scalar or array) is good."""
    return np.asarray(quality, dtype=np.uint32) < UNCERTAIN


def is_bad(quality: Any) -> Any:
    """True where a quality (scalar or array) is bad."""
    return np.asarray(quality, dtype=np.uint32) >= BAD


def worst(qualities: NDArray[np.uint32]) -> int:
    """The worst quality of several: bad before uncertain before good; GOOD of none."""
    return int(qualities.max()) if len(qualities) else GOOD


def word(quality: int) -> str:
    """One word for a screen or a listing: good, uncertain, stale or bad."""
    if quality & 0xFFFF_0000 == UNCERTAIN_LAST_USABLE:
        return "stale"
    return ("good", "uncertain", "bad", "bad")[(quality >> 30) & 3]


def reason(quality: int) -> str:
    """Why a value has this quality, in words for an operator."""
    known = _REASONS.get(quality & 0xFFFF_0000)
    return known if known else f"{word(quality)}, status code 0x{quality:08X}"
