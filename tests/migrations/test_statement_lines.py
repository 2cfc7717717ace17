"""What staff were told once stood in the history of its action, too, where no change or taking back reached it."""

import sqlalchemy as sa

from speakup import learning
from speakup.learning import ActionState, EventKind
from speakup.tables import METADATA
from tests import factories
from tests.databases import OWNER, Stored, migrate
from tests.trusts import Trust

BEFORE = "0027_board"


def test_words_of_statements_are_gone_from_histories_and_nothing_else_is(stored: Stored, trust: Trust) -> None:
    owner = stored.url.replace("speakup_app@", f"{OWNER}@")
    action = factories.action(trust, ActionState.IN_PROGRESS)
    with trust.work(trust.guardian) as uow:
        mine = learning.find(uow, action.ref)
        learning.add_update(uow, mine, "Half of it is done.")
        learning.tell_staff(uow, mine, learning.Statement("Too thin.", "Two more.", "Team brief", uow.today))
    migrate(owner, BEFORE)
    table = METADATA.tables["learning_event"]
    with stored.unbound() as connection:
        told = sa.update(table).where(table.c.kind == EventKind.STATEMENT)
        connection.execute(told.values(text="Joan Hartley said so."))
    migrate(owner)
    with trust.work(trust.guardian) as uow:
        mine = learning.find(uow, action.ref)
        lines = {each.kind: each.text for each in learning.history(uow, mine)}
        assert lines[EventKind.STATEMENT] == ""
        assert lines[EventKind.UPDATE] == "Half of it is done."
        assert [each.you_said for each in learning.statements(uow, mine)] == ["Too thin."]
