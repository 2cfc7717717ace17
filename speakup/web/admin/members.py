"""`/admin/members`: who belongs here and as what. A part that opens cases takes effect under a guardian's key only."""

import uuid
from dataclasses import dataclass
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from speakup import accounts, keyring, policy
from speakup.accounts import Invitation, Member, Membership, PersonDetails
from speakup.kernel.actor import Role
from speakup.kernel.errors import Invalid, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import KeyLog, PendingAbsence, PendingRoles
from speakup.policy import CAN_HOLD_GRANTS, Permission
from speakup.web import absences
from speakup.web.absences import AwayForm
from speakup.web.actors import work
from speakup.web.admin import surface
from speakup.web.admin.forms import EndMembershipForm, InviteForm, RolesForm
from speakup.web.admin.overview import common, key_log
from speakup.web.fields import ButtonForm
from speakup.web.labels import ROLES
from speakup.web.site import site

UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody on the list, and how things stand with them."""

    member: Member
    in_effect: list[Role]
    waiting: list[Role]
    ending: list[Role]
    """No longer written down, and still counting until a guardian agrees."""
    absence: PendingAbsence | None
    """What was asked about their being away and waits for a guardian."""
    invitation: Invitation | None
    has_keys: bool
    may_be_away: bool
    away_until: date | None
    """The last day of an absence that is not over."""

    @property
    def joined(self) -> bool:
        """Whether they have taken an invitation up."""
        return self.member.membership.joined_on is not None


@surface.get("/admin/members")
def members() -> ResponseReturnValue:
    with work(writes=False) as uow:
        policy.require(uow.actor, Permission.ADMIN_MEMBERSHIPS)
        log, invitations = key_log(uow), _invitations(uow)
        listed = [_listed(uow, each, log, invitations) for each in accounts.members(uow)]
        left = [each.person_id for each in keyring.pending(uow) if isinstance(each, PendingRoles) and each.ended]
        names = sorted(accounts.names_of(uow, left).values())
        return render_template("admin/members.html", listed=listed, left=names, **common(uow))


@surface.route("/admin/members/invite", methods=["GET", "POST"])
def invite() -> ResponseReturnValue:
    form = InviteForm()
    posted = form.validate_on_submit()
    with work() as uow:
        policy.require(uow.actor, Permission.ADMIN_MEMBERSHIPS)
        invited = _invited(uow, form) if posted else None
        if invited is None:
            page = render_template("admin/invite.html", form=form, **common(uow))
            return page, form.status
        back = invited.joined_on is not None
    if back:
        flash(_("They belong here again, and sign in with the passphrase they had"))
    elif site().settings.mail_url:
        flash(_("Invited. The link is on its way by e-mail"))
    else:
        flash(_("Invited. No mail is set up, so show the link once and hand it over"))
    return redirect(url_for(".member", person_id=invited.person_id))


@surface.route("/admin/members/<uuid:person_id>", methods=["GET", "POST"])
def member(person_id: uuid.UUID) -> ResponseReturnValue:
    """Show one person, and change what they are here."""
    form = RolesForm()
    posted = form.validate_on_submit()
    with work() as uow:
        found = _present(uow, person_id)
        if not posted or not _may_change(uow, found, form):
            return _member_page(uow, found, form), form.status
        waits = keyring.ask_roles(uow, found.membership, form.chosen)
    if waits:
        flash(_("Saved. It waits for a guardian to agree; until then new concerns still reach them"))
    else:
        flash(_("Saved. A part that opens cases begins when a guardian has vouched for it"))
    return redirect(url_for(".member", person_id=person_id))


@surface.post("/admin/members/<uuid:person_id>/link")
def show_link(person_id: uuid.UUID) -> ResponseReturnValue:
    """Show the one-time link once, to be handed over; any earlier one is dead."""
    if not ButtonForm().validate_on_submit():
        return redirect(url_for(".member", person_id=person_id))
    with work() as uow:
        found = _present(uow, person_id)
        token = accounts.link_by_hand(uow, _open_invitation(uow, person_id))
        address = f"{site().settings.scheme}://{request.host}/welcome/{token}"
        return render_template("admin/link.html", member=found, address=address, **common(uow))


@surface.post("/admin/members/<uuid:person_id>/send-again")
def send_again(person_id: uuid.UUID) -> ResponseReturnValue:
    if ButtonForm().validate_on_submit():
        with work() as uow:
            _present(uow, person_id)
            accounts.send_again(uow, _open_invitation(uow, person_id))
        flash(_("A new link is on its way. The old one no longer works"))
    return redirect(url_for(".member", person_id=person_id))


@surface.route("/admin/members/<uuid:person_id>/away", methods=["GET", "POST"])
def member_away(person_id: uuid.UUID) -> ResponseReturnValue:
    form = AwayForm()
    with work() as uow:
        found = _present(uow, person_id)
        if not keyring.may_be_away(uow, found.membership):
            raise NotFound(person_id)
        form.prepare(uow, person_id)
        waits = _asked_away(uow, found, form) if form.validate_on_submit() else None
        if waits is None:
            theirs = absences.of_person(uow, person_id)
            page = render_template("admin/away.html", form=form, member=found, theirs=theirs, **common(uow))
            return page, form.status
    flash(_("Saved. It waits for a guardian to agree") if waits else _("Saved"))
    return redirect(url_for(".member", person_id=person_id))


@surface.post("/admin/members/<uuid:person_id>/away/<uuid:absence_id>/end")
def member_here(person_id: uuid.UUID, absence_id: uuid.UUID) -> ResponseReturnValue:
    """Ask that an absence end, or ask for one no more."""
    if not ButtonForm().validate_on_submit():
        return redirect(url_for(".member_away", person_id=person_id))
    with work() as uow:
        _present(uow, person_id)
        held = accounts.find_absence(uow, absence_id)
        if held.person_id != person_id:
            raise NotFound(absence_id)
        if held.agreed:
            waits = keyring.ask_presence(uow, held)
        else:
            accounts.withdraw_absence(uow, held)
            waits = False
    flash(_("Saved. It waits for a guardian to agree") if waits else _("Saved"))
    return redirect(url_for(".member_away", person_id=person_id))


def _asked_away(uow: UnitOfWork, found: Member, form: AwayForm) -> bool | None:
    """Ask for it; say whether it waits. None leaves what is wrong in the form."""
    days = form.days(uow.today)
    try:
        return keyring.ask_absence(uow, found.membership, days) if days is not None else None
    except Invalid as fault:
        form.refuse(fault, uow.today)
        return None


@surface.route("/admin/members/<uuid:person_id>/end", methods=["GET", "POST"])
def end_membership(person_id: uuid.UUID) -> ResponseReturnValue:
    """End a membership; where nobody else can open some of their cases, only after that was read and meant."""
    form = EndMembershipForm()
    posted = form.validate_on_submit()
    with work() as uow:
        found = _present(uow, person_id)
        mine, alone = person_id == uow.actor.id, _count_only_theirs(uow, person_id)
        if posted and alone and not form.shut_out.data:
            form.shut_out.errors = [_("They still have to hand cases over. Ask them to, or tick that it cannot wait")]
        if not posted or mine or form.errors:
            shown = {"form": form, "member": found, "mine": mine, "alone": alone, **common(uow)}
            return render_template("admin/end_membership.html", **shown), UNPROCESSABLE if form.is_submitted() else 200
        waits = keyring.ask_leaving(uow, found.membership, shut_out=bool(form.shut_out.data))
    if waits:
        flash(_("They can no longer sign in. Who new concerns go to waits for a guardian to agree"))
    else:
        flash(_("They no longer belong here, and can no longer sign in"))
    return redirect(url_for(".members"))


def _count_only_theirs(uow: UnitOfWork, person_id: uuid.UUID) -> int:
    """How many cases would rest, never which; where there is no key log to go by, nobody holds any."""
    return keyring.count_only_theirs(uow, person_id) if key_log(uow) is not None else 0


def _present(uow: UnitOfWork, person_id: uuid.UUID) -> Member:
    policy.require(uow.actor, Permission.ADMIN_MEMBERSHIPS)
    found = accounts.member(uow, person_id)
    if found.membership.left_on is not None:
        raise NotFound(person_id)
    return found


def _member_page(uow: UnitOfWork, found: Member, form: RolesForm) -> str:
    if not form.is_submitted():
        form.roles.data = sorted(found.membership.roles)
    return render_template(
        "admin/member.html",
        form=form,
        button_form=ButtonForm(formdata=None),
        listed=_listed(uow, found, key_log(uow), _invitations(uow)),
        mail_set=bool(site().settings.mail_url),
        mine=found.id == uow.actor.id,
        now=uow.now,
        **common(uow),
    )


def _listed(uow: UnitOfWork, member: Member, log: KeyLog | None, invitations: dict[uuid.UUID, Invitation]) -> Listed:
    written = member.membership.drafted_roles
    vouched = log.valid.get(member.id) if log is not None else None
    counts = vouched.roles & CAN_HOLD_GRANTS if vouched and vouched.expires >= uow.today else frozenset()
    waiting, ending = (written & CAN_HOLD_GRANTS) - counts, counts - written
    if not policy.may_combine(written | counts):
        # As long as they may be given cases they administer nothing, whatever is written.
        waiting |= {Role.ADMINISTRATOR}
    asked = (each for each in keyring.pending(uow) if isinstance(each, PendingAbsence) and each.person_id == member.id)
    return Listed(
        member,
        _in_order(written - waiting),
        _in_order(waiting),
        _in_order(ending),
        next(asked, None),
        invitations.get(member.id),
        # Somebody invited may have keys from elsewhere, and that is nobody's business here.
        member.membership.joined_on is not None and keyring.locked_key(uow, member.id) is not None,
        keyring.may_be_away(uow, member.membership),
        accounts.away_until(uow, member.id),
    )


def _in_order(roles: frozenset[Role]) -> list[Role]:
    return sorted(roles, key=list(Role).index)


def _invitations(uow: UnitOfWork) -> dict[uuid.UUID, Invitation]:
    """Map people to the newest invitation they have not taken up; whoever has an account here needs none."""
    joined = {each.id for each in accounts.members(uow) if each.membership.joined_on is not None}
    return {each.person_id: each for each in accounts.open_invitations(uow) if each.person_id not in joined}


def _open_invitation(uow: UnitOfWork, person_id: uuid.UUID) -> Invitation:
    found = _invitations(uow).get(person_id)
    if found is None:
        raise NotFound(person_id)
    return found


def _invited(uow: UnitOfWork, form: InviteForm) -> Membership | None:
    """Invite somebody new, or let somebody back in who has an account here; None leaves a sentence in the form."""
    before = accounts.by_address(uow, form.email.data or "")
    if before is not None and before.membership.left_on is None:
        form.email.errors = [_("Somebody with this address is here already. Find them on the list of people")]
        return None
    details = PersonDetails(
        form.email.data or "",
        form.name.data or "",
        form.job_title.data or "",
        form.workplace.data or "",
        form.phone.data or "",
    )
    try:
        if before is not None and before.membership.joined_on is not None:
            return accounts.welcome_back(uow, before.membership, form.chosen)
        return accounts.member(uow, accounts.invite(uow, details, form.chosen).person_id).membership
    except Invalid as invalid:
        if invalid.field == "email":
            form.email.errors = [_("Write the whole address, with an @ in it")]
        elif invalid.field == "name":
            form.name.errors = [_("Write their name")]
        else:
            form.roles.errors = [_role_words(form.chosen)]
        return None


def _may_change(uow: UnitOfWork, found: Member, form: RolesForm) -> bool:
    """Say whether these parts may be written down; what is wrong with them stands in the form."""
    if found.id == uow.actor.id and Role.ADMINISTRATOR not in form.chosen:
        form.roles.errors = [_("You cannot stop being administrator yourself. Ask another administrator to do it")]
    elif not policy.may_combine(form.chosen):
        form.roles.errors = [_role_words(form.chosen)]
    return not form.errors


def _role_words(chosen: frozenset[Role]) -> str:
    barred = ", ".join(str(words) for role, words in ROLES.items() if role in chosen & CAN_HOLD_GRANTS)
    if not barred:
        return str(_("Choose at least one"))
    return str(
        _(
            "An administrator can never open what people tell us, so one account cannot also be: %(parts)s. "
            "Take one away, or invite the person a second time with another address",
            parts=barred,
        )
    )
