"""What a worker may do in their private inbox. Every act is dated by day; nothing else is written at that moment."""

from collections.abc import Collection

from speakup import audit, keyring, policy
from speakup.audit import Event
from speakup.cases.models import Case, CaseState, HowRaised, RecordKind
from speakup.cases.operations import files
from speakup.cases.operations.intake import PersonDetails, require_lengths
from speakup.gateways.sealed_files import StoredFile
from speakup.kernel.errors import Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind
from speakup.policy import Permission


def send_from_inbox(uow: UnitOfWork, case: Case, text: str, attached: Collection[StoredFile] = ()) -> None:
    """Send the guardians a message, files, or both."""
    policy.require(uow.actor, Permission.INBOX_USE, case)
    if not text.strip() and not attached:
        raise Invalid("text", "empty")
    require_lengths({"text": text})
    conversation = keyring.open_case(uow, case.id, CompartmentKind.CONVERSATION)[CompartmentKind.CONVERSATION]
    file_ids = files.attach(uow, conversation, attached)
    keyring.add(
        uow,
        conversation,
        RecordKind.MESSAGE,
        {"from": "reporter", "text": text, "files": file_ids, "day": uow.today.isoformat()},
    )
    note_told(case)
    audit.record(uow, Event.MESSAGE_SENT, case.id)


def say_who_i_am(uow: UnitOfWork, case: Case, person: PersonDetails, how: HowRaised) -> None:
    """Give a name later or a way to be reached, change it or take it back; the change is dated in the conversation.

    *Raised anonymously* stays true. Only what may be shared needs a name, and a first time needs something said.
    """
    policy.require(uow.actor, Permission.INBOX_USE, case)
    if how is HowRaised.OPEN and not person.name.strip():
        raise Invalid("name", "empty")
    if how is HowRaised.ANONYMOUS:
        raise Invalid("how", "anonymous with a name")
    require_lengths(person.plain())
    opened = keyring.open_case(uow, case.id, CompartmentKind.IDENTITY, CompartmentKind.CONVERSATION)
    identity, conversation = opened[CompartmentKind.IDENTITY], opened[CompartmentKind.CONVERSATION]
    known = keyring.read(uow, identity, RecordKind.PERSON)
    if not known and person == PersonDetails():
        raise Invalid("name", "empty")
    before = known[-1].body if known else PersonDetails().plain()
    notices = any(before[each] != person.plain()[each] for each in ("notice_by", "notice_to"))
    if known:
        keyring.replace(uow, identity, known[-1], person.plain())
    else:
        keyring.add(uow, identity, RecordKind.PERSON, person.plain())
    said = {
        "from": "reporter",
        "told": "identity",
        "how": how.value,
        "notices": notices,
        "text": "",
        "files": [],
        "day": uow.today.isoformat(),
    }
    keyring.add(uow, conversation, RecordKind.MESSAGE, said)
    case.how_raised = how
    note_told(case)
    audit.record(uow, Event.PERSON_IDENTIFIED, case.id)


def ask_to_stop(uow: UnitOfWork, case: Case) -> None:
    """Ask the guardians to stop. They do, unless somebody may be harmed; the words stay until retention ends."""
    policy.require(uow.actor, Permission.INBOX_USE, case)
    if case.stop_asked or case.state is CaseState.CLOSED:
        return
    conversation = keyring.open_case(uow, case.id, CompartmentKind.CONVERSATION)[CompartmentKind.CONVERSATION]
    said = {"from": "reporter", "told": "stop", "text": "", "files": [], "day": uow.today.isoformat()}
    keyring.add(uow, conversation, RecordKind.MESSAGE, said)
    case.stop_asked = True
    note_told(case)
    audit.record(uow, Event.STOP_ASKED, case.id)


def note_told(case: Case) -> None:
    """Let it be new to everybody who can open it, and be announced at the next set hour."""
    case.unannounced, case.told_times = True, case.told_times + 1
