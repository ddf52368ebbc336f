"""The register that says which program a device runs: with another one, no place means what the plant files say."""

from __future__ import annotations

from hmi.core import quality as q
from hmi.core.plant.model import Signature
from hmi.core.tags import Tag
from hmi.drivers.modbus_client import ILLEGAL_ADDRESS, ILLEGAL_FUNCTION, ILLEGAL_VALUE, ModbusLine, Nonsense, Refusal
from hmi.drivers.modbus_plan import Block, BlockDecoder, Order, point_of

Complaint = tuple[str, int]  # why no value of the device may be believed, and the quality that it has


class SignatureCheck:
    """Asks a device for its signature and says what is wrong with it."""

    def __init__(self, signature: Signature, order: Order) -> None:
        self._wanted = signature.value
        self._address = signature.address
        self._point = point_of(Tag(0, "signature", "", signature.address, signature.type))
        block = Block(self._point.area, self._point.start, self._point.count, (self._point,))
        self._decoder = BlockDecoder(block, order)
        self._unsigned = signature.type == "uint64"

    async def complaint(self, line: ModbusLine) -> Complaint | None:
        """What is wrong, None if nothing; hold the line. Raises NoAnswer, Lost."""
        try:
            answer = await line.read(self._point.area, self._point.start, self._point.count)
        except Refusal as refusal:
            gone = refusal.code in (ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE)
            quality = q.BAD_CONFIGURATION if gone else refusal.quality
            return f"its signature {self._address} cannot be read ({refusal}), so no value can be believed", quality
        except Nonsense as error:
            return f"its signature {self._address} cannot be read: {error}", q.BAD_COMMUNICATION
        found = int(self._decoder.decode(answer, 0).rows["raw"][0])
        if self._unsigned:
            found %= 2**64
        if found == self._wanted:
            return None
        reason = f"the PLC program changed: {self._address} is {found} where plant.toml expects {self._wanted}"
        return f"{reason}; no value is shown until the program or the plant's files are put right", q.BAD_CONFIGURATION
