"""Letters about actions: to whom, when, and that they say nothing; what the executive lead and guardians are shown."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from speakup import accounts, jobs, learning
from speakup.accounts import PersonDetails
from speakup.gateways.mail import FakeMailer
from speakup.jobs import Job
from speakup.kernel.actor import Role, system
from speakup.kernel.errors import Forbidden, Invalid
from speakup.learning import Act, ActionState, LearningAction
from speakup.notifications.operations import PostOffice, send_letter
from tests import factories
from tests.trusts import Colleague, Trust

S = ActionState


@pytest.fixture
def owner(trust: Trust) -> Colleague:
    return factories.invited(trust, "Olive Owner", [Role.ACTION_OWNER])


def letters(trust: Trust) -> list[uuid.UUID]:
    """Whom letters about actions wait for."""
    with trust.work() as uow:
        return sorted(row.subject_id for row in jobs.to_hand_over(uow) if row.job is Job.ACTION_MAIL)


def post(trust: Trust) -> None:
    """Let everything be sent that waits."""
    with trust.work() as uow:
        jobs.finish(uow, [row.id for row in jobs.to_hand_over(uow)])


def morning(trust: Trust, day: date) -> list[uuid.UUID]:
    """Send what is to be sent on a day; return to whom."""
    post(trust)
    with trust.database.work(system(trust.id), at=datetime(day.year, day.month, day.day, 9, tzinfo=UTC)) as uow:
        learning.remind_owners(uow)
    return letters(trust)


def due_on(made: LearningAction) -> date:
    assert made.due_on is not None
    return made.due_on


def test_whoever_is_given_an_action_hears_of_it(trust: Trust, owner: Colleague) -> None:
    factories.action(trust, S.AGREED, owner=owner)
    assert letters(trust) == [owner.id]


def test_a_letter_about_an_action_says_nothing_of_it(trust: Trust, owner: Colleague) -> None:
    post(trust)
    made = factories.action(trust, S.AGREED, owner=owner, title="Locks for the drug trolleys")
    mailer = FakeMailer()
    with trust.work() as uow:
        rows = [row.id for row in jobs.to_hand_over(uow)]
    for row_id in rows:
        send_letter(PostOffice(trust.database, mailer, "https"), trust.id, row_id)
    (mail,) = mailer.sent
    assert mail.to == owner.email
    whole = f"{mail.subject} {mail.text} {mail.html}"
    for word in ("Locks", "trolleys", made.ref, "learning", "action", "overdue", "speak up", str(made.id)):
        assert word.lower() not in whole.lower().replace("sign-in", "")


@pytest.mark.parametrize(("days", "comes"), [(-20, False), (-14, True), (-3, True), (0, True), (7, True), (14, True)])
def test_whoever_sees_to_an_action_is_reminded_before_on_and_after_its_day(
    trust: Trust,
    owner: Colleague,
    days: int,
    comes: bool,  # noqa: FBT001 -- a column of the table
) -> None:
    made = factories.action(trust, S.IN_PROGRESS, owner=owner, due_in=30)
    day = due_on(made) + timedelta(days=days)
    assert (owner.id in morning(trust, day)) is comes
    assert owner.id not in morning(trust, day)
    assert owner.id not in morning(trust, day + timedelta(days=1))


@pytest.mark.parametrize("state", [S.PROPOSED, S.IMPLEMENTED, S.CHECKED, S.CLOSED, S.NOT_TAKEN])
def test_nobody_is_reminded_of_what_is_not_to_be_done(trust: Trust, owner: Colleague, state: ActionState) -> None:
    factories.action(trust, state, owner=owner)
    with trust.work() as uow:
        day = uow.today + timedelta(days=60)
    assert morning(trust, day) == []


def test_whoever_has_switched_letters_off_gets_none(trust: Trust, owner: Colleague) -> None:
    made = factories.action(trust, S.AGREED, owner=owner)
    with trust.work(owner) as uow:
        accounts.settle_reminders(uow, accounts.member(uow, owner.id).membership, wanted=False)
    assert owner.id not in morning(trust, due_on(made))


def test_the_executive_lead_hears_once_when_an_action_is_overdue_and_once_when_it_is_named(
    trust: Trust, owner: Colleague
) -> None:
    made = factories.action(trust, S.AGREED, owner=owner)
    heard = [
        days
        for days in range(40)
        if trust.executive_lead.id in morning(trust, due_on(made) + timedelta(days=days))
    ]  # fmt: skip
    assert heard == [1, 29]


def test_another_day_for_an_action_begins_again(trust: Trust, owner: Colleague) -> None:
    made = factories.action(trust, S.AGREED, owner=owner)
    late = due_on(made) + timedelta(days=2)
    assert trust.executive_lead.id in morning(trust, late)
    at = datetime(late.year, late.month, late.day, 12, tzinfo=UTC)
    with trust.database.work(trust.guardian.actor, at=at) as uow:
        learning.reschedule(uow, learning.find(uow, made.ref), late + timedelta(days=10), "The builders came late.")
    assert morning(trust, late + timedelta(days=3)) == []
    assert trust.executive_lead.id in morning(trust, late + timedelta(days=11))


def test_the_executive_lead_is_shown_a_number_and_then_titles(trust: Trust, owner: Colleague) -> None:
    first = factories.action(trust, S.AGREED, owner=owner, due_in=10, title="Locks for the drug trolleys")
    factories.action(trust, S.IN_PROGRESS, owner=owner, due_in=25)
    for days, count, titles in ((10, 0, []), (11, 1, []), (26, 2, []), (39, 2, [first.title])):
        with trust.work() as uow:
            day = uow.today + timedelta(days=days)
        at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        with trust.database.work(trust.executive_lead.actor, writes=False, at=at) as uow:
            shown = learning.overdue(uow)
        assert (shown.count, [each.title for each in shown.named]) == (count, titles)
    assert shown.named[0].owner == owner.name


def test_nobody_but_the_executive_lead_is_shown_it_so(trust: Trust, owner: Colleague) -> None:
    for who in (owner, trust.guardian, trust.administrator):
        with trust.work(who) as uow, pytest.raises(Forbidden):
            learning.overdue(uow)


def test_guardians_are_shown_what_waits_is_late_or_stuck(trust: Trust, owner: Colleague) -> None:
    asked = factories.action(trust, S.AGREED, owner=owner, due_in=200)
    with trust.work(owner) as uow:
        learning.ask_guardian(uow, learning.find_owned(uow, asked.ref), "For nights, too?")
    late = factories.action(trust, S.IN_PROGRESS, owner=owner, due_in=5)
    with trust.work() as uow:
        day = uow.today + timedelta(days=30)
    at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    with trust.database.work(trust.guardian.actor, at=at) as uow:
        shown = learning.follow_up(uow)
        assert [each.ref for each in shown.asked] == [asked.ref]
        assert [each.ref for each in shown.overdue] == [late.ref]
        assert (shown.stuck, shown.ownerless, shown.again, shown.count) == ([], [], [], 2)
    with trust.database.work(trust.guardian.actor, at=at + timedelta(days=40)) as uow:
        assert {each.ref for each in learning.follow_up(uow).stuck} == {asked.ref, late.ref}
    with trust.work(trust.administrator) as uow:
        accounts.end_membership(uow, accounts.member(uow, owner.id).membership)
    with trust.work(trust.guardian) as uow:
        assert {each.ref for each in learning.follow_up(uow).ownerless} == {asked.ref, late.ref}


def test_a_question_goes_to_whoever_proposed_it_and_the_answer_to_whoever_asked(trust: Trust, owner: Colleague) -> None:
    made = factories.action(trust, S.AGREED, owner=owner, by=trust.second_guardian)
    post(trust)
    with trust.work(owner) as uow:
        learning.ask_guardian(uow, learning.find_owned(uow, made.ref), "For nights, too?")
    assert letters(trust) == [trust.second_guardian.id]
    post(trust)
    with trust.work(trust.guardian) as uow:
        learning.answer_owner(uow, learning.find(uow, made.ref), "Yes.")
    assert letters(trust) == [owner.id]


def test_an_action_is_handed_to_a_colleague_who_is_invited_for_it(trust: Trust, owner: Colleague) -> None:
    made = factories.action(trust, S.AGREED, owner=owner)
    post(trust)
    with trust.work(owner) as uow:
        mine = learning.find_owned(uow, made.ref)
        learning.hand_on_to(uow, mine, PersonDetails("new.hand@nhs.net", "New Hand"), "She runs the rota.")
        assert mine.owner_id is not None
        handed = accounts.member(uow, mine.owner_id)
    assert handed.membership.drafted_roles == {Role.ACTION_OWNER}
    assert letters(trust) == []
    with trust.work() as uow:
        assert [row.job for row in jobs.to_hand_over(uow)] == [Job.INVITATION_MAIL]


def test_whoever_sees_to_an_action_invites_nobody_from_outside(trust: Trust, owner: Colleague) -> None:
    made = factories.action(trust, S.AGREED, owner=owner)
    with trust.work(owner) as uow, pytest.raises(Invalid, match="not of here"):
        learning.hand_on_to(uow, learning.find_owned(uow, made.ref), PersonDetails("a@example.com", "A"))
    with trust.work(trust.guardian) as uow:
        action = learning.find(uow, made.ref)
        invited_id = learning.owner_by_address(uow, action, Act.HAND_ON, PersonDetails("a@example.com", "A"))
        assert accounts.member(uow, invited_id).email == "a@example.com"


def test_somebody_who_left_is_given_nothing(trust: Trust, owner: Colleague) -> None:
    made = factories.action(trust, S.AGREED, owner=trust.executive_lead)
    with trust.work(trust.administrator) as uow:
        accounts.end_membership(uow, accounts.member(uow, owner.id).membership)
    with trust.work(trust.guardian) as uow, pytest.raises(Invalid, match="left"):
        learning.hand_on_to(uow, learning.find(uow, made.ref), PersonDetails(owner.email, owner.name))


def test_a_calendar_is_told_how_many_are_due_on_which_day(trust: Trust, owner: Colleague) -> None:
    for days in (10, 10, 20):
        factories.action(trust, S.AGREED, owner=owner, due_in=days)
    factories.action(trust, S.IMPLEMENTED, owner=owner, due_in=10)
    factories.action(trust, S.AGREED, due_in=10)
    with trust.work(trust.visitor) as uow:
        counts = learning.due_days(uow, owner.id)
        assert {(day - uow.today).days: count for day, count in counts.items()} == {10: 2, 20: 1}
