"""The only thing Flask's session is used for: binding a form's token to the browser it was served to.

Flask-WTF keeps a random value in the session and puts a signed copy into each form. Here that value *is* the
`__Host-form` cookie; nothing about anybody is in it, and no signed session exists.
"""

import re
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin

from speakup.web.cookies import FORM

_WELL_FORMED = re.compile(r"[0-9a-f]{40}")
_FIELD = "csrf_token"


class FormSession(dict[str, Any], SessionMixin):
    """A session that holds one random value."""

    modified = False
    accessed = False

    def __setitem__(self, key: str, value: Any) -> None:  # noqa: ANN401 -- dict's own signature
        if key != _FIELD:
            raise TypeError(key)
        self.modified = True
        super().__setitem__(key, value)


class FormSessions(SessionInterface):
    """Reads and writes the form cookie."""

    def open_session(self, app: Flask, request: Request) -> FormSession:
        opened = FormSession()
        value = request.cookies.get(FORM.name, "")
        if _WELL_FORMED.fullmatch(value):
            dict.__setitem__(opened, _FIELD, value)
        return opened

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session.modified and _FIELD in session:
            FORM.put(response, session[_FIELD])
