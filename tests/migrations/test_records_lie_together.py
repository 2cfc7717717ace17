"""What is sealed keeps every byte when the table it lies in is written anew, in both directions."""

import sqlalchemy as sa

from speakup.tables import METADATA
from tests import factories
from tests.databases import OWNER, Stored, migrate
from tests.security.tampering import readers_of
from tests.trusts import Trust

RECORDS = METADATA.tables["sealed_record"]


def _all(stored: Stored) -> list[sa.Row[tuple[object, ...]]]:
    with stored.unbound() as connection:
        return sorted(connection.execute(sa.select(*RECORDS.c)).all(), key=lambda row: row.id)


def _key(stored: Stored) -> list[str]:
    with stored.unbound() as connection:
        return sa.inspect(connection).get_pk_constraint("sealed_record")["constrained_columns"]


def test_no_byte_of_what_is_sealed_is_lost(stored: Stored, trust: Trust) -> None:
    case = factories.raised_case(trust, narrative="Two nurses for thirty people.")
    guardian = readers_of(case)[0]
    factories.reply(case, "Thank you for writing", by=guardian)
    before = _all(stored)
    assert len(before) > 5
    owner = stored.url.replace("speakup_app@", f"{OWNER}@")
    migrate(owner, "0038_version_seen")
    assert (_key(stored), _all(stored)) == (["organisation_id", "id"], before)
    migrate(owner)
    assert (_key(stored), _all(stored)) == (["organisation_id", "compartment_id", "id"], before)
    assert case.view(guardian).told.narrative == "Two nurses for thirty people."
