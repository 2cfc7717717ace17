"""Publishing what the demonstration has counted: every step as in earnest, by two of its people."""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from speakup import accounts, assurance, disclosure, insight, jobs, keyring, learning, organisations, papers
from speakup.cli.demo import asking, texts
from speakup.jobs import Job
from speakup.kernel.actor import Actor, ActorKind, Role, system
from speakup.kernel.uow import Database, UnitOfWork
from speakup.papers import Cover, Kind, Publication, Section, State, Text, Words
from speakup.papers import tasks as paper_tasks

AFTER = timedelta(days=14)
"""So long after the first day on which a period may come out, it does."""
NEWEST, YEARS = 11, 3
"""So many quarters, and so many whole years, are published."""
PREPARES = frozenset({Role.GUARDIAN, Role.LEAD_GUARDIAN})
APPROVES = PREPARES | {Role.NON_EXECUTIVE_LEAD}
LAST_YEAR = 110
"""Of the year before the log begins nothing is known: it is taken to have been like the others."""
SMALL_YEARS = {texts.neighbour().host: 35}
"""So many it is taken to have been in organisations of which too few cases come for anything but whole years."""
_ENDED = frozenset({State.PUBLISHED, State.WITHHELD})
_MOST_ACTIONS = 6
_AUTHOR = "The Freedom to Speak Up Guardian"
Tell = Callable[[str], None]
Period = tuple[Kind, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Pair:
    """Whoever prepares, and whoever reads it as the second person."""

    prepares: Actor
    approves: Actor = field(repr=False)


def publish(database: Database, sign_ins: Path, secret: bytes, tell: Tell = lambda _: None) -> int:
    """Publish the newest closed quarters and whole years that are not published yet; return how many came out.

    All of them are begun at once, so that the list of publications shows how far it is. Each step is kept, so whatever
    ended half way is taken up where it stopped. Whatever is withheld stays so, with its reason, for the guardians.
    """
    said = json.loads(sign_ins.read_text("utf-8"))
    done = 0
    for host in dict.fromkeys(person["host"] for person in said["people"]):
        organisation_id = _id_of(database, host)
        if organisation_id is not None:
            people = [each for each in said["people"] if each["host"] == host]
            year = SMALL_YEARS.get(host, LAST_YEAR)
            made = _Publishing(database, organisation_id, people, str(said["passphrase"]), secret, tell, year)
            done += made.publish_all()
    return done


def periods(closed: Sequence[str], today: date) -> list[Period]:
    """List what is to be published: each quarter in turn, and each year after its fourth."""
    quarters = [each for each in closed if papers.not_before([each]) <= today]
    newest, years = quarters[-NEWEST:], papers.whole_years(quarters)[-YEARS:]
    found: list[Period] = []
    for quarter in quarters:
        if quarter in newest:
            found.append((Kind.QUARTER, (quarter,)))
        year = insight.year_in(quarter)
        if year in years and quarter == papers.of_year(year)[-1]:
            found.append((Kind.YEAR, papers.of_year(year)))
    return found


def _id_of(database: Database, host: str) -> uuid.UUID | None:
    with database.engine.connect() as connection, Session(connection) as session:
        return organisations.id_for_host(session, host)


@dataclass(slots=True)
class _Publishing:
    """What is published of one trust, by two of its people."""

    database: Database
    organisation_id: uuid.UUID
    people: Sequence[Mapping[str, Any]]
    passphrase: str = field(repr=False)
    secret: bytes = field(repr=False)
    tell: Tell
    year_before: int

    def publish_all(self) -> int:
        """Bring everything out that is not out yet; return how many did now."""
        with self._as_system() as uow:
            insight.close_quarters(uow)
            name = organisations.here(uow).name
        pair = self._pair()
        wanted = self._begun(pair)
        signing = self._with_keys(pair) if wanted else pair
        done = 0
        for at, ref in enumerate(wanted, start=1):
            state = self._bring_out(signing, ref)
            done += state is State.PUBLISHED
            self.tell(f"{name}: {ref} {state.value} ({at} of {len(wanted)})")
        self._ask(pair)
        return done

    def _ask(self, pair: Pair) -> None:
        """Let members of the board ask about what is newest, once, and two answer them, all but the last."""
        with self.database.work(pair.prepares, writes=False) as uow:
            newest = papers.latest(uow)
            members = self._members() if newest is not None and not assurance.questions(uow) else []
        if newest is None or not members:
            return
        for at, (question, answer) in enumerate(asking.QUESTIONS):
            with self.database.work(members[at % len(members)]) as uow:
                asked = assurance.ask_question(uow, newest.ref, question).id
            if answer:
                self._answer(pair, asked, answer)

    def _answer(self, pair: Pair, asked: uuid.UUID, answer: str) -> None:
        with self.database.work(pair.prepares) as uow:
            row = assurance.find_question(uow, asked)
            assurance.answer_question(uow, row, answer, row.revision)
        with self.database.work(pair.approves) as uow:
            row = assurance.find_question(uow, asked)
            assurance.read_answer(uow, row, row.revision)

    def _members(self) -> list[Actor]:
        """List the members of the board."""
        named = [each["email"] for each in self.people if Role.BOARD_MEMBER.value in each["roles"]]
        with self._as_system(writes=False) as uow:
            by_address = {each.person.email: each.person.id for each in accounts.members(uow)}
            return [self._actor(uow, by_address[each]) for each in named]

    def _as_system(self, *, writes: bool = True) -> AbstractContextManager[UnitOfWork]:
        return self.database.work(system(self.organisation_id), writes=writes)

    # --- who does it ------------------------------------------------------------------------------------------------

    def _pair(self) -> Pair:
        """Two people of the demonstration, without their keys."""
        first = next(each for each in self.people if Role.GUARDIAN.value in each["roles"])
        may_approve = {role.value for role in APPROVES}
        second = next(each for each in self.people if each is not first and set(each["roles"]) & may_approve)
        with self._as_system(writes=False) as uow:
            by_address = {each.person.email: each.person.id for each in accounts.members(uow)}
            return Pair(*(self._actor(uow, by_address[each["email"]]) for each in (first, second)))

    def _actor(self, uow: UnitOfWork, person_id: uuid.UUID) -> Actor:
        written = accounts.member(uow, person_id).membership.drafted_roles
        roles = keyring.effective_roles(uow, written, person_id)
        return Actor(ActorKind.PERSON, self.organisation_id, person_id, roles)

    def _with_keys(self, pair: Pair) -> Pair:
        """Let both sign as they would sign in: with the passphrase that is printed."""
        with self._as_system(writes=False) as uow:
            return Pair(*(self._with_key(uow, each) for each in (pair.prepares, pair.approves)))

    def _with_key(self, uow: UnitOfWork, actor: Actor) -> Actor:
        sealed = keyring.locked_key(uow, actor.person_id)
        return replace(actor, root_secret=keyring.open_locked(actor.person_id, sealed, self.passphrase, "demo"))

    # --- what they do -----------------------------------------------------------------------------------------------

    def _begun(self, pair: Pair) -> list[str]:
        """Begin whatever is not begun yet; return what the pair has to go on with. What others write is theirs."""
        with self.database.work(pair.prepares) as uow:
            known = {row.ref: row for row in papers.list_publications(uow)}
            found = []
            for kind, quarters in periods(papers.what_can_be_published(uow), uow.today):
                if kind is Kind.QUARTER and self.year_before < disclosure.ONE_WAY_ONLY:
                    continue
                row = known.get(papers.ref(kind, quarters)) or begin(uow, kind, quarters, self.year_before)
                if row.state not in _ENDED and row.words["cover"]["author"] == _AUTHOR:
                    found.append(row.ref)
            return found

    def _bring_out(self, pair: Pair, ref: str) -> State:
        """Take every step that is still to take."""
        while (row := self._read(pair, ref)).state not in _ENDED:
            match row.state:
                case State.DRAFT:
                    self._send(pair, ref)
                case State.CHECKING:
                    paper_tasks.check_now(self.database, self.secret, self.organisation_id, row.id)
                case State.CHECKED:
                    self._approve(pair, ref)
                case _:
                    with self.database.work(pair.prepares) as uow:
                        papers.publish(uow, papers.find_publication(uow, ref))
        return row.state

    def _read(self, pair: Pair, ref: str) -> Publication:
        with self.database.work(pair.prepares, writes=False) as uow:
            return papers.find_publication(uow, ref)

    def _send(self, pair: Pair, ref: str) -> None:
        with self.database.work(pair.prepares) as uow:
            row = papers.find_publication(uow, ref)
            papers.send_to_check(uow, row, row.revision)
            # It is checked here and now: nobody has to come for it.
            jobs.withdraw(uow, Job.PUBLICATION_CHECK, row.id)

    def _approve(self, pair: Pair, ref: str) -> None:
        """Sign it; where a visitor published something meanwhile, it is checked anew."""
        try:
            with self.database.work(pair.approves) as uow:
                row = papers.find_publication(uow, ref)
                papers.approve(uow, row, row.digest, keyring.sign_publication(uow, row.id, row.digest))
        except papers.Overtaken:
            with self.database.work(pair.approves) as uow:
                papers.check_anew(uow, papers.find_publication(uow, ref))


def begin(uow: UnitOfWork, kind: Kind, quarters: Sequence[str], year_before: int = LAST_YEAR) -> Publication:
    dated = min(papers.not_before(quarters) + AFTER, uow.today)
    row = papers.prepare(uow, kind, quarters, dated, year_before=year_before)
    said = replace(
        _words(kind),
        actions=tuple(_actions(uow, quarters)),
        stories=asking.stories(kind, quarters),
        recommendations=asking.recommendations(kind, quarters),
    )
    papers.revise(uow, row, row.revision, said, dated, {})
    return row


def _actions(uow: UnitOfWork, quarters: Sequence[str]) -> list[str]:
    """Choose the learning actions a board is told of: those that were under way in the period, the newest first."""
    first, last = insight.first_day(quarters[0]), insight.last_day(quarters[-1])
    under_way = (
        each
        for each in learning.list_actions(uow)
        if each.proposed_month <= last and (each.closed_on is None or each.closed_on >= first)
    )
    newest = sorted(under_way, key=lambda each: (each.proposed_month, each.ref), reverse=True)
    return [each.ref for each in newest[:_MOST_ACTIONS]]


def _words(kind: Kind) -> Words:
    """What stands beside the figures; nothing in it is of anybody."""
    return Words(
        Cover(
            meeting="Board of Directors, in public",
            author=_AUTHOR,
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
