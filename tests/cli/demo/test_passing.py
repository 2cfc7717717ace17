"""Cases of the demonstration that go to somebody else: chosen by the seed, and through the operations."""

from collections import Counter
from datetime import date, timedelta

import sqlalchemy as sa

from speakup.audit import Event
from speakup.audit.models import AuditEntry
from speakup.cases.models import Referral, ReferralState
from speakup.cli.demo import passing, texts
from speakup.cli.demo.loading import CASES, SEED, YEARS, Loader
from speakup.kernel.actor import system
from speakup.kernel.uow import Database

TODAY = date(2026, 11, 21)


def chosen(key: str, today: date) -> list[tuple[str, passing.Course]]:
    first, last = today - timedelta(days=365 * YEARS), today - timedelta(days=1)
    contents = list(texts.cases(SEED, key, CASES[key], first, last))
    return [(content.title, course) for content, course in passing.courses(contents, [], today)]


def test_every_way_is_gone_in_a_trust_and_the_same_ones_each_time() -> None:
    for day in (TODAY, TODAY + timedelta(days=100)):
        ways = chosen("anytown", day)
        assert {course for _, course in ways} == set(passing.Course)
        assert ways == chosen("anytown", day)


def test_the_operations_take_all_of_it(database: Database) -> None:
    # So few have some that go each way with few seeds.
    counts, seed = {"anytown": 50}, 35
    loader = Loader(database, {"anytown": ["demo.localhost"]}, TODAY, seed, counts)
    steps: list[int] = []
    (trust,) = loader.run(steps.append)
    assert sum(steps) == loader.size()
    with database.work(system(trust.id)) as uow:
        states = Counter(uow.session.scalars(sa.select(Referral.state)))
        events = Counter(uow.session.scalars(sa.select(AuditEntry.event)))
    assert states == dict.fromkeys(ReferralState, 1)
    assert events[Event.CASE_HANDED_OVER] == events[Event.GUARDIAN_STEPPED_ASIDE] == 1
