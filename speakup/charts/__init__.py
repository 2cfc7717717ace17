"""Process charts: which change is more than chance. Numbers in; limits, signals and drawings out."""

from speakup.charts.signs import Assurance, Better, Variation, assurance_of, judged, variation_of
from speakup.charts.svg import Words, draw
from speakup.charts.xmr import LEAST_TO_FIX, LEAST_TO_TRUST, Chart, Limits, Point, Rules, Side, Signal, analyse

__all__ = [
    "LEAST_TO_FIX",
    "LEAST_TO_TRUST",
    "Assurance",
    "Better",
    "Chart",
    "Limits",
    "Point",
    "Rules",
    "Side",
    "Signal",
    "Variation",
    "Words",
    "analyse",
    "assurance_of",
    "draw",
    "judged",
    "variation_of",
]
