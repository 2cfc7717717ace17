"""Check your answers: everything as it will be sent, and everyone who will be able to open it, by name."""

import uuid
from typing import Any

from flask import request
from flask_babel import gettext, lazy_gettext

from speakup import accounts, keyring, organisations
from speakup.accounts import Member
from speakup.cases import DraftContent
from speakup.kernel.uow import UnitOfWork
from speakup.routing import Choice
from speakup.web import kept
from speakup.web.fields import PlainForm
from speakup.web.intake import steps
from speakup.web.intake.concern import Forms, choose, concern_of, first_trouble, forms_of, help_in_words
from speakup.web.intake.opening import why_closed
from speakup.web.intake.steps import Step

_ = lazy_gettext

_NONE = _("Not answered")


def context(uow: UnitOfWork, draft: DraftContent) -> dict[str, Any]:
    """Read what the page shows: a row for each question, and the two readers or that there are none."""
    forms = forms_of(uow, draft)
    trouble = first_trouble(forms, draft)
    closed = why_closed(uow, organisations.here(uow))
    may_send = trouble is None and closed is None
    choice = choose(uow, concern_of(forms, draft.lot)) if may_send else None
    return {
        "rows": [(step, _lines(step, forms, draft)) for step in steps.asked(draft)[:-1]],
        "trouble": trouble,
        "why_closed": closed or "",
        "readers": _members(uow, choice) if choice else [],
        "named": f"{choice.primary},{choice.cover}" if choice else "",
        "urgent": forms["risk"].at_risk.data == "yes",
        "anonymous": "reach" not in forms,
    }


def _members(uow: UnitOfWork, choice: Choice) -> list[Member]:
    """Find the two among everybody, whom choosing has read already; one who has left is read for themselves."""
    everybody = {each.id: each for each in accounts.members(uow)}
    both = [everybody.get(each) or accounts.member(uow, each) for each in (choice.primary, choice.cover)]
    return keyring.as_vouched(keyring.load_key_log(uow), both)


def given_back() -> dict[str, Any]:
    """Return the words of a post that cannot be taken, for a page that gives them back; nothing for a GET."""
    return kept.fields_to_keep() if request.method == "POST" else {}


def named_readers() -> tuple[uuid.UUID, uuid.UUID] | None:
    """Read which two people the page named; None for anything that is not two people."""
    try:
        primary, cover = (uuid.UUID(each) for each in request.form.get("readers", "").split(","))
    except ValueError:
        return None
    return primary, cover


def _lines(step: Step, forms: Forms, draft: DraftContent) -> list[str]:
    if step.name == "files":
        return [each.name for each in draft.files] or [gettext("No files")]
    if step.name != "how" and not steps.answered(draft, step.name):
        return [str(_NONE)]
    return _WRITERS[step.name](forms[step.name]) or [str(_NONE)]


def _how(form: PlainForm) -> list[str]:
    # What is sent without a choice; `concern_of` says the same.
    return _chosen(form.how) or [gettext("Confidential, because you chose none")]


def _story(form: PlainForm) -> list[str]:
    before = [str(form.spoke_up_before.label.text)] if form.spoke_up_before.data else []
    return [*_words(form.narrative), *before]


def _risk(form: PlainForm) -> list[str]:
    return [*_chosen(form.at_risk), *_words(form.risk)]


def _work(form: PlainForm) -> list[str]:
    places = [line for field in (form.directorate, form.site, form.worker_group) for line in _chosen(field)]
    return [*places, *_words(form.role), *help_in_words(form).splitlines()]


def _detriment(form: PlainForm) -> list[str]:
    return [*_chosen(form.happened), *_words(form.detriment)]


def _reach(form: PlainForm) -> list[str]:
    details = form.details()
    if details is None:
        return []
    notice = [*_chosen(form.notice_by), details.notice_to] if details.notice_to else []
    return [each for each in (details.name, details.contact, details.safe_contact, *notice) if each]


def _exclude(form: PlainForm) -> list[str]:
    about = [gettext("It is about: %(who)s", who=_chosen(form.subject)[0])] if form.subject.data else []
    return [*_chosen(form.people), *_words(form.others), *about]


_WRITERS = {
    "how": _how,
    "story": _story,
    "risk": _risk,
    "work": _work,
    "detriment": _detriment,
    "reach": _reach,
    "exclude": _exclude,
}


def _chosen(field: Any) -> list[str]:  # noqa: ANN401 -- WTForms publishes no types
    values = field.data if isinstance(field.data, list) else [field.data]
    return [str(choice.label) for choice in field.iter_choices() if choice.value and choice.value in values]


def _words(field: Any) -> list[str]:  # noqa: ANN401 -- see above
    return [field.data] if (field.data or "").strip() else []
