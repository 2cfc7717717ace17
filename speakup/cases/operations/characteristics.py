"""Answers about the person, which are counted apart from their case.

The conversation keeps which questions were answered and never what, so that nobody is counted twice. It keeps it as a
message, since of messages the database shows only how many there are: a kind of record of its own, or an audit entry,
would tell which cases the few rows of a quarter came from.
"""

from collections.abc import Iterable, Mapping

from speakup import insight, keyring, policy
from speakup.cases.models import Case, CaseState, RecordKind, Said
from speakup.cases.operations.conversing import conversation_of, say
from speakup.cases.operations.triage import lines_of
from speakup.cases.rules import Answer
from speakup.kernel.actor import ActorKind
from speakup.kernel.errors import Conflict
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind, OpenCompartment, Record
from speakup.policy import Permission

ABOUT_PERSON = Said.ABOUT_PERSON


def answered_about(uow: UnitOfWork, case: Case) -> frozenset[str]:
    """Return the questions that were answered, by the person or with a guardian; what was answered is kept nowhere."""
    policy.require(uow.actor, Permission.CHARACTERISTICS_GIVE, case)
    return _answered(keyring.read(uow, conversation_of(uow, case), RecordKind.MESSAGE))


def answer_about(uow: UnitOfWork, case: Case, answers: Mapping[str, str]) -> frozenset[str]:
    """Count the answers to questions that were not answered before; return which were counted now.

    `Conflict` once the case is closed; `Invalid` for an answer that is in no list.
    """
    policy.require(uow.actor, Permission.CHARACTERISTICS_GIVE, case)
    if case.state is CaseState.CLOSED:
        raise Conflict(case.ref)
    conversation = conversation_of(uow, case)
    before = _answered(keyring.read(uow, conversation, RecordKind.MESSAGE))
    new = {question: answer for question, answer in answers.items() if question not in before}
    if not new:
        return frozenset()
    insight.count_answers(uow, new, detriment=_detriment_indicated(uow, case, conversation))
    say(uow, case, Said.ABOUT_PERSON, questions=sorted(new))
    return frozenset(new)


def _answered(messages: Iterable[Record]) -> frozenset[str]:
    marked = (each.body for each in messages if each.body.get("told") == ABOUT_PERSON)
    return frozenset(question for body in marked for question in body["questions"])


def _detriment_indicated(uow: UnitOfWork, case: Case, conversation: OpenCompartment) -> bool:
    """Say whether detriment is indicated: by triage, for a guardian who has triaged it, or else by the person's words.

    The person has no key to triage, and what they said themselves counts for them.
    """
    if uow.actor.kind is not ActorKind.REPORTER:
        casework = keyring.open_case(uow, case.id)[CompartmentKind.CASEWORK]
        lines = lines_of(keyring.read(uow, casework, RecordKind.TRIAGE))
        if lines and lines[-1].triage.detriment is not Answer.NOT_ANSWERED:
            return lines[-1].triage.detriment is Answer.YES
    told = keyring.read(uow, conversation, RecordKind.CONCERN)[0].body
    return told.get("happened") == Answer.YES or bool(told.get("detriment_indicated"))
