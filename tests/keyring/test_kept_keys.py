"""Keys that were opened once are kept for whoever opened them: bound to all that was checked, and to nobody else."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from speakup import cases, keyring
from speakup.crypto import envelope
from speakup.kernel.errors import IntegrityFault, NotFound
from speakup.keyring.models import PrincipalKind
from tests import factories
from tests.factories import RaisedCase
from tests.security.intruder import T
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust

GRANTS = T["grant_to"]


@pytest.fixture
def raised(trust: Trust) -> RaisedCase:
    raised = factories.raised_case(trust)
    factories.reply(raised, "Thank you.", by=readers_of(raised)[0])
    # First opened it is signed, and kept by whoever signed.
    raised.view(readers_of(raised)[0])
    return raised


@contextmanager
def written_to(raised: RaisedCase) -> Iterator[sa.Connection]:
    """The database, as somebody has it who can write it."""
    with raised.trust.stored.unbound() as connection:
        yield connection
        connection.commit()


def kept(raised: RaisedCase, principal_id: uuid.UUID) -> dict[uuid.UUID, bytes | None]:
    """What lies beside each grant of one principal, by compartment."""
    with raised.trust.stored.unbound() as connection:
        rows = connection.execute(
            sa.select(GRANTS.c.compartment_id, GRANTS.c.kept_key).where(
                GRANTS.c.case_id == raised.id, GRANTS.c.principal_id == principal_id
            )
        )
        return {each.compartment_id: each.kept_key for each in rows}


def write(raised: RaisedCase, who: Colleague, compartment: uuid.UUID, **values: Any) -> None:  # noqa: ANN401 -- columns
    with written_to(raised) as connection:
        connection.execute(
            sa.update(GRANTS)
            .where(GRANTS.c.compartment_id == compartment, GRANTS.c.principal_id == who.id)
            .values(**values)
        )


def test_whoever_opened_a_case_has_its_keys_kept_and_others_have_not(trust: Trust, raised: RaisedCase) -> None:
    first, second = readers_of(raised)
    assert all(kept(raised, first.id).values())
    assert set(kept(raised, second.id).values()) == {None}


def test_nothing_is_kept_for_the_person_who_spoke_up(raised: RaisedCase) -> None:
    raised.inbox()
    with raised.trust.stored.unbound() as connection:
        rows = connection.execute(
            sa.select(GRANTS.c.kept_key).where(GRANTS.c.principal_kind == PrincipalKind.REPORTER)
        ).all()
    assert rows
    assert all(each.kept_key is None for each in rows)


def test_what_is_kept_is_used(raised: RaisedCase, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> bytes:
        raise AssertionError("opened once more")

    monkeypatch.setattr(envelope, "unwrap_key", never)
    assert raised.view(readers_of(raised)[0]).told.narrative == raised.concern.narrative


def test_it_opens_for_nobody_else(raised: RaisedCase) -> None:
    first, second = readers_of(raised)
    for compartment, blob in kept(raised, first.id).items():
        write(raised, second, compartment, kept_key=blob)
    with pytest.raises(IntegrityFault):
        raised.view(second)


def test_one_changed_or_of_another_compartment_is_a_fault(raised: RaisedCase) -> None:
    first, _ = readers_of(raised)
    (one, blob), (_, other), *_ = kept(raised, first.id).items()
    assert blob is not None
    for wrong in (other, blob[:-1] + bytes([blob[-1] ^ 1]), b"", b"\7" + blob[1:]):
        write(raised, first, one, kept_key=wrong)
        with pytest.raises(IntegrityFault):
            raised.view(first)
    write(raised, first, one, kept_key=blob)
    assert raised.view(first).told.narrative == raised.concern.narrative


def test_one_taken_away_costs_time_and_nothing_else_and_is_kept_anew(raised: RaisedCase) -> None:
    first, _ = readers_of(raised)
    for compartment in kept(raised, first.id):
        write(raised, first, compartment, kept_key=None)
    assert raised.view(first).told.narrative == raised.concern.narrative
    assert all(kept(raised, first.id).values())


CHECKED = [
    ("grant_to", "sealed_key", bytes(1168)),
    ("key_record", "body", b"{}"),
    ("key_record", "sealed_previous", bytes(40)),
    ("key_record", "signature", bytes(64)),
    ("key_record", "countersignature", bytes(64)),
    ("key_record", "countersigner_id", uuid.uuid4()),
    ("key_record", "version", 2),
    ("compartment", "version", 2),
    ("grant_to", "version", 2),
]


@pytest.mark.parametrize(("table", "column", "value"), CHECKED, ids=[f"{each[0]}.{each[1]}" for each in CHECKED])
def test_it_hides_no_change_of_what_was_checked(
    raised: RaisedCase,
    table: str,
    column: str,
    value: Any,  # noqa: ANN401 -- whatever the column holds
) -> None:
    first, _ = readers_of(raised)
    of_the_case = sa.select(T["compartment"].c.id).where(T["compartment"].c.case_id == raised.id)
    by = T[table].c["id" if table == "compartment" else "compartment_id"]
    with written_to(raised) as connection:
        connection.execute(sa.update(T[table]).where(by.in_(of_the_case)).values({column: value}))
    with pytest.raises(IntegrityFault):
        raised.view(first)


def test_it_goes_with_the_grant(trust: Trust, raised: RaisedCase) -> None:
    first, second = readers_of(raised)
    raised.view(second)
    with raised.as_(first) as (uow, case):
        keyring.revoke(uow, case.id, second.id)
    assert kept(raised, second.id) == {}
    with pytest.raises(NotFound):
        raised.view(second)
    assert set(kept(raised, first.id).values()) == {None}
    assert raised.view(first).told.narrative == raised.concern.narrative
    assert all(kept(raised, first.id).values())


def test_a_search_has_kept_what_it_opened(trust: Trust, raised: RaisedCase) -> None:
    first, _ = readers_of(raised)
    for compartment in kept(raised, first.id):
        write(raised, first, compartment, kept_key=None)
    with trust.work(first, writes=False) as uow:
        search = cases.start_search(uow, cases.SearchAsked(cases.parse_search("ward")))
        assert list(search.steps())
    with trust.work(first) as uow:
        cases.record_search(uow, search)
    assert all(kept(raised, first.id).values())
