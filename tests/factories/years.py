"""Published years of several organisations, agreed on and carried across by what does so in earnest."""

import json
from dataclasses import replace

from speakup import disclosure, insight, jobs, organisations, peers
from speakup.insight import Count, Measured
from speakup.jobs import Job
from speakup.kernel.actor import system
from speakup.kernel.ids import new_id
from speakup.papers import CASES, Pack
from speakup.peers import tasks
from tests.factories.packs import published_pack
from tests.factories.papers import sample_pack
from tests.trusts import Trust


def published_year(trust: Trust, people: int | None = 400, **changed: object) -> Pack:
    """Publish a year in which so many spoke up, rounded already; None where that is masked."""
    sample = sample_pack()
    tables = tuple(_said(table, people) if table.name == CASES else table for table in sample.tables)
    named = replace(sample, organisation=trust.name, tables=tables, method=(*sample.method, *_DECIDED))
    return published_pack(trust, replace(named, **changed))  # type: ignore[arg-type]  # A test names some of its fields.


_DECIDED = ("The thresholds follow a recorded decision: board minutes, by Pat Person.",)


def _said(table: disclosure.SafeTable, people: int | None) -> disclosure.SafeTable:
    plain = json.loads(disclosure.stored(table))
    plain["figures"] = [[where, people] for where, _shown in plain["figures"]]
    data = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return disclosure.restore(data, disclosure.digest(data))


def staff_counted(trust: Trust, pack: Pack, count: int) -> None:
    """Count everybody on the last day of the period."""
    with trust.work(trust.guardian) as uow:
        insight.keep_headcounts(uow, Measured.ALL, pack.period.ends, [Count("", count)], "ESR")


def another_organisation(trust: Trust, name: str, host: str) -> Trust:
    """Found one more in the same installation, with a guardian known from elsewhere."""
    organisation_id = new_id()
    with trust.database.work(system(organisation_id)) as uow:
        organisations.found_organisation(uow, name, [host])
    people = {"guardian": replace(trust.guardian, organisation_id=organisation_id)}
    return Trust(name, host, organisation_id, people, trust.stored, trust.database)


def agreed(provider: Trust, receiver: Trust) -> None:
    """Let both sides say so, each naming the other by its address."""
    with provider.work(provider.guardian) as uow:
        peers.publish_to(uow, receiver.host)
    with receiver.work(receiver.guardian) as uow:
        peers.receive_from(uow, provider.host)


def carried(trust: Trust) -> None:
    """Do what the job process does for one organisation."""
    with trust.work() as uow:
        waiting = [row.id for row in jobs.to_hand_over(uow) if row.job is Job.YEARS_CARRIED]
        if not waiting:
            peers.ask_to_carry(uow)
            waiting = [row.id for row in jobs.to_hand_over(uow) if row.job is Job.YEARS_CARRIED]
    for row_id in waiting:
        tasks.carry_years(trust.database, trust.id, row_id)
