"""The palletiser: forms layers, lets the robot stack them, wraps and labels the full pallet."""

from __future__ import annotations

from random import Random
from typing import Final

from hmi.sim import packml
from hmi.sim.belts import Table
from hmi.sim.machine import LOW_AIR_BAR, Drive, Machine
from hmi.sim.robot import Robot
from hmi.sim.signals import Signals, Value

_LAYER_M: Final = 0.235
_BOTTLE_KG: Final = 0.522
_EXIT_S: Final = 9.0  # the full pallet rolls out, an empty one rolls in
_RPM: Final = 12.0  # of the wrapper ring
_SSCC_START: Final = 340_123_450_000_017_30  # without its check digit


def sscc(serial: int) -> str:
    """The 18-digit SSCC of a pallet: GS1's check digit over the 17 digits before it."""
    digits = f"{serial:017}"
    weighted = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(digits))
    return digits + str(-weighted % 10)


class Palletiser(Machine):
    """Bottles in, pallets out: every bottle taken stands in a layer, on the pallet in work or on a pallet made."""

    mean_stop_s = 1500.0

    def __init__(self, name: str, rng: Random) -> None:
        super().__init__(name, rng, 30_000.0, 26_400.0, 3, Drive(1 / 60 / 20, 16.0))
        self.robot = Robot(rng)
        self.settings |= {"cmd.discharge": False, "layers_sp": 6, "bottles_per_layer": 240, "vacuum_sp": -60.0}
        self.settings |= {"robot.speed_override": 100, "wrapper.turns_sp": 4, "wrapper.force_sp": 80.0}
        self.settings |= {"wrapper.enabled": True, "sheets.enabled": True, "label.enabled": True}
        self.settings |= {"lamp_test": False, "horn_off": False, "order.lot": ""}
        self.forming = 130  # bottles in the layer being formed
        self.carried = 0  # in the gripper
        self.layer = 3
        self.on_pallet = 720
        self.pallets = self.layers = self.labels = 0
        self.palletised = 0
        self.magazine, self.sheets, self.film = 14, 310, 1180.0
        self.runtime_s = 0.0
        self.energy_wh = 48_211_034.0
        self.serial = _SSCC_START
        self.lift_mm = 705.0
        self._exit_s = 0.0
        self._wrap_s = 0.0
        self._load_s = 0.0
        self._beat = False
        self._target = 26_400.0

    def target(self) -> float:
        """Set-point, trimmed by the filling of the table before it."""
        return self._target

    def step(self, dt: float, source: Table) -> None:
        """Let `dt` seconds pass."""
        self._target = min(self.rated, float(self.settings["speed_sp"]) * min(1.1, 0.8 + 0.3 * source.fill))
        room = int(self.settings["bottles_per_layer"]) - self.forming
        count = self.advance(dt, source.ready, max(0, room))
        source.take(count)
        self.infeed += count
        self.forming += count
        self._stack(dt)
        self._pallet(dt)
        self.runtime_s += dt if self.unit.executing else 0.0
        self.energy_wh += self.power_kw() * dt / 3.6

    def _stack(self, dt: float) -> None:
        moving = self.unit.state not in (packml.ABORTED, packml.ABORTING, packml.STOPPED, packml.HELD)
        complete = self.forming >= int(self.settings["bottles_per_layer"])
        if complete and moving and not self.robot.busy and self._exit_s <= 0:
            self.robot.start()
            self.carried, self.forming = self.forming, 0
        override = float(self.settings["robot.speed_override"]) / 100.0 if moving else 0.0
        if self.robot.step(dt, override, float(self.settings["vacuum_sp"])):
            self.on_pallet += self.carried
            self.palletised += self.carried
            self.good = self.palletised
            self.carried = 0
            self.layer += 1
            self.layers += 1
            self.sheets -= bool(self.settings["sheets.enabled"])
        self.lift_mm += (_LAYER_M * 1000.0 * self.layer - self.lift_mm) * min(1.0, dt / 1.5)

    def _pallet(self, dt: float) -> None:
        self._exit_s -= dt
        self._wrap_s -= dt
        full = self.layer >= int(self.settings["layers_sp"])
        sent = bool(self.settings["cmd.discharge"]) and self.on_pallet > 0
        if (full or sent) and self._exit_s <= 0 and not self.robot.busy and self.magazine > 0:
            self._send_out()
        self._replenish(dt)

    def _send_out(self) -> None:
        self.settings["cmd.discharge"] = False
        self.pallets += 1
        self.serial += 1
        self.labels += bool(self.settings["label.enabled"])
        self.on_pallet = self.layer = 0
        self.magazine -= 1
        self._exit_s = _EXIT_S
        if self.settings["wrapper.enabled"]:
            turns = int(self.settings["wrapper.turns_sp"])
            self._wrap_s = 60.0 * turns / _RPM
            self.film -= 4.1 * turns

    def _replenish(self, dt: float) -> None:
        """The fork truck brings pallets; someone loads sheets and film in passing."""
        if self.magazine <= 5:
            self._load_s += dt
            if self._load_s > 60.0:
                self.magazine, self._load_s = 15, 0.0
        if self.sheets < 60:
            self.sheets = 400
        if self.film < 100.0:
            self.film = 1500.0

    def press(self, button: str, value: Value) -> None:
        """A command, a button, or the request to send the pallet out."""
        if button == "cmd.discharge":
            self.settings[button] = bool(value)
        else:
            super().press(button, value)

    def signals(self, out: Signals) -> None:
        """What its controller reports."""
        super().signals(out)
        self.robot.signals(self.name, out)
        p, noise = self.name, self.noise
        self._beat = not self._beat
        out[f"{p}.status.heartbeat"] = self._beat
        self._status(p, out)
        self._work(p, out)
        turning = self._wrap_s > 0
        out[f"{p}.infeed.speed"] = 32.0 * self.speed / 24_000.0
        out[f"{p}.infeed.current"] = 1.4 + 1.1 * self.drive.load if self.speed else 0.0
        out[f"{p}.wrapper.speed"] = _RPM if turning else 0.0
        out[f"{p}.wrapper.film"] = self.film
        turns = float(self.settings["wrapper.turns_sp"])
        out[f"{p}.wrapper.turns"] = int(turns - self._wrap_s * _RPM / 60.0) if turning else turns
        out[f"{p}.wrapper.home"] = not turning
        kilowatts = self.power_kw() + noise.gauss(0.0, 0.05)
        out[f"{p}.power"] = kilowatts
        out[f"{p}.energy"] = int(self.energy_wh)
        out[f"{p}.energy_balance"] = 1000.0 * kilowatts - 30.0 * abs(self.robot.speeds[1])
        out[f"{p}.cabinet.temperature"] = 33.5 + noise.gauss(0.0, 0.05)
        out[f"{p}.hydraulics.pressure"] = 118.0 + 0.01 * self.lift_mm + noise.gauss(0.0, 0.3)
        out[f"{p}.hydraulics.temperature"] = 44.0 + noise.gauss(0.0, 0.1)
        out[f"{p}.lift.position"] = self.lift_mm
        out[f"{p}.lift.up"] = self.lift_mm > 1300.0
        out[f"{p}.lift.down"] = self.lift_mm < 20.0

    def _status(self, p: str, out: Signals) -> None:
        shut = not (self.estop or True in self.doors)
        exiting = self._exit_s > 0
        out[f"{p}.status.ready"] = shut and self.air_bar >= LOW_AIR_BAR
        out[f"{p}.status.running"] = self.unit.executing
        out[f"{p}.status.starved"] = self.starved
        out[f"{p}.status.blocked"] = self.blocked
        out[f"{p}.status.jam"] = self.jam
        out[f"{p}.status.no_pallet"] = self.magazine == 0
        out[f"{p}.status.no_sheet"] = self.sheets == 0
        out[f"{p}.status.film_break"] = False
        out[f"{p}.status.robot_fault"] = False
        out[f"{p}.status.vacuum_ok"] = self.robot.vacuum < 0.85 * float(self.settings["vacuum_sp"])
        out[f"{p}.status.automatic"] = self.unit.mode == 1
        out[f"{p}.status.air_ok"] = self.air_bar >= LOW_AIR_BAR
        out[f"{p}.status.label_ok"] = self.labels > 0
        out[f"{p}.status.safety_ok"] = shut
        out[f"{p}.curtain.muted"] = exiting
        out[f"{p}.curtain.interrupted"] = 2.0 < self._exit_s < 6.0
        out[f"{p}.pallet.in_place"] = not exiting
        out[f"{p}.pallet.at_discharge"] = exiting
        out[f"{p}.magazine.low"] = self.magazine <= 4

    def _work(self, p: str, out: Signals) -> None:
        out[f"{p}.count.palletised"] = self.palletised
        out[f"{p}.count.pallets"] = self.pallets
        out[f"{p}.count.layers"] = self.layers
        out[f"{p}.layer.current"] = min(self.layer + 1, int(self.settings["layers_sp"]))
        out[f"{p}.layer.bottles"] = self.forming
        out[f"{p}.layer.complete"] = self.forming >= int(self.settings["bottles_per_layer"])
        out[f"{p}.pallet.bottles"] = self.on_pallet
        out[f"{p}.pallet.height"] = 0.15 + _LAYER_M * self.layer
        out[f"{p}.pallet.weight"] = 24.0 + _BOTTLE_KG * self.on_pallet
        out[f"{p}.magazine.pallets"] = self.magazine
        out[f"{p}.magazine.sheets"] = self.sheets
        out[f"{p}.cycle_time"] = self.robot.cycle_s
        out[f"{p}.sheet.held"] = self.robot.busy and not self.robot.sucks
        out[f"{p}.infeed.bottle_present"] = self.speed > 0
        out[f"{p}.infeed.backup"] = self.blocked
        out[f"{p}.label.printed"] = self.labels
        out[f"{p}.runtime"] = int(self.runtime_s)
        out[f"{p}.order.sscc"] = sscc(self.serial)
