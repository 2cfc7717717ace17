"""Learning actions in any state, brought there by the operations that bring them there in earnest."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

from speakup import learning
from speakup.gateways.sealed_files import StoredFile
from speakup.kernel.uow import UnitOfWork
from speakup.learning import ActionState, LearningAction, Wording
from speakup.learning.models import LearningFollowUp
from tests.trusts import Colleague, Trust

S = ActionState
_NUMBERS = count(1)

WHY = "There is nothing that could be counted."


def wording(**said: Any) -> Wording:  # noqa: ANN401 -- whatever `Wording` holds
    """What an action may say; keywords are those of `learning.Wording`."""
    plain = {
        "title": f"Two more people on every late shift, {next(_NUMBERS)}",
        "issue": "Late shifts were too thin.",
        "change": "Two more people are on every late shift.",
    }
    return Wording(**{**plain, **said})


def action(
    trust: Trust,
    state: ActionState = S.PROPOSED,
    *,
    by: Colleague | None = None,
    owner: Colleague | None = None,
    due_in: int = 30,
    **said: Any,  # noqa: ANN401 -- see `wording`
) -> LearningAction:
    """Make an action and bring it to a state; `owner` sees to it (the executive lead), until `due_in` days from now."""
    with trust.work(by or trust.guardian) as uow:
        made = learning.propose_action(uow, wording(**said))
        for step in _steps(state, (owner or trust.executive_lead).id, due_in):
            step(uow, made)
        return made


def stored(name: str = "rota.txt") -> StoredFile:
    """A file as it is named after it was sealed."""
    return StoredFile(uuid.uuid4(), bytes(32), name, "text/plain", 1, (), scanned=False)


def followed_up(uow: UnitOfWork, owner: Colleague) -> LearningAction:
    """An action with evidence, a statement and a letter sent, and an entry of the library."""
    made = learning.propose_action(uow, wording())
    learning.agree(uow, made, owner.id, uow.today)
    learning.start(uow, made)
    learning.attach_evidence(uow, made, [stored()])
    learning.tell_staff(uow, made, learning.Statement("Too thin.", "Two more.", "Team brief", uow.today))
    learning.add_resource(uow, learning.Resource("Answering well"), stored("answering.pdf"))
    uow.session.add(LearningFollowUp(organisation_id=made.organisation_id, action_id=made.id, raised=0))
    return made


def _steps(
    state: ActionState, owner_id: uuid.UUID, due_in: int
) -> list[Callable[[UnitOfWork, LearningAction], object]]:
    if state is S.NOT_TAKEN:
        return [lambda uow, made: learning.decline(uow, made, "Another part of the trust is doing this.")]
    way: dict[ActionState, Callable[[UnitOfWork, LearningAction], object]] = {
        S.PROPOSED: lambda _uow, made: made,
        S.AGREED: lambda uow, made: learning.agree(uow, made, owner_id, uow.today + timedelta(days=due_in)),
        S.IN_PROGRESS: learning.start,
        S.IMPLEMENTED: lambda uow, made: learning.implement(uow, made, "The rota of June shows it."),
        S.CHECKED: lambda uow, made: learning.check(uow, made, WHY),
        S.CLOSED: lambda uow, made: learning.close(uow, made, staff_untold_why="They changed it themselves."),
    }
    states = list(way)
    return [way[each] for each in states[: states.index(state) + 1]]
