"""The edge cases of the return, each by the row that lists it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from speakup import cases, diary, insight, returns, vocabulary
from speakup.cases import Answer, HowRaised, OneOfGroup, PersonDetails, Recorded, Triage
from speakup.disclosure import Publication
from speakup.returns import Check, Counts, Quarter, ReturnState
from speakup.vocabulary import Certainty, Code, CodeSet
from tests import factories
from tests.disclosure.attacker import too_close
from tests.disclosure.small import published, small
from tests.returns.quarters import (
    FIRST,
    FOURTH,
    SECOND,
    THIRD,
    THIS,
    coded,
    groups_of,
    opened,
    raised,
    recorded,
    signed,
)
from tests.security.tampering import readers_of
from tests.trusts import Trust

IN_FIRST, IN_SECOND, IN_THIRD = (each.first_day + timedelta(days=40) for each in (FIRST, SECOND, THIRD))


def test_row_1_five_people_in_one_meeting_are_five_linked_cases(trust: Trust) -> None:
    said = Recorded("We all saw it.", "in_person", HowRaised.CONFIDENTIAL, raised_on=IN_SECOND)
    with trust.work(trust.guardian) as uow:
        written = cases.record_group(uow, [OneOfGroup(said)] * 5, "")
    with trust.work(trust.guardian) as uow:
        group = cases.open_group(uow, cases.find(uow, written[0].ref))
    assert group is not None
    assert group.others == 4
    assert opened(trust, SECOND).counted["R1"] == 5


def test_row_2_one_person_with_three_issues_is_one_case_with_its_elements(trust: Trust) -> None:
    raised(trust, IN_SECOND, "patient_safety", "worker_safety", "bullying_harassment")
    counted = opened(trust, SECOND).counted
    assert [counted[line] for line in ("R1", "R3", "R4", "R5", "R6", "R7")] == [1, 1, 1, 1, 0, 0]


def test_row_3_anonymous_and_named_later_counts_as_raised_anonymously(trust: Trust) -> None:
    made = factories.raised_case(trust, how_raised=HowRaised.ANONYMOUS)
    with made.as_(made.reporter) as (uow, case):
        cases.say_who_i_am(uow, case, PersonDetails("Nora Nurse", "07700 900 123"), HowRaised.OPEN)
    with made.as_(readers_of(made)[0]) as (uow, case):
        coded(uow, case)
        assert case.how_raised is HowRaised.OPEN
    later = datetime.combine(THIS.next.first_day, time(12), tzinfo=UTC)
    with trust.database.work(trust.guardian.actor, at=later) as uow:
        counted = returns.open_return(uow, THIS).counted
    assert (counted["R1"], counted["R2"]) == (1, 1)


def test_row_4_raised_ten_minutes_before_the_quarter_ended_and_recorded_after_counts_in_it(trust: Trust) -> None:
    ending, beginning = Quarter(2025, 4), Quarter(2026, 1)
    with trust.database.work(trust.guardian.actor, at=datetime(2026, 3, 31, 23, 40, tzinfo=UTC)) as uow:
        assert uow.today == beginning.first_day, "it is British summer time"
        recorded(uow, ending.last_day)
    # What a worker sends at ten to midnight is dated by the day in London as well.
    with time_machine.travel(datetime(2026, 3, 31, 22, 50, tzinfo=UTC), tick=False):
        sent = factories.raised_case(trust)
    sent.view(readers_of(sent)[0])
    assert [opened(trust, each).counted["R1"] for each in (ending, beginning)] == [2, 0]


def test_row_5_feedback_counts_in_the_quarter_it_came_in(trust: Trust) -> None:
    made = factories.raised_case(trust)
    ended, answered = datetime(2031, 3, 15, 12, tzinfo=UTC), datetime(2031, 7, 15, 12, tzinfo=UTC)
    with trust.database.work(readers_of(made)[0].actor, at=ended) as uow:
        row = cases.find(uow, made.ref)
        cases.reply(uow, row, "Thank you")
        cases.tell_person(uow, row, "A new bell")
        coded(uow, row)
        cases.close_case(uow, row, cases.Closing("resolved", "", cases.Satisfied.YES))
    with trust.database.work(made.reporter, at=answered) as uow:
        cases.give_feedback(uow, cases.mine(uow), "maybe")
    with trust.database.work(trust.guardian.actor, at=datetime(2031, 10, 1, 12, tzinfo=UTC)) as uow:
        before, after = (returns.open_return(uow, each) for each in (Quarter(2030, 4), Quarter(2031, 2)))
    names = {line.key: line.name for line in after.called.lines if line.counts is Counts.ANSWER}
    assert (before.counted["R9"], after.counted["R9"], after.counted[names["maybe"]]) == (0, 1, 1)


def test_row_6_detriment_told_later_changes_the_quarter_the_case_was_raised_in_and_names_it(trust: Trust) -> None:
    ref = raised(trust, IN_FIRST, "patient_safety")
    assert signed(trust, FIRST).settled
    with trust.work(trust.guardian) as uow:
        case = cases.find(uow, ref)
        told = Triage(elements=frozenset({"patient_safety"}), worker_group="estates", detriment=Answer.YES)
        cases.triage_case(uow, case, told, Triage(), 0)
    old = opened(trust, FIRST)
    assert [(each.line, each.then, each.now) for each in old.changes] == [("R7", 0, 1)]
    new = opened(trust, SECOND)
    assert [each.periods for each in new.findings if each.check is Check.EARLIER_CHANGED] == [(FIRST.name,)]
    assert new.counted["R7"] == 0
    again = signed(trust, FIRST)
    assert (again.state, again.settled, len(again.submissions)) == (ReturnState.RESUBMITTED, True, 2)
    assert not [each for each in opened(trust, SECOND).findings if each.check is Check.EARLIER_CHANGED]


def test_row_7_when_the_national_list_changes_mid_year_old_cases_keep_old_codes_and_the_break_is_known(
    trust: Trust,
) -> None:
    raised(trust, IN_THIRD, "other_behaviours")
    with trust.work() as uow:
        old = uow.session.scalars(
            sa.select(Code).where(Code.organisation_id == trust.id, Code.key == "other_behaviours")
        )
        old.one().valid_to = THIRD.last_day
        uow.session.add(_national(trust, "conduct", FOURTH.first_day))
    raised(trust, FOURTH.first_day, "conduct")
    before, after = opened(trust, THIRD), opened(trust, FOURTH)
    assert {each.key: before.counted[each.name] for each in before.called.lines if each.counts is Counts.ELEMENT} == {
        "patient_safety": 0, "worker_safety": 0, "bullying_harassment": 0, "other_behaviours": 1, "detriment": 0,
    }  # fmt: skip
    assert {each.key: after.counted[each.name] for each in after.called.lines if each.counts is Counts.ELEMENT} == {
        "patient_safety": 0, "worker_safety": 0, "bullying_harassment": 0, "detriment": 0, "conduct": 1,
    }  # fmt: skip
    with trust.work(trust.guardian) as uow:
        assert FOURTH.first_day in vocabulary.breaks(uow, CodeSet.ELEMENT, nationally=True)


def _national(trust: Trust, key: str, first: date) -> Code:
    return Code(
        organisation_id=trust.id,
        set=CodeSet.ELEMENT,
        key=key,
        valid_from=first,
        name="Element of conduct",
        position=90,
        source="a circular",
        certainty=Certainty.UNVERIFIED,
        national_set="2031-10",
        national_key=key,
    )


def test_row_8_a_group_nobody_knows_counts_as_not_known_and_the_groups_add_up(trust: Trust) -> None:
    raised(trust, IN_SECOND, "patient_safety", group="not_known")
    raised(trust, IN_SECOND, "patient_safety", group="nursing_midwifery")
    with trust.work(trust.guardian) as uow:
        recorded(uow, IN_SECOND)
    view = opened(trust, SECOND)
    assert groups_of(view) == {"not_known": 2, "nursing_midwifery": 1}
    assert sum(groups_of(view).values()) == view.counted["R1"] == 3
    with trust.work(trust.guardian) as uow:
        found = cases.raised_between(uow, SECOND.first_day, SECOND.last_day)
    assert (found.uncounted, found.uncoded, len(found.to_mend)) == (0, 1, 1)


def test_row_9_a_quarter_without_a_case_is_a_nil_return(trust: Trust) -> None:
    view = signed(trust, SECOND)
    assert (view.nil, view.state, view.counted["R1"]) == (True, ReturnState.NIL, 0)
    assert view.last is not None
    assert view.last.nil


@pytest.mark.parametrize(("seed", "cases_a_year"), [(4, 260), (5, 420)])
def test_row_10_small_cells_are_masked_beside_the_exact_return_also_in_the_next_paper(
    seed: int, cases_a_year: int
) -> None:
    """Thresholds 5 and 8 and the sign are those of the method; totals and the lines of the return tell no cell."""
    trust = small(seed, cases_a_year)
    papers, ledger = published(trust, returns=True)
    made = [each for each in papers if isinstance(each, Publication)]
    assert len(made) == 5
    for paper in made:
        figures = [figure for table in paper.tables for _, figure in table]
        assert {str(each) for each in figures if each.shown is None} == {"[c]"}
        assert {each.shown % 5 for each in figures if each.shown is not None} == {0}
        assert {entry.threshold for entry in paper.release.entries} == {5, 8}
    every = [entry for paper in made for entry in paper.release.entries]
    for entry in every:
        assert entry.shown is None or entry.interval.low >= entry.threshold
    never = {entry.where for entry in every if entry.shown is None}
    assert not [entry for entry in every if entry.where in never and entry.shown is not None]
    read = too_close(trust, ledger)
    assert read.claims
    assert (read.broken, read.undecided) == (0, 0)


def test_row_18_what_a_champion_only_signposted_is_in_no_line(trust: Trust) -> None:
    """The page that would record it refuses: tests/web/workspace/test_recording.py. A guardian notes the talk."""
    with trust.work(trust.guardian) as uow:
        diary.add_entry(uow, diary.EntryDetails(IN_SECOND, diary.Kind.NETWORK, 2))
    assert opened(trust, SECOND).nil


def test_the_totals_are_those_of_an_independent_count(trust: Trust) -> None:
    """Written in SQL over the cases themselves, and not over what is pushed from them."""
    days = (IN_FIRST, FIRST.last_day, SECOND.first_day, IN_SECOND, SECOND.last_day, THIRD.first_day)
    coding = (("patient_safety",), ("patient_safety", "detriment"), (), ("bullying_harassment", "worker_safety"))
    refs = [
        raised(trust, day, *coding[at_ % 4], group=("estates", "students", "not_known")[at_ % 3], how_raised=how)
        for at_, (day, how) in enumerate((day, how) for day in days for how in HowRaised if how is not HowRaised.OPEN)
    ]
    with trust.work(trust.guardian) as uow:
        cases.link_as_one(uow, cases.find(uow, refs[7]), refs[6])
    for quarter in (FIRST, SECOND, THIRD):
        counted = opened(trust, quarter).counted
        assert {line: counted[line] for line in ("R1", "R2", "R3", "R4", "R5", "R6", "R7")} == _independently(
            trust, quarter
        )
    assert sum(_independently(trust, each)["R1"] for each in (FIRST, SECOND, THIRD)) == len(refs) - 1


_COUNT = """
SELECT count(DISTINCT c.id) FROM "case" c LEFT JOIN case_element e
  ON e.organisation_id = c.organisation_id AND e.case_id = c.id
WHERE c.organisation_id = :trust AND c.raised_on >= :first AND c.raised_on <= :last AND NOT c.continues
"""


def _independently(trust: Trust, quarter: Quarter) -> dict[str, int]:
    wanted = {
        "R1": "", "R2": " AND c.raised_anonymously", "R3": " AND e.element = 'patient_safety'",
        "R4": " AND e.element = 'worker_safety'", "R5": " AND e.element = 'bullying_harassment'",
        "R6": " AND e.element = 'other_behaviours'", "R7": " AND e.element = 'detriment'",
    }  # fmt: skip
    given: list[sa.BindParameter[Any]] = [
        sa.bindparam("trust", trust.id, sa.Uuid()),
        sa.bindparam("first", quarter.first_day, sa.Date()),
        sa.bindparam("last", quarter.last_day, sa.Date()),
    ]
    with trust.stored.unbound() as connection:
        return {
            line: connection.scalar(sa.text(_COUNT + more).bindparams(*given)) or 0 for line, more in wanted.items()
        }


def test_what_was_signed_off_stands_where_whoever_protects_figures_finds_it(trust: Trust) -> None:
    raised(trust, IN_SECOND, "patient_safety", "detriment", how_raised=HowRaised.ANONYMOUS)
    view = signed(trust, SECOND)
    with trust.work(trust.guardian) as uow:
        lines = {each.line: each for each in insight.returned_lines(uow, SECOND.name)}
    assert {name: each.count for name, each in lines.items()} == dict(view.counted)
    assert (lines["R3"].counts, lines["R3"].key, lines["R3"].codes) == ("element", "patient_safety", "patient_safety")
    assert {each.number for each in lines.values()} == {1}
