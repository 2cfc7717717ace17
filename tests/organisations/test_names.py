"""What an organisation is called and answers to stands outside the database; what only the database says is nothing."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from speakup import organisations
from speakup.jobs import Job, OutboxRow
from speakup.kernel.errors import Conflict, IntegrityFault, Invalid, NotFound
from speakup.keyring import tasks
from tests.trusts import Trust

Change = Callable[..., None]


@pytest.fixture
def intruder(trust: Trust) -> Change:
    """Somebody who can write the database."""

    def change(statement: str, **values: str) -> None:
        with trust.stored.unbound() as connection:
            connection.execute(text(statement), values)

    return change


def warned(trust: Trust) -> int:
    with trust.work(writes=False) as uow:
        return uow.session.query(OutboxRow).filter(OutboxRow.job == Job.KEY_WARNING_MAIL).count()


def answers(trust: Trust, host: str) -> bool:
    return organisations.answers_to(trust.stored.trust_dir, trust.id, host)


def test_an_organisation_answers_to_what_it_was_founded_with_alone(trust: Trust, other_trust: Trust) -> None:
    assert answers(trust, trust.host)
    assert answers(trust, trust.host.upper())
    assert not answers(other_trust, trust.host)
    assert not answers(trust, "elsewhere.localhost")


def test_one_from_before_the_file_answers_to_anything_but_what_is_anothers(trust: Trust, other_trust: Trust) -> None:
    (other_trust.stored.trust_dir / f"{other_trust.id}.names.json").unlink()
    assert answers(other_trust, other_trust.host)
    assert not answers(other_trust, trust.host)
    assert tasks.check_key_log(other_trust.database, other_trust.id)


def test_a_file_that_cannot_be_read_answers_to_nothing(trust: Trust) -> None:
    (trust.stored.trust_dir / f"{trust.id}.names.json").write_text("{}")
    assert not answers(trust, trust.host)
    assert not tasks.check_key_log(trust.database, trust.id)


def test_a_host_name_moved_in_the_database_warns_the_guardians(trust: Trust, intruder: Change) -> None:
    intruder("DELETE FROM host_name WHERE host = :host", host=trust.host)
    assert not tasks.check_key_log(trust.database, trust.id)
    assert warned(trust)


def test_another_name_in_the_database_stops_everything_that_is_sealed(trust: Trust, intruder: Change) -> None:
    intruder("UPDATE organisation SET name = 'Another NHS Trust'")
    with trust.work() as uow, pytest.raises(IntegrityFault):
        organisations.require_name(uow)
    assert not tasks.check_key_log(trust.database, trust.id)
    assert warned(trust)


def test_a_change_by_the_command_line_counts_and_takes_nothing_else_over(trust: Trust, intruder: Change) -> None:
    sly = "INSERT INTO host_name SELECT 'sly.localhost', organisation_id FROM host_name WHERE host = :host"
    intruder(sly, host=trust.host)
    with trust.work() as uow:
        organisations.add_host(uow, "Second.localhost")
        organisations.rename_organisation(uow, organisations.here(uow), " Anytown Hospitals ")
    assert answers(trust, "second.localhost")
    assert not answers(trust, "sly.localhost")
    with trust.work() as uow:
        organisations.require_name(uow)
        organisations.drop_host(uow, "sly.localhost")
        organisations.drop_host(uow, trust.host)
    with trust.work(writes=False) as uow:
        assert organisations.require_names(uow) == organisations.Names(
            "Anytown Hospitals", frozenset({"second.localhost"})
        )


def test_what_cannot_be_is_refused(trust: Trust, other_trust: Trust, intruder: Change) -> None:
    intruder("DELETE FROM host_name WHERE host = :host", host=other_trust.host)
    with trust.work() as uow:
        for taken in (trust.host, other_trust.host):
            with pytest.raises(Invalid):
                organisations.add_host(uow, taken)
        with pytest.raises(NotFound):
            organisations.drop_host(uow, "elsewhere.localhost")
        with pytest.raises(Conflict):
            organisations.drop_host(uow, trust.host)
        with pytest.raises(Invalid):
            organisations.rename_organisation(uow, organisations.here(uow), " ")


def test_what_was_rolled_back_is_in_no_file(trust: Trust) -> None:
    def add_and_fail() -> None:
        with trust.work() as uow:
            organisations.add_host(uow, "second.localhost")
            raise NotFound

    with pytest.raises(NotFound):
        add_and_fail()
    assert not answers(trust, "second.localhost")
