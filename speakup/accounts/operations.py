"""Inviting people, what they are, and their second factor."""

import hashlib
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

import pyotp
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from speakup import audit, jobs, policy
from speakup.accounts.models import Absence, CalendarAddress, Invitation, Membership, Person, SecondFactor
from speakup.accounts.queries import absences, account_of, by_address, calendar_hash
from speakup.accounts.rules import CODES_FREE, absence_fault, accepted_step, recovery_code_hash, rest_after
from speakup.audit import Event
from speakup.crypto import envelope, keypairs
from speakup.crypto.errors import Unreadable
from speakup.jobs import Job
from speakup.kernel.actor import Actor, Role
from speakup.kernel.errors import Conflict, Forbidden, IntegrityFault, Invalid
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission

INVITATION_LASTS = timedelta(days=7)
RECOVERY_CODES = 10
MOST_ABSENCES = 30
"""Ahead of one person: a year of every kind of leave, and a slip that is noticed."""
_CALENDAR_BYTES = 32


@dataclass(frozen=True, slots=True)
class PersonDetails:
    """What an administrator writes about somebody."""

    email: str
    name: str
    job_title: str = ""
    workplace: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class PublicProfile:
    """What a guardian says about themselves on the front page."""

    phone: str
    hours: str
    about: str


@dataclass(frozen=True, slots=True)
class DrawnFactor:
    """An authenticator's secret in base 32, and the same sealed under the account's key, for a form to carry."""

    secret: str = field(repr=False)
    sealed: bytes = field(repr=False)


def invite(uow: UnitOfWork, details: PersonDetails, roles: Iterable[Role]) -> Invitation:
    """Invite somebody to be something here; the link goes by e-mail, or is shown once by `issue_link`.

    Whether the address has an account elsewhere is neither asked nor shown: until the invitation is taken up, there is
    a person of this organisation only, who is what was typed. `Conflict` for somebody who had an account here before:
    a link would open nothing for them (`welcome_back`).
    """
    policy.require(uow.actor, Permission.ADMIN_MEMBERSHIPS)
    written = _written(roles)
    person, membership = _invited(uow, details)
    if membership.joined_on is not None:
        raise Conflict(person.id)
    membership.roles, membership.left_on = written, None
    return _send_invitation(uow, membership)


def invite_recipient(uow: UnitOfWork, details: PersonDetails) -> tuple[uuid.UUID, uuid.UUID | None]:
    """Invite somebody, as a guardian, to be given what is passed on and nothing else; it opens nothing until vouched.

    Whoever belongs here already, or is invited, is written down for it beside what they are; then there is no new
    invitation. `Conflict` for somebody who left, whom an administrator welcomes back.
    """
    policy.require(uow.actor, Permission.CASE_REFER)
    before = by_address(uow, details.email)
    if before is not None:
        membership = before.membership
        if membership.left_on is not None:
            raise Conflict(before.id)
        if Role.RECIPIENT not in membership.drafted_roles:
            membership.roles = _written(membership.drafted_roles | {Role.RECIPIENT})
            audit.record(uow, Event.MEMBERSHIP_CHANGED, before.id)
        return before.id, None
    person, membership = _invited(uow, details)
    membership.roles = _written({Role.RECIPIENT})
    return person.id, _send_invitation(uow, membership).id


def _send_invitation(uow: UnitOfWork, membership: Membership) -> Invitation:
    _note_who_asked(uow, membership)
    invitation = Invitation(
        organisation_id=uow.organisation_id,
        id=new_id(),
        person_id=membership.person_id,
        expires_at=uow.now + INVITATION_LASTS,
    )
    uow.session.add(invitation)
    jobs.defer(uow, Job.INVITATION_MAIL, invitation.id)
    audit.record(uow, Event.INVITED, membership.person_id)
    return invitation


def invite_owner(uow: UnitOfWork, details: PersonDetails) -> uuid.UUID:
    """Invite somebody to see to a learning action, which opens no case; return who it is.

    Whoever belongs here already, or is invited, is what they were. `Conflict` for somebody who left, whom an
    administrator welcomes back. Whether whoever asks may give that action away is for them to have asked.
    """
    policy.require(uow.actor, Permission.LEARNING_OWN)
    before = by_address(uow, details.email)
    if before is not None:
        if before.membership.left_on is not None:
            raise Conflict(before.id)
        return before.id
    person, membership = _invited(uow, details)
    membership.roles = _written({Role.ACTION_OWNER})
    _send_invitation(uow, membership)
    return person.id


def welcome_back(uow: UnitOfWork, membership: Membership, roles: Iterable[Role]) -> Membership:
    """Let somebody belong here again who left. They sign in as before, and a letter asks them to; they need no link."""
    policy.require(uow.actor, Permission.ADMIN_MEMBERSHIPS, membership)
    if membership.joined_on is None or membership.left_on is None:
        raise Conflict(membership.person_id)
    membership.roles, membership.left_on = _written(roles), None
    _note_who_asked(uow, membership)
    jobs.defer(uow, Job.SOMETHING_TO_READ_MAIL, membership.person_id)
    audit.record(uow, Event.INVITED, membership.person_id)
    return membership


def issue_link(uow: UnitOfWork, invitation: Invitation) -> str:
    """Make the link's token, which replaces any earlier one; it exists nowhere but in what is returned."""
    policy.require(uow.actor, Permission.ADMIN_MEMBERSHIPS, invitation)
    if invitation.used_at is not None:
        raise Conflict(invitation.id)
    token = secrets.token_urlsafe(32)
    invitation.token_hash = hashlib.sha256(token.encode()).digest()
    invitation.expires_at = uow.now + INVITATION_LASTS
    return token


def link_by_hand(uow: UnitOfWork, invitation: Invitation) -> str:
    """Issue the link to be handed over in person; the letter still waiting is taken back, as it would end this link."""
    token = issue_link(uow, invitation)
    jobs.withdraw(uow, Job.INVITATION_MAIL, invitation.id)
    return token


def send_again(uow: UnitOfWork, invitation: Invitation) -> Invitation:
    """Send the letter once more, with a new link; the one before is dead from then on."""
    policy.require(uow.actor, Permission.ADMIN_MEMBERSHIPS, invitation)
    if invitation.used_at is not None:
        raise Conflict(invitation.id)
    invitation.expires_at = uow.now + INVITATION_LASTS
    jobs.withdraw(uow, Job.INVITATION_MAIL, invitation.id)
    jobs.defer(uow, Job.INVITATION_MAIL, invitation.id)
    audit.record(uow, Event.INVITED, invitation.person_id)
    return invitation


def take_up(uow: UnitOfWork, invitation: Invitation) -> Membership:
    """Use the invitation up. The caller holds its token, which is the right to do this."""
    # Two posts of one link may meet here: the second waits, reads that it is used up, and is told so.
    uow.session.flush()
    uow.session.refresh(invitation, with_for_update=True)
    if invitation.used_at is not None or invitation.expires_at < uow.now:
        raise Conflict(invitation.id)
    invitation.used_at, invitation.token_hash = uow.now, None
    membership = uow.session.get_one(Membership, (uow.organisation_id, invitation.person_id))
    if membership.invited_email is not None:
        _lead_to_account(uow, invitation, membership, membership.invited_email)
    membership.joined_on = membership.joined_on or uow.today
    audit.record(uow, Event.ACCOUNT_OPENED, invitation.person_id)
    return membership


def change_roles(uow: UnitOfWork, membership: Membership, roles: Iterable[Role]) -> Membership:
    """Write down other roles. Those that can hold a grant begin and end only under a guardian's key."""
    policy.require(uow.actor, Permission.ADMIN_MEMBERSHIPS, membership)
    membership.roles = _written(roles)
    _note_who_asked(uow, membership)
    audit.record(uow, Event.MEMBERSHIP_CHANGED, membership.person_id)
    return membership


def put_roles_back(uow: UnitOfWork, membership: Membership, roles: Iterable[Role]) -> Membership:
    """Write the roles down again that a guardian did not agree to take away."""
    policy.require(uow.actor, Permission.KEYLOG_VOUCH, membership)
    held = membership.drafted_roles | frozenset(roles)
    membership.roles = _written(held if policy.may_combine(held) else held - {Role.ADMINISTRATOR})
    audit.record(uow, Event.MEMBERSHIP_CHANGED, membership.person_id)
    return membership


def end_membership(uow: UnitOfWork, membership: Membership) -> Membership:
    """Let somebody leave: they can no longer sign in. What may be sealed to them, and what was, guardians end."""
    policy.require(uow.actor, Permission.ADMIN_MEMBERSHIPS, membership)
    membership.left_on, membership.roles = uow.today, []
    _note_who_asked(uow, membership)
    audit.record(uow, Event.MEMBERSHIP_ENDED, membership.person_id)
    return membership


def leave(uow: UnitOfWork, membership: Membership) -> Membership:
    """Leave by one's own word: nobody signs in with this membership any more, and no calendar is told anything."""
    policy.require(uow.actor, Permission.ACCOUNT_KEEP, membership)
    if uow.actor.id != membership.person_id:
        raise Forbidden(Permission.ACCOUNT_KEEP)
    membership.left_on, membership.roles = uow.today, []
    _note_who_asked(uow, membership)
    end_calendar_address(uow)
    audit.record(uow, Event.MEMBERSHIP_ENDED, membership.person_id)
    return membership


def show_photo(uow: UnitOfWork, person: Person, picture: bytes | None) -> Person:
    """Put a picture beside my name on the front page, or take it away. A JPEG already rebuilt without hidden data."""
    policy.require(uow.actor, Permission.ACCOUNT_KEEP)
    if person.id != uow.actor.id:
        raise Conflict(person.id)
    person.photo = picture
    return person


@dataclass(frozen=True, slots=True)
class Days:
    """From which day to which somebody is away, and who stands in for them."""

    first: date
    last: date
    stand_in: uuid.UUID | None = None


def plan_absence(uow: UnitOfWork, membership: Membership, days: Days) -> Absence:
    """Write down that somebody is away, who may be whoever acts.

    Said by themselves or by the lead guardian, it counts; by an administrator it waits for a guardian, as it changes
    who receives. `Invalid` for days that have gone by, lie too far ahead or are written already.
    """
    counts = uow.actor.id == membership.person_id or policy.allows(uow.actor, Permission.ABSENCE_TEAM, membership)
    if not counts:
        policy.require(uow.actor, Permission.ADMIN_MEMBERSHIPS, membership)
    _require_days(uow, membership, days)
    for each in _meeting(uow, membership, days):
        # What waits is asked for otherwise now, or was answered by whoever it is about.
        uow.session.delete(each)
    absence = Absence(
        organisation_id=uow.organisation_id,
        id=new_id(),
        person_id=membership.person_id,
        first_on=days.first,
        last_on=days.last,
        stand_in_id=days.stand_in,
        agreed=counts,
        asked_by=uow.actor.id,
        asked_at=uow.now,
    )
    uow.session.add(absence)
    if counts and uow.actor.id != membership.person_id:
        jobs.defer(uow, Job.SOMETHING_TO_READ_MAIL, membership.person_id)
    return _absence_changed(uow, absence)


def agree_absence(uow: UnitOfWork, absence: Absence) -> None:
    """Let count what an administrator asked for: that somebody is away, or that they are not."""
    policy.require(uow.actor, Permission.KEYLOG_VOUCH, absence)
    if absence.agreed and absence.end_asked_at is None:
        raise Conflict(absence.id)
    if absence.end_asked_at is not None:
        _end_absence(uow, absence)
    absence.agreed = True
    _absence_changed(uow, absence)


def withdraw_absence(uow: UnitOfWork, absence: Absence) -> None:
    """Let what was asked wait no longer: it was answered with no, or is asked for no more."""
    if not policy.allows(uow.actor, Permission.ADMIN_MEMBERSHIPS, absence):
        policy.require(uow.actor, Permission.KEYLOG_VOUCH, absence)
    if not absence.agreed:
        uow.session.delete(absence)
    absence.end_asked_by = absence.end_asked_at = None
    _absence_changed(uow, absence)


def end_absence(uow: UnitOfWork, absence: Absence) -> bool:
    """Say that somebody is here, or will be; whether that counts, or waits for a guardian as an administrator's word.

    Days that have gone by stay written.
    """
    counts = uow.actor.id == absence.person_id or policy.allows(uow.actor, Permission.ABSENCE_TEAM, absence)
    if not counts:
        policy.require(uow.actor, Permission.ADMIN_MEMBERSHIPS, absence)
        if absence.agreed:
            absence.end_asked_by, absence.end_asked_at = uow.actor.id, uow.now
            _absence_changed(uow, absence)
            return False
    _end_absence(uow, absence)
    _absence_changed(uow, absence)
    return True


def mark_absent(uow: UnitOfWork, membership: Membership, until: date | None) -> None:
    """Say of oneself that one is away from today until a day, or is here, in the place of what was said of today."""
    if uow.actor.id != membership.person_id:
        raise Forbidden(membership.person_id)
    for each in absences(uow):
        if each.person_id == membership.person_id and each.covers(uow.today):
            end_absence(uow, each)
    if until is not None:
        plan_absence(uow, membership, Days(uow.today, until))


def _end_absence(uow: UnitOfWork, absence: Absence) -> None:
    absence.end_asked_by = absence.end_asked_at = None
    if absence.first_on < uow.today:
        absence.last_on = min(absence.last_on, uow.today - timedelta(days=1))
    else:
        uow.session.delete(absence)


def _require_days(uow: UnitOfWork, membership: Membership, days: Days) -> None:
    fault = absence_fault(days.first, days.last, uow.today)
    if fault:
        raise Invalid("until", fault)
    if days.stand_in == membership.person_id:
        raise Invalid("stand_in", "themselves")
    if any(each.agreed for each in _meeting(uow, membership, days)):
        raise Invalid("first", "written already")
    if sum(each.person_id == membership.person_id for each in absences(uow)) >= MOST_ABSENCES:
        raise Invalid("first", "too many")


def _meeting(uow: UnitOfWork, membership: Membership, days: Days) -> list[Absence]:
    """List somebody's absences that have a day in common with these."""
    mine = (each for each in absences(uow) if each.person_id == membership.person_id)
    return [each for each in mine if each.first_on <= days.last and days.first <= each.last_on]


def _absence_changed(uow: UnitOfWork, absence: Absence) -> Absence:
    uow.session.flush()
    uow.forget("absences")
    audit.record(uow, Event.MEMBERSHIP_CHANGED, absence.person_id)
    return absence


def describe_myself(uow: UnitOfWork, person: Person, profile: PublicProfile) -> Person:
    """Change what the front page says about me."""
    policy.require(uow.actor, Permission.ACCOUNT_KEEP)
    if person.id != uow.actor.id:
        raise Conflict(person.id)
    person.phone, person.hours, person.about = profile.phone.strip(), profile.hours.strip(), profile.about.strip()
    return person


def begin_second_factor(uow: UnitOfWork, person: Person) -> str:
    """Draw an authenticator secret, sealed under the person's own key; return it in base 32 to be shown once."""
    existing = uow.session.get(SecondFactor, person.id)
    if existing is not None and existing.confirmed:
        raise Conflict(person.id)
    secret = pyotp.random_base32()
    sealed = envelope.seal(_factor_key(uow.actor), secret.encode(), _factor_context(person))
    if existing is None:
        uow.session.add(SecondFactor(person_id=person.id, sealed_secret=sealed, recovery_hashes=[]))
    else:
        existing.sealed_secret, existing.last_step = sealed, 0
    return secret


def unconfirmed_secret(uow: UnitOfWork, person: Person) -> str | None:
    """Return the drawn secret again while it waits for its first code; None when none waits."""
    factor = uow.session.get(SecondFactor, person.id)
    return None if factor is None or factor.confirmed else _secret_of(uow, person, factor)


def confirm_second_factor(uow: UnitOfWork, person: Person, code: str) -> tuple[str, ...]:
    """Accept the first code and return ten recovery codes, of which only hashes are kept."""
    factor = uow.session.get(SecondFactor, person.id)
    if factor is None or factor.confirmed:
        raise Conflict(person.id)
    _accept(uow, person, factor, code)
    return _confirm(uow, person, factor)


def check_second_factor(uow: UnitOfWork, person: Person, code: str) -> None:
    """Accept a code once, or use up a recovery code; `Invalid` for any other.

    A wrong code is counted, so whoever catches `Invalid` lets the unit of work commit. After many, codes wait, for
    longer with each: with a passphrase alone somebody could else try them all. Recovery codes and passphrases never do.
    """
    # Read anew, since another sign-in may have used this very code since this unit of work last looked.
    factor = uow.session.get(SecondFactor, person.id, with_for_update=True, populate_existing=True)
    if factor is None or not factor.confirmed:
        raise Conflict(person.id)
    used = recovery_code_hash(person.id, code)
    if used in factor.recovery_hashes:
        factor.recovery_hashes = [each for each in factor.recovery_hashes if each != used]
    elif factor.codes_rest_until is not None and uow.now < factor.codes_rest_until:
        raise Invalid("code", "rests")
    else:
        try:
            _accept(uow, person, factor, code)
        except Invalid:
            _count_wrong(uow, person, factor)
            raise
    factor.wrong_codes, factor.codes_rest_until = 0, None


def _count_wrong(uow: UnitOfWork, person: Person, factor: SecondFactor) -> None:
    factor.wrong_codes += 1
    rest = rest_after(factor.wrong_codes)
    if rest:
        factor.codes_rest_until = uow.now + rest
    if factor.wrong_codes == CODES_FREE:
        jobs.defer(uow, Job.WRONG_CODES_MAIL, person.id)


def draw_second_factor(uow: UnitOfWork, person: Person) -> DrawnFactor:
    """Draw a secret to replace the authenticator with. Nothing is kept, and the old one holds, until its code comes."""
    secret = pyotp.random_base32()
    return DrawnFactor(secret, envelope.seal(_factor_key(uow.actor), secret.encode(), _drawn_context(person)))


def drawn_again(uow: UnitOfWork, person: Person, sealed: bytes) -> DrawnFactor:
    """Open what was drawn for a page and came back with its form; `Invalid` for anything else."""
    try:
        secret = envelope.open_sealed(_factor_key(uow.actor), sealed, _drawn_context(person)).decode()
    except Unreadable as changed:
        raise Invalid("drawn", "changed") from changed
    return DrawnFactor(secret, sealed)


def replace_second_factor(uow: UnitOfWork, person: Person, drawn: DrawnFactor, code: str) -> tuple[str, ...]:
    """Put a drawn secret in the old one's place, given its first code; return ten new recovery codes.

    The person is signed in with everything their account asks for, which the caller has seen to.
    """
    policy.require(uow.actor, Permission.ACCOUNT_KEEP)
    step = accepted_step(drawn.secret, code, uow.now, 0)
    if step is None or person.id != uow.actor.id:
        raise Invalid("code", "wrong")
    factor = uow.session.get(SecondFactor, person.id)
    if factor is None:
        factor = SecondFactor(person_id=person.id)
        uow.session.add(factor)
    factor.sealed_secret = envelope.seal(_factor_key(uow.actor), drawn.secret.encode(), _factor_context(person))
    factor.last_step = step
    return _confirm(uow, person, factor)


def _confirm(uow: UnitOfWork, person: Person, factor: SecondFactor) -> tuple[str, ...]:
    factor.wrong_codes, factor.codes_rest_until = 0, None
    codes = tuple("-".join((secrets.token_hex(4), secrets.token_hex(4))) for _ in range(RECOVERY_CODES))
    factor.recovery_hashes, factor.confirmed = [recovery_code_hash(person.id, each) for each in codes], True
    audit.record(uow, Event.SECOND_FACTOR_SET, person.id)
    return codes


def seal_factor_anew(uow: UnitOfWork, person: Person, root_secret: bytes) -> None:
    """Seal the acting person's authenticator, which stays the same, under the root secret that takes theirs' place."""
    policy.require(uow.actor, Permission.ACCOUNT_KEEP)
    factor = uow.session.get(SecondFactor, person.id)
    if person.id != uow.actor.id:
        raise Conflict(person.id)
    if factor is not None:
        secret = _secret_of(uow, person, factor).encode()
        factor.sealed_secret = envelope.seal(_derived_factor_key(root_secret), secret, _factor_context(person))


def _accept(uow: UnitOfWork, person: Person, factor: SecondFactor, code: str) -> None:
    secret = _secret_of(uow, person, factor)
    step = accepted_step(secret, code, uow.now, factor.last_step)
    if step is None:
        raise Invalid("code", "wrong")
    factor.last_step = step


def _secret_of(uow: UnitOfWork, person: Person, factor: SecondFactor) -> str:
    try:
        return envelope.open_sealed(_factor_key(uow.actor), factor.sealed_secret, _factor_context(person)).decode()
    except Unreadable as changed:
        raise IntegrityFault(person.id, "second factor") from changed


def _factor_key(actor: Actor) -> bytes:
    if actor.root_secret is None:
        raise TypeError("the account is not open")
    return _derived_factor_key(actor.root_secret)


def _derived_factor_key(root_secret: bytes) -> bytes:
    return keypairs.derive(root_secret, "second-factor")


def _factor_context(person: Person) -> bytes:
    return envelope.bind("second factor", person.id)


def _drawn_context(person: Person) -> bytes:
    return envelope.bind("second factor drawn", person.id)


def _invited(uow: UnitOfWork, details: PersonDetails) -> tuple[Person, Membership]:
    """Return who was here before under this address, or somebody new."""
    email = details.email.strip().lower()
    if "@" not in email or len(email) > 254:  # noqa: PLR2004 -- RFC 5321: the longest path that can be delivered to
        raise Invalid("email", "not an address")
    if not details.name.strip():
        raise Invalid("name", "empty")
    before = by_address(uow, email)
    if before is None:
        person_id = new_id()
        person = Person(id=person_id, email=f"invited {person_id}")
        membership = Membership(organisation_id=uow.organisation_id, person_id=person_id, roles=[], invited_email=email)
    else:
        person, membership = before.person, before.membership
    if membership.joined_on is None:
        person.name, person.job_title = details.name.strip(), details.job_title.strip()
        person.workplace, person.phone = details.workplace.strip(), details.phone.strip()
    uow.session.add(person)
    uow.session.flush()
    uow.session.add(membership)
    return person, membership


def _lead_to_account(uow: UnitOfWork, invitation: Invitation, membership: Membership, email: str) -> None:
    """Give the membership to whoever has this address already; else the address becomes this person's own."""
    invited, account = uow.session.get_one(Person, invitation.person_id), account_of(uow, invitation)
    membership.invited_email = None
    if account == invited.id:
        invited.email = email
    elif uow.session.get(Membership, (uow.organisation_id, account)) is not None:
        raise Conflict(invitation.id)
    else:
        theirs = (Invitation.organisation_id == uow.organisation_id, Invitation.person_id == invited.id)
        uow.session.execute(update(Invitation).where(*theirs).values(person_id=account))
        membership.person_id = invitation.person_id = account
        # The row stays, since nothing deletes people, and says nothing any more.
        invited.name = invited.job_title = invited.workplace = invited.phone = ""
    try:
        uow.session.flush()
    except IntegrityError as taken:
        # The same address was taken up somewhere else at this very moment.
        raise Conflict(invitation.id) from taken


def _note_who_asked(uow: UnitOfWork, membership: Membership) -> None:
    membership.roles_asked_by, membership.roles_asked_at = uow.actor.id, uow.now


def _written(roles: Iterable[Role]) -> list[str]:
    held = frozenset(roles)
    if not held:
        raise Invalid("roles", "empty")
    if not policy.may_combine(held):
        raise Invalid("roles", "administrator with a grant")
    return sorted(role.value for role in held)


def settle_reminders(uow: UnitOfWork, membership: Membership, *, wanted: bool) -> None:
    """Let somebody have the letter of the morning about what is due, or not: they alone decide."""
    policy.require(uow.actor, Permission.ACCOUNT_KEEP, membership)
    if uow.actor.id != membership.person_id:
        raise Forbidden(Permission.ACCOUNT_KEEP)
    membership.reminders = wanted


def note_routing_read(uow: UnitOfWork, number: int) -> None:
    """Keep that whoever acts has read the routing rules of this entry of the key log, so that they are told no more."""
    policy.require(uow.actor, Permission.ACCOUNT_KEEP)
    membership = uow.session.get_one(Membership, (uow.organisation_id, uow.actor.person_id))
    membership.routing_read = max(membership.routing_read, number)


def draw_calendar_address(uow: UnitOfWork) -> str:
    """Give whoever acts a secret for their calendar, in place of the one before. It is shown once; its hash is kept."""
    policy.require(uow.actor, Permission.ACCOUNT_KEEP)
    secret = secrets.token_urlsafe(_CALENDAR_BYTES)
    row = uow.session.get(CalendarAddress, (uow.organisation_id, uow.actor.person_id))
    if row is None:
        row = CalendarAddress(organisation_id=uow.organisation_id, person_id=uow.actor.person_id)
        uow.session.add(row)
    row.secret_hash, row.made_on = calendar_hash(secret), uow.today
    audit.record(uow, Event.CALENDAR_ADDRESS, uow.actor.person_id)
    return secret


def end_calendar_address(uow: UnitOfWork) -> None:
    """Let the secret of whoever acts open nothing from now on."""
    policy.require(uow.actor, Permission.ACCOUNT_KEEP)
    row = uow.session.get(CalendarAddress, (uow.organisation_id, uow.actor.person_id))
    if row is not None:
        uow.session.delete(row)
        audit.record(uow, Event.CALENDAR_ADDRESS, uow.actor.person_id)
