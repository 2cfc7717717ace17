"""The seven cookies there are, each host-only, secure, out of scripts' reach and never sent from another site.

`__Host-form` ties a form to the browser it was served to; `__Host-draft`, `__Host-inbox` and `__Host-staff` each open
one sealed row; `__Host-done` holds a sentence of ours across one redirect; `__Host-known` says of a browser of staff
that somebody signed in with it, so that a guesser elsewhere does not slow them; `__Host-search` holds what a guardian
looks for, sealed to their session. None is set before it is needed, and none outlives the browser.
"""

from dataclasses import dataclass

from flask import request
from werkzeug.wrappers import Response


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie."""

    name: str

    def read(self) -> str:
        """Return what the browser sent; empty for nothing."""
        return request.cookies.get(self.name, "")

    def token(self) -> str:
        """Return the token alone, which opens the row; what stands after a dot is for the page that put it there."""
        return self.read().partition(".")[0]

    def put(self, response: Response, value: str) -> None:
        """Set it for as long as the browser stays open."""
        response.set_cookie(self.name, value, secure=True, httponly=True, samesite="Strict", path="/")

    def drop(self, response: Response) -> None:
        """Take it away."""
        response.delete_cookie(self.name, secure=True, httponly=True, samesite="Strict", path="/")


FORM = Cookie("__Host-form")
DRAFT = Cookie("__Host-draft")
INBOX = Cookie("__Host-inbox")
STAFF = Cookie("__Host-staff")
DONE = Cookie("__Host-done")
KNOWN = Cookie("__Host-known")
SEARCH = Cookie("__Host-search")
EVERY = (FORM, DRAFT, INBOX, STAFF, DONE, KNOWN, SEARCH)


def end_pages(response: Response) -> None:
    """Have the browser drop the pages it keeps alive for its Back button, which it would show without asking us.

    Chromium keeps some even of those that are never to be stored. Not for leaving quickly: clearing a large cache takes
    a browser a while, and whoever leaves in a hurry is to see the next page at once. There the page empties itself.
    """
    response.headers["Clear-Site-Data"] = '"cache"'
