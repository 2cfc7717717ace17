"""How far the chain was whole is kept outside the database: a whole other chain is found out."""

from collections.abc import Callable

import sqlalchemy as sa

from speakup import accounts, audit
from speakup.audit import Event
from speakup.audit.rules import GENESIS, link
from speakup.jobs import Job, OutboxRow
from speakup.kernel.actor import Role
from speakup.keyring import tasks
from speakup.tables import METADATA
from tests.trusts import Trust

ENTRIES, HEADS = METADATA.tables["audit_entry"], METADATA.tables["audit_head"]


def write_another_chain(trust: Trust, kept: Callable[[sa.RowMapping], bool]) -> None:
    """Write the chain anew with only the entries that are `kept`, each linked to the one before."""
    previous, number = GENESIS, 0
    with trust.stored.unbound() as intruder:
        ours = sa.select(ENTRIES).where(ENTRIES.c.organisation_id == trust.id).order_by(ENTRIES.c.number)
        rows = [row for row in intruder.execute(ours).mappings().all() if kept(row)]
        intruder.execute(sa.delete(ENTRIES).where(ENTRIES.c.organisation_id == trust.id))
        for number, row in enumerate(rows, start=1):
            actor = (row["actor_kind"].value, row["actor_id"])
            linked = link(
                previous, trust.id, number, row["event"].value, actor, row["subject_id"], row["quantity"], row["at"]
            )
            written = {**row, "number": number, "previous": previous, "hash": linked}
            intruder.execute(sa.insert(ENTRIES).values(**written))
            previous = linked
        moved = sa.update(HEADS).where(HEADS.c.organisation_id == trust.id)
        intruder.execute(moved.values(number=number, hash=previous))


def invite(trust: Trust) -> None:
    with trust.work(trust.administrator) as uow:
        accounts.invite(uow, accounts.PersonDetails("ida@example.org", "Ida Inn"), [Role.GUARDIAN])


def by_somebody_else(trust: Trust) -> Callable[[sa.RowMapping], bool]:
    return lambda row: row["actor_id"] != trust.administrator.id


def broken_at(trust: Trust) -> int | None:
    with trust.work(writes=False) as uow:
        return audit.verify(uow).broken_at


def warned(trust: Trust) -> bool:
    with trust.work(writes=False) as uow:
        return uow.session.query(OutboxRow).filter(OutboxRow.job == Job.KEY_WARNING_MAIL).count() > 0


def test_a_whole_other_chain_is_found_by_what_was_kept_of_the_first(trust: Trust) -> None:
    invite(trust)
    assert tasks.keep_chain(trust.database, trust.id)
    write_another_chain(trust, by_somebody_else(trust))
    kept = audit.read_anchor(trust.stored.trust_dir, trust.id)
    assert kept is not None
    assert broken_at(trust) == kept.number
    assert not tasks.check_key_log(trust.database, trust.id)
    assert warned(trust)


def test_the_next_night_keeps_nothing_of_another_chain(trust: Trust) -> None:
    invite(trust)
    assert tasks.keep_chain(trust.database, trust.id)
    kept = audit.read_anchor(trust.stored.trust_dir, trust.id)
    write_another_chain(trust, by_somebody_else(trust))
    assert not tasks.keep_chain(trust.database, trust.id)
    assert audit.read_anchor(trust.stored.trust_dir, trust.id) == kept
    assert warned(trust)


def test_what_is_kept_goes_forward_with_the_chain_and_never_back(trust: Trust) -> None:
    assert tasks.keep_chain(trust.database, trust.id)
    before = audit.read_anchor(trust.stored.trust_dir, trust.id)
    invite(trust)
    assert tasks.keep_chain(trust.database, trust.id)
    after = audit.read_anchor(trust.stored.trust_dir, trust.id)
    assert before is not None
    assert after is not None
    assert after.number == before.number + 1
    assert broken_at(trust) is None
    assert not warned(trust)


def test_before_the_first_night_a_chain_is_judged_by_itself(trust: Trust) -> None:
    assert audit.read_anchor(trust.stored.trust_dir, trust.id) is None
    assert broken_at(trust) is None
    assert tasks.check_key_log(trust.database, trust.id)


def test_a_file_that_says_nothing_is_a_fault(trust: Trust) -> None:
    (trust.stored.trust_dir / f"{trust.id}.audit.json").write_text("{}")
    assert broken_at(trust) == 1
    assert not tasks.check_key_log(trust.database, trust.id)


def test_entries_written_since_stay_in_the_chain_that_was_kept(trust: Trust) -> None:
    assert tasks.keep_chain(trust.database, trust.id)
    invite(trust)
    with trust.work(trust.guardian, writes=False) as uow:
        found = audit.recent(uow, {Event.INVITED}, limit=1)
    assert found[0].actor_id == trust.administrator.id
    assert broken_at(trust) is None
