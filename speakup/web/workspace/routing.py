"""`/routing`: reading what an administrator submitted, approving it with my key or sending it back."""

import hmac
import uuid
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from speakup import accounts, keyring, policy, routing
from speakup.accounts import Marked
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind, KeyLog
from speakup.policy import CASE_ROLES, Permission
from speakup.routing import Rule
from speakup.web.actors import work
from speakup.web.rule_sentences import changed_places, differences, fingerprint, mark, sentences
from speakup.web.workspace import surface
from speakup.web.workspace.forms import ApproveForm
from speakup.web.workspace.pages import common

CONFLICT = 409


@surface.route("/routing", methods=["GET", "POST"])
def approve_routing() -> ResponseReturnValue:
    form = ApproveForm()
    with work() as uow:
        if not policy.allows(uow.actor, Permission.ROUTING_APPROVE):
            abort(404)
        log = keyring.load_key_log(uow)
        if log.approved is not None:
            accounts.note_routing_read(uow, log.approved.number)
        posted = form.validate_on_submit()
        if posted:
            routing.hold_draft(uow)
        shown = _shown(uow, log)
        if posted:
            # Approve what was read, not what somebody wrote while it was being read.
            if hmac.compare_digest((form.shown.data or "").encode(), shown.encode()):
                return _answered(uow, log, form)
            form.shown.errors = [_("The draft has changed since you opened this page. Read it again")]
        form.shown.data = shown
        page = render_template("workspace/routing.html", form=form, **_words(uow, log), **common(uow))
    return page, CONFLICT if form.shown.errors else form.status


def submitted(uow: UnitOfWork) -> tuple[list[Rule], list[Marked]] | None:
    """Return what waits for approval; None where nothing does."""
    draft = routing.draft(uow)
    waits = draft is not None and draft.submitted_at is not None
    return (routing.drafted(uow), routing.drafted_marks(uow)) if waits else None


def _in_effect(log: KeyLog) -> tuple[list[Rule], list[Marked]]:
    return routing.in_force(log.routing), list(log.marked)


def _shown(uow: UnitOfWork, log: KeyLog) -> str:
    """Name what pressing the button would put into effect."""
    waiting = submitted(uow)
    rules, marks = waiting or _in_effect(log)
    stands = log.approved.number if log.approved else 0
    return f"{stands}.{waiting is not None:d}.{fingerprint(rules, keyring.places_now(uow), marks)}"


def _answered(uow: UnitOfWork, log: KeyLog, form: ApproveForm) -> ResponseReturnValue:
    waiting = submitted(uow)
    if form.answer.data == "back" and waiting is not None:
        routing.send_back_draft(uow)
        flash(_("Sent back. The rules in effect stay. Tell the administrator what should be different"))
        return redirect(url_for(".approve_routing"))
    rules, marks = waiting or _in_effect(log)
    keyring.approve_routing(uow, [rule.plain() for rule in rules], marks)
    if waiting is not None:
        routing.end_draft(uow)
    flash(_("Approved. New concerns follow these rules from now on, and all guardians are told"))
    return redirect(url_for(".approve_routing"))


def _words(uow: UnitOfWork, log: KeyLog) -> dict[str, Any]:
    (rules, marked), waiting, draft = _in_effect(log), submitted(uow), routing.draft(uow)
    drafted, marks = waiting or ([], [])
    by, people = log.approved, set[uuid.UUID]()
    people |= {draft.submitted_by} if draft and draft.submitted_by else set()
    names = keyring.names_vouched_for(uow, accounts.names_of(uow, people | ({by.by} if by else set())))
    submitter = draft.submitted_by if draft else None
    return {
        "draft": draft,
        "submitted": sentences(uow, drafted) if waiting is not None else None,
        "submitted_by": names.get(submitter, "") if submitter else _("somebody at the command line"),
        "changes": differences(uow, drafted, rules, (marks, marked)) if waiting is not None else None,
        "marks": [mark(each) for each in marks],
        "in_effect": sentences(uow, rules, log.places),
        "marked": [mark(each) for each in marked],
        "changed_places": changed_places(uow, log.places) if rules else [],
        "passed_over": _passed_over(uow, log, drafted if waiting is not None else rules),
        "approved_by": names.get(by.by, "") if by else "",
        "approved_on": by.day if by else None,
    }


def _passed_over(uow: UnitOfWork, log: KeyLog, rules: list[Rule]) -> list[str]:
    """Name whom these rules name and nobody has vouched for as one who receives concerns: they are passed over."""
    vouched = log.receivers(CompartmentKind.CASEWORK, uow.today)
    able = {each for each in vouched if log.valid[each].roles & CASE_ROLES}
    missing = {person for rule in rules for person in rule.people} - able
    names = keyring.names_vouched_for(uow, accounts.names_of(uow, missing))
    return sorted(names.get(each, _("somebody no longer here")) for each in missing)
