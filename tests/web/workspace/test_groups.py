"""People who spoke up together: a case each, linked for guardians alone, and words they agreed to share."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from speakup import cases, keyring
from speakup.kernel.errors import IntegrityFault, NotFound
from speakup.keyring import CompartmentKind, PrincipalKind
from speakup.routing import Rule
from speakup.tables import METADATA
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient
from tests.web.walking import open_inbox, words_of

SignIn = Callable[[Colleague], PageClient]
SAID = "We were all told to write the charts up afterwards, from memory."
SAVE = "Save these cases"


def form_for(browser: PageClient, people: int) -> Page:
    page = browser.get("/cases/new/group")
    for _ in range(people - 2):
        page = browser.submit(page, "One person more", narrative=SAID)
    return page


def save(browser: PageClient, count: int = 3, **more: Any) -> Page:  # noqa: ANN401 -- any answers
    """Record a group of which the first two agree to share."""
    said = {"narrative": SAID, "route": "in_person", "together-0-agrees": "y", "together-1-agrees": "y", **more}
    return browser.submit(form_for(browser, count), SAVE, **said)


def refs(trust: Trust) -> list[str]:
    with trust.work(trust.guardian) as uow:
        found = [line.case for line in cases.worklist(uow, cases.Filters()).lines]
        titles = {line.case.ref: line.title or "" for line in cases.worklist(uow, cases.Filters()).lines}
    return sorted((each.ref for each in found), key=lambda ref: titles[ref])


def give_words(browser: PageClient, ref: str) -> str:
    return " ".join(words_of(browser.submit(browser.get(f"/cases/{ref}/new-words"), "Make seven words")))


def inbox(app: Flask, trust: Trust, words: str) -> PageClient:
    """A browser of the person's own in which their inbox is open."""
    browser = PageClient(app, trust.host)
    assert SAID in open_inbox(browser, words).text
    return browser


def test_edge_1_five_people_in_one_meeting_are_five_linked_cases(guardian: PageClient, trust: Trust) -> None:
    """Row 1."""
    own = {"together-4-own_words": "I did it twice.", "together-0-name": "Nora", "together-3-how_raised": "anonymous"}
    saved = save(guardian, 5, **own)
    assert "5 cases saved, one for each person" in saved.text
    assert "Spoke up together with 4 others" in saved.text
    found = refs(trust)
    assert len(found) == 5
    for ref in found:
        others = [each for each in found if each != ref]
        assert all(f"/cases/{each}" in guardian.get(f"/cases/{ref}/group").links() for each in others)
        assert SAID in guardian.get(f"/cases/{ref}").text
    assert "I did it twice." in guardian.get(f"/cases/{found[4]}").text
    assert "Nora" in guardian.get(f"/cases/{found[0]}").text
    with trust.stored.unbound() as connection:
        case = METADATA.tables["case"].c
        assert sorted(connection.scalars(sa.select(case.raised_anonymously))) == [False] * 4 + [True]
        assert len(set(connection.execute(sa.select(case.primary_id, case.cover_id)).all())) == 1


def test_each_is_asked_for_their_language_and_what_would_help_them(guardian: PageClient, trust: Trust) -> None:
    page = form_for(guardian, 3)
    polish = {
        "together-1-language": "polski",
        "together-1-help": ["interpreter", "bsl"],
        "together-1-other_help": "Mornings",
    }
    more = guardian.submit(page, "One person more", narrative=SAID, **polish)
    fourth = more.soup.select_one("[name=together-3-language]")
    assert "polski" in more.body
    assert fourth is not None
    guardian.submit(more, SAVE, route="in_person")
    found = refs(trust)
    shown = [guardian.get(f"/cases/{ref}").text for ref in found]
    assert ["Language: polski" in each for each in shown] == [False, True, False, False]
    for words in ("An interpreter", "British Sign Language", "Mornings"):
        assert words in shown[1]
    too_long = guardian.submit(
        form_for(guardian, 2), SAVE, narrative=SAID, route="in_person", **{"together-0-language": "x" * 5000}
    )
    assert too_long.status == 422
    assert "open" in str(too_long.soup.select_one("details:has([name=together-0-language])"))


def test_one_person_more_or_less_loses_no_word(guardian: PageClient) -> None:
    page = guardian.submit("/cases/new/group", "One person more", narrative=SAID, **{"together-1-name": "Nora"})
    assert SAID in page.body
    assert "Person 3 of 3" in page.text
    fewer = guardian.submit(page, "One person less")
    assert "Person 3" not in fewer.text
    assert "Nora" in fewer.body


def test_saving_a_group_twice_is_one_group(guardian: PageClient, trust: Trust) -> None:
    page = form_for(guardian, 2)
    for _ in range(2):
        assert "Spoke up together with 1 other" in guardian.submit(page, SAVE, narrative=SAID, route="phone").text
    assert len(refs(trust)) == 2


def test_what_is_amiss_in_a_group_is_said_and_nothing_is_saved(guardian: PageClient, trust: Trust) -> None:
    amiss: dict[str, Any] = {"together-1-how_raised": "anonymous", "together-1-name": "Nora", "route": None}
    refused = save(guardian, **amiss)
    assert refused.status == 422
    assert "Choose how it reached you." in refused.errors
    assert "Somebody anonymous has no name here. Leave it out, or choose “Confidentially”." in refused.errors
    assert SAID in refused.body
    assert refs(trust) == []


def test_a_guardian_who_is_kept_out_records_no_group(guardian: PageClient, trust: Trust) -> None:
    refused = save(guardian, people=["team"])
    assert "You or your team are kept out, so you cannot hold these." in " ".join(refused.errors)
    assert refs(trust) == []


def test_who_agreed_and_has_words_reads_what_is_shared_and_nobody_learns_who_the_others_are(
    guardian: PageClient, trust: Trust, app: Flask
) -> None:
    save(guardian, 3, **{"together-0-name": "Nora Nurse", "together-1-name": "Ida Nurse"})
    first, second, third = refs(trust)
    readers = [inbox(app, trust, give_words(guardian, ref)) for ref in (first, second, third)]
    guardian.submit(f"/cases/{first}/group", "Share with the group", text="The matron meets you all on Monday.")
    for reader, other in ((readers[0], "Ida Nurse"), (readers[1], "Nora Nurse")):
        shared = reader.get("/follow-up/group").text
        assert "The matron meets you all on Monday." in shared
        assert SAID in shared
        for page in (shared, reader.get("/follow-up").text):
            assert other not in page
            assert not [ref for ref in (first, second, third) if ref in page]
    assert "/follow-up/group" not in readers[2].get("/follow-up").links()
    assert readers[2].get("/follow-up/group").status == 404


def test_agreeing_later_opens_what_was_shared_before(guardian: PageClient, trust: Trust, app: Flask) -> None:
    save(guardian)
    third = refs(trust)[2]
    reader = inbox(app, trust, give_words(guardian, third))
    agreed = guardian.submit(guardian.get(f"/cases/{third}/group"), "They told me that they agree")
    assert "They agreed, and read what is shared in their private inbox." in agreed.text
    assert SAID in reader.get("/follow-up/group").text


def test_new_words_keep_the_group(guardian: PageClient, trust: Trust, app: Flask) -> None:
    save(guardian, 3, **{"together-0-name": "Nora"})
    first = refs(trust)[0]
    give_words(guardian, first)
    renewed = words_of(guardian.submit(guardian.get(f"/cases/{first}/new-words"), "Make new words"))
    assert SAID in inbox(app, trust, " ".join(renewed)).get("/follow-up/group").text


def test_leaving_ends_reading_at_once_and_changes_the_key_before_more_is_shared(
    guardian: PageClient, trust: Trust, app: Flask
) -> None:
    save(guardian)
    first, second, _ = refs(trust)
    leaver, stayer = (inbox(app, trust, give_words(guardian, ref)) for ref in (first, second))
    before = group_version(trust)
    left = leaver.submit("/follow-up/group", "Leave the group")
    assert "You left the group." in left.text
    assert "you left your group" in left.text
    assert leaver.get("/follow-up/group").status == 404
    assert SAID in stayer.get("/follow-up/group").text
    assert "The person left their group" in guardian.get(f"/cases/{first}").text
    guardian.submit(f"/cases/{second}/group", "Share with the group", text="After one had left.")
    assert group_version(trust) == before + 1
    assert "After one had left." in stayer.get("/follow-up/group").text
    assert "They have left the group" in guardian.get(f"/cases/{first}/group").text
    assert members(trust) == 1
    again = guardian.submit(guardian.get(f"/cases/{first}/group"), "They told me that they agree")
    assert "read what is shared" in again.text
    assert "After one had left." in leaver.get("/follow-up/group").text


def group_version(trust: Trust) -> int:
    table = METADATA.tables["compartment"].c
    with trust.stored.unbound() as connection:
        return int(connection.execute(sa.select(table.version).where(table.kind == CompartmentKind.GROUP)).scalar_one())


def members(trust: Trust) -> int:
    """Count those, beside guardians, to whom what the group shares is sealed."""
    table = METADATA.tables["grant_to"].c
    query = sa.select(sa.func.count()).where(
        table.kind == CompartmentKind.GROUP, table.principal_kind == PrincipalKind.REPORTER
    )
    with trust.stored.unbound() as connection:
        return int(connection.execute(query).scalar_one())


def test_no_row_says_which_cases_belong_together(guardian: PageClient, trust: Trust) -> None:
    save(guardian)
    for ref in refs(trust)[:2]:
        give_words(guardian, ref)
    with trust.stored.unbound() as connection:
        case_ids = set(connection.scalars(sa.select(METADATA.tables["case"].c.id)))
        grants = connection.execute(sa.select(METADATA.tables["grant_to"])).all()
        persons = {
            each.id for each in connection.execute(sa.select(METADATA.tables["reporter"])) if each.case_id in case_ids
        }
    shared = [each for each in grants if each.kind is CompartmentKind.GROUP]
    assert len(shared) == 4
    assert not {each.case_id for each in shared} & case_ids
    assert not {each.principal_id for each in shared} & persons


def test_a_member_opens_the_group_and_no_case(guardian: PageClient, trust: Trust) -> None:
    save(guardian)
    first = refs(trust)[0]
    give_words(guardian, first)
    with trust.work(trust.guardian) as uow:
        case = cases.find(uow, first)
        conversation = keyring.open_case(uow, case.id)[CompartmentKind.CONVERSATION]
        membership = cases.membership_of(keyring.read(uow, conversation))
    assert membership is not None
    with trust.work(membership.actor(trust.id)) as uow:
        assert [each.text for each in cases.read_shared(uow, membership)] == [SAID]
        with pytest.raises(NotFound):
            cases.mine(uow)
        with pytest.raises((NotFound, IntegrityFault)):
            keyring.open_case(uow, case.id)


def test_a_colleague_who_takes_over_one_case_of_a_group_takes_the_group_along(
    guardian: PageClient, signed_in: SignIn, trust: Trust
) -> None:
    save(guardian)
    first, *others = refs(trust)
    with trust.work(trust.guardian) as uow:
        newcomer = next(
            each for each in (trust.second_guardian, trust.lead) if each.id != cases.find(uow, first).cover_id
        )
        keyring.grant(uow, cases.find(uow, first).id, newcomer.id)
    theirs = signed_in(newcomer)
    assert theirs.get(f"/cases/{first}/group").status == 404
    guardian.get(f"/cases/{first}/group")
    shown = theirs.get(f"/cases/{first}/group")
    assert SAID in shown.text
    assert "2 more that you do not hold" in shown.text
    assert not [ref for ref in others if ref in shown.text]


def test_a_case_that_stands_alone_has_no_group(guardian: PageClient) -> None:
    saved = guardian.submit("/cases/new", "Save", narrative=SAID, route="phone", how_raised="open")
    assert "The group" not in saved.text
    assert guardian.get(f"{saved.path}/group").status == 404


def readers_of_group(trust: Trust) -> set[str]:
    """Name the colleagues to whom what the group shares is sealed."""
    table = METADATA.tables["grant_to"].c
    query = sa.select(table.principal_id).where(
        table.kind == CompartmentKind.GROUP, table.principal_kind == PrincipalKind.STAFF
    )
    with trust.stored.unbound() as connection:
        held = set(connection.scalars(query))
    return {each.name for each in trust.people.values() if each.id in held}


def give(trust: Trust, ref: str, to: Colleague) -> None:
    """Hand a case to somebody else, with the person's word."""
    with trust.work(trust.guardian) as uow:
        case = cases.find(uow, ref)
        cases.note_agreement(uow, case, {to.id}, cases.Heard(cases.Noted.AGREED, "By telephone", uow.today))
        cases.hand_over(uow, case, cases.Places(to.id, case.cover_id))


def test_what_a_group_shares_goes_with_its_cases_and_stays_while_one_of_them_does(
    guardian: PageClient, trust: Trust, signed_in: SignIn
) -> None:
    with trust.work(trust.guardian) as uow:
        rule = Rule(None, None, trust.guardian.id, trust.second_guardian.id)
        keyring.approve_routing(uow, [rule.plain()])
    save(guardian, 2)
    first, second = refs(trust)
    assert readers_of_group(trust) == {trust.guardian.name, trust.second_guardian.name}
    give(trust, first, trust.lead)
    assert readers_of_group(trust) == {trust.guardian.name, trust.second_guardian.name, trust.lead.name}
    assert SAID in signed_in(trust.lead).get(f"/cases/{first}/group").text
    give(trust, second, trust.lead)
    assert readers_of_group(trust) == {trust.second_guardian.name, trust.lead.name}


def test_whoever_steps_aside_from_a_case_of_a_group_loses_what_it_shares_with_the_last_of_them(
    guardian: PageClient, trust: Trust
) -> None:
    with trust.work(trust.guardian) as uow:
        rule = Rule(None, None, trust.guardian.id, trust.second_guardian.id)
        keyring.approve_routing(uow, [rule.plain()])
    save(guardian, 2)
    for ref in refs(trust):
        assert trust.guardian.name in readers_of_group(trust)
        with trust.work(trust.guardian) as uow:
            aside = cases.SteppingAside(cases.WhyAside.KNOWS, "My neighbour.")
            cases.step_aside(uow, cases.find(uow, ref), aside)
    assert trust.guardian.name not in readers_of_group(trust)
    assert trust.second_guardian.name in readers_of_group(trust)
