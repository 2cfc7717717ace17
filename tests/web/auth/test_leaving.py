"""Leaving: nothing is lost by it, and afterwards nothing opens."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from speakup import accounts, cases, keyring
from speakup.kernel.actor import Role
from speakup.kernel.errors import Forbidden, NotFound
from speakup.keyring import LastToVouch, OnlyReader, PrincipalKind
from speakup.routing import Rule
from speakup.tables import METADATA
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient

SignIn = Callable[[Colleague], PageClient]


@pytest.fixture
def case(trust: Trust) -> RaisedCase:
    """A case of the two guardians, whatever chance says."""
    with trust.work(trust.guardian) as uow:
        rule = Rule(None, None, trust.guardian.id, trust.second_guardian.id)
        keyring.approve_routing(uow, [rule.plain()])
    return factories.raised_case(trust)


def end(trust: Trust, who: Colleague, *, shut_out: bool = False) -> None:
    with trust.work(trust.administrator) as uow:
        keyring.ask_leaving(uow, accounts.member(uow, who.id).membership, shut_out=shut_out)


def agree(trust: Trust, by: Colleague) -> None:
    with trust.work(by) as uow:
        (change,) = keyring.pending(uow)
        keyring.agree(uow, change)


def grants_of(trust: Trust, who: Colleague) -> int:
    table = METADATA.tables["grant_to"].c
    query = sa.select(sa.func.count()).where(table.principal_id == who.id, table.principal_kind == PrincipalKind.STAFF)
    with trust.stored.unbound() as connection:
        return int(connection.scalar(query) or 0)


def test_whoever_leaves_by_their_own_word_holds_nothing_and_is_signed_out(
    trust: Trust, case: RaisedCase, signed_in: SignIn
) -> None:
    theirs = signed_in(trust.second_guardian)
    with trust.work(trust.second_guardian) as uow:
        accounts.draw_calendar_address(uow)
    assert grants_of(trust, trust.second_guardian) == 3
    page = theirs.get("/account/leaving")
    assert "You still hold 1 case." in page.text
    assert "That is not your passphrase." in theirs.submit(page, passphrase="not this one at all", sure="y").text
    assert theirs.submit(page, passphrase=trust.second_guardian.passphrase).status == 422
    left = theirs.submit(page, passphrase=trust.second_guardian.passphrase, sure="y")
    assert "You have left" in left.text
    assert "Sign in again" not in left.text
    assert "/sign-in" in theirs.get("/cases").path
    assert grants_of(trust, trust.second_guardian) == 0
    with trust.work(trust.guardian) as uow:
        assert trust.second_guardian.id not in keyring.load_key_log(uow).valid
        assert not keyring.pending(uow)
    assert not any(line.event == "integrity fault" for line in case.view(trust.guardian).history)
    assert {each.name for each in case.inbox().readers} == {trust.guardian.name, None}


def test_edge_14_what_only_they_can_open_blocks_leaving_until_the_non_executive_lead_or_another_has_it(
    trust: Trust, case: RaisedCase, signed_in: SignIn
) -> None:
    """Row 14."""
    end(trust, trust.second_guardian)
    agree(trust, trust.lead)
    theirs = signed_in(trust.guardian)
    page = theirs.get("/account/leaving")
    assert "Nobody but you can open 1 case." in page.text
    assert f"/cases/{case.ref}/hand-over" in page.links()
    with trust.work(trust.guardian) as uow, pytest.raises(OnlyReader):
        keyring.leave(uow)
    assert "nobody else can open it" in theirs.get("/cases/hand-over").text
    with case.as_(trust.guardian) as (uow, row):
        places = cases.Places(trust.guardian.id, trust.non_executive_lead.id)
        with pytest.raises(cases.NotAgreed):
            cases.hand_over(uow, row, places)
        heard = cases.Heard(cases.Noted.NOT_HAD, "I leave today, and they look in once a month.")
        cases.note_agreement(uow, row, {trust.non_executive_lead.id}, heard)
        cases.hand_over(uow, row, places)
    with trust.work(trust.guardian) as uow:
        keyring.leave(uow)
    view = case.view(trust.non_executive_lead)
    assert view.told.narrative == case.concern.narrative
    assert "case handed over" in [line.event for line in view.history]
    assert "I leave today, and they look in once a month." in [line.words for line in view.handing]


def test_an_administrator_learns_how_many_and_never_which(trust: Trust, case: RaisedCase, signed_in: SignIn) -> None:
    end(trust, trust.second_guardian)
    agree(trust, trust.lead)
    administrator = signed_in(trust.administrator)
    path = f"/admin/members/{trust.guardian.id}/end"
    page = administrator.get(path)
    assert "They still have to hand 1 case over" in page.text
    assert case.ref not in page.body
    refused = administrator.submit(page)
    assert refused.status == 422
    assert "They still have to hand cases over." in refused.errors[0]
    assert administrator.submit(page, shut_out="y").status == 200
    with trust.work(trust.lead) as uow:
        (change,) = keyring.pending(uow)
        with pytest.raises(OnlyReader):
            keyring.agree(uow, change)
    colleagues = signed_in(trust.lead)
    told = colleagues.submit(colleagues.get("/colleagues"), f"Agree that {trust.guardian.name} has left")
    assert "Nobody else could open 1 case of theirs any more" in told.text
    assert grants_of(trust, trust.guardian) == 3
    with pytest.raises(NotFound), trust.work(trust.administrator) as uow:
        keyring.only_mine(uow)


def test_whoever_was_shut_out_and_comes_back_has_lost_nothing(trust: Trust, case: RaisedCase) -> None:
    end(trust, trust.second_guardian)
    agree(trust, trust.lead)
    end(trust, trust.guardian, shut_out=True)
    with trust.work(trust.administrator) as uow:
        accounts.welcome_back(uow, accounts.member(uow, trust.guardian.id).membership, {Role.GUARDIAN})
    assert case.view(trust.guardian).told.narrative == case.concern.narrative


def test_the_other_guardian_goes_on_without_a_fault_and_takes_it_over(
    trust: Trust, case: RaisedCase, signed_in: SignIn
) -> None:
    end(trust, trust.guardian)
    agree(trust, trust.lead)
    assert grants_of(trust, trust.guardian) == 0
    theirs = signed_in(trust.second_guardian)
    page = theirs.get("/cases/hand-over")
    assert f"{trust.guardian.name} has left. 1 open case is with you as the cover." in page.text
    taken = theirs.submit(page, "Take them over")
    assert "1 case changed hands" in taken.text
    shown = theirs.get(f"/cases/{case.ref}")
    assert "You are the guardian" in shown.text
    assert "did not check out" not in shown.text
    factories.message(case, "Later")
    assert "Later" in theirs.get(f"/cases/{case.ref}").text


def test_sessions_end_with_the_membership(trust: Trust, signed_in: SignIn) -> None:
    theirs = signed_in(trust.second_guardian)
    end(trust, trust.second_guardian)
    assert "/sign-in" in theirs.get("/cases").path
    table = METADATA.tables["staff_session"].c
    with trust.stored.unbound() as connection:
        assert connection.scalar(sa.select(sa.func.count()).where(table.person_id == trust.second_guardian.id)) == 0


def test_the_last_who_can_vouch_does_not_leave(trust: Trust) -> None:
    for each in (trust.second_guardian, trust.lead, trust.non_executive_lead):
        with trust.work(each) as uow:
            keyring.leave(uow)
    with trust.work(trust.guardian) as uow, pytest.raises(LastToVouch):
        keyring.leave(uow)


def test_a_buddy_who_signs_nothing_is_shut_out_at_once_and_the_rest_waits(trust: Trust) -> None:
    with trust.work(trust.buddy) as uow:
        keyring.leave(uow)
    with trust.work(trust.guardian) as uow:
        (change,) = keyring.pending(uow)
        assert change.person_id == trust.buddy.id
        keyring.agree(uow, change)
        assert trust.buddy.id not in keyring.load_key_log(uow).valid


def test_nobody_without_a_case_role_leaves_here(trust: Trust, signed_in: SignIn) -> None:
    assert signed_in(trust.administrator).get("/account/leaving").status == 404
    with trust.work(trust.administrator) as uow, pytest.raises(Forbidden):
        keyring.leave(uow)


def test_the_first_guardian_can_leave_and_the_log_goes_on(trust: Trust) -> None:
    with trust.work(trust.guardian) as uow:
        keyring.leave(uow)
    with trust.work(trust.lead) as uow:
        log = keyring.load_key_log(uow)
        assert trust.guardian.id not in log.valid
        keyring.approve_routing(uow, [])
    raised = factories.raised_case(trust)
    assert trust.guardian not in readers_of(raised)
