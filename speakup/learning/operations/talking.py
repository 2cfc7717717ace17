"""What is said about an action by whoever sees to it, and by guardians."""

from speakup.kernel.uow import UnitOfWork
from speakup.learning.models import Act, EventKind, LearningAction, LearningEvent
from speakup.learning.operations.deciding import require_text
from speakup.learning.operations.following import write_to, write_to_guardians
from speakup.learning.operations.moving import note, permit


def add_update(uow: UnitOfWork, action: LearningAction, text: str) -> LearningEvent:
    """Say how far it is."""
    permit(uow, action, Act.UPDATE)
    require_text("text", text)
    return note(uow, action, EventKind.UPDATE, text)


def ask_guardian(uow: UnitOfWork, action: LearningAction, text: str) -> LearningEvent:
    """Ask the guardians something. It waits until one answers."""
    permit(uow, action, Act.ASK)
    require_text("text", text)
    action.question_waiting = True
    write_to_guardians(uow, action)
    return note(uow, action, EventKind.QUESTION, text)


def answer_owner(uow: UnitOfWork, action: LearningAction, text: str) -> LearningEvent:
    """Answer whoever sees to it."""
    permit(uow, action, Act.ANSWER)
    require_text("text", text)
    action.question_waiting = False
    write_to(uow, action.owner_id)
    return note(uow, action, EventKind.ANSWER, text)
