"""What a guardian writes down: who holds it, on which day it counts, and that nobody holds it who must not."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from speakup import cases, keyring, organisations
from speakup.cases import Answer, CaseState, Exclusions, HowRaised, PersonDetails, Recorded, Work
from speakup.crypto.receipts import Receipt, ReceiptSecrets
from speakup.kernel import clock
from speakup.kernel.actor import Actor, ActorKind
from speakup.kernel.errors import Conflict, Forbidden, Invalid, NobodyToReceive, NotFound
from speakup.kernel.ids import new_id
from speakup.keyring import CompartmentKind, PrincipalKind
from speakup.routing import Subject
from speakup.tables import METADATA
from tests.trusts import Colleague, Trust

SAID = "She rang from the car park: nobody checks the fridge at night."


def recorded(**said: Any) -> Recorded:  # noqa: ANN401 -- any of its fields
    given: dict[str, Any] = {"narrative": SAID, "route": "phone", "how_raised": HowRaised.CONFIDENTIAL, **said}
    return Recorded(**given)


def record(trust: Trust, by: Colleague | None = None, **said: Any) -> str:  # noqa: ANN401 -- any field of `Recorded`
    with trust.work(by or trust.guardian) as uow:
        return cases.record_case(uow, recorded(**said)).ref


def view(trust: Trust, who: Colleague, ref: str) -> cases.CaseView:
    with trust.work(who) as uow:
        return cases.open_view(uow, cases.find(uow, ref))


def readers(trust: Trust, ref: str) -> set[str]:
    """Say who finds it, by what they are."""
    found = set()
    for key, person in trust.people.items():
        with trust.work(person) as uow:
            try:
                cases.find(uow, ref)
            except (NotFound, Forbidden):
                continue
            found.add(key)
    return found


def refs_listed(trust: Trust, who: Colleague, whose: cases.Whose = cases.Whose.MINE) -> list[str]:
    with trust.work(who) as uow:
        return [line.case.ref for line in cases.worklist(uow, cases.Filters(whose)).lines]


def drawn(trust: Trust) -> tuple[Receipt, ReceiptSecrets, int]:
    with trust.work(trust.visitor) as uow:
        generation = keyring.current_generation(uow)
    receipt = keyring.draw_receipt()
    return receipt, keyring.submit_secrets(receipt, generation, trust.id, "tests"), generation.number


def test_whoever_writes_it_down_is_its_guardian_and_somebody_covers(trust: Trust) -> None:
    ref = record(trust, title="The fridge")
    opened = view(trust, trust.guardian, ref)
    assert opened.case.primary_id == trust.guardian.id
    assert opened.told.narrative == SAID
    assert opened.title == "The fridge"
    assert opened.told.recording is not None
    assert opened.told.recording.by == trust.guardian.id
    assert opened.case.route == "phone"
    holders = {kind: {each.kind for each in opened.readers[kind]} for kind in opened.readers}
    assert {frozenset(each) for each in holders.values()} == {frozenset({PrincipalKind.STAFF})}
    cover = next(each for each in trust.people.values() if each.id == opened.case.cover_id)
    assert view(trust, cover, ref).told.narrative == SAID
    assert len(readers(trust, ref)) == 2


def test_the_cover_finds_it_new_and_whoever_wrote_it_does_not(trust: Trust) -> None:
    ref = record(trust)
    cover_id = view(trust, trust.guardian, ref).case.cover_id
    cover = next(each for each in trust.people.values() if each.id == cover_id)
    for who, expected in ((trust.guardian, 0), (cover, 1)):
        with trust.work(who) as uow:
            assert cases.worklist(uow, cases.Filters()).counts.unread == expected


def test_its_title_is_its_first_words_until_somebody_writes_one(trust: Trust) -> None:
    assert (
        view(trust, trust.guardian, record(trust)).title == "She rang from the car park: nobody checks the fridge at…"
    )


def test_who_was_answered_while_they_spoke_is_not_owed_an_answer_by_tomorrow(trust: Trust) -> None:
    rung, written = (view(trust, trust.guardian, record(trust, route=route)).case for route in ("phone", "letter"))
    assert (rung.state, rung.acknowledged_on) == (CaseState.ACKNOWLEDGED, clock.today())
    assert (written.state, written.acknowledged_on) == (CaseState.NEW, None)


def test_the_same_form_sent_twice_is_one_case(trust: Trust) -> None:
    drawn_with_the_form = new_id()
    record(trust, id=drawn_with_the_form)
    with pytest.raises(Conflict):
        record(trust, id=drawn_with_the_form)
    assert len(refs_listed(trust, trust.guardian)) == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"narrative": "  "}, "narrative"),
        ({"route": "pigeon"}, "route"),
        ({"title": "x" * 121}, "title"),
        ({"work": Work(worker_group="pilots")}, "worker group"),
        ({"how_raised": HowRaised.ANONYMOUS, "person": PersonDetails(name="Nora")}, "person"),
        ({"raised_on": clock.today() + timedelta(days=2)}, "raised_on"),
        ({"raised_on": clock.today() - timedelta(days=800)}, "raised_on"),
        ({"under_way": True, "under_way_since": clock.today() + timedelta(days=2)}, "under_way_since"),
    ],
)
def test_what_cannot_be_is_refused_and_writes_nothing(trust: Trust, said: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        record(trust, **said)
    assert refused.value.field == field
    with trust.stored.unbound() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(METADATA.tables["case"])) == 0


@pytest.mark.parametrize("role", ["administrator", "executive_lead"])
def test_nobody_but_those_who_work_cases_writes_one_down(trust: Trust, role: str) -> None:
    with pytest.raises(Forbidden):
        record(trust, trust.people[role])


def test_a_guardian_joining_a_case_under_way_is_recorded_with_its_days(trust: Trust) -> None:
    today = clock.today()
    ref = record(
        trust, raised_on=today - timedelta(days=3), under_way=True, under_way_since=today - timedelta(days=900)
    )
    told = view(trust, trust.guardian, ref).told
    assert told.day == today - timedelta(days=3)
    assert told.recording is not None
    assert told.recording.under_way
    assert told.recording.under_way_since == today - timedelta(days=900)


def test_edge_4_raised_before_the_quarter_ended_and_recorded_after_counts_on_the_day_given(trust: Trust) -> None:
    """Row 4: raised on 31 March at 23:50, recorded on 1 April: the quarter is that of the day it was raised."""
    with trust.database.work(trust.guardian.actor, at=datetime(2026, 4, 1, 9, tzinfo=UTC)) as uow:
        case = cases.record_case(uow, recorded(raised_on=date(2026, 3, 31)))
        assert case.raised_on == date(2026, 3, 31)
        ref = case.ref
    opened = view(trust, trust.guardian, ref)
    assert opened.told.day == date(2026, 3, 31)
    assert opened.told.recording is not None
    assert opened.told.recording.on == date(2026, 4, 1)


def test_edge_2_one_person_with_several_issues_is_one_case_with_several_elements(trust: Trust) -> None:
    """Row 2."""
    ref = record(trust, narrative="Staffing, the fridge, and how we are spoken to.")
    chosen = frozenset({"patient_safety", "worker_safety", "other_behaviours"})
    with trust.work(trust.guardian) as uow:
        cases.code_case(uow, cases.find(uow, ref), cases.Coding(chosen, none_apply=False, worker_group="not_known"))
    assert refs_listed(trust, trust.guardian) == [ref]
    assert set(view(trust, trust.guardian, ref).elements) == chosen


def test_edge_8_an_unknown_worker_group_is_not_known_and_every_case_has_one(trust: Trust) -> None:
    """Row 8: so that the groups still add up to the cases."""
    found = [record(trust), record(trust, work=Work(worker_group="students"))]
    assert [view(trust, trust.guardian, ref).worker_group for ref in found] == ["not_known", "students"]


def test_a_small_workplace_stands_sealed_only(trust: Trust) -> None:
    with trust.work() as uow:
        small = organisations.add_directorate(uow, "Perfusion", 6).id
    opened = view(trust, trust.guardian, record(trust, work=Work(directorate_id=small, worker_group="students")))
    assert opened.case.directorate_id is None
    assert (opened.told.directorate_id, opened.worker_group) == (small, "students")


@pytest.mark.parametrize(
    "said",
    [
        {"steps_aside": True},
        {"own": True},
        {"exclusions": Exclusions(team=True)},
        {"subject": Subject.GUARDIAN},
    ],
)
def test_edge_12_what_its_recorder_must_not_hold_never_enters_their_views(trust: Trust, said: dict[str, Any]) -> None:
    """Row 12: the guardian is its subject, or it is theirs; nor does the lead's list of everybody's clocks show it."""
    with trust.work(trust.guardian) as uow:
        named = cases.holders_of(uow, recorded(**said))
    assert trust.guardian.id not in named
    with pytest.raises(Conflict):
        record(trust, **said)
    _, secrets, generation = drawn(trust)
    person = Actor(ActorKind.REPORTER, trust.id, new_id(), root_secret=secrets.root_secret)
    with trust.work(person) as uow:
        case = cases.pass_to_others(uow, recorded(**said), trust.guardian.id, (secrets, generation), named)
        ref = case.ref
    assert "guardian" not in readers(trust, ref)
    assert refs_listed(trust, trust.guardian) == []
    for who in (trust.guardian, trust.lead):
        if who.id not in named:
            assert ref not in refs_listed(trust, who, cases.Whose.TEAM)
    with trust.work(person) as uow:
        inbox = cases.open_inbox(uow, cases.mine(uow))
    assert inbox.told.narrative == SAID
    assert (inbox.told.recording is None) is bool(said.get("own"))
    holder = next(each for each in trust.people.values() if each.id == named[0])
    with trust.work(holder) as uow, pytest.raises(Forbidden):
        keyring.grant(uow, cases.find(uow, ref).id, trust.guardian.id)


def test_edge_11_about_an_executive_none_of_them_gets_a_key_and_no_list_of_others_shows_it(trust: Trust) -> None:
    """Row 11: with the non-executive lead as cover, whoever the rules would name."""
    ref = record(trust, subject=Subject.EXECUTIVE, exclusions=Exclusions(executives=True))
    opened = view(trust, trust.guardian, ref)
    assert opened.case.narrow
    assert opened.case.cover_id == trust.non_executive_lead.id
    assert readers(trust, ref) == {"guardian", "non_executive_lead"}
    assert ref not in refs_listed(trust, trust.lead, cases.Whose.TEAM)
    with trust.work(trust.guardian) as uow, pytest.raises(Forbidden):
        keyring.grant(uow, cases.find(uow, ref).id, trust.executive_lead.id)


def test_without_a_second_reader_nothing_is_written(trust: Trust) -> None:
    others = {each.id for key, each in trust.people.items() if key != "guardian"}
    with pytest.raises(NobodyToReceive):
        record(trust, exclusions=Exclusions(people=frozenset(others)))
    assert refs_listed(trust, trust.guardian) == []


def test_somebody_at_risk_is_said_to_the_cover_at_once(trust: Trust) -> None:
    record(trust, at_risk=Answer.YES)
    with trust.stored.unbound() as connection:
        outbox = METADATA.tables["outbox"]
        jobs = [str(each) for each in connection.scalars(sa.select(outbox.c.job))]
    assert jobs.count("urgent mail") == 1


def test_the_keys_of_a_recorded_case_are_signed_by_whoever_recorded_it(trust: Trust) -> None:
    ref = record(trust)
    with trust.stored.unbound() as connection:
        records = connection.execute(sa.select(METADATA.tables["key_record"])).all()
    assert {(each.version, each.signer_id) for each in records} == {(1, trust.guardian.id)}
    with trust.work(trust.guardian) as uow:
        case_id = cases.find(uow, ref).id
        held = keyring.holders(uow, case_id)
    assert set(held) == {CompartmentKind.IDENTITY, CompartmentKind.CONVERSATION, CompartmentKind.CASEWORK}
