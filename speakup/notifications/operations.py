"""Sending staff the letters that the outbox holds."""

import logging
import threading
import uuid
from collections import defaultdict
from dataclasses import dataclass, field

from speakup import accounts, audit, jobs, organisations, policy
from speakup.audit import Event
from speakup.gateways.mail import Mail, Mailer, MailRefused
from speakup.jobs import Job, OutboxRow
from speakup.kernel.actor import system
from speakup.kernel.errors import NotFound
from speakup.kernel.uow import Database, UnitOfWork
from speakup.notifications import letters
from speakup.notifications.letters import Addressee, Letter
from speakup.policy import Permission

_LOG = logging.getLogger("speakup.notifications")

LETTERS = {
    Job.ACTION_MAIL: Letter.ACTION,
    Job.INVITATION_MAIL: Letter.INVITATION,
    Job.SOMETHING_TO_READ_MAIL: Letter.SOMETHING_TO_READ,
    Job.URGENT_MAIL: Letter.URGENT,
    Job.KEY_WARNING_MAIL: Letter.KEY_WARNING,
    Job.WRONG_CODES_MAIL: Letter.WRONG_CODES,
}

_SENT = {Job.SOMETHING_TO_READ_MAIL: Event.GUARDIAN_TOLD, Job.URGENT_MAIL: Event.GUARDIAN_TOLD}
"""Letters that go because somebody spoke up: only their day is kept."""


@dataclass(frozen=True)
class PostOffice:
    """What letters go out through: the database that says to whom, the mailer, and `http` or `https` for links."""

    database: Database
    mailer: Mailer
    scheme: str
    _turns: defaultdict[tuple[uuid.UUID, uuid.UUID], threading.Lock] = field(
        default_factory=lambda: defaultdict(threading.Lock), repr=False
    )


def send_letter(office: PostOffice, organisation_id: uuid.UUID, row_id: uuid.UUID) -> None:
    """Send what a row asks for, and with it every row that asks for the same; `MailUnavailable` to be tried again.

    Nothing is open in the database while the letter is handed over. A letter may go out twice only if the process is
    killed between the mail server's answer and the next line.
    """
    with office.database.work(system(organisation_id), writes=False) as uow:
        row = jobs.find_row(uow, row_id)
    if row is None:
        return
    with office._turns[organisation_id, row.subject_id]:  # noqa: SLF001 -- its own module
        _send(office, organisation_id, row_id)


def _send(office: PostOffice, organisation_id: uuid.UUID, row_id: uuid.UUID) -> None:
    with office.database.work(system(organisation_id)) as uow:
        policy.require(uow.actor, Permission.STAFF_NOTIFY)
        row = jobs.find_row(uow, row_id)
        if row is None:
            return
        answered = [each.id for each in jobs.same_work(uow, row)]
        mail = _written(uow, office.scheme, row)
    sent = mail is not None and _handed_over(office.mailer, mail)
    with office.database.work(system(organisation_id)) as uow:
        jobs.finish(uow, answered)
        if sent:
            audit.record(uow, _SENT.get(row.job, Event.STAFF_NOTIFIED), row.subject_id)


def _handed_over(mailer: Mailer, mail: Mail) -> bool:
    try:
        mailer.send(mail)
    except MailRefused:
        # This address will never take it, so waiting helps nobody. The subject, the same for everybody, is logged.
        _LOG.warning("A letter was refused for good: %s", mail.subject)
        return False
    return True


def _written(uow: UnitOfWork, scheme: str, row: OutboxRow) -> Mail | None:
    """Write the letter, or None when it has become pointless: the person left, or has used the invitation."""
    host = next(iter(organisations.hosts(uow)), None)
    try:
        if row.job is Job.INVITATION_MAIL:
            invitation = accounts.find_invitation(uow, row.subject_id)
            person_id, unused = invitation.person_id, invitation.used_at is None
        else:
            person_id, unused = row.subject_id, True
        member = accounts.member(uow, person_id)
    except NotFound:
        return None
    if host is None or not unused or member.membership.left_on is not None:
        return None
    path = "sign-in" if row.job is not Job.INVITATION_MAIL else f"welcome/{accounts.issue_link(uow, invitation)}"
    to = Addressee(member.email, member.person.name, organisations.here(uow).name, f"{scheme}://{host}/{path}")
    return letters.write(LETTERS[row.job], to)
