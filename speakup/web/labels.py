"""The words for what the domain names: states, dates, roles, reasons. Domain packages carry no sentence for people."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime
from flask import Flask
from flask_babel import get_locale, gettext, lazy_gettext, ngettext
from flask_wtf.csrf import generate_csrf

from speakup.accounts import Member
from speakup.audit import Event
from speakup.cases import (
    Answer,
    Basis,
    CaseState,
    ClockKind,
    Consented,
    HowAgreed,
    HowRaised,
    Missing,
    PauseReason,
    Satisfied,
    ToWhom,
    WhyAside,
)
from speakup.kernel.actor import Role
from speakup.kernel.clock import LONDON
from speakup.keyring import CompartmentKind, PrincipalKind
from speakup.routing import Subject
from speakup.web import file_words

_ = lazy_gettext

STATES: dict[CaseState, Any] = {
    CaseState.NEW: _("New"),
    CaseState.ACKNOWLEDGED: _("Acknowledged"),
    CaseState.WITH_GUARDIAN: _("With guardian"),
    CaseState.PASSED_ON: _("Passed on"),
    CaseState.UNDER_REVIEW: _("Under review"),
    CaseState.AWAITING_FEEDBACK: _("Person told, waiting for their answer"),
    CaseState.CLOSED: _("Closed"),
    CaseState.REOPENED: _("Reopened"),
}

CLOCKS: dict[ClockKind, Any] = {
    ClockKind.ACKNOWLEDGE: _("Acknowledge: answer the person"),
    ClockKind.CONVERSATION: _("Speak with the person"),
    ClockKind.UPDATE: _("Write to the person"),
    ClockKind.REVIEW: _("Look over the whole case"),
    ClockKind.LOOK_AGAIN: _("Look again whether it still has to wait"),
    ClockKind.REFERRAL: _("Ask for the answer to what was passed on"),
    ClockKind.WORSE: _("Answer: the person says things are worse"),
    ClockKind.CHECK_IN: _("Ask how things are"),
}
"""What a clock waits for."""

PAUSES: dict[PauseReason, Any] = {
    PauseReason.PERSON_ASKED: _("the person asked us to wait"),
    PauseReason.PERSON_AWAY: _("the person cannot go on for now"),
    PauseReason.OTHER_PROCESS: _("something else has to finish first"),
    PauseReason.ANSWER: _("we wait for an answer from others"),
    PauseReason.OTHER: _("another reason"),
}
"""Why a case waits; it follows "because" or a colon."""

SAID: dict[Consented, Any] = {
    Consented.NOT_ASKED: _("Not asked yet"),
    Consented.ASKED: _("Asked, no answer yet"),
    Consented.AGREED: _("They agree"),
    Consented.REFUSED: _("They do not agree"),
    Consented.NOT_HAD: _("They could not be asked: why is written down"),
}
"""How it stands with somebody's agreement that others have their case."""

SAID_COLOURS: dict[Consented, str] = {
    Consented.NOT_ASKED: "grey",
    Consented.ASKED: "yellow",
    Consented.AGREED: "green",
    Consented.REFUSED: "red",
    Consented.NOT_HAD: "orange",
}

ASIDE: dict[WhyAside, Any] = {
    WhyAside.KNOWS: _("I know somebody in it too well"),
    WhyAside.ABOUT: _("It is about me, or about somebody close to me"),
    WhyAside.OTHER_PART: _("I have another part in it: as a manager, in HR, as a witness"),
    WhyAside.OTHER: _("Another reason"),
}
"""Why a guardian steps aside, in their own mouth."""

ASIDE_OF_OTHERS: dict[WhyAside, Any] = {
    WhyAside.KNOWS: _("They know somebody in it too well"),
    WhyAside.ABOUT: _("It is about them, or about somebody close to them"),
    WhyAside.OTHER_PART: _("They have another part in it"),
    WhyAside.OTHER: _("Another reason"),
}
"""The same, as a colleague reads it."""

ANSWERS: dict[Answer, Any] = {
    Answer.YES: _("Yes"),
    Answer.NO: _("No"),
    Answer.NOT_SURE: _("Not sure"),
    Answer.NOT_ANSWERED: _("Not answered"),
    Answer.NOT_YES: _("No, not sure or not answered"),
}

STATE_COLOURS: dict[CaseState, str] = {
    CaseState.NEW: "red",
    CaseState.ACKNOWLEDGED: "blue",
    CaseState.WITH_GUARDIAN: "blue",
    CaseState.PASSED_ON: "purple",
    CaseState.UNDER_REVIEW: "purple",
    CaseState.AWAITING_FEEDBACK: "yellow",
    CaseState.CLOSED: "grey",
    CaseState.REOPENED: "orange",
}

STANDINGS: dict[CaseState, Any] = {
    CaseState.NEW: _("We have it. A guardian will read it and answer you."),
    CaseState.ACKNOWLEDGED: _("A guardian has read it and answered you."),
    CaseState.WITH_GUARDIAN: _("A guardian is working on it."),
    CaseState.PASSED_ON: _("It has been passed on, as you agreed. The guardian waits for an answer."),
    CaseState.UNDER_REVIEW: _("It is being looked into. The guardian keeps in touch."),
    CaseState.AWAITING_FEEDBACK: _("The guardian has told you what came of it. You can answer below."),
    CaseState.CLOSED: _("It is closed. You can still read everything here."),
    CaseState.REOPENED: _("It has been opened again. A guardian is working on it."),
}
"""Where things stand, in words for the person who spoke up."""

HOW: dict[HowRaised, Any] = {
    HowRaised.OPEN: _("Openly"),
    HowRaised.CONFIDENTIAL: _("Confidentially"),
    HowRaised.ANONYMOUS: _("Anonymously"),
}

HOW_NOW: dict[HowRaised, Any] = {
    HowRaised.OPEN: _("Openly: their name can be shared"),
    HowRaised.CONFIDENTIAL: _("Confidentially: only the people who can open this may know"),
    HowRaised.ANONYMOUS: _("Anonymously: they told nobody who they are"),
}
"""Who may know, as it stands now."""

HOW_KEPT: dict[HowRaised, Any] = {
    HowRaised.OPEN: _("You may say their name where that helps what they raised. Ask them first, if you can."),
    HowRaised.CONFIDENTIAL: _(
        "Tell nobody unless they agree, or somebody may be seriously harmed, or the law requires it."
    ),
    HowRaised.ANONYMOUS: _("Do not try to find out who it is. If you think that you know, say nothing."),
}
"""What that asks of a guardian."""

COMPARTMENTS: dict[CompartmentKind, Any] = {
    CompartmentKind.IDENTITY: _("Who the person is"),
    CompartmentKind.CONVERSATION: _("What was said, and files"),
    CompartmentKind.CASEWORK: _("Notes and casework"),
    CompartmentKind.REFERRAL: _("What was passed on"),
    CompartmentKind.GROUP: _("What the group shares"),
}

HOW_AGREED: dict[HowAgreed, Any] = {
    HowAgreed.VERBALLY: _("They said so"),
    HowAgreed.IN_WRITING: _("They wrote so"),
    HowAgreed.REFUSED: _("They refused"),
}
"""How somebody answered when they were asked whether something may be shared."""

BASES: dict[Basis, Any] = {
    Basis.AGREEMENT: _("The person agreed"),
    Basis.SERIOUS_RISK: _("Somebody may be seriously harmed"),
    Basis.LEGAL_DUTY: _("The law requires it"),
    Basis.NOTHING_IDENTIFYING: _("It says nothing that tells who they are, and they could not be asked"),
}
"""On what somebody who holds no key was told something."""

TO_WHOM: dict[ToWhom, Any] = {
    ToWhom.MANAGER: _("Manager"),
    ToWhom.DIRECTOR: _("Director"),
    ToWhom.EXECUTIVE_LEAD: _("Executive lead"),
    ToWhom.NON_EXECUTIVE_LEAD: _("Non-executive lead"),
    ToWhom.CHIEF_EXECUTIVE: _("Chief executive"),
    ToWhom.CHAIR: _("Chair"),
    ToWhom.HUMAN_RESOURCES: _("Human resources"),
    ToWhom.SAFEGUARDING: _("Safeguarding"),
    ToWhom.COUNTER_FRAUD: _("Counter fraud"),
    ToWhom.CQC: _("Care Quality Commission"),
    ToWhom.NHS_ENGLAND: _("NHS England"),
    ToWhom.REGULATOR: _("A professional regulator"),
    ToWhom.POLICE: _("Police"),
    ToWhom.OTHER: _("Somebody else"),
}
"""What somebody is who was told something."""

ROLES: dict[Role, Any] = {
    Role.GUARDIAN: _("Guardian"),
    Role.LEAD_GUARDIAN: _("Lead guardian"),
    Role.BUDDY_GUARDIAN: _("Buddy guardian from another organisation"),
    Role.NON_EXECUTIVE_LEAD: _("Non-executive lead"),
    Role.RECIPIENT: _("Receives referrals"),
    Role.ACTION_OWNER: _("Owns learning actions"),
    Role.BOARD_MEMBER: _("Board member"),
    Role.EXECUTIVE_LEAD: _("Executive lead"),
    Role.BOARD_SECRETARY: _("Board secretary"),
    Role.RECOVERY_OFFICER: _("Recovery officer"),
    Role.ADMINISTRATOR: _("Administrator"),
}

SUBJECTS: dict[Subject, Any] = {
    Subject.GUARDIAN: _("a guardian"),
    Subject.EXECUTIVE: _("an executive"),
    Subject.CHAIR: _("the chair"),
}
"""Whom a concern is about, as far as it changes who may receive it."""

MISSING: dict[Missing, Any] = {
    Missing.ACKNOWLEDGED: _("Answer the person first"),
    Missing.ELEMENTS: _("Say which elements it has, or that none applies"),
    Missing.WORKER_GROUP: _("Choose a worker group. “Not known” is one of them"),
    Missing.TOLD: _("Tell the person the outcome, or write why that was not possible"),
    Missing.REASON: _("The person is not satisfied: write why not, in their words if you can"),
    Missing.ESCALATION: _("The person is not satisfied: choose or write which further step you offered"),
    Missing.PASSED_ON: _("It is still passed on to somebody. Tick that you take it back, or wait for an answer"),
}

SATISFIED: dict[Satisfied, Any] = {
    Satisfied.YES: _("Yes"),
    Satisfied.NO: _("No"),
    Satisfied.NOT_KNOWN: _("Not known"),
}

EVENTS: dict[Event, Any] = {
    Event.CASE_RAISED: _("Raised"),
    Event.CASE_READ: _("Opened and read"),
    Event.CASE_RECORDED: _("Written down by a guardian"),
    Event.CASE_ACKNOWLEDGED: _("Acknowledged"),
    Event.CASE_ANNOUNCED: _("Guardians told that there is something to read"),
    Event.CASE_CLOSED: _("Closed"),
    Event.CASE_CODED: _("Coded"),
    Event.CASE_REOPENED: _("Reopened"),
    Event.CASE_HANDED_OVER: _("Handed over"),
    Event.HAND_OVER_AGREED: _("What the person says to handing it over was written down"),
    Event.HAND_OVER_WANTED: _("The lead guardian asked that it be handed over"),
    Event.GUARDIAN_STEPPED_ASIDE: _("A guardian stepped aside"),
    Event.CASES_LINKED: _("Linked with another as one case"),
    Event.CASES_PARTED: _("Taken for two cases again"),
    Event.CASE_STARTED: _("Taken up"),
    Event.CASE_IMPORTED: _("Brought in from a log"),
    Event.CASE_LOOKED_OVER: _("Looked over as a whole"),
    Event.CASE_PAUSED: _("Paused"),
    Event.CASE_RESUMED: _("Goes on after a pause"),
    Event.CASE_SEEN_TO: _("What came after the end was seen to"),
    Event.CASE_SPOKEN: _("Spoken with the person"),
    Event.CASE_TAKEN_BACK: _("Taken back to work on"),
    Event.CASE_TITLED: _("Title written"),
    Event.CASE_TRIAGED: _("Triage saved"),
    Event.CASE_UNDER_REVIEW: _("Under review"),
    Event.CLOCKS_CHANGED: _("How long clocks run was changed"),
    Event.CONVERSATION_WAIVED: _("No conversation: why is among the notes"),
    Event.DETRIMENT_NOTED: _("Something about how the person is treated was written down"),
    Event.FIGURES_MENDED: _("What is counted of it was not as it was written, and was mended"),
    Event.FILE_READ: _("File opened"),
    Event.GRANT_GIVEN: _("Somebody was given the case"),
    Event.GRANT_REVOKED: _("Somebody’s access was taken away"),
    Event.GROUP_AGREED: _("The person agreed to share with their group"),
    Event.GROUP_LEFT: _("The person left their group"),
    Event.GROUP_SHARED: _("Something was written for the group"),
    Event.ANSWER_CAME: _("An answer came to what was passed on"),
    Event.CASE_REFERRED: _("Passed on"),
    Event.CONSENT_RECORDED: _("An agreement to share was written down"),
    Event.CONSENT_WITHDRAWN: _("An agreement to share was withdrawn"),
    Event.DISCLOSED: _("What somebody was told was written down"),
    Event.INBOX_READ: _("Private inbox opened"),
    Event.INVITED: _("Somebody was invited"),
    Event.INTEGRITY_FAULT: _("Something stored did not check out"),
    Event.KEY_COUNTERSIGNED: _("Keys checked and signed"),
    Event.KEY_ROTATED: _("New key"),
    Event.LEARNING_TOLD: _("Whether the person was told what changed was written down"),
    Event.LIST_CHANGED: _("A list that cases are coded with was changed"),
    Event.MEMBERSHIP_CHANGED: _("What somebody is here was changed"),
    Event.MEMBERSHIP_ENDED: _("Somebody left, or was written down as having left"),
    Event.MESSAGE_SENT: _("Message sent"),
    Event.NOTE_ADDED: _("Note written"),
    Event.NOTICE_SENT: _("Notice sent to the person"),
    Event.PERSON_IDENTIFIED: _("The person said who they are, or how to reach them"),
    Event.PERSON_TOLD: _("The person was told the outcome"),
    Event.RECEIPT_GIVEN: _("The person was given seven words"),
    Event.RECEIPT_REPLACED: _("New words were made"),
    Event.ROUTING_APPROVED: _("Routing rules were approved"),
    Event.REFERRAL_ANSWERED: _("What was passed on was answered"),
    Event.REFERRAL_ENDED: _("What was passed on was taken back"),
    Event.REFERRAL_READ: _("What was passed on was read"),
    Event.REFERRAL_WAITS: _("Passed on; it waits until the person may read it"),
    Event.ROUTING_DRAFTED: _("Routing rules were drafted"),
    Event.ROUTING_SENT_BACK: _("Drafted routing rules were sent back"),
    Event.ROUTING_SUBMITTED: _("Routing rules were submitted for approval"),
    Event.ROUTING_TRIED: _("Drafted routing rules were tried on past months"),
    Event.SETTINGS_CHANGED: _("Settings were changed: telephone number, hours, front door or name"),
    Event.STOP_ASKED: _("The person asked us to stop"),
    Event.SUBJECT_ACCESS_GIVEN: _("Some of it was given to somebody who asked what is held about them"),
    Event.STRUCTURE_CHANGED: _("A directorate, a site or its numbers were changed"),
}
"""What a case's history, or the list of what administrators did, may hold; anything else is shown by its own name."""


def install(app: Flask) -> None:
    """Give templates the filters and words they use."""
    env = app.jinja_env
    env.filters["short_day"] = short_day
    env.filters["month"] = month
    env.filters.update(answer=lambda value: ANSWERS[value], late=late)
    env.filters["subject"] = lambda value: SUBJECTS[value]
    env.filters.update(
        day=day,
        long_day=long_day,
        whole_day=whole_day,
        moment=moment,
        state=lambda value: STATES[value],
        how=lambda value: HOW[value],
    )
    env.filters.update(removed=file_words.removed_words, event=event)
    env.filters.update(role=lambda value: ROLES[value], size=file_words.size, due_day=due_day)
    env.filters["zip"] = zip
    env.filters.update(clock=lambda value: CLOCKS[value], pause=lambda value: PAUSES[value])
    env.filters.update(how_agreed=lambda value: HOW_AGREED[value], basis=lambda value: BASES[value])
    env.filters["to_whom"] = lambda value: TO_WHOM[value]
    env.filters.update(said=lambda value: SAID[value], aside=lambda value: ASIDE_OF_OTHERS[WhyAside(value)])
    env.filters.update(how_now=lambda value: HOW_NOW[value], how_kept=lambda value: HOW_KEPT[value])
    env.globals.update(
        csrf_token=generate_csrf, STATE_COLOURS=STATE_COLOURS, SAID_COLOURS=SAID_COLOURS, COMPARTMENTS=COMPARTMENTS
    )


def day(value: date) -> str:
    """Write a day: 21 November 2026."""
    return _written(value, "d MMMM yyyy", get_locale())


def short_day(value: date) -> str:
    """Write a day that is near: Tue 24 November."""
    return _short_day(str(get_locale()), value)


@lru_cache(maxsize=256)
def _short_day(_language: str, value: date) -> str:
    return _written(value, "EEE d MMMM", get_locale())


def long_day(value: date) -> str:
    """Write a day with its weekday: Saturday 21 November."""
    return _written(value, "EEEE d MMMM", get_locale())


def whole_day(value: date) -> str:
    """Write a day that may be far away, with its weekday: Saturday 21 November 2026."""
    return _written(value, "EEEE d MMMM yyyy", get_locale())


def month(value: date) -> str:
    """Write a month by any day of it: November 2026."""
    return _written(value, "LLLL yyyy", get_locale())


def moment(value: datetime) -> str:
    """Write a moment in London: 21 November 2026, 9:04."""
    local = value.astimezone(LONDON).replace(tzinfo=None, second=0, microsecond=0)
    return _written(local, "d MMMM yyyy, H:mm", get_locale())


# A list names the same few days on every row and every page; writing one out takes Babel longer than the row.
@lru_cache(maxsize=4096)
def _written(value: date, pattern: str, locale: Locale | None) -> str:
    if isinstance(value, datetime):
        return str(format_datetime(value, pattern, locale=locale))
    return str(format_date(value, pattern, locale=locale))


def event(value: Event) -> str:
    """Say what happened."""
    return _event(str(get_locale()), value)


# A case that is looked at every day has a history of two hundred lines, and a dozen things that happen.
@lru_cache(maxsize=256)
def _event(_language: str, value: Event) -> str:
    return str(EVENTS.get(value, value.value))


def known_change(before: HowRaised, now: HowRaised) -> str:
    """Say what somebody changed about who may know who they are."""
    if before is HowRaised.ANONYMOUS:
        return str(
            gettext("The person said who they are. Their name can be shared.")
            if now is HowRaised.OPEN
            else gettext(
                "The person said who they are, or how to reach them. Only the people who can open this may know."
            )
        )
    if before is now:
        return str(gettext("The person said who they are, or how to reach them. Who may know is as before."))
    return str(
        gettext("The person agreed that their name can be shared")
        if now is HowRaised.OPEN
        else gettext("The person withdrew: their name may not be shared any more")
    )


def due_day(due_on: date | None, days_left: int | None) -> str:
    """Say by when something is due, which is not late yet."""
    if due_on is None:
        return str(gettext("Nothing due"))
    if days_left == 0:
        return str(gettext("Today"))
    return str(gettext("Tomorrow")) if days_left == 1 else short_day(due_on)


def late(count: int) -> str:
    """Say how late it is. `count` is in working days."""
    return _late(count, get_locale())


# The language is what the words depend on beside the number.
@lru_cache(maxsize=1024)
def _late(count: int, _language: Locale | None) -> str:
    return str(ngettext("%(num)d working day late", "%(num)d working days late", count))


def described(member: Member) -> str:
    """Name somebody with job and workplace, so that nobody is mistaken for another."""
    person = member.person
    about = ", ".join(each for each in (person.job_title, person.workplace) if each)
    return f"{member.name} – {about}" if about else member.name


def reader(kind: PrincipalKind, name: str | None) -> str:
    """Name somebody who can open something."""
    return (
        gettext("The person who spoke up")
        if kind is PrincipalKind.REPORTER
        else name or gettext("Somebody no longer listed")
    )
