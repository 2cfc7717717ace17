"""Two at once: what a page carries of how a case stood when it was read, so that nothing is overwritten unseen.

The page that comes back shows how it stands now, keeps every word that was typed, and carries the new mark: saving once
more then means it.
"""

import hashlib

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from speakup.cases import CaseView, HowRaised, PersonDetails
from speakup.kernel.errors import Conflict


def said_by_guardians(view: CaseView) -> int:
    """Count what guardians have written to the person."""
    return sum(1 for each in view.messages if not each.from_reporter)


def mark_of_person(person: PersonDetails | None, how: HowRaised) -> str:
    """Mark who the person was when a page was read, without saying it once more."""
    known = "" if person is None else "\0".join(str(each) for each in person.plain().values())
    return hashlib.sha256(f"{how}\0{known}".encode()).hexdigest()[:32]


def mark_of_pause(view: CaseView) -> str:
    """Mark whether a case waited when a page was read, and which of its pauses was the last."""
    return f"{len(view.pauses)} {view.case.paused_on or ''}"


def led_back(ref: str, page: str = ".action") -> ResponseReturnValue:
    """Lead from a step of an action that cannot be taken as it stands now; `Conflict` gives back what was posted."""
    if request.method == "POST":
        raise Conflict(ref)
    flash(_("This cannot be done as the action stands now"), "warning")
    return redirect(url_for(page, ref=ref))
