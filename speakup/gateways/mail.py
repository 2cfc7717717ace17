"""Mail to people: SMTP, GOV.UK Notify, or none.

Mail says that something happened, never what. An address is never in an error, a log or a `repr`.
"""

import contextlib
import logging
import smtplib
import ssl
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from http import HTTPStatus
from typing import Protocol
from urllib.parse import unquote, urlsplit

_NOTIFY = "https://api.notifications.service.gov.uk"
_PERMANENT = 500  # SMTP replies from here on will not change by waiting (RFC 5321, 4.2.1)


@dataclass(frozen=True)
class Mail:
    """One letter to one person."""

    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)


class MailUnavailable(Exception):
    """It could not be handed over now. The job that sends it waits and tries again."""


class MailRefused(Exception):
    """This letter will never be taken: trying again is of no use."""


class Mailer(Protocol):
    def send(self, mail: Mail) -> None:
        """Hand the letter over, or raise `MailUnavailable` or `MailRefused`."""


@dataclass(frozen=True)
class SmtpMailer:
    """A relay. `smtps` speaks TLS from the start; otherwise STARTTLS is used, and checked, whenever it is offered."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    smtps: bool = False
    seconds: float = 30.0
    trust: ssl.SSLContext | None = field(default=None, repr=False)

    def send(self, mail: Mail) -> None:
        try:
            letter = _letter(mail, self.sender)
        except ValueError:  # A line break in an address or a subject.
            raise MailRefused from None
        try:
            with self._connected() as relay:
                relay.send_message(letter)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
            raise MailRefused if _is_for_good(error) else MailUnavailable from None
        except (OSError, smtplib.SMTPException):
            raise MailUnavailable from None

    def _connected(self) -> smtplib.SMTP:
        # The name we greet with is fixed, so that no machine's name ends up in a letter.
        if self.smtps:
            relay: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, local_hostname="localhost", timeout=self.seconds, context=self._trust()
            )
        else:
            relay = smtplib.SMTP(self.host, self.port, local_hostname="localhost", timeout=self.seconds)
        try:
            self._secure(relay)
        except BaseException:
            with contextlib.suppress(OSError):
                relay.close()
            raise
        return relay

    def _trust(self) -> ssl.SSLContext:
        return self.trust or ssl.create_default_context()

    def _secure(self, relay: smtplib.SMTP) -> None:
        relay.ehlo_or_helo_if_needed()
        offered = not self.smtps and relay.has_extn("starttls")
        if offered:
            relay.starttls(context=self._trust())
        if not self.user:
            return
        if not (offered or self.smtps):
            raise MailUnavailable  # A password is never sent in clear.
        relay.login(self.user, self.password)


@dataclass(frozen=True)
class NotifyMailer:
    """GOV.UK Notify, with one template whose subject is `((subject))` and whose body is `((body))`."""

    api_key: str = field(repr=False)
    template_id: str
    base_url: str = _NOTIFY
    seconds: float = 30.0

    def send(self, mail: Mail) -> None:
        from notifications_python_client.errors import HTTPError, InvalidResponse  # noqa: PLC0415 -- see below
        from notifications_python_client.notifications import NotificationsAPIClient  # noqa: PLC0415 -- slow to load

        # The client logs what the service answered, which can quote the letter. It is not thread-safe: one per letter.
        logging.getLogger("notifications_python_client").setLevel(logging.CRITICAL)
        client = NotificationsAPIClient(  # type: ignore[no-untyped-call]
            self.api_key, base_url=self.base_url, timeout=self.seconds
        )
        try:
            client.send_email_notification(  # type: ignore[no-untyped-call]
                email_address=mail.to,
                template_id=self.template_id,
                personalisation={"subject": mail.subject, "body": mail.text},
            )
        except HTTPError as error:
            raise MailRefused if error.status_code == HTTPStatus.BAD_REQUEST else MailUnavailable from None
        except (InvalidResponse, OSError):
            raise MailUnavailable from None
        finally:
            client.request_session.close()


class HeldMailer:
    """Where no mail is configured: every letter waits."""

    def send(self, mail: Mail) -> None:
        raise MailUnavailable


@dataclass
class FakeMailer:
    """For tests: keeps what it was given in `sent`; raises while `down`."""

    sent: list[Mail] = field(default_factory=list)
    down: bool = False

    def send(self, mail: Mail) -> None:
        if self.down:
            raise MailUnavailable
        self.sent.append(mail)


def mailer_from_url(url: str | None, *, sender: str, notify_key: str = "") -> Mailer:
    """The mailer for a setting: `smtp://[user:password@]host[:port]`, `smtps://…`, `notify:TEMPLATE-ID`, or nothing.

    `ValueError` for anything else, so that a wrong setting stops the start and not the first letter.
    """
    if not url:
        return HeldMailer()
    address = urlsplit(url)
    if address.scheme == "notify" and address.path.strip("/") and notify_key:
        return NotifyMailer(notify_key, address.path.strip("/"))
    if address.scheme not in ("smtp", "smtps") or not address.hostname or "@" not in parseaddr(sender)[1]:
        raise ValueError("The mail address is not smtp://host, smtps://host or notify:TEMPLATE-ID, or lacks its sender")
    smtps = address.scheme == "smtps"
    return SmtpMailer(
        host=address.hostname,
        port=address.port or (465 if smtps else 25),
        sender=sender,
        user=unquote(address.username or ""),
        password=unquote(address.password or ""),
        smtps=smtps,
    )


def _letter(mail: Mail, sender: str) -> EmailMessage:
    """The letter with a random identity and the hour, not the minute, as its date."""
    letter = EmailMessage(policy=SMTP)
    name, address = parseaddr(sender)
    letter["From"] = Address(name, addr_spec=address)
    letter["To"] = Address(addr_spec=mail.to)
    letter["Subject"] = mail.subject
    letter["Date"] = format_datetime(datetime.now(UTC).replace(minute=0, second=0, microsecond=0))
    letter["Message-ID"] = f"<{uuid.uuid4()}@{address.rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"  # asks for no automatic answer (RFC 3834)
    letter.set_content(mail.text)
    letter.add_alternative(mail.html, subtype="html")
    return letter


def _is_for_good(error: smtplib.SMTPRecipientsRefused | smtplib.SMTPResponseException) -> bool:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= _PERMANENT for code, _ in error.recipients.values())
    # A refused sign-in or a refused sender is ours to put right, and the letter should wait for that.
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= _PERMANENT
