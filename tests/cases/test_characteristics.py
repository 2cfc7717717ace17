"""What somebody answered about themselves is counted once, and nothing stored leads from a count to a case."""

import random
from collections import Counter

import pytest
import sqlalchemy as sa

from speakup import cases, insight
from speakup.audit import Event
from speakup.cases import Answer
from speakup.insight import CharacteristicAnswer, Counted
from speakup.jobs.order import remove_order
from speakup.kernel.db import make_engine
from speakup.kernel.errors import Conflict, Forbidden, Invalid
from speakup.kernel.ids import new_id
from speakup.tables import METADATA
from tests import factories
from tests.databases import Stored
from tests.factories import RaisedCase
from tests.jobs.test_order import BOUND, owner_url, rank_correlation
from tests.trusts import Colleague, Trust
from tests.web.test_house import rows

ANSWERED = {"age": "35_to_44", "religion": "prefer_not"}
PEOPLE = 50


@pytest.fixture
def case(trust: Trust) -> RaisedCase:
    return factories.raised_case(trust)


def answer(case: RaisedCase, answers: dict[str, str], by: Colleague | None = None) -> frozenset[str]:
    with case.as_(by or case.reporter) as (uow, row):
        return cases.answer_about(uow, row, answers)


def counted(stored: Stored) -> Counter[tuple[str, str, str, str]]:
    reading = make_engine(stored.unbound_url)
    with reading.connect() as connection:
        found = connection.execute(sa.select(METADATA.tables["characteristic_answer"])).mappings().all()
    reading.dispose()
    return Counter((row["period"], row["counted"].value, row["question"], row["answer"]) for row in found)


def holder(case: RaisedCase) -> Colleague:
    with case.as_(case.reporter) as (_uow, row):
        return next(each for each in case.trust.people.values() if each.id == row.primary_id)


def periods(trust: Trust) -> tuple[str, str]:
    with trust.work() as uow:
        return insight.quarter_of(uow.today), insight.year_of(uow.today)


def test_each_answer_is_a_row_of_its_own_by_quarter(case: RaisedCase, trust: Trust, stored: Stored) -> None:
    quarter, _ = periods(trust)
    assert answer(case, ANSWERED) == {"age", "religion"}
    assert counted(stored) == Counter({
        (quarter, "heard", "age", "35_to_44"): 1,
        (quarter, "heard", "religion", "prefer_not"): 1,
    })  # fmt: skip


def test_whoever_was_treated_badly_is_counted_once_more_by_year_alone(trust: Trust, stored: Stored) -> None:
    quarter, year = periods(trust)
    answer(factories.raised_case(trust, happened=Answer.YES), {"sex": "female"})
    assert set(counted(stored)) == {(quarter, "heard", "sex", "female"), (year, "detriment", "sex", "female")}


def test_a_guardian_who_triaged_it_says_whether_detriment_is_indicated(
    case: RaisedCase, trust: Trust, stored: Stored
) -> None:
    _, year = periods(trust)
    guardian = holder(case)
    with case.as_(guardian) as (uow, row):
        cases.triage_case(uow, row, cases.Triage(detriment=Answer.YES), cases.Triage(), 0)
    answer(case, {"sex": "male"}, guardian)
    assert (year, "detriment", "sex", "male") in counted(stored)


@pytest.mark.parametrize("again_by", ["person", "guardian"])
def test_a_second_answering_counts_nothing_twice(case: RaisedCase, stored: Stored, again_by: str) -> None:
    answer(case, ANSWERED)
    again = answer(
        case, {**ANSWERED, "age": "under_25", "sex": "male"}, holder(case) if again_by == "guardian" else None
    )
    assert again == {"sex"}
    assert sum(counted(stored).values()) == 3
    for who in (case.reporter, holder(case)):
        with case.as_(who) as (uow, row):
            assert cases.answered_about(uow, row) == {"age", "religion", "sex"}


def test_what_a_guardian_wrote_down_the_person_is_not_asked_again(case: RaisedCase, stored: Stored) -> None:
    answer(case, ANSWERED, holder(case))
    assert answer(case, ANSWERED) == frozenset()
    assert sum(counted(stored).values()) == 2


@pytest.mark.parametrize("wrong", [{"age": "not_asked"}, {"age": "101"}, {"shoe": "42"}, {"sex": "35_to_44"}])
def test_what_is_no_answer_is_refused_whole(case: RaisedCase, stored: Stored, wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        answer(case, {"religion": "none", **wrong})
    assert not counted(stored)


def test_nobody_else_counts_anything(case: RaisedCase, trust: Trust, stored: Stored) -> None:
    with pytest.raises(Forbidden), trust.work(trust.administrator) as uow:
        insight.count_answers(uow, ANSWERED, detriment=False)
    assert not counted(stored)


def test_a_closed_case_is_asked_nothing(case: RaisedCase) -> None:
    guardian = holder(case)
    with case.as_(guardian) as (uow, row):
        cases.reply(uow, row, "Thank you")
        cases.code_case(uow, row, cases.Coding(frozenset(), none_apply=True, worker_group="not_known"))
        cases.tell_person(uow, row, "Done")
        cases.close_case(uow, row, cases.Closing("resolved", "", cases.Satisfied.YES))
    with pytest.raises(Conflict):
        answer(case, ANSWERED)


def test_a_row_has_room_for_nothing_that_leads_to_a_person_a_day_or_a_case() -> None:
    columns = {column.name for column in METADATA.tables["characteristic_answer"].columns}
    assert columns == {"organisation_id", "id", "period", "counted", "question", "answer"}
    assert not METADATA.tables["characteristic_answer"].foreign_keys


@pytest.mark.parametrize("by_guardian", [False, True])
def test_answering_leaves_what_any_message_leaves_and_nothing_more(
    trust: Trust,
    stored: Stored,
    by_guardian: bool,  # noqa: FBT001 -- a parameter
) -> None:
    """Of a case whose person answered the database says what it says of one in which somebody wrote."""

    def left_by(case: RaisedCase, *, answers: bool) -> tuple[set[str], Counter[str], Counter[str]]:
        by = holder(case) if by_guardian else None
        before = rows(stored)
        kinds_before, events_before = kinds(stored), events(stored)
        if answers:
            answer(case, ANSWERED, by)
        elif by:
            factories.reply(case, "Hello.", by)
        else:
            factories.message(case, "Hello.")
        changed = {name for name, held in rows(stored).items() if held != before[name]}
        return changed, kinds(stored) - kinds_before, events(stored) - events_before

    first, second = factories.raised_case(trust), factories.raised_case(trust)
    if by_guardian:
        for each in (first, second):
            # Until nothing more moves: after that a message is all that a reply leaves.
            factories.reply(each, "Thank you.", holder(each))
            factories.reply(each, "I am looking into it.", holder(each))
    answering, writing = left_by(first, answers=True), left_by(second, answers=False)
    assert answering[0] - writing[0] == {"characteristic_answer"}
    assert answering[1:] == writing[1:]


def kinds(stored: Stored) -> Counter[str]:
    return column(stored, "SELECT kind FROM sealed_record")


def events(stored: Stored) -> Counter[str]:
    """Everything recorded, but for who looked at what."""
    found = column(stored, "SELECT event FROM audit_entry UNION ALL SELECT event FROM audit_pending")
    return Counter({event: count for event, count in found.items() if event != Event.CASE_READ})


def column(stored: Stored, query: str) -> Counter[str]:
    reading = make_engine(stored.unbound_url)
    with reading.connect() as connection:
        found = Counter(map(str, connection.scalars(sa.text(query))))
    reading.dispose()
    return found


def test_after_the_night_nothing_says_in_which_order_people_answered(trust: Trust, stored: Stored) -> None:
    """Each of many people answers differently; afterwards neither place nor transaction tells who came first."""
    chosen = random.Random(20261122)
    codes = [f"{chosen.getrandbits(40):010x}" for _ in range(PEOPLE)]
    for code in codes:
        with trust.work() as uow:
            uow.session.add(CharacteristicAnswer(
                organisation_id=trust.id, id=new_id(), period="2026-27/Q3", counted=Counted.HEARD,
                question="age", answer=code,
            ))  # fmt: skip
    owner = make_engine(owner_url(stored))
    remove_order(owner, [trust.id])
    owner.dispose()
    for name, places in orders(stored, codes).items():
        assert abs(rank_correlation(places)) < BOUND, name


def orders(stored: Stored, codes: list[str]) -> dict[str, list[float]]:
    """Where each answer lies: in the file, or by PostgreSQL's own marks."""
    if stored.file is not None:
        content = stored.file.read_bytes()
        return {"place": [float(content.index(code.encode())) for code in codes]}
    reading = make_engine(stored.unbound_url)
    measures = {
        "xmin": "xmin::text::bigint::float",
        "place": "(ctid::text::point)[0] * 1000 + (ctid::text::point)[1]",
    }
    with reading.connect() as connection:
        found = {
            name: {answer: float(place) for answer, place in connection.execute(_marked(measure))}
            for name, measure in measures.items()
        }
    reading.dispose()
    return {name: [held[code] for code in codes] for name, held in found.items()}


def _marked(measure: str) -> sa.TextClause:
    return sa.text(f"SELECT answer, {measure} FROM characteristic_answer")  # noqa: S608 -- words of this test
