"""A measure before and after a change, in a drawing, in words and in a table that all say the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import format_date, lazy_gettext, ngettext
from flask_babel import gettext as _
from markupsafe import Markup

from speakup import charts
from speakup.charts import Assurance, Better, Chart, Point, Signal, Variation, Words
from speakup.learning import Effect, Figure, Measured, Verdict

BETTER: dict[Better, Any] = {
    Better.LOWER: lazy_gettext("Lower is better"),
    Better.HIGHER: lazy_gettext("Higher is better"),
    Better.NEITHER: lazy_gettext("Neither: it only shows that something is different"),
}

SIGNALS: dict[Signal, Any] = {
    Signal.OUTSIDE: lazy_gettext("outside the limits"),
    Signal.TREND: lazy_gettext("part of a trend"),
    Signal.TWO_IN_THREE: lazy_gettext("two in three near a limit"),
    Signal.SHIFT: lazy_gettext("part of a run on one side of the average"),
}

_VARIATIONS: dict[Variation, tuple[Any, str]] = {
    Variation.COMMON: (lazy_gettext("The newest value is no more than chance"), "grey"),
    Variation.IMPROVEMENT_HIGH: (lazy_gettext("The newest value is better, and high"), "blue"),
    Variation.IMPROVEMENT_LOW: (lazy_gettext("The newest value is better, and low"), "blue"),
    Variation.CONCERN_HIGH: (lazy_gettext("The newest value is worse, and high"), "orange"),
    Variation.CONCERN_LOW: (lazy_gettext("The newest value is worse, and low"), "orange"),
    Variation.NEUTRAL_HIGH: (lazy_gettext("The newest value is higher than chance"), "purple"),
    Variation.NEUTRAL_LOW: (lazy_gettext("The newest value is lower than chance"), "purple"),
}

_ASSURANCES: dict[Assurance, tuple[Any, str]] = {
    Assurance.MET: (lazy_gettext("The target will be met while nothing changes"), "blue"),
    Assurance.NOT_MET: (lazy_gettext("The target will not be met while nothing changes"), "orange"),
    Assurance.HIT_AND_MISS: (lazy_gettext("The target will sometimes be met and sometimes not"), "grey"),
}

_VERDICTS: dict[Verdict, tuple[Any, str]] = {
    Verdict.TOO_FEW: (lazy_gettext("There are too few values to say whether the change made a difference"), "grey"),
    Verdict.CHANCE: (lazy_gettext("So far the values since the change are no more than chance"), "grey"),
    Verdict.IMPROVED: (lazy_gettext("It is better since the change, by more than chance"), "blue"),
    Verdict.WORSENED: (lazy_gettext("It is worse since the change, by more than chance"), "orange"),
    Verdict.HIGHER: (lazy_gettext("It is higher since the change, by more than chance"), "purple"),
    Verdict.LOWER: (lazy_gettext("It is lower since the change, by more than chance"), "purple"),
    Verdict.FADED: (
        lazy_gettext("It was different after the change, but the newest value no longer shows it"),
        "yellow",
    ),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One value of the table under a chart."""

    period: str
    value: str
    average: str
    limits: str
    signal: Any
    after: bool
    """Of a day since the change."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A chart with everything that stands around it."""

    drawing: Markup
    title: str
    sentence: str
    verdict: tuple[Any, str]
    """Words, and the colour of their tag."""
    signs: Sequence[tuple[Any, str]]
    provisional: bool
    split: bool
    """Whether there are values on both sides of the change."""
    rows: Sequence[Row]
    rules: Sequence[str]


def shown(measured: Measured, name: str = "measure") -> Shown | None:
    """Draw a measure; None where it has no values. `name` is an id that nothing else on the page has."""
    effect = measured.effect
    if effect is None:
        return None
    periods = _periods(measured.figures)
    title = _("%(name)s, in %(unit)s", name=measured.name, unit=measured.unit)
    sentence = _sentence(measured, effect, periods)
    words = Words(name, title, sentence, periods, _("Change made") if effect.after else "")
    target = None if measured.target is None else float(measured.target)
    drawing = charts.draw(effect.chart, words, better=measured.better, target=target)
    # After a change the verdict is the sign: it holds the newest value against what was expected before.
    signs = [_VARIATIONS[effect.variation]] if effect.variation and effect.verdict is Verdict.TOO_FEW else []
    signs += [_ASSURANCES[effect.assurance]] if effect.assurance else []
    return Shown(
        Markup(drawing),  # noqa: S704 -- every word of ours in it was escaped where it was drawn
        title,
        sentence,
        _VERDICTS[effect.verdict],
        signs,
        any(each.provisional and not each.too_short for each in effect.chart.segments),
        effect.after is not None,
        list(_rows(measured.figures, effect.chart, periods, measured.changed_on)),
        list(_rules(effect)),
    )


def number(value: float | Decimal) -> str:
    """Write a number with at most two digits after the point."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def _periods(figures: Sequence[Figure]) -> list[str]:
    """Name days as months, where every one is the first of its month."""
    pattern = "MMM yyyy" if all(each.on.day == 1 for each in figures) else "d MMM yy"
    return [str(format_date(each.on, pattern)) for each in figures]


def _sentence(measured: Measured, effect: Effect, periods: Sequence[str]) -> str:
    """Say what the chart says."""
    count = len(measured.figures)
    begin = ngettext(
        "%(num)d value, of %(last)s.", "%(num)d values from %(first)s to %(last)s.", count,
        first=periods[0], last=periods[-1],
    )  # fmt: skip
    if effect.after is None:
        rest = _("The average is %(mean)s.", mean=number(effect.before.centre))
    else:
        rest = _(
            "The average was %(before)s before the change and %(after)s since. %(verdict)s.",
            before=number(effect.before.centre),
            after=number(effect.after.centre),
            verdict=_VERDICTS[effect.verdict][0],
        )
    said = [begin, rest]
    if any(each.too_short for each in effect.chart.segments):
        said.append(_("With fewer than 8 values on a side, neither average nor limits are drawn there."))
    return " ".join(said)


def _rows(figures: Sequence[Figure], chart: Chart, periods: Sequence[str], changed_on: date | None) -> list[Row]:
    return [
        Row(
            period,
            number(figure.value),
            *_told(point),
            changed_on is not None and figure.on >= changed_on,
        )
        for figure, point, period in zip(figures, chart.points, periods, strict=True)
    ]


def _told(point: Point) -> tuple[str, str, Any]:
    """Give average, limits and signal: none, where a stretch is too short to tell a change from chance."""
    if point.limits.too_short:
        return "–", "–", ""
    limits = _("%(low)s to %(high)s", low=number(point.limits.lower), high=number(point.limits.upper))
    return number(point.limits.centre), limits, SIGNALS[point.signal] if point.signal else ""


def _rules(effect: Effect) -> list[str]:
    """Say by which rules the chart was read: tools differ in them."""
    rules = effect.chart.rules
    said = [
        _("The limits stand on either side of the average, 2.66 times the average step between two values away."),
        _("A value stands out when it is outside the limits;"
          " when it is one of %(trend)d in a row that only rise or only fall;"
          " when two of three in a row are in the outer third before a limit, on one side;"
          " or when it is one of %(shift)d in a row on one side of the average.", trend=rules.trend, shift=rules.shift),
    ]  # fmt: skip
    if effect.after is not None:
        said.append(_("Average and limits begin anew at the change. Whether the change made a difference is read"
                      " against those of before it, which need 12 values."))  # fmt: skip
    return said
