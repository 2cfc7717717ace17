"""What one web process holds for as long as it runs: the database, the gateways, and whose host name is whose."""

import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from flask import current_app
from sqlalchemy.orm import Session

from config import Settings
from speakup import organisations
from speakup.gateways.blobs import Blobs
from speakup.gateways.mail import Mailer, mailer_from_url
from speakup.gateways.scanner import Scanner, scanner_at
from speakup.gateways.texts import HeldTexter, Texter, texter_for
from speakup.kernel.db import begin_next, make_engine
from speakup.kernel.uow import Database
from speakup.web.throttle import Throttle

_HOSTS_KEPT_SECONDS = 60.0


@dataclass
class Site:
    """Everything a page may need that outlives a request. Holds no secret of anybody's."""

    settings: Settings
    database: Database
    blobs: Blobs
    scanner: Scanner
    notices: Mailer
    """Mail to workers, from an address that names nobody; held back where none is set."""
    texts: Texter = field(default_factory=HeldTexter)
    """Texts to workers; held back where there is no way to send them."""
    throttle: Throttle = field(default_factory=Throttle)
    _hosts: dict[str, tuple[float, uuid.UUID]] = field(default_factory=dict)

    @classmethod
    def from_settings(cls, settings: Settings) -> "Site":
        """Open what the settings name."""
        return cls(
            settings,
            Database(make_engine(settings.database_url), settings.trust_dir),
            Blobs.from_url(settings.blobs_url),
            scanner_at(settings.clamd),
            mailer_from_url(
                settings.mail_url if settings.notice_from else None,
                sender=settings.notice_from,
                notify_key=settings.notify_key,
            ),
            texter_for(settings.notice_text_template, settings.notify_key),
        )

    def organisation_at(self, host: str) -> uuid.UUID | None:
        """Return whose host name this is; a known one is remembered for a minute, an unknown one is asked each time."""
        known = self._hosts.get(host)
        if known is not None and time.monotonic() - known[0] < _HOSTS_KEPT_SECONDS:
            return known[1]
        with self.database.engine.connect() as connection, Session(connection) as session:
            begin_next(connection, writes=False)
            found = organisations.id_for_host(session, host)
        if found is not None and not organisations.answers_to(self.database.trust_dir, found, host):
            # Somebody has given the host name to another organisation, whose guardians would read what is sent here.
            return None
        if found is not None:
            self._hosts[host] = (time.monotonic(), found)
        return found

    @property
    def public_folder(self) -> Path:
        """Where a trust's own logo and fonts are served from."""
        return self.settings.data_dir / "public"


def site() -> Site:
    """Return this process's site."""
    held: Site = current_app.extensions["speakup"]
    return held
