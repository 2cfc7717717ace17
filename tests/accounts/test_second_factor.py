"""Codes are good once, recovery codes too."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import sqlalchemy as sa

from speakup import accounts
from speakup.kernel.errors import Conflict, IntegrityFault, Invalid
from speakup.tables import METADATA
from tests.trusts import Colleague, Trust


def give(trust: Trust, who: Colleague, code: str, later: timedelta = timedelta()) -> None:
    with trust.work(who) as uow:
        uow.now += later
        accounts.check_second_factor(uow, accounts.member(uow, who.id).person, code)


def test_a_code_opens_once_and_is_refused_when_it_is_given_again(trust: Trust) -> None:
    code = trust.guardian.code()
    give(trust, trust.guardian, code)
    with pytest.raises(Invalid):
        give(trust, trust.guardian, code)


def test_an_older_code_is_refused_after_a_newer_one(trust: Trust) -> None:
    now = datetime.now(UTC)
    give(trust, trust.guardian, trust.guardian.code(now))
    with pytest.raises(Invalid):
        give(trust, trust.guardian, trust.guardian.code(now - timedelta(seconds=30)))


@pytest.mark.parametrize(("seconds", "is_good"), [(-60, False), (-29, True), (29, True), (90, False)])
def test_a_clock_may_be_half_a_minute_out(trust: Trust, seconds: int, is_good: bool) -> None:  # noqa: FBT001 -- a table's column
    middle = datetime.now(UTC).replace(second=15, microsecond=0)
    given = trust.guardian.code(middle + timedelta(seconds=seconds))
    with trust.work(trust.guardian) as uow:
        uow.now = middle
        person = accounts.member(uow, trust.guardian.id).person
        if is_good:
            accounts.check_second_factor(uow, person, given)
            return
        with pytest.raises(Invalid):
            accounts.check_second_factor(uow, person, given)


def test_a_colleagues_code_is_refused(trust: Trust) -> None:
    with pytest.raises(Invalid):
        give(trust, trust.guardian, trust.second_guardian.code())


def recovery_codes(trust: Trust, who: Colleague) -> tuple[str, ...]:
    with trust.work(who) as uow:
        person = accounts.member(uow, who.id).person
        drawn = accounts.draw_second_factor(uow, person)
        return accounts.replace_second_factor(uow, person, drawn, pyotp.TOTP(drawn.secret).at(uow.now))


def test_a_recovery_code_opens_once_however_it_is_typed(trust: Trust) -> None:
    codes = recovery_codes(trust, trust.guardian)
    assert len(set(codes)) == 10
    give(trust, trust.guardian, codes[0].upper().replace("-", " "))
    with pytest.raises(Invalid):
        give(trust, trust.guardian, codes[0])
    give(trust, trust.guardian, codes[1])


def test_a_second_factor_that_stands_is_not_simply_begun_anew(trust: Trust) -> None:
    with pytest.raises(Conflict), trust.work(trust.guardian) as uow:
        accounts.begin_second_factor(uow, accounts.member(uow, trust.guardian.id).person)


@pytest.mark.parametrize("whose", ["own", "another's"])
def test_a_secret_that_was_changed_is_a_fault(trust: Trust, whose: str) -> None:
    factors = METADATA.tables["second_factor"]
    with trust.stored.unbound() as connection:
        other = connection.scalar(
            sa.select(factors.c.sealed_secret).where(factors.c.person_id == trust.second_guardian.id)
        )
        put = other if whose == "another's" else bytes(61)
        connection.execute(sa.update(factors).where(factors.c.person_id == trust.guardian.id).values(sealed_secret=put))
    with pytest.raises(IntegrityFault):
        give(trust, trust.guardian, trust.guardian.code())
