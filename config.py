"""What an installation is told through its environment. Only `wsgi.py`, the application and the command line read it.

No secret has a default. A value that cannot be right stops the start with a sentence that says what to write instead.
"""

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

AUDIENCES = ("public", "staff", "board")
"""What `SPEAKUP_SURFACES` may name."""

_DATABASES = ("sqlite:///", "postgresql+psycopg://")
_STORES = ("memory://", "file:///", "s3://", "az://", "gs://")
_MAIL = ("smtp://", "smtps://", "notify:")


class WrongSettingError(Exception):
    """A value in the environment cannot be right; the message is a sentence that names it and says what would be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between installations and is not kept in the database."""

    data_dir: Path
    """Holds `trust/`, `blobs/`, `tls/`, `public/` and, by default, the databases. For its owner alone."""
    database_url: str = field(repr=False)
    owner_database_url: str = field(repr=False)
    """The same database as the role that owns its tables: for migrations and for the nightly removal of order."""
    jobs_database_url: str = field(repr=False)
    blobs_url: str = field(repr=False)
    scheme: Literal["http", "https"] = "https"
    """What the links in letters and redirects begin with."""
    surfaces: tuple[str, ...] = AUDIENCES
    mail_url: str | None = field(default=None, repr=False)
    """None: mail waits until there is one."""
    mail_from: str = ""
    notice_from: str = ""
    """Sender of notices to workers: an address that names nobody. Without one, notices wait on the worklist."""
    notice_text_template: str = ""
    """GOV.UK Notify's template for a text to a worker, whose whole text is `((words))`. Without one, texts wait."""
    notify_key_file: Path | None = None
    clamd: str | None = None
    """`host:port` or the path of a socket; None: files are not scanned, and the pages say so."""

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Read and check every `SPEAKUP_…` value; `WrongSettingError` for the first that cannot be right."""
        given = {name: value.strip() for name, value in environ.items() if value.strip()}
        data_dir = Path(given.get("SPEAKUP_DATA_DIR", "var")).absolute()
        database_url = _database(given, "SPEAKUP_DATABASE_URL", f"sqlite:///{data_dir / 'speakup.db'}")
        settings = cls(
            data_dir=data_dir,
            database_url=database_url,
            owner_database_url=_database(given, "SPEAKUP_OWNER_DATABASE_URL", database_url),
            jobs_database_url=_database(given, "SPEAKUP_JOBS_DATABASE_URL", f"sqlite:///{data_dir / 'jobs.db'}"),
            blobs_url=_blobs(given, data_dir),
            scheme=_scheme(given),
            surfaces=_surfaces(given),
            mail_url=given.get("SPEAKUP_MAIL_URL"),
            mail_from=given.get("SPEAKUP_MAIL_FROM", ""),
            notice_from=given.get("SPEAKUP_NOTICE_FROM", ""),
            notice_text_template=given.get("SPEAKUP_NOTICE_TEXT_TEMPLATE", ""),
            notify_key_file=_readable_file(given, "SPEAKUP_NOTIFY_KEY_FILE"),
            clamd=_clamd(given),
        )
        _check_mail(settings)
        _check_databases(settings)
        return settings

    @property
    def trust_dir(self) -> Path:
        """Where the trust roots stand, outside the database."""
        return self.data_dir / "trust"

    @property
    def notify_key(self) -> str:
        """GOV.UK Notify's key, read from its file when it is needed and kept nowhere."""
        return self.notify_key_file.read_text("utf-8").strip() if self.notify_key_file else ""

    @property
    def on_sqlite(self) -> bool:
        """Whether the database is one file."""
        return self.database_url.startswith("sqlite")


def secret_key(settings: Settings) -> bytes:
    """Return the 32 bytes that every process of this machine binds its form tokens with, made at the first start.

    Several machines behind one address need the same file. It opens nothing that is stored.
    """
    path = settings.data_dir / "secret_key"
    if not path.exists():
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write_once(path, secrets.token_bytes(32))
    key = path.read_bytes()
    if len(key) < 32:  # noqa: PLR2004 -- as many bytes as are written above
        raise WrongSettingError(f"{path} is damaged. Delete it; a new one is made at the next start.")
    return key


def _write_once(path: Path, content: bytes) -> None:
    """Make the file whole or not at all; where another process was first, its file stays."""
    handle, draft = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(path).hardlink_to(draft)
    except FileExistsError:
        return
    finally:
        Path(draft).unlink()


def _database(given: Mapping[str, str], name: str, default: str) -> str:
    url = given.get(name, default)
    if url.startswith("postgresql://"):
        url = f"postgresql+psycopg://{url.removeprefix('postgresql://')}"
    if not url.startswith(_DATABASES) or url == "sqlite:///" or ":memory:" in url:
        raise WrongSettingError(
            f"{name} is not the address of a database. Write sqlite:////folder/file.db or postgresql://user@host/name."
        )
    return url


def _blobs(given: Mapping[str, str], data_dir: Path) -> str:
    url = given.get("SPEAKUP_BLOBS_URL", str(data_dir / "blobs"))
    if "://" in url and not url.startswith(_STORES):
        raise WrongSettingError(
            "SPEAKUP_BLOBS_URL is not a place for files. Write a folder, file:///folder or s3://bucket/prefix."
        )
    return url


def _scheme(given: Mapping[str, str]) -> Literal["http", "https"]:
    scheme = given.get("SPEAKUP_SCHEME", "https")
    if scheme == "https":
        return "https"
    if scheme == "http":
        return "http"
    raise WrongSettingError("SPEAKUP_SCHEME is neither http nor https. Leave it out for https.")


def _surfaces(given: Mapping[str, str]) -> tuple[str, ...]:
    named = tuple(
        each.strip() for each in given.get("SPEAKUP_SURFACES", ",".join(AUDIENCES)).split(",") if each.strip()
    )
    if not named or not set(named) <= set(AUDIENCES):
        raise WrongSettingError(
            "SPEAKUP_SURFACES names pages there are none of. Write public, staff, board, or several and commas between."
        )
    return named


def _readable_file(given: Mapping[str, str], name: str) -> Path | None:
    if name not in given:
        return None
    path = Path(given[name])
    if not (path.is_file() and os.access(path, os.R_OK)):
        raise WrongSettingError(f"{name} names a file that cannot be read. Check that it is there and whose it is.")
    return path


def _clamd(given: Mapping[str, str]) -> str | None:
    address = given.get("SPEAKUP_CLAMD")
    if address and "/" not in address and not re.fullmatch(r"\S+:\d{1,5}", address):
        raise WrongSettingError("SPEAKUP_CLAMD is neither host:port nor the path of clamd's socket.")
    return address


def _check_mail(settings: Settings) -> None:
    url = settings.mail_url
    if url is None:
        return
    if not url.startswith(_MAIL):
        raise WrongSettingError(
            "SPEAKUP_MAIL_URL is not a way to send mail. Write smtp://host:25, smtps://host or notify:TEMPLATE-ID."
        )
    if url.startswith("notify:") and settings.notify_key_file is None:
        raise WrongSettingError("Mail by GOV.UK Notify needs its key. Write the key's file in SPEAKUP_NOTIFY_KEY_FILE.")
    if not url.startswith("notify:") and "@" not in settings.mail_from:
        raise WrongSettingError(
            "SPEAKUP_MAIL_FROM is not an address. Write the sender's, such as Speak Up <speakup@example.org>."
        )


def _check_databases(settings: Settings) -> None:
    if settings.jobs_database_url == settings.database_url:
        raise WrongSettingError(
            "SPEAKUP_JOBS_DATABASE_URL is the database of the cases. Name another one: the job process keeps its own."
        )
    if settings.owner_database_url.partition(":")[0] != settings.database_url.partition(":")[0]:
        raise WrongSettingError(
            "SPEAKUP_OWNER_DATABASE_URL is another kind of database than SPEAKUP_DATABASE_URL. Name the same one."
        )
