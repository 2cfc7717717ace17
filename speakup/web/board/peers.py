"""`/board/peers`: what several organisations published of a year, side by side. Every figure comes out of a copy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from markupsafe import Markup

from speakup import charts, peers, policy
from speakup.charts import Funnel, FunnelWords, Place, Standing
from speakup.disclosure import SIGN
from speakup.organisations import Nature
from speakup.peers import Band, Chosen, Year
from speakup.policy import Permission
from speakup.web.actors import keyless_work
from speakup.web.board import surface
from speakup.web.board.pages import common
from speakup.web.natures import BANDS, NATURES

E = TypeVar("E", bound=StrEnum)

STANDINGS: dict[Standing, Any] = {
    Standing.FAR_MORE: lazy_gettext("Far more than expected"),
    Standing.MORE: lazy_gettext("More than expected"),
    Standing.AS_EXPECTED: lazy_gettext("As expected"),
    Standing.FEWER: lazy_gettext("Fewer than expected"),
    Standing.FAR_FEWER: lazy_gettext("Far fewer than expected"),
}
_NOTHING = "–"
_TABLES: dict[str, Any] = {
    "element": lazy_gettext("What it was about"),
    "how": lazy_gettext("How it was raised"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One organisation, as the tables print it."""

    name: str
    own: bool
    nature: Any
    people: str
    staff: str
    staff_on: date | None
    rate: str
    expected: str
    standing: Any
    published_on: date
    restated: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """The funnel: its drawing and its sentence."""

    drawing: Markup
    sentence: str


@dataclass(frozen=True, slots=True)
class Beside:
    """One table of all organisations: a line for each label, a column for each of them."""

    title: Any
    rows: Sequence[tuple[str, Sequence[str]]]
    overlaps: bool
    """Somebody may stand in more than one line."""


@surface.get("/board/peers")
def side_by_side() -> ResponseReturnValue:
    """Show one year of all that are chosen."""
    chosen = Chosen(_asked(Nature, "nature"), _asked(Band, "size"))
    with keyless_work(writes=False) as uow:
        there = peers.years_there(uow)
        wanted = request.args.get("year", "")
        year = wanted if wanted in there else next(iter(there), "")
        found = peers.years(uow, year) if year else []
        shown = [each for each in found if each.own or chosen.holds(each.nature, each.staff)]
        funnel = _funnel(shown)
        page = render_template(
            "board/peers.html",
            years=there,
            year=year,
            chosen=chosen,
            natures=[(each, words) for each, words in NATURES.items() if any(one.nature is each for one in found)],
            bands=BANDS,
            rows=_rows(shown, funnel),
            left_out=len(found) - len(shown),
            missing=peers.nothing_from(uow, year) if year else 0,
            funnel=None if funnel is None else _drawn(funnel, shown),
            tables=[_beside(name, shown) for name in _TABLES if any(each.pack.table(name) for each in shown)],
            methods=_methods(shown),
            may_keep=policy.allows(uow.actor, Permission.ADMIN_PEERS),
            **common(uow),
        )
    return page, 200


def _asked(kind: type[E], name: str) -> E | None:
    """Return what was chosen; none for what is no choice."""
    return next((each for each in kind if each.value == request.args.get(name)), None)


# --- people for each 1,000 staff ------------------------------------------------------------------------------------


def _place(year: Year) -> Place | None:
    if year.people is None or year.staff is None:
        return None
    return Place(year.name, year.people, year.staff)


def _funnel(shown: Sequence[Year]) -> Funnel | None:
    """Hold those that can be placed against each other; none where they are too few."""
    placed = [place for place in map(_place, shown) if place is not None]
    if len(placed) < charts.FEWEST or not any(each.cases for each in placed):
        return None
    return charts.compare(placed)


def _rows(shown: Sequence[Year], funnel: Funnel | None) -> list[Row]:
    # Those that can be placed stand in the funnel in the same order.
    stood = iter(funnel.stood if funnel else ())
    found = []
    for each in shown:
        at = next(stood, None) if _place(each) is not None else None
        found.append(
            Row(
                each.name,
                each.own,
                NATURES[each.nature] if each.nature else "",
                SIGN if each.people is None else str(each.people),
                f"{each.staff:,}" if each.staff else _NOTHING,
                each.staff_on,
                _rate(each),
                f"{at.expected:.0f}" if at else _NOTHING,
                STANDINGS[at.standing] if at else _NOTHING,
                each.pack.published_on,
                each.restated,
            )
        )
    return found


def _rate(year: Year) -> str:
    if year.people is None or year.staff is None or year.staff_on is None:
        return _NOTHING
    period = year.pack.period
    rate = charts.per_thousand(year.people, year.staff, period.begins, period.ends, year.staff_on)
    return f"{float(rate):.1f}"


def _drawn(funnel: Funnel, shown: Sequence[Year]) -> Drawn:
    own = next((each.name for each in shown if each.own), "")
    sentence = _sentence(funnel)
    words = FunnelWords(
        "peers", _("People who spoke up for each 1,000 staff"), sentence, _("Staff"), _("People for each 1,000 staff")
    )
    drawing = charts.draw_funnel(funnel, words, own)
    return Drawn(Markup(drawing), sentence)  # noqa: S704 -- every word of ours in it was escaped where it was drawn


def _sentence(funnel: Funnel) -> str:
    """Say what the drawing says: the common rate, and who lies outside it and to which side."""
    said = [
        ngettext(
            "%(num)d organisation, %(rate)s people for each 1,000 staff.",
            "%(num)d organisations, together %(rate)s people for each 1,000 staff.",
            len(funnel.stood),
            rate=f"{funnel.rate:.1f}",
        )
    ]
    outside = [each for each in funnel.stood if each.standing is not Standing.AS_EXPECTED]
    said += [
        _("%(name)s: %(standing)s for its size.", name=each.place.name, standing=str(STANDINGS[each.standing]).lower())
        for each in outside
    ]
    if not outside:
        said.append(_("None has more or fewer than chance would bring to its size."))
    elif len(outside) < len(funnel.stood):
        said.append(_("The others have as many as expected."))
    return " ".join(said)


# --- tables of all --------------------------------------------------------------------------------------------------


def _beside(name: str, shown: Sequence[Year]) -> Beside:
    found = [each.pack.table(name) for each in shown]
    figures = [{labels[0]: str(figure) for labels, figure in table} if table else {} for table in found]
    labels = dict.fromkeys(label for table in found if table for label in table.axes[0][1])
    rows = [(label, [each.get(label, _NOTHING) for each in figures]) for label in labels]
    everybody = (_("All"), [each.get(None, _NOTHING) for each in figures])
    return Beside(_TABLES[name], [*rows, everybody], overlaps=name == "element")


def _methods(shown: Sequence[Year]) -> list[tuple[str, Sequence[str]]]:
    """List how figures were made, once where several were made alike."""
    names: dict[tuple[str, ...], list[str]] = {}
    for each in shown:
        names.setdefault(each.pack.method, []).append(each.name)
    return [(", ".join(found), method) for method, found in names.items()]
