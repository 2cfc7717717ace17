"""Vouching for a colleague's key by five words, and answering what an administrator asks for."""

import hmac
import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from speakup import accounts, audit, cases, keyring, policy
from speakup.accounts import Member
from speakup.audit import Event
from speakup.kernel.actor import Role
from speakup.kernel.errors import Conflict, Invalid, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import KeyLog, Misspelt, Offer, OnlyReader, PendingAbsence, PendingRoles
from speakup.policy import CAN_HOLD_GRANTS, CASE_ROLES, Permission
from speakup.web import misspelt
from speakup.web.actors import work
from speakup.web.workspace import surface
from speakup.web.workspace.clock_lengths import clock_lengths
from speakup.web.workspace.forms import AnswerForm, VouchForm
from speakup.web.workspace.pages import common

_BY_ADMINISTRATORS = (
    Event.CLOCKS_CHANGED, Event.INVITED, Event.LIST_CHANGED, Event.MEMBERSHIP_CHANGED, Event.MEMBERSHIP_ENDED,
    Event.ROUTING_DRAFTED, Event.ROUTING_SUBMITTED, Event.SETTINGS_CHANGED, Event.STRUCTURE_CHANGED,
)  # fmt: skip

VOUCHED_FOR = timedelta(days=731)
"""How long a vouching holds before the words are read out again: two years and a day."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody with a key that is vouched for, or is to be."""

    member: Member
    offer: Offer | None
    """What there is to vouch for, once they have signed in."""
    roles: list[Role]
    """What the key log says they are; what is written, for somebody it does not know."""
    vouched_until: date | None
    needs_vouching: bool
    namesake: bool
    """Whether somebody else here has the same name."""
    vouched_name: str
    """What they were vouched for as, where they are called something else since: workers go on being told this one."""

    @property
    def receives_concerns(self) -> bool:
        """Whether concerns may go to them, of those whose key is vouched for."""
        return not CASE_ROLES.isdisjoint(self.roles)


@dataclass(frozen=True, slots=True)
class Question:
    """A change that waits for an answer, and who may give it."""

    change: PendingRoles | PendingAbsence
    name: str
    asked_by: str
    stand_in: str
    may_answer: bool

    @property
    def about_absence(self) -> bool:
        """Whether it is about being away, and not about what they are."""
        return isinstance(self.change, PendingAbsence)


@dataclass(frozen=True, slots=True)
class Done:
    """One thing an administrator did; about whom, where it is about somebody."""

    event: Event
    by: str
    about: str
    at: datetime


@surface.route("/colleagues", methods=["GET", "POST"])
def colleagues() -> ResponseReturnValue:
    form = VouchForm()
    with work() as uow:
        policy.require(uow.actor, Permission.KEYLOG_READ)
        if form.validate_on_submit() and _vouched(uow, form):
            flash(_("Vouched. From now on they can be given what their part opens"))
            if sent := _sent_what_waited(uow, form):
                flash(ngettext("What waited for them was sent", "%(num)d things that waited for them were sent", sent))
            return redirect(url_for(".colleagues"))
        page = _page(uow, form)
    return page, form.status


@surface.post("/colleagues/<uuid:person_id>/parts")
def answer_parts(person_id: uuid.UUID) -> ResponseReturnValue:
    """Agree to what somebody would no longer be, or keep them as they are."""
    return _answered(person_id, PendingRoles)


@surface.post("/colleagues/<uuid:person_id>/absence")
def answer_absence(person_id: uuid.UUID) -> ResponseReturnValue:
    """Agree that somebody is away, or here again, or leave it as it is."""
    return _answered(person_id, PendingAbsence)


def _answered(person_id: uuid.UUID, kind: type[PendingRoles] | type[PendingAbsence]) -> ResponseReturnValue:
    form = AnswerForm()
    posted, agreed = form.validate_on_submit(), form.answer.data == "agree"
    with work() as uow:
        policy.require(uow.actor, Permission.KEYLOG_VOUCH)
        shown = [
            each
            for each in keyring.pending(uow)
            if isinstance(each, kind) and each.person_id == person_id and each.fingerprint == form.shown.data
        ]
        if not posted or not shown:
            changed = _("This has changed since you opened the page. Nothing was signed. Look at it again")
            return _page(uow, VouchForm(formdata=None), changed), 422
        try:
            for change in shown:
                keyring.agree(uow, change) if agreed else keyring.keep(uow, change)
        except OnlyReader as alone:
            return _page(uow, VouchForm(formdata=None), _would_be_lost(alone.count)), 422
    flash(_("Agreed. It counts from now on") if agreed else _("Left as it was"))
    return redirect(url_for(".colleagues"))


def _would_be_lost(count: int) -> str:
    lost = ngettext(
        "Nobody else could open %(num)d case of theirs any more, so this cannot be agreed to yet.",
        "Nobody else could open %(num)d cases of theirs any more, so this cannot be agreed to yet.",
        count,
    )
    what_to_do = _(
        "They have to hand over what they hold first. If their membership has ended, an administrator lets them in "
        "again for that"
    )
    return f"{lost} {what_to_do}"


def _page(uow: UnitOfWork, form: VouchForm, trouble: str = "") -> str:
    people = _colleagues(uow)
    waiting = [each for each in people if each.needs_vouching and each.offer and each.member.id != uow.actor.person_id]
    return render_template(
        "workspace/colleagues.html",
        form=form,
        trouble=[(trouble, None)] if trouble else [],
        questions=_questions(uow),
        colleagues=people,
        waiting=waiting,
        done=_done(uow) if policy.allows(uow.actor, Permission.KEYLOG_VOUCH) else [],
        may_vouch=policy.allows(uow.actor, Permission.KEYLOG_VOUCH),
        clock_lengths=clock_lengths(uow),
        **common(uow),
    )


def _vouched(uow: UnitOfWork, form: VouchForm) -> bool:
    person, _dot, shown = (form.person.data or "").partition(".")
    try:
        offer = keyring.offered(uow, uuid.UUID(person))
        if not hmac.compare_digest(shown.encode(), offer.fingerprint.encode()):
            raise Conflict(offer.person_id)  # noqa: TRY301 -- told like a change between this line and the signature
        keyring.vouch(uow, offer, keyring.parse_words(form.words.data or ""), uow.today + VOUCHED_FOR)
    except Conflict:
        form.words.errors = [
            _("What is written about this person has changed since you opened the page. Nothing was signed. Look again")
        ]
    except Misspelt as wrong:
        form.words.errors = [misspelt.sentence(wrong)]
    except Invalid:
        form.words.errors = [
            _("Those are not the words of this person’s key. Ask them to read the words again, slowly")
        ]
    except (ValueError, NotFound):
        form.words.errors = [_("Choose a colleague from the list who has signed in once")]
    else:
        return True
    return False


def _sent_what_waited(uow: UnitOfWork, form: VouchForm) -> int:
    """Send what was to be passed on to them as soon as somebody had vouched for them."""
    if not policy.allows(uow.actor, Permission.CASE_REFER):
        return 0
    return cases.send_all_waiting_for(uow, uuid.UUID((form.person.data or "").partition(".")[0]))


def _questions(uow: UnitOfWork) -> list[Question]:
    changes = keyring.pending(uow)
    people = {each for change in changes for each in (change.person_id, change.asked_by) if each}
    people |= {each.stand_in for each in changes if isinstance(each, PendingAbsence) and each.stand_in}
    names, may_vouch = accounts.names_of(uow, people), policy.allows(uow.actor, Permission.KEYLOG_VOUCH)
    return [
        Question(
            change,
            names.get(change.person_id, ""),
            names.get(change.asked_by, "") if change.asked_by else "",
            names.get(change.stand_in, "") if isinstance(change, PendingAbsence) and change.stand_in else "",
            may_vouch and (isinstance(change, PendingAbsence) or change.person_id != uow.actor.id),
        )
        for change in changes
    ]


def _done(uow: UnitOfWork) -> list[Done]:
    """List what was changed last about people, places and settings, so that nothing is changed unseen."""
    found = audit.recent(uow, _BY_ADMINISTRATORS)
    names = accounts.names_of(uow, {each for one in found for each in (one.actor_id, one.subject_id) if each})
    return [
        Done(
            each.event,
            names.get(each.actor_id, "") if each.actor_id and each.actor_id != each.subject_id else "",
            names.get(each.subject_id, "") if each.subject_id else "",
            each.at,
        )
        for each in found
    ]


def _colleagues(uow: UnitOfWork) -> list[Colleague]:
    log, members = keyring.load_key_log(uow), accounts.members(uow)
    names = Counter(each.person.name.casefold() for each in members)
    return [
        _colleague(uow, log, each, namesake=names[each.person.name.casefold()] > 1)
        for each in members
        if each.membership.drafted_roles & CAN_HOLD_GRANTS or each.id in log.valid
    ]


def _colleague(uow: UnitOfWork, log: KeyLog, member: Member, *, namesake: bool) -> Colleague:
    vouched = log.valid.get(member.id)
    written = member.membership.drafted_roles & keyring.SIGNED
    joined = member.membership.joined_on is not None and keyring.locked_key(uow, member.id) is not None
    borne_out = vouched is not None and written <= vouched.roles and vouched.expires >= uow.today
    vouched_name = vouched.name if vouched is not None and vouched.name != member.person.name else ""
    same_key = vouched is not None and joined and keyring.claimed_keys(uow, member.id) == vouched.keys
    needs_vouching = bool(written & CAN_HOLD_GRANTS) and not (borne_out and same_key and not vouched_name)
    roles = vouched.roles if vouched is not None and not needs_vouching else member.membership.drafted_roles
    return Colleague(
        member,
        keyring.offered(uow, member.id) if joined else None,
        sorted(roles, key=list(Role).index),
        vouched.expires if vouched else None,
        needs_vouching,
        namesake,
        vouched_name,
    )
