"""Who the person of a recorded case is, written down later by a guardian whom they told."""

from speakup import audit, keyring, policy
from speakup.audit import Event
from speakup.cases.models import Case, HowRaised, RecordKind
from speakup.cases.operations.intake import PersonDetails, require_lengths
from speakup.kernel.errors import Conflict, Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind
from speakup.policy import Permission

TOLD_A_GUARDIAN = "identity"


def write_person_down(uow: UnitOfWork, case: Case, person: PersonDetails, how: HowRaised) -> None:
    """Note a name, a way to be reached and who may know, as the person told it; the change is dated.

    `Conflict` once they have words: then they say it themselves, in their inbox. Notices stay theirs to ask for.
    """
    policy.require(uow.actor, Permission.CASE_MESSAGE, case)
    if keyring.has_receipt(uow, case.id):
        raise Conflict(case.ref)
    if how is HowRaised.OPEN and not person.name.strip():
        raise Invalid("name", "empty")
    if how is HowRaised.ANONYMOUS:
        raise Invalid("how", "anonymous with a name")
    if person == PersonDetails():
        raise Invalid("name", "empty")
    require_lengths(person.plain())
    opened = keyring.open_case(uow, case.id)
    identity, conversation = opened[CompartmentKind.IDENTITY], opened[CompartmentKind.CONVERSATION]
    known = keyring.read(uow, identity, RecordKind.PERSON)
    if known:
        keyring.replace(uow, identity, known[-1], person.plain())
    else:
        keyring.add(uow, identity, RecordKind.PERSON, person.plain())
    said = {
        "from": "guardian",
        "author": str(uow.actor.id),
        "told": TOLD_A_GUARDIAN,
        "how": how.value,
        "text": "",
        "files": [],
        "day": uow.today.isoformat(),
    }
    keyring.add(uow, conversation, RecordKind.MESSAGE, said)
    case.how_raised = how
    audit.record(uow, Event.PERSON_IDENTIFIED, case.id)
