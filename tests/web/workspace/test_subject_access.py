"""`/subject-access`: who asks is told what is held about them, and never who spoke up."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date

import docx
import pytest
import sqlalchemy as sa
from docx.shared import RGBColor

from speakup import cases, keyring
from speakup.audit.models import AuditEntry, Event
from speakup.cases import NARRATIVE_LIMIT, HowRaised, PersonDetails, Work
from speakup.cases.models import Undertaking
from speakup.cases.operations.subject_access import answer_by
from speakup.cases.rules import month_after
from speakup.kernel.errors import Invalid
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient

TOLD = (
    "Bob Grumble shouted at me in front of Dr Okonkwo. I told my manager. "
    "Mr Grumble then rang me on 07700 900123. Nora Grumble, my sister, heard it."
)


@pytest.fixture
def raised(trust: Trust) -> RaisedCase:
    person = PersonDetails("Winifred Whisper", "winifred@example.net")
    made = factories.raised_case(trust, narrative=TOLD, person=person, how_raised=HowRaised.CONFIDENTIAL)
    factories.note(made, "Winifred says that Grumble does this to everybody on Magnolia ward.", by=readers_of(made)[0])
    return made


@pytest.fixture
def holder(raised: RaisedCase, signed_in: Callable[[Colleague], PageClient], trust: Trust) -> PageClient:
    """A browser of a guardian who holds the case."""
    able = {trust.guardian.id, trust.second_guardian.id, trust.lead.id}
    return signed_in(next(each for each in readers_of(raised) if each.id in able))


def asked(holder: PageClient, name: str = "Bob Grumble", **more: str) -> Page:
    return holder.submit("/subject-access", "Look through my cases", name=name, **more)


def offered(page: Page) -> list[str]:
    return [each.get_text().strip() for each in page.soup.select("textarea")]


def test_edge_case_15_who_is_spoken_of_is_not_told_who_spoke(
    holder: PageClient, raised: RaisedCase, trust: Trust
) -> None:
    page = asked(holder)
    given = offered(page)
    assert len(given) == 4
    together = " ".join(given)
    for secret in ("Winifred", "Whisper", "Okonkwo", "07700", "Nora"):
        assert secret not in together, secret
    assert any(each.startswith("Bob Grumble shouted at me") for each in given)
    ticked = {"give-0": "y", "give-1": "y"}
    check = holder.submit(page, "Save, and look at all of it", **ticked)
    assert "Somebody who spoke up is still named" not in check.text
    done = holder.submit(check, "Write it down as given")
    assert done.heading == "Bob Grumble What is held about you"
    assert "Winifred" not in done.text
    text = holder.get(next(each for each in done.links() if each.endswith("/text")))
    assert text.body.startswith("1. Bob Grumble shouted at me in front of")
    with trust.work() as uow:
        events = list(uow.session.scalars(sa.select(AuditEntry.event).where(AuditEntry.subject_id == raised.id)))
    assert Event.SUBJECT_ACCESS_GIVEN in events


def test_the_job_of_whoever_spoke_up_is_left_out_too(
    trust: Trust, signed_in: Callable[[Colleague], PageClient]
) -> None:
    told = "The lead play specialist says Bob Grumble shouts. Our hospital porter heard Bob Grumble too."
    made = factories.raised_case(trust, narrative=told, work=Work(role="Lead play specialist"))
    able = {trust.guardian.id, trust.second_guardian.id, trust.lead.id}
    page = asked(signed_in(next(each for each in readers_of(made) if each.id in able)))
    given = " ".join(offered(page))
    assert "play specialist" not in given.lower()
    assert "says Bob Grumble shouts" in given
    assert "is found by reading it" in page.text


def test_nobody_is_found_by_the_title_of_whoever_asks(holder: PageClient) -> None:
    assert len(offered(asked(holder, "Sister Grumble"))) == 4


def test_what_was_answered_to_what_was_passed_on_is_looked_through(
    holder: PageClient, raised: RaisedCase, trust: Trust
) -> None:
    guardian, ida = readers_of(raised)[0], factories.recipient(trust)
    factories.reply(raised, "Thank you.", by=guardian)
    ref = factories.referred(raised, guardian, ida).ref
    with trust.work(ida) as uow:
        cases.answer_referral(uow, cases.find_referral(uow, ref), "I spoke to Bob Grumble on Monday.", final=True)
    assert "I spoke to Bob Grumble on Monday." in offered(asked(holder))


def test_nothing_is_ticked_before_somebody_ticks_it(holder: PageClient) -> None:
    page = asked(holder)
    assert page.soup.select("input[type=checkbox][checked]") == []
    check = holder.submit(page, "Save, and look at all of it")
    assert "Nothing is ticked" in check.text


def test_whoever_puts_the_name_of_the_speaker_back_is_asked_to_look(holder: PageClient) -> None:
    page = asked(holder)
    words = {"give-0": "y", "text-0": "Winifred Whisper says that you shouted."}
    check = holder.submit(page, "Save, and look at all of it", **words)
    assert "Somebody who spoke up is still named" in check.text
    refused = holder.submit(check, "Write it down as given")
    assert refused.status == 422
    done = holder.submit(refused, "Write it down as given", looked="y")
    assert done.heading == "Bob Grumble What is held about you"


def test_the_name_of_whoever_spoke_up_in_another_case_is_pointed_out_too(
    trust: Trust, raised: RaisedCase, holder: PageClient
) -> None:
    person = PersonDetails("Orla Dabchick", "orla@example.net")
    others = [factories.raised_case(trust, narrative=TOLD, person=person) for _ in range(4)]
    page = asked(holder)
    cases = [each.get_text() for each in page.soup.select("legend")]
    assert any(other.ref in each for other in others for each in cases)
    at = next(place for place, each in enumerate(cases) if raised.ref in each)
    check = holder.submit(
        page, "Save, and look at all of it", **{f"give-{at}": "y", f"text-{at}": "Ask orla about it."}
    )
    assert "Somebody who spoke up is still named" in check.text


def test_the_reference_of_a_case_is_refused_in_what_is_given_and_no_typed_word_is_lost(
    holder: PageClient, raised: RaisedCase
) -> None:
    page = asked(holder)
    typed = {"text-0": f"Somebody of {raised.ref.lower()} says that you shouted."}
    refused = holder.submit(page, "Save, and look at all of it", **typed, **{"give-0": "y", "text-1": "Mine."})
    said = "Sentence 1: The reference of a case stands here. Take it out"
    assert (refused.status, refused.errors) == (422, [said])
    assert offered(refused)[:2] == [typed["text-0"], "Mine."]
    box = refused.soup.select_one("#text-0")
    assert box is not None
    assert (box["aria-invalid"], box["aria-describedby"]) == ("true", "text-0-error")
    check = holder.submit(refused, "Save, and look at all of it", **{"text-0": "Somebody says so."})
    assert "Somebody says so." in check.text
    # What is not given may say what it likes.
    kept = holder.submit(page.path, "Save, and look at all of it", **{"text-1": raised.ref})
    assert kept.status == 200


def test_a_reference_that_somebody_wrote_into_a_case_is_left_out_of_what_is_offered(
    holder: PageClient, raised: RaisedCase
) -> None:
    factories.note(raised, f"Grumble again, see {raised.ref} and the rota.", by=readers_of(raised)[0])
    assert "Grumble again, see [left out] and the rota." in offered(asked(holder))


def test_a_reference_that_was_kept_before_it_was_refused_is_not_given_either(
    holder: PageClient, raised: RaisedCase, trust: Trust
) -> None:
    page = asked(holder)
    me = next(each for each in readers_of(raised) if each.name in page.text)
    with trust.work(me) as uow:
        (row,) = uow.session.scalars(sa.select(Undertaking))
        cases.choose_passages(uow, row.id, {0: (True, f"See {raised.ref}.")}, row.revision)
    given = f"{page.path.split('?')[0]}/given"
    check = holder.get(given)
    assert "The reference of a case stands in what is marked" in check.text
    refused = holder.submit(check, "Write it down as given")
    assert refused.status == 422
    assert "Go back, and take the reference of a case out of what is marked" in refused.text
    with trust.work(me) as uow, pytest.raises(Invalid, match="names a case"):
        cases.give_passages(uow, row.id, cases.find_access_request(uow, row.id).revision, looked_over=True)


def test_somebody_who_asks_about_their_own_concern_is_given_their_own_name(holder: PageClient) -> None:
    page = asked(holder, "Winifred Whisper")
    assert any("Winifred says that" in each for each in offered(page))
    check = holder.submit(page, "Save, and look at all of it", **{"give-0": "y"})
    assert "still named" not in check.text


def test_other_spellings_are_looked_for_too(holder: PageClient) -> None:
    assert "Nothing in the cases you can open has this name" in asked(holder, "Robert Grumbel").text
    page = asked(holder, "Robert Grumbel", spellings="Bob Grumble\nBobby")
    assert len(offered(page)) == 4


def test_what_was_given_stays_sealed_in_the_case_and_the_rest_is_forgotten(
    holder: PageClient, raised: RaisedCase, trust: Trust
) -> None:
    check = holder.submit(asked(holder), "Save, and look at all of it", **{"give-0": "y"})
    holder.submit(check, "Write it down as given")
    reader = readers_of(raised)[0]
    with raised.as_(reader) as (uow, case):
        casework = keyring.open_case(uow, case.id)[keyring.CompartmentKind.CASEWORK]
        (logged,) = keyring.read(uow, casework, cases.RecordKind.SUBJECT_ACCESS)
    assert logged.body["asked_by"] == "Bob Grumble"
    assert len(logged.body["given"]) == 1
    with trust.work() as uow:
        row = uow.session.scalars(sa.select(Undertaking)).one()
        assert row.quantity == 1
    # The answer is no sentence of its own, so that the next request does not find it again.
    assert len(offered(asked(holder))) == 4


def test_two_windows_do_not_undo_each_other(holder: PageClient) -> None:
    first = asked(holder)
    second = holder.get(first.path)
    holder.submit(first, "Save, and look at all of it", **{"give-0": "y"})
    again = holder.submit(second, "Save, and look at all of it", **{"give-1": "y", "text-1": "Typed in the second."})
    assert again.status == 409
    assert "Typed in the second." in offered(again)


@pytest.mark.parametrize(("fields", "words"), [
    ({"name": ""}, "Write the name of the person who asks"),
    ({"name": "?!"}, "Write the name of the person who asks"),
    ({"name": "Bob", "asked_on-day": "1", "asked_on-month": "1", "asked_on-year": "2068"}, "a day still to come"),
])  # fmt: skip
def test_a_request_without_a_name_or_from_the_future_is_refused(
    holder: PageClient, fields: dict[str, str], words: str
) -> None:
    refused = holder.submit("/subject-access", "Look through my cases", **fields)
    assert refused.status == 422
    assert words in refused.errors[0]


def test_a_request_is_forgotten_and_only_its_own_guardian_sees_it(
    holder: PageClient, signed_in: Callable[[Colleague], PageClient], trust: Trust
) -> None:
    page = asked(holder)
    for stranger in (trust.buddy, trust.non_executive_lead, trust.administrator):
        assert signed_in(stranger).get(page.path).status == 404
    holder.submit(page, "Forget this request")
    assert holder.get(page.path).status == 404


@pytest.mark.parametrize(("asked_on", "due"), [
    (date(2026, 9, 3), date(2026, 10, 5)),
    (date(2026, 1, 31), date(2026, 3, 2)),
    (date(2026, 11, 25), date(2026, 12, 29)),
    (date(2028, 1, 31), date(2028, 2, 29)),
])  # fmt: skip
def test_the_answer_is_due_in_a_calendar_month_or_the_next_working_day(asked_on: date, due: date) -> None:
    assert answer_by(asked_on, "ENG") == due


def test_a_month_after_the_last_of_a_long_month_is_the_last_of_a_short_one() -> None:
    assert month_after(date(2027, 1, 31)) == date(2027, 2, 28)
    assert month_after(date(2026, 12, 31)) == date(2027, 1, 31)


def test_a_request_keeps_nothing_to_read_of_a_case_that_went_to_others(
    holder: PageClient, raised: RaisedCase, trust: Trust
) -> None:
    page = asked(holder)
    assert offered(page)
    me = next(each for each in readers_of(raised) if each.name in page.text)
    with raised.as_(me) as (uow, case):
        cases.step_aside(uow, case, cases.SteppingAside(cases.WhyAside.KNOWS, "My neighbour."))
    again = holder.get(page.path)
    assert offered(again) == []
    assert "shouted" not in again.text
    assert "0 sentences have the name" in again.text
    with trust.work(me) as uow:
        (row,) = uow.session.scalars(sa.select(Undertaking))
        kept = cases.find_access_request(uow, row.id)
        assert not any(each.text or each.given or each.speaker for each in kept.passages)


def test_of_what_was_given_only_those_words_are_kept_beside_the_request(
    holder: PageClient, raised: RaisedCase, trust: Trust
) -> None:
    check = holder.submit(asked(holder), "Save, and look at all of it", **{"give-0": "y"})
    page = holder.submit(check, "Write it down as given")
    me = next(each for each in readers_of(raised) if each.name in page.text)
    with trust.work(me) as uow:
        (row,) = uow.session.scalars(sa.select(Undertaking))
        (kept,) = cases.find_access_request(uow, row.id).passages
        assert (kept.text, kept.speaker, bool(kept.given)) == ("", (), True)


def given_in_word(holder: PageClient) -> bytes:
    check = holder.submit(asked(holder), "Save, and look at all of it", **{"give-0": "y", "give-1": "y"})
    done = holder.submit(check, "Write it down as given")
    (link,) = done.soup.select('.app-screen a[href$="/word"]')
    assert "print this page" in " ".join(each.get_text() for each in done.soup.select(".app-screen"))
    answer = holder.get(str(link["href"])).response
    assert "answer.docx" in answer.headers["Content-Disposition"]
    return bytes(answer.data)


def test_the_answer_is_a_word_file_with_headings_and_what_was_left_out_is_black(holder: PageClient) -> None:
    document = docx.Document(io.BytesIO(given_in_word(holder)))
    styled = [(str(each.style.name) if each.style else "", each) for each in document.paragraphs]
    headings = [(style, each.text) for style, each in styled if style.startswith("Heading")]
    assert headings == [("Heading 1", "What is held about you"), ("Heading 2", "What is given")]
    listed = [each for style, each in styled if style == "List Number"]
    assert len(listed) == 2
    assert listed[0].text.startswith("Bob Grumble shouted at me in front of")
    runs = [run for each in document.paragraphs for run in each.runs]
    black = [run.text for run in runs if run.font.color.rgb == RGBColor(255, 255, 255)]
    assert "[left out]" in listed[0].text
    assert set(black) == {"[left out]"}
    assert "".join(run.text for run in runs).count("[left out]") == len(black)


def test_a_word_file_holds_nothing_beside_what_is_read_on_it(holder: PageClient) -> None:
    with zipfile.ZipFile(io.BytesIO(given_in_word(holder))) as package:
        parts = {name: package.read(name) for name in package.namelist()}
        assert {each.date_time[0] for each in package.infolist()} == {1980}
    together = b" ".join(parts.values())
    for secret in (b"Winifred", b"Whisper", b"Okonkwo", b"07700", b"Nora", b"python-docx", b"Macintosh"):
        assert secret not in together, secret
    document = parts["word/document.xml"]
    assert b"w:vanish" not in document
    assert document.count(b'w:fill="000000"') == document.count(b"[left out]")
    assert b"rsid" not in document + parts["word/settings.xml"]
    assert re.findall(rb"<(?:dc|cp|dcterms):(\w+)", parts["docProps/core.xml"]) == [b"coreProperties", b"title"]
    left = {name for name in parts if name.startswith(("docProps", "customXml"))}
    assert left == {"docProps/core.xml"}


def test_before_it_is_written_down_as_given_there_is_no_file(holder: PageClient) -> None:
    page = asked(holder)
    request = page.path.split("?")[0]
    assert holder.get(f"{request}/word").heading == page.heading


def test_a_box_with_too_much_in_it_says_so_and_loses_nothing(holder: PageClient) -> None:
    page = asked(holder)
    long = "x" * (NARRATIVE_LIMIT + 7) + "END"
    refused = holder.submit(page, "Save, and look at all of it", **{"text-0": long, "give-0": "y", "text-1": "Mine."})
    words = (
        "Sentence 1: This is 10 characters too long. Nothing was saved, and every word is still below."
        " Make it shorter, or split it."
    )
    assert (refused.status, refused.errors) == (422, [words])
    assert offered(refused)[:2] == [long, "Mine."]
    box = refused.soup.select_one("#text-0")
    assert box is not None
    assert (box["aria-invalid"], box["aria-describedby"]) == ("true", "text-0-error")
    saved = holder.submit(refused, "Save, and look at all of it", **{"text-0": "Short."})
    assert "Short." in saved.text
