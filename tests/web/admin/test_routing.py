"""An administrator writes a whole list of rules, hands it in, and changes nothing by it."""

from collections.abc import Callable

import pytest

from speakup import accounts, jobs, keyring, organisations, routing
from speakup.accounts import Marked, Part
from speakup.jobs import Job
from speakup.routing import Rule, Subject
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient

SignIn = Callable[[Colleague], PageClient]
LAST = "All others are shared by open cases. This rule always stands last."


@pytest.fixture
def administrator(signed_in: SignIn, trust: Trust) -> PageClient:
    return signed_in(trust.administrator)


def rules_of(page: Page) -> list[str]:
    return [" ".join(each.get_text(" ").split()) for each in page.soup.select("#rules > li > p")]


def in_effect(trust: Trust) -> list[Rule]:
    with trust.work(writes=False) as uow:
        return routing.in_force(keyring.load_key_log(uow).routing)


def approve(trust: Trust, *rules: Rule, marked: tuple[Marked, ...] = ()) -> None:
    with trust.work(trust.guardian) as uow:
        keyring.approve_routing(uow, [each.plain() for each in rules], marked)


def drafted(trust: Trust) -> list[Rule]:
    with trust.work(writes=False) as uow:
        return routing.drafted(uow)


def link_to_change(page: Page, number: int) -> str:
    links = [str(each["href"]) for each in page.soup.select("#rules a") if "Change" in each.get_text()]
    return links[number - 1]


def three_rules(administrator: PageClient, trust: Trust) -> Page:
    for person in (trust.guardian, trust.second_guardian, trust.lead):
        page = administrator.submit("/admin/routing/new", primary=str(person.id), languages=person.name.split()[0])
    return page


def test_a_draft_begins_with_what_is_in_effect(administrator: PageClient, trust: Trust) -> None:
    rule, chief = Rule(None, None, trust.lead.id, None), Marked("Cora Chief", Part.EXECUTIVE, "Chief executive")
    approve(trust, rule, marked=(chief,))
    page = administrator.submit("/admin/routing", "Begin a draft")
    assert rules_of(page)[-1] == LAST
    assert "Nothing: it is the same as what is in effect" in page.text
    assert "Submit to the guardians" not in page.text
    with trust.work(writes=False) as uow:
        assert (routing.drafted(uow), routing.drafted_marks(uow)) == ([rule], [chief])


def test_everything_a_rule_may_say_is_written_read_first_and_changed(administrator: PageClient, trust: Trust) -> None:
    with trust.work(writes=False) as uow:
        surgery, main = organisations.directorates(uow)[0], organisations.sites(uow)[0]
    said = {
        "directorate": str(surgery.id), "site": str(main.id), "worker_group": "nursing_midwifery",
        "languages": " Polish,  polski ,", "subject": "executive",
        "primary": [str(trust.guardian.id), str(trust.lead.id)], "cover": str(trust.non_executive_lead.id),
    }  # fmt: skip
    preview = administrator.submit("/admin/routing/new", "Read it as a sentence first", **said)
    sentence = (
        "Concerns in Polish or polski about an executive from the staff group Nursing and midwifery registered in "
        "Surgery at Main hospital go to Gail Guard or Lena Leigh in turn, with Nadia Noon as cover"
    )
    shown = preview.soup.select_one("#preview")
    assert shown is not None
    assert shown.get_text().casefold() == f"{sentence}.".casefold()
    assert drafted(trust) == []
    page = administrator.submit(preview, "Add to the draft")
    assert rules_of(page)[0].casefold() == sentence.casefold()
    (rule,) = drafted(trust)
    assert (rule.languages, rule.subject, rule.cover) == (
        ("Polish", "polski"), Subject.EXECUTIVE, trust.non_executive_lead.id
    )  # fmt: skip
    page = administrator.submit(link_to_change(page, 1), "Save in the draft", subject="", languages="", worker_group="")
    assert rules_of(page)[0].startswith("Concerns from Surgery at Main hospital go to")
    assert [each.directorate_id for each in drafted(trust)] == [surgery.id]


def test_rules_are_moved_up_and_down_by_buttons_that_a_keyboard_reaches(
    administrator: PageClient, trust: Trust
) -> None:
    page = three_rules(administrator, trust)
    assert [each.split()[2] for each in rules_of(page)[:3]] == ["Gail", "Hugh", "Lena"]
    page = administrator.submit(page, "Move down rule 1")
    assert [each.split()[2] for each in rules_of(page)[:3]] == ["Hugh", "Gail", "Lena"]
    page = administrator.submit(page, "Move up rule 3")
    assert [each.split()[2] for each in rules_of(page)[:3]] == ["Hugh", "Lena", "Gail"]
    buttons = {" ".join(each.get_text(" ").split()) for each in page.soup.select("#rules button")}
    assert "Move up rule 1" not in buttons
    assert "Move down rule 3" not in buttons


def test_two_administrators_changing_one_rule_lose_nothing(
    administrator: PageClient, signed_in: SignIn, trust: Trust
) -> None:
    page = three_rules(administrator, trust)
    mine = administrator.get(link_to_change(page, 1))
    other = signed_in(trust.administrator)
    other.submit(link_to_change(page, 1), "Save in the draft", languages="Welsh")
    refused = administrator.submit(mine, "Save in the draft", languages="Urdu")
    assert refused.status == 409
    assert "Another administrator has changed this rule meanwhile" in refused.text
    assert "Concerns in Welsh go to Gail Guard" in refused.text
    typed = refused.soup.select_one("[name=languages]")
    assert typed is not None
    assert typed["value"] == "Urdu"
    assert drafted(trust)[0].languages == ("Welsh",)
    assert rules_of(administrator.submit(refused, "Save in the draft"))[0].startswith("Concerns in Urdu")


def test_two_administrators_adding_rules_both_find_theirs(
    administrator: PageClient, signed_in: SignIn, trust: Trust
) -> None:
    mine = administrator.get("/admin/routing/new")
    signed_in(trust.administrator).submit("/admin/routing/new", primary=str(trust.lead.id), languages="Welsh")
    page = administrator.submit(mine, "Add to the draft", primary=str(trust.guardian.id), languages="Urdu")
    assert [each.split()[2] for each in rules_of(page)[:2]] == ["Welsh", "Urdu"]


def test_a_rule_taken_away_meanwhile_is_not_there_and_nothing_breaks(
    administrator: PageClient, signed_in: SignIn, trust: Trust
) -> None:
    page = three_rules(administrator, trust)
    address = link_to_change(page, 1)
    mine = administrator.get(address)
    signed_in(trust.administrator).submit("/admin/routing", "Take away rule 1")
    assert administrator.submit(mine, "Save in the draft").status == 404
    assert administrator.get(address).status == 404
    assert administrator.submit(page, "Move down rule 1").status == 409


def test_a_submitted_draft_rests_and_the_guardians_are_told(administrator: PageClient, trust: Trust) -> None:
    page = three_rules(administrator, trust)
    old = administrator.get(link_to_change(page, 1))
    page = administrator.submit(page, "Submit to the guardians")
    assert "Waits for a guardian’s approval" in page.text
    assert not page.soup.select("#rules button")
    with trust.work(writes=False) as uow:
        told = {row.subject_id for row in uow.session.query(jobs.OutboxRow).filter_by(job=Job.SOMETHING_TO_READ_MAIL)}
    assert told == {trust.guardian.id, trust.second_guardian.id, trust.lead.id}
    for refused in (
        administrator.submit(old, "Save in the draft", languages="Urdu"),
        administrator.submit("/admin/routing/new", "Add to the draft", primary=str(trust.lead.id)),
    ):
        assert refused.status == 409
    assert len(drafted(trust)) == 3
    assert in_effect(trust) == []
    page = administrator.submit("/admin/routing", "Take it back to change it")
    assert "Being written" in page.text


def test_a_draft_changed_since_it_was_read_is_not_submitted_nor_thrown_away(
    administrator: PageClient, signed_in: SignIn, trust: Trust
) -> None:
    page = three_rules(administrator, trust)
    signed_in(trust.administrator).submit("/admin/routing/new", primary=str(trust.lead.id))
    for button in ("Submit to the guardians", "Throw the draft away"):
        assert administrator.submit(page, button).status == 409
    assert len(drafted(trust)) == 4


def test_a_draft_thrown_away_leaves_what_is_in_effect(administrator: PageClient, trust: Trust) -> None:
    rule = Rule(None, None, trust.lead.id, None)
    approve(trust, rule)
    page = administrator.submit(three_rules(administrator, trust), "Throw the draft away")
    assert "There is no draft" in page.text
    assert in_effect(trust) == [rule]
    assert len(page.soup.select("#in-effect li")) == 2


def test_what_the_draft_changes_is_said_in_sentences(administrator: PageClient, trust: Trust) -> None:
    first, second = (Rule(None, None, each.id, None) for each in (trust.lead, trust.guardian))
    third = Rule(None, None, trust.second_guardian.id, None)
    approve(trust, first, second, third)
    with trust.work(trust.administrator) as uow:
        routing.draft_rules(uow, [second, first, Rule(None, None, trust.buddy.id, None)])
    page = administrator.get("/admin/routing")
    heading = page.soup.select_one("#changes")
    assert heading is not None
    said = " ".join(each.get_text(" ") for each in heading.find_all_next("ul"))
    assert "Concerns from anywhere go to Bea Budd" in said
    assert "Concerns from anywhere go to Hugh Harbour" in said
    assert "From place 2 to 1" in said


def test_the_list_of_executives_is_drafted_with_and_without_accounts(administrator: PageClient, trust: Trust) -> None:
    page = administrator.submit("/admin/routing/executives", name="Cora Chief", job="Chief executive", part="executive")
    page = administrator.submit("/admin/routing/executives", person=str(trust.buddy.id), part="chair")
    assert "Cora Chief, Chief executive" in page.text
    assert "Bea Budd, Colleague (the chair)" in page.text
    with trust.work(writes=False) as uow:
        assert [(each.name, each.part, each.person_id) for each in routing.drafted_marks(uow)] == [
            ("Cora Chief", Part.EXECUTIVE, None), ("Bea Budd", Part.CHAIR, trust.buddy.id),
        ]  # fmt: skip
    again = administrator.submit("/admin/routing/executives", name="CORA  chief", part="executive")
    assert again.errors == ["They are on the list already"]
    assert administrator.submit("/admin/routing/executives", part="chair").errors == ["Write their name"]
    page = administrator.submit(page, "Take off Cora Chief, Chief executive")
    assert "Cora Chief" not in page.text


def test_nobody_but_an_administrator_drafts(signed_in: SignIn, trust: Trust) -> None:
    for somebody in (trust.guardian, trust.lead, trust.buddy, trust.non_executive_lead, trust.executive_lead):
        browser = signed_in(somebody)
        for address in ("/admin/routing", "/admin/routing/new", "/admin/routing/executives"):
            assert browser.get(address).status == 404


def test_names_in_rules_are_those_that_were_vouched_for(administrator: PageClient, trust: Trust) -> None:
    page = three_rules(administrator, trust)
    with trust.work() as uow:
        accounts.member(uow, trust.guardian.id).person.name = "Somebody Else"
    assert "go to Gail Guard" in rules_of(administrator.get(page.path))[0]
