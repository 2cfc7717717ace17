"""Writing a concern down through the page, and handing on what its recorder must not hold."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from speakup.cases import HowRaised
from speakup.gateways.mail import FakeMailer
from speakup.kernel import clock
from speakup.tables import METADATA
from speakup.web.cookies import STAFF
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient
from tests.web.walking import open_inbox, readers_of, words_of

SignIn = Callable[[Colleague], PageClient]
SAID = "He came to my door: the ward is locked at night and nobody has the key."
THREE = {"narrative": SAID, "route": "in_person", "how_raised": "confidential"}
SAVE, SAVE_ALL = "Save", "Save with all of this"


def save(browser: PageClient, **more: object) -> Page:
    return browser.submit("/cases/new", SAVE, **{**THREE, **more})


def ref_of(page: Page) -> str:
    return page.path.rsplit("/", 1)[1]


def count(trust: Trust) -> int:
    with trust.stored.unbound() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(METADATA.tables["case"])) or 0


def test_three_answers_are_enough(guardian: PageClient) -> None:
    assert "/cases/new" in guardian.get("/cases").links()
    saved = save(guardian)
    assert "covers this case" in saved.text
    assert SAID in saved.text
    assert "as Gail Guard wrote it down" in saved.text
    assert "In person" in saved.text
    assert "He came to my door: the ward is locked at night and" in guardian.get("/cases").text


def test_everything_else_that_is_known_is_kept(guardian: PageClient, trust: Trust) -> None:
    day = clock.today() - timedelta(days=10)
    page = guardian.get("/cases/new")
    surgery = next(str(each["value"]) for each in page.soup.select("#directorate option") if each.text == "Surgery")
    saved = guardian.submit(
        page,
        SAVE_ALL,
        **THREE,
        name="Nora Nurse",
        contact="07700 900 123",
        safe_contact="after six",
        worker_group="nursing_midwifery",
        directorate=surgery,
        role="Night nurse",
        language="Polski",
        help=["bsl", "someone"],
        other_help="a quiet room",
        title="The locked ward",
        at_risk="unsure",
        under_way="y",
        **{"raised_on-day": str(day.day), "raised_on-month": str(day.month), "raised_on-year": str(day.year)},
        **{"under_way_since-day": "1", "under_way_since-month": "2", "under_way_since-year": "2020"},
        others="not the matron",
        subject="executive",
    )
    for said in (
        "The locked ward", "Nora Nurse", "07700 900 123", "after six", "Nursing and midwifery registered", "Surgery",
        "Night nurse", "Help they ask for Language: Polski British Sign Language Having someone with me a quiet room",
        "not the matron", "an executive", "It was under way already", "1 February 2020",
    ):  # fmt: skip
        assert said in saved.text, said
    with trust.stored.unbound() as connection:
        assert connection.scalar(sa.select(METADATA.tables["case"].c.raised_on)) == day


AMISS: list[tuple[dict[str, object], str]] = [
    ({"narrative": " "}, "Write what was said."),
    ({"route": None}, "Choose how it reached you."),
    ({"how_raised": None}, "Choose who may know."),
    (
        {"how_raised": "anonymous", "name": "Nora"},
        "Somebody anonymous has no name here. Leave it out, or choose “Confidentially”.",
    ),
    (
        {"raised_on-day": "1", "raised_on-month": "1", "raised_on-year": "2190"},
        "This day is still to come. Write the day it reached you.",
    ),
    (
        {"raised_on-day": "31", "raised_on-month": "2", "raised_on-year": "2026"},
        "Write a day that exists, in numbers: for example 27 3 2027",
    ),
    ({"title": "x" * 121}, "This is too long by 1 character. Up to 120 fit."),
    ({"worker_group": "pilots"}, "Choose from the answers shown."),
]


@pytest.mark.parametrize(("amiss", "sentence"), AMISS)
def test_what_is_amiss_is_said_and_every_word_comes_back(
    guardian: PageClient, trust: Trust, amiss: dict[str, object], sentence: str
) -> None:
    refused = save(guardian, **{"contact": "a note on the desk", **amiss})
    assert refused.status == 422
    assert sentence in refused.errors
    assert amiss.get("narrative") or SAID in refused.body
    assert "a note on the desk" in refused.body
    assert count(trust) == 0


def test_what_is_amiss_is_listed_in_the_order_of_the_page(guardian: PageClient) -> None:
    for page, button in (("/cases/new", SAVE), ("/cases/new/group", "Save these cases")):
        refused = guardian.submit(guardian.get(page), button)
        assert refused.errors[:2] == ["Write what was said.", "Choose how it reached you."]
    assert guardian.submit("/cases/new", SAVE).errors[2] == "Choose who may know."


def test_pressing_save_twice_is_one_case(guardian: PageClient, trust: Trust) -> None:
    page = guardian.get("/cases/new")
    first, second = (guardian.submit(page, SAVE, **THREE) for _ in range(2))
    assert first.path == second.path
    assert count(trust) == 1


def test_without_two_readers_nothing_is_saved_and_it_says_why(guardian: PageClient, trust: Trust) -> None:
    page = guardian.get("/cases/new")
    everybody = [str(each["value"]) for each in page.soup.select('input[name="people"]')]
    refused = guardian.submit(page, SAVE_ALL, **THREE, people=everybody)
    assert refused.status == 422
    assert any("At least two people must be able to open a case" in each for each in refused.errors)
    assert SAID in refused.body
    assert count(trust) == 0


def test_edge_18_a_champion_who_only_signposted_is_no_case(guardian: PageClient, trust: Trust) -> None:
    """Row 18: it does not count, and the page says what to do instead."""
    refused = save(guardian, route="champion", by_champion="signposted")
    assert refused.status == 422
    assert "This is not a case, and nothing was saved" in refused.text
    assert "diary" in refused.text
    assert SAID in refused.body
    assert count(trust) == 0
    assert "covers this case" in save(guardian, route="champion", by_champion="passed on").text


@pytest.mark.parametrize("held_by", ["own", "others"])
def test_what_its_recorder_must_not_hold_goes_to_others_with_words(
    guardian: PageClient, browser: PageClient, trust: Trust, held_by: str
) -> None:
    asked = save(guardian, held_by=held_by)
    words = words_of(asked)
    assert len(words) == 7
    assert "You get no key" in asked.text
    assert count(trust) == 0
    sent = guardian.submit(asked)
    assert "It is sent" in sent.text
    assert count(trust) == 1
    # Reloading sends it again; it is one concern all the same, and shows no words.
    assert "It is sent" in guardian.submit(asked).text
    assert count(trust) == 1
    ((ref, readers),) = readers_of(trust).items()
    assert trust.guardian not in readers
    assert all(each.name in asked.text for each in readers)
    assert ref not in guardian.get("/cases").body
    assert guardian.get(f"/cases/{ref}").status == 404
    inbox = open_inbox(browser, " ".join(words))
    assert SAID in inbox.text
    assert ("Gail Guard" in inbox.text) is (held_by == "others")


def test_of_somebodys_own_concern_no_dated_act_of_theirs_is_kept(guardian: PageClient, trust: Trust) -> None:
    guardian.submit(save(guardian, held_by="own"))
    with trust.stored.unbound() as connection:
        events = connection.execute(sa.select(METADATA.tables["audit_entry"].c.event)).scalars()
        assert not {"case raised", "case recorded"} & {str(each) for each in events}
        assert connection.scalar(sa.select(METADATA.tables["case"].c.route)) == "online_form"


def test_words_from_another_browser_are_replaced_and_nothing_is_sent(
    guardian: PageClient, signed_in: SignIn, trust: Trust
) -> None:
    asked = save(guardian, held_by="own")
    again = signed_in(trust.guardian)
    shown = again.submit(again.get("/cases/new"), SAVE, **THREE, held_by="own")
    sealed = str(asked.soup.select_one('input[name="sealed"]')["value"])  # type: ignore[index]
    replaced = again.submit(shown, sealed=sealed)
    assert "these words are new" in replaced.text
    assert words_of(replaced) != words_of(asked)
    assert count(trust) == 0


def test_a_post_after_the_session_ended_keeps_every_word(guardian: PageClient, trust: Trust) -> None:
    page = guardian.get("/cases/new")
    guardian.client.delete_cookie(STAFF.name, domain=trust.host, path="/")
    asked = guardian.submit(page, SAVE, **THREE, name="Nora Nurse")
    assert asked.status == 401
    assert SAID in asked.text
    kept = {str(each["name"]): str(each.get("value", "")) for each in asked.soup.select('input[name^="kept."]')}
    assert kept["kept.name"] == "Nora Nurse"
    assert kept["kept.route"] == "in_person"
    assert asked.soup.select_one('input[name="kept_address"]')["value"] == "/cases/new"  # type: ignore[index]


@pytest.mark.parametrize("role", ["administrator", "executive_lead"])
def test_nobody_else_finds_the_page(signed_in: SignIn, trust: Trust, role: str) -> None:
    assert signed_in(trust.people[role]).get("/cases/new").status == 404


def test_whoever_has_no_inbox_is_told_in_another_way_and_no_page_says_otherwise(guardian: PageClient) -> None:
    case = save(guardian).path
    reply = guardian.get(f"{case}/reply")
    assert "nobody reads this until they are given words" in reply.text
    assert f"{case}/new-words" in reply.links()
    outcome = guardian.get(f"{case}/outcome")
    assert "private inbox" not in reply.text + outcome.text
    assert "Tell them by the way that is safe for them" in outcome.text
    done = guardian.submit(outcome, "Save", text="I rang: the bells are mended.")
    assert "Saved with the case. The person has no inbox to read it in" in done.text
    assert "I rang: the bells are mended." in done.text


def test_the_person_is_given_words_and_from_then_on_has_an_inbox(
    guardian: PageClient, browser: PageClient, trust: Trust, notices: FakeMailer
) -> None:
    saved = save(guardian, name="Nora Nurse")
    case = saved.path
    assert "has no words yet" in saved.text
    assert f"{case}/new-words" in saved.links()
    shown = guardian.submit(guardian.get(f"{case}/new-words"), "Make seven words")
    words = words_of(shown)
    assert len(words) == 7
    assert "old words" not in shown.text
    assert "The person was given seven words" in guardian.get(case).text
    inbox = open_inbox(browser, " ".join(words))
    assert SAID in inbox.text
    assert "Gail Guard wrote it down for you" in inbox.text
    assert "They know who you are." in inbox.text
    browser.submit(
        "/follow-up/who-i-am", name="Nora Nurse", notice_by="email", notice_email="nora@example.net", how="confidential"
    )
    browser.submit(browser.get("/follow-up"), "Send", text="It was locked again last night.")
    assert "It was locked again last night." in guardian.get(case).text
    answered = guardian.submit(f"{case}/reply", text="I have a key cut now.")
    assert "A notice without content was sent" in answered.text
    assert [mail.to for mail in notices.sent] == ["nora@example.net"]
    assert "I have a key cut now." in browser.get("/follow-up").text


def test_edge_3_anonymous_then_named_counts_as_raised_anonymously(
    guardian: PageClient, browser: PageClient, trust: Trust
) -> None:
    """Row 3: how it was raised stays true for good; what may be known now is another matter."""
    case = save(guardian, how_raised="anonymous", route="phone").path
    open_inbox(browser, " ".join(words_of(guardian.submit(guardian.get(f"{case}/new-words"), "Make seven words"))))
    assert "A guardian has heard you" in browser.get("/follow-up").text
    browser.submit("/follow-up/who-i-am", name="Nora Nurse", how="confidential")
    # What the person writes is no answer to them.
    assert "A guardian has heard you" in browser.get("/follow-up").text
    assert "Nora Nurse" in guardian.get(case).text
    with trust.stored.unbound() as connection:
        row = METADATA.tables["case"].c
        assert connection.execute(sa.select(row.raised_anonymously, row.how_raised)).one() == (True, "confidential")


def test_what_the_person_says_of_themselves_later_is_written_down_and_dated(guardian: PageClient, trust: Trust) -> None:
    case = save(guardian, how_raised="anonymous", route="phone").path
    assert f"{case}/person" in guardian.get(case).links()
    refused = guardian.submit(f"{case}/person", how="open")
    assert refused.errors == ["Write their name."]
    known = guardian.submit(refused, name="Nora Nurse", contact="07700 900 123", how="confidential")
    for said in ("Saved. The day is noted", "Nora Nurse", "07700 900 123", "Confidentially: only the people"):
        assert said in known.text
    again = guardian.submit(f"{case}/person", how="open")
    assert "Openly: their name can be shared" in again.text
    with trust.stored.unbound() as connection:
        row = METADATA.tables["case"].c
        assert connection.execute(sa.select(row.raised_anonymously, row.how_raised)).one() == (True, "open")


def test_who_has_words_says_for_themselves_who_they_are(guardian: PageClient) -> None:
    case = save(guardian).path
    guardian.submit(guardian.get(f"{case}/new-words"), "Make seven words")
    assert f"{case}/person" not in guardian.get(case).links()
    assert "says in their own inbox who they are" in guardian.get(f"{case}/person").text


def test_words_given_once_are_afterwards_replaced_and_the_old_ones_end(
    guardian: PageClient, browser: PageClient
) -> None:
    case = save(guardian, name="Nora Nurse").path
    first = words_of(guardian.submit(guardian.get(f"{case}/new-words"), "Make seven words"))
    second = words_of(guardian.submit(guardian.get(f"{case}/new-words"), "Make new words"))
    assert "do not open anything" in open_inbox(browser, " ".join(first)).text
    assert SAID in open_inbox(browser, " ".join(second)).text


def test_an_anonymous_caller_may_have_words_once_and_nobody_can_ask_for_theirs(guardian: PageClient) -> None:
    case = save(guardian, how_raised="anonymous", route="phone").path
    assert len(words_of(guardian.submit(guardian.get(f"{case}/new-words"), "Make seven words"))) == 7
    assert "No new words can be given" in guardian.get(f"{case}/new-words").text


def test_an_anonymous_caller_is_counted_as_such(guardian: PageClient, trust: Trust) -> None:
    save(guardian, how_raised=HowRaised.ANONYMOUS.value, route="phone")
    with trust.stored.unbound() as connection:
        case = METADATA.tables["case"].c
        assert connection.execute(sa.select(case.raised_anonymously, case.how_raised)).one() == (True, "anonymous")


WHERE_TOLD = (
    "", "/acknowledge", "/reply", "/outcome", "/check-ins", "/check-ins/told", "/close", "/pause", "/consent",
    "/hand-over", "/step-aside", "/baseline", "/detriment", "/detriment/new", "/about-the-person", "/one-case",
    "/spoken",
)  # fmt: skip
TRUE_WITHOUT = ("no inbox",)


def test_of_somebody_who_has_no_inbox_no_page_says_that_they_read_there(guardian: PageClient) -> None:
    ref = ref_of(save(guardian))
    guardian.submit(f"/cases/{ref}/spoken", text="She asks us to look at the lock")
    guardian.submit(f"/cases/{ref}/outcome", text="The lock is gone")
    for where in WHERE_TOLD:
        said = guardian.get(f"/cases/{ref}{where}").text
        for true in TRUE_WITHOUT:
            said = said.replace(true, "")
        assert "inbox" not in said, (where, said[max(0, said.find("inbox") - 150) :][:200])


def test_of_somebody_who_has_an_inbox_pages_say_what_they_read_there(guardian: PageClient) -> None:
    ref = ref_of(save(guardian))
    guardian.submit(f"/cases/{ref}/spoken", text="She asks us to look at the lock")
    guardian.submit(f"/cases/{ref}/new-words")
    for where, said in (
        ("/check-ins", "The person can choose in their inbox, or tell you."),
        ("/close", "They can choose all of this in their inbox too"),
        ("/pause", "They read in their private inbox that it waits"),
        ("/consent", "The person sees this in their inbox and can take it back there."),
        ("/step-aside", "The person reads in their inbox who has it, and not why."),
        ("/baseline", "They read it in their inbox."),
        ("/about-the-person", "they can still answer in their inbox."),
    ):
        assert said in guardian.get(f"/cases/{ref}{where}").text, where


def test_without_an_inbox_a_guardian_asks_tells_and_writes_down_that_they_did(guardian: PageClient) -> None:
    ref = ref_of(save(guardian))
    guardian.submit(f"/cases/{ref}/spoken", text="She asks us to look at the lock")
    asked = guardian.submit(f"/cases/{ref}/check-ins", "Save", months=["3"])
    assert "Saved. You ask them on the day" in asked.text
    assert "The person wants you to ask them how things are" in guardian.get(f"/cases/{ref}").text
    page = guardian.get(f"/cases/{ref}/pause")
    assert not page.soup.select("[name=tell][checked]"), "nobody was told yet"
    later = clock.today() + timedelta(days=7)
    day = {"until-day": str(later.day), "until-month": str(later.month), "until-year": str(later.year)}
    waits = guardian.submit(page, "Let it wait", reason="another reason", why="The lock is on order", tell="y", **day)
    assert "I told you that this has to wait for a while" in waits.text
    assert "You can write to me here" not in waits.text
    kept = guardian.submit(
        f"/cases/{ref}/consent", "Save", what="The lock", whom="Estates", purpose="To mend it", how="verbally"
    )
    assert "they take it back by telling you" in kept.text, kept.errors
