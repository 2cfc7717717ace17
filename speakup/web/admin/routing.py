"""`/admin/routing`: the draft of the routing rules, as sentences in order. A guardian's key puts it into effect."""

import hmac
import uuid
from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from speakup import accounts, organisations, policy, routing
from speakup.kernel.actor import Role
from speakup.kernel.uow import UnitOfWork
from speakup.policy import CASE_ROLES, Permission
from speakup.routing import Rule
from speakup.web.actors import work
from speakup.web.admin import surface
from speakup.web.admin.forms import MoveForm, RuleForm
from speakup.web.admin.overview import common, key_log
from speakup.web.rule_sentences import fingerprint, sentences

UNPROCESSABLE = 422
MOST_RULES = 100
_TEAM = frozenset({Role.GUARDIAN, Role.LEAD_GUARDIAN})

Rearrange = Callable[[list[Rule]], list[Rule]]


@surface.get("/admin/routing")
def rules() -> ResponseReturnValue:
    with work(writes=False) as uow:
        return _list_page(uow, MoveForm(formdata=None), _drafted(uow))


@surface.route("/admin/routing/new", methods=["GET", "POST"])
def add_rule() -> ResponseReturnValue:
    form = RuleForm()
    posted = form.validate_on_submit()
    with work() as uow:
        drafted = _drafted(uow)
        _offer(uow, form)
        rule = _written(form, drafted) if posted else None
        if rule is None:
            form.shown.data = fingerprint(drafted)
            page = render_template("admin/rule.html", form=form, **common(uow))
            return page, UNPROCESSABLE if form.errors else 200
        routing.draft_rules(uow, [*drafted, rule])
    flash(_("Drafted. It waits for a guardian’s approval"))
    return redirect(url_for(".rules"))


@surface.post("/admin/routing/<int:place>/up")
def move_rule_up(place: int) -> ResponseReturnValue:
    def up(drafted: list[Rule]) -> list[Rule]:
        at = place - 1
        if not 0 < at < len(drafted):
            return drafted
        return [*drafted[: at - 1], drafted[at], drafted[at - 1], *drafted[at + 1 :]]

    return _rearranged(up)


@surface.post("/admin/routing/<int:place>/remove")
def remove_rule(place: int) -> ResponseReturnValue:
    return _rearranged(lambda drafted: [rule for at, rule in enumerate(drafted, start=1) if at != place])


def _rearranged(rearrange: Rearrange) -> ResponseReturnValue:
    """Change the draft, if it is still the one on the page whose button was pressed."""
    form = MoveForm()
    posted = form.validate_on_submit()
    with work() as uow:
        drafted = _drafted(uow)
        if posted and not hmac.compare_digest((form.shown.data or "").encode(), fingerprint(drafted).encode()):
            form.shown.errors = [
                _("Somebody changed the rules since you opened this page. They are shown as they are now")
            ]
        if form.errors:
            return _list_page(uow, form, drafted)
        routing.draft_rules(uow, rearrange(drafted))
    flash(_("Drafted. It waits for a guardian’s approval"))
    return redirect(url_for(".rules"))


def _drafted(uow: UnitOfWork) -> list[Rule]:
    policy.require(uow.actor, Permission.ADMIN_ROUTING_DRAFT)
    return routing.drafted(uow)


def _list_page(uow: UnitOfWork, form: MoveForm, drafted: list[Rule]) -> ResponseReturnValue:
    log = key_log(uow)
    approved = [Rule.from_plain(rule) for rule in log.routing] if log is not None else []
    form.shown.data = fingerprint(drafted)
    page = render_template(
        "admin/routing.html",
        form=form,
        drafted=sentences(uow, drafted),
        approved=sentences(uow, approved, log.places if log is not None else None),
        waits=drafted != approved,
        may_add=len(drafted) < MOST_RULES,
        **common(uow),
    )
    return page, UNPROCESSABLE if form.errors else 200


def _offer(uow: UnitOfWork, form: RuleForm) -> None:
    anywhere = SelectChoice("", _("Anywhere"))
    form.directorate.choices = [
        anywhere,
        *(SelectChoice(str(each.id), each.name) for each in organisations.directorates(uow)),
    ]
    form.site.choices = [anywhere, *(SelectChoice(str(each.id), each.name) for each in organisations.sites(uow))]
    team, others = _joined(uow, _TEAM), _joined(uow, CASE_ROLES)
    form.primary.choices = [SelectChoice("", _("Choose a guardian")), *team]
    form.cover.choices = [SelectChoice("", _("Whoever has fewest open cases")), *others]


def _joined(uow: UnitOfWork, roles: frozenset[Role]) -> list[SelectChoice]:
    """Offer people who have taken their invitation up: only then is it settled whose account they have."""
    found = (each for each in accounts.members_with(uow, roles) if each.membership.joined_on is not None)
    return [SelectChoice(str(each.id), each.person.name) for each in found]


def _written(form: RuleForm, drafted: list[Rule]) -> Rule | None:
    """Read the sentence that was chosen; None leaves what is wrong with it in the form."""
    chosen = {field.name: _chosen(field) for field in (form.directorate, form.site, form.primary, form.cover)}
    primary, cover = chosen["primary"], chosen["cover"]
    if primary is None and not form.primary.errors:
        form.primary.errors = [_("Choose the guardian these concerns go to")]
    if primary is not None and primary == cover:
        form.cover.errors = [_("Choose somebody else as cover: a concern always goes to two people")]
    if len(drafted) >= MOST_RULES:
        form.form_errors.append(_("There are as many rules as there can be. Take one away first"))
    if form.errors or primary is None:
        return None
    return Rule(chosen["directorate"], chosen["site"], primary, cover)


def _chosen(field: SelectField) -> uuid.UUID | None:
    value = field.data or ""
    if value not in {choice.value for choice in field.iter_choices()}:
        field.errors = [_("Choose from the list")]
        return None
    return uuid.UUID(value) if value else None
