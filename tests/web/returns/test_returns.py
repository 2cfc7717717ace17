"""`/returns` through the pages: figures, checks, words, signing off, putting right."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from speakup import cases, returns
from speakup.audit import Event
from speakup.cases import Coding, HowRaised, Recorded
from speakup.insight import quarter_of
from speakup.kernel import clock
from speakup.returns import NewWording, Quarter
from speakup.returns.models import ReturnWording
from speakup.tables import METADATA
from speakup.vocabulary import Certainty
from tests import factories
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient

SignIn = Callable[[Colleague], PageClient]
THIS = Quarter.read(quarter_of(clock.today()))
LAST = THIS.before
AT, BEFORE = f"/returns/{LAST.name}", f"/returns/{LAST.before.name}"
GO_ON, SIGN = "I have gone through the checks", "Sign it off"
SINCE = dict(
    zip(
        ("valid_from-day", "valid_from-month", "valid_from-year"),
        ("1", str(LAST.first_day.month), str(LAST.first_day.year)),
        strict=True,
    )
)


def record(trust: Trust, *elements: str, code: bool = True, **said: Any) -> str:  # noqa: ANN401 -- any field of `Recorded`
    """Write down, today, what was raised on the last day of the quarter before this."""
    given = {"narrative": "Nobody checks it.", "how_raised": HowRaised.CONFIDENTIAL, "title": "The fridge", **said}
    with trust.work(trust.guardian) as uow:
        case = cases.record_case(uow, Recorded(route="phone", raised_on=LAST.last_day, **given))
        if code:
            cases.code_case(uow, case, Coding(frozenset(elements), none_apply=not elements, worker_group="estates"))
        return case.ref


def lines_of(page: Page) -> dict[str, str]:
    """Read the table as somebody would: each line with its number."""
    rows = [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in page.soup.select("tbody tr")]
    return {row[0]: row[2] for row in rows if len(row) > 2}


def sign(browser: PageClient) -> Page:
    """Go through the checks, and sign off."""
    page = browser.submit(browser.get(AT), GO_ON)
    assert page.path == f"{AT}/sign"
    return browser.submit(page, SIGN, sure="y")


def events(trust: Trust) -> list[str]:
    entry = METADATA.tables["audit_entry"].c
    with trust.stored.unbound() as connection:
        query = sa.select(entry.event).where(entry.organisation_id == trust.id).order_by(entry.number)
        return [Event(each).value for each in connection.scalars(query)]


def test_the_menu_leads_to_the_quarters_and_a_quarter_to_its_lines(guardian: PageClient, trust: Trust) -> None:
    record(trust, "patient_safety", "detriment", how_raised=HowRaised.ANONYMOUS)
    record(trust, "bullying_harassment")
    assert "/returns" in guardian.get("/cases").links()
    assert AT in guardian.get("/returns").links()
    lines = lines_of(guardian.get(AT))
    assert {name: number for name, number in lines.items() if number != "0"} == {
        "R1": "2", "R2": "1", "R3": "1", "R5": "1", "R7": "1", "R8.5": "2",
    }  # fmt: skip


def test_reading_exact_figures_is_recorded(guardian: PageClient, trust: Trust) -> None:
    guardian.get("/returns")
    assert Event.RETURN_READ.value not in events(trust)
    guardian.get(AT)
    assert events(trust).count(Event.RETURN_READ.value) == 1


def test_a_quarter_goes_from_draft_over_checked_to_submitted(guardian: PageClient, trust: Trust) -> None:
    record(trust, "patient_safety")
    assert "Draft" in guardian.get(AT).text
    checked = guardian.submit(guardian.get(AT), GO_ON)
    assert checked.path == f"{AT}/sign"
    assert "Checked" in guardian.get(AT).text
    refused = guardian.submit(checked, SIGN)
    assert refused.errors == ["Tick that you have looked at it"]
    done = guardian.submit(refused, SIGN, sure="y")
    assert "Signed off. It stands in the history from now on" in done.text
    assert "This is what was signed off. Nothing has changed since." in done.text
    assert "until when the return is taken" not in done.text
    assert SIGN not in [each.get_text(strip=True) for each in done.soup.select("button, a.nhsuk-button")]
    assert "Submitted" in guardian.get("/returns").text
    assert "By Gail Guard, for" in guardian.get(f"{AT}/history").text
    made = [each for each in events(trust) if each.startswith("return ") and each != Event.RETURN_READ.value]
    assert made == ["return checked", "return signed off"]


def test_what_was_checked_and_changed_since_is_a_draft_again(guardian: PageClient, trust: Trust) -> None:
    page = guardian.submit(guardian.get(AT), GO_ON)
    record(trust, "patient_safety")
    assert guardian.submit(page, SIGN, sure="y").status == 409
    assert "Draft" in guardian.get(AT).text
    assert Event.RETURN_SUBMITTED.value not in events(trust)


def test_a_page_read_before_something_changed_checks_nothing(guardian: PageClient, trust: Trust) -> None:
    page = guardian.get(AT)
    record(trust, "patient_safety")
    again = guardian.submit(page, GO_ON)
    assert again.path == AT
    assert "Something changed since the page was read" in again.text
    assert Event.RETURN_CHECKED.value not in events(trust)


def test_no_case_is_a_nil_return(guardian: PageClient) -> None:
    assert "No case was raised in this quarter" in guardian.get(AT).text
    assert "Nil return" in sign(guardian).text


def test_while_a_quarter_runs_nobody_sees_what_comes_in(guardian: PageClient, trust: Trust) -> None:
    """Whoever was kept out of a case would see from one day to the next that it came, and what it is about."""
    running = f"/returns/{THIS.name}"
    assert running not in guardian.get("/returns").links()
    assert "Still running" in guardian.get("/returns").text
    for step in ("", "/csv", "/sign", "/history", "/words", "/window"):
        assert guardian.get(running + step).status == 404
    page = guardian.get(AT)
    token = page.soup.select_one("[name=csrf_token]")
    assert token is not None
    headers = {"Origin": f"https://{trust.host}", "Sec-Fetch-Site": "same-origin"}
    posted = guardian.post(f"{running}/check", {"csrf_token": token["value"], "seen": "0" * 64}, headers=headers)
    assert posted.status == 404
    assert Event.RETURN_CHECKED.value not in events(trust)


def test_cases_of_mine_to_look_at_are_named_and_those_of_others_are_not(
    guardian: PageClient, signed_in: SignIn, trust: Trust
) -> None:
    ref = record(trust, code=False)
    page = guardian.get(AT)
    assert "Nobody has yet set elements and worker group of 1 case" in page.text
    assert f"/cases/{ref}/triage" in page.links()
    assert "The fridge" in page.text
    with trust.work(trust.guardian) as uow:
        cover = cases.find(uow, ref).cover_id
    stranger = trust.lead if trust.second_guardian.id == cover else trust.second_guardian
    others = signed_in(stranger).get(AT)
    assert "Nobody has yet set elements and worker group of 1 case" in others.text
    assert "The fridge" not in others.text
    assert ref not in others.body


def test_a_case_nobody_has_opened_is_in_no_line_until_somebody_has(signed_in: SignIn, trust: Trust) -> None:
    with time_machine.travel(datetime.combine(LAST.last_day, time(12), tzinfo=UTC), tick=False):
        raised = factories.raised_case(trust)
    browser, at = signed_in(readers_of(raised)[0]), AT
    before = browser.get(at)
    assert "Nobody has opened 1 case of this quarter yet" in before.text
    assert lines_of(before)["R1"] == "0"
    assert f"/cases/{raised.ref}" in before.links()
    browser.get(f"/cases/{raised.ref}")
    after = browser.get(at)
    assert "Nobody has opened" not in after.text
    assert lines_of(after)["R1"] == "1"


def test_late_cases_stand_beside_what_was_signed_off_and_are_signed_off_anew(
    guardian: PageClient, trust: Trust
) -> None:
    record(trust, "patient_safety")
    sign(guardian)
    record(trust, "patient_safety", "worker_safety")
    assert "Changed since" in guardian.get("/returns").text
    page = guardian.get(AT)
    assert "Not as it was signed off" in page.text
    row = next(row for row in page.soup.select("tbody tr") if row.th and row.th.get_text(strip=True) == "R1")
    assert [cell.get_text(strip=True) for cell in row.select("td")][-2:] == ["2", "1"]
    assert AT in guardian.get(BEFORE).links()
    assert "Resubmitted" in sign(guardian).text
    history = guardian.get(f"{AT}/history").text
    assert "R1: 1 before, now 2" in history
    assert "R4: 0 before, now 1" in history


def test_words_are_looked_through_before_they_are_kept(guardian: PageClient) -> None:
    at = f"{AT}/words"
    pointed = guardian.submit(guardian.get(at), "Save", themes="On the ward Hugh Harbour shouted on 3 May 2026.")
    assert "Look at this once more: it has not been saved" in pointed.text
    assert "shouted" not in guardian.get(AT).text
    marked = " ".join(each.get_text() for each in pointed.soup.select("mark"))
    assert "Hugh Harbour" in marked
    read = "I have read this: save it as it is"
    saved = guardian.submit(pointed, read, themes="Staffing at night, in general.", learning="A second nurse.")
    assert "Saved" in saved.text
    assert "Staffing at night, in general." in saved.text


def test_what_stands_in_what_people_said_is_pointed_out_too(guardian: PageClient, trust: Trust) -> None:
    record(trust, narrative="The alabaster cabinet behind the pharmacy counter is never locked after ten.")
    words = "Somebody found that the alabaster cabinet behind the pharmacy counter is never locked."
    page = guardian.submit(guardian.get(f"{AT}/words"), "Save", themes=words)
    assert "Some of it stands in what people told you, too" in page.text


def test_two_who_write_at_once_lose_no_word(signed_in: SignIn, guardian: PageClient, trust: Trust) -> None:
    other = signed_in(trust.second_guardian)
    mine, theirs = guardian.get(f"{AT}/words"), other.get(f"{AT}/words")
    guardian.submit(mine, "Save", themes="Staffing at night.")
    refused = other.submit(theirs, "Save", themes="Rotas.")
    assert refused.status == 409
    assert "Staffing at night." in refused.text
    assert "Rotas." in refused.body
    kept = other.submit(refused, "Save")
    assert "Rotas." in kept.text
    assert "Staffing at night." not in kept.text


def test_the_days_it_is_taken_are_typed_and_held_against_today(guardian: PageClient) -> None:
    at = f"{AT}/window"
    opens = {"opens_on-day": "2", "opens_on-month": "1", "opens_on-year": "2024"}
    closes = {"closes_on-day": "1", "closes_on-month": "1", "closes_on-year": "2024"}
    none = guardian.submit(at, "Save", **{**opens, "opens_on-day": "31", "opens_on-month": "2"})
    assert none.errors == ["Write a day that exists, in numbers: for example 27 3 2027"]
    both = guardian.submit(at, "Save", **{**opens, "opens_on-day": "0"}, **{**closes, "closes_on-day": "32"})
    assert both.errors == [
        "First day: Write a day that exists, in numbers: for example 27 3 2027",
        "Last day: Write a day that exists, in numbers: for example 27 3 2027",
    ]
    wrong = guardian.submit(at, "Save", **opens, **closes)
    assert wrong.errors == ["The last day comes before the first"]
    saved = guardian.submit(wrong, "Save", **{"closes_on-day": "20"})
    assert "20 January 2024" in saved.text
    assert "The last day has passed" in saved.text
    assert "20 January 2024" in guardian.get("/returns").text


def test_two_who_write_down_the_days_at_once_see_each_other(
    signed_in: SignIn, guardian: PageClient, trust: Trust
) -> None:
    other, at = signed_in(trust.second_guardian), f"{AT}/window"
    mine, theirs = guardian.get(at), other.get(at)
    closes = {"closes_on-day": "1", "closes_on-month": "2", "closes_on-year": "2024"}
    guardian.submit(mine, "Save", **closes)
    refused = other.submit(theirs, "Save", **{**closes, "closes_on-day": "5"})
    assert refused.status == 409
    assert "from an unknown day until 1 February 2024" in refused.text
    assert "5 February 2024" in other.submit(refused, "Save").text


def test_every_line_is_given_as_a_file_and_to_copy(guardian: PageClient, trust: Trust) -> None:
    record(trust, "patient_safety")
    guardian.submit(guardian.get(f"{AT}/words"), "Save", themes="=1+1")
    given = guardian.get(f"{AT}/csv").response
    name = f"return-{LAST.financial_year}-Q{LAST.number}.csv"
    assert name in given.headers["Content-Disposition"]
    assert given.headers["Cache-Control"] == "no-store"
    rows = list(csv.reader(io.StringIO(given.get_data().decode("utf-8-sig"))))
    by_line = {row[0]: row[2] for row in rows}
    assert (by_line["R1"], by_line["R3"], by_line["R4"], by_line["R14"]) == ("1", "1", "0", "No")
    assert by_line["R11"].startswith("'")
    area = guardian.get(AT).soup.select_one("#copied")
    assert area is not None
    copied = [line.split("\t") for line in area.get_text().strip().splitlines()]
    assert [row[0] for row in copied] == [row[0] for row in rows]


def test_a_line_is_called_what_the_organisation_read_and_earlier_quarters_keep_their_words(
    guardian: PageClient,
) -> None:
    lines = guardian.get("/returns/lines")
    assert "unverified" in lines.text
    assert "/returns/lines/R1" in lines.links()
    empty = guardian.submit("/returns/lines/R1", "Save", text="Cases taken up", **SINCE)
    assert empty.errors == ["Write where it says so"]
    saved = guardian.submit(empty, "Save", source="Framework, page 12")
    assert "Cases taken up" in saved.text
    assert "confirmed" in saved.text
    assert "Cases taken up" in guardian.get(AT).text
    assert "Cases taken up" not in guardian.get(BEFORE).text
    guardian.submit("/returns/lines/collector", "Save", text="Another body", source="A circular", **SINCE)
    assert "Another body" in guardian.get(AT).text
    assert "Another body" not in guardian.get(BEFORE).text


def test_a_return_that_waits_stands_above_the_cases_with_its_last_day(
    guardian: PageClient, signed_in: SignIn, trust: Trust
) -> None:
    assert AT not in guardian.get("/cases").links()
    days = dict(zip(("closes_on-day", "closes_on-month", "closes_on-year"), ("2", "1", "2090"), strict=True))
    guardian.submit(f"{AT}/window", "Save", **days)
    said = f"National return of {LAST.name.replace('/', ' ')}"
    listed = guardian.get("/cases")
    assert f"{said}: last day 2 January 2090" in listed.text
    assert AT in listed.links()
    assert said not in signed_in(trust.non_executive_lead).get("/cases").text
    guardian.submit(f"{AT}/window", "Save", **(days | {"closes_on-year": "2020"}))
    assert f"{said}: its last day was 2 January 2020" in guardian.get("/cases").text
    sign(guardian)
    assert said not in guardian.get("/cases").text


def test_a_numbered_line_is_worded_by_its_code(guardian: PageClient, trust: Trust) -> None:
    assert "/returns/lines/R8.estates" in guardian.get("/returns/lines").links()
    page = guardian.get("/returns/lines/R8.estates")
    assert "Line R8.5" in page.text
    guardian.submit(page, "Save", text="Estates and facilities", source="Framework, page 3", **SINCE)
    assert "Estates and facilities" in guardian.get(AT).text
    with trust.work(trust.guardian) as uow:
        (row,) = uow.session.scalars(sa.select(ReturnWording))
        assert row.line == "R8.estates"


def test_a_wording_that_was_kept_under_a_number_is_of_the_code_that_had_it(guardian: PageClient, trust: Trust) -> None:
    with trust.work(trust.guardian) as uow:
        words = NewWording("R8.estates", LAST.first_day, "Estates and facilities", "Page 3", Certainty.CONFIRMED)
        returns.word_line(uow, words)
    with trust.stored.unbound() as connection:
        connection.execute(sa.update(ReturnWording).values(line="R8.5"))
    assert "Estates and facilities" in guardian.get(AT).text
    assert "Estates and facilities" in guardian.get("/returns/lines/R8.estates").text


def test_a_wording_needs_its_day(guardian: PageClient) -> None:
    no_day = dict.fromkeys(SINCE, "")
    refused = guardian.submit("/returns/lines/R9", "Save", source="Framework", **no_day)
    assert refused.errors == ["Write a day"]
    unsure = guardian.submit("/returns/lines/R9", "Save", source="Framework", certainty="perhaps")
    assert unsure.errors == ["Choose from the answers shown."]


@pytest.mark.parametrize(
    "address",
    ["/returns/2026-28/Q1", "/returns/2026-27/Q5", "/returns/2019-20/Q1", "/returns/2090-91/Q1", "/returns/lines/R99"],
)
def test_what_is_no_quarter_or_line_is_not_there(guardian: PageClient, address: str) -> None:
    assert guardian.get(address).status == 404


@pytest.mark.parametrize("who", ["non_executive_lead", "buddy", "administrator", "executive_lead"])
def test_nobody_but_guardians_finds_exact_figures(signed_in: SignIn, trust: Trust, who: str) -> None:
    browser = signed_in(trust.people[who])
    for address in ("/returns", AT, f"{AT}/csv", f"{AT}/history", f"{AT}/words", f"{AT}/sign", "/returns/lines"):
        assert browser.get(address).status == 404, address
    assert "/returns" not in browser.get("/account").links()


def test_a_printed_return_has_no_links_to_what_only_a_screen_can_open(guardian: PageClient) -> None:
    page = guardian.get(AT)
    ends = ("/words", "/window", "/csv")
    for end in ends:
        (link,) = page.soup.select(f'main p a[href="{AT}{end}"]')
        assert link.find_parent(class_="app-screen") is not None, end
