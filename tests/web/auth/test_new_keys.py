"""The page for whoever fears that somebody knows their passphrase, and the one that changes the locks afterwards."""

from collections.abc import Callable
from datetime import timedelta

from speakup import keyring
from speakup.web.cookies import STAFF
from tests import factories
from tests.security.tampering import readers_of
from tests.trusts import PASSPHRASE, Colleague, Trust
from tests.web.client import Page, PageClient

SignIn = Callable[[Colleague], PageClient]
NEW = "nine kettles under a patient moon"


def five_words(page: Page) -> list[str]:
    """The five words as they are shown."""
    return [each.get_text() for each in page.soup.select(".app-words__word")]


def test_new_keys_wait_for_five_words_and_then_every_case_gets_new_locks(
    browser: PageClient, signed_in: SignIn, trust: Trust
) -> None:
    raised = factories.raised_case(trust, narrative="The first words.")
    me, other = readers_of(raised)
    here, elsewhere = signed_in(me), signed_in(me)
    here.get(f"/cases/{raised.ref}")
    page = here.get("/account/passphrase")
    assert page.soup.select_one("a[href='/account/new-keys']") is not None
    done = here.submit("/account/new-keys", passphrase=PASSPHRASE, new_passphrase=NEW, again=NEW)
    assert done.path == "/account/words"
    assert "Every other session has ended" in done.text
    assert elsewhere.get("/cases").path.startswith("/sign-in")
    assert here.get(f"/cases/{raised.ref}").status == 404
    assert here.get("/account/locks").status == 404

    words = five_words(here.submit(done, "Show my five words"))
    with trust.work(other) as uow:
        keyring.vouch(uow, keyring.offered(uow, me.id), words, uow.today + timedelta(days=100))
    assert "other keys before" in here.submit("/account/words", "Show my five words").text
    assert raised.ref in here.get("/cases").text
    locks = here.get("/account/locks")
    assert "1 case still has a lock that your old keys open" in locks.text
    changed = here.submit(locks, "Change the next locks")
    assert "Every case has new locks" in changed.text
    assert "There is nothing to do" in changed.text
    assert "The first words." in here.get(f"/cases/{raised.ref}").text
    assert "The first words." in signed_in(other).get(f"/cases/{raised.ref}").text


def test_only_the_new_passphrase_signs_in_and_the_authenticator_stays(
    browser: PageClient, signed_in: SignIn, trust: Trust
) -> None:
    here = signed_in(trust.guardian)
    before = here.client.get_cookie(STAFF.name, domain=trust.host)
    here.submit("/account/new-keys", passphrase=PASSPHRASE, new_passphrase=NEW, again=NEW)
    after = here.client.get_cookie(STAFF.name, domain=trust.host)
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert browser.submit("/sign-in", email=trust.guardian.email, passphrase=PASSPHRASE).status == 422
    asked = browser.submit("/sign-in", email=trust.guardian.email, passphrase=NEW)
    assert browser.submit(asked, code=trust.guardian.code()).path == "/account"


def test_what_is_wrong_is_said_and_changes_no_key(signed_in: SignIn, trust: Trust) -> None:
    here = signed_in(trust.guardian)
    wrong = here.submit("/account/new-keys", passphrase="not the right one", new_passphrase=NEW, again=NEW)
    assert wrong.errors == ["That is not your passphrase. Check it and write it again"]
    apart = here.submit(wrong, passphrase=PASSPHRASE, new_passphrase=NEW, again="something else entirely")
    assert apart.errors == ["The two new ones are not the same. Write both again"]
    weak = here.submit(apart, passphrase=PASSPHRASE, new_passphrase="short", again="short")
    assert weak.errors == ["Make it longer: at least 14 characters. Add another word or two"]
    with trust.work(trust.guardian, writes=False) as uow:
        assert not keyring.had_keys(uow)


def test_whoever_nobody_could_vouch_for_is_told_so_beforehand(signed_in: SignIn, trust: Trust) -> None:
    with trust.work(trust.guardian) as uow:
        for each in (trust.second_guardian, trust.lead, trust.non_executive_lead):
            keyring.remove(uow, each.id)
    page = signed_in(trust.guardian).get("/account/new-keys")
    assert "You cannot do this now" in page.text
    assert page.soup.select("input[type=password]") == []
