"""From a one-time link to an account with keys, through the pages."""

import re
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine

from speakup import accounts, audit, keyring, organisations
from speakup.audit import Event
from speakup.kernel.actor import Role, system
from speakup.kernel.ids import new_id
from tests.trusts import PASSPHRASE, Colleague, Trust
from tests.web.client import Page, PageClient

SignIn = Callable[[Colleague], PageClient]
WORDS = "forty umbrellas waltz beneath the viaduct"


def invited(trust: Trust, roles: Iterable[Role], email: str = "new.person@example.org") -> str:
    """Invite somebody; return the address of their link."""
    with trust.work(trust.administrator) as uow:
        details = accounts.PersonDetails(email, "Nell Newby", "Matron", "Main hospital")
        return f"/welcome/{accounts.link_by_hand(uow, accounts.invite(uow, details, roles))}"


def secret_of(page: Page) -> str:
    found = page.soup.select_one("#secret")
    assert found is not None
    return found.get_text().replace(" ", "")


def test_a_new_guardian_gets_keys_an_authenticator_and_five_words(browser: PageClient, trust: Trust) -> None:
    first = browser.get(invited(trust, [Role.GUARDIAN]))
    assert "Nell Newby" in first.text
    assert trust.name in first.text
    assert "Guardian" in first.text
    set_up = browser.submit(first, passphrase=WORDS, again=WORDS)
    assert set_up.heading == "Set up your second step"
    assert set_up.soup.select_one("svg path") is not None
    secret = secret_of(set_up)
    link = next(address for address in set_up.links() if address.startswith("otpauth:"))
    assert secret in link
    codes = browser.submit(set_up, code=pyotp.TOTP(secret).now())
    assert codes.heading == "Your recovery codes"
    assert len({each.get_text() for each in codes.soup.select("#codes samp")}) == 10
    words = browser.submit("/account/words", "Show my five words")
    shown = [each.get_text() for each in words.soup.select(".app-words__word")]
    assert len(shown) == 5
    with trust.work(trust.guardian) as uow:
        person = accounts.by_email(uow, "new.person@example.org")
        assert person is not None
        keyring.vouch(uow, keyring.offered(uow, person.id), shown, uow.today + timedelta(days=300))
    assert browser.get("/cases").status == 200


def test_the_second_step_goes_on_where_it_was_broken_off(browser: PageClient, trust: Trust) -> None:
    shown = browser.submit(invited(trust, [Role.GUARDIAN]), passphrase=WORDS, again=WORDS)
    secret = secret_of(shown)
    wrong = browser.submit(shown, code="12")
    assert wrong.status == 422
    assert secret_of(wrong) == secret
    later = PageClient(browser.app, trust.host)
    again = later.submit("/sign-in", email="new.person@example.org", passphrase=WORDS)
    assert again.heading == "Set up your second step"
    assert secret_of(again) == secret
    assert later.submit(again, code=pyotp.TOTP(secret).now()).heading == "Your recovery codes"


def test_a_recovery_code_lets_in_once(browser: PageClient, trust: Trust) -> None:
    shown = browser.submit(invited(trust, [Role.GUARDIAN]), passphrase=WORDS, again=WORDS)
    codes = browser.submit(shown, code=pyotp.TOTP(secret_of(shown)).now())
    one = codes.soup.select("#codes samp")[0].get_text()
    later, last = PageClient(browser.app, trust.host), PageClient(browser.app, trust.host)
    fields = {"email": "new.person@example.org", "passphrase": WORDS}
    assert later.submit(later.submit("/sign-in", **fields), code=one.upper().replace("-", " ")).path == "/account"
    assert last.submit(last.submit("/sign-in", **fields), code=one).status == 422


def test_looking_at_a_link_uses_nothing_up_and_taking_it_up_leaves_it_dead(browser: PageClient, trust: Trust) -> None:
    address = invited(trust, [Role.BOARD_MEMBER])
    for _ in range(2):
        assert browser.get(address).status == 200
    assert browser.submit(address, passphrase=WORDS, again=WORDS).path == "/board"
    dead, never = browser.get(address), browser.get("/welcome/never-was-one")
    assert dead.status == never.status == 404
    assert dead.body == never.body
    for words in ("works once", "ask the administrator who invited you for a new link", "tell a guardian as well"):
        assert words in dead.text


def test_a_link_is_dead_after_seven_days_and_at_another_trust(
    browser: PageClient, trust: Trust, other_trust: Trust
) -> None:
    address = invited(trust, [Role.BOARD_MEMBER])
    assert PageClient(browser.app, other_trust.host).get(address).status == 404
    with time_machine.travel(datetime.now(UTC) + timedelta(days=8)):
        assert browser.get(address).status == 404


@pytest.mark.parametrize(
    ("passphrase", "sentence"),
    [
        ("short one", "Make it longer: at least 14 characters"),
        ("passwordpassword1", "This is too easy to guess"),
        ("Anytown NHS Trust1", "This is too easy to guess"),
        ("correct horse " * 100, "Make it shorter"),
    ],
)
def test_a_weak_passphrase_is_refused_with_what_to_do(
    browser: PageClient, trust: Trust, passphrase: str, sentence: str
) -> None:
    refused = browser.submit(invited(trust, [Role.GUARDIAN]), passphrase=passphrase, again=passphrase)
    assert refused.status == 422
    assert refused.errors[0].startswith(sentence)
    assert passphrase not in refused.body


def test_two_different_passphrases_are_asked_for_again(browser: PageClient, trust: Trust) -> None:
    refused = browser.submit(invited(trust, [Role.GUARDIAN]), passphrase=WORDS, again=f"{WORDS} x")
    assert refused.errors == ["The two are not the same. Write both again"]


def test_somebody_who_has_keys_takes_an_invitation_up_with_their_passphrase(
    browser: PageClient, trust: Trust, other_trust: Trust
) -> None:
    person = other_trust.guardian
    page = browser.get(invited(trust, [Role.BUDDY_GUARDIAN], person.email))
    assert browser.submit("/sign-in", email=person.email, passphrase=PASSPHRASE).status == 422
    wrong = browser.submit(page, passphrase="not the right passphrase", known="y")
    assert wrong.errors == [
        "That is not the passphrase of your account. If you have none yet, choose one and write it twice"
    ]
    asked = browser.submit(wrong, passphrase=PASSPHRASE, known="y")
    assert asked.path == "/sign-in/code"
    account = browser.submit(asked, code=person.code())
    assert account.path == "/account"
    assert person.name in account.text
    assert "Buddy guardian" in account.text
    _vouch_and_read(browser, trust, person.id)


def test_nothing_about_an_account_elsewhere_is_shown_before_the_invitation_is_taken_up(
    browser: PageClient, signed_in: SignIn, trust: Trust, other_trust: Trust
) -> None:
    """An administrator who types an address, lists people and looks at the link learns nothing from any of it."""
    administrator, person = signed_in(trust.administrator), other_trust.guardian
    seen = []
    for email in (person.email, "never.seen@example.org"):
        address = invited(trust, [Role.BUDDY_GUARDIAN], email)
        with trust.work(trust.administrator) as uow:
            member = accounts.by_address(uow, email)
            assert member is not None
        assert member.id != person.id
        link = PageClient(browser.app, trust.host)
        pages = [
            administrator.get("/admin/members"),
            administrator.get(f"/admin/members/{member.id}"),
            link.get(address),
            link.submit(address, passphrase="some other passphrase than theirs", known="y"),
            link.submit(address, passphrase="weak", again="weak"),
            signed_in(trust.guardian).get("/colleagues"),
        ]
        hidden = (email, str(member.id), address)
        seen.append([_without(page.soup.select_one("main").get_text(" "), hidden) for page in pages])  # type: ignore[union-attr] # Every page has one.
        assert not [page.path for page in pages if person.name in page.text]
    one, two = seen
    assert one[1:5] == two[1:5]


def _without(words: str, hidden: Iterable[str]) -> str:
    for each in hidden:
        words = words.replace(each, "…")
    # The two were invited in two moments, between which a minute may begin.
    return re.sub(r"\b\d{1,2}:\d\d\b", "…", " ".join(words.split()))


def test_a_failed_try_with_an_invitation_names_no_account_of_elsewhere(
    browser: PageClient, trust: Trust, other_trust: Trust
) -> None:
    address = invited(trust, [Role.BUDDY_GUARDIAN], other_trust.guardian.email)
    browser.submit(address, passphrase="some other passphrase than theirs", known="y")
    with trust.work(trust.non_executive_lead, writes=False) as uow:
        failed = [each for each in audit.lines(uow) if each["event"] == Event.SIGN_IN_FAILED.value]
    assert len(failed) == 1
    assert failed[0]["subject"] != str(other_trust.guardian.id)


def test_somebody_who_forgets_that_they_have_an_account_gets_no_second_one(
    browser: PageClient, trust: Trust, other_trust: Trust
) -> None:
    address = invited(trust, [Role.BUDDY_GUARDIAN], other_trust.guardian.email)
    refused = browser.submit(address, passphrase=WORDS, again=WORDS)
    assert refused.errors == [
        "This address has been used before. Tick “I have an account already” and write its passphrase"
    ]
    assert browser.submit(refused, passphrase=PASSPHRASE, again=PASSPHRASE).path == "/sign-in/code"


def test_a_passphrase_written_once_is_asked_for_again(browser: PageClient, trust: Trust) -> None:
    refused = browser.submit(invited(trust, [Role.GUARDIAN]), passphrase=WORDS)
    assert refused.errors == ["Write the passphrase a second time"]


def test_an_invitation_renewed_before_it_is_taken_up_is_what_was_typed_last(trust: Trust) -> None:
    invited(trust, [Role.BOARD_MEMBER])
    with trust.work(trust.administrator) as uow:
        member = accounts.by_address(uow, "New.Person@example.org")
        assert member is not None
        keyring.ask_leaving(uow, member.membership)
    with trust.work(trust.administrator) as uow:
        details = accounts.PersonDetails("new.person@example.org", "Nell Newby-Nash")
        again = accounts.invite(uow, details, [Role.BOARD_MEMBER])
        assert again.person_id == member.id
        assert accounts.member(uow, member.id).person.name == "Nell Newby-Nash"


def _vouch_and_read(browser: PageClient, trust: Trust, person_id: uuid.UUID) -> None:
    words = browser.submit("/account/words", "Show my five words").soup.select(".app-words__word")
    with trust.work(trust.guardian) as uow:
        said = [each.get_text() for each in words]
        keyring.vouch(uow, keyring.offered(uow, person_id), said, uow.today + timedelta(days=300))
    assert browser.get("/cases").status == 200


def test_the_first_guardian_founds_the_key_log_and_is_told_what_to_do(browser: PageClient, trust: Trust) -> None:
    founded, host = new_id(), "newborough.localhost"
    with trust.database.work(system(founded)) as uow:
        organisations.found_organisation(uow, "Newborough NHS Trust", [host])
        invitation = accounts.invite(uow, accounts.PersonDetails("first@example.org", "Fay First"), [Role.GUARDIAN])
        address = f"/welcome/{accounts.link_by_hand(uow, invitation)}"
    theirs = PageClient(browser.app, host)
    set_up = theirs.submit(address, passphrase=WORDS, again=WORDS)
    theirs.submit(set_up, code=pyotp.TOTP(secret_of(set_up)).now())
    shown = theirs.submit("/account/words", "Show my five words")
    assert 'speakup trust-root set "Newborough NHS Trust"' in shown.text
    words = [each.get_text() for each in shown.soup.select(".app-words__word")]
    with trust.database.work(system(founded)) as uow:
        assert list(keyring.root_words(uow)) == words
        keyring.set_trust_root(uow, words)
    assert theirs.get("/cases").status == 200
    later = theirs.submit("/account/words", "Show my five words")
    assert "nothing to do" in later.text


def test_of_two_posts_of_one_link_exactly_one_makes_the_account(browser: PageClient, trust: Trust) -> None:
    address = invited(trust, [Role.BOARD_MEMBER])
    browsers = [PageClient(browser.app, trust.host) for _ in range(2)]
    pages = [each.get(address) for each in browsers]
    with ThreadPoolExecutor() as both:
        answers = list(both.map(lambda each, page: each.submit(page, passphrase=WORDS, again=WORDS), browsers, pages))
    first, second = sorted(each.status for each in answers)
    assert first == 200
    assert second in {404, 409, 503}
