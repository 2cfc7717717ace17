"""An administrator alone changes nobody's readers: what is asked waits for a guardian, and the guardians are told."""

from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest

from speakup import accounts, cases, jobs, keyring
from speakup.cases import Exclusions
from speakup.cases.operations import intake
from speakup.jobs import Job
from speakup.kernel.actor import Role
from speakup.kernel.errors import Conflict, Forbidden, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import PendingAbsence, PendingRoles
from speakup.routing import Choice, Receiver, Subject
from tests import factories
from tests.trusts import Colleague, Trust


def ask(trust: Trust, what: Callable[[UnitOfWork], bool]) -> bool:
    with trust.work(trust.administrator) as uow:
        return what(uow)


def ask_roles(trust: Trust, who: Colleague, roles: Iterable[Role]) -> bool:
    return ask(trust, lambda uow: keyring.ask_roles(uow, accounts.member(uow, who.id).membership, roles))


def ask_leaving(trust: Trust, who: Colleague) -> bool:
    return ask(trust, lambda uow: keyring.ask_leaving(uow, accounts.member(uow, who.id).membership))


def ask_absence(trust: Trust, who: Colleague, days: int | None) -> bool:
    def asked(uow: UnitOfWork) -> bool:
        if days is not None:
            wanted = accounts.Days(uow.today, uow.today + timedelta(days=days))
            return keyring.ask_absence(uow, accounts.member(uow, who.id).membership, wanted)
        (held,) = [each for each in accounts.absences(uow) if each.person_id == who.id]
        if held.agreed:
            return keyring.ask_presence(uow, held)
        accounts.withdraw_absence(uow, held)
        return False

    return ask(trust, asked)


def receivers(trust: Trust) -> dict[Colleague, Receiver]:
    people = {each.id: each for each in trust.people.values()}
    with trust.work(trust.visitor, writes=False) as uow:
        found = intake.receivers(uow, keyring.load_key_log(uow))
    return {people[each.person_id]: each for each in found}


def waiting(trust: Trust) -> list[PendingRoles | PendingAbsence]:
    with trust.work(trust.guardian, writes=False) as uow:
        return keyring.pending(uow)


def agree(trust: Trust, by: Colleague) -> None:
    with trust.work(by) as uow:
        (change,) = keyring.pending(uow)
        keyring.agree(uow, change)


def letters(trust: Trust) -> set[object]:
    with trust.work(writes=False) as uow:
        rows = uow.session.query(jobs.OutboxRow).filter_by(job=Job.SOMETHING_TO_READ_MAIL)
        return {row.subject_id for row in rows}


LOT = b"always the same"


def chosen(trust: Trust) -> Choice:
    with trust.work(trust.visitor, writes=False) as uow:
        return cases.choose_receivers(uow, factories.ConcernFactory.create(lot=LOT), frozenset())


WAYS = {
    "roles": lambda trust, who: ask_roles(trust, who, [Role.BOARD_MEMBER]),
    "leaving": ask_leaving,
    "absence": lambda trust, who: ask_absence(trust, who, 9),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))
def test_what_an_administrator_writes_changes_no_reader_until_a_guardian_agrees(
    trust: Trust, way: Callable[[Trust, Colleague], bool]
) -> None:
    people = {each.id: each for each in trust.people.values()}
    before, first = chosen(trust), receivers(trust)
    target = people[before.primary] if before.primary != trust.guardian.id else people[before.cover]
    assert way(trust, target)
    assert chosen(trust) == before
    assert set(receivers(trust)) == set(first)
    voucher = next(each for each in (trust.guardian, trust.second_guardian, trust.lead) if each is not target)
    agree(trust, voucher)
    after = chosen(trust)
    assert target.id not in {after.primary, after.cover}
    assert waiting(trust) == []


def test_an_absence_an_administrator_takes_back_waits_too(trust: Trust) -> None:
    with trust.work(trust.lead) as uow:
        away_until = uow.today + timedelta(days=9)
        accounts.mark_absent(uow, accounts.member(uow, trust.lead.id).membership, away_until)
    assert receivers(trust)[trust.lead].absent
    assert ask_absence(trust, trust.lead, None)
    assert receivers(trust)[trust.lead].absent
    agree(trust, trust.guardian)
    assert not receivers(trust)[trust.lead].absent


def test_absence_said_by_oneself_counts_at_once_and_answers_what_was_asked(trust: Trust) -> None:
    ask_absence(trust, trust.lead, 4)
    with trust.work(trust.lead) as uow:
        accounts.mark_absent(uow, accounts.member(uow, trust.lead.id).membership, uow.today + timedelta(days=9))
    assert receivers(trust)[trust.lead].absent
    assert waiting(trust) == []


def test_asking_for_what_is_so_already_asks_nothing(trust: Trust) -> None:
    assert ask_absence(trust, trust.lead, 4)
    assert not ask_absence(trust, trust.lead, None)
    assert waiting(trust) == []
    with pytest.raises(NotFound):
        ask_absence(trust, trust.executive_lead, 4)


def test_everybody_who_vouches_is_told_at_once(trust: Trust) -> None:
    ask_roles(trust, trust.lead, [Role.BOARD_MEMBER])
    assert letters(trust) == {
        trust.guardian.id, trust.second_guardian.id, trust.lead.id, trust.non_executive_lead.id,
    }  # fmt: skip


def test_a_role_that_is_added_tells_nobody_and_waits_for_five_words(trust: Trust) -> None:
    assert not ask_roles(trust, trust.lead, [Role.LEAD_GUARDIAN, Role.RECOVERY_OFFICER])
    assert letters(trust) == set()
    assert waiting(trust) == []


def test_fewer_roles_are_vouched_for_again_with_the_same_key_until_the_same_day(trust: Trust) -> None:
    add_role(trust, trust.lead, Role.RECOVERY_OFFICER)
    with trust.work(trust.guardian, writes=False) as uow:
        before = keyring.load_key_log(uow).valid[trust.lead.id]
    ask_roles(trust, trust.lead, [Role.RECOVERY_OFFICER])
    agree(trust, trust.guardian)
    with trust.work(trust.guardian, writes=False) as uow:
        after = keyring.load_key_log(uow).valid[trust.lead.id]
    assert (after.roles, after.keys, after.expires) == (frozenset({Role.RECOVERY_OFFICER}), before.keys, before.expires)
    assert not after.compartments
    assert trust.lead not in receivers(trust)


def test_nobody_narrows_into_something_more(trust: Trust) -> None:
    with trust.work(trust.guardian) as uow, pytest.raises(Conflict):
        keyring.narrow(uow, trust.lead.id, frozenset({Role.LEAD_GUARDIAN, Role.GUARDIAN}))


def test_a_guardian_can_keep_somebody_as_they_are(trust: Trust) -> None:
    ask_roles(trust, trust.lead, [Role.ADMINISTRATOR])
    with trust.work(trust.guardian) as uow:
        (change,) = keyring.pending(uow)
        keyring.keep(uow, change)
        assert accounts.member(uow, trust.lead.id).membership.drafted_roles == {Role.LEAD_GUARDIAN}
    assert waiting(trust) == []


def test_a_membership_that_ended_is_opened_again_by_no_guardian(trust: Trust) -> None:
    ask_leaving(trust, trust.lead)
    (change,) = waiting(trust)
    with trust.work(trust.guardian) as uow, pytest.raises(Conflict):
        keyring.keep(uow, change)


def test_nobody_answers_for_their_own_roles(trust: Trust) -> None:
    ask_roles(trust, trust.second_guardian, [Role.BOARD_MEMBER])
    (change,) = waiting(trust)
    for answer in (keyring.agree, keyring.keep):
        with trust.work(trust.second_guardian) as uow, pytest.raises(Forbidden):
            answer(uow, change)


@pytest.mark.parametrize("who", ["administrator", "buddy", "executive_lead"])
def test_only_those_who_vouch_answer(trust: Trust, who: str) -> None:
    ask_absence(trust, trust.lead, 4)
    (change,) = waiting(trust)
    for answer in (keyring.agree, keyring.keep):
        with trust.work(trust.people[who]) as uow, pytest.raises(Forbidden):
            answer(uow, change)
    with trust.work(trust.people[who]) as uow, pytest.raises(Forbidden):
        accounts.mark_absent(uow, accounts.member(uow, trust.lead.id).membership, uow.today)


def test_a_change_that_was_changed_again_is_agreed_to_by_nobody(trust: Trust) -> None:
    ask_absence(trust, trust.lead, 4)
    (change,) = waiting(trust)
    ask_absence(trust, trust.lead, 40)
    with trust.work(trust.guardian) as uow, pytest.raises(Conflict):
        keyring.agree(uow, change)


def test_who_was_sent_away_can_be_kept_out_and_is_kept_out_with_the_team(trust: Trust) -> None:
    ask_leaving(trust, trust.lead)
    ask_roles(trust, trust.second_guardian, [Role.BOARD_MEMBER])
    with trust.work(trust.visitor, writes=False) as uow:
        assert {trust.lead.id, trust.second_guardian.id} <= {each.id for each in cases.excludable(uow)}
        out = cases.everybody_excluded(uow, Exclusions(team=True))
    assert out == {trust.guardian.id, trust.second_guardian.id, trust.lead.id}


def test_an_executive_who_may_be_given_cases_stays_kept_out_until_a_guardian_agrees(trust: Trust) -> None:
    add_role(trust, trust.executive_lead, Role.BUDDY_GUARDIAN)
    assert ask_roles(trust, trust.executive_lead, [Role.BUDDY_GUARDIAN])
    with trust.work(trust.visitor, writes=False) as uow:
        assert trust.executive_lead.id in cases.everybody_excluded(uow, Exclusions(executives=True))
    agree(trust, trust.guardian)
    with trust.work(trust.visitor, writes=False) as uow:
        assert trust.executive_lead.id not in cases.everybody_excluded(uow, Exclusions(executives=True))


def test_a_concern_is_still_opened_by_the_one_who_is_left(trust: Trust) -> None:
    first = chosen(trust)
    people = {each.id: each for each in trust.people.values()}
    ask_leaving(trust, people[first.cover])
    raised = factories.raised_case(trust, lot=LOT)
    with raised.as_(people[first.primary]) as (_uow, case):
        assert (case.primary_id, case.cover_id) == (first.primary, first.cover)
    assert raised.view(people[first.primary]).told.narrative == raised.concern.narrative


def test_two_people_sent_away_close_the_door_before_anybody_writes_and_make_nobody_else_a_reader(trust: Trust) -> None:
    first = chosen(trust)
    people = {each.id: each for each in trust.people.values()}
    ask_leaving(trust, people[first.primary])
    with trust.work(trust.visitor, writes=False) as uow:
        assert cases.can_receive(uow)
    ask_leaving(trust, people[first.cover])
    with trust.work(trust.visitor, writes=False) as uow:
        assert not cases.can_receive(uow)
        offered = cases.offered_exclusions(uow)
    assert Subject.NOBODY_NAMED not in offered.subjects
    left = next(each for each in (trust.guardian, trust.second_guardian, trust.lead) if each.id not in {
        first.primary, first.cover,
    })  # fmt: skip
    with trust.work(left) as uow:
        keyring.agree(uow, keyring.pending(uow)[0])
    with trust.work(trust.visitor, writes=False) as uow:
        assert cases.can_receive(uow)


def add_role(trust: Trust, who: Colleague, role: Role) -> None:
    """Be written down for one more role, and vouched for it."""
    with trust.work(trust.administrator) as uow:
        membership = accounts.member(uow, who.id).membership
        accounts.change_roles(uow, membership, membership.drafted_roles | {role})
    with trust.work(who) as uow:
        words = keyring.my_words(uow)
    with trust.work(trust.guardian) as uow:
        keyring.vouch(uow, keyring.offered(uow, who.id), words, uow.today + timedelta(days=100))
