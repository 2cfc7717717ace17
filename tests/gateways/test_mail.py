import email
import json
import logging
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import ClassVar

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from speakup.gateways.mail import (
    FakeMailer,
    HeldMailer,
    Mail,
    MailRefused,
    MailUnavailable,
    NotifyMailer,
    SmtpMailer,
    mailer_from_url,
)
from tests.gateways.test_scanner import free_port

SENDER = "Speak Up <speakup@trust.example>"
MAIL = Mail("guardian@trust.example", "Something new for you", "Please sign in. Dŵr.", "<p>Please sign in.</p>")
KEY = "test-00000000-0000-4000-8000-000000000001-00000000-0000-4000-8000-000000000002"


class Relay:
    """What a relay was given, and how it answers."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.secure: list[bool] = []
        self.greetings: list[str] = []
        self.answer = "250 OK"
        self.answer_to_recipient = "250 OK"

    async def handle_RCPT(  # noqa: N802 -- the name is aiosmtpd's.
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.answer_to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer_to_recipient

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 -- see above.
        content = envelope.content
        assert isinstance(content, bytes)
        letter = email.message_from_bytes(content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.secure.append(session.ssl is not None)
        self.greetings.append(str(session.host_name))
        return self.answer


@pytest.fixture
def relay() -> Relay:
    return Relay()


@pytest.fixture
def plain(relay: Relay) -> Iterator[int]:
    controller = Controller(relay, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller.port
    controller.stop()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 and its key, in one file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "relay")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path_factory.mktemp("relay") / "relay.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def trust(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(str(certificate))
    return context


def accept(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"speakup", b"pass word"), handled=False)


@pytest.fixture
def secured(relay: Relay, tls: ssl.SSLContext) -> Iterator[int]:
    """A relay that offers STARTTLS and, after it, signing in."""
    controller = Controller(
        relay, hostname="127.0.0.1", port=free_port(), tls_context=tls, authenticator=accept, auth_require_tls=True
    )
    controller.start()
    yield controller.port
    controller.stop()


def test_a_letter_arrives_with_both_its_bodies(relay: Relay, plain: int) -> None:
    SmtpMailer("127.0.0.1", plain, SENDER).send(MAIL)
    letter = relay.letters[0]
    assert (letter["To"], letter["From"], letter["Subject"]) == (MAIL.to, SENDER, MAIL.subject)
    text, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert text is not None
    assert html is not None
    assert (text.get_content().strip(), html.get_content().strip()) == (MAIL.text, MAIL.html)


def test_a_letter_gives_away_neither_machine_nor_minute(relay: Relay, plain: int) -> None:
    SmtpMailer("127.0.0.1", plain, SENDER).send(MAIL)
    SmtpMailer("127.0.0.1", plain, SENDER).send(MAIL)
    first, second = relay.letters
    expected = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"}
    assert set(first.keys()) == expected
    assert first["Message-ID"] != second["Message-ID"]
    assert str(first["Message-ID"]).endswith("@trust.example>")
    sent = first["Date"].datetime
    assert (sent.minute, sent.second) == (0, 0)
    assert relay.greetings == ["localhost", "localhost"]


def test_starttls_is_used_and_checked_when_offered(relay: Relay, secured: int, trust: ssl.SSLContext) -> None:
    SmtpMailer("127.0.0.1", secured, SENDER, trust=trust).send(MAIL)
    assert relay.secure == [True]
    with pytest.raises(MailUnavailable):
        SmtpMailer("127.0.0.1", secured, SENDER).send(MAIL)
    assert len(relay.letters) == 1


def test_signing_in_works_over_tls_and_never_without(
    relay: Relay, secured: int, plain: int, trust: ssl.SSLContext
) -> None:
    SmtpMailer("127.0.0.1", secured, SENDER, user="speakup", password="pass word", trust=trust).send(MAIL)
    assert len(relay.letters) == 1
    for port, password in ((secured, "wrong"), (plain, "pass word")):
        with pytest.raises(MailUnavailable):
            SmtpMailer("127.0.0.1", port, SENDER, user="speakup", password=password, trust=trust).send(MAIL)


def test_tls_from_the_start_works(relay: Relay, tls: ssl.SSLContext, trust: ssl.SSLContext) -> None:
    controller = Controller(relay, hostname="127.0.0.1", port=free_port(), ssl_context=tls)
    controller.start()
    try:
        SmtpMailer("127.0.0.1", controller.port, SENDER, smtps=True, trust=trust).send(MAIL)
    finally:
        controller.stop()
    assert len(relay.letters) == 1


@pytest.mark.parametrize(
    ("to_recipient", "to_letter", "expected"),
    [
        ("550 no such person", "250 OK", MailRefused),
        ("450 busy", "250 OK", MailUnavailable),
        ("250 OK", "554 refused", MailRefused),
        ("250 OK", "451 later", MailUnavailable),
    ],
)
def test_a_relay_that_says_no_is_told_from_one_that_says_later(
    relay: Relay, plain: int, to_recipient: str, to_letter: str, expected: type[Exception]
) -> None:
    relay.answer_to_recipient, relay.answer = to_recipient, to_letter
    with pytest.raises(expected) as error:
        SmtpMailer("127.0.0.1", plain, SENDER).send(MAIL)
    assert MAIL.to not in repr(error.value)
    assert error.value.__suppress_context__


def test_a_relay_that_is_not_there_makes_letters_wait() -> None:
    with pytest.raises(MailUnavailable):
        SmtpMailer("127.0.0.1", free_port(), SENDER, seconds=2).send(MAIL)


@pytest.mark.parametrize(
    "wrong",
    [
        Mail("a@trust.example\nBcc: b@other.example", "x", "x", "x"),
        Mail("a@trust.example", "x\nBcc: b@other.example", "x", "x"),
        Mail("nobody", "x", "x", "x"),
    ],
)
def test_nothing_can_be_smuggled_into_a_header(relay: Relay, plain: int, wrong: Mail) -> None:
    with pytest.raises(MailRefused):
        SmtpMailer("127.0.0.1", plain, SENDER).send(wrong)
    assert relay.letters == []


class Notify(BaseHTTPRequestHandler):
    """The one call of GOV.UK Notify that we make."""

    asked: ClassVar[list[tuple[str, dict[str, object]]]] = []
    status: ClassVar[int] = 201

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.path, body))
        assert self.headers["Authorization"].startswith("Bearer ")
        self.send_response(self.status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        errors = [
            {"error": "BadRequestError", "message": f"{body.get('email_address') or body['phone_number']} is not one"}
        ]
        self.wfile.write(json.dumps({"id": "1", "status_code": self.status, "errors": errors}).encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name is http.server's.
        return


@pytest.fixture
def notify() -> Iterator[str]:
    Notify.asked, Notify.status = [], 201
    with HTTPServer(("127.0.0.1", 0), Notify) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_notify_is_given_the_template_and_the_words(notify: str) -> None:
    NotifyMailer(KEY, "template-1", base_url=notify).send(MAIL)
    assert Notify.asked == [
        (
            "/v2/notifications/email",
            {
                "email_address": MAIL.to,
                "template_id": "template-1",
                "personalisation": {"subject": MAIL.subject, "body": MAIL.text},
            },
        )
    ]


@pytest.mark.parametrize(
    ("status", "expected"), [(400, MailRefused), (403, MailUnavailable), (429, MailUnavailable), (503, MailUnavailable)]
)
def test_notify_that_says_no_is_told_from_one_that_says_later(
    notify: str, status: int, expected: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    Notify.status = status
    with caplog.at_level(logging.DEBUG), pytest.raises(expected):
        NotifyMailer(KEY, "template-1", base_url=notify).send(MAIL)
    assert MAIL.to not in caplog.text


def test_notify_that_is_not_there_makes_letters_wait() -> None:
    with pytest.raises(MailUnavailable):
        NotifyMailer(KEY, "template-1", base_url=f"http://127.0.0.1:{free_port()}", seconds=2).send(MAIL)


def test_without_mail_letters_wait() -> None:
    with pytest.raises(MailUnavailable):
        HeldMailer().send(MAIL)
    assert isinstance(mailer_from_url(None, sender=SENDER), HeldMailer)


def test_the_fake_behaves_like_a_mailer() -> None:
    fake = FakeMailer()
    fake.send(MAIL)
    assert fake.sent == [MAIL]
    fake.down = True
    with pytest.raises(MailUnavailable):
        fake.send(MAIL)


def test_the_setting_says_which_mailer() -> None:
    assert mailer_from_url("smtp://relay.example", sender=SENDER) == SmtpMailer("relay.example", 25, SENDER)
    assert mailer_from_url("smtps://a:b%20c@relay.example", sender=SENDER) == SmtpMailer(
        "relay.example", 465, SENDER, "a", "b c", smtps=True
    )
    assert mailer_from_url("notify:template-1", sender=SENDER, notify_key=KEY) == NotifyMailer(KEY, "template-1")


@pytest.mark.parametrize("wrong", ["notify:", "relay.example", "http://relay.example", "smtp://"])
def test_a_wrong_setting_stops_the_start(wrong: str) -> None:
    with pytest.raises(ValueError, match="mail address"):
        mailer_from_url(wrong, sender=SENDER)


def test_what_could_be_logged_shows_no_address_and_no_secret() -> None:
    shown = repr((MAIL, SmtpMailer("h", 25, SENDER, "u", "secret"), NotifyMailer(KEY, "t")))
    assert MAIL.to not in shown
    assert "secret" not in shown
    assert KEY not in shown
