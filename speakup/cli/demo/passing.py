"""Cases of the demonstration that go to somebody else: passed on, handed over, and given up by who must not have them.

Which they are is chosen by what they are made of, so that one seed always gives the same on one day.
"""

import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from speakup import cases, jobs, keyring
from speakup.cases import Basis, Case, Disclosure, Heard, Invited, Noted, Shown, SteppingAside, ToWhom, WhyAside
from speakup.cli.demo.texts import DemoCase, State
from speakup.cli.demo.trusts import DemoTrust
from speakup.jobs import Job
from speakup.kernel.uow import UnitOfWork


class Course(StrEnum):
    """What becomes of a case."""

    ANSWERED = "answered"
    SENT = "sent"
    TAKEN_BACK = "taken back"
    WAITING = "waiting"
    HANDED_OVER = "handed over"
    STEPPED_ASIDE = "stepped aside"


PASSED_ON = (Course.ANSWERED, Course.SENT, Course.TAKEN_BACK, Course.WAITING)
_IN_TURN = (State.PASSED_ON, State.UNDER_REVIEW, State.WITH_GUARDIAN, State.ACKNOWLEDGED, State.NEW)
BEFORE, ENDED_BEFORE = timedelta(days=3), timedelta(days=1)
"""Before today: when it goes to somebody, and when they have answered, or it is taken back."""
_NEWCOMER = ("Ottoline Merriweather", "Head of estates")
_SHOWN = Shown(
    "Several staff of one service say that the same safety check is left out when a shift is short, and that it is "
    "written down as done. It has gone on since the spring. Reports were made and closed without an answer.",
    "Please look at the records of the last three months and tell us what you find, and what you change. Ask nobody "
    "who told us.",
)
_ANSWER = (
    "I looked at twelve weeks. On nine days the check was signed before the shift began. I have stopped that, and "
    "somebody from another service checks with us each week until the end of the quarter."
)
_WHY_TAKEN_BACK = "They moved to another post, and whoever has theirs now is asked anew."
_HEARD = "On the telephone: they do not mind, as long as they need not tell it all again."
_WHY_ASIDE = "Our children are friends. I know too much of the family to be of use to either."


def courses(contents: Iterable[DemoCase], busy: Iterable[DemoCase], today: date) -> list[tuple[DemoCase, Course]]:
    """Choose which case goes which way, of those on which nothing else happens any more."""
    others = {id(each) for each in busy}
    able = sorted(
        (each for each in contents if id(each) not in others and _may_go(each, today - BEFORE)),
        key=lambda each: (_IN_TURN.index(each.state), each.raised_on, each.title),
    )
    answered = [each for each in able if each.state is not State.NEW]
    passed_on = answered[: len(PASSED_ON)]
    # Who must not have a case sees it when it comes.
    stay = [*(each for each in able if each.state is State.NEW), *answered[len(PASSED_ON) :]]
    given_up = (Course.STEPPED_ASIDE, Course.HANDED_OVER)
    return [*zip(passed_on, PASSED_ON, strict=False), *zip(stay, given_up, strict=False)]


def _may_go(content: DemoCase, day: date) -> bool:
    quiet = max([content.raised_on, *(each.on for each in content.events)]) < day
    return quiet and content.state in _IN_TURN and not content.excluded and not content.subject


def go(uow: UnitOfWork, case: Case, trust: DemoTrust, course: Course) -> None:
    """Let the guardian who has a case let it go its way, where there is anybody to have it."""
    if course in PASSED_ON:
        _pass_on(uow, case, trust, course)
        return
    held = keyring.colleagues_on(uow, case.id)
    new = [each.id for each in cases.candidates(uow, case) if each.id not in held]
    if course is Course.HANDED_OVER and new:
        cases.note_agreement(uow, case, {new[0]}, Heard(Noted.AGREED, _HEARD, uow.today))
        cases.hand_over(uow, case, cases.places_after(case, uow.actor.person_id, new[0], cases.not_gone(uow)))
    elif new:
        cases.step_aside(uow, case, SteppingAside(WhyAside.KNOWS, _WHY_ASIDE))


def answer(uow: UnitOfWork) -> None:
    """Let the recipient answer what they were given."""
    for each in cases.my_referrals(uow):
        cases.answer_referral(uow, cases.find_referral(uow, each.ref), _ANSWER, final=True)


def take_back(uow: UnitOfWork, case: Case) -> None:
    """Take back what was passed on of a case."""
    for line in cases.open_view(uow, case).referrals:
        cases.end_referral(uow, case, line.id, _WHY_TAKEN_BACK)


def recipient_of(trust: DemoTrust, course: Course) -> str:
    """Return the key of who is given what goes this way: each of them one."""
    return trust.content.people_with("recipient")[PASSED_ON.index(course)].key


def _pass_on(uow: UnitOfWork, case: Case, trust: DemoTrust, course: Course) -> None:
    name, job = _NEWCOMER
    if course is Course.WAITING:
        address = f"{name.lower().replace(' ', '.')}@{trust.content.staff_mail_domains.split()[0]}"
        to: Invited | uuid.UUID = Invited(name, address, job)
        whom = f"{name}, {job.lower()}"
    else:
        person = trust.people[recipient_of(trust, course)]
        to, whom = person.id, f"{person.content.name}, {person.content.job}"
    grounds = Disclosure(
        ToWhom.DIRECTOR, whom, "", uow.today, Basis.NOTHING_IDENTIFYING,
        authoriser="The guardians, together", told_person_on=uow.today, passes_on=True,
    )  # fmt: skip
    row = cases.refer(uow, case, to, _SHOWN, grounds)
    # They were told long ago.
    jobs.withdraw(uow, Job.SOMETHING_TO_READ_MAIL, row.recipient_id)
