"""Nothing typed is lost: a post that cannot be taken now is handed back whole, stored nowhere, and sent again.

A session may end while somebody writes. The page that follows holds every word in its own form, asks for the words or
for a sign-in, and completes what was begun.
"""

from typing import Any

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from speakup import organisations
from speakup.web import actors, attachments
from speakup.web.lines import without_controls

NEVER_KEPT = frozenset({"csrf_token", "passphrase", "new_passphrase", "again", "code", "words"})
"""Secrets are typed again rather than handed back."""
_WORTH_SHOWING = 20


def fields_to_keep() -> dict[str, Any]:
    """Return what `errors/kept.html` needs to give back this post."""
    posted = [(without_controls(name), without_controls(value)) for name, value in request.form.items(multi=True)]
    fields = [(name, value) for name, value in posted if name not in NEVER_KEPT]
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
