"""`/signals`: what stands out of the exact counts, who is not heard, and the cases behind each for whoever holds them.

Exact counts never leave these pages: a board is shown what disclosure control lets through.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from markupsafe import Markup

from speakup import cases, charts, insight, learning, organisations, papers, policy, vocabulary
from speakup.charts import Better, Chart, Signal, Variation, Words
from speakup.insight import Measured, Of, Series, Silent
from speakup.kernel.errors import NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.learning import ActionLine, ActionState
from speakup.policy import Permission
from speakup.vocabulary import CodeSet
from speakup.web.actors import work
from speakup.web.process_charts import SIGNALS, number
from speakup.web.workspace import exact_charts, surface
from speakup.web.workspace.pages import common

KINDS: dict[Of, Any] = {
    Of.ALL: lazy_gettext("All cases"),
    Of.ELEMENT: lazy_gettext("Elements"),
    Of.DETRIMENT: lazy_gettext("People treated badly for speaking up"),
    Of.THEME: lazy_gettext("Themes"),
    Of.DIRECTORATE: lazy_gettext("Directorates"),
    Of.SITE: lazy_gettext("Sites"),
    Of.WORKER_GROUP: lazy_gettext("Worker groups"),
    Of.HOW: lazy_gettext("How it was raised"),
    Of.LATE: lazy_gettext("Cases acknowledged late"),
    Of.LONG: lazy_gettext("Cases that took more than 90 working days"),
}
_ALONE = frozenset({Of.ALL, Of.DETRIMENT, Of.LATE, Of.LONG})
_SLIPPING = frozenset({Of.LATE, Of.LONG})
_SAYS: dict[Variation, Any] = {
    Variation.NEUTRAL_HIGH: lazy_gettext("More than chance"),
    Variation.NEUTRAL_LOW: lazy_gettext("Fewer than chance"),
    Variation.CONCERN_HIGH: lazy_gettext("Worse than chance"),
    Variation.IMPROVEMENT_LOW: lazy_gettext("Better than chance"),
}
_GROUPS = {Measured.DIRECTORATE: Of.DIRECTORATE, Measured.SITE: Of.SITE, Measured.WORKER_GROUP: Of.WORKER_GROUP}
SHOWN_SILENT = 15


@dataclass(frozen=True, slots=True)
class Pointed:
    """One series of which the newest whole quarter is more than chance."""

    series: Series
    name: str
    says: Any
    why: Any


@dataclass(frozen=True, slots=True)
class RoseAgain:
    """An action that is closed, while its theme is heard of more than in the year before."""

    action: ActionLine
    theme: str
    now: int
    before: int


@surface.get("/signals")
def signals() -> ResponseReturnValue:
    with work() as uow:
        every = insight.every_series(uow)
        insight.record_signals_read(uow)
        names = _names(uow)
        quarters = [quarter for quarter, _count in every[0].points] if every else []
        anew = exact_charts.beginnings(uow, quarters[-1]) if quarters else frozenset()
        pointed = [each for each in (_pointed(series, names, anew) for series in every) if each is not None]
        board = papers.latest(uow)
        otherwise = (exact_charts.says_otherwise(series, _name(series, names), board, anew) for series in every)
        silent = insight.silent_groups(uow)
        return render_template(
            "workspace/signals.html",
            pointed=pointed,
            otherwise=[each for each in otherwise if each is not None],
            silent=[(*_silent_names(each, names), each) for each in silent[:SHOWN_SILENT]],
            more_silent=max(len(silent) - SHOWN_SILENT, 0),
            risen=_risen(uow, every, names),
            kinds=_by_kind(every, names),
            quarters=quarters,
            **common(uow),
        )


@surface.get("/signals/<kind>")
def signal(kind: str) -> ResponseReturnValue:
    of, key = _asked(kind, request.args.get("of", ""))
    with work() as uow:
        policy.require(uow.actor, Permission.SIGNAL_READ)
        series, names = insight.find_series(uow, of, key), _names(uow)
        if not series.points:
            raise NotFound(kind)
        quarter = request.args.get("quarter", series.points[-1][0])
        if quarter not in dict(series.points):
            raise NotFound(quarter)
        insight.record_signals_read(uow)
        anew = exact_charts.beginnings(uow, series.points[-1][0])
        name = _name(series, names)
        behind = cases.cases_behind(
            uow, insight.first_day(quarter), insight.last_day(quarter), _counts(of, key), by_closing=of is Of.LONG
        )
        return render_template(
            "workspace/signal.html",
            series=series,
            name=name,
            otherwise=exact_charts.says_otherwise(series, name, papers.latest(uow), anew),
            quarter=quarter,
            counted=dict(series.points)[quarter],
            behind=behind,
            **_drawn(series, name, anew),
            **common(uow),
        )


def _asked(kind: str, key: str) -> tuple[Of, str]:
    try:
        of = Of(kind)
    except ValueError as absent:
        raise NotFound(kind) from absent
    return of, "" if of in _ALONE else key


def _counts(of: Of, key: str) -> Callable[[Mapping[str, Any]], bool]:
    """Say which cases a figure counts, by what each says it is counted as."""
    by_field = {Of.HOW: "how", Of.WORKER_GROUP: "worker_group", Of.DIRECTORATE: "directorate_id", Of.SITE: "site_id"}
    tests: dict[Of, Callable[[Mapping[str, Any]], bool]] = {
        Of.ELEMENT: lambda said: key in said["elements"].split("+"),
        Of.DETRIMENT: lambda said: bool(said["detriment"]),
        Of.THEME: lambda said: key in said["themes"],
        Of.LATE: lambda said: said["acknowledged_in_time"] is False,
        Of.LONG: lambda said: bool(said["closed"]) and said["took"] == insight.BANDS[-1],
    }

    def wanted(said: Mapping[str, Any]) -> bool:
        if said["continues"]:
            return False
        if of in tests:
            return tests[of](said)
        return of is Of.ALL or said[by_field[of]] == key

    return wanted


def _names(uow: UnitOfWork) -> dict[tuple[Of, str], str]:
    sets = {
        Of.ELEMENT: CodeSet.ELEMENT,
        Of.THEME: CodeSet.THEME,
        Of.WORKER_GROUP: CodeSet.WORKER_GROUP,
        Of.HOW: CodeSet.HOW_RAISED,
    }
    names = {(of, key): name for of, which in sets.items() for key, name in vocabulary.names(uow, which).items()}
    names |= {(Of.DIRECTORATE, str(each.id)): each.name for each in organisations.every_directorate(uow)}
    return names | {(Of.SITE, str(each.id)): each.name for each in organisations.every_site(uow)}


def _name(series: Series, names: Mapping[tuple[Of, str], str]) -> str:
    return str(KINDS[series.of]) if series.of in _ALONE else names.get((series.of, series.key), series.key)


def _silent_names(silent: Silent, names: Mapping[tuple[Of, str], str]) -> tuple[Any, str]:
    """The list it is in, and its own name."""
    of = _GROUPS[silent.dimension]
    return KINDS[of], names.get((of, silent.key), silent.key)


def _better(of: Of) -> Better:
    """Fewer late answers are better; of people who speak up neither more nor fewer is."""
    return Better.LOWER if of in _SLIPPING else Better.NEITHER


def _pointed(series: Series, names: Mapping[tuple[Of, str], str], anew: Collection[str]) -> Pointed | None:
    if not series.points:
        return None
    chart = exact_charts.read(series.points, anew)
    says = _SAYS.get(charts.variation_of(chart, _better(series.of)) or Variation.COMMON)
    signal: Signal | None = chart.points[-1].signal
    return None if says is None or signal is None else Pointed(series, _name(series, names), says, SIGNALS[signal])


def _risen(uow: UnitOfWork, every: list[Series], names: Mapping[tuple[Of, str], str]) -> list[RoseAgain]:
    themes = {series.key: series.points for series in every if series.of is Of.THEME}
    found = []
    for action in learning.list_actions(uow, states=(ActionState.CLOSED,)):
        ended: date | None = action.closed_on
        if action.theme in themes and ended is not None:
            rose = insight.rose_again(themes[action.theme], insight.quarter_of(ended))
            if rose:
                found.append(RoseAgain(action, names.get((Of.THEME, action.theme), action.theme), *rose))
    return found


def _by_kind(every: list[Series], names: Mapping[tuple[Of, str], str]) -> list[tuple[Any, list[tuple[str, Series]]]]:
    """Every series there is, by kind and name."""
    found = []
    for of, words in KINDS.items():
        here = sorted(((_name(each, names), each) for each in every if each.of is of), key=lambda each: each[0])
        if here:
            found.append((words, here))
    return found


def _drawn(series: Series, name: str, anew: Collection[str]) -> dict[str, Any]:
    """A chart with its sentence, and the rows of its table."""
    chart, quarters = exact_charts.read(series.points, anew), [quarter for quarter, _count in series.points]
    sentence = _sentence(series, chart, quarters)
    again = _("Counting changed") if chart.latest.first else ""
    words = Words("signal", name, sentence, quarters, again)
    rows = [
        (quarter, count, SIGNALS[point.signal] if point.signal else "")
        for (quarter, count), point in zip(series.points, chart.points, strict=True)
    ]
    drawing = charts.draw(chart, words, better=_better(series.of))
    return {
        "drawing": Markup(drawing),  # noqa: S704 -- every word of ours in it was escaped where it was drawn
        "sentence": sentence,
        "rows": list(reversed(rows)),
        "provisional": chart.latest.provisional and not chart.latest.too_short,
    }


def _sentence(series: Series, chart: Chart, quarters: Sequence[str]) -> str:
    """Say the newest count, and what is usual; of too few quarters only that they are too few."""
    said = [_("%(count)s in %(last)s.", count=series.values[-1], last=quarters[-1])]
    mean, begun = number(chart.latest.centre), quarters[chart.latest.first]
    if chart.latest.too_short and chart.latest.first:
        said.append(
            _("Counted anew from %(begun)s on, and there are too few quarters since to tell a change from chance.",
              begun=begun)
        )  # fmt: skip
    elif chart.latest.too_short:
        said.append(_("There are too few quarters yet to tell a change from chance."))
    elif chart.latest.first:
        said.append(_("Counted anew from %(begun)s on, the average of a quarter is %(mean)s.", begun=begun, mean=mean))
    else:
        said.append(_("The average of a quarter is %(mean)s.", mean=mean))
    return " ".join(said)
