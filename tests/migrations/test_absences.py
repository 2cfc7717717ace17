"""What was said of being away before absences had days goes on counting, or waiting, and is kept on the way back."""

import uuid
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from speakup import accounts, keyring
from tests.databases import OWNER, Stored, migrate
from tests.trusts import Trust

BEFORE = "0019_kept_keys"
MEMBERSHIPS = sa.table(
    "membership",
    sa.column("person_id", sa.Uuid()), sa.column("absent_until", sa.Date()),
    sa.column("absence_asked_by", sa.Uuid()), sa.column("absence_asked_at", sa.DateTime(timezone=True)),
    sa.column("absence_asked_until", sa.Date()),
)  # fmt: skip


def test_who_was_away_is_away_and_what_was_asked_waits(stored: Stored, trust: Trust) -> None:
    owner = stored.url.replace("speakup_app@", f"{OWNER}@")
    with trust.work(writes=False) as uow:
        today, now = uow.today, uow.now
    asked = {"absence_asked_by": trust.administrator.id, "absence_asked_at": now}
    said: dict[uuid.UUID, dict[str, Any]] = {
        trust.guardian.id: {"absent_until": today + timedelta(days=3)},
        trust.second_guardian.id: {"absent_until": today - timedelta(days=1)},
        trust.lead.id: {"absence_asked_until": today + timedelta(days=5), **asked},
        trust.buddy.id: {"absent_until": today + timedelta(days=2), "absence_asked_until": None, **asked},
    }
    migrate(owner, BEFORE)
    with stored.unbound() as connection:
        for person_id, values in said.items():
            connection.execute(sa.update(MEMBERSHIPS).where(MEMBERSHIPS.c.person_id == person_id).values(values))
    migrate(owner)
    with trust.work(trust.guardian, writes=False) as uow:
        assert {person: each.last_on - today for person, each in accounts.away(uow).items()} == {
            trust.guardian.id: timedelta(days=3), trust.buddy.id: timedelta(days=2),
        }  # fmt: skip
        waiting = {each.person_id: each for each in keyring.pending(uow) if isinstance(each, keyring.PendingAbsence)}
        assert {person: each.ends for person, each in waiting.items()} == {trust.lead.id: False, trust.buddy.id: True}
        assert waiting[trust.lead.id].last == today + timedelta(days=5)
        assert all(each.asked_by == trust.administrator.id for each in waiting.values())
    migrate(owner, BEFORE)
    with stored.unbound() as connection:
        rows = {row.person_id: row.absent_until for row in connection.execute(sa.select(MEMBERSHIPS))}
    assert rows[trust.guardian.id] == today + timedelta(days=3)
    assert rows[trust.lead.id] is None
    migrate(owner)
