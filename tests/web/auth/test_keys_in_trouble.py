"""A key log that does not check out, as staff see it."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from speakup import accounts, keyring
from speakup.audit import Event
from speakup.audit.models import AuditEntry, PendingAudit
from speakup.jobs import Job, OutboxRow
from speakup.kernel.actor import Role
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient

SignIn = Callable[[Colleague], PageClient]
TROUBLE = "The list of keys does not check out"


def test_an_older_key_log_opens_no_case_and_every_guardian_is_told(signed_in: SignIn, trust: Trust) -> None:
    open_before = signed_in(trust.guardian)
    assert TROUBLE not in open_before.get("/cases").text
    _put_an_older_log_back(trust)
    assert open_before.get("/cases").status == 404
    for person in (trust.guardian, trust.non_executive_lead, trust.buddy):
        assert TROUBLE in signed_in(person).get("/account").text
    administrators = signed_in(trust.administrator).get("/admin")
    assert TROUBLE not in administrators.text
    assert "First guardian’s key Missing" in administrators.text


def test_without_a_trust_root_a_guardian_is_told_what_to_do(signed_in: SignIn, trust: Trust) -> None:
    (trust.stored.trust_dir / f"{trust.id}.json").unlink()
    assert "speakup trust-root set" in signed_in(trust.guardian).get("/account").text


def test_a_fault_met_on_a_staff_page_is_recorded_once_a_day_and_every_guardian_warned(
    signed_in: SignIn, trust: Trust
) -> None:
    people = [signed_in(each) for each in (trust.guardian, trust.administrator)]
    _put_an_older_log_back(trust)
    for address in ("/cases", "/account", "/admin", "/account"):
        for each in people:
            each.get(address)
    assert _recorded(trust) == 1
    warned = _warned(trust)
    assert {trust.guardian.id, trust.second_guardian.id, trust.lead.id} <= set(warned)
    assert len(warned) == len(set(warned))


@pytest.mark.parametrize("address", ["/", "/support", "/raise", "/follow-up", "/about/security"])
def test_a_public_page_leaves_no_trace_of_having_met_the_fault(signed_in: SignIn, trust: Trust, address: str) -> None:
    """Not even in the browser of somebody who is signed in: they may be here to speak up."""
    theirs = signed_in(trust.guardian)
    _put_an_older_log_back(trust)
    before = _rows(trust)
    for browser in (theirs, PageClient(theirs.app, trust.host)):
        browser.get(address)
    assert _rows(trust) == before
    assert _recorded(trust) == 0


def test_a_guardian_whose_role_was_struck_out_is_told_all_the_same(signed_in: SignIn, trust: Trust) -> None:
    with trust.work(trust.administrator) as uow:
        keyring.ask_roles(uow, accounts.member(uow, trust.lead.id).membership, [Role.BOARD_MEMBER])
    theirs = signed_in(trust.lead)
    _put_an_older_log_back(trust)
    assert TROUBLE in theirs.get("/account").text


def test_taking_roles_away_in_writing_takes_no_step_of_signing_in_away(browser: PageClient, trust: Trust) -> None:
    with trust.work(trust.administrator) as uow:
        keyring.ask_roles(uow, accounts.member(uow, trust.lead.id).membership, [Role.BOARD_MEMBER])
    with trust.stored.unbound() as intruder:
        intruder.exec_driver_sql("DELETE FROM second_factor")
    begun = browser.submit("/sign-in", email=trust.lead.email, passphrase=trust.lead.passphrase)
    assert begun.heading == "Set up your second step"
    assert browser.get("/cases").heading == "Sign in"


def _recorded(trust: Trust) -> int:
    with trust.work(writes=False) as uow:
        faults = select(func.count()).select_from(AuditEntry).where(AuditEntry.event == Event.INTEGRITY_FAULT)
        return uow.session.scalar(faults.where(AuditEntry.organisation_id == trust.id)) or 0


def _warned(trust: Trust) -> list[object]:
    with trust.work(writes=False) as uow:
        rows = uow.session.scalars(select(OutboxRow).where(OutboxRow.job == Job.KEY_WARNING_MAIL))
        return [row.subject_id for row in rows]


def _rows(trust: Trust) -> tuple[int, ...]:
    with trust.work(writes=False) as uow:
        counts = (select(func.count()).select_from(each) for each in (AuditEntry, PendingAudit, OutboxRow))
        return tuple(uow.session.scalar(count) or 0 for count in counts)


def _put_an_older_log_back(trust: Trust) -> None:
    """The file outside the database has seen more entries than there are now."""
    file = trust.stored.trust_dir / f"{trust.id}.json"
    seen = json.loads(file.read_text())
    file.write_text(json.dumps({**seen, "number": seen["number"] + 3, "hash": seen["hash"][::-1]}))
