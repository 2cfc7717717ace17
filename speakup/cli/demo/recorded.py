"""What guardians of the demonstration write down themselves: telephone calls, and people who come together."""

from datetime import date, timedelta

from speakup import cases, jobs, keyring
from speakup.cases import Case, HowRaised, OneOfGroup, PersonDetails, Recorded
from speakup.cli.demo.factories import ConcernFactory
from speakup.cli.demo.texts import DemoCase, State
from speakup.cli.demo.trusts import DemoTrust
from speakup.crypto.receipts import ReceiptSecrets
from speakup.jobs import Job
from speakup.kernel.actor import Actor
from speakup.kernel.uow import UnitOfWork

CAME_TOGETHER_BEFORE = timedelta(days=12)
_TOGETHER = (
    "We are three from the same team and we came together because none of us wanted to come alone. The new rota gives "
    "nobody two days off in a row. We wrote to our manager in the summer and were told it would settle. It has not."
)
_EACH = (
    ("Agata Lisowska", "I fell asleep at the lights on the way home. I have told the others, so I can tell you."),
    ("Moses Adeyemi", "My daughter asked whether I still live with them. She is five and she meant it."),
    ("Carys Penhale", "I am all right myself. I came because the two beside me are not."),
)
_SHARED = "What you agreed to say together: two days off in a row for everybody, and an answer in writing by a date."


def came_by_telephone(content: DemoCase) -> bool:
    """Say whether somebody rang instead of writing: whoever wants to be rung, and keeps nobody out."""
    rang = content.reporter is not None and content.reporter.contact_by == "phone"
    return rang and not content.excluded and not content.subject and content.state is not State.NEW


def who_is_rung(trust: DemoTrust, content: DemoCase) -> Actor:
    """Return the guardian who looks after the place, whom the approved rules choose too."""
    guardians = trust.content.people_with("guardian")
    own = [each for each in guardians if content.directorate in each.looks_after]
    return trust.actor((own or list(guardians))[0].key)


def write_down(uow: UnitOfWork, trust: DemoTrust, content: DemoCase, words: ReceiptSecrets, generation: int) -> Case:
    """Write down what somebody said on the telephone, and give them their words before they ring off."""
    told = ConcernFactory.build(case=content, ids=trust.ids)
    case = cases.record_case(
        uow,
        Recorded(
            told.narrative,
            "phone",
            told.how_raised,
            raised_on=uow.today,
            title=content.title,
            person=told.person,
            work=told.work,
            at_risk=told.at_risk,
        ),
    )
    # Its cover was told long ago.
    jobs.withdraw(uow, Job.SOMETHING_TO_READ_MAIL, case.cover_id)
    cases.give_first_words(uow, case, words, generation)
    return case


def reporter_of(uow: UnitOfWork, words: ReceiptSecrets) -> keyring.Reporter:
    """Return who the words belong to from now on."""
    return keyring.find_reporter(uow, words.lookup_hash)


def came_together(uow: UnitOfWork) -> None:
    """Write down three people who came to one meeting: three cases, and what two of them share."""
    people = [
        OneOfGroup(
            Recorded(
                f"{_TOGETHER}\n\n{words}",
                "in_person",
                HowRaised.CONFIDENTIAL,
                raised_on=uow.today,
                title="No two days off in a row",
                person=PersonDetails(name, "", ""),
            ),
            agrees=place > 0,
        )
        for place, (name, words) in enumerate(_EACH)
    ]
    for case in cases.record_group(uow, people, _SHARED):
        jobs.withdraw(uow, Job.SOMETHING_TO_READ_MAIL, case.cover_id)


def day_they_came(today: date) -> date:
    """Return the day on which they came."""
    return today - CAME_TOGETHER_BEFORE
