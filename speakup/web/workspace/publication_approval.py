"""A second person reads a publication and signs it; the ledger of all that went out; and thresholds."""

import hmac
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from speakup import accounts, cases, disclosure, identifying, keyring, papers, policy, vocabulary
from speakup.identifying import Kind
from speakup.kernel.errors import Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.papers import LedgerRelease, Overtaken, Pack, Publication
from speakup.policy import Permission
from speakup.vocabulary import CodeSet
from speakup.web.actors import work
from speakup.web.workspace import publication_words, surface
from speakup.web.workspace.pages import common
from speakup.web.workspace.publication_forms import ApproveForm, ThresholdForm

_NUMBER = re.compile(r"\d[\d,.]*")


@surface.route("/publications/<ref>/approve", methods=["GET", "POST"])
def approve_publication(ref: str) -> ResponseReturnValue:
    """Read it as a second person, and sign it."""
    try:
        return _approval(ref)
    except Overtaken:
        return _check_anew(ref)


def _approval(ref: str) -> ResponseReturnValue:
    form = ApproveForm()
    with work() as uow:
        policy.require(uow.actor, Permission.PUBLICATION_APPROVE)
        row = papers.find_publication(uow, ref)
        pack = papers.preview(row)
        if pack is None or row.state is not papers.State.CHECKED or not papers.may_approve(uow, row):
            flash(_("There is nothing here for you to approve"), "warning")
            return redirect(url_for(".publication", ref=ref))
        if form.validate_on_submit():
            form.overtaken = not hmac.compare_digest((form.digest.data or "").encode(), row.digest.encode())
        if not form.is_submitted() or form.errors or form.overtaken:
            form.digest.data = row.digest
            return _approval_page(uow, row, pack, form), form.status
        papers.approve(uow, row, row.digest, keyring.sign_publication(uow, row.id, row.digest))
    flash(_("Approved and signed. It stands in the ledger now, and can be published"))
    return redirect(url_for(".publication", ref=ref))


def _approval_page(uow: UnitOfWork, row: Publication, pack: Pack, form: ApproveForm) -> str:
    return render_template(
        "workspace/publication_approve.html",
        form=form,
        row=row,
        pack=pack,
        texts=list(_texts(uow, row, pack)),
        tables=publication_words.drawn(row, pack),
        attacks=list(publication_words.attacks(row, vocabulary.names(uow, CodeSet.CHARACTERISTIC))),
        may_see_why=policy.allows(uow.actor, Permission.PUBLICATION_PREPARE),
        **common(uow),
    )


def _check_anew(ref: str) -> ResponseReturnValue:
    with work() as uow:
        row = papers.find_publication(uow, ref)
        papers.check_anew(uow, row)
        restates = row.kind is papers.Kind.RESTATEMENT
    said = _("Something else was approved, or a threshold was changed, since this was checked. Check it again")
    if restates:
        said = _(
            "A case of this year was coded anew, something else was approved, or a threshold was changed, since this "
            "was checked. Nothing was approved. Check it again, so that what you sign is what is counted now"
        )
    flash(said, "warning")
    return redirect(url_for(".publication", ref=ref))


Pieces = list[tuple[str, Kind | None]]
"""A text cut where something was found in it, each part with what that is."""


def _texts(uow: UnitOfWork, row: Publication, pack: Pack) -> Iterator[tuple[Pieces, Pieces]]:
    """Give every heading and its text with what could tell who somebody is pointed out, and numbers no table has."""
    texts = [*papers.read_words(row.words).all_texts(), *_beside(pack)]
    every = {str(at): text for at, text in enumerate(part for pair in texts for part in pair)}
    found = cases.learning_wording(uow, (), every)
    shown = {figure.shown for table in pack.tables for _labels, figure in table}
    pieces = [
        list(identifying.pieces(text, _settled([*found[at], *_numbers(text, shown)]))) for at, text in every.items()
    ]
    return zip(pieces[::2], pieces[1::2], strict=True)


def _beside(pack: Pack) -> Iterator[tuple[str, str]]:
    """Give what goes out beside the figures and was typed elsewhere, or by nobody."""
    for action in pack.actions:
        yield action.title, action.what
    for figure in pack.context:
        name = figure.name
        yield name, _("%(value)s %(unit)s (%(source)s)", value=figure.value, unit=figure.unit, source=figure.source)
    for each in pack.breaks:
        yield _("Charts begin anew"), each.why
    if pack.method:
        yield _("How it was made"), "\n\n".join(pack.method)


def _numbers(text: str, shown: Container[int | None]) -> Iterator[identifying.Found]:
    for match in _NUMBER.finditer(text):
        said = match[0].rstrip(",.")
        plain = said.replace(",", "")
        if not (plain.isdigit() and int(plain) in shown):
            yield identifying.Found(match.start(), match.start() + len(said), Kind.NUMBER)


def _settled(found: list[identifying.Found]) -> list[identifying.Found]:
    settled: list[identifying.Found] = []
    for each in sorted(found):
        if not settled or each.start >= settled[-1].end:
            settled.append(each)
    return settled


# --- the ledger -----------------------------------------------------------------------------------------------------


@surface.get("/publications/ledger")
def ledger() -> ResponseReturnValue:
    """List everything that ever went out, as everybody outside may be taken to know it."""
    with work(writes=False) as uow:
        rows = papers.list_publications(uow)
        by_id = {row.id: row for row in rows}
        entries = papers.releases(uow)
        people = accounts.names_of(uow, {entry.entered_by for entry in entries})
        questions = vocabulary.names(uow, CodeSet.CHARACTERISTIC)
        told = [_entry(entry, by_id[entry.publication_id], people, questions) for entry in entries]
        return render_template(
            "workspace/publication_ledger.html",
            entries=_by_publication(rows, told),
            signed={row.ref: _is_signed(uow, row) for row in rows if row.signature is not None},
            **common(uow),
        )


def _by_publication(
    rows: Iterable[Publication], entries: Iterable[dict[str, Any]]
) -> list[tuple[str, list[dict[str, Any]]]]:
    """Put together what one publication entered, in the order in which publications are listed."""
    found: dict[str, list[dict[str, Any]]] = {row.ref: [] for row in rows}
    for each in entries:
        found[each["ref"]].append(each)
    return [(ref, its) for ref, its in found.items() if its]


def _entry(
    entry: LedgerRelease, row: Publication, people: dict[Any, str], questions: Mapping[str, str]
) -> dict[str, Any]:
    release = disclosure.read(entry.body)
    shown = sum(each.shown is not None for each in release.entries)
    return {
        "ref": row.ref,
        "population": publication_words.population(entry.population, questions),
        "number": entry.number,
        "on": entry.entered_on,
        "by": people.get(entry.entered_by, ""),
        "cells": len(release.entries),
        "shown": shown,
        "thresholds": ", ".join(sorted({str(each.threshold) for each in release.entries}, key=int)),
        "snapshot": release.snapshot[:12],
        "commitment": release.commitment[:12],
    }


def _is_signed(uow: UnitOfWork, row: Publication) -> bool:
    return (
        row.approved_by is not None
        and row.signature is not None
        and keyring.stands_by_publication(uow, row.id, row.digest, row.approved_by, row.signature)
    )


# --- thresholds -----------------------------------------------------------------------------------------------------


@surface.route("/publications/thresholds", methods=["GET", "POST"])
def thresholds() -> ResponseReturnValue:
    """Record what was decided about thresholds."""
    form = ThresholdForm()
    with work() as uow:
        policy.require(uow.actor, Permission.PUBLICATION_PREPARE)
        if form.validate_on_submit() and _decided(uow, form):
            flash(_("Recorded. It holds for whatever is checked from now on"))
            return redirect(url_for(".thresholds"))
        decisions = papers.decisions(uow)
        rules = papers.rules_in_force(uow)
        if not form.is_submitted():
            form.groups.data, form.trust_wide.data = str(rules.groups), str(rules.trust_wide)
            form.least_staff.data = str(rules.least_staff)
            form.decided_on.form.show(uow.today)
        names = accounts.names_of(uow, {each.recorded_by for each in decisions})
        page = render_template(
            "workspace/publication_thresholds.html", form=form, decisions=decisions, names=names, **common(uow)
        )
    return page, form.status


def _decided(uow: UnitOfWork, form: ThresholdForm) -> bool:
    day = form.decided_on.form.written
    if day is None:
        form.decided_on.form.day.errors = [_("Write a day")]
        return False
    groups, trust_wide, least = (int(each.data or 0) for each in (form.groups, form.trust_wide, form.least_staff))
    try:
        papers.decide_thresholds(uow, groups, trust_wide, least, form.decision.data or "", day)
    except Invalid as refused:
        if refused.field == "decided_on":
            form.decided_on.form.day.errors = [_("That day is still to come")]
        else:
            form.groups.errors = [
                _(
                    "The method does not allow this. Below 8 and 5 somebody has to decide it; nothing goes below 3, "
                    "and no group under 30 staff is shown"
                )
            ]
        return False
    return True
