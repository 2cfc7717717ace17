"""A browser in which somebody signed in before: whoever guesses at their account from elsewhere does not slow them.

The cookie is a random mark and a proof that we gave it for this account. It opens nothing, names nobody, goes when the
browser is closed, and is stored nowhere on our side, so every process knows it.
"""

import hmac
import secrets
from hashlib import sha256

from flask import Response, current_app

from speakup.web.cookies import KNOWN

_MARK_LENGTH = 32


def mark(email: str) -> str:
    """Return the mark of this browser, where it was given for the account of this address; empty otherwise."""
    given = KNOWN.read()
    made = given[:_MARK_LENGTH]
    return made if hmac.compare_digest(given.encode(), _proved(made, email).encode()) else ""


def remember(response: Response, email: str) -> Response:
    """Mark the browser. A mark that does for this account stays, so that its failures go on counting together."""
    if not mark(email):
        KNOWN.put(response, _proved(secrets.token_hex(_MARK_LENGTH // 2), email))
    return response


def _proved(made: str, email: str) -> str:
    key = str(current_app.config["WTF_CSRF_SECRET_KEY"]).encode()
    said = f"known browser\n{made}\n{email.strip().lower()}".encode("utf-8", "surrogatepass")
    return made + hmac.new(key, said, sha256).hexdigest()
