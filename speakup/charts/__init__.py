"""Process charts: which change is more than chance. Numbers in; limits, signals and drawings out."""

from speakup.charts.signs import Assurance, Better, Variation, assurance_of, judged, variation_of
from speakup.charts.xmr import Chart, Limits, Point, Rules, Side, Signal, analyse

__all__ = [
    "Assurance",
    "Better",
    "Chart",
    "Limits",
    "Point",
    "Rules",
    "Side",
    "Signal",
    "Variation",
    "analyse",
    "assurance_of",
    "judged",
    "variation_of",
]
