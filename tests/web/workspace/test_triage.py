"""Triage through its page: by one guardian, and by two at once."""

from collections.abc import Callable

import pytest

from speakup import cases, keyring
from speakup.cases import Answer, RecordKind
from speakup.keyring import CompartmentKind
from tests import factories
from tests.factories import RaisedCase
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient
from tests.web.workspace.test_session_ended import sent_after_signing_in

SignIn = Callable[[Colleague], PageClient]


@pytest.fixture
def case(trust: Trust) -> RaisedCase:
    return factories.raised_case(trust, happened=Answer.YES, detriment="They took me off the rota.")


@pytest.fixture
def holders(case: RaisedCase, trust: Trust) -> list[Colleague]:
    """The two who can open it."""
    with case.as_(case.reporter) as (_uow, row):
        held = {row.primary_id, row.cover_id}
    return [each for each in trust.people.values() if each.id in held]


@pytest.fixture
def mine(holders: list[Colleague], signed_in: SignIn) -> PageClient:
    return signed_in(holders[0])


@pytest.fixture
def theirs(holders: list[Colleague], signed_in: SignIn) -> PageClient:
    return signed_in(holders[1])


def test_everything_on_the_page_is_kept_and_the_case_shows_it(case: RaisedCase, mine: PageClient) -> None:
    shown = mine.submit(
        f"/cases/{case.ref}/triage",
        "Save triage",
        risk="high",
        elements=["patient_safety", "worker_safety"],
        worker_group="nursing_midwifery",
        relationship="bank",
        seniority="worker",
        service="first_90_days",
        themes=["systems"],
        wants=["listen", "look_into"],
        wants_words="Two nurses at night",
        prior_routes=["line_manager", "union"],
        support=["counselling"],
        qualifying="possible",
        headings=["health_or_safety"],
        qualifying_words="Asked the legal team",
    )
    assert "Triage saved" in shown.text
    for words in (
        "High",
        "Bank",
        "First 90 days",
        "Two nurses at night",
        "Line manager; Union",
        "Asked the legal team",
    ):
        assert words in shown.text
    again = mine.get(f"/cases/{case.ref}/triage")
    assert {str(each["value"]) for each in again.soup.select("input[checked]")} >= {
        "high", "patient_safety", "worker_safety", "systems", "listen", "look_into", "counselling", "possible",
        "health_or_safety", "line_manager", "union", "yes",
    }  # fmt: skip
    assert "offered on" in again.text


def test_the_page_begins_with_what_the_person_said(case: RaisedCase, mine: PageClient) -> None:
    page = mine.get(f"/cases/{case.ref}/triage")
    ticked = {(str(each["name"]), str(each["value"])) for each in page.soup.select("input[checked]")}
    assert ticked == {("risk", ""), ("detriment", "yes"), ("qualifying", "not_considered")}


def test_nothing_has_to_be_known(case: RaisedCase, mine: PageClient, holders: list[Colleague]) -> None:
    assert "Triage saved" in mine.submit(f"/cases/{case.ref}/triage", "Save triage").text
    view = case.view(holders[0])
    assert view.worker_group == "not_known"
    assert not view.coded
    assert "Not coded yet." in mine.get(f"/cases/{case.ref}").text


def test_detriment_is_asked_about_once_and_counted_with_the_elements(
    case: RaisedCase, mine: PageClient, holders: list[Colleague]
) -> None:
    address = f"/cases/{case.ref}/triage"
    page = mine.get(address)
    assert "detriment" not in [str(each["value"]) for each in page.soup.select('[name="elements"]')]
    mine.submit(page, "Save triage", none_apply=["y"])
    assert case.view(holders[0]).elements == ["detriment"]
    again = mine.get(address)
    ticked = {(str(each["name"]), str(each["value"])) for each in again.soup.select("input[checked]")}
    assert {("none_apply", "y"), ("detriment", "yes")} <= ticked
    mine.submit(again, "Save triage", detriment="no")
    view = case.view(holders[0])
    assert (view.elements, view.coded) == ([], True)


def test_elements_once_settled_are_not_unsettled(case: RaisedCase, mine: PageClient) -> None:
    mine.submit(f"/cases/{case.ref}/triage", "Save triage", none_apply=["y"])
    refused = mine.submit(f"/cases/{case.ref}/triage", "Save triage", none_apply=None)
    assert refused.status == 422
    assert refused.errors == ["Choose every element that applies, or “None of these”"]
    both = mine.submit(f"/cases/{case.ref}/triage", "Save triage", elements=["patient_safety"])
    assert both.errors == ["Choose elements, or “None of these”, not both"]


@pytest.mark.parametrize(("fields", "words"), [
    ({"prior_routes": ["none", "hr"]}, "“None” and “Not known” go with nothing else. Leave them out, or the others"),
    ({"wants": ["not_known", "advice"]}, "“Not known” goes with nothing else. Leave it out, or the others"),
    ({"support": ["union"], "offered_on-day": "1", "offered_on-month": "1", "offered_on-year": "2999"},
     "You cannot have offered it on a day still to come"),
    ({"support": ["union"], "offered_on-day": "31", "offered_on-month": "2", "offered_on-year": "2026"},
     "Write a day that exists, in numbers: for example 27 3 2027"),
    ({"risk": "dire"}, "Choose from the answers shown."),
    ({"themes": ["astrology"]}, "Choose from the answers shown."),
])  # fmt: skip
def test_what_cannot_be_is_said_beside_its_field_and_every_word_kept(
    case: RaisedCase, mine: PageClient, fields: dict[str, object], words: str
) -> None:
    refused = mine.submit(f"/cases/{case.ref}/triage", "Save triage", wants_words="A word of mine", **fields)
    assert refused.status == 422
    assert refused.errors == [words]
    assert "A word of mine" in refused.body


def test_two_at_once_neither_loses_words_and_the_second_is_shown_what_changed(
    case: RaisedCase, mine: PageClient, theirs: PageClient, holders: list[Colleague]
) -> None:
    address = f"/cases/{case.ref}/triage"
    read = mine.get(address)
    theirs.submit(
        address, "Save triage", risk="immediate", wants_words="A new rota", support=["union"], service="longer"
    )
    late = mine.submit(read, "Save triage", wants_words="An apology", support=["helpline"], seniority="manager")
    assert late.status == 409
    assert f"{holders[1].name} saved this page while you wrote" in late.text
    warned = late.soup.select_one(".nhsuk-card--warning")
    assert warned is not None
    for words in ("Risk now: Immediate", "A new rota", "Union or professional body", "Longer than a year"):
        assert words in " ".join(warned.get_text(" ").replace(" :", ":").split())
    assert case.view(holders[0]).triages[-1].triage.wants_words == "A new rota"

    mine.submit(late, "Save triage")
    now = case.view(holders[0]).triages
    assert len(now) == 2
    assert now[0].triage.wants_words == "A new rota"
    both = now[1].triage
    assert (both.wants_words, both.risk, both.seniority, both.service) == (
        "An apology", "immediate", "manager", "longer",
    )  # fmt: skip
    assert set(both.support) == {"union", "helpline"}


def test_every_saving_is_kept_with_who_and_what(
    case: RaisedCase, mine: PageClient, theirs: PageClient, holders: list[Colleague]
) -> None:
    address = f"/cases/{case.ref}/triage"
    mine.submit(address, "Save triage", risk="high", wants_words="To be heard")
    theirs.submit(address, "Save triage", risk="routine")
    history = mine.get(address).text.split("What was saved before")[1]
    assert history.index(holders[1].name) < history.index(holders[0].name)
    assert "To be heard" in history
    assert "Routine" in history
    assert "High" in history


def test_the_old_address_of_coding_leads_to_triage(case: RaisedCase, mine: PageClient) -> None:
    assert mine.get(f"/cases/{case.ref}/code").heading.endswith("Triage")
    assert mine.get("/cases/SU-0000-0000/code").status == 404


def test_what_it_says_in_words_is_found_once(case: RaisedCase, mine: PageClient) -> None:
    address = f"/cases/{case.ref}/triage"
    mine.submit(address, "Save triage", wants_words="A zebra crossing")
    mine.submit(address, "Save triage", risk="high")
    found = mine.submit("/cases/search", "Search", words="zebra")
    assert case.ref in found.text
    assert found.text.count("A zebra crossing") == 1


def test_a_page_says_that_a_qualifying_disclosure_decides_nothing(case: RaisedCase, mine: PageClient) -> None:
    assert "decides nothing" in mine.get(f"/cases/{case.ref}/triage").text


def test_the_person_sees_nothing_of_it(case: RaisedCase, mine: PageClient) -> None:
    mine.submit(f"/cases/{case.ref}/triage", "Save triage", wants_words="A word about them")
    assert "A word about them" not in repr([each.text for each in case.inbox().messages])


def test_the_worker_group_stands_in_no_row_whoever_says_it(
    case: RaisedCase, mine: PageClient, holders: list[Colleague]
) -> None:
    mine.submit(f"/cases/{case.ref}/triage", "Save triage", worker_group="healthcare_scientists", none_apply=["y"])
    view = case.view(holders[0])
    assert (view.worker_group, view.case.worker_group) == ("healthcare_scientists", None)
    raised = factories.raised_case(case.trust, work=cases.Work(None, None, "healthcare_scientists"))
    with raised.as_(raised.reporter) as (_uow, row):
        assert row.worker_group is None
    assert "Healthcare scientists" in mine.get(f"/cases/{case.ref}").text


def test_a_group_in_a_row_from_before_is_sealed_when_a_guardian_opens_the_case(
    case: RaisedCase, mine: PageClient, holders: list[Colleague]
) -> None:
    mine.submit(f"/cases/{case.ref}/triage", "Save triage", none_apply=["y"])
    _write_as_before(case, holders[0], "estates")
    assert "Estates" in mine.get(f"/cases/{case.ref}").text
    view = case.view(holders[0])
    assert (view.worker_group, view.case.worker_group) == ("estates", None)


def _write_as_before(case: RaisedCase, holder: Colleague, group: str) -> None:
    """Let a case look as one that was coded before groups were sealed."""
    with case.as_(holder) as (uow, row):
        casework = keyring.open_case(uow, row.id)[CompartmentKind.CASEWORK]
        for kind in (RecordKind.CODING, RecordKind.TRIAGE):
            for record in keyring.read(uow, casework, kind):
                keyring.replace(uow, casework, record, {**record.body, "worker_group": ""})
        row.worker_group = group


def test_triage_that_came_after_the_session_ended_is_kept_once_signed_in_again(
    case: RaisedCase, mine: PageClient, holders: list[Colleague]
) -> None:
    page = mine.get(f"/cases/{case.ref}/triage")
    boxes = ["bullying_harassment", "patient_safety"]
    sent_after_signing_in(mine, holders[0], page, wants_words="A word that stays", elements=boxes)
    kept = case.view(holders[0]).triages[-1].triage
    assert (kept.wants_words, sorted(kept.elements)) == ("A word that stays", boxes)
