"""Publishing the demonstration: through the operations, taken up where it was ended, and nothing twice."""

import json
from datetime import date
from pathlib import Path

import pytest

from speakup import assurance, insight, papers
from speakup.cli.demo import asking, publications
from speakup.kernel.actor import Role
from speakup.kernel.uow import UnitOfWork
from speakup.papers import Kind, State
from speakup.papers import tasks as paper_tasks
from tests import factories
from tests.factories.publications import SECRET
from tests.trusts import PASSPHRASE, Trust


class Killed(BaseException):
    """The process is ended from outside."""


@pytest.fixture
def sign_ins(trust: Trust, tmp_path: Path) -> Path:
    return signed_in_by(trust, tmp_path)


def signed_in_by(trust: Trust, tmp_path: Path) -> Path:
    """What a demonstration keeps of its people."""
    people = [
        {"host": trust.host, "email": each.email, "roles": sorted(role.value for role in each.roles)}
        for each in trust.people.values()
    ]
    path = tmp_path / "demo.json"
    path.write_text(json.dumps({"passphrase": PASSPHRASE, "people": people}), "utf-8")
    return path


def states(uow: UnitOfWork) -> dict[str, State]:
    return {row.ref: row.state for row in papers.list_publications(uow)}


def test_eleven_quarters_and_three_years_are_published_however_many_there_are() -> None:
    closed = list(insight.quarters_between("2022-23/Q1", "2026-27/Q2"))
    found = publications.periods(closed, date(2026, 11, 22))
    kinds = [kind for kind, _ in found]
    assert kinds.count(Kind.QUARTER) == 11
    assert [quarters[0][:7] for kind, quarters in found if kind is Kind.YEAR] == ["2023-24", "2024-25", "2025-26"]
    newest_day_of = [insight.last_day(quarters[-1]) for _, quarters in found]
    assert newest_day_of == sorted(newest_day_of)
    assert publications.periods(closed, date(2026, 10, 20))[-1] == (Kind.QUARTER, ("2026-27/Q1",))


def test_what_was_ended_half_way_is_taken_up_and_nothing_comes_out_twice(trust: Trust, sign_ins: Path) -> None:
    quarters = factories.closed_figures(trust, 3)
    refs = [papers.ref(Kind.QUARTER, [quarter]) for quarter in quarters]
    told: list[str] = []

    def die(said: str) -> None:
        told.append(said)
        raise Killed

    with pytest.raises(Killed):
        publications.publish(trust.database, sign_ins, SECRET, die)
    with trust.work(trust.guardian) as uow:
        found = states(uow)
        assert [found[ref] for ref in refs] == [State.PUBLISHED, State.DRAFT, State.DRAFT]
        # The next one had been sent to be checked, and the check had come to its end, when it happened.
        row = papers.find_publication(uow, refs[1])
        papers.send_to_check(uow, row, row.revision)
        second = row.id
    paper_tasks.check_now(trust.database, SECRET, trust.id, second)
    with trust.work(trust.guardian) as uow:
        row = papers.find_publication(uow, refs[2])
        papers.send_to_check(uow, row, row.revision)
    assert publications.publish(trust.database, sign_ins, SECRET, told.append) == 2
    with trust.work(trust.guardian) as uow:
        found = states(uow)
        assert [found[ref] for ref in refs] == [State.PUBLISHED] * 3
        before = [(row.ref, row.digest) for row in papers.list_publications(uow)]
    assert publications.publish(trust.database, sign_ins, SECRET, told.append) == 0
    with trust.work(trust.guardian) as uow:
        assert [(row.ref, row.digest) for row in papers.list_publications(uow)] == before
    assert len(told) == 3


def test_what_a_visitor_has_begun_is_theirs(trust: Trust, sign_ins: Path) -> None:
    quarters = factories.closed_figures(trust, 2)
    with trust.work(trust.guardian) as uow:
        mine = papers.prepare(uow, Kind.QUARTER, [quarters[0]], uow.today, year_before=280).ref
    assert publications.publish(trust.database, sign_ins, SECRET) == 1
    with trust.work(trust.guardian) as uow:
        assert states(uow) == {mine: State.DRAFT, papers.ref(Kind.QUARTER, [quarters[1]]): State.PUBLISHED}


def test_whatever_comes_out_beside_it_has_it_checked_anew(trust: Trust, sign_ins: Path) -> None:
    quarters = factories.closed_figures(trust, 2)
    ref = papers.ref(Kind.QUARTER, [quarters[1]])
    factories.published_quarter(trust, quarters[0])
    with trust.work(trust.guardian) as uow:
        row = publications.begin(uow, Kind.QUARTER, [quarters[1]])
        papers.send_to_check(uow, row, row.revision)
        publication_id = row.id
    paper_tasks.check_now(trust.database, SECRET, trust.id, publication_id)
    with trust.work(trust.lead) as uow:
        papers.decide_thresholds(uow, 9, 6, 30, "", uow.today)
    assert publications.publish(trust.database, sign_ins, SECRET) == 1
    with trust.work(trust.guardian) as uow:
        assert states(uow)[ref] is State.PUBLISHED


def test_the_board_asks_about_the_newest_once_and_is_answered(trust: Trust, tmp_path: Path) -> None:
    quarters = factories.closed_figures(trust, 2)
    members = [factories.invited(trust, name, [Role.BOARD_MEMBER]) for name in ("Mel Member", "Max Member")]
    for name, member in zip(("mel", "max"), members, strict=True):
        trust.people[name] = member
    said = signed_in_by(trust, tmp_path)
    assert publications.publish(trust.database, said, SECRET) == 2
    assert publications.publish(trust.database, said, SECRET) == 0
    with trust.work(trust.guardian) as uow:
        newest = papers.find_published(uow, papers.ref(Kind.QUARTER, [quarters[-1]]))
        rows = assurance.questions(uow)
        assert {row.question: row.answer for row in rows} == dict(asking.QUESTIONS)
        assert {row.publication for row in rows} == {newest.ref}
        assert {row.asked_by for row in rows} == {each.id for each in members}
        assert [row.is_open for row in rows] == [bool(row.answer) for row in rows]
        assert newest.recommendations == asking.recommendations(Kind.QUARTER, [quarters[-1]])
        assert newest.stories == asking.stories(Kind.QUARTER, [quarters[-1]])
