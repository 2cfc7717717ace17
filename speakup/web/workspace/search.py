"""`/cases/search`: one box over everything I may read. The words come by post and stand in no address and no log.

They go on in a cookie, sealed so that only this session can open it, to the page that looks for them: so Back leads to
what was found, and each page of it has an address, without a word in either and with nothing kept here.

A search that is done within a second is an ordinary page. A longer one is sent as it goes: the top of the page, a line
a second that says how far it has come, then what was found. Nothing of it needs a script.
"""

import base64
import json
import re
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.csrf import generate_csrf
from werkzeug.datastructures import MultiDict
from wtforms import FormField, RadioField, SelectField

from speakup import cases, vocabulary
from speakup.cases import SEARCH_LIMIT, CaseState, Search, SearchAsked, SearchQuery, Stand, Where
from speakup.crypto import envelope
from speakup.crypto.errors import Unreadable
from speakup.crypto.keypairs import derive
from speakup.kernel.errors import Busy, NotFound
from speakup.kernel.turns import away
from speakup.kernel.uow import UnitOfWork
from speakup.vocabulary import CodeSet
from speakup.web import labels
from speakup.web.actors import organisation_id, signed_in, work
from speakup.web.cookies import SEARCH
from speakup.web.fields import AtMost, FromTheList, Needed, PlainForm, offer
from speakup.web.lines import DayForm, Line
from speakup.web.streaming import sent_as_it_goes
from speakup.web.workspace import surface
from speakup.web.workspace.pages import common

AT_ONCE_WITHIN = 1.0
"""Seconds in which a search comes as one page; and between two lines of a longer one."""
SEARCHES_AT_ONCE = 2
"""Of one process: each holds a connection to the database for as long as it takes."""
WAITS = 60.0
"""Seconds for those before."""
BREATH = 0.001
"""Seconds that others have to take the turn."""

WHERE: dict[Where, Any] = {
    Where.REFERENCE: _("Reference"),
    Where.TITLE: _("Title"),
    Where.STORY: _("What the person told"),
    Where.RISK: _("What the person told about risk"),
    Where.DETRIMENT: _("What the person told about being treated badly"),
    Where.WORK: _("What the person told about their work"),
    Where.FROM_PERSON: _("Message from the person"),
    Where.FROM_GUARDIAN: _("Message to the person"),
    Where.BASELINE: _("How things were at work"),
    Where.NOTE: _("Note"),
    Where.TRIAGE: _("Triage"),
    Where.CLOSURE: _("How it was closed"),
    Where.CONSENT: _("Agreement to share"),
    Where.DISCLOSURE: _("What somebody was told"),
    Where.PERSON: _("Name and contact"),
    Where.FILE: _("Name of a file"),
    Where.KEPT_OUT: _("Who should not see this"),
    Where.HAND_OVER: _("About handing it over"),
    Where.SHOWN: _("What was passed on"),
    Where.ANSWER: _("Answer to what was passed on"),
    Where.ELSEWHERE: _("Elsewhere in the case"),
}

_searching = threading.BoundedSemaphore(SEARCHES_AT_ONCE)


class SearchForm(PlainForm):
    """What to look for, and among which cases."""

    words = Line(
        _("What are you looking for?"),
        description=_(
            "Every word must be somewhere in the case. The beginning of a word is enough: “medic” finds medicine. "
            "Put words in quotation marks to find them next to each other, exactly as they stand."
        ),
        validators=[Needed(_("Write at least one word, name, number or reference")), AtMost(SEARCH_LIMIT)],
    )
    raised_from = FormField(DayForm, _("Raised on or after"))
    raised_to = FormField(DayForm, _("Raised on or before"))
    stand = RadioField(
        _("Open or closed"),
        choices=offer([(Stand.ANY, _("All")), (Stand.OPEN, _("Open")), (Stand.CLOSED, _("Closed"))]),
        default=Stand.ANY,
        validate_choice=False,
        validators=[FromTheList()],
    )
    state = SelectField(_("Where it stands"), validate_choice=False, validators=[FromTheList()])
    element = SelectField(_("What it has an element of"), validate_choice=False, validators=[FromTheList()])
    theme = SelectField(_("Local theme"), validate_choice=False, validators=[FromTheList()])

    @property
    def narrows(self) -> bool:
        """Whether anything but the words was filled in."""
        days = [*self.raised_from.form, *self.raised_to.form]
        chosen = (self.state.data, self.element.data, self.theme.data, self.stand.data not in {None, Stand.ANY})
        return any(chosen) or any(each.data or each.errors for each in days)

    def typed(self) -> dict[str, str]:
        """Return what was filled in, by the fields' names."""
        days = (*self.raised_from.form, *self.raised_to.form)
        boxes = [self.words, self.stand, self.state, self.element, self.theme, *days]
        return {each.name: each.data for each in boxes if each.data}


@surface.route("/cases/search", methods=["GET", "POST"])
def search() -> ResponseReturnValue:
    form = SearchForm()
    shared = _prepared(form)
    query = cases.parse_search(form.words.data or "")
    if form.validate_on_submit() and _has_words(form, query) and _in_order(form):
        return _kept_for_later(form)
    status = form.status
    return render_template("workspace/search.html", form=form, search=None, progress=(), **shared), status


@surface.get("/cases/search/<name>")
def found(name: str) -> ResponseReturnValue:
    """Look for what was posted last in this session, if that is what this address is of."""
    typed = _opened(name)
    if typed is None:
        return redirect(url_for(".search"))
    form = SearchForm(MultiDict({**typed, "csrf_token": generate_csrf()}))
    shared = _prepared(form)
    query = cases.parse_search(form.words.data or "")
    if not form.validate() or not query:
        return redirect(url_for(".search"))
    return _answer(form, _asked(form, query), {**shared, "base": f"/cases/search/{name}?page="})


def _prepared(form: SearchForm) -> dict[str, Any]:
    """Fill in what may be chosen; return what the page shows around it."""
    with work(writes=False) as uow:
        _offer(uow, form)
        return {**common(uow), "where_names": WHERE}


def _kept_for_later(form: SearchForm) -> ResponseReturnValue:
    name = secrets.token_hex(8)
    key, context = _seal(name)
    sealed = envelope.seal(key, json.dumps(form.typed(), ensure_ascii=False).encode(), context)
    response = redirect(url_for(".found", name=name), code=303)
    SEARCH.put(response, base64.urlsafe_b64encode(sealed).decode())
    return response


def _opened(name: str) -> dict[str, str] | None:
    """Return what was typed for this address; None where something else was looked for since, or in another session."""
    key, context = _seal(name)
    try:
        return dict(json.loads(envelope.open_sealed(key, base64.urlsafe_b64decode(SEARCH.read()), context)))
    except (Unreadable, ValueError):
        return None


def _seal(name: str) -> tuple[bytes, bytes]:
    """Return key and context of what was typed: whoever has the cookie and not the session reads nothing."""
    user = signed_in()
    if user is None or user.actor.root_secret is None:
        raise NotFound("nobody is signed in")
    return derive(user.actor.root_secret, "search"), envelope.bind("search", organisation_id(), user.session_id, name)


def _offer(uow: UnitOfWork, form: SearchForm) -> None:
    any_of = ("", gettext("Any"))
    form.state.choices = offer([any_of, *((each.value, labels.STATES[each]) for each in CaseState)])
    # Of ended ones too: a case keeps what it was coded with.
    form.element.choices = offer([any_of, *vocabulary.names(uow, CodeSet.ELEMENT).items()])
    form.theme.choices = offer([any_of, *vocabulary.names(uow, CodeSet.THEME).items()])


def _has_words(form: SearchForm, query: SearchQuery) -> bool:
    """Refuse what is made of signs alone, in words beside the box."""
    if not query:
        form.words.errors = [gettext("Write at least one word, name, number or reference")]
    return bool(query)


def _in_order(form: SearchForm) -> bool:
    """Refuse days between which there is none, instead of finding nothing."""
    first, last = form.raised_from.form.written, form.raised_to.form.written
    if first and last and last < first:
        form.raised_to.form.day.errors = [gettext("The last day comes before the first")]
        return False
    return True


def _asked(form: SearchForm, query: SearchQuery) -> SearchAsked:
    return SearchAsked(
        query,
        raised_from=form.raised_from.form.written,
        raised_to=form.raised_to.form.written,
        state=CaseState(form.state.data) if form.state.data else None,
        element=form.element.data or None,
        theme=form.theme.data or None,
        stand=Stand(form.stand.data or Stand.ANY),
        page=_page(request.args.get("page", "")),
    )


def _page(asked: str) -> int:
    """Read the number of a page; what is none, or of five digits, is the first."""
    return int(asked) if re.fullmatch("[1-9][0-9]{0,3}", asked, re.ASCII) else 1


# Looking, and saying how far it has come


def _looking(asked: SearchAsked) -> Iterator[Search]:
    """Look through the cases step by step. However it ends, it is written down how many were opened."""
    with _in_line(), work(writes=False) as uow:
        found = cases.start_search(uow, asked)
        try:
            for _looked_through in found.steps():
                # Nothing is held here that anybody could wait for: a reading unit locks nobody out.
                with away():
                    time.sleep(BREATH)
                yield found
            yield found
        finally:
            _record(found)


@contextmanager
def _in_line() -> Iterator[None]:
    """Wait until few others of this process search; `Busy` for who would wait too long."""
    with away():
        came = _searching.acquire(timeout=WAITS)
    if not came:
        raise Busy("searches")
    try:
        yield
    finally:
        _searching.release()


def _record(found: Search) -> None:
    if found.looked_through:
        with work() as uow:
            cases.record_search(uow, found)


def _answer(form: SearchForm, asked: SearchAsked, shared: dict[str, Any]) -> ResponseReturnValue:
    looking, until = _looking(asked), time.monotonic() + AT_ONCE_WITHIN
    for found in looking:
        if time.monotonic() > until and found.looked_through < found.total:
            return _sent_as_it_goes(looking, found, {"form": form, **shared})
    return render_template("workspace/search.html", form=form, search=found, progress=(), **shared)


def _sent_as_it_goes(looking: Iterator[Search], found: Search, shared: dict[str, Any]) -> Response:
    progress = _Progress(looking, found)
    return sent_as_it_goes(
        "workspace/search.html", {**shared, "search": found, "progress": progress}, lambda: progress.goes_on
    )


@dataclass
class _Progress:
    """How many cases have been looked through, about once a second, while a template asks for more."""

    looking: Iterator[Search]
    found: Search
    goes_on: bool = False

    def __iter__(self) -> Iterator[int]:
        self.goes_on = True
        yield self.found.looked_through
        said = time.monotonic()
        for found in self.looking:
            if time.monotonic() - said >= AT_ONCE_WITHIN and found.looked_through < found.total:
                said = time.monotonic()
                yield found.looked_through
        self.goes_on = False
