"""`/admin/routing`: the draft of the routing rules, as sentences in order. A guardian's key puts it into effect."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from speakup import accounts, keyring, policy, routing, vocabulary
from speakup.accounts import Marked, Part
from speakup.kernel.actor import Role
from speakup.kernel.errors import Conflict, Invalid, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.policy import CASE_ROLES, Permission
from speakup.routing import Draft, Drafted, Rule, Subject
from speakup.web import labels
from speakup.web.actors import work
from speakup.web.admin import surface
from speakup.web.admin.forms import DraftForm, MarkForm, RuleForm
from speakup.web.admin.overview import common, key_log
from speakup.web.rule_sentences import called_now, differences, fingerprint, mark, sentence, sentences

CONFLICT = 409
UNPROCESSABLE = 422
_TEAM = frozenset({Role.GUARDIAN, Role.LEAD_GUARDIAN})


@surface.get("/admin/routing")
def rules() -> ResponseReturnValue:
    with work(writes=False) as uow:
        policy.require(uow.actor, Permission.ADMIN_ROUTING_DRAFT)
        return _list_page(uow, DraftForm(formdata=None))


@surface.post("/admin/routing/draft")
def begin_draft() -> ResponseReturnValue:
    return _done(_begun, _("Your draft begins with what is in effect"))


@surface.post("/admin/routing/submit")
def submit_draft() -> ResponseReturnValue:
    def submit(uow: UnitOfWork) -> None:
        routing.submit_draft(uow)
        keyring.ask_for_approval(uow)

    return _done(submit, _("Submitted. The guardians are told. Until one approves it, nothing changes"), whole=True)


@surface.post("/admin/routing/take-back")
def take_back_draft() -> ResponseReturnValue:
    return _done(routing.take_back_draft, _("You can change the draft again"))


@surface.post("/admin/routing/discard")
def discard_draft() -> ResponseReturnValue:
    return _done(routing.discard_draft, _("The draft is gone. What is in effect stays in effect"), whole=True)


@surface.route("/admin/routing/new", methods=["GET", "POST"])
def add_rule() -> ResponseReturnValue:
    form = RuleForm()
    posted = form.validate_on_submit()
    with work() as uow:
        policy.require(uow.actor, Permission.ADMIN_ROUTING_DRAFT)
        _offer(uow, form)
        rule = _written(form) if posted else None
        if rule is None or _previewed():
            return _rule_page(uow, form, None, rule)
        try:
            _begun(uow, unless_there=True)
            rule_id = routing.add_rule(uow, rule)
        except Invalid:
            form.form_errors.append(_("There are as many rules as there can be. Take one away first"))
            return _rule_page(uow, form, None, None)
        except Conflict:
            return _list_page(uow, _rests(DraftForm()))
    flash(_("Added to the draft, as its last rule"))
    return redirect(url_for(".rules", _anchor=f"rule-{rule_id}"))


@surface.route("/admin/routing/<uuid:rule_id>", methods=["GET", "POST"])
def change_rule(rule_id: uuid.UUID) -> ResponseReturnValue:
    form = RuleForm()
    posted = form.validate_on_submit()
    with work() as uow:
        policy.require(uow.actor, Permission.ADMIN_ROUTING_DRAFT)
        if posted:
            routing.hold_draft(uow)
        held = routing.find_drafted(uow, rule_id)
        _offer(uow, form, held.rule)
        if not form.is_submitted():
            _fill(form, held.rule)
        rule = _written(form) if posted else None
        if rule is None or _previewed():
            return _rule_page(uow, form, held, rule)
        if form.shown.data != fingerprint([held.rule]):
            # What the other wrote stands above; the next press puts this in its place.
            form.shown.data = fingerprint([held.rule])
            return _rule_page(uow, form, held, rule, changed=True)
        try:
            routing.change_rule(uow, rule_id, rule, held.rule)
        except Conflict:
            return _list_page(uow, _rests(DraftForm()))
    flash(_("Changed in the draft"))
    return redirect(url_for(".rules", _anchor=f"rule-{rule_id}"))


@surface.post("/admin/routing/<uuid:rule_id>/up")
def move_rule_up(rule_id: uuid.UUID) -> ResponseReturnValue:
    return _moved(rule_id, -1)


@surface.post("/admin/routing/<uuid:rule_id>/down")
def move_rule_down(rule_id: uuid.UUID) -> ResponseReturnValue:
    return _moved(rule_id, 1)


@surface.post("/admin/routing/<uuid:rule_id>/remove")
def remove_rule(rule_id: uuid.UUID) -> ResponseReturnValue:
    return _done(lambda uow: routing.remove_rule(uow, rule_id), _("Taken out of the draft"), whole=True)


@surface.route("/admin/routing/executives", methods=["GET", "POST"])
def mark_executive() -> ResponseReturnValue:
    form = MarkForm()
    posted = form.validate_on_submit()
    with work() as uow:
        policy.require(uow.actor, Permission.ADMIN_ROUTING_DRAFT)
        people = [each for each in accounts.members(uow) if each.membership.joined_on is not None]
        form.person.choices = [
            SelectChoice("", _("Somebody without an account here")),
            *(SelectChoice(str(each.id), labels.described(each)) for each in people),
        ]
        by_id = {str(each.id): each for each in people}
        marked = _marked(form, by_id) if posted else None
        if marked is None:
            page = render_template("admin/mark.html", form=form, **common(uow))
            return page, form.status
        try:
            _begun(uow, unless_there=True)
            routing.draft_mark(uow, marked)
        except Invalid as invalid:
            words = {
                "too many": _("The list is as long as it can be"),
                "on the list": _("They are on the list already"),
            }
            form.name.errors = [words.get(invalid.reason, _("Write their name"))]
            return render_template("admin/mark.html", form=form, **common(uow)), UNPROCESSABLE
        except Conflict:
            return _list_page(uow, _rests(DraftForm()))
    flash(_("Added to the draft of the list"))
    return redirect(url_for(".rules", _anchor="executives"))


def _not_marked(invalid: Invalid) -> str:
    if invalid.reason == "too many":
        return str(_("The list is as long as it can be"))
    return str(_("They are on the list already") if invalid.reason == "on the list" else _("Write their name"))


@surface.post("/admin/routing/executives/remove")
def unmark_executive() -> ResponseReturnValue:
    wanted = request.form.get("marked", "")

    def unmark(uow: UnitOfWork) -> None:
        found = next((each for each in routing.drafted_marks(uow) if fingerprint([], None, [each]) == wanted), None)
        if found is None:
            raise NotFound("marked")
        routing.draft_unmark(uow, found)

    return _done(unmark, _("Taken off the draft of the list. In effect they stay on it until a guardian approves"))


def _begun(uow: UnitOfWork, *, unless_there: bool = False) -> None:
    """Begin a draft with what is in effect."""
    policy.require(uow.actor, Permission.ADMIN_ROUTING_DRAFT)
    if unless_there and routing.draft(uow) is not None:
        return
    log = key_log(uow)
    routing.begin_draft(uow, routing.in_force(log.routing) if log else [], log.marked if log else ())


def _done(
    change: Callable[[UnitOfWork], object], said: str, *, whole: bool = False, anchor: str = ""
) -> ResponseReturnValue:
    """Change the draft. `whole`: only if all of it is still as on the page whose button was pressed."""
    form = DraftForm()
    posted = form.validate_on_submit()
    with work() as uow:
        policy.require(uow.actor, Permission.ADMIN_ROUTING_DRAFT)
        routing.hold_draft(uow)
        if posted and whole and form.shown.data != _shown(uow):
            form.shown.errors = [
                _("Somebody changed the rules since you opened this page. They are shown as they are now")
            ]
        if form.errors:
            return _list_page(uow, form)
        try:
            change(uow)
        except (Conflict, NotFound):
            return _list_page(uow, _rests(form))
    flash(said)
    return redirect(url_for(".rules", _anchor=anchor or None))


def _moved(rule_id: uuid.UUID, by: int) -> ResponseReturnValue:
    return _done(lambda uow: routing.move_rule(uow, rule_id, by), _("Moved"), whole=True, anchor=f"rule-{rule_id}")


def _rests(form: DraftForm) -> DraftForm:
    form.shown.errors = [_("The draft is not as it was when you opened this page. It is shown as it is now")]
    return form


def _shown(uow: UnitOfWork) -> str:
    return fingerprint(routing.drafted(uow), None, routing.drafted_marks(uow))


def _list_page(uow: UnitOfWork, form: DraftForm) -> ResponseReturnValue:
    log, draft, listed = key_log(uow), routing.draft(uow), routing.drafted_rules(uow)
    approved, marked = (routing.in_force(log.routing), list(log.marked)) if log is not None else ([], [])
    drafted, marks = [each.rule for each in listed], routing.drafted_marks(uow)
    form.shown.data = _shown(uow)
    changes = differences(uow, drafted, approved, (marks, marked)) if draft is not None else None
    page = render_template(
        "admin/routing.html",
        form=form,
        draft=draft,
        people=_who_did(uow, draft),
        drafted=list(zip(listed, sentences(uow, drafted), strict=True)),
        approved=sentences(uow, approved, log.places if log is not None else None),
        marks=[(mark(each), fingerprint([], None, [each])) for each in marks],
        marked=[mark(each) for each in marked],
        changes=changes,
        may_add=len(drafted) < routing.MOST_RULES,
        **common(uow),
    )
    return page, (CONFLICT if form.shown.errors else UNPROCESSABLE) if form.errors else 200


def _who_did(uow: UnitOfWork, draft: Draft | None) -> dict[uuid.UUID, str]:
    people = {draft.begun_by, draft.submitted_by, draft.sent_back_by} if draft else set()
    return accounts.names_of(uow, {each for each in people if each})


def _rule_page(
    uow: UnitOfWork, form: RuleForm, held: Drafted | None, rule: Rule | None, *, changed: bool = False
) -> ResponseReturnValue:
    if not form.is_submitted():
        form.shown.data = fingerprint([held.rule]) if held else ""
    people = {each for one in (held.rule if held else None, rule) if one for each in one.people}
    called = called_now(uow, people)
    page = render_template(
        "admin/rule.html",
        form=form,
        preview=sentence(rule, called) if rule else "",
        changed=sentence(held.rule, called) if held and changed else "",
        is_new=held is None,
        **common(uow),
    )
    return page, CONFLICT if changed else form.status


def _previewed() -> bool:
    return bool(request.form.get("preview"))


def _offer(uow: UnitOfWork, form: RuleForm, held: Rule | None = None) -> None:
    anywhere, now = SelectChoice("", _("Anywhere")), keyring.places_now(uow)
    form.directorate.choices = [anywhere, *_offered(now.directorates, held.directorate_id if held else None)]
    form.site.choices = [anywhere, *_offered(now.sites, held.site_id if held else None)]
    groups = {key: name for key, name in now.groups.items() if key != vocabulary.NOT_KNOWN}
    form.worker_group.choices = [
        SelectChoice("", _("Any staff group")),
        *_offered(groups, held.worker_group if held else None),
    ]
    form.subject.choices = [
        SelectChoice("", _("Anybody, or nobody named")),
        *(SelectChoice(each.value, str(words)) for each, words in labels.SUBJECTS.items()),
    ]
    receivers = _joined(uow, CASE_ROLES)
    form.primary.choices = receivers
    form.cover.choices = [SelectChoice("", _("Whoever has fewest open cases")), *receivers]


def _offered(names: Any, held: Any) -> list[SelectChoice]:  # noqa: ANN401 -- places by id, or groups by key
    """Offer these by name, and what a rule has already though it is closed since."""
    closed = [SelectChoice(str(held), _("A place or group that is closed now"))] if held and held not in names else []
    return [*(SelectChoice(str(key), name) for key, name in names.items()), *closed]


def _joined(uow: UnitOfWork, roles: frozenset[Role]) -> list[SelectChoice]:
    """Offer people who have taken their invitation up: only then is it settled whose account they have."""
    found = (each for each in accounts.members_with(uow, roles) if each.membership.joined_on is not None)
    return [SelectChoice(str(each.id), labels.described(each)) for each in found]


def _written(form: RuleForm) -> Rule | None:
    """Read the sentence that was chosen; None leaves what is wrong with it in the form."""
    fields = (form.directorate, form.site, form.worker_group, form.subject, form.cover)
    chosen = {field.name: _chosen(field) for field in fields}
    people = _people(form)
    languages = tuple(dict.fromkeys(each.strip() for each in (form.languages.data or "").split(",") if each.strip()))
    if len(languages) > routing.MOST_LANGUAGES:
        form.languages.errors = [_("Write up to %(number)d names", number=routing.MOST_LANGUAGES)]
    if chosen["cover"] and uuid.UUID(chosen["cover"]) in people:
        form.cover.errors = [_("Choose somebody else as cover: a concern always goes to two people")]
    if form.errors or not people:
        return None
    first, *others = people
    return Rule(
        _id(chosen["directorate"]),
        _id(chosen["site"]),
        first,
        _id(chosen["cover"]),
        tuple(others),
        chosen["worker_group"],
        languages,
        Subject(chosen["subject"]) if chosen["subject"] else None,
    )


def _people(form: RuleForm) -> list[uuid.UUID]:
    ticked, offered = form.primary.data or [], [choice.value for choice in form.primary.iter_choices()]
    if not set(ticked) <= set(offered):
        form.primary.errors = [_("Choose from the list")]
    elif not ticked:
        form.primary.errors = [_("Choose the guardian these concerns go to")]
    return [uuid.UUID(each) for each in offered if each in ticked] if not form.primary.errors else []


def _fill(form: RuleForm, rule: Rule) -> None:
    form.directorate.data, form.site.data = (str(each or "") for each in (rule.directorate_id, rule.site_id))
    form.worker_group.data, form.subject.data = rule.worker_group or "", rule.subject or ""
    form.languages.data = ", ".join(rule.languages)
    form.primary.data, form.cover.data = [str(each) for each in rule.primaries], str(rule.cover or "")


def _id(chosen: str | None) -> uuid.UUID | None:
    return uuid.UUID(chosen) if chosen else None


def _chosen(field: SelectField) -> str | None:
    value = field.data or ""
    if value not in {choice.value for choice in field.iter_choices()}:
        field.errors = [_("Choose from the list")]
        return None
    return value or None


def _marked(form: MarkForm, people: dict[str, accounts.Member]) -> Marked | None:
    chosen, part = form.person.data or "", form.part.data or ""
    if chosen and chosen not in people:
        form.person.errors = [_("Choose from the list")]
    if form.errors:
        return None
    somebody = people.get(chosen)
    if somebody is None:
        return Marked(form.name.data or "", Part(part), form.job.data or "")
    return Marked(somebody.person.name, Part(part), form.job.data or somebody.person.job_title, somebody.id)
