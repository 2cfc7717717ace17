"""A small organisation beside the trusts. Three that publish can be held against each other; two cannot.

It has two guardians, both of a trust too, under one key. What it publishes is one whole year, counted from the log
that they brought in when the year was over. Its years are too small for anything to be told of a quarter.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from speakup import papers
from speakup.cli.demo import figures, logs, texts, trusts
from speakup.cli.demo.trusts import DemoPerson, DemoTrust
from speakup.kernel.clock import LONDON
from speakup.kernel.uow import Database

_MORNING = time(9, 10, tzinfo=LONDON)


def newest_year(today: date) -> str:
    """Name the newest whole year that may be published today."""
    year = today.year
    while papers.not_before(papers.of_year(_named(year))) > today:
        year -= 1
    return _named(year)


def found(database: Database, founded: Sequence[DemoTrust], beside: Sequence[str], seed: int, today: date) -> DemoTrust:
    """Found it on the day after its year, at the ports of the hosts beside it, and bring its log of that year in."""
    year = newest_year(today)
    first_day = papers.period(papers.of_year(year)).ends + timedelta(days=1)
    start = datetime.combine(first_day, _MORNING)
    content = texts.neighbour()
    trust = trusts.found(database, content, [content.host, *trusts.at_ports(content.host, beside)], start)
    trusts.people(database, trust, _known(founded), start)
    for person in trust.people.values():
        trusts.remember(database, trust, person, start)
    words = {key: trusts.words(database, trust, key) for key in trusts.who_hold_keys(trust)}
    trusts.vouch(database, trust, words, start, today)
    trusts.route(database, trust, start)
    figures.count_staff(database, trust, start)
    moved_in = next(logs.batches(seed, content, first_day, first_day + logs.MOVED_IN_AFTER))
    sheets = tuple((name, entries) for name, entries in moved_in.sheets if name == year)
    logs.bring_in(database, trust, logs.Batch(moved_in.on, sheets))
    return trust


def _named(year: int) -> str:
    """Name the financial year that begins in a year."""
    return f"{year}-{(year + 1) % 100:02}"


def _known(founded: Sequence[DemoTrust]) -> Mapping[str, DemoPerson]:
    return {person.content.email: person for trust in founded for person in trust.people.values()}
