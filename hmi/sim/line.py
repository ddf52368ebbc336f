"""Bottling line 1 as a process: half-litre bottles from the filler to the pallet, with everything around it.

Pure: no clock and no I/O. A seed gives the same line again; reading its instruments never changes what happens.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from random import Random
from typing import Final

from hmi.sim import packml
from hmi.sim.belts import Conveyor, Table
from hmi.sim.cabinet import Cabinet
from hmi.sim.capper import Capper
from hmi.sim.cip import Cip
from hmi.sim.filler import Filler
from hmi.sim.labeller import Labeller
from hmi.sim.machine import Machine
from hmi.sim.palletiser import Palletiser
from hmi.sim.signals import Signals, Value
from hmi.sim.utilities import Utilities

RATE: Final = 24_000.0  # bottles/h
ORDER_BOTTLES: Final = 120_000
_AREA: Final = "line1"
_SLOW_S: Final = 0.5  # services and CIP move slowly: fewer, longer steps
_RATE_WINDOW: Final = 30  # samples of 10 s in the averaged line rate
_DONE_PALLETS: Final = 42  # of the running order when the simulation begins

# How much faster than the filler each machine is set, so that the tables drain after a stop.
_AHEAD: Final = {"filler": 1.0, "capper": 1.025, "labeller": 1.05, "palletiser": 1.1}


class Line:
    """The whole line; starts in the middle of an order."""

    def __init__(self, seed: int = 1) -> None:
        rng = Random(seed)
        self.filler = Filler(f"{_AREA}.filler", rng)
        self.capper = Capper(f"{_AREA}.capper", rng)
        self.labeller = Labeller(f"{_AREA}.labeller", rng)
        self.palletiser = Palletiser(f"{_AREA}.palletiser", rng)
        self.cip = Cip(f"{_AREA}.cip", rng)
        self.utilities = Utilities(f"{_AREA}.utilities", rng)
        self.cabinet = Cabinet()
        self.infeed = Conveyor(f"{_AREA}.conveyor.infeed", 300, 8.0, 240)
        self.to_capper = Conveyor(f"{_AREA}.conveyor.filler_capper", 60, 3.0, 22)
        self.to_table = Conveyor(f"{_AREA}.conveyor.capper_labeller", 200, 9.0, 62)
        self.to_palletiser = Conveyor(f"{_AREA}.conveyor.labeller_palletiser", 220, 10.0, 68)
        self.table1 = Table(f"{_AREA}.table1", 1200, 430)
        self.table2 = Table(f"{_AREA}.table2", 2000, 760)
        self.machines: tuple[Machine, ...] = (self.filler, self.capper, self.labeller, self.palletiser)
        self.belts = (self.infeed, self.to_capper, self.to_table, self.table1, self.to_palletiser, self.table2)
        self.supplied = 0  # empty bottles put on the infeed since the start
        self.faulty: dict[str, int] = {}  # tag -> OPC UA status code of its broken instrument
        self.command = 0
        self.rate_sp = RATE
        self.order = 104_711
        self.elapsed_s = 0.0
        self._command_left_s = 0.0
        self._slow_s = 0.0
        self._rng = rng
        self._gap_s = 0.0
        self._next_gap_s = rng.expovariate(1 / 900.0)
        self._rate_in_s = 0.0
        self._begin_mid_order()
        self._services(_SLOW_S)
        self.labeller.stop_soon(12.0)  # something to see soon after the start: table 1 fills and drains again

    def _begin_mid_order(self) -> None:
        """Counters as they would stand: every bottle counted by one machine was counted by the ones before it."""
        palletiser = self.palletiser
        palletiser.pallets = palletiser.labels = _DONE_PALLETS
        palletiser.layers = 6 * _DONE_PALLETS + palletiser.layer
        palletiser.good = palletiser.palletised = 1440 * _DONE_PALLETS + palletiser.on_pallet
        palletiser.infeed = palletiser.palletised + palletiser.forming
        between = (self.to_palletiser.bottles + self.table2.bottles, self.to_table.bottles + self.table1.bottles)
        waiting = (*between, self.to_capper.bottles)
        before = palletiser.infeed
        for machine, count, reject in zip(reversed(self.machines[:3]), waiting, (44, 19, 31), strict=True):
            machine.good, machine.reject = before + count, reject
            machine.infeed = before = machine.good + reject
        self.filler.bowl.supplied_l = 0.5 * self.filler.infeed
        self.execute_s = self.filler.infeed / RATE * 3600.0 / 0.987
        self.planned_s = self.execute_s / 0.942
        palletiser.runtime_s = self.execute_s * 0.93
        start = self.labeller.good - round(RATE * 0.97 / 360.0 * _RATE_WINDOW)
        step = (self.labeller.good - start) / _RATE_WINDOW
        self._made: deque[float] = deque((start + step * n for n in range(_RATE_WINDOW + 1)), _RATE_WINDOW + 1)

    def step(self, dt: float) -> None:
        """Let `dt` seconds pass (0.1-0.5)."""
        self.elapsed_s += dt
        self._supply(dt)
        self.filler.step(dt, self.infeed, self.to_capper)
        self.capper.step(dt, self.to_capper, self.to_table)
        self.to_table.pass_to(self.table1, dt)
        self.labeller.step(dt, self.table1, self.to_palletiser)
        self.to_palletiser.pass_to(self.table2, dt)
        self.palletiser.step(dt, self.table2)
        for belt in self.belts:
            belt.step(dt)
        self._account(dt)
        self._slow_s += dt
        if self._slow_s >= _SLOW_S:
            self._services(self._slow_s)
            self._slow_s = 0.0

    def _supply(self, dt: float) -> None:
        """The blow moulder before the line: a little faster than the filler, now and then with a gap."""
        self._next_gap_s -= dt
        self._gap_s -= dt
        if self._next_gap_s < 0:
            self._next_gap_s = self._rng.expovariate(1 / 900.0)
            self._gap_s = self._rng.uniform(8.0, 25.0)
        if self._gap_s <= 0 and self.infeed.bottles < 240:
            count = min(max(1, round(RATE * 1.1 / 3600.0 * dt)), self.infeed.room)
            self.infeed.put(count)
            self.supplied += count

    def _account(self, dt: float) -> None:
        self.planned_s += dt
        self.execute_s += dt if self.filler.unit.executing else 0.0
        self._rate_in_s += dt
        if self._rate_in_s >= 10.0:
            self._rate_in_s -= 10.0
            self._made.append(self.labeller.good)
        self._command_left_s -= dt
        if self._command_left_s <= 0:
            self.command = 0
        if self.labeller.good >= ORDER_BOTTLES:
            self._next_order()

    def _next_order(self) -> None:
        """The order is done: the next one follows without a stop, and the counters begin again."""
        self.order += 1
        for machine in self.machines:
            machine.infeed = machine.good = machine.reject = machine.micro_stops = 0
        self.filler.rejects = [0] * len(self.filler.rejects)
        self.capper.rejects = [0] * len(self.capper.rejects)
        self.filler.underfilled = self.filler.overfilled = self.capper.no_cap = self.labeller.no_label = 0
        self.palletiser.palletised = self.palletiser.pallets = self.palletiser.layers = self.palletiser.labels = 0
        self.palletiser.runtime_s = self.execute_s = self.planned_s = self.filler.bowl.supplied_l = 0.0
        self._made.clear()
        self._made.extend((0.0, 0.0))

    def _services(self, dt: float) -> None:
        self.cip.step(dt)
        self.cabinet.step(dt)
        names = ("filler", "capper", "labeller", "palletiser")
        power = {name: machine.power_kw() for name, machine in zip(names, self.machines, strict=True)}
        power["conveyors"] = 0.9 * sum(belt.running for belt in self.belts)
        power["cip"] = self.cip.power_kw()
        activity = sum(machine.drive.load for machine in self.machines) / len(self.machines)
        self.utilities.step(dt, activity, power)
        self.filler.bowl.cooled_to = self.utilities.chilled + 6.4
        consumers: tuple[Machine | Cip, ...] = (*self.machines, self.cip)
        for consumer in consumers:
            consumer.air_bar += (self.utilities.air_bar - 0.5 - consumer.air_bar) * min(1.0, dt / 2.0)

    def bad(self) -> Mapping[str, int]:
        """OPC UA status code of each tag whose instrument is faulty now."""
        return self.faulty

    def write(self, tag: str, value: Value) -> None:
        """Take a set-point or a command."""
        _, _, signal = tag.partition(".")
        if signal == "line.rate_sp":
            self._set_rate(float(value))
        elif signal == "line.command":
            self._command_all(int(float(value)))
        elif signal == "order.target":
            return
        else:
            self._write_part(tag, value)

    def _write_part(self, tag: str, value: Value) -> None:
        parts: tuple[Machine | Cip | Utilities, ...] = (*self.machines, self.cip, self.utilities)
        for part in parts:
            if tag.startswith(part.name + "."):
                part.write(tag[len(part.name) + 1 :], value)
        for belt in self.belts:
            if tag == f"{belt.name}.trim":
                belt.settings["trim"] = value

    def _set_rate(self, rate: float) -> None:
        self.rate_sp = rate
        for machine in self.machines:
            ahead = _AHEAD[machine.name.partition(".")[2]]
            machine.settings["speed_sp"] = min(machine.rated, rate * ahead)

    def _command_all(self, number: int) -> None:
        self.command, self._command_left_s = number, 2.0
        for machine in self.machines:
            if number == packml.START:
                machine.unit.press_start()
            elif number == packml.RESET:
                machine.clear_jam()
                machine.unit.press_reset()
            else:
                machine.unit.command(number)

    def read(self) -> Signals:
        """Every value its instruments show now, by tag name."""
        out: Signals = {}
        for machine in self.machines:
            machine.signals(out)
        for belt in self.belts:
            belt.signals(out, self._wobble())
        self.cip.signals(out)
        self.utilities.signals(out)
        self.cabinet.signals(out)
        self._line_signals(out)
        return out

    def _wobble(self) -> float:
        return self.utilities.noise.gauss(0.0, 1.0)

    def _line_signals(self, out: Signals) -> None:
        p, lot = f"{_AREA}.line", f"L26{self.order % 1000:03}A"
        order = f"PO-{self.order}"
        out[f"{_AREA}.order.number"] = out[f"{_AREA}.palletiser.order.number"] = order
        out[f"{_AREA}.order.product"] = "Apple juice 0.5 l PET"
        out[f"{_AREA}.order.lot"] = lot
        out[f"{_AREA}.palletiser.order.lot"] = self.palletiser.settings["order.lot"] or lot
        out[f"{_AREA}.order.sscc"] = out[f"{_AREA}.palletiser.order.sscc"]
        out[f"{_AREA}.order.target"] = ORDER_BOTTLES
        out[f"{_AREA}.order.produced"] = self.labeller.good
        out[f"{_AREA}.labeller.coder.text"] = f"BB 11.2027 {lot}"
        spans = max(1, len(self._made) - 1)
        out[f"{p}.rate"] = (self._made[-1] - self._made[0]) * 360.0 / spans
        out[f"{p}.rate_sp"] = self.rate_sp
        out[f"{p}.state"] = self.filler.unit.state
        out[f"{p}.command"] = self.command
        out[f"{p}.time.planned"] = self.planned_s
        out[f"{p}.time.execute"] = self.execute_s
        out[f"{p}.microstops"] = sum(machine.micro_stops for machine in self.machines)
        states = {machine.unit.state for machine in self.machines}
        needs_help = any(m.unit.state == packml.HELD and m.unit.reason != packml.BY_QUALITY for m in self.machines)
        out[f"{p}.beacon.green"] = self.labeller.unit.executing
        out[f"{p}.beacon.yellow"] = packml.SUSPENDED in states
        out[f"{p}.beacon.red"] = needs_help or bool(states & {packml.ABORTED, packml.STOPPED})
