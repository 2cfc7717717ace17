"""Telling a worker that there is something to read: from a guardian's own request, and saying nothing else.

Only a guardian on the case can read the address, so only their signed-in request can send. Sender, subject and body
name neither the trust, nor a guardian, nor speaking up, and hold no link.
"""

from enum import StrEnum

from flask import flash
from flask_babel import gettext

from speakup import cases
from speakup.gateways.mail import Mail, MailRefused, MailUnavailable
from speakup.gateways.texts import TextRefused, TextUnavailable
from speakup.notifications import NoticeBy
from speakup.web.actors import work
from speakup.web.site import site

_WORDS = "You have a new message in the place you know."


class Sent(StrEnum):
    """What became of a notice."""

    NOT_WANTED = "not wanted"
    YES = "yes"
    WAITS = "waits"


def send(ref: str) -> Sent:
    """Send the neutral notice for a case, if the person asked for one; note on the case when it could not go."""
    with work() as uow:
        case = cases.find(uow, ref)
        person = cases.person_of(uow, case)
    if person is None or person.notice_by == NoticeBy.NOT_AT_ALL or not person.notice_to:
        return Sent.NOT_WANTED
    sent = (_mailed if person.notice_by == NoticeBy.EMAIL else _texted)(person.notice_to)
    with work() as uow:
        cases.record_notice(uow, cases.find(uow, ref), sent=sent)
    return Sent.YES if sent else Sent.WAITS


def send_and_say(ref: str) -> None:
    """Send it, and say to the guardian whose request this is what became of it."""
    sent = send(ref)
    if sent is Sent.YES:
        flash(gettext("A notice without content was sent to the person"))
    elif sent is Sent.WAITS:
        words = gettext("The notice to the person could not be sent. It waits on the case page; try again later")
        flash(words, "warning")


def _texted(number: str) -> bool:
    try:
        site().texts.send(number, gettext(_WORDS))
    except (TextUnavailable, TextRefused):
        return False
    return True


def _mailed(address: str) -> bool:
    words = gettext(_WORDS)
    try:
        site().notices.send(Mail(address, gettext("A new message"), words, f"<p>{words}</p>"))
    except (MailUnavailable, MailRefused):
        return False
    return True
