"""`/cases/REF`: one page with everything, and the files in it."""

import uuid
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from speakup import cases, keyring, organisations, vocabulary
from speakup.cases import Act, Case, CaseState, CaseView, may_do, may_move
from speakup.kernel.uow import UnitOfWork
from speakup.vocabulary import CodeSet
from speakup.web import labels, places, rule_sentences, told_words
from speakup.web.actors import work
from speakup.web.downloads import offered_for_keeping
from speakup.web.fields import ButtonForm
from speakup.web.site import site
from speakup.web.workspace import surface, triage_words

RESEALED_AT_ONCE = 50
"""Records of an older key version sealed again each time a guardian opens the case."""


@surface.get("/cases/<ref>")
def case_page(ref: str) -> ResponseReturnValue:
    with work() as uow:
        found = cases.find(uow, ref)
        view = cases.open_view(uow, found)
        shared = {**common(uow), **_words_of(uow, view)}
        # What the person took back is not seen to by reading that they did: until then it stands on the worklist.
        if all(each.agreed for each in shared["referrals"]):
            cases.mark_read(uow, found)
        behind = sum(
            keyring.reseal(uow, each, RESEALED_AT_ONCE)
            for each in keyring.open_case(uow, found.id).values()
            if each.row.records_behind
        )
    return render_template("workspace/case.html", view=view, case=view.case, form=ButtonForm(), behind=behind, **shared)


@surface.get("/cases/<ref>/files/<uuid:record_id>")
def case_file(ref: str, record_id: uuid.UUID) -> ResponseReturnValue:
    with work() as uow:
        stored, parts = cases.open_case_file(uow, cases.find(uow, ref), record_id, site().blobs)
        # Read to its end before a byte is sent, so that a damaged file is a fault and never half a file.
        body = b"".join(parts)
    return offered_for_keeping(stored.name, body)


def common(uow: UnitOfWork) -> dict[str, Any]:
    """Return what every page here shows around its content."""
    return {"organisation": organisations.here(uow), **places.of(uow)}


def found_case(uow: UnitOfWork, ref: str) -> tuple[Case, dict[str, Any]]:
    """Find a case and what its smaller pages show around it."""
    return cases.find(uow, ref), common(uow)


def _words_of(uow: UnitOfWork, view: CaseView) -> dict[str, Any]:
    told, state, due_on = view.told, view.case.state, view.case.due_on
    country = organisations.here(uow).country
    return {
        "directorate": organisations.find_directorate(uow, told.directorate_id).name if told.directorate_id else "",
        "site": organisations.find_site(uow, told.site_id).name if told.site_id else "",
        "element_names": vocabulary.names(uow, CodeSet.ELEMENT, view.case.raised_on) if view.coded else {},
        "group_names": vocabulary.names(uow, CodeSet.WORKER_GROUP, view.case.raised_on),
        "triage_rows": triage_words.rows(uow, view),
        "outcome_names": vocabulary.names(uow, CodeSet.OUTCOME, view.case.closed_on) if view.closure else {},
        "route_names": vocabulary.names(uow, CodeSet.ROUTE, view.case.raised_on) if told.recording else {},
        "reader_name": labels.reader,
        "routed_words": rule_sentences.reason(view.routed),
        "known_change": labels.known_change,
        "told_lines": told_words.lines(uow, view.messages, to_person=False),
        "offered_to": _offered_to(uow, view),
        "days_late": cases.working_days_late(due_on, uow.today, country) if due_on else 0,
        "is_cover": view.case.cover_id == uow.actor.person_id != view.case.primary_id,
        "may_take_over": cases.may_take_over(uow, view.case),
        "is_first": view.case.primary_id == uow.actor.person_id,
        "satisfied_names": labels.SATISFIED,
        "is_new": state is CaseState.NEW,
        "is_closed": state is CaseState.CLOSED,
        "clocks": cases.clock_lines(uow, view.case),
        "referrals": cases.standing_referrals(uow, view),
        "may": frozenset(act.value for act in Act if may_do(state, act)),
        "may_tell": state is not CaseState.CLOSED
        and (state is CaseState.AWAITING_FEEDBACK or may_move(state, CaseState.AWAITING_FEEDBACK)),
        "may_close": may_move(state, CaseState.CLOSED),
    }


def _offered_to(uow: UnitOfWork, view: CaseView) -> str:
    """Say to whom somebody who was not satisfied was offered to take it on."""
    if view.closure is None or not view.closure.offered:
        return ""
    names = vocabulary.names(uow, CodeSet.ESCALATION)
    return "; ".join(names.get(each, each) for each in view.closure.offered)
