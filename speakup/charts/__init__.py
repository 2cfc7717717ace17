"""Process charts: which change is more than chance. Numbers in; limits, signals and drawings out."""

from speakup.charts.bars import Bar, draw_bars
from speakup.charts.funnel import FEWEST, Funnel, Place, Standing, Stood, compare
from speakup.charts.funnel_svg import FunnelWords, draw_funnel
from speakup.charts.poisson import limits_of
from speakup.charts.rates import per_thousand, percentage
from speakup.charts.signs import Assurance, Better, Variation, assurance_of, judged, variation_of
from speakup.charts.svg import HALF, WHOLE, Size, Words, draw
from speakup.charts.xmr import (
    LEAST_TO_FIX,
    LEAST_TO_SIGN,
    LEAST_TO_TRUST,
    Chart,
    Limits,
    Point,
    Rules,
    Side,
    Signal,
    analyse,
)

__all__ = [
    "FEWEST",
    "HALF",
    "LEAST_TO_FIX",
    "LEAST_TO_SIGN",
    "LEAST_TO_TRUST",
    "WHOLE",
    "Assurance",
    "Bar",
    "Better",
    "Chart",
    "Funnel",
    "FunnelWords",
    "Limits",
    "Place",
    "Point",
    "Rules",
    "Side",
    "Signal",
    "Size",
    "Standing",
    "Stood",
    "Variation",
    "Words",
    "analyse",
    "assurance_of",
    "compare",
    "draw",
    "draw_bars",
    "draw_funnel",
    "judged",
    "limits_of",
    "per_thousand",
    "percentage",
    "variation_of",
]
