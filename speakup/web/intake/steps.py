"""The questions in their order, which step a browser is at, and what its Back button means.

The form keeps one address, so nothing outside can tell which question somebody is at. Where they are stands in the
draft's own cookie. A GET that follows a post shows exactly the step the post named; a GET that the browser's Back
button causes shows the step before the one last shown (see `went_back`).
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import urlsplit

from flask import Request
from flask_babel import lazy_gettext

from speakup.cases import DraftContent, HowRaised
from speakup.crypto import envelope, tokens
from speakup.crypto.errors import Unreadable
from speakup.web.fields import PlainForm
from speakup.web.intake import forms

_ = lazy_gettext


@dataclass(frozen=True, slots=True)
class Step:
    """One question."""

    name: str
    title: Any
    form: type[PlainForm]

    @property
    def number(self) -> int:
        """Its place among the questions, from 1."""
        return STEPS.index(self) + 1


STEPS = [
    Step("how", _("How do you want to tell us?"), forms.HowForm),
    Step("story", _("What happened?"), forms.StoryForm),
    Step("risk", _("Is anyone at risk now?"), forms.RiskForm),
    Step("work", _("About your work"), forms.WorkForm),
    Step("detriment", _("Has something bad happened to you because you spoke up?"), forms.DetrimentForm),
    Step("reach", _("How can we reach you?"), forms.ReachForm),
    Step("exclude", _("Who should not see this?"), forms.ExcludeForm),
    Step("files", _("Do you want to add files?"), forms.FilesForm),
    Step("check", _("Check your answers"), forms.CheckForm),
]
BY_NAME: Mapping[str, Step] = {step.name: step for step in STEPS}
FIRST, CHECK = STEPS[0], STEPS[-1]
_PLACE = "place"


def asked(draft: DraftContent | None) -> list[Step]:
    """Return the questions this person is asked: somebody anonymous is not asked how to be reached."""
    anonymous = draft is not None and answered(draft, "how").get("how") == [HowRaised.ANONYMOUS.value]
    return [step for step in STEPS if not (anonymous and step.name == "reach")]


def answered(draft: DraftContent, step: str) -> dict[str, list[str]]:
    """Return what a step's form gave, as it gave it; nothing where every field was left alone."""
    given: dict[str, list[str]] = draft.answers.get(step, {})
    return given if any(any(values) for values in given.values()) else {}


def after(draft: DraftContent, step: Step) -> Step:
    """Return the next question."""
    return next((each for each in asked(draft) if each.number > step.number), CHECK)


def unanswered(draft: DraftContent) -> Step:
    """Return where somebody goes on who comes back to a draft: where they stopped, if that is known."""
    if draft.stopped_at in BY_NAME:
        return BY_NAME[draft.stopped_at]
    return next((step for step in asked(draft) if step.name not in draft.answers), CHECK)


def before(draft: DraftContent | None, step: Step) -> Step:
    """Return the question before; the first stays the first."""
    return next((each for each in reversed(asked(draft)) if each.number < step.number), FIRST)


@dataclass(frozen=True, slots=True)
class Place:
    """Which draft a browser has, and where in it."""

    token: str
    step: Step = FIRST
    known: bool = True
    """Whether the cookie says where. It does not when a draft was just come back to."""
    fresh: bool = False
    """A post has just named the step; a GET after this one may be the Back button."""
    troubled: bool = False
    """The step's answers do not do yet, and the page says why."""
    returning: bool = False
    """They came from "check your answers" and go back to it."""

    @classmethod
    def read(cls, value: str) -> Self | None:
        """Read the cookie; None when there is no draft. Anything odd in it is as if it said nothing."""
        token, _dot, sealed = value.partition(".")
        if not token:
            return None
        try:
            said = envelope.open_sealed(tokens.key(token, _PLACE), base64.urlsafe_b64decode(sealed), _PLACE.encode())
        except (Unreadable, ValueError):
            return cls(token, known=False)
        fresh, troubled, returning = map(bool, said[1:])
        return cls(token, STEPS[said[0] - 1], fresh=fresh, troubled=troubled, returning=returning)

    def written(self) -> str:
        """As the cookie holds it: sealed, so that whoever sees it learns nothing of how far somebody has come."""
        said = bytes([self.step.number, self.fresh, self.troubled, self.returning])
        sealed = envelope.seal(tokens.key(self.token, _PLACE), said, _PLACE.encode())
        return f"{self.token}.{base64.urlsafe_b64encode(sealed).decode()}"

    def seen(self, draft: DraftContent, *, back: bool) -> Self:
        """Return where this GET leaves the browser."""
        if not self.known:
            return type(self)(self.token, unanswered(draft), returning=draft.returning)
        if self.fresh or not back:
            return replace(self, fresh=False)
        return replace(
            self, step=CHECK if self.returning else before(draft, self.step), troubled=False, returning=False
        )


def went_back(request: Request) -> bool:
    """Say whether the browser's Back button most likely caused this GET.

    Browsers load a page again with `Cache-Control: max-age=0` and follow a link with `Sec-Fetch-User`; going back in
    the history sends neither. A wrong guess shows the neighbouring question and costs nobody a word.
    """
    asked_again = "max-age=0" in request.headers.get("Cache-Control", "") or "Pragma" in request.headers
    from_here = urlsplit(request.headers.get("Referer", "")).path in {"/", "/raise", "/raise/sent"}
    same_site = request.headers.get("Sec-Fetch-Site") == "same-origin"
    return from_here and same_site and not asked_again and "Sec-Fetch-User" not in request.headers
