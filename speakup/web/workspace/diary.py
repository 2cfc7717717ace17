"""`/diary`: visits, training and hours, saved with one button; which groups were reached, and which were not.

There is no box for words: the diary stands in clear, and what could name a person belongs in a case.
"""

import csv
import io
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, lazy_gettext
from flask_babel import gettext as _
from wtforms import FormField
from wtforms.fields.choices import SelectChoice

from speakup import diary, organisations, policy, vocabulary
from speakup.diary import DiaryEntry, EntryDetails, Kind, Month
from speakup.kernel.errors import Conflict, Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission
from speakup.vocabulary import Code, CodeSet
from speakup.web.actors import work
from speakup.web.fields import ButtonForm, offer
from speakup.web.workspace import surface
from speakup.web.workspace.diary_forms import KINDS, DiaryForm, hours_words
from speakup.web.workspace.pages import common

UNPROCESSABLE = 422
CONFLICT = 409
REACH_LOOKS_BACK = timedelta(days=365)
_OLDEST = date(2010, 1, 1)


@dataclass(frozen=True, slots=True)
class Names:
    """What places and groups are called, whether or not they are offered any more."""

    places: dict[uuid.UUID, str]
    groups: dict[str, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry, in words."""

    entry: DiaryEntry
    what: Any
    hours: str
    directorate: str
    site: str
    groups: str

    @property
    def where(self) -> str:
        """Return both places, or the one there is."""
        return ", ".join(each for each in (self.directorate, self.site) if each)


@dataclass(frozen=True, slots=True)
class Reach:
    """Which groups of one directorate were reached, and which were not."""

    directorate: str
    reached: list[str]
    not_reached: list[str]


@surface.route("/diary", methods=["GET", "POST"])
def diary_page() -> ResponseReturnValue:
    form = DiaryForm()
    with work() as uow:
        policy.require(uow.actor, Permission.DIARY_KEEP)
        _offer(uow, form, None)
        if form.is_submitted():
            details = _accepted(uow, form)
            if details is not None and _kept(form, lambda: diary.add_entry(uow, details)):
                flash(_("Saved"))
                return _to_month(uow, details.day)
        else:
            form.kind.data, form.hours.data = diary.last_kind(uow).value, "1"
            form.day.form.show(uow.today)
        return _month_page(uow, form), form.status


@surface.route("/diary/<uuid:entry_id>", methods=["GET", "POST"])
def diary_entry(entry_id: uuid.UUID) -> ResponseReturnValue:
    form = DiaryForm()
    with work() as uow:
        entry = diary.find(uow, entry_id)
        _offer(uow, form, entry)
        if not form.is_submitted():
            form.fill(entry)
            return _entry_page(uow, form, entry), 200
        details = _accepted(uow, form)
        try:
            if details is not None and _kept(form, lambda: diary.change_entry(uow, entry, details, form.revision_read)):
                flash(_("Saved"))
                return _to_month(uow, details.day)
        except Conflict:
            form.form_errors.append(
                _("This entry was changed in another window. How it stands is shown here. Save again if yours is right")
            )
            form.revision.data = str(entry.revision)
            return _entry_page(uow, form, entry, meanwhile=True), CONFLICT
        return _entry_page(uow, form, entry), UNPROCESSABLE


@surface.post("/diary/<uuid:entry_id>/delete")
def delete_diary_entry(entry_id: uuid.UUID) -> ResponseReturnValue:
    posted = ButtonForm().pressed()
    with work() as uow:
        entry = diary.find(uow, entry_id)
        if posted:
            diary.delete_entry(uow, entry)
            flash(_("Deleted"))
        return _to_month(uow, entry.day)


@surface.get("/diary/reach")
def diary_reach() -> ResponseReturnValue:
    with work(writes=False) as uow:
        since = uow.today - REACH_LOOKS_BACK
        marks = diary.reached(uow, since)
        leads = policy.allows(uow.actor, Permission.DIARY_TEAM)
        groups = {code.key: code.name for code in _groups(uow)}
        anywhere = {group for _place, group in marks}
        return render_template(
            "workspace/diary_reach.html",
            since=since,
            reach=_reach(uow, marks, groups),
            nowhere=[name for key, name in groups.items() if key not in anywhere],
            months=_hours_of_months(uow, team=leads),
            kinds=KINDS,
            leads=leads,
            **common(uow),
        )


@surface.get("/diary/csv")
def diary_csv() -> ResponseReturnValue:
    with work(writes=False) as uow:
        names = _names(uow)
        shown = [_shown(entry, names) for entry in diary.every_entry(uow)]
    body = io.StringIO()
    writer = csv.writer(body)
    writer.writerow(
        [
            _("Day"),
            _("What"),
            _("Hours"),
            _("Directorate"),
            _("Site"),
            _("Groups you reached"),
            _("About how many people"),
        ]
    )
    for each in shown:
        words = (each.what, each.hours, each.directorate, each.site, each.groups, each.entry.people or "")
        writer.writerow([each.entry.day.isoformat(), *(_no_formula(str(cell)) for cell in words)])
    # With a mark at its beginning, so that a spreadsheet reads it as UTF-8.
    response = Response(body.getvalue().encode("utf-8-sig"), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="diary.csv"'
    return response


def _month_page(uow: UnitOfWork, form: DiaryForm) -> str:
    month, names = _asked_month(uow.today), _names(uow)
    shown = [_shown(entry, names) for entry in diary.entries_between(uow, month.first, month.next.first)]
    oldest = diary.first_day(uow)
    return render_template(
        "workspace/diary.html",
        form=form,
        month=_month_words(month),
        shown=shown,
        totals=_totals(shown),
        earlier=month.before if oldest is not None and oldest < month.first else None,
        later=month.next if month.next.first <= uow.today else None,
        **common(uow),
    )


def _entry_page(uow: UnitOfWork, form: DiaryForm, entry: DiaryEntry, *, meanwhile: bool = False) -> str:
    return render_template(
        "workspace/diary_entry.html",
        form=form,
        button_form=ButtonForm(formdata=None),
        entry=entry,
        meanwhile=_shown(entry, _names(uow)) if meanwhile else None,
        **common(uow),
    )


def _to_month(uow: UnitOfWork, day: date) -> ResponseReturnValue:
    month = diary.month_of(day)
    now = diary.month_of(uow.today)
    return redirect(url_for(".diary_page", month=None if month == now else str(month)))


def _asked_month(today: date) -> Month:
    """Read which month is asked for; what is none, or is still to come, is this one."""
    now, asked = diary.month_of(today), request.args.get("month", "")
    if not re.fullmatch("20[0-9]{2}-(0[1-9]|1[0-2])", asked, re.ASCII):
        return now
    return min(now, Month(int(asked[:4]), int(asked[5:])))


def _month_words(month: Month) -> str:
    return str(format_date(month.first, "MMMM yyyy"))


def _offer(uow: UnitOfWork, form: DiaryForm, entry: DiaryEntry | None) -> None:
    """Offer what is there today, and what an entry has already."""
    names, none = _names(uow), SelectChoice("", _("Not named"))
    directorates = {each.id: each.name for each in organisations.directorates(uow)}
    sites = {each.id: each.name for each in organisations.sites(uow)}
    groups = {code.key: code.name for code in _groups(uow)}
    if entry is not None:
        if entry.directorate_id is not None:
            directorates.setdefault(entry.directorate_id, names.places[entry.directorate_id])
        if entry.site_id is not None:
            sites.setdefault(entry.site_id, names.places[entry.site_id])
        groups.update({key: names.groups[key] for key in entry.groups if key not in groups})
    form.kind.choices = offer((kind.value, words) for kind, words in KINDS.items())
    form.directorate.choices = [none, *(SelectChoice(str(key), name) for key, name in directorates.items())]
    form.site.choices = [none, *(SelectChoice(str(key), name) for key, name in sites.items())]
    form.groups.choices = offer(groups.items())


def _accepted(uow: UnitOfWork, form: DiaryForm) -> EntryDetails | None:
    """Return what was written, if every field of it can be read; what cannot stands in the form."""
    if not form.validate_on_submit():
        return None
    details = form.written(uow.today)
    if details.day < _OLDEST:
        form.day.form.day.errors = [_("That is too long ago. Write a day since 2010")]
        return None
    return details


def _kept(form: DiaryForm, act: Callable[[], DiaryEntry]) -> bool:
    try:
        act()
    except Invalid as invalid:
        name, words = _SENTENCES[invalid.field, invalid.reason]
        at_fault = form[name]
        if isinstance(at_fault, FormField):
            at_fault = at_fault.form.day
        at_fault.errors = [words]
        return False
    return True


def _names(uow: UnitOfWork) -> Names:
    return Names(diary.names_of_places(uow), vocabulary.names(uow, CodeSet.WORKER_GROUP))


def _groups(uow: UnitOfWork) -> list[Code]:
    """List the groups that can be reached: nobody sets out to reach those who are not known."""
    return [code for code in vocabulary.codes(uow, CodeSet.WORKER_GROUP) if code.key != vocabulary.NOT_KNOWN]


def _shown(entry: DiaryEntry, names: Names) -> Shown:
    return Shown(
        entry,
        KINDS[entry.kind],
        hours_words(entry.quarters),
        names.places.get(entry.directorate_id, "") if entry.directorate_id else "",
        names.places.get(entry.site_id, "") if entry.site_id else "",
        "; ".join(names.groups[key] for key in entry.groups if key in names.groups),
    )


def _totals(shown: list[Shown]) -> list[tuple[Any, str]]:
    """Sum the hours of a month, all of them first and then by what they were spent on."""
    spent: dict[Any, int] = {}
    for each in shown:
        spent[each.what] = spent.get(each.what, 0) + each.entry.quarters
    people = sum(each.entry.people for each in shown)
    sums = [(what, hours_words(quarters)) for what, quarters in spent.items()]
    return [(_("hours in all"), hours_words(sum(spent.values()))), *sums, (_("people"), f"{people:,}")]


def _hours_of_months(uow: UnitOfWork, *, team: bool) -> list[tuple[str, dict[Kind, str], str]]:
    return [
        (
            _month_words(month),
            {kind: hours_words(spent.get(kind, 0)) for kind in Kind},
            hours_words(sum(spent.values())),
        )
        for month, spent in diary.hours_by_month(uow, team=team).items()
    ]


def _reach(uow: UnitOfWork, marks: set[tuple[uuid.UUID | None, str]], groups: dict[str, str]) -> list[Reach]:
    return [
        Reach(
            each.name,
            [name for key, name in groups.items() if (each.id, key) in marks],
            [name for key, name in groups.items() if (each.id, key) not in marks],
        )
        for each in organisations.directorates(uow)
    ]


def _no_formula(cell: str) -> str:
    """Keep a spreadsheet from reckoning with a name that begins like a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


_SENTENCES = {
    ("day", "future"): ("day", lazy_gettext("That day is still to come. Write today or an earlier day")),
    ("quarters", "not of a day"): ("hours", lazy_gettext("Write between a quarter of an hour and 24 hours")),
    ("people", "not a count"): ("people", lazy_gettext("Write a number up to 100,000")),
    ("people", "too few"): (
        "people",
        lazy_gettext(
            "With fewer than five people, name no place and no group: together they could tell who spoke to you"
        ),
    ),
    ("groups", "not in the list"): ("groups", lazy_gettext("Choose from the answers shown.")),
}
