"""What a case led to: sealed with it, read by whoever is on it and by nobody else, and told to its person."""

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa

from speakup import accounts, cases, keyring, learning
from speakup.cases import Places, SteppingAside, WhyAside
from speakup.identifying import Kind
from speakup.kernel.errors import Conflict, Forbidden, IntegrityFault, Invalid, NotFound
from speakup.learning import ActionState, LearningAction, Missing
from speakup.routing import Rule
from speakup.tables import METADATA
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust

S = ActionState


def linked(raised: RaisedCase, action: LearningAction, by: Colleague | None = None) -> None:
    with raised.as_(by or first_of(raised)) as (uow, case):
        cases.link_learning(uow, case, learning.find(uow, action.ref))


def first_of(raised: RaisedCase) -> Colleague:
    with raised.trust.work() as uow:
        primary = uow.session.scalars(sa.select(cases.Case.primary_id).where(cases.Case.id == raised.id)).one()
    return next(each for each in raised.trust.people.values() if each.id == primary)


def asked(trust: Trust, action: LearningAction) -> frozenset[uuid.UUID]:
    with trust.work() as uow:
        return learning.asked_to_tell(uow, action.id)


def refs(who: Colleague, trust: Trust, action: LearningAction) -> list[str]:
    with trust.work(who) as uow:
        return [each.case.ref for each in cases.linked_cases(uow, learning.find(uow, action.ref))]


def test_an_action_leads_to_its_cases_for_whoever_is_on_them_and_nobody_else(trust: Trust) -> None:
    one, other = factories.raised_case(trust), factories.raised_case(trust)
    action = factories.action(trust)
    linked(one, action)
    linked(other, action)
    for who in (trust.guardian, trust.second_guardian, trust.lead):
        mine = sorted(each.ref for each in (one, other) if who.id in {reader.id for reader in readers_of(each)})
        assert sorted(refs(who, trust, action)) == mine


def test_no_row_in_clear_says_which_case_led_to_which_action(trust: Trust) -> None:
    raised, action = factories.raised_case(trust), factories.action(trust)
    linked(raised, action)
    for name, table in METADATA.tables.items():
        with trust.stored.unbound() as connection:
            rows = connection.execute(sa.select(table)).mappings().all()
        for row in rows:
            held = " ".join(map(str, row.values()))
            assert not (str(action.id) in held and str(raised.id) in held), name
            if name.startswith("learning"):
                assert str(raised.id) not in held
                assert raised.ref not in held
            if name == "audit_entry" and str(row["event"]) == "learning action linked":
                assert row["subject_id"] is None


def test_an_action_from_several_cases_asks_each_guardian_once(trust: Trust) -> None:
    raised = [factories.raised_case(trust) for _ in range(4)]
    mine = [each for each in raised if first_of(each) is first_of(raised[0])]
    me = first_of(raised[0])
    with trust.work(me) as uow:
        action = cases.propose_from_cases(uow, [cases.find(uow, each.ref) for each in mine], factories.wording())
    assert asked(trust, action) == {me.id}
    assert len(refs(me, trust, action)) == len(mine)


def test_the_record_of_what_was_done_does_not_say_how_many_cases_led_to_an_action(trust: Trust) -> None:
    with trust.work(trust.guardian) as uow:
        keyring.approve_routing(uow, [Rule(None, None, trust.guardian.id, trust.lead.id).plain()])
    raised = [factories.raised_case(trust) for _ in range(3)]
    mine = [each for each in raised if first_of(each) is trust.guardian]
    assert mine == raised
    with trust.work(first_of(raised[0])) as uow:
        led = [cases.find(uow, each.ref) for each in mine]
        cases.learning_wording(uow, [each.id for each in led], {"title": "More staff"})
        action = cases.propose_from_cases(uow, led, factories.wording())
        cases.link_cases(uow, led, action)
    with trust.stored.unbound() as connection:
        entries = connection.execute(sa.select(METADATA.tables["audit_entry"])).mappings().all()
    said = [(str(each["event"]), each["quantity"]) for each in entries]
    assert [each for each in said if each[0] == "learning action linked"] == [("learning action linked", None)] * 2
    assert [each for each in said if each[0] == "cases searched"] == [("cases searched", None)]


def test_a_case_is_linked_once_and_parted_again(trust: Trust) -> None:
    raised, action = factories.raised_case(trust), factories.action(trust)
    linked(raised, action)
    with pytest.raises(Conflict):
        linked(raised, action)
    with raised.as_(first_of(raised)) as (uow, case):
        cases.unlink_learning(uow, case, action.id)
        cases.settle_asking(uow, action.id)
        assert cases.links_of(uow, case) == []
        with pytest.raises(NotFound):
            cases.tell_learning(uow, case, action.id, "It changed.")
    assert asked(trust, action) == frozenset()


@pytest.mark.parametrize("closed", [False, True])
def test_the_person_reads_what_changed_wherever_their_case_stands(trust: Trust, closed: bool) -> None:  # noqa: FBT001 -- a parameter
    raised, action = factories.raised_case(trust), factories.action(trust, S.CHECKED)
    me = first_of(raised)
    raised.view(me)
    if closed:
        close(raised, me)
    linked(raised, action)
    state = raised.view(me).case.state
    with trust.work(trust.lead) as uow, pytest.raises(learning.NotYet) as refused:
        learning.close(uow, learning.find(uow, action.ref), staff_untold_why="They did it.")
    assert refused.value.missing == {Missing.PEOPLE_TOLD}
    with raised.as_(me) as (uow, case):
        cases.tell_learning(uow, case, action.id, "Two more people are on every late shift.")
        cases.settle_asking(uow, action.id)
    assert [each.text for each in raised.inbox().messages if not each.from_reporter][-1].startswith("Two more people")
    assert raised.view(me).case.state is state
    assert raised.view(me).learning[0].through_inbox
    with trust.work(trust.lead) as uow:
        learning.close(uow, learning.find(uow, action.ref), staff_untold_why="They did it.")


def close(raised: RaisedCase, me: Colleague) -> None:
    with raised.as_(me) as (uow, case):
        cases.acknowledge(uow, case, "Thank you.")
    with raised.as_(me) as (uow, case):
        cases.tell_person(uow, case, "It was seen to.")
        cases.code_case(uow, case, cases.Coding(frozenset(), none_apply=True, worker_group="nursing_midwifery"))
        cases.close_case(uow, case, cases.Closing("resolved", "Done.", cases.Satisfied.YES))


def test_a_reason_settles_it_and_being_told_later_stands_instead(trust: Trust) -> None:
    raised, action = factories.raised_case(trust), factories.action(trust, S.IMPLEMENTED)
    linked(raised, action)
    with raised.as_(first_of(raised)) as (uow, case):
        cases.note_learning_untold(uow, case, action.id, "They asked to hear nothing more.")
        cases.settle_asking(uow, action.id)
        assert not cases.links_of(uow, case)[0].is_open
    assert asked(trust, action) == frozenset()
    with raised.as_(first_of(raised)) as (uow, case):
        cases.note_learning_told(uow, case, action.id, "On the telephone", uow.today)
        link = cases.links_of(uow, case)[0]
        assert (link.how, link.untold_why, link.told_on) == ("On the telephone", "", uow.today)


@pytest.mark.parametrize("days", [1, -1])
def test_nobody_was_told_on_a_day_to_come_or_before_they_spoke_up(trust: Trust, days: int) -> None:
    raised, action = factories.raised_case(trust), factories.action(trust)
    linked(raised, action)
    with raised.as_(first_of(raised)) as (uow, case), pytest.raises(Invalid) as refused:
        cases.note_learning_told(uow, case, action.id, "In person", uow.today + timedelta(days=days))
    assert refused.value.field == "on"


def test_what_is_still_to_be_told_goes_with_the_case_when_somebody_steps_aside(trust: Trust) -> None:
    raised, action = factories.raised_case(trust), factories.action(trust)
    me = first_of(raised)
    linked(raised, action)
    with raised.as_(me) as (uow, case):
        places = cases.step_aside(uow, case, SteppingAside(WhyAside.KNOWS, "A neighbour."))
    assert places.first in asked(trust, action)
    assert refs(me, trust, action) == []
    assert asked(trust, action) == {places.first}
    after = next(each for each in trust.people.values() if each.id == places.first)
    assert refs(after, trust, action) == [raised.ref]


def test_what_was_told_asks_nobody_after_a_hand_over(trust: Trust) -> None:
    raised, action = factories.raised_case(trust), factories.action(trust, S.IMPLEMENTED)
    me = first_of(raised)
    linked(raised, action)
    with raised.as_(me) as (uow, case):
        cases.note_learning_told(uow, case, action.id, "In person", uow.today)
        cases.settle_asking(uow, action.id)
        others = [each for each in cases.candidates(uow, case) if each.id not in {case.primary_id, case.cover_id}]
        places = Places(others[0].id, case.primary_id)
        heard = cases.Heard(cases.Noted.AGREED, "By telephone", uow.today)
        cases.note_agreement(uow, case, {others[0].id}, heard)
        cases.hand_over(uow, case, places)
    assert asked(trust, action) == frozenset()


def test_whoever_keeps_no_actions_tells_the_person_of_one_their_case_led_to(trust: Trust) -> None:
    raised, action = factories.raised_case(trust), factories.action(trust)
    linked(raised, action)
    with raised.as_(first_of(raised)) as (uow, _case):
        keyring.grant(uow, raised.id, trust.buddy.id)
    with raised.as_(trust.buddy) as (uow, case):
        line = cases.learning_of(uow, case)[0]
        assert (line.action.title, line.may_open) == (action.title, False)
        cases.tell_learning(uow, case, action.id, "It changed.")
        with pytest.raises(NotFound):
            learning.find(uow, action.ref)


def test_nobody_who_is_not_on_a_case_links_it(trust: Trust) -> None:
    raised, action = factories.raised_case(trust), factories.action(trust)
    with trust.work(first_of(raised)) as uow:
        case = cases.find(uow, raised.ref)
    for who in (trust.administrator, trust.executive_lead):
        with trust.work(who) as uow, pytest.raises(Forbidden):
            cases.link_learning(uow, case, action)


def test_a_closed_case_opened_again_keeps_what_it_led_to(trust: Trust) -> None:
    raised, action = factories.raised_case(trust), factories.action(trust)
    me = first_of(raised)
    raised.view(me)
    linked(raised, action)
    close(raised, me)
    with raised.as_(me) as (uow, case):
        cases.reopen_case(uow, case, "Again.")
    assert [each.action_id for each in raised.view(me).learning] == [action.id]


def marked(trust: Trust, raised: RaisedCase, text: str) -> dict[str, Kind]:
    with trust.work(first_of(raised)) as uow:
        found = cases.learning_wording(uow, [raised.id], {"issue": text})["issue"]
    return {text[each.start : each.end]: each.kind for each in found}


def test_words_of_the_case_are_pointed_out_in_what_is_written_about_it(trust: Trust) -> None:
    told = "On Tuesday in bed 14 the propofol ran out and nobody came when I called twice"
    raised = factories.raised_case(trust, narrative=told)
    factories.message(raised, "The night sister laughed at me in the sluice")
    found = marked(trust, raised, "Staff said nobody came when I called. Propofol ran out by bed 14 on Tuesday.")
    assert found["nobody came when I called"] is Kind.COPIED
    assert {"Tuesday", "14"} <= set(found)
    assert any("ropofol" in words for words in found)
    assert "laughed at me in" in " ".join(marked(trust, raised, "One was laughed at me in the sluice of a ward"))


def test_a_plain_sentence_in_ones_own_words_is_left_alone(trust: Trust) -> None:
    raised = factories.raised_case(trust, narrative="There were two of us for thirty people, every night in May.")
    assert marked(trust, raised, "Late shifts do not have enough staff to take their breaks.") == {}


def test_the_name_of_whoever_spoke_up_is_pointed_out_with_or_without_their_case(trust: Trust) -> None:
    raised = factories.raised_case(trust, person=factories.PersonDetailsFactory.create(name="Zebedee Quill"))
    assert marked(trust, raised, "zebedee asked for more staff")["zebedee"] is Kind.KNOWN
    with trust.work(trust.guardian) as uow:
        assert cases.learning_wording(uow, [], {"title": "What Lena Leigh wants"})["title"]


def leave(trust: Trust, who: Colleague) -> None:
    with trust.work(trust.administrator) as uow:
        accounts.end_membership(uow, accounts.member(uow, who.id).membership)


def test_what_somebody_who_left_had_to_tell_is_asked_of_whoever_stays(trust: Trust) -> None:
    raised, action = factories.raised_case(trust), factories.action(trust, S.IMPLEMENTED)
    me, cover = readers_of(raised)
    linked(raised, action)
    leave(trust, me)
    with trust.work(cover) as uow:
        assert [each.case.ref for each in cases.linked_cases(uow, learning.find(uow, action.ref))] == [raised.ref]
        cases.take_over(uow, cases.find(uow, raised.ref))
    assert cover.id in asked(trust, action)
    with raised.as_(cover) as (uow, case):
        cases.tell_learning(uow, case, action.id, "It changed.")
        cases.settle_asking(uow, action.id)
        assert cover.id not in learning.asked_to_tell(uow, action.id)


def test_a_word_before_anything_has_changed_leaves_the_person_to_be_told(trust: Trust) -> None:
    raised, action = factories.raised_case(trust), factories.action(trust, S.IN_PROGRESS)
    linked(raised, action)
    me = first_of(raised)
    with raised.as_(me) as (uow, case):
        cases.tell_learning(uow, case, action.id, "Two more people are meant to come.")
        cases.settle_asking(uow, action.id)
        with pytest.raises(Conflict):
            cases.note_learning_told(uow, case, action.id, "By telephone", uow.today)
    assert [each.text for each in raised.inbox().messages if not each.from_reporter][-1].startswith("Two more people")
    assert raised.view(me).learning[0].is_open
    with trust.work(me) as uow:
        assert (cases.people_to_tell(uow), learning.asked_of_me(uow)) == ([], frozenset())
        learning.implement(uow, learning.find(uow, action.ref), "The rota shows it.")
        assert [each.ref for each, _ in cases.people_to_tell(uow)] == [action.ref]
        assert learning.asked_of_me(uow) == {action.id}


def test_whom_i_am_to_tell_of_what_stands_on_one_page_until_it_is_done(trust: Trust) -> None:
    raised, early = factories.raised_case(trust), factories.action(trust, S.IN_PROGRESS)
    one, other = factories.action(trust, S.IMPLEMENTED), factories.action(trust, S.NOT_TAKEN)
    for each in (early, one, other):
        linked(raised, each)
    me = first_of(raised)
    with trust.work(me) as uow:
        assert [(each.ref, line.case.ref) for each, line in cases.people_to_tell(uow)] == [
            (each.ref, raised.ref) for each in sorted((one, other), key=lambda each: each.title)
        ]
        cases.tell_learning(uow, cases.find(uow, raised.ref), one.id, "It changed.")
        assert [each.ref for each, _ in cases.people_to_tell(uow)] == [other.ref]
        assert learning.asked_of_me(uow) == {other.id}


def test_an_action_that_somebody_took_out_of_the_database_is_missed(trust: Trust) -> None:
    raised, action = factories.raised_case(trust), factories.action(trust)
    linked(raised, action)
    table = METADATA.tables["learning_action"]
    with trust.stored.unbound() as connection:
        connection.execute(table.delete().where(table.c.id == action.id))
    with raised.as_(first_of(raised)) as (uow, case), pytest.raises(IntegrityFault):
        cases.learning_of(uow, case)
    with trust.work(first_of(raised)) as uow, pytest.raises(IntegrityFault):
        cases.people_to_tell(uow)


def test_a_search_does_not_lead_from_an_action_to_its_case(trust: Trust) -> None:
    raised, action = (
        factories.raised_case(trust),
        factories.action(trust, S.CHECKED, title="Zebra crossings on every ward"),
    )
    linked(raised, action)
    with raised.as_(first_of(raised)) as (uow, case):
        cases.note_learning_told(uow, case, action.id, "On the quayside", uow.today)
    for words, count in (("Zebra", 0), (action.ref, 0), (str(action.id), 0), ("quayside", 1)):
        with trust.work(first_of(raised)) as uow:
            search = cases.start_search(uow, cases.SearchAsked(cases.parse_search(words)))
            list(search.steps())
            assert search.count == count, words
