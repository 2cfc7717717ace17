"""Nothing typed is lost: a post that cannot be taken now is handed back whole, stored nowhere, and sent again.

A session may end while somebody writes. The page that follows holds every word in its own form, asks for the words or
for a sign-in, and completes what was begun.
"""

from typing import Any

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from speakup import organisations
from speakup.web import actors, attachments, surfaces
from speakup.web.lines import without_controls

_SECRETS = frozenset({"csrf_token", "passphrase", "new_passphrase", "again", "code"})
"""Secrets are typed again rather than handed back."""
_SPOKEN = "words"
"""Somebody's seven words on a public page, or a colleague's five. On other pages of staff it is what was written."""
_SPOKEN_TO_STAFF = frozenset({"colleagues"})
_WORTH_SHOWING = 20


def never_kept(path: str) -> frozenset[str]:
    """Name the fields of what is posted to an address that are typed again and never handed back."""
    written = path.split("/")[1] in surfaces.staff_places() - _SPOKEN_TO_STAFF
    return _SECRETS if written else _SECRETS | {_SPOKEN}


def fields_to_keep() -> dict[str, Any]:
    """Return what `errors/kept.html` needs to give back this post."""
    posted = [(without_controls(name), without_controls(value)) for name, value in request.form.items(multi=True)]
    secret = never_kept(request.path)
    fields = [(name, value) for name, value in posted if name not in secret]
    if not fields:
        return {}
    return {
        "kept": [("csrf_token", generate_csrf()), *fields],
        "kept_words": [value for _, value in fields if len(value) >= _WORTH_SHOWING],
        "kept_files": any(each.filename for each in request.files.values()),
        "retry_address": request.full_path.rstrip("?"),
    }


def ask_to_sign_in() -> ResponseReturnValue:
    """Ask a person whose session ended to sign in, with what they posted still on the page."""
    return _ask("auth/sign_in_again.html")


def ask_for_words() -> ResponseReturnValue:
    """Ask whoever had an inbox open for the words again, with what they posted still on the page."""
    return _ask("inbox/words_again.html")


def _ask(template: str) -> ResponseReturnValue:
    with actors.public_work() as uow:
        organisation = organisations.here(uow)
    if request.mimetype == "multipart/form-data":
        # The files cannot be kept, but the words beside them can, and they come in one body.
        attachments.allow_files(organisation)
    g.organisation = organisation
    # A button alone holds no words, and is pressed again all the same.
    carried = {"retry_address": request.path, **fields_to_keep()}
    return render_template(template, organisation=organisation, **carried), 401
