"""From the answers in a draft to the concern that is sent; every answer is checked again on the way."""

import uuid
from collections.abc import Mapping

from werkzeug.datastructures import MultiDict

from speakup import cases
from speakup.cases import Answer, DraftContent, Exclusions, HowRaised, NewConcern, Work
from speakup.kernel.errors import Conflict, NobodyToReceive
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import NoTrustRoot
from speakup.routing import Choice, Subject
from speakup.web.fields import PlainForm
from speakup.web.help_asked import HelpAsked
from speakup.web.intake import steps
from speakup.web.intake.steps import CHECK, Step

_ANSWERS = {"yes": Answer.YES, "no": Answer.NO, "unsure": Answer.NOT_SURE}

Forms = Mapping[str, PlainForm]
"""The questions a person is asked, each with what they answered."""


def form_of(uow: UnitOfWork, step: Step, draft: DraftContent | None, *, shown: bool = False) -> PlainForm:
    """Fill a step's form with what was answered, as it was typed. Carries no token: a page that shows it adds one."""
    form = _filled(step, draft)
    form.prepare(uow, shown=shown)
    return form


def _filled(step: Step, draft: DraftContent | None) -> PlainForm:
    given = steps.answered(draft, step.name) if draft else {}
    typed = MultiDict([(name, value) for name, values in given.items() for value in values])
    return step.form(formdata=typed if given else None, meta={"csrf": False})


def forms_of(uow: UnitOfWork, draft: DraftContent) -> Forms:
    """Fill all of them. One without an answer has nothing to be checked against, so the organisation is not asked."""
    return {
        step.name: form_of(uow, step, draft) if steps.answered(draft, step.name) else _filled(step, None)
        for step in steps.asked(draft)
        if step is not CHECK
    }


def first_trouble(forms: Forms, draft: DraftContent) -> Step | None:
    """Return the first question whose answer does not do; None when everything may be sent."""
    given = (name for name in forms if name == "story" or steps.answered(draft, name))
    return next((steps.BY_NAME[name] for name in given if not forms[name].validate()), None)


def concern_of(forms: Forms, lot: bytes, named: tuple[uuid.UUID, uuid.UUID] | None = None) -> NewConcern:
    """Put the answers together. Only for answers without trouble; a question not asked is as if never answered."""
    story, risk, detriment = forms["story"], forms["risk"], forms["detriment"]
    return NewConcern(
        narrative=story.narrative.data or "",
        how_raised=HowRaised(forms["how"].how.data or HowRaised.CONFIDENTIAL),
        at_risk=_ANSWERS.get(risk.at_risk.data or "", Answer.NOT_ANSWERED),
        risk=risk.risk.data or "",
        work=_work(forms["work"]),
        detriment=detriment.detriment.data or "",
        happened=_ANSWERS.get(detriment.happened.data or "", Answer.NOT_ANSWERED),
        help_needed=help_in_words(forms["work"]),
        language=_help(forms["work"]).languages,
        spoke_up_before=bool(story.spoke_up_before.data),
        subject=_subject(forms["exclude"]),
        exclusions=_exclusions(forms["exclude"]),
        person=forms["reach"].details() if "reach" in forms else None,
        named=named,
        lot=lot,
    )


def choose(uow: UnitOfWork, concern: NewConcern) -> Choice | None:
    """Say who would receive this; None when nobody may, or no longer those who were named."""
    try:
        excluded = cases.everybody_excluded(uow, concern.exclusions, concern.subject)
        return cases.choose_receivers(uow, concern, excluded)
    except (NobodyToReceive, Conflict, NoTrustRoot):
        return None


def somebody_is_left(uow: UnitOfWork, exclude: PlainForm, draft: DraftContent) -> bool:
    """Say whether two people could receive it with these exclusions together; for an `exclude` form without trouble."""
    work = form_of(uow, steps.BY_NAME["work"], draft)
    placed = _work(work) if work.validate() else Work()
    concern = NewConcern(
        "", work=placed, language=_help(work).languages, subject=_subject(exclude), exclusions=_exclusions(exclude)
    )
    return choose(uow, concern) is not None


def help_in_words(form: PlainForm) -> str:
    """Write the help asked for, one line each, as the guardian reads it."""
    return _help(form).in_words


def _help(form: PlainForm) -> HelpAsked:
    return HelpAsked(form.language.data or "", form.help.data or [], form.other_help.data or "")


def _work(form: PlainForm) -> Work:
    return Work(
        directorate_id=uuid.UUID(form.directorate.data) if form.directorate.data else None,
        site_id=uuid.UUID(form.site.data) if form.site.data else None,
        worker_group=form.worker_group.data or None,
        role=form.role.data or "",
    )


def _subject(form: PlainForm) -> Subject:
    return Subject(form.subject.data or Subject.NOBODY_NAMED)


def _exclusions(form: PlainForm) -> Exclusions:
    ticked = form.people.data or []
    return Exclusions(
        people=form.chosen_people,
        team=form.TEAM in ticked,
        executives=form.EXECUTIVES in ticked,
        others=form.others.data or "",
    )
