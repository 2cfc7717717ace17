"""`/learning`: every learning action as a board, as a table and along time; and taken out as a spreadsheet."""

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.http import dump_options_header

from speakup import accounts, learning, organisations, policy, vocabulary
from speakup.gateways.documents import packing
from speakup.kernel.errors import Conflict
from speakup.kernel.uow import UnitOfWork
from speakup.learning import Act, ActionLine, ActionState, By, Filters, LearningAction, Move, Show
from speakup.policy import Permission
from speakup.vocabulary import CodeSet
from speakup.web import action_words
from speakup.web.actors import work
from speakup.web.fields import ButtonForm
from speakup.web.workspace import surface
from speakup.web.workspace.pages import common
from speakup.web.workspace.worklist import page_number

BOARD, TABLE, TIMELINE = "board", "table", "timeline"
VIEWS: dict[str, Any] = {
    BOARD: _("Board"),
    TABLE: _("Table"),
    TIMELINE: _("Timeline"),
}
SHOWN: dict[Show, Any] = {
    Show.ALL: _("All"),
    Show.OPEN: _("Not ended"),
    Show.OVERDUE: _("Overdue"),
    Show.STUCK: _("Nothing heard for 60 days"),
    Show.ASKED: _("With a question for you"),
    Show.AGAIN: _("To be looked at again"),
}
ORDERS: dict[By, Any] = {
    By.DUE: _("When it is due"),
    By.OWNER: _("Who sees to it"),
    By.THEME: _("Theme"),
}
_YEARS = 2
"""A timeline is so long, and ends with the year that is asked for."""
_PIXELS = 240


@dataclass(frozen=True, slots=True)
class Names:
    """What the lists call people, themes and places."""

    people: dict[uuid.UUID, str]
    themes: dict[str, str]
    directorates: dict[uuid.UUID, str]


@dataclass(frozen=True, slots=True)
class Way:
    """A move of a card: to which column, in words, the end of its address, and whether a press is all it takes."""

    to: str
    words: str
    slug: str
    at_once: bool
    owner_may: bool


@dataclass(frozen=True, slots=True)
class Span:
    """Where an action stands along the line of time, in pixels."""

    start: int
    width: int
    due: int | None


@surface.get("/learning")
def actions() -> ResponseReturnValue:
    asked = request.args.get("view", "")
    view = asked if asked in VIEWS else BOARD
    with work(writes=False) as uow:
        policy.require(uow.actor, Permission.LEARNING_PROPOSE)
        filters = _filters()
        shared = {
            "view": view,
            "views": VIEWS,
            "filters": filters,
            "names": _names(uow),
            "shown": SHOWN,
            "orders": ORDERS,
            "states": action_words.ACTION_STATES,
            "colours": action_words.ACTION_COLOURS,
            "priorities": action_words.PRIORITIES,
            "today": uow.today,
            "query": _query(filters, view),
            "to_tell": len(learning.asked_of_me(uow)),
            "may_keep": policy.allows(uow.actor, Permission.LEARNING_KEEP),
            "form": ButtonForm(),
            **common(uow),
        }
        return render_template(f"workspace/action_{view}.html", **_VIEW_DATA[view](uow, filters), **shared)


@surface.post("/learning/<ref>/start/card")
def start_from_card(ref: str) -> ResponseReturnValue:
    """Start an action from its card, and lead back to where the card is now."""
    posted = ButtonForm().pressed()
    with work() as uow:
        action = learning.find(uow, ref)
        try:
            if posted:
                learning.start(uow, action)
                flash(gettext("Started: %(title)s", title=action.title))
        except Conflict:
            flash(gettext("“%(title)s” was moved already", title=action.title), "warning")
        return redirect(f"/learning?{_query(_filters(), BOARD)}#{action.ref}")


@surface.get("/learning/csv")
def actions_csv() -> ResponseReturnValue:
    return _file(packing.comma_separated(_rows()), "csv", "text/csv")


@surface.get("/learning/xlsx")
def actions_xlsx() -> ResponseReturnValue:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(packing.workbook(_rows(), gettext("Learning actions")), "xlsx", kind)


def _board(uow: UnitOfWork, filters: Filters) -> dict[str, Any]:
    ways = {state: [_way(each) for each in learning.ways_on(state)] for state in ActionState}
    may_keep = policy.allows(uow.actor, Permission.LEARNING_KEEP)

    def ways_of(line: ActionLine) -> list[Way]:
        if may_keep:
            return ways[line.state]
        return [each for each in ways[line.state] if each.owner_may and line.owner_id == uow.actor.person_id]

    return {"columns": learning.board(uow, filters), "ways": ways_of}


def _way(move: Move) -> Way:
    slug, words = move.act.value.replace(" ", "-"), str(action_words.MOVES[move.act])
    at_once = move.act is Act.START
    return Way(move.new.value, words, "start/card" if at_once else slug, at_once, move.effect.owner_may)


def _table(uow: UnitOfWork, filters: Filters) -> dict[str, Any]:
    asked = request.args.get("by", "")
    by = By(asked) if asked in By._value2member_map_ else By.DUE
    page = learning.table(uow, filters, by, page_number(request.args.get("page", "")))
    return {"page": page, "by": by, "grouped": _grouped(page.lines, by)}


def _grouped(lines: Sequence[ActionLine], by: By) -> list[tuple[Any, list[ActionLine]]]:
    """Put the lines of a page under their headings, in their order."""
    groups: dict[Any, list[ActionLine]] = {}
    for line in lines:
        key = {By.DUE: None, By.OWNER: line.owner_id, By.THEME: line.theme}[by]
        groups.setdefault(key, []).append(line)
    return list(groups.items())


def _timeline(uow: UnitOfWork, filters: Filters) -> dict[str, Any]:
    asked = request.args.get("year", "")
    year = int(asked) if re.fullmatch("20[0-9]{2}", asked, re.ASCII) else uow.today.year
    first, last = date(year - _YEARS + 1, 1, 1), date(year, 12, 31)
    page = learning.timeline(uow, filters, first, last, page_number(request.args.get("page", "")))
    return {
        "page": page,
        "year": year,
        "years": list(range(first.year, year + 1)),
        "span": lambda line: _span(line, first, last, uow.today),
        "now": _place(uow.today, first, last) if first <= uow.today <= last else None,
        "pixels": _PIXELS,
    }


def _span(line: ActionLine, first: date, last: date, today: date) -> Span:
    """Draw from the day it was agreed to the day it ended; what has not ended goes on until today, or its day."""
    begun = line.agreed_on or first
    going = max(today, line.due_on or today)
    end = line.closed_on or (line.last_update_on if line.state is ActionState.NOT_TAKEN else None) or going
    start, until = _place(begun, first, last), _place(end, first, last)
    due = _place(line.due_on, first, last) if line.due_on and first <= line.due_on <= last else None
    return Span(start, max(2, until - start), due)


def _place(day: date, first: date, last: date) -> int:
    """Return where a day stands; one before or after the line stands at its end."""
    days = (min(max(day, first), last) - first).days
    return round(_PIXELS * days / (last - first).days)


_VIEW_DATA = {BOARD: _board, TABLE: _table, TIMELINE: _timeline}


def _filters() -> Filters:
    """Read the filters; whatever is not one of them is as if it had not been asked for."""
    asked = request.args
    show, state = asked.get("show", ""), asked.get("state", "")
    return Filters(
        show=Show(show) if show in Show._value2member_map_ else Show.ALL,
        state=ActionState(state) if state in ActionState._value2member_map_ else None,
        owner_id=_id(asked.get("owner", "")),
        theme=asked.get("theme", "")[:60],
        directorate_id=_id(asked.get("directorate", "")),
    )


def _id(asked: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(asked) if asked else None
    except ValueError:
        return None


def _query(filters: Filters, view: str) -> str:
    """Write the filters as the address has them."""
    said = {
        "view": view,
        "show": filters.show.value,
        "state": filters.state.value if filters.state else "",
        "owner": str(filters.owner_id or ""),
        "theme": filters.theme,
        "directorate": str(filters.directorate_id or ""),
    }
    return urlencode({key: value for key, value in said.items() if value and value != Show.ALL})


def _names(uow: UnitOfWork) -> Names:
    people = accounts.names_of(uow, learning.owner_ids(uow))
    return Names(
        dict(sorted(people.items(), key=lambda each: each[1])),
        vocabulary.names(uow, CodeSet.THEME),
        {each.id: each.name for each in organisations.directorates(uow)},
    )


def _rows() -> list[Sequence[str]]:
    """Write what the filters leave, whole before a byte leaves."""
    with work(writes=False) as uow:
        policy.require(uow.actor, Permission.LEARNING_PROPOSE)
        names = _names(uow)
        return [_titles(), *(list(_cells(each, names)) for each in learning.every(uow, _filters()))]


def _titles() -> list[str]:
    return [
        str(each)
        for each in (
            _("Reference"), _("Title"), _("What is not as it should be"), _("What will change"), _("Where it stands"),
            _("Priority"), _("Theme"), _("Directorate"), _("Who sees to it"), _("Due"), _("Month proposed"),
            _("Agreed"), _("Started"), _("Done"), _("Checked"), _("Closed"), _("Look again"), _("Last heard of"),
            _("Why it was not taken forward"), _("Why it was checked without a measure"),
        )
    ]  # fmt: skip


def _cells(action: LearningAction, names: Names) -> Iterator[str]:
    yield from (action.ref, action.title, action.issue, action.change)
    yield str(action_words.ACTION_STATES[action.state])
    yield str(action_words.PRIORITIES[action.priority])
    yield _named(names.themes, action.theme)
    yield _named(names.directorates, action.directorate_id)
    yield _named(names.people, action.owner_id)
    yield action.due_on.isoformat() if action.due_on else ""
    yield f"{action.proposed_month:%Y-%m}"
    days = (
        action.agreed_on, action.started_on, action.implemented_on, action.checked_on, action.closed_on,
        action.check_again_on, action.last_update_on,
    )  # fmt: skip
    yield from (day.isoformat() if day else "" for day in days)
    yield from (action.ended_why, action.no_effect_why)


def _named(names: Mapping[Any, str], key: object) -> str:
    return names.get(key, str(key)) if key else ""


def _file(pieces: Iterator[bytes], ending: str, kind: str) -> Response:
    response = Response(b"".join(pieces), mimetype=kind)
    response.headers["Content-Disposition"] = dump_options_header("attachment", {"filename": f"learning.{ending}"})
    return response
