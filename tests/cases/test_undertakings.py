"""What somebody has under way is theirs, and as far as is sealed: its row cannot say another revision."""

import json
import uuid
import zlib

import pytest
import sqlalchemy as sa

from speakup import keyring
from speakup.cases.models import UndertakingKind
from speakup.cases.operations import undertakings
from speakup.kernel.errors import IntegrityFault
from speakup.kernel.uow import UnitOfWork
from tests.security.intruder import T
from tests.trusts import Trust

KIND = UndertakingKind.IMPORT


def begun(trust: Trust) -> uuid.UUID:
    with trust.work(trust.guardian) as uow:
        row = undertakings.begin(uow, KIND, {"step": "first"}, ["rows"])
        undertakings.keep(uow, row, {"step": "second"})
        return row.id


def state(uow: UnitOfWork, id: uuid.UUID) -> dict[str, object]:
    return undertakings.state_of(uow, undertakings.find(uow, KIND, id))


def test_a_row_that_says_another_revision_than_was_sealed_is_a_fault(trust: Trust) -> None:
    id = begun(trust)
    with trust.work(trust.guardian) as uow:
        assert state(uow, id) == {"step": "second"}
    with trust.stored.unbound() as connection:
        connection.execute(sa.update(T["undertaking"]).values(revision=1))
    with trust.work(trust.guardian) as uow, pytest.raises(IntegrityFault):
        state(uow, id)


def test_what_was_sealed_before_it_said_its_revision_opens_and_says_it_once_it_is_kept(trust: Trust) -> None:
    id = begun(trust)
    with trust.work(trust.guardian) as uow:
        row = undertakings.find(uow, KIND, id)
        packed = zlib.compress(json.dumps({"step": "long ago"}).encode())
        row.sealed = keyring.seal_for_me(uow, "undertaking", packed, row.id, row.kind.value, "state")
    with trust.work(trust.guardian) as uow:
        assert state(uow, id) == {"step": "long ago"}
        row = undertakings.find(uow, KIND, id)
        undertakings.keep(uow, row, state(uow, id))
    with trust.stored.unbound() as connection:
        connection.execute(sa.update(T["undertaking"]).values(revision=2))
    with trust.work(trust.guardian) as uow, pytest.raises(IntegrityFault):
        state(uow, id)
