"""A guardian whom nobody vouched for at the moment at which the person took new words."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from speakup import audit, keyring
from speakup.audit import Event
from speakup.jobs import Job
from tests import factories
from tests.factories import RaisedCase
from tests.security.intruder import T
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient
from tests.web.walking import open_inbox

SignIn = Callable[[Colleague], PageClient]


@pytest.fixture
def raised(trust: Trust) -> RaisedCase:
    return factories.raised_case(trust)


@pytest.fixture
def left_out(raised: RaisedCase, trust: Trust, app: Flask) -> Colleague:
    """Off the log while the words were changed, and vouched for again since."""
    first, second = readers_of(raised)
    for each in (first, second):
        raised.view(each)
    someone = second if first is trust.guardian else first
    with trust.work(trust.non_executive_lead) as uow:
        keyring.remove(uow, someone.id)
    inbox = PageClient(app, trust.host)
    open_inbox(inbox, " ".join(raised.words))
    shown = inbox.submit("/follow-up/new-words", "Show me new words", present_words=" ".join(raised.words))
    inbox.submit(shown, "I have saved these words")
    with trust.work(someone) as uow:
        words = keyring.my_words(uow)
    with trust.work(trust.non_executive_lead) as uow:
        until = uow.today + timedelta(days=300)
        keyring.vouch(uow, keyring.offered(uow, someone.id), words, until)
    return someone


def warnings(trust: Trust) -> list[object]:
    with trust.stored.unbound() as connection:
        mails = sa.select(T["outbox"].c.job).where(T["outbox"].c.job == Job.KEY_WARNING_MAIL)
        return list(connection.execute(mails).scalars())


def test_they_are_told_that_they_can_no_longer_open_it_and_nobody_is_alarmed(
    left_out: Colleague, raised: RaisedCase, trust: Trust, signed_in: SignIn
) -> None:
    before = warnings(trust)
    page = signed_in(left_out).get(f"/cases/{raised.ref}")
    assert (page.status, page.heading) == (404, "You can no longer open this case")
    assert warnings(trust) == before
    with trust.work(trust.non_executive_lead) as uow:
        assert not audit.recorded_since(uow, Event.INTEGRITY_FAULT, uow.now - timedelta(minutes=5))


def test_it_leaves_their_list_once_a_colleague_on_the_case_has_opened_it(
    left_out: Colleague, raised: RaisedCase, signed_in: SignIn
) -> None:
    stays = next(each for each in readers_of(raised) if each is not left_out)
    theirs = signed_in(left_out)
    assert raised.ref in theirs.get("/cases").text
    assert signed_in(stays).get(f"/cases/{raised.ref}").status == 200
    assert raised.ref not in theirs.get("/cases").text
    assert theirs.get(f"/cases/{raised.ref}").heading == "We cannot find this page"
    assert signed_in(stays).get(f"/cases/{raised.ref}").status == 200


def test_grants_that_are_gone_while_the_key_record_names_somebody_are_a_fault_still(
    raised: RaisedCase, trust: Trust, signed_in: SignIn
) -> None:
    first, _second = readers_of(raised)
    raised.view(first)
    grants = T["grant_to"]
    with trust.stored.unbound() as connection:
        theirs = (grants.c.principal_id == first.id) & (grants.c.case_id == raised.id)
        connection.execute(sa.delete(grants).where(theirs & (grants.c.kind != "casework")))
        connection.commit()
    assert signed_in(first).get(f"/cases/{raised.ref}").status == 500


def test_their_search_leaves_it_out_and_finds_nothing_wrong(
    left_out: Colleague, raised: RaisedCase, signed_in: SignIn
) -> None:
    page = signed_in(left_out).submit("/cases/search", "Search", words=raised.concern.narrative.split()[0])
    assert raised.ref not in page.text
    assert "check out" not in page.text
