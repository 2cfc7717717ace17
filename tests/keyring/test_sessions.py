"""Sealed sessions: how long they last, and that row and cookie are each useless alone."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from speakup import keyring
from speakup.kernel.errors import NotFound
from speakup.kernel.ids import new_id
from speakup.keyring.models import ReporterSession, StaffSession
from speakup.tables import METADATA
from tests import factories
from tests.trusts import Trust


def started(trust: Trust, *, second_factor_done: bool = True) -> str:
    with trust.work() as uow:
        who = trust.guardian
        return keyring.start_staff(uow, who.id, who.root_secret, second_factor_done=second_factor_done)


def is_open_after(trust: Trust, token: str, later: timedelta) -> bool:
    with trust.work(trust.visitor) as uow:
        uow.now += later
        try:
            keyring.resume_staff(uow, token)
        except NotFound:
            return False
        return True


def test_a_session_gives_the_root_secret_back_to_whoever_brings_its_token(trust: Trust) -> None:
    token = started(trust)
    with trust.work(trust.visitor) as uow:
        resumed = keyring.resume_staff(uow, token)
    assert (resumed.person_id, resumed.root_secret) == (trust.guardian.id, trust.guardian.root_secret)


@pytest.mark.parametrize(("minutes", "is_open"), [(29, True), (31, False)])
def test_staff_are_signed_out_after_thirty_idle_minutes(trust: Trust, minutes: int, is_open: bool) -> None:  # noqa: FBT001 -- a table's column
    assert is_open_after(trust, started(trust), timedelta(minutes=minutes)) is is_open


def test_staff_are_signed_out_after_ten_hours_however_busy(trust: Trust) -> None:
    token = started(trust)
    open_for = [quarters for quarters in range(42) if is_open_after(trust, token, timedelta(minutes=15 * quarters))]
    assert max(open_for) == 39


@pytest.mark.parametrize("token", ["", "x", "\ud800", "a" * 5000])
def test_any_text_as_a_token_finds_nothing(trust: Trust, token: str) -> None:
    with trust.work(trust.visitor) as uow, pytest.raises(NotFound):
        keyring.resume_staff(uow, token)
    with trust.work(trust.visitor) as uow, pytest.raises(NotFound):
        keyring.resume_reporter(uow, token)


def test_a_session_does_not_open_in_another_organisation(trust: Trust, other_trust: Trust) -> None:
    token = started(trust)
    with other_trust.work(other_trust.visitor) as uow, pytest.raises(NotFound):
        keyring.resume_staff(uow, token)


@pytest.mark.parametrize(
    "change",
    [{"second_factor_done": True}, {"sealed_root": bytes(61)}, {"person_id": "second"}, {"organisation_id": "other"}],
    ids=lambda change: next(iter(change)),
)
def test_a_row_somebody_wrote_to_opens_nothing(trust: Trust, other_trust: Trust, change: dict[str, object]) -> None:
    token = started(trust, second_factor_done=False)
    put = {"second": trust.second_guardian.id, "other": other_trust.id}
    with trust.stored.unbound() as connection:
        values = {name: put.get(str(value), value) for name, value in change.items()}
        connection.execute(sa.update(METADATA.tables["staff_session"]).values(values))
    for where in (trust, other_trust):
        with where.work(where.visitor) as uow, pytest.raises(NotFound):
            keyring.resume_staff(uow, token)


def test_a_session_with_both_factors_has_a_new_token_and_the_old_one_ends(trust: Trust) -> None:
    token = started(trust, second_factor_done=False)
    with trust.work(trust.guardian) as uow:
        renewed = keyring.renew_staff(uow, token)
    with trust.work(trust.visitor) as uow:
        assert keyring.resume_staff(uow, renewed).second_factor_done
        with pytest.raises(NotFound):
            keyring.resume_staff(uow, token)


def test_ending_the_others_keeps_this_one(trust: Trust) -> None:
    kept, other = started(trust), started(trust)
    with trust.work(trust.guardian) as uow:
        assert len(keyring.my_sessions(uow)) == 2
        keyring.end_others(uow, kept)
        assert len(keyring.my_sessions(uow)) == 1
    assert is_open_after(trust, kept, timedelta())
    assert not is_open_after(trust, other, timedelta())


def test_nobody_ends_a_colleagues_session(trust: Trust) -> None:
    token = started(trust)
    with trust.work(trust.guardian) as uow:
        (listed,) = keyring.my_sessions(uow)
    with trust.work(trust.second_guardian) as uow:
        keyring.end_mine(uow, listed.id)
    assert is_open_after(trust, token, timedelta())


def inbox_is_open_after(trust: Trust, token: str, later: timedelta) -> bool:
    with trust.work(trust.visitor) as uow:
        uow.now += later
        try:
            keyring.resume_reporter(uow, token)
        except NotFound:
            return False
        return True


def inbox_token(raised: factories.RaisedCase) -> str:
    with raised.trust.work(raised.trust.visitor) as uow:
        found = keyring.find_reporter(uow, raised.secrets.lookup_hash)
        return keyring.start_reporter(uow, found.id, found.case_id, raised.secrets.root_secret)


def test_a_private_inbox_closes_by_itself_and_its_row_names_no_case_and_no_minute(trust: Trust) -> None:
    raised = factories.raised_case(trust)
    token = inbox_token(raised)
    assert inbox_is_open_after(trust, token, timedelta(minutes=19))
    with trust.work() as uow:
        row = uow.session.scalars(sa.select(ReporterSession)).one()
        assert row.expires_at.timestamp() % 600 == 0
        assert raised.id.bytes not in row.sealed
    assert not inbox_is_open_after(trust, token, timedelta(minutes=61))


def test_a_private_inbox_is_open_ten_hours_at_most(trust: Trust) -> None:
    token = inbox_token(factories.raised_case(trust))
    lasted = [step for step in range(45) if inbox_is_open_after(trust, token, timedelta(minutes=15 * step))]
    assert 39 <= max(lasted) <= 41


def test_new_words_end_every_inbox_the_old_ones_opened(trust: Trust) -> None:
    raised = factories.raised_case(trust)
    token = inbox_token(raised)
    with trust.work() as uow:
        generation = keyring.current_generation(uow)
    renewed = keyring.submit_secrets(keyring.draw_receipt(), generation, trust.id, "tests")
    with trust.work(raised.reporter) as uow:
        keyring.replace_receipt(uow, renewed, generation.number)
    assert not inbox_is_open_after(trust, token, timedelta())


def test_what_has_ended_is_swept_away_and_nothing_else(trust: Trust) -> None:
    staff, inbox = started(trust), inbox_token(factories.raised_case(trust))
    with trust.work() as uow:
        keyring.sweep(uow)
    assert is_open_after(trust, staff, timedelta())
    assert inbox_is_open_after(trust, inbox, timedelta())
    with trust.work() as uow:
        uow.now += timedelta(hours=1)
        keyring.sweep(uow)
        assert uow.session.scalars(sa.select(StaffSession)).all() == []
        assert uow.session.scalars(sa.select(ReporterSession)).all() == []


def test_a_token_is_of_no_use_without_its_row(trust: Trust) -> None:
    with trust.work() as uow:
        token = keyring.start_reporter(uow, new_id(), new_id(), bytes(32))
        keyring.end_reporter(uow, token)
    assert not inbox_is_open_after(trust, token, timedelta())
