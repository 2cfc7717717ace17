"""What `speakup doctor` looks at. Each check gives one line or several, and none keeps the next from being made."""

import ctypes
import http.client
import resource
import smtplib
import ssl
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from config import Settings
from speakup import audit, cases, keyring, organisations, tables
from speakup.cli import migrate
from speakup.crypto import envelope, keypairs
from speakup.gateways.blobs import Blobs
from speakup.gateways.scanner import ScannerUnavailable, Verdict, scanner_at
from speakup.kernel.actor import system
from speakup.kernel.db import make_engine
from speakup.kernel.errors import IntegrityFault
from speakup.kernel.uow import Database, UnitOfWork

REGISTRY = tables.METADATA
"""Named so that every table is known before the first query."""
CLOCK_MAY_DIFFER = 20
"""Seconds. One-time codes change every 30."""
CLAMD_SETTINGS = Path("/etc/clamav/clamd.conf")
ROOM_WANTED = 5 << 30
"""Bytes. As much is free where nobody has to look after the disk this week."""
SECONDS = 10
"""As long as anything outside may take to answer."""
_UNSYNCHRONISED = 5  # adjtimex(2): TIME_ERROR
_EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
"""The harmless file every scanner finds. In pieces, so that no scanner finds it here."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, whether it is fine, and what was found or what to do."""

    subject: str
    fine: bool
    said: str


def ok(subject: str, said: str) -> Finding:
    """Say that something is fine."""
    return Finding(subject, fine=True, said=said)


def to_do(subject: str, said: str) -> Finding:
    """Say what to do about something."""
    return Finding(subject, fine=False, said=said)


def everything(settings: Settings, site: str | None, *, verify: bool = True) -> Iterator[Finding]:
    """Look at everything, cheapest first; a check that fails in an unforeseen way is a finding too."""
    yield ok("settings", f"read; state is kept in {settings.data_dir}")
    checks: list[tuple[str, Callable[[], Iterator[Finding]]]] = [
        ("folders", lambda: folders(settings)),
        ("database", lambda: database(settings)),
        ("clock", lambda: clock_runs(settings)),
        ("mail", lambda: mail(settings)),
        ("scanner", lambda: scanner(settings)),
        ("memory", memory),
        ("stored files", lambda: stored_files(settings)),
        ("key self-test", keys_work),
        ("organisations", lambda: every_organisation(settings)),
    ]
    if site:
        checks.append(("site", lambda: pages(site, verify=verify)))
    for subject, check in checks:
        try:
            yield from check()
        except Exception as error:  # noqa: BLE001 -- the next check is wanted all the same
            yield to_do(subject, f"It could not be looked at ({type(error).__name__}). See to the lines above first.")


def folders(settings: Settings) -> Iterator[Finding]:
    """State is for its owner alone."""
    for folder in (settings.data_dir, settings.trust_dir):
        if not folder.is_dir():
            yield to_do("folders", f"{folder} is missing. Start `speakup migrate`.")
        elif folder.stat().st_mode & 0o077:
            yield to_do("folders", f"Others may read {folder}. Start `chmod 700 {folder}`.")
        else:
            yield ok("folders", f"{folder} is for its owner alone")


def database(settings: Settings) -> Iterator[Finding]:
    """Both databases answer, the first is at this version, and its role is bound by row-level security."""
    with _engine(settings.database_url) as engine:
        try:
            here = migrate.standing(engine)
        except OperationalError:
            yield to_do("database", "It does not answer. Check SPEAKUP_DATABASE_URL, and that it runs.")
            return
        if here != migrate.newest():
            yield to_do("database", f"It is at {here or 'nothing'}. Start `speakup migrate`.")
        else:
            yield ok("database", f"answers, and is at {here}")
        if not settings.on_sqlite:
            yield _role(engine)
    yield _job_database(settings)


def _role(engine: Engine) -> Finding:
    query = (
        "SELECT r.rolsuper OR r.rolbypassrls OR c.relowner = r.oid FROM pg_roles r, pg_class c "
        "WHERE r.rolname = current_user AND c.relname = 'case'"
    )
    with engine.connect() as connection:
        unbound = connection.scalar(text(query))
    if unbound:
        return to_do("database", "The site's role owns the tables. Use speakup_app (docs/deploy/region.md).")
    return ok("database", "the site's role is bound by row-level security")


def _job_database(settings: Settings) -> Finding:
    if settings.jobs_database_url.startswith("sqlite:///"):
        return ok("job database", "a file, made by `speakup jobs`")
    with _engine(settings.jobs_database_url) as engine:
        try:
            engine.connect().close()
        except OperationalError:
            return to_do("job database", "It does not answer. Check SPEAKUP_JOBS_DATABASE_URL.")
    return ok("job database", "answers")


def clock_runs(settings: Settings) -> Iterator[Finding]:
    """The clock is kept right by the system, and agrees with the database server's."""
    # With everything zero, adjtimex(2) changes nothing and says how the clock stands.
    state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512))
    if state in {_UNSYNCHRONISED, -1}:
        yield to_do("clock", "Nothing keeps it right. Start a time service, such as systemd-timesyncd or chrony.")
    else:
        yield ok("clock", "kept right by the system")
    if settings.on_sqlite:
        return
    with _engine(settings.database_url) as engine, engine.connect() as connection:
        there = connection.scalar(text("SELECT now()"))
    yield _same_time("clock of the database server", there)


def _same_time(subject: str, there: datetime | None) -> Finding:
    if there is None:
        return to_do(subject, "It was not said.")
    apart = abs((datetime.now(UTC) - there).total_seconds())
    if apart > CLOCK_MAY_DIFFER:
        return to_do(subject, f"It differs by {apart:.0f} seconds from this machine's. Set both right.")
    return ok(subject, "agrees with this machine's")


def mail(settings: Settings) -> Iterator[Finding]:
    """There is a way to send letters to staff, and it answers."""
    if settings.mail_url is None:
        yield to_do("mail", "None is configured, so letters wait. Set SPEAKUP_MAIL_URL and SPEAKUP_MAIL_FROM.")
        return
    address = urlsplit(settings.mail_url)
    if address.scheme == "notify":
        yield ok("mail", "GOV.UK Notify, whose key is there")
        return
    kind = smtplib.SMTP_SSL if address.scheme == "smtps" else smtplib.SMTP
    try:
        with kind(address.hostname or "", address.port or 0, local_hostname="localhost", timeout=SECONDS) as server:
            server.noop()
    except (OSError, smtplib.SMTPException):
        yield to_do("mail", f"{address.hostname} does not answer. Letters wait until it does.")
        return
    yield ok("mail", f"{address.hostname} answers")


def scanner(settings: Settings) -> Iterator[Finding]:
    """The scanner, where there is one, finds what it must, in memory, for files as large as we accept."""
    if settings.clamd is None:
        yield ok("scanner", "none is configured, and the pages say that files are not scanned")
        return
    chosen = scanner_at(settings.clamd)
    try:
        verdicts = (chosen.scan(b"An ordinary sentence."), chosen.scan(_EICAR))
    except ScannerUnavailable:
        yield to_do("scanner", "It does not answer, so files are refused. Start clamd, or check SPEAKUP_CLAMD.")
        return
    if verdicts != (Verdict.CLEAN, Verdict.INFECTED):
        yield to_do("scanner", "It does not find the EICAR test file. Start freshclam, which fetches its signatures.")
    else:
        yield ok("scanner", "answers, and finds the EICAR test file")
    yield from _scanner_settings()


def _scanner_settings() -> Iterator[Finding]:
    if not CLAMD_SETTINGS.is_file():
        yield to_do("scanner", "Its settings are not on this machine. Check there that TemporaryDirectory is on tmpfs.")
        return
    said = dict(line.split(maxsplit=1) for line in CLAMD_SETTINGS.read_text().splitlines() if " " in line.strip())
    folder = said.get("TemporaryDirectory", "/tmp").strip()  # noqa: S108 -- clamd's own default
    if _file_system(Path(folder)) == "tmpfs":
        yield ok("scanner", f"its temporary folder {folder} is in memory")
    else:
        yield to_do(
            "scanner", f"It writes files to {folder} on a disk. Mount a tmpfs there, and set TemporaryDirectory."
        )


def _file_system(folder: Path) -> str:
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    return max((each for each in mounts if folder.is_relative_to(each[0])), key=lambda each: len(each[0]))[1]


def memory() -> Iterator[Finding]:
    """What is in memory is written to no disk: no core dumps, and no swap that is not encrypted."""
    if resource.getrlimit(resource.RLIMIT_CORE)[0] == 0:
        yield ok("core dumps", "off for this account")
    else:
        yield to_do("core dumps", "They would hold open keys. Set LimitCORE=0 (systemd) or `ulimit -c 0`.")
    swaps = [line.split()[0] for line in Path("/proc/swaps").read_text().splitlines()[1:]]
    plain = [each for each in swaps if not each.startswith(("/dev/zram", "/dev/dm-", "/dev/mapper/"))]
    if plain:
        yield to_do("swap", f"{' '.join(plain)} may keep what was in memory. Encrypt it (crypttab), or `swapoff -a`.")
    else:
        yield ok("swap", "none" if not swaps else "in memory, or on a mapped device: check that it is encrypted")


def stored_files(settings: Settings) -> Iterator[Finding]:
    """The place for sealed files takes one, gives it back, deletes it, and has room for more."""
    blobs, key = Blobs.from_url(settings.blobs_url), f"doctor/{uuid.uuid4()}"
    blobs.put(key, [b"doctor"])
    whole = b"".join(blobs.get(key)) == b"doctor"
    blobs.delete(key)
    if whole:
        yield ok("stored files", "are taken, given back and deleted")
    else:
        yield to_do("stored files", "What was stored did not come back. Check SPEAKUP_BLOBS_URL.")
    free = blobs.free()
    if free is not None:
        yield _room(free)


def _room(free: int) -> Finding:
    gigabytes = f"{free / (1 << 30):.1f} GB"
    if free >= ROOM_WANTED:
        return ok("room for files", f"{gigabytes} are free")
    return to_do(
        "room for files", f"Only {gigabytes} are free. Below 1 GB files are refused and words still taken. Make room."
    )


def keys_work() -> Iterator[Finding]:
    """Sealing and opening give back what went in, with keys made for the purpose."""
    keys = keypairs.staff_keys(keypairs.new_root_secret())
    data_key = envelope.new_data_key()
    wrapped = envelope.wrap_key(data_key, keys.public.sealing, b"doctor")
    sealed = envelope.seal(data_key, b"doctor", b"doctor")
    if envelope.open_sealed(envelope.unwrap_key(wrapped, keys, b"doctor"), sealed, b"doctor") == b"doctor":
        yield ok("key self-test", "sealed and opened")
    else:
        yield to_do("key self-test", "What was sealed did not open. Do not run this installation.")


def every_organisation(settings: Settings) -> Iterator[Finding]:
    """Each organisation can receive concerns, and its key log and audit chain are whole."""
    with _engine(settings.database_url) as engine:
        with engine.connect() as connection, Session(connection) as session:
            found = organisations.every_id(session)
        if not found:
            yield to_do("organisations", "There is none yet. Start `speakup init`.")
        for each in found:
            with Database(engine, settings.trust_dir).work(system(each), writes=False) as uow:
                yield from _organisation(uow)


def _organisation(uow: UnitOfWork) -> Iterator[Finding]:
    here = organisations.here(uow)
    try:
        log = keyring.load_key_log(uow)
    except keyring.NoTrustRoot:
        yield to_do(
            here.name, f'No trust root, so no concern is accepted. Start `speakup trust-root set "{here.name}"`.'
        )
    except IntegrityFault:
        yield to_do(here.name, "The key log was changed or put back. Nothing is sealed. Restore it, and find out who.")
    else:
        yield ok(here.name, f"the key log is whole, {log.number} entries")
        if cases.can_receive(uow):
            yield ok(here.name, "two people can receive a concern")
        else:
            yield to_do(here.name, "Fewer than two vouched people can receive. A guardian vouches for another.")
    yield _names(uow)
    if here.intake_stopped:
        yield to_do(here.name, f'Intake is stopped. To go on: `speakup stop-intake "{here.name}" --resume`.')
    if not here.guardian_phone or not all(site.emergency_number for site in organisations.sites(uow)):
        yield to_do(here.name, "A telephone number is missing: the guardians', or a site's for emergencies.")
    for each in organisations.wrong_numbers(uow):
        of = f"at {each.site}" if each.site else "of the guardians"
        yield to_do(here.name, f"Nobody can ring the telephone number {of}, {each.number!r}. Write it in digits.")
    report = audit.verify(uow)
    if report.broken_at is None:
        kept = audit.read_anchor(uow.trust_dir, uow.organisation_id)
        outside = f"kept outside the database up to entry {kept.number}" if kept else "kept outside from tonight on"
        yield ok(here.name, f"the audit chain is whole, {report.entries} entries, {outside}")
    else:
        yield to_do(here.name, f"The audit chain was changed at entry {report.broken_at}. Keep the database as it is.")


def _names(uow: UnitOfWork) -> Finding:
    here = organisations.here(uow).name
    try:
        names = organisations.require_names(uow)
    except IntegrityFault:
        return to_do(
            here, f'Name or host names were changed in the database. See `speakup organisation show "{here}"`.'
        )
    if names is None:
        return to_do(here, f'Its names stand only in the database. Start `speakup organisation confirm "{here}"`.')
    return ok(here, "its name and host names are those kept outside the database")


def pages(site: str, *, verify: bool = True) -> Iterator[Finding]:
    """The running site sends browsers what keeps a page to itself, also through whatever stands before it."""
    address = urlsplit(site)
    if address.scheme == "https":
        trust = ssl.create_default_context()
        if not verify:  # Asked for, to look at one's own machine.
            trust.check_hostname = False
            trust.verify_mode = ssl.CERT_NONE
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            address.netloc, timeout=SECONDS, context=trust
        )
    else:
        connection = http.client.HTTPConnection(address.netloc, timeout=SECONDS)
        yield to_do("site", "It is served without TLS. Workers need https.")
    with closing(connection):
        try:
            connection.request("GET", "/")
            answer = connection.getresponse()
        except OSError:
            yield to_do("site", f"{address.netloc} does not answer, or its certificate is not trusted here.")
            return
        sent = {name.lower(): value for name, value in answer.getheaders()}
    yield from _headers(sent, secure=address.scheme == "https")


def _headers(sent: dict[str, str], *, secure: bool) -> Iterator[Finding]:
    policy = sent.get("content-security-policy", "")
    wrong = {
        "Content-Security-Policy": "default-src 'none'" not in policy or "unsafe-" in policy,
        "X-Content-Type-Options": sent.get("x-content-type-options") != "nosniff",
        "Referrer-Policy": sent.get("referrer-policy") != "same-origin",
        "Strict-Transport-Security": secure and "max-age" not in sent.get("strict-transport-security", ""),
        "Set-Cookie (none is needed here)": "set-cookie" in sent,
    }
    for name, is_wrong in wrong.items():
        if is_wrong:
            yield to_do("site", f"{name} is not as this program sends it. Look at what stands before it.")
    if not any(wrong.values()):
        yield ok("site", "sends browsers what it should")
    if "date" in sent:
        yield _same_time("clock of the site", parsedate_to_datetime(sent["date"]))


@contextmanager
def _engine(url: str) -> Iterator[Engine]:
    engine = make_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()
