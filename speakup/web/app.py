"""The application: made from settings, with all the surfaces or only some."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import IO, Any, cast

from flask import Blueprint, Flask, Request, abort, g, request
from jinja2 import StrictUndefined
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException

from config import Settings, secret_key
from speakup.cases import working_day_after
from speakup.kernel import clock
from speakup.web import action_words, actors, assets, bodies, errors, headers, labels, logo, wording
from speakup.web.form_session import FormSessions
from speakup.web.rendering import Templates
from speakup.web.site import Site
from speakup.web.site import site as current_site
from speakup.web.uploads import SealedSpool, sealed_spool


def _public() -> tuple[Blueprint, ...]:
    from speakup.web import inbox, intake, published  # noqa: PLC0415 -- a process of staff pages does not even load these

    return intake.surface, inbox.front, inbox.surface, published.surface


def _staff() -> tuple[Blueprint, ...]:
    from speakup.web import admin, auth, learning, measures, referrals, returns, workspace  # noqa: PLC0415 -- a process of public pages does not even load these

    others = returns.surface, referrals.surface, learning.surface, admin.surface, measures.surface
    return auth.auth, auth.account, workspace.surface, *others


def _board() -> tuple[Blueprint, ...]:
    from speakup.web import board  # noqa: PLC0415 -- a process of these pages loads no page of cases, and no other loads them

    return (board.surface,)


SURFACES: dict[str, Callable[[], tuple[Blueprint, ...]]] = {"public": _public, "staff": _staff, "board": _board}
"""The pages by audience: an operator may run the public ones as a process that has no staff pages at all, and those of
the board as one whose role in the database has no right to a case (docs/deploy/board.sql).
"""

_ROOT = Path(__file__).resolve().parent.parent.parent


class SealedRequest(Request):
    """A request whose uploaded files never touch a disk in clear, and are gone when it ends, however it ends."""

    form_data_parser_class = bodies.Bodies
    max_form_parts = 200

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 -- handed on as they come
        super().__init__(*args, **options)
        self._spools: list[SealedSpool] = []

    def _load_form_data(self) -> None:
        """Read the body once. One that cannot be read has no fields from then on, so that a page can say so."""
        try:
            super()._load_form_data()
        except HTTPException:
            self.__dict__.update(form=ImmutableMultiDict(), files=ImmutableMultiDict())
            raise

    def close(self) -> None:
        """Close what was spooled, also where the body was refused half read."""
        for spool in self._spools:
            spool.close()
        super().close()

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        spool = sealed_spool()
        self._spools.append(spool)
        return cast("IO[bytes]", spool)


class SpeakUp(Flask):
    """Flask, reading requests our way."""

    request_class = SealedRequest
    jinja_environment = Templates


def create_app(settings: Settings, surfaces: Collection[str] | None = None, site: Site | None = None) -> Flask:
    """Make the application. `surfaces` names audiences of `SURFACES`; all of them when none is named."""
    app = SpeakUp("speakup", static_folder=None, template_folder=str(_ROOT / "templates"))
    app.config.update(
        SECRET_KEY=None,
        WTF_CSRF_SECRET_KEY=secret_key(settings),
        WTF_CSRF_TIME_LIMIT=None,
        # Our own check of Origin and Sec-Fetch-Site stands in `headers`; browsers hide the referrer too often.
        WTF_CSRF_SSL_STRICT=False,
        TRAP_HTTP_EXCEPTIONS=False,
        PROPAGATE_EXCEPTIONS=False,
        BABEL_DEFAULT_LOCALE="en",
        BABEL_DEFAULT_TIMEZONE="Europe/London",
        BABEL_TRANSLATION_DIRECTORIES=str(_ROOT / "speakup" / "translations"),
    )
    app.extensions["speakup"] = site or Site.from_settings(settings)
    app.session_interface = FormSessions()
    _prepare_templates(app)
    wording.install(app)
    assets.install(app)
    app.before_request(know_the_organisation)
    headers.install(app)
    bodies.install(app)
    actors.install(app)
    errors.install(app)
    logo.install(app)
    for name in surfaces or SURFACES:
        for surface in SURFACES[name]():
            app.register_blueprint(surface)
    # The bank holidays take a second to load, which no request should pay.
    working_day_after(clock.today(), 1, "ENG")
    working_day_after(clock.today(), 1, "WLS")
    return app


def know_the_organisation() -> None:
    """Say whose page this is, from the host name; a host that is nobody's is answered 400, whatever was asked."""
    if request.path.startswith("/static/"):
        return
    found = current_site().organisation_at(request.host)
    if found is None:
        abort(400)
    g.organisation_id = found


def _prepare_templates(app: Flask) -> None:
    app.jinja_options = {
        "autoescape": True,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "undefined": StrictUndefined,
        "auto_reload": False,
    }
    labels.install(app)
    action_words.install(app)
