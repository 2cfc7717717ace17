"""Whether somebody would speak up again: asked once their case is closed, sealed with their words, and counted."""

import uuid
from typing import Any

from speakup import insight, keyring, policy
from speakup.cases.models import Case, CaseState, RecordKind, Said
from speakup.cases.operations.conversing import conversation_of, say
from speakup.cases.operations.intake import require_lengths
from speakup.kernel.actor import ActorKind
from speakup.kernel.errors import Conflict, Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import Record
from speakup.policy import Permission

NO_ANSWER = ""
"""In place of an answer: a guardian asked, and the person would rather not say."""


def give_feedback(uow: UnitOfWork, case: Case, again: str, words: str = "") -> bool:
    """Keep what the person answered, and count it in this quarter; say whether it was counted.

    Each end of a case counts once. An answer that is changed in the quarter it was given takes the earlier one's place;
    later it counts in the quarter it was changed in, since the earlier figures have been sent. `Conflict` while open.
    """
    policy.require(uow.actor, Permission.FEEDBACK_GIVE, case)
    if case.state is not CaseState.CLOSED:
        raise Conflict(case.ref)
    if again == NO_ANSWER and uow.actor.kind is ActorKind.REPORTER:
        raise Invalid("again", "empty")
    require_lengths({"words": words})
    records = keyring.read(uow, conversation_of(uow, case), RecordKind.MESSAGE, RecordKind.STANDING)
    # A case that came in closed with a log has ended without a word on it, and nobody was asked then.
    ended = next((each for each in reversed(records) if each.kind == RecordKind.STANDING), None)
    given = [each for each in records if each.body.get("told") == Said.FEEDBACK]
    since = [each for each in given if ended is None or each.position > ended.position]
    if not since and not (ended and ended.body.get("asked")):
        insight.count_asked(uow)
    last = next((each for each in reversed(since) if each.body["again"] != NO_ANSWER), None)
    counted_as = _counted(uow, last, again)
    say(uow, case, Said.FEEDBACK, words, again=again, counted_as=str(counted_as) if counted_as else "")
    return counted_as is not None and (last is None or last.body["again"] != again)


def _counted(uow: UnitOfWork, last: Record | None, again: str) -> uuid.UUID | None:
    """Count an answer, unless it is the one that was given before; return what it is counted as."""
    before: dict[str, Any] = last.body if last else {}
    if again == NO_ANSWER:
        return None
    if not before:
        return insight.count_feedback(uow, again)
    counted_as = uuid.UUID(before["counted_as"])
    return counted_as if before["again"] == again else insight.change_feedback(uow, counted_as, again)
