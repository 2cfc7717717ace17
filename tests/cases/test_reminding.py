"""The letter of the morning: to whom, when, and that it says nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest

from speakup import accounts, cases, jobs
from speakup.cases import Pause, PauseReason
from speakup.cases.operations.reminding import remind
from speakup.cli.timetable import REMIND, due
from speakup.jobs import Job
from speakup.kernel.actor import system
from speakup.kernel.errors import Forbidden
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust


@pytest.fixture
def raised(trust: Trust) -> RaisedCase:
    return factories.raised_case(trust)


@pytest.fixture
def guardian(raised: RaisedCase) -> Colleague:
    return readers_of(raised)[0]


def after(raised: RaisedCase, days: int) -> date:
    with raised.as_(raised.reporter) as (_, case):
        return cases.working_day_after(case.raised_on, days, "ENG")


def reminded(trust: Trust, day: date, hour: int = 9) -> list[str]:
    """Remind everybody on a day; return the names of those who get a letter that had none waiting."""
    at = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    with trust.database.work(system(trust.id), at=at) as uow:
        before = {row.id for row in jobs.to_hand_over(uow)}
        count = remind(uow)
        uow.session.flush()
        rows = [row for row in jobs.to_hand_over(uow) if row.id not in before]
        assert len(rows) == count
        assert {row.job for row in rows} <= {Job.SOMETHING_TO_READ_MAIL}
        names = accounts.names_of(uow, [row.subject_id for row in rows])
    return sorted(names.values())


def test_nobody_is_reminded_while_nothing_is_due(trust: Trust, raised: RaisedCase) -> None:
    assert reminded(trust, after(raised, 1)) == []


def test_the_guardian_is_reminded_on_the_day_and_every_working_day_after_it(
    trust: Trust, raised: RaisedCase, guardian: Colleague
) -> None:
    for days in (2, 3, 4):
        assert reminded(trust, after(raised, days)) == [guardian.name]


def test_one_letter_a_day_is_enough(trust: Trust, raised: RaisedCase, guardian: Colleague) -> None:
    factories.raised_case(trust)
    day = after(raised, 2)
    assert guardian.name in reminded(trust, day)
    assert reminded(trust, day, 14) == []


def test_nobody_is_reminded_at_a_weekend(trust: Trust, raised: RaisedCase) -> None:
    day = after(raised, 5)
    saturday = day + timedelta(days=5 - day.weekday())
    assert reminded(trust, saturday) == []


def test_the_cover_is_reminded_while_the_guardian_is_away(
    trust: Trust, raised: RaisedCase, guardian: Colleague
) -> None:
    day = after(raised, 2)
    with trust.work(guardian) as uow:
        accounts.mark_absent(uow, accounts.member(uow, guardian.id).membership, day)
    assert reminded(trust, day) == [readers_of(raised)[1].name]


def test_whoever_switched_it_off_is_not_reminded(trust: Trust, raised: RaisedCase, guardian: Colleague) -> None:
    with trust.work(guardian) as uow:
        accounts.settle_reminders(uow, accounts.member(uow, guardian.id).membership, wanted=False)
    assert reminded(trust, after(raised, 2)) == []


def test_nobody_switches_it_off_for_another(trust: Trust, guardian: Colleague) -> None:
    with trust.work(trust.administrator) as uow, pytest.raises(Forbidden):
        accounts.settle_reminders(uow, accounts.member(uow, guardian.id).membership, wanted=False)


def test_nothing_is_late_in_a_paused_case_until_it_is_to_be_looked_at(
    trust: Trust, raised: RaisedCase, guardian: Colleague
) -> None:
    until = after(raised, 10)
    with raised.as_(guardian) as (uow, case):
        cases.acknowledge(uow, case, "Thank you")
        cases.pause_case(uow, case, Pause(PauseReason.OTHER, "They are away.", until))
    assert reminded(trust, after(raised, 7)) == []
    assert reminded(trust, until) == [guardian.name]


def test_only_the_program_reminds(trust: Trust, guardian: Colleague) -> None:
    with trust.work(guardian) as uow, pytest.raises(Forbidden):
        remind(uow)


def test_the_hour_is_made_up_for_on_the_same_day_and_under_one_id(trust: Trust) -> None:
    at = [due(REMIND, trust.id, datetime(2026, 11, 23, hour, 5, tzinfo=UTC), "9") for hour in (8, 9, 14)]
    assert at[0] is None
    assert at[1] == at[2] is not None
    assert at[1] != due(REMIND, trust.id, datetime(2026, 11, 24, 9, tzinfo=UTC), "9")
