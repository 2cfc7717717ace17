"""`/returns` and `/returns/2026-27/Q2`: what is due, the figures, the checks with the cases to mend, signing off."""

from dataclasses import dataclass
from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.http import dump_options_header

from speakup import accounts, cases, organisations, policy, returns
from speakup.gateways.documents import packing
from speakup.kernel.errors import Conflict
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission
from speakup.returns import Difference, Finding, Quarter, ReturnView, Submission, Wording
from speakup.web import places
from speakup.web.actors import work
from speakup.web.returns import surface, words
from speakup.web.returns.forms import SeenForm, SignForm

AT = "/returns/<year>/<quarter>"


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line as the page prints it."""

    name: str
    wording: Wording
    number: int
    then: int | None
    """What was signed off, where it is not the same; None otherwise."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One signing off beside the one before it."""

    submission: Submission
    by: str
    changes: list[Difference]
    words_changed: bool


@surface.get("/returns")
def returns_page() -> ResponseReturnValue:
    """List the quarters."""
    with work(writes=False) as uow:
        return render_template(
            "returns/list.html",
            listed=[(each, words.quarter_words(each.quarter)) for each in returns.list_returns(uow)],
            today=uow.today,
            **common(uow),
        )


@surface.get(AT)
def return_page(year: str, quarter: str) -> ResponseReturnValue:
    """Show one quarter's return as it stands now."""
    with work() as uow:
        view = opened(uow, year, quarter)
        raised = cases.raised_between(uow, view.quarter.first_day, view.quarter.last_day)
        findings = [*view.findings, *returns.of_cases(raised.uncounted, raised.uncoded)]
        return render_template(
            "returns/return.html",
            groups=_grouped(view),
            findings=[(each, words.sentence(each), _links(each)) for each in findings],
            mend=raised.to_mend,
            form=seen_form(view),
            may_sign=policy.allows(uow.actor, Permission.RETURN_SUBMIT),
            copied="\n".join("\t".join(row) for row in _table(view)),
            **shared(uow, view),
        )


@surface.post(f"{AT}/check")
def check_return(year: str, quarter: str) -> ResponseReturnValue:
    """Note that the checks were gone through with exactly what was shown."""
    form = SeenForm()
    period = returns.read_period(f"{year}/{quarter}")
    if form.pressed():
        try:
            with work() as uow:
                returns.check_return(uow, period, form.seen.data or "")
            return redirect(url_for(".sign_return", year=year, quarter=quarter))
        except Conflict:
            flash(gettext("Something changed since the page was read. Look at it once more"), "warning")
    return redirect(url_for(".return_page", year=year, quarter=quarter))


@surface.route(f"{AT}/sign", methods=["GET", "POST"])
def sign_return(year: str, quarter: str) -> ResponseReturnValue:
    """Sign off what was checked."""
    form = SignForm()
    with work() as uow:
        view = opened(uow, year, quarter)
        if not view.checked or view.stops or view.settled:
            return _led_back(view, posted=form.is_submitted())
        if not form.is_submitted():
            form.seen.data = view.mark
        elif form.validate() and _is_sure(form):
            returns.submit_return(uow, view.quarter, form.seen.data or "")
            flash(gettext("Signed off. It stands in the history from now on"))
            return redirect(url_for(".return_page", year=year, quarter=quarter))
        return render_template("returns/sign.html", form=form, **shared(uow, view)), form.status


@surface.get(f"{AT}/csv")
def return_csv(year: str, quarter: str) -> ResponseReturnValue:
    """Give the lines as a file."""
    with work() as uow:
        rows = _table(opened(uow, year, quarter))
        body = b"".join(packing.comma_separated(rows))
    response = Response(body, mimetype="text/csv")
    name = f"return-{year}-{quarter}.csv"
    response.headers["Content-Disposition"] = dump_options_header("attachment", {"filename": name})
    return response


@surface.get(f"{AT}/history")
def return_history(year: str, quarter: str) -> ResponseReturnValue:
    """Show every signing off, newest first, each beside the one before it."""
    with work() as uow:
        view = opened(uow, year, quarter)
        names = accounts.names_of(uow, {each.by_id for each in view.submissions})
        before = [None, *view.submissions]
        compared = [
            _compared(each, earlier, names[each.by_id]) for each, earlier in zip(view.submissions, before, strict=False)
        ]
        return render_template("returns/history.html", compared=compared[::-1], **shared(uow, view))


def opened(uow: UnitOfWork, year: str, quarter: str) -> ReturnView:
    """Count the quarter of an address."""
    return returns.open_return(uow, returns.read_period(f"{year}/{quarter}"))


def seen_form(view: ReturnView) -> SeenForm:
    """Make the button of what is shown."""
    form = SeenForm(formdata=None)
    form.seen.data = view.mark
    return form


def common(uow: UnitOfWork) -> dict[str, Any]:
    """Return what every page here shows around its content."""
    return {
        "organisation": organisations.here(uow),
        "states": words.STATES,
        "colours": words.COLOURS,
        **places.of(uow),
    }


def shared(uow: UnitOfWork, view: ReturnView) -> dict[str, Any]:
    """Return what every page of one quarter shows."""
    called, at = words.quarter_words(view.quarter), address_of(view.quarter)
    return {"view": view, "called": called, "at": at, **common(uow)}


def address_of(quarter: Quarter) -> str:
    """Return where a quarter's return stands."""
    return str(url_for(".return_page", year=quarter.financial_year, quarter=f"Q{quarter.number}"))


def _led_back(view: ReturnView, *, posted: bool) -> ResponseReturnValue:
    """Lead to the return from a signing off that is not due; `Conflict` gives back what was posted."""
    if posted:
        raise Conflict(view.quarter.name)
    flash(gettext("Go through the checks first: something changed, or it is signed off already"), "warning")
    return redirect(address_of(view.quarter))


def _is_sure(form: SignForm) -> bool:
    if not form.sure.data:
        form.sure.errors = [gettext("Tick that you have looked at it")]
    return bool(form.sure.data)


def _grouped(view: ReturnView) -> list[tuple[str, list[ShownLine]]]:
    """Put the lines under their headings, in their order."""
    then = {each.line: each.then for each in view.changes}
    found = list[tuple[str, list[ShownLine]]]()
    for line in view.called.lines:
        heading = str(words.GROUPS.get(line.counts, ""))
        if not found or found[-1][0] != heading:
            found.append((heading, []))
        found[-1][1].append(ShownLine(line.name, line.wording, view.counted[line.name], then.get(line.name)))
    return found


def _links(finding: Finding) -> list[tuple[str, str]]:
    """Give the other quarters a finding is about, each with its address."""
    quarters = [returns.read_period(each) for each in finding.periods]
    return [(words.quarter_words(each), address_of(each)) for each in quarters]


def _table(view: ReturnView) -> list[list[str]]:
    """Write every line as a row: name, what it is called, what it says."""
    heads = [gettext("Line"), gettext("What is counted"), view.quarter.name]
    written = {**view.words.by_line, returns.NIL_LINE: gettext("Yes") if view.nil else gettext("No")}
    return [
        heads,
        *([each.name, each.wording.text, str(view.counted[each.name])] for each in view.called.lines),
        *([name, view.called.words[name].text, _one_line(text)] for name, text in written.items()),
    ]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _compared(submission: Submission, before: Submission | None, by: str) -> Compared:
    if before is None:
        return Compared(submission, by, [], words_changed=False)
    changes = returns.differences(before.figures, submission.figures)
    return Compared(submission, by, changes, words_changed=before.words != submission.words)
