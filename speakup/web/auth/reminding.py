"""How somebody hears that something is due: the letter of the morning, and a calendar behind a secret address."""

import hashlib

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms import BooleanField

from speakup import accounts, cases, learning, organisations, policy, returns
from speakup.kernel.errors import NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission
from speakup.web import calendar_text, places
from speakup.web.actors import public_work, work
from speakup.web.auth import account, auth
from speakup.web.calendar_text import WholeDay
from speakup.web.fields import ButtonForm, PlainForm
from speakup.web.site import site
from speakup.web.throttle import WORDS_BY_ADDRESS


class RemindersForm(PlainForm):
    """Whether somebody has the letter of the morning."""

    wanted = BooleanField()


@account.route("/account/reminders", methods=["GET", "POST"])
def reminders() -> ResponseReturnValue:
    """Show both, and keep whether the letter is wanted."""
    form = RemindersForm()
    with work() as uow:
        _require_something_due(uow)
        if not form.validate_on_submit():
            return _page(uow, form), form.status
        accounts.settle_reminders(
            uow, accounts.member(uow, uow.actor.person_id).membership, wanted=bool(form.wanted.data)
        )
    flash(_("Saved"))
    return redirect(url_for(".reminders"))


@account.post("/account/reminders/calendar")
def draw_calendar() -> ResponseReturnValue:
    """Make a new secret address. It is shown on this one page and never again."""
    if not ButtonForm().validate_on_submit():
        return redirect(url_for(".reminders"))
    with work() as uow:
        _require_something_due(uow)
        secret = accounts.draw_calendar_address(uow)
        address = url_for("auth.calendar", secret=secret, _external=True)
        return _page(uow, RemindersForm(formdata=None), address)


@account.post("/account/reminders/calendar/end")
def end_calendar() -> ResponseReturnValue:
    """Let the address open nothing from now on."""
    if ButtonForm().validate_on_submit():
        with work() as uow:
            _require_something_due(uow)
            accounts.end_calendar_address(uow)
        flash(_("The address opens nothing any more. Take it out of your calendar, too"))
    return redirect(url_for(".reminders"))


@auth.get("/calendar/<secret>.ics")
def calendar(secret: str) -> ResponseReturnValue:
    """Give a calendar how many things are due on which day. A wrong address and one that ended are alike."""
    slowing = site().throttle
    line = slowing.address()
    slowing.queue({line: WORDS_BY_ADDRESS})
    try:
        with public_work() as uow:
            person_id, today = accounts.whose_calendar(uow, secret), uow.today
            counts = learning.due_days(uow, person_id) + returns.due_days(uow, person_id)
            counts.update({each.day: each.count for each in cases.due_days(uow, person_id)})
    except NotFound:
        slowing.failed(line)
        raise
    events = [WholeDay(day, _line(count)) for day, count in sorted(counts.items())]
    # Of the secret only what no one can turn back, or whoever reads the calendar could read on once it is replaced.
    seed = hashlib.sha256(b"events " + secret.encode()).digest()
    body = calendar_text.write(events, _("What is due"), today, seed)
    return Response(body, content_type="text/calendar; charset=utf-8")


def _line(count: int) -> str:
    return str(ngettext("%(num)d thing is due", "%(num)d things are due", count))


def _page(uow: UnitOfWork, form: RemindersForm, address: str = "") -> str:
    if not form.is_submitted() or address:
        form.wanted.data = accounts.member(uow, uow.actor.person_id).membership.reminders
    return render_template(
        "account/reminders.html",
        form=form,
        button_form=ButtonForm(formdata=None),
        standing=accounts.my_calendar(uow),
        address=address,
        has_cases=policy.allows(uow.actor, Permission.CASE_LIST),
        organisation=organisations.here(uow),
        **places.of(uow),
    )


def _require_something_due(uow: UnitOfWork) -> None:
    """Nothing is ever due for somebody who has no cases, was passed nothing on and sees to no action."""
    if not places.has_something_due(uow):
        raise NotFound("reminders")
