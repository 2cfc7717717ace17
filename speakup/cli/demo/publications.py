"""Publishing what the demonstration has counted: every step as in earnest, by two of its people."""

import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from speakup import accounts, insight, jobs, keyring, organisations, papers
from speakup.jobs import Job
from speakup.kernel.actor import Actor, ActorKind, Role, system
from speakup.kernel.uow import Database
from speakup.papers import Cover, Kind, Publication, Section, State, Text, Words
from speakup.papers import tasks as paper_tasks

AFTER = timedelta(days=14)
"""So long after the first day on which a period may come out, it does."""
PREPARES = frozenset({Role.GUARDIAN, Role.LEAD_GUARDIAN})
APPROVES = PREPARES | {Role.NON_EXECUTIVE_LEAD}
LAST_YEAR = 70
"""Of the year before the demonstration begins nothing is known: it is taken to have been like the others."""
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Pair:
    """Whoever prepares, and whoever reads it as the second person."""

    prepares: Actor
    approves: Actor = field(repr=False)


def publish(database: Database, sign_ins: Path, secret: bytes, tell: Tell = lambda _: None) -> int:
    """Publish every closed quarter and whole year that is not published yet; return how many came out.

    Whatever is withheld stays so, with its reason, for the guardians to look at.
    """
    said = json.loads(sign_ins.read_text("utf-8"))
    done = 0
    for host in dict.fromkeys(person["host"] for person in said["people"]):
        organisation_id = _id_of(database, host)
        if organisation_id is not None:
            pair = _pair(database, organisation_id, said, host)
            done += _publish_all(database, organisation_id, pair, secret, tell)
    return done


def _id_of(database: Database, host: str) -> uuid.UUID | None:
    with database.engine.connect() as connection, Session(connection) as session:
        return organisations.id_for_host(session, host)


def _pair(database: Database, organisation_id: uuid.UUID, said: dict[str, Any], host: str) -> Pair:
    """Two people of the demonstration, who sign as they would sign in: with the passphrase that is printed."""
    people = [each for each in said["people"] if each["host"] == host]
    first = next(each for each in people if Role.GUARDIAN.value in each["roles"])
    may_approve = {role.value for role in APPROVES}
    second = next(each for each in people if each is not first and set(each["roles"]) & may_approve)
    actors = []
    with database.work(system(organisation_id), writes=False) as uow:
        by_address = {each.person.email: each.person.id for each in accounts.members(uow)}
        for each in (first, second):
            person_id = by_address[each["email"]]
            root = keyring.open_locked(person_id, keyring.locked_key(uow, person_id), str(said["passphrase"]), "demo")
            written = accounts.member(uow, person_id).membership.drafted_roles
            roles = keyring.effective_roles(uow, written, person_id)
            actors.append(Actor(ActorKind.PERSON, organisation_id, person_id, roles, root))
    return Pair(*actors)


def _publish_all(database: Database, organisation_id: uuid.UUID, pair: Pair, secret: bytes, tell: Tell) -> int:
    with database.work(system(organisation_id)) as uow:
        insight.close_quarters(uow)
        name = organisations.here(uow).name
    with database.work(pair.prepares, writes=False) as uow:
        waiting = list(_waiting(papers.what_can_be_published(uow), {row.ref for row in papers.list_publications(uow)}))
    done = 0
    for at, (kind, quarters) in enumerate(waiting, start=1):
        row = _publish_one(database, organisation_id, pair, secret, kind, quarters)
        done += row.state is State.PUBLISHED
        tell(f"{name}: {row.ref} {row.state.value} ({at} of {len(waiting)})")
    return done


def _waiting(quarters: Sequence[str], taken: set[str]) -> Iterator[tuple[Kind, tuple[str, ...]]]:
    """Each quarter in turn, and each year after its fourth."""
    years = papers.whole_years(quarters)
    for quarter in quarters:
        year = quarter.partition("/")[0]
        if papers.ref(Kind.QUARTER, [quarter]) not in taken:
            yield Kind.QUARTER, (quarter,)
        if year in years and quarter == papers.of_year(year)[-1] and year not in taken:
            yield Kind.YEAR, papers.of_year(year)


def _publish_one(
    database: Database, organisation_id: uuid.UUID, pair: Pair, secret: bytes, kind: Kind, quarters: Sequence[str]
) -> Publication:
    with database.work(pair.prepares) as uow:
        dated = min(papers.not_before(quarters) + AFTER, uow.today)
        row = papers.prepare(uow, kind, quarters, dated, year_before=LAST_YEAR)
        papers.revise(uow, row, row.revision, _words(kind), dated, {})
        papers.send_to_check(uow, row, row.revision)
        ref = row.ref
    with database.work(system(organisation_id), writes=False) as uow:
        asked = [each.id for each in jobs.to_hand_over(uow) if each.job is Job.PUBLICATION_CHECK]
    for row_id in asked:
        paper_tasks.check_publication(database, secret, organisation_id, row_id)
    with database.work(pair.approves) as uow:
        row = papers.find_publication(uow, ref)
        if row.state is not State.CHECKED:
            return row
        papers.approve(uow, row, row.digest, keyring.sign_publication(uow, row.id, row.digest))
    with database.work(pair.prepares) as uow:
        row = papers.find_publication(uow, ref)
        papers.publish(uow, row)
        return row


def _words(kind: Kind) -> Words:
    """What stands beside the figures; nothing in it is of anybody."""
    return Words(
        Cover(
            meeting="Board of Directors, in public",
            author="The Freedom to Speak Up Guardian",
            lead_director="The executive lead for speaking up",
            purpose="For discussion and assurance",
            recommendation="The board is asked to discuss what is told here, and what it will do about it.",
            assurance="Partial",
            cqc_domain="Well-led",
        ),
        (
            Text(
                Section.CASES,
                "How many people spoke up",
                ("More people speaking up is not bad news. It can mean that they trust somebody will listen.",),
            ),
            Text(
                Section.REACH,
                "Who is reached, and who is not heard",
                ("The guardians went to wards and offices at night, too. Some groups are still hardly heard.",),
            ),
            Text(
                Section.CAPACITY,
                "Time to do this",
                (
                    "The guardians have time of their own for this work. At the end of a year it was hardly enough."
                    if kind is Kind.YEAR
                    else "The guardians have time of their own for this work.",
                ),
            ),
        ),
    )
