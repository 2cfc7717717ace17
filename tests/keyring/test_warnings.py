"""Guardians are told when keys do not check out, once a day, by mail that says nothing else."""

from sqlalchemy import select, text

from speakup import keyring
from speakup.jobs import Job, OutboxRow
from speakup.keyring import tasks
from tests.trusts import Trust


def warnings(trust: Trust) -> list[OutboxRow]:
    with trust.work(writes=False) as uow:
        return list(uow.session.scalars(select(OutboxRow).where(OutboxRow.job == Job.KEY_WARNING_MAIL)))


def test_a_good_key_log_warns_nobody(trust: Trust) -> None:
    assert tasks.check_key_log(trust.database, trust.id)
    assert warnings(trust) == []


def test_a_key_log_cut_short_warns_every_guardian_once(trust: Trust) -> None:
    with trust.stored.unbound() as intruder:
        intruder.execute(text("DELETE FROM key_log_entry WHERE number > 1"))
    assert not tasks.check_key_log(trust.database, trust.id)
    assert not tasks.check_key_log(trust.database, trust.id)
    people = {row.subject_id for row in warnings(trust)}
    assert {trust.guardian.id, trust.second_guardian.id, trust.lead.id, trust.non_executive_lead.id} <= people
    assert len(people) == len(warnings(trust))


def test_striking_roles_out_first_leaves_nobody_unwarned(trust: Trust) -> None:
    with trust.stored.unbound() as intruder:
        intruder.execute(text("UPDATE membership SET roles = '[]'"))
    with trust.work() as uow:
        keyring.warn_guardians(uow)
    people = {row.subject_id for row in warnings(trust)}
    assert {trust.guardian.id, trust.second_guardian.id, trust.lead.id, trust.non_executive_lead.id} <= people
    assert trust.administrator.id not in people
