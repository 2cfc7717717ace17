"""What Flask's session is used for: binding a form's token to the browser it was served to, and "Note saved".

Flask-WTF keeps a random value in the session and puts a signed copy into each form. Here that value *is* the
`__Host-form` cookie; nothing about anybody is in it, and no signed session exists. A sentence flashed before a
redirect waits in `__Host-done` for the page after it; such sentences are fixed words of ours and never content.
"""

import base64
import json
import re
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin

from speakup.web.cookies import DONE, FORM

_WELL_FORMED = re.compile(r"[0-9a-f]{40}")
_TOKEN, _FLASHES = "csrf_token", "_flashes"
_LONGEST = 1000


class FormSession(dict[str, Any], SessionMixin):
    """A session that holds one random value, and for one redirect a sentence."""

    modified = False
    accessed = False
    said_before: tuple[tuple[str, str], ...] = ()
    """Sentences that came with the request: they are of what was done before it."""

    def unsay(self) -> None:
        """Take back what this request said that it did."""
        dict.__setitem__(self, _FLASHES, [each for each in self.get(_FLASHES, ()) if each in self.said_before])

    def __setitem__(self, key: str, value: Any) -> None:  # noqa: ANN401 -- dict's own signature
        if key not in {_TOKEN, _FLASHES}:
            raise TypeError(key)
        self.modified = True
        super().__setitem__(key, value)


class FormSessions(SessionInterface):
    """Reads and writes the two cookies."""

    def open_session(self, app: Flask, request: Request) -> FormSession:
        opened = FormSession()
        value = request.cookies.get(FORM.name, "")
        if _WELL_FORMED.fullmatch(value):
            dict.__setitem__(opened, _TOKEN, value)
        flashed = _read_flashes(request.cookies.get(DONE.name, ""))
        if flashed:
            dict.__setitem__(opened, _FLASHES, flashed)
            opened.said_before = tuple(flashed)
        return opened

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session.modified and _TOKEN in session:
            FORM.put(response, session[_TOKEN])
        if session.get(_FLASHES):
            DONE.put(response, base64.urlsafe_b64encode(json.dumps(session[_FLASHES]).encode()).decode())
        elif DONE.read():
            DONE.drop(response)


def _read_flashes(value: str) -> list[tuple[str, str]]:
    """Read sentences back; anything malformed is as if nothing had been said."""
    if not value or len(value) > _LONGEST:
        return []
    try:
        read = json.loads(base64.urlsafe_b64decode(value))
        return [(str(category), str(words)) for category, words in read]
    except (ValueError, TypeError):
        return []
