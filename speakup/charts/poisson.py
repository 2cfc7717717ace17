"""Exact limits of a count: which expectations it does not contradict. After Garwood (*Biometrika* 28, 1936).

Both ends hold half of the chance left out. Turned round they are the limits of a funnel: a count is higher than
expected just where its lower limit is above the expectation.
"""

import math
from collections.abc import Callable
from typing import Final

USUAL: Final = 0.95
"""The inner limits of a funnel: one in twenty lies outside by chance."""
FAR: Final = 0.998
"""The outer ones: two in a thousand do."""
_FAR_ENOUGH: Final = 12
"""So many standard deviations hold every limit that anybody asks for."""
_CLOSE: Final = 1e-12
_NO_MATTER: Final = 1e-17


def limits_of(count: int, chance: float) -> tuple[float, float]:
    """Return the least and the greatest expectation that leaves a count inside. `ValueError` for what is no count."""
    if count < 0 or not 0 < chance < 1:
        raise ValueError("A count is no less than nothing, and a chance lies between none and certainty")
    each_end = (1 - chance) / 2
    low = _where(lambda mean: 1 - at_most(count - 1, mean) >= each_end, count) if count else 0.0
    return low, _where(lambda mean: at_most(count, mean) <= each_end, count)


def at_most(count: int, mean: float) -> float:
    """Say how likely so many or fewer are where so many are expected."""
    if count < 0:
        return 0.0
    if mean <= 0:
        return 1.0
    # From the count down, each term from the one above it, until they no longer matter.
    term = math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))
    terms = [term]
    for each in range(count, 0, -1):
        term *= each / mean
        terms.append(term)
        if each < mean and term < terms[0] * _NO_MATTER:
            break
    return min(1.0, math.fsum(terms))


def _where(holds: Callable[[float], bool], count: int) -> float:
    """Find where a claim begins to hold as the mean grows."""
    reach = _FAR_ENOUGH * math.sqrt(count + 1) + _FAR_ENOUGH
    low, high = max(0.0, count - reach), count + reach
    while high - low > _CLOSE * high:
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
