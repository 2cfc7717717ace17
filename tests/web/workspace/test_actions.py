"""Learning actions through a guardian's pages: from a case, from several, from none; to their end."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from speakup import accounts, audit, cases, learning, organisations
from speakup.cases import Exclusions, PersonDetails
from speakup.kernel import clock
from speakup.learning import ActionState
from speakup.tables import METADATA
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient

SignIn = Callable[[Colleague], PageClient]
S = ActionState
WORDS = {
    "title": "More people on late shifts",
    "issue": "Late shifts do not have enough staff for breaks.",
    "change": "Everybody on a late shift takes their break.",
}


@pytest.fixture
def raised(trust: Trust) -> RaisedCase:
    told = "In bed 14 nobody came when I called twice, and the propofol ran out"
    return factories.raised_case(trust, narrative=told, person=PersonDetails("Petra Pinewood"))


@pytest.fixture
def me(raised: RaisedCase) -> Colleague:
    return readers_of(raised)[0]


@pytest.fixture
def mine(me: Colleague, signed_in: SignIn) -> PageClient:
    return signed_in(me)


def marked(page: Page) -> list[str]:
    return [each.get_text() for each in page.soup.find_all("mark")]


def due_in(days: int) -> dict[str, str]:
    day = clock.today() + timedelta(days=days)
    return {"due-day": str(day.day), "due-month": str(day.month), "due-year": str(day.year)}


def ref_of(page: Page) -> str:
    return page.path.split("?")[0].removeprefix("/learning/")


def test_from_a_case_to_the_end_the_person_told_and_nothing_forgotten(
    trust: Trust, raised: RaisedCase, me: Colleague, mine: PageClient
) -> None:
    case = mine.get(f"/cases/{raised.ref}")
    assert "What should change because of it" in case.text
    page = mine.submit(f"/cases/{raised.ref}/learning/new", "Propose it", **WORDS)
    ref = ref_of(page)
    assert page.heading == f"{ref} More people on late shifts"
    assert "Tell the person" in page.text
    agreed = mine.submit(f"/learning/{ref}/agree", "Agree", owner=str(trust.executive_lead.id), **due_in(30))
    assert "Agreed" in agreed.text
    begun = mine.submit(agreed, "Start")
    assert "In progress" in begun.text
    refused = mine.submit(f"/learning/{ref}/implement", "It is done")
    assert refused.errors == ["Say how anybody can see that it is done"]
    mine.submit(f"/learning/{ref}/implement", "It is done", evidence="The rota shows two more on every late shift.")
    mine.submit(f"/learning/{ref}/check", "It was checked", no_effect_why="Nothing was counted before.")
    refused = mine.submit(f"/learning/{ref}/close", "Close", staff_untold_why="They asked for it themselves.")
    assert refused.errors[0].startswith("A guardian has not told somebody yet")
    assert "They asked for it themselves." in refused.body
    listed = mine.get("/cases")
    assert "1 learning action has something to tell the people who spoke up" in listed.text
    to_tell = mine.get("/learning/tell")
    telling = mine.get(next(each for each in to_tell.links() if each.endswith("/tell")))
    told = mine.submit(telling, "Save", way="inbox")
    assert "The person was told on" in told.text
    said = [each.text for each in raised.inbox().messages if not each.from_reporter]
    assert "Everybody on a late shift takes their break." in said[-1]
    assert "has something to tell" not in mine.get("/cases").text
    closed = mine.submit(f"/learning/{ref}/close", "Close", staff_untold_why="They asked for it themselves.")
    assert "Closed" in closed.text
    assert "told on" in closed.text


def test_what_stands_in_the_case_is_marked_and_saved_only_as_it_was_shown(raised: RaisedCase, mine: PageClient) -> None:
    copied = "The propofol ran out and nobody came when I called."
    shown = mine.submit(f"/cases/{raised.ref}/learning/new", "Propose it", **{**WORDS, "issue": copied})
    assert shown.status == 200
    (led_to,) = shown.soup.select("[data-focus]")
    assert led_to.select_one("[role=alert] h2") is not None
    assert "nobody came when I called" in marked(shown)
    assert any("propofol" in each for each in marked(shown))
    assert copied in shown.body
    again = mine.submit(shown, "I have read this: save it as it is", issue="Petra asked for more staff.")
    assert marked(again) == ["Petra"]
    saved = mine.submit(again, "I have read this: save it as it is")
    assert saved.heading.endswith("More people on late shifts")


@pytest.mark.parametrize("field", ["title", "issue", "change"])
def test_the_reference_of_a_case_never_reaches_an_owner(raised: RaisedCase, mine: PageClient, field: str) -> None:
    named = f"As in {raised.ref.lower()}"
    refused = mine.submit("/learning/new", "Propose it", **{**WORDS, field: named})
    assert (refused.status, len(refused.errors)) == (422, 1)
    assert named in refused.body
    assert mine.submit(refused, "Propose it", **WORDS).heading.endswith(WORDS["title"])


@pytest.mark.parametrize("left_out", ["title", "issue", "change"])
def test_an_action_says_all_three_things_and_nothing_typed_is_lost(mine: PageClient, left_out: str) -> None:
    refused = mine.submit("/learning/new", "Propose it", **{**WORDS, left_out: ""})
    assert refused.status == 422
    assert len(refused.errors) == 1
    assert all(words in refused.body for name, words in WORDS.items() if name != left_out)


def test_an_action_comes_from_several_cases_and_from_none(
    trust: Trust, raised: RaisedCase, me: Colleague, mine: PageClient
) -> None:
    others = [factories.raised_case(trust) for _ in range(4)]
    other = next(each for each in others if me.id in {reader.id for reader in readers_of(each)})
    several = mine.submit("/learning/new", "Propose it", cases=f"{raised.ref.lower()}, {other.ref}", **WORDS)
    assert {f"/cases/{raised.ref}", f"/cases/{other.ref}"} <= set(several.links())
    none = mine.submit("/learning/new", "Propose it", **WORDS)
    assert "None. Cases of others that led to it are shown to nobody but them." in none.text


def test_a_case_of_others_and_no_case_at_all_are_alike(trust: Trust, mine: PageClient, me: Colleague) -> None:
    others = [factories.raised_case(trust) for _ in range(4)]
    strange = [each for each in others if me.id not in {reader.id for reader in readers_of(each)}]
    said = [
        mine.submit("/learning/new", "Propose it", cases=ref, **WORDS).errors
        for ref in (*(each.ref for each in strange[:1]), "SU-0000-0000")
    ]
    assert {errors[0].rpartition(" ")[0] for errors in said} == {"No case of yours has the reference"}


def test_a_colleague_who_is_not_on_the_case_sees_nothing_of_it(
    trust: Trust, raised: RaisedCase, mine: PageClient, signed_in: SignIn
) -> None:
    page = mine.submit(f"/cases/{raised.ref}/learning/new", "Propose it", **WORDS)
    readers = {each.id for each in readers_of(raised)}
    stranger = next(each for each in (trust.guardian, trust.second_guardian, trust.lead) if each.id not in readers)
    theirs = signed_in(stranger).get(f"/learning/{ref_of(page)}")
    assert theirs.status == 200
    assert raised.ref not in theirs.body
    assert "None. Cases of others" in theirs.text
    assert signed_in(stranger).get(f"/cases/{raised.ref}/learning").status == 404


def test_a_case_is_linked_to_an_action_there_is_held_against_its_words_and_parted_again(
    trust: Trust, raised: RaisedCase, mine: PageClient
) -> None:
    action = factories.action(trust, issue="The propofol ran out.")
    shown = mine.submit(f"/cases/{raised.ref}/learning", "It led to this", to=action.ref)
    assert any("propofol" in each for each in marked(shown))
    linked = mine.submit(shown, "I have read this: link it as it is")
    assert action.title in linked.text
    assert "It led to 1 learning action. The person has not been told yet." in mine.get(f"/cases/{raised.ref}").text
    parted = mine.submit(linked, f"It did not lead to this: undo the link : {action.title}")
    assert "It has not led to anything yet." in parted.text


def test_somebody_without_an_inbox_is_told_by_voice_or_it_is_said_why_not(trust: Trust, signed_in: SignIn) -> None:
    with trust.work(trust.guardian) as uow:
        ref = cases.record_case(uow, cases.Recorded("They rang.", "phone", cases.HowRaised.CONFIDENTIAL)).ref
    mine = signed_in(trust.guardian)
    action = factories.action(trust, S.IMPLEMENTED)
    mine.submit(f"/cases/{ref}/learning", "It led to this", to=action.ref)
    page = mine.get(f"/cases/{ref}/learning/{action.id}/tell")
    assert [str(each["value"]) for each in page.soup.select('[name="way"]')] == ["myself", "not"]
    forged = mine.submit(page, "Save", way="inbox")
    assert forged.status == 422
    told = mine.submit(page, "Save", way="myself", how="By telephone")
    assert "By telephone" in told.text
    assert "has something to tell" not in mine.get("/learning").text
    why = mine.submit(f"/cases/{ref}/learning/{action.id}/tell", "Save", way="not", why="")
    assert why.errors == ["Write this"]


def test_two_who_tell_somebody_at_once_do_not_both_do_it_unseen(trust: Trust, signed_in: SignIn) -> None:
    case = factories.raised_case(trust)
    me = readers_of(case)[0]
    mine = signed_in(me)
    action = factories.action(trust, S.IMPLEMENTED)
    mine.submit(f"/cases/{case.ref}/learning", "It led to this", to=action.ref)
    tell = next(each for each in mine.get(f"/cases/{case.ref}/learning").links() if each.endswith("/tell"))
    page = mine.get(tell)
    first = mine.submit(page, way="inbox", text="There are more people now.")
    assert "Message sent" in first.text
    late = mine.submit(page, way="inbox", text="We have more people at last.")
    assert late.status == 409
    assert "A colleague has seen to this while you wrote" in late.text
    assert "They were told on" in late.text
    assert "We have more people at last." in late.body
    with trust.work(me) as uow:
        said = [
            each.text for each in cases.open_view(uow, cases.find(uow, case.ref)).messages if not each.from_reporter
        ]
    assert said == ["There are more people now."]
    assert "Message sent" in mine.submit(late).text


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (S.PROPOSED, "this is meant to be different"),
        (S.IMPLEMENTED, "this has changed"),
        (S.NOT_TAKEN, "It is not being taken forward"),
    ],
)
def test_nobody_is_told_that_something_changed_before_it_has(
    trust: Trust, raised: RaisedCase, mine: PageClient, state: ActionState, words: str
) -> None:
    action = factories.action(trust, state)
    mine.submit(f"/cases/{raised.ref}/learning", "It led to this", to=action.ref)
    known = state is not S.PROPOSED
    assert ("has something to tell" in mine.get("/cases").text) is known
    page = mine.get(f"/cases/{raised.ref}/learning/{action.id}/tell")
    text = page.soup.select_one("textarea[name=text]")
    assert text is not None
    assert words in text.get_text()
    told = mine.submit(page, "Save", way="inbox")
    assert ("The person was told on" in told.text) is known


def test_a_damaged_case_is_named_recorded_and_hides_no_other_that_led_to_an_action(
    trust: Trust, guardian: PageClient
) -> None:
    kept_out = Exclusions(people=frozenset({trust.lead.id}))
    whole, torn = (factories.raised_case(trust, exclusions=kept_out) for _ in range(2))
    action, other = (factories.action(trust, S.IMPLEMENTED) for _ in range(2))
    with trust.work(trust.guardian) as uow:
        for raised, led_to in ((whole, action), (torn, action), (torn, other)):
            cases.link_learning(uow, cases.find(uow, raised.ref), learning.find(uow, led_to.ref))
        for each in (action, other):
            learning.ask_to_tell(uow, each.id, trust.guardian.id)
    record, place = METADATA.tables["sealed_record"], METADATA.tables["compartment"]
    of_torn = record.c.compartment_id.in_(sa.select(place.c.id).where(place.c.case_id == torn.id))
    with trust.stored.unbound() as intruder:
        intruder.execute(sa.update(record).where(of_torn, record.c.kind == "learning").values(body=bytes(200)))
    for ref, also_shown in (("tell", True), (action.ref, True), (other.ref, False)):
        page = guardian.get(f"/learning/{ref}")
        assert page.status == 200
        assert "1 case does not check out" in page.text
        assert torn.ref in page.text
        assert (f"/cases/{whole.ref}" in str(page.soup)) == also_shown
    with trust.work(trust.non_executive_lead) as uow:
        assert str(torn.id) in [each["subject"] for each in audit.lines(uow) if each["event"] == "integrity fault"]
    with trust.work(trust.guardian) as uow:
        # Nobody is let off while it cannot be read whom they are still to tell.
        assert other.id in learning.asked_of_me(uow)


def test_two_who_change_its_words_at_once_lose_nothing(trust: Trust, mine: PageClient, signed_in: SignIn) -> None:
    action = factories.action(trust, title="Breaks")
    form = mine.get(f"/learning/{action.ref}/words")
    signed_in(trust.second_guardian).submit(f"/learning/{action.ref}/words", "Save", title="Breaks for all")
    late = mine.submit(form, "Save", title="More staff at night")
    assert late.status == 409
    assert "Breaks for all" in late.text
    assert "More staff at night" in late.body
    saved = mine.submit(late, "Save")
    assert saved.heading.endswith("More staff at night")


def test_two_who_take_the_same_step_are_told(trust: Trust, mine: PageClient, signed_in: SignIn) -> None:
    action = factories.action(trust)
    form = mine.get(f"/learning/{action.ref}/decline")
    signed_in(trust.second_guardian).submit(f"/learning/{action.ref}/decline", why="It is done elsewhere.")
    late = mine.submit(form, why="Nobody can do it.")
    assert late.status == 409
    assert late.errors == ["Somebody was quicker. It stands at “Not taken forward” now"]
    assert "Nobody can do it." in late.body


def test_whoever_sees_to_it_asks_and_a_guardian_answers(trust: Trust, mine: PageClient) -> None:
    action = factories.action(trust, S.AGREED)
    with trust.work(trust.executive_lead) as uow:
        learning.ask_guardian(uow, learning.find_owned(uow, action.ref), "For nights, too?")
    assert "Question waits" in mine.get("/learning").text
    answered = mine.submit(f"/learning/{action.ref}/answer", "Send the answer", text="Yes, for nights as well.")
    assert "Yes, for nights as well." in answered.text
    assert "Question waits" not in mine.get("/learning").text


def test_what_is_answered_is_looked_through_as_well(trust: Trust, raised: RaisedCase, mine: PageClient) -> None:
    action = factories.action(trust, S.AGREED)
    mine.submit(f"/cases/{raised.ref}/learning", "It led to this", to=action.ref)
    shown = mine.submit(f"/learning/{action.ref}/answer", "Send the answer", text="Ask about bed 14")
    assert marked(shown) == ["14"]
    assert mine.submit(shown, "I have read this: save it as it is").heading.endswith(action.title)


def test_whoever_was_kept_out_of_the_case_is_not_given_its_action_unseen(
    trust: Trust, signed_in: SignIn, blobs: object
) -> None:
    kept = cases.Exclusions(people=frozenset({trust.executive_lead.id}))
    raised = factories.raised_case(trust, exclusions=kept)
    me = readers_of(raised)[0]
    mine = signed_in(me)
    page = mine.submit(f"/cases/{raised.ref}/learning/new", "Propose it", **WORDS)
    owner = {"owner": str(trust.executive_lead.id), **due_in(20)}
    warned = mine.submit(f"/learning/{ref_of(page)}/agree", "Agree", **owner)
    assert "does not want this person to see what they said" in warned.text
    assert "Proposed" in mine.get(f"/learning/{ref_of(page)}").text
    agreed = mine.submit(warned, "I have read this: save it as it is")
    assert "Agreed" in agreed.text


@pytest.mark.parametrize("from_case", [True, False])
def test_a_case_is_not_linked_unseen_to_what_somebody_sees_to_who_was_kept_out_of_it(
    trust: Trust,
    signed_in: SignIn,
    from_case: bool,  # noqa: FBT001 -- a parameter
) -> None:
    kept = cases.Exclusions(people=frozenset({trust.executive_lead.id}))
    raised = factories.raised_case(trust, exclusions=kept)
    mine, action = signed_in(readers_of(raised)[0]), factories.action(trust, S.AGREED)
    at, said = (f"/cases/{raised.ref}/learning", {"to": action.ref})
    if not from_case:
        at, said = (f"/learning/{action.ref}/cases", {"cases": raised.ref})
    warned = mine.submit(at, "It led to this" if from_case else "Link", **said)
    assert "does not want this person to see what they said" in warned.text
    assert raised.ref not in mine.get(f"/learning/{action.ref}").text
    linked = mine.submit(warned, "I have read this: link it as it is")
    assert "Linked." in linked.text


def test_an_owner_who_left_is_named_until_somebody_else_sees_to_it(trust: Trust, mine: PageClient) -> None:
    action = factories.action(trust, S.IN_PROGRESS)
    with trust.work(trust.administrator) as uow:
        accounts.end_membership(uow, accounts.member(uow, trust.executive_lead.id).membership)
    assert "does not belong here any more" in mine.get(f"/learning/{action.ref}").text
    form = mine.get(f"/learning/{action.ref}/hand-on")
    assert trust.executive_lead.name not in form.text
    handed = mine.submit(form, "Hand it on", owner=str(trust.administrator.id))
    assert "does not belong here any more" not in handed.text


def test_a_day_that_is_past_is_refused_and_what_was_typed_stays(trust: Trust, mine: PageClient) -> None:
    action = factories.action(trust, S.IN_PROGRESS)
    refused = mine.submit(f"/learning/{action.ref}/reschedule", "Save", why="The rota comes later.", **due_in(-1))
    assert refused.errors == ["That day is past"]
    assert "The rota comes later." in refused.body


def test_of_what_is_not_taken_forward_nothing_is_asked_any_more(trust: Trust, mine: PageClient) -> None:
    given_up = factories.action(trust, S.NOT_TAKEN)
    page = mine.get(f"/learning/{given_up.ref}").text
    for words in ("Nothing is counted yet", "Nothing has been tried", "staff are not told yet"):
        assert words not in page


def test_a_step_that_cannot_be_taken_leads_back(trust: Trust, mine: PageClient) -> None:
    action = factories.action(trust)
    led = mine.get(f"/learning/{action.ref}/close")
    assert led.path == f"/learning/{action.ref}"
    assert "This cannot be done as the action stands now" in led.text


def test_whoever_keeps_no_actions_may_propose_one_and_is_told_who_reads_it(trust: Trust, signed_in: SignIn) -> None:
    nadia = signed_in(trust.non_executive_lead)
    assert "Here stand the actions that you proposed or see to." in nadia.get("/learning").text
    form = nadia.get("/learning/new")
    assert "Every guardian here can read what you write, and that it was you who wrote it." in form.text
    made = nadia.submit(form, "Propose it", **WORDS)
    assert made.heading.endswith("More people on late shifts")
    assert "Agree who" not in made.text
    assert nadia.get(f"{made.path}/agree").path == made.path
    assert nadia.get(f"/learning/{factories.action(trust).ref}").status == 404


def test_nobody_who_may_not_can_tell_that_an_action_exists(trust: Trust, app: Flask, signed_in: SignIn) -> None:
    action = factories.action(trust, S.AGREED)
    pages = [rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/learning/<ref>")]
    assert len(pages) > 10
    for who in (trust.non_executive_lead, trust.buddy, trust.administrator):
        theirs = signed_in(who)
        for page in pages:
            path = re.sub(r"<(?!ref)[^>]*>", "1", page)
            refused, missing = (theirs.get(path.replace("<ref>", ref)) for ref in (action.ref, "LA-0000-0000"))
            assert (refused.status, refused.body) == (missing.status, missing.body), (who.name, page)
            assert refused.status in {404, 405}


def test_what_takes_an_action_up_again_gives_it_a_new_day(trust: Trust, mine: PageClient) -> None:
    action = factories.action(trust, S.CLOSED)
    page = mine.submit(f"/learning/{action.ref}/resume", why="It rose again in spring.", **due_in(14))
    assert "In progress" in page.text
    assert "It rose again in spring." in page.text


def test_a_part_of_the_trust_with_few_people_is_not_offered(trust: Trust, mine: PageClient) -> None:
    with trust.work() as uow:
        organisations.add_directorate(uow, "Mortuary", 4)
    offered = mine.get("/learning/new").soup.select('[name="directorate"] option')
    assert [each.get_text() for each in offered] == ["The whole organisation", "Surgery"]


def test_everything_that_is_missing_is_said_at_once(trust: Trust, mine: PageClient) -> None:
    agreed = mine.submit(f"/learning/{factories.action(trust).ref}/agree")
    assert (agreed.status, agreed.errors) == (422, ["Choose who sees to it", "Write a day"])
    resumed = mine.submit(f"/learning/{factories.action(trust, S.CHECKED).ref}/resume")
    assert (resumed.status, resumed.errors) == (422, ["Write why", "Write a day"])


@pytest.mark.parametrize(
    ("step", "state", "fields"),
    [
        ("implement", S.IN_PROGRESS, ["evidence"]),
        ("check", S.IMPLEMENTED, ["no_effect_why"]),
        ("close", S.CHECKED, ["staff_untold_why"]),
    ],
)
def test_what_a_step_still_needs_leads_to_the_field_that_can_say_it(
    trust: Trust, mine: PageClient, step: str, state: ActionState, fields: list[str]
) -> None:
    ref = factories.action(trust, state).ref
    refused = mine.submit(f"/learning/{ref}/{step}")
    led_to = [each["href"] for each in refused.soup.select(".nhsuk-error-summary a")]
    assert (refused.status, led_to) == (422, [f"#{name}" for name in fields])
    assert all(refused.soup.find("textarea", id=name, attrs={"aria-invalid": "true"}) for name in fields)
