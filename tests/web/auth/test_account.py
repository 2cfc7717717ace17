"""One's own account, through the pages."""

import io
from collections.abc import Callable
from datetime import date, timedelta

import pyotp
import pytest
from PIL import Image

from speakup import accounts, keyring
from speakup.kernel.actor import Role
from speakup.kernel.clock import today
from speakup.web.cookies import STAFF
from tests import factories
from tests.trusts import PASSPHRASE, Colleague, Trust
from tests.web.auth.test_first_visit import secret_of
from tests.web.client import PageClient

SignIn = Callable[[Colleague], PageClient]
NEW = "forty umbrellas waltz beneath the viaduct"


def test_the_account_says_who_one_is_and_what_one_may_do(guardian: PageClient, trust: Trust) -> None:
    page = guardian.get("/account")
    assert trust.guardian.email in page.text
    assert "Guardian" in page.text
    assert "This version of Speak Up has no recovery." in page.text
    assert "sealed to two people, so the other one can still open it and answer it." in page.text
    assert "Waits for vouching" not in page.text


def test_whoever_has_nothing_to_do_here_yet_is_told_so(signed_in: SignIn, trust: Trust) -> None:
    officer = factories.vouched_for(trust, factories.invited(trust, "Reno Recovery", [Role.RECOVERY_OFFICER]))
    assert "There is nothing for you to do here yet." in signed_in(officer).get("/account").text
    page = signed_in(factories.invited(trust, "Bo Board", [Role.BOARD_MEMBER])).get("/account")
    assert "Five words of your key" not in page.text
    assert "Each concern is sealed to two people" not in page.text
    for text in (page.text, signed_in(trust.guardian).get("/account").text):
        assert "nothing for you to do here" not in text


def test_the_five_words_are_worked_out_only_when_asked_for(guardian: PageClient, trust: Trust) -> None:
    before = guardian.get("/account/words")
    assert not before.soup.select(".app-words__word")
    shown = guardian.submit(before, "Show my five words")
    with trust.work(trust.guardian) as uow:
        assert [each.get_text() for each in shown.soup.select(".app-words__word")] == list(keyring.my_words(uow))


def test_changing_the_passphrase_ends_every_other_session_and_keeps_the_keys(
    browser: PageClient, signed_in: SignIn, trust: Trust
) -> None:
    here, elsewhere = signed_in(trust.guardian), signed_in(trust.guardian)
    wrong = here.submit("/account/passphrase", passphrase="not the right one", new_passphrase=NEW, again=NEW)
    assert wrong.errors == ["That is not your passphrase. Check it and write it again"]
    weak = here.submit(wrong, passphrase=PASSPHRASE, new_passphrase="short", again="short")
    assert weak.errors == ["Make it longer: at least 14 characters. Add another word or two"]
    before = here.client.get_cookie(STAFF.name, domain=trust.host)
    changed = here.submit(weak, passphrase=PASSPHRASE, new_passphrase=NEW, again=NEW)
    assert "Every other session has ended" in changed.text
    after = here.client.get_cookie(STAFF.name, domain=trust.host)
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert here.get("/cases").status == 200
    assert elsewhere.get("/cases").path.startswith("/sign-in")
    assert browser.submit("/sign-in", email=trust.guardian.email, passphrase=PASSPHRASE).status == 422
    assert browser.submit("/sign-in", email=trust.guardian.email, passphrase=NEW).path == "/sign-in/code"


def test_sessions_are_listed_and_ended_one_by_one_or_together(signed_in: SignIn, trust: Trust) -> None:
    here, second, third, fourth = (signed_in(trust.guardian) for _ in range(4))
    page = here.get("/account")
    assert page.body.count("End this session") == 3
    ended = here.submit(page, "End this session")
    assert ended.body.count("End this session") == 2
    open_still = [each for each in (second, third, fourth) if each.get("/account").path == "/account"]
    assert len(open_still) == 2
    here.submit(ended, "End all others")
    assert all(each.get("/account").path.startswith("/sign-in") for each in open_still)
    assert here.get("/account").path == "/account"


def test_nobody_ends_the_session_of_another(signed_in: SignIn, trust: Trust) -> None:
    mine, theirs = signed_in(trust.guardian), signed_in(trust.lead)
    with trust.work(trust.lead) as uow:
        session = keyring.my_sessions(uow)[0]
    token = mine.get("/account").soup.select_one("input[name=csrf_token]")
    assert token is not None
    mine.post(f"/account/sessions/{session.id}/end", {"csrf_token": str(token["value"])})
    assert theirs.get("/account").path == "/account"


def test_a_new_authenticator_replaces_the_old_one_only_with_its_code_and_the_passphrase(
    browser: PageClient, guardian: PageClient, trust: Trust
) -> None:
    page = guardian.get("/account/authenticator")
    secret = secret_of(page)
    wrong = guardian.submit(page, code="12", passphrase=PASSPHRASE)
    assert secret_of(wrong) == secret
    other = guardian.submit(wrong, code=pyotp.TOTP(secret).now(), passphrase="not the right one")
    assert other.errors == ["That is not your passphrase. Check it and write it again"]
    codes = guardian.submit(other, code=pyotp.TOTP(secret).now(), passphrase=PASSPHRASE)
    assert len(codes.soup.select("#codes samp")) == 10
    asked = browser.submit("/sign-in", email=trust.guardian.email, passphrase=PASSPHRASE)
    refused = browser.submit(asked, code=trust.guardian.code())
    assert refused.status == 422
    spare = codes.soup.select("#codes samp")[0].get_text()
    assert browser.submit(refused, code=spare).path == "/cases"


def test_somebody_else_s_drawn_secret_is_not_accepted(signed_in: SignIn, trust: Trust) -> None:
    theirs, mine = signed_in(trust.lead), signed_in(trust.guardian)
    page = theirs.get("/account/authenticator")
    drawn = page.soup.select_one("input[name=drawn]")
    assert drawn is not None
    code = pyotp.TOTP(secret_of(page)).now()
    refused = mine.submit("/account/authenticator", code=code, passphrase=PASSPHRASE, drawn=str(drawn["value"]))
    assert refused.status == 422
    assert secret_of(refused) != secret_of(page)


def test_a_guardian_says_who_they_are_and_a_photo_loses_where_it_was_taken(guardian: PageClient, trust: Trust) -> None:
    picture, sent = Image.new("RGB", (60, 60), "navy"), io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Telltale Cameras"
    picture.save(sent, "JPEG", exif=exif)
    sent.seek(0)
    saved = guardian.submit("/account/profile", phone="0300 000 0123", about="Come and talk.", photo=(sent, "me.jpg"))
    assert "Come and talk." in guardian.get("/").text
    assert "Come and talk." in saved.text
    with trust.work() as uow:
        photo = accounts.member(uow, trust.guardian.id).person.photo
    assert photo is not None
    assert b"Telltale" not in photo
    guardian.submit("/account/profile", remove_photo="y")
    with trust.work() as uow:
        assert accounts.member(uow, trust.guardian.id).person.photo is None


def test_what_is_no_photo_is_refused_and_the_words_stay(guardian: PageClient) -> None:
    refused = guardian.submit("/account/profile", about="Come and talk.", photo=(io.BytesIO(b"no picture"), "me.jpg"))
    assert refused.errors == ["This picture could not be used. Choose a JPEG of less than 900 kB"]
    assert "Come and talk." in refused.body


def test_being_away_is_said_and_taken_back(guardian: PageClient, trust: Trust) -> None:
    last = today() + timedelta(days=120)
    assert f"Away until {last.day} {last:%B %Y}" in guardian.submit("/account/absence", **until(last)).text
    with trust.work() as uow:
        assert accounts.away_until(uow, trust.guardian.id) == last
    page = guardian.get("/account/absence")
    (button,) = [" ".join(each.get_text(" ").split()) for each in page.soup.select("#mine button")]
    assert "You are shown as here" in guardian.submit(page, button).text
    assert "Away until" not in guardian.get("/account").text


def test_an_absence_that_is_over_is_shown_nowhere(guardian: PageClient, signed_in: SignIn, trust: Trust) -> None:
    with trust.work(trust.guardian) as uow:
        days = accounts.Days(uow.today - timedelta(days=9), uow.today)
        accounts.plan_absence(uow, accounts.member(uow, trust.guardian.id).membership, days)
    with trust.work() as uow:
        (held,) = accounts.absences(uow)
        held.last_on = uow.today - timedelta(days=1)
    assert "Away until" not in guardian.get("/account").text
    assert guardian.get("/account/absence").soup.select_one("input[name=until-day]")["value"] == ""  # type: ignore[index]
    assert "Away until" not in signed_in(trust.administrator).get(f"/admin/members/{trust.guardian.id}").text


def until(last: date) -> dict[str, str]:
    """Fill in a last day away."""
    return {"until-day": str(last.day), "until-month": str(last.month), "until-year": str(last.year)}


@pytest.mark.parametrize(
    ("day", "year", "words"),
    [
        ("31", "2030", "Write a day that exists"),
        ("2030", "28", "Write a day that exists"),
        ("28", "30", "Write the year with four digits"),
        ("1", "2020", "That day has gone by"),
        ("28", "9999", "That is more than a year ahead. Write a day up to "),
        ("28", "99999", "Write a day that exists"),
    ],
)
def test_a_day_that_is_none_or_gone_by_or_far_off_is_refused_in_words(
    guardian: PageClient, trust: Trust, day: str, year: str, words: str
) -> None:
    refused = guardian.submit("/account/absence", **{"until-day": day, "until-month": "2", "until-year": year})
    assert refused.status == 422
    assert refused.errors[0].startswith(words)
    assert f'value="{year}"' in refused.body
    with trust.work() as uow:
        assert accounts.absences(uow) == []


def test_an_absence_may_be_said_up_to_a_year_ahead(guardian: PageClient) -> None:
    latest = today() + accounts.LONGEST_ABSENCE
    refused = guardian.submit("/account/absence", **until(latest + timedelta(days=1)))
    assert f"Write a day up to {latest.day} {latest:%B %Y}." in refused.errors[0]
    assert f"Away until {latest.day} {latest:%B %Y}" in guardian.submit("/account/absence", **until(latest)).text


def test_the_account_of_somebody_who_waits_says_what_to_do(signed_in: SignIn, trust: Trust) -> None:
    with trust.work(trust.guardian) as uow:
        keyring.remove(uow, trust.lead.id)
    page = signed_in(trust.lead).get("/account")
    assert "a guardian has to vouch for your key" in page.text
    assert "/account/words" in page.links()
