"""Exclusions: what is offered can be sent, and what was excluded never receives."""

from datetime import timedelta
from itertools import chain, combinations

import pytest

from speakup import accounts, cases, keyring
from speakup.accounts import Marked, Part
from speakup.cases import Exclusions, NewConcern
from speakup.kernel.actor import Role
from speakup.kernel.errors import NobodyToReceive
from speakup.routing import Subject
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient
from tests.web.walking import go_on, only_case, question, readers_of, walk


def offered(page: Page, name: str = "people") -> list[str]:
    return [str(each["value"]) for each in page.soup.find_all("input", {"name": name})]


def away(trust: Trust, *people: Colleague) -> None:
    for person in people:
        with trust.work(person) as uow:
            accounts.mark_absent(uow, accounts.member(uow, person.id).membership, uow.today + timedelta(days=5))


def test_people_are_shown_with_job_and_workplace(browser: PageClient, trust: Trust) -> None:
    page = walk(browser, 7)
    for person in trust.people.values():
        shown = f"{person.name} – Colleague, Main hospital"
        assert (shown in page.text) is (person is not trust.administrator)


def recipient(trust: Trust, who: Colleague) -> None:
    """Be vouched for to receive referrals, and nothing more."""
    with trust.work(trust.administrator) as uow:
        accounts.change_roles(uow, accounts.member(uow, who.id).membership, {Role.RECIPIENT})
    with trust.work(who) as uow:
        words = keyring.my_words(uow)
    with trust.work(trust.guardian) as uow:
        keyring.vouch(uow, keyring.offered(uow, who.id), words, uow.today + timedelta(days=100))


def test_somebody_who_may_be_passed_a_concern_on_can_be_kept_out_by_key(browser: PageClient, trust: Trust) -> None:
    recipient(trust, trust.executive_lead)
    director = str(trust.executive_lead.id)
    page = walk(browser, 7)
    assert director in offered(page)
    assert "executives" not in offered(page)
    browser.submit(walk(browser, 9, exclude={"people": [director]}), "Send")
    assert set(only_case(trust).exclusions.people) == {trust.executive_lead.name}


def test_a_tick_for_a_whole_group_says_by_name_whom_it_covers(browser: PageClient, trust: Trust) -> None:
    page = walk(browser, 7)
    labels = {str(each["for"]): " ".join(each.get_text().split()) for each in page.soup.find_all("label")}
    said = {each["value"]: labels[str(each["id"])] for each in page.soup.select("input[name=people]")}
    team = f"{trust.guardian.name}, {trust.second_guardian.name}, {trust.lead.name}"
    assert said["team"] == f"The whole guardian team: {team}"
    assert said["executives"] == f"The executives: {trust.executive_lead.name}"


def test_everybody_on_the_list_of_executives_is_named_also_without_an_account(
    browser: PageClient, trust: Trust
) -> None:
    listed = [Marked("Cora Chief", Part.EXECUTIVE), Marked("Carl Chair", Part.CHAIR)]
    with trust.work(trust.guardian) as uow:
        keyring.approve_routing(uow, [], [*listed, Marked("Bea Budd", Part.EXECUTIVE, person_id=trust.buddy.id)])
    page = walk(browser, 7)
    labels = {str(each["for"]): " ".join(each.get_text().split()) for each in page.soup.find_all("label")}
    ticks = {each["value"]: labels[str(each["id"])] for each in page.soup.select("input[name=people]")}
    assert ticks["executives"] == "The executives: Bea Budd, Cora Chief, Edna Eden"
    browser.submit(walk(browser, 9, exclude={"people": ["executives"]}), "Send")
    assert set(only_case(trust).exclusions.people) == {"Bea Budd", "Edna Eden"}


def test_every_single_exclusion_offered_can_be_sent_and_is_kept(browser: PageClient, trust: Trust) -> None:
    page = walk(browser, 7)
    for ticked in offered(page):
        check = walk(browser, 9, exclude={"people": [ticked]})
        browser.submit(check, "Send")
        browser.submit(browser.get("/raise/sent"), "I have saved these words")
    everyone = readers_of(trust)
    assert len(everyone) == len(offered(page))
    for ref, readers in everyone.items():
        with trust.work(readers[0]) as uow:
            kept_out = cases.open_view(uow, cases.find(uow, ref)).exclusions.people
        assert len(readers) == 2
        assert not {each.name for each in readers} & set(kept_out)
        assert kept_out


def test_every_combination_leaves_two_readers_nobody_excluded_or_is_refused(trust: Trust) -> None:
    """The form judges a combination by asking who would receive, so both say the same for each of them."""
    with trust.work(trust.visitor, writes=False) as uow:
        offer = cases.offered_exclusions(uow)
        people = [each.id for each in offer.people]
        accepted = 0
        for chosen in chain.from_iterable(combinations(people, size) for size in range(len(people) + 1)):
            for team, subject in (
                (False, Subject.NOBODY_NAMED),
                (True, Subject.NOBODY_NAMED),
                (False, Subject.GUARDIAN),
            ):
                exclusions = Exclusions(people=frozenset(chosen), team=team)
                concern = NewConcern("words", exclusions=exclusions, subject=subject)
                excluded = cases.everybody_excluded(uow, exclusions)
                try:
                    choice = cases.choose_receivers(uow, concern, excluded)
                except NobodyToReceive:
                    continue
                accepted += 1
                assert choice.primary != choice.cover
                assert not {choice.primary, choice.cover} & excluded
    assert accepted > len(people)


def test_an_exclusion_that_would_leave_nobody_is_not_offered(browser: PageClient, trust: Trust) -> None:
    away(trust, trust.lead, trust.non_executive_lead, trust.buddy)
    page = walk(browser, 7)
    assert str(trust.guardian.id) not in offered(page)
    assert str(trust.second_guardian.id) not in offered(page)
    assert "team" not in offered(page)
    assert str(trust.executive_lead.id) in offered(page)
    assert f"Not on this list: {trust.guardian.name}, {trust.second_guardian.name}" in page.text
    assert "0300 000 0000" in page.text
    assert offered(page, "subject") == ["", "executive", "chair"]


def test_exclusions_that_together_leave_nobody_are_refused_with_every_word_kept(
    browser: PageClient, trust: Trust
) -> None:
    page = walk(browser, 7)
    everyone = [each for each in offered(page) if each not in {"team", "executives"}]
    page = go_on(browser, page, people=everyone, others="and my cousin in payroll")
    assert question(page) == "7"
    assert page.errors == [
        "At least two people must be able to read this. Keep fewer people out, or call the number on this page."
    ]
    assert "and my cousin in payroll" in page.body
    ticked = page.soup.select("input[name=people][checked]")
    assert [str(each["value"]) for each in ticked] == everyone


def test_one_tick_too_many_is_named_where_taking_it_away_is_enough(browser: PageClient, trust: Trust) -> None:
    away(trust, trust.lead, trust.non_executive_lead)
    out = [trust.guardian, trust.second_guardian, trust.executive_lead]
    page = go_on(browser, walk(browser, 7), people=[str(each.id) for each in out])
    (said,) = page.errors
    assert said.startswith("At least two people must be able to read this. Untick one of these: ")
    assert [each.name for each in trust.people.values() if each.name in said] == [each.name for each in out[:2]]
    ticked = [str(each.id) for each in out[1:]]
    assert question(go_on(browser, page, people=ticked)) == "8"


def test_without_the_team_the_non_executive_lead_and_a_buddy_read_it(browser: PageClient, trust: Trust) -> None:
    check = walk(browser, 9, exclude={"people": ["team"]})
    assert trust.non_executive_lead.name in check.text
    browser.submit(check, "Send")
    ((_, readers),) = readers_of(trust).items()
    assert {each.name for each in readers} == {trust.non_executive_lead.name, trust.buddy.name}


def test_a_concern_about_the_chair_does_not_go_to_the_non_executive_lead(browser: PageClient, trust: Trust) -> None:
    away(trust, trust.guardian, trust.second_guardian)
    check = walk(browser, 9, exclude={"subject": "chair"})
    listed = check.text.split("Who will be able to open it")[1]
    assert trust.non_executive_lead.name not in listed
    assert {trust.lead.name, trust.buddy.name} == {each.name for each in trust.people.values() if each.name in listed}


def test_when_the_readers_named_can_no_longer_receive_nothing_is_sent_and_it_is_said(
    browser: PageClient, trust: Trust
) -> None:
    check = walk(browser, 9)
    named = [each for each in trust.people.values() if each.name in check.text]
    away(trust, named[0])
    again = browser.submit(check, "Send")
    assert "The people who will read this have changed. Nothing was sent." in again.text
    assert named[0].name not in again.text
    assert readers_of(trust) == {}
    browser.submit(again, "Send")
    ((_, readers),) = readers_of(trust).items()
    assert named[0] not in readers


def test_those_named_receive_it_even_if_others_have_less_to_do_by_then(browser: PageClient, trust: Trust) -> None:
    first, second = PageClient(browser.app, trust.host), PageClient(browser.app, trust.host)
    pages = [walk(each, 9) for each in (first, second)]
    for one, page in zip((first, second), pages, strict=True):
        assert one.submit(page, "Send").path == "/raise/sent"
    named = [{each.name for each in trust.people.values() if each.name in page.text} for page in pages]
    received = [{each.name for each in readers} for readers in readers_of(trust).values()]
    assert sorted(map(sorted, received)) == sorted(map(sorted, named))


def test_when_nobody_is_left_at_the_last_moment_a_number_is_given_and_every_word_kept(
    browser: PageClient, trust: Trust
) -> None:
    check = walk(browser, 9)
    away(trust, *(each for each in trust.people.values() if each is not trust.administrator))
    again = browser.submit(check, "Send")
    assert "Nobody could read it just now" in again.text
    assert "0300 000 0000" in again.text
    assert "Nobody answered the bell." in again.text
    assert readers_of(trust) == {}


@pytest.mark.parametrize("readers", ["", "nobody", "a,b", "00000000-0000-4000-8000-000000000000"])
def test_a_post_that_names_no_two_readers_sends_nothing(browser: PageClient, trust: Trust, readers: str) -> None:
    again = browser.submit(walk(browser, 9), "Send", readers=readers)
    assert question(again) == "9"
    assert readers_of(trust) == {}


def test_a_forged_pair_of_readers_sends_nothing(browser: PageClient, trust: Trust) -> None:
    pair = f"{trust.administrator.id},{trust.executive_lead.id}"
    assert question(browser.submit(walk(browser, 9), "Send", readers=pair)) == "9"
    assert readers_of(trust) == {}


def test_a_removed_key_keeps_nobody_on_the_list_of_those_who_can_receive(browser: PageClient, trust: Trust) -> None:
    with trust.work(trust.guardian) as uow:
        keyring.remove(uow, trust.second_guardian.id)
    check = walk(browser, 9)
    assert trust.second_guardian.name not in check.text
