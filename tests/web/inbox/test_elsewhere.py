"""A concern that belongs to another organisation: the person takes it there, and no key crosses."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from speakup import cases, organisations
from speakup.cases import PersonDetails
from speakup.kernel.errors import NotFound
from speakup.keyring.operations import key_log
from speakup.tables import METADATA
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient
from tests.web.walking import open_inbox, words_of

SignIn = Callable[[Colleague], PageClient]
THERE = "It happened on the ward that Otherham runs."


@pytest.fixture
def case(trust: Trust) -> RaisedCase:
    return factories.raised_case(trust, person=PersonDetails(name="Nora Nurse", contact="0700 900 1"))


def offer(theirs: PageClient, case: RaisedCase, there: Trust, text: str = THERE) -> Page:
    page = theirs.get(f"/cases/{case.ref}/hand-over/elsewhere")
    return theirs.submit(page, to=str(there.id), text=text, words="They can put it right.")


def test_the_address_read_out_to_whoever_has_no_inbox_has_one_port(
    trust: Trust, other_trust: Trust, signed_in: SignIn
) -> None:
    with other_trust.work() as uow:
        # The first in the alphabet, and it brings a port of its own.
        organisations.add_host(uow, "127.0.0.1:8012")
    with trust.work() as uow:
        organisations.add_host(uow, f"{trust.host}:8011")
    mine = signed_in(trust.guardian)
    mine.host = f"{trust.host}:8011"
    new = mine.get("/cases/new")
    case = mine.submit(new, "Save", narrative="It is theirs.", route="phone", how_raised="confidential").path
    assert "https://127.0.0.1:8012/ " in mine.get(f"{case}/hand-over/elsewhere").text


def inbox(app: Flask, case: RaisedCase) -> PageClient:
    browser = PageClient(app, case.trust.host)
    open_inbox(browser, " ".join(case.words))
    return browser


def cases_of(trust: Trust) -> list[str]:
    table = METADATA.tables["case"].c
    with trust.stored.unbound() as connection:
        return list(connection.scalars(sa.select(table.ref).where(table.organisation_id == trust.id)))


def test_the_person_takes_it_there_with_words_of_its_own_and_no_key_crosses(
    app: Flask, trust: Trust, other_trust: Trust, case: RaisedCase, signed_in: SignIn
) -> None:
    theirs = signed_in(readers_of(case)[0])
    assert "The person finds it in their private inbox." in offer(theirs, case, other_trust).text
    person = inbox(app, case)
    assert f"The guardian says this belongs to {other_trust.name}." in person.get("/follow-up").text
    page = person.get("/follow-up/elsewhere")
    assert THERE in page.body
    assert other_trust.guardian.name in page.text
    words = words_of(page)
    refused = person.submit(page, f"Send it to {other_trust.name}", text="What I want to say there.")
    assert refused.status == 422
    assert "What I want to say there." in refused.body
    assert words_of(refused) == words
    sent = person.submit(refused, f"Send it to {other_trust.name}", saved="y")
    assert f"You sent it to {other_trust.name}." in sent.text
    (ref,) = cases_of(other_trust)
    there = PageClient(app, other_trust.host)
    assert "What I want to say there." in open_inbox(there, " ".join(words)).text
    with other_trust.work(other_trust.guardian) as uow:
        view = cases.open_view(uow, cases.find(uow, ref))
    assert view.told.narrative == "What I want to say there."
    assert view.person is None
    for each in (trust.guardian, trust.second_guardian, trust.lead):
        with trust.work(each) as uow, pytest.raises(NotFound):
            cases.find(uow, ref)
    shown = theirs.get(f"/cases/{case.ref}")
    assert f"The person took this to {other_trust.name}" in shown.text
    assert ref not in shown.body
    assert "/follow-up/elsewhere" not in person.get("/follow-up").links()


def test_the_name_goes_along_only_where_the_person_says_so(
    app: Flask, other_trust: Trust, case: RaisedCase, signed_in: SignIn
) -> None:
    offer(signed_in(readers_of(case)[0]), case, other_trust)
    person = inbox(app, case)
    person.submit("/follow-up/elsewhere", f"Send it to {other_trust.name}", saved="y", with_name="y")
    with other_trust.work(other_trust.guardian) as uow:
        known = cases.person_of(uow, cases.find(uow, cases_of(other_trust)[0]))
    assert known is not None
    assert known.name == "Nora Nurse"


def test_sending_it_twice_is_one_concern(app: Flask, other_trust: Trust, case: RaisedCase, signed_in: SignIn) -> None:
    offer(signed_in(readers_of(case)[0]), case, other_trust)
    person = inbox(app, case)
    page = person.get("/follow-up/elsewhere")
    for _ in range(2):
        again = person.submit(page, f"Send it to {other_trust.name}", saved="y")
    assert "nothing to send elsewhere just now" in again.text
    assert len(cases_of(other_trust)) == 1


def test_an_inbox_that_was_opened_again_shows_other_words_and_sends_nothing_with_the_old_ones(
    app: Flask, other_trust: Trust, case: RaisedCase, signed_in: SignIn
) -> None:
    offer(signed_in(readers_of(case)[0]), case, other_trust)
    person = inbox(app, case)
    old = person.get("/follow-up/elsewhere")
    person.submit(person.get("/follow-up"), "Close my inbox")
    open_inbox(person, " ".join(case.words))
    late = person.submit(old, f"Send it to {other_trust.name}", saved="y", text="Words that stay")
    assert late.status == 422
    assert "Words that stay" in late.body
    assert words_of(late) != words_of(old)
    assert cases_of(other_trust) == []


def test_whoever_says_no_keeps_it_here(app: Flask, other_trust: Trust, case: RaisedCase, signed_in: SignIn) -> None:
    theirs = signed_in(readers_of(case)[0])
    offer(theirs, case, other_trust)
    person = inbox(app, case)
    assert "It stays here." in person.submit(person.get("/follow-up/elsewhere"), "No, it stays here").text
    assert "The person wants this to stay here" in theirs.get(f"/cases/{case.ref}").text
    assert cases_of(other_trust) == []


def test_an_organisation_that_takes_nothing_or_does_not_check_out_is_not_offered(
    other_trust: Trust, case: RaisedCase, signed_in: SignIn
) -> None:
    theirs, path = signed_in(readers_of(case)[0]), f"/cases/{case.ref}/hand-over/elsewhere"
    assert other_trust.name in theirs.get(path).text
    with other_trust.work() as uow:
        organisations.here(uow).intake_stopped = True
    assert "No other organisation here takes concerns just now." in theirs.get(path).text
    with other_trust.work() as uow:
        organisations.here(uow).intake_stopped = False
    with other_trust.stored.unbound() as connection:
        log = METADATA.tables["key_log_entry"].c
        connection.execute(
            sa.update(METADATA.tables["key_log_entry"])
            .where(log.organisation_id == other_trust.id, log.number == 2)
            .values(signature=bytes(64))
        )
        connection.commit()
    # As in a process that has not followed the log before.
    key_log._verified.clear()  # noqa: SLF001 -- there is no other way to forget what was found good
    assert other_trust.name not in theirs.get(path).text


def test_somebody_without_an_inbox_is_told_where_to_go(guardian: PageClient, trust: Trust, other_trust: Trust) -> None:
    with trust.work(trust.guardian) as uow:
        ref = cases.record_case(uow, cases.Recorded("They rang.", "phone", cases.HowRaised.CONFIDENTIAL)).ref
    page = guardian.get(f"/cases/{ref}/hand-over/elsewhere")
    assert "This person has no inbox." in page.text
    assert other_trust.host in page.text
