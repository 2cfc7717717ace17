"""The page for the code says when codes rest, and what can be used instead."""

from datetime import timedelta

import pytest

from speakup import accounts
from speakup.kernel.errors import Invalid
from tests.trusts import PASSPHRASE, Trust
from tests.web.client import PageClient


def test_wrong_codes_written_on_the_page_are_counted(browser: PageClient, trust: Trust) -> None:
    asked = browser.submit("/sign-in", email=trust.guardian.email, passphrase=PASSPHRASE)
    assert "That code is not right" in browser.submit(asked, code="1").errors[0]
    for _ in range(9):
        with trust.work(trust.guardian) as uow, pytest.raises(Invalid, match="wrong"):
            accounts.check_second_factor(uow, accounts.member(uow, trust.guardian.id).person, "1")
    rested = browser.submit(asked, code=trust.guardian.code())
    assert rested.status == 422
    assert "You can use a recovery code now" in rested.errors[0]
    with trust.work(trust.guardian) as uow:
        uow.now += timedelta(minutes=2)
        accounts.check_second_factor(uow, accounts.member(uow, trust.guardian.id).person, trust.guardian.code(uow.now))
