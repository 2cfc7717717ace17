"""Rules that no guardian approved, or approved once and no longer, are obeyed by nobody."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from speakup import keyring, routing
from speakup.accounts import Marked, Part
from speakup.crypto.keypairs import KeyPairs, new_root_secret, staff_keys
from speakup.kernel.errors import IntegrityFault
from speakup.keyring.rules import canonical, key_log
from speakup.keyring.rules.key_log import KeyLog, Places, Signing
from speakup.routing import Rule
from tests import factories
from tests.security.intruder import Intruder, T
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust


def approve(trust: Trust, to: Colleague, *marked: Marked) -> KeyLog:
    with trust.work(trust.guardian) as uow:
        keyring.approve_routing(uow, [Rule(None, None, to.id, None).plain()], marked)
    with trust.work(writes=False) as uow:
        return keyring.load_key_log(uow)


def entry(trust: Trust, number: int) -> dict[str, Any]:
    with trust.stored.unbound() as connection:
        rows = T["key_log_entry"]
        mine = (rows.c.organisation_id == trust.id, rows.c.number == number)
        return dict(connection.execute(sa.select(rows).where(*mine)).mappings().one())


def write(trust: Trust, number: int, body: bytes, signature: bytes) -> None:
    with trust.stored.unbound() as connection:
        Intruder(trust).append(connection, number, body, signature)


def forged(trust: Trust, log: KeyLog, signer: Colleague, keys: KeyPairs, *, vouching: bool = False) -> None:
    rules = [Rule(None, None, trust.buddy.id, None).plain()]
    body = key_log.routing_body(log, Signing(signer.id, log.day), rules, Places())
    write(trust, log.number + 1, body, keys.sign_vouching(body) if vouching else keys.sign_approving(body))


def in_a_guardians_name(trust: Trust, log: KeyLog) -> None:
    forged(trust, log, trust.guardian, staff_keys(new_root_secret()))


def by_the_non_executive_lead(trust: Trust, log: KeyLog) -> None:
    forged(trust, log, trust.non_executive_lead, staff_keys(trust.non_executive_lead.root_secret))


def by_the_buddy(trust: Trust, log: KeyLog) -> None:
    forged(trust, log, trust.buddy, staff_keys(trust.buddy.root_secret))


def with_the_key_for_vouching(trust: Trust, log: KeyLog) -> None:
    forged(trust, log, trust.guardian, staff_keys(trust.guardian.root_secret), vouching=True)


def the_rules_of_before_put_back(trust: Trust, log: KeyLog) -> None:
    old = entry(trust, log.number - 1)
    write(trust, log.number + 1, old["body"], old["signature"])


def the_newest_approval_taken_out(trust: Trust, log: KeyLog) -> None:
    with trust.stored.unbound() as connection:
        rows = T["key_log_entry"]
        mine = (rows.c.organisation_id == trust.id, rows.c.number == log.number)
        connection.execute(sa.delete(rows).where(*mine))


def other_people_written_into_an_approval(trust: Trust, log: KeyLog) -> None:
    held = entry(trust, log.number)
    said = canonical.decode(held["body"])
    body = canonical.encode({**said, "rules": [Rule(None, None, trust.buddy.id, None).plain()]})
    write(trust, log.number, body, held["signature"])


def an_executive_struck_out_of_an_approval(trust: Trust, log: KeyLog) -> None:
    held = entry(trust, log.number)
    write(trust, log.number, canonical.encode({**canonical.decode(held["body"]), "marked": []}), held["signature"])


def an_approval_of_another_organisation(trust: Trust, log: KeyLog) -> None:
    body = canonical.encode({**canonical.decode(entry(trust, log.number)["body"]), "organisation": str(trust.buddy.id)})
    write(trust, log.number + 1, body, staff_keys(trust.guardian.root_secret).sign_approving(body))


@pytest.mark.parametrize(
    "act",
    [
        in_a_guardians_name,
        by_the_non_executive_lead,
        by_the_buddy,
        with_the_key_for_vouching,
        the_rules_of_before_put_back,
        the_newest_approval_taken_out,
        other_people_written_into_an_approval,
        an_executive_struck_out_of_an_approval,
        an_approval_of_another_organisation,
    ],
    ids=lambda act: act.__name__,
)
def test_no_concern_follows_rules_that_no_guardian_signed_there(
    trust: Trust, act: Callable[[Trust, KeyLog], None]
) -> None:
    approve(trust, trust.second_guardian)
    log = approve(trust, trust.lead, Marked("Cora Chief", Part.EXECUTIVE))
    act(trust, log)
    with pytest.raises(IntegrityFault):
        factories.raised_case(trust)
    with pytest.raises(IntegrityFault), trust.work(writes=False) as uow:
        keyring.load_key_log(uow)


def test_a_draft_written_into_the_database_changes_no_receiver(trust: Trust) -> None:
    approve(trust, trust.lead)
    with trust.work(trust.administrator) as uow:
        routing.draft_rules(uow, [Rule(None, None, trust.buddy.id, None)])
        routing.submit_draft(uow)
    with trust.stored.unbound() as connection:
        connection.execute(sa.update(T["routing_proposal"]).values(submitted_by=trust.guardian.id))
    assert readers_of(factories.raised_case(trust))[0] == trust.lead


def test_signed_rules_that_no_program_of_ours_wrote_are_a_fault_and_no_rules(trust: Trust) -> None:
    with trust.work(trust.guardian) as uow:
        keyring.approve_routing(uow, [Rule(None, None, trust.lead.id, None).plain() | {"ward": "7"}])
    with pytest.raises(IntegrityFault):
        factories.raised_case(trust)


def test_the_day_of_an_approval_is_not_before_that_of_the_log(trust: Trust) -> None:
    log = approve(trust, trust.lead)
    body = key_log.routing_body(log, Signing(trust.guardian.id, date(2020, 1, 1)), [], Places())
    write(trust, log.number + 1, body, staff_keys(trust.guardian.root_secret).sign_approving(body))
    with pytest.raises(IntegrityFault), trust.work(writes=False) as uow:
        keyring.load_key_log(uow)
