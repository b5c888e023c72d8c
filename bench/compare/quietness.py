"""Whether the machine had other things to do during the measurements, by /proc/stat."""
import os
import time
from contextlib import contextmanager

from machine import CORES

TICKS = os.sysconf("SC_CLK_TCK")

# Shares of all cores' time beyond which the machine was not quiet; a core's, in one measurement.
OTHERS_LIMIT, STOLEN_LIMIT, MEASUREMENT_LIMIT = 0.02, 0.01, 0.1


def machine_times():
    """Seconds that all cores were busy, and that the host took from them; None where there is no /proc/stat."""
    try:
        with open("/proc/stat", encoding="ascii") as file:
            user, nice, system, _, _, interrupts, soft_interrupts, stolen = map(int, file.readline().split()[1:9])
    except (OSError, ValueError):
        return None
    return (user + nice + system + interrupts + soft_interrupts) / TICKS, stolen / TICKS


def own_time():
    """Processor seconds of this process and of those it has waited for."""
    return sum(os.times()[:4])


class Quietness:
    """Sums up what others did while the comparison measured."""

    def __init__(self):
        self.load = os.getloadavg()[0]
        self.elapsed = self.others = self.stolen = 0.0
        self.measurements = self.disturbed = 0

    @contextmanager
    def watch(self):
        """Watches one measurement, which has ended its processes when it ends."""
        before, own, start = machine_times(), own_time(), time.perf_counter()
        yield
        after, elapsed = machine_times(), time.perf_counter() - start
        if before is None or after is None:
            return
        others = max(0.0, after[0] - before[0] - (own_time() - own))
        stolen = after[1] - before[1]
        self.elapsed += elapsed
        self.others += others
        self.stolen += stolen
        self.measurements += 1
        self.disturbed += others + stolen > MEASUREMENT_LIMIT * elapsed

    def __str__(self):
        if not self.measurements:
            return "Whether the machine was quiet is not known: it has no /proc/stat."
        others, stolen = (seconds / (CORES * self.elapsed) for seconds in (self.others, self.stolen))
        verdict = (
            "The machine was quiet"
            if others <= OTHERS_LIMIT and stolen <= STOLEN_LIMIT
            else "**The machine was not quiet: measure again**"
        )
        return (
            f"{verdict}. During the measurements other processes took {others:.1%} of its cores' time, its host"
            f" {stolen:.1%} (steal); in {self.disturbed} of {self.measurements} they took more than"
            f" {MEASUREMENT_LIMIT:.0%} of a core. Load before the start: {self.load:.2f}."
        )
