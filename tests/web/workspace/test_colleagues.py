"""Vouching and approving, through the pages."""

from collections.abc import Callable

from speakup import keyring, organisations, routing
from speakup.kernel.actor import Role
from speakup.routing import Rule
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient

SignIn = Callable[[Colleague], PageClient]


def test_every_guardian_is_shown_as_vouched(guardian: PageClient) -> None:
    page = guardian.get("/colleagues")
    assert "Hugh Harbour" in page.text
    assert "Waits for vouching" not in page.text


def test_wrong_words_vouch_for_nobody(guardian: PageClient, trust: Trust) -> None:
    with trust.work() as uow:
        from speakup import accounts  # noqa: PLC0415 -- only to widen a colleague's roles

        member = accounts.member(uow, trust.buddy.id)
        accounts.change_roles(uow, member.membership, [Role.BUDDY_GUARDIAN, Role.GUARDIAN])
    page = guardian.get("/colleagues")
    assert "Waits for vouching" in page.text
    refused = guardian.submit(page, "Vouch", words="one two three four five")
    assert refused.status == 422
    assert any("not the words" in error for error in refused.errors)
    with trust.work(trust.buddy, writes=False) as uow:
        words = keyring.my_words(uow)
    vouched = guardian.submit(refused, "Vouch", words=" ".join(words))
    assert "Vouched. From now on they can be given cases" in vouched.text


def test_rules_take_effect_only_when_a_guardian_approves_what_was_shown(guardian: PageClient, trust: Trust) -> None:
    with trust.work() as uow:
        surgery = organisations.directorates(uow)[0]
        routing.draft_rules(uow, [Rule(surgery.id, None, trust.second_guardian.id, None)])
    page = guardian.get("/routing")
    assert "Concerns from Surgery go to Hugh Harbour" in page.text
    with trust.work() as uow:
        routing.draft_rules(uow, [Rule(surgery.id, None, trust.lead.id, None)])
    refused = guardian.submit(page, "Approve the draft")
    assert "The draft has changed since you opened this page. Read it again" in refused.errors
    approved = guardian.submit(refused, "Approve the draft")
    assert "Approved. New concerns follow these rules from now on" in approved.text
    with trust.work() as uow:
        assert [rule["primary"] for rule in keyring.load_key_log(uow).routing] == [str(trust.lead.id)]
