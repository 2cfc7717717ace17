"""Whoever has a passphrase cannot try every code: after many wrong ones codes rest, and the owner is told."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from speakup import accounts
from speakup.accounts.rules import rest_after
from speakup.jobs import Job, OutboxRow
from speakup.kernel.errors import Invalid
from tests.trusts import Colleague, Trust


def give(trust: Trust, who: Colleague, code: str, later: timedelta = timedelta()) -> str:
    """Write a code as the page does; return why it was refused, or nothing."""
    with trust.work(who) as uow:
        uow.now += later
        try:
            accounts.check_second_factor(uow, accounts.member(uow, who.id).person, code)
        except Invalid as refused:
            return refused.reason
    return ""


def write_wrong_ones(trust: Trust, count: int = 10) -> None:
    for _ in range(count):
        assert give(trust, trust.guardian, "wrong") == "wrong"


def letters(trust: Trust) -> list[object]:
    with trust.work(writes=False) as uow:
        wrong = select(OutboxRow.subject_id).where(OutboxRow.job == Job.WRONG_CODES_MAIL)
        return list(uow.session.scalars(wrong))


@pytest.mark.parametrize(("wrong", "minutes"), [(0, 0), (9, 0), (10, 1), (11, 2), (15, 32), (16, 60), (10**6, 60)])
def test_the_rest_doubles_up_to_an_hour(wrong: int, minutes: int) -> None:
    assert rest_after(wrong) == timedelta(minutes=minutes)


def test_after_ten_wrong_codes_even_a_right_one_waits(trust: Trust) -> None:
    write_wrong_ones(trust)
    code = trust.guardian.code()
    assert give(trust, trust.guardian, code) == "rests"
    later = timedelta(minutes=1, seconds=1)
    with trust.work(trust.guardian) as uow:
        right = trust.guardian.code(uow.now + later)
    assert give(trust, trust.guardian, right, later) == ""
    assert give(trust, trust.guardian, "wrong", later) == "wrong"


def test_what_is_written_while_codes_rest_makes_the_rest_no_longer(trust: Trust) -> None:
    write_wrong_ones(trust)
    for _ in range(5):
        assert give(trust, trust.guardian, "wrong") == "rests"
    later = timedelta(minutes=1, seconds=1)
    with trust.work(trust.guardian) as uow:
        right = trust.guardian.code(uow.now + later)
    assert give(trust, trust.guardian, right, later) == ""


def test_a_recovery_code_is_taken_at_any_time_and_ends_the_rest(trust: Trust) -> None:
    with trust.work(trust.guardian) as uow:
        person = accounts.member(uow, trust.guardian.id).person
        drawn = accounts.draw_second_factor(uow, person)
        object.__setattr__(trust.guardian, "totp_secret", drawn.secret)
        recovery = accounts.replace_second_factor(uow, person, drawn, trust.guardian.code(uow.now))
    write_wrong_ones(trust, 10)
    assert give(trust, trust.guardian, recovery[0]) == ""
    assert give(trust, trust.guardian, recovery[0]) == "wrong"


def test_the_owner_gets_one_letter_and_nobody_else_any(trust: Trust) -> None:
    write_wrong_ones(trust, 9)
    assert letters(trust) == []
    write_wrong_ones(trust, 1)
    for minutes in (2, 5, 10):
        assert give(trust, trust.guardian, "wrong", timedelta(minutes=minutes)) == "wrong"
    assert letters(trust) == [trust.guardian.id]


def test_wrong_codes_of_one_account_rest_no_others(trust: Trust) -> None:
    write_wrong_ones(trust)
    assert give(trust, trust.lead, trust.lead.code()) == ""
