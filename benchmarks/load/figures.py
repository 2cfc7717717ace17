"""How measurements are printed, and what is said about the machine they were taken on."""

import os
from collections.abc import Sequence
from statistics import median, quantiles

MILLISECONDS = 1000.0


def percentile(values: Sequence[float], hundredth: int) -> float:
    """Return the value that so many hundredths stay below; the only one where there is only one."""
    return quantiles(values, n=100, method="inclusive")[hundredth - 1] if len(values) > 1 else values[0]


def row(name: str, seconds: Sequence[float]) -> str:
    """Write median, 95th hundredth and worst, in milliseconds."""
    shown = (median(seconds), percentile(seconds, 95), max(seconds))
    return f"{name:<38}" + "".join(f"{value * MILLISECONDS:>10.1f}" for value in shown)


def head(name: str) -> str:
    """Write the line above such rows."""
    return f"{name:<38}{'median':>10}{'95 %':>10}{'worst':>10}   (ms)"


def machine() -> str:
    """Say how busy the machine was: figures from a busy one are too high, never too low."""
    one, five, _ = os.getloadavg()
    return f"{os.cpu_count()} cores; {one:.1f} processes wanted one over the last minute, {five:.1f} over five."
