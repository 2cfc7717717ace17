"""A key log that does not check out, as staff see it."""

import json
from collections.abc import Callable

from tests.trusts import Colleague, Trust
from tests.web.client import PageClient

SignIn = Callable[[Colleague], PageClient]
TROUBLE = "The list of keys does not check out"


def test_an_older_key_log_opens_no_case_and_every_guardian_is_told(signed_in: SignIn, trust: Trust) -> None:
    open_before = signed_in(trust.guardian)
    assert TROUBLE not in open_before.get("/cases").text
    _put_an_older_log_back(trust)
    assert open_before.get("/cases").status == 404
    for person in (trust.guardian, trust.non_executive_lead, trust.buddy):
        assert TROUBLE in signed_in(person).get("/account").text
    administrators = signed_in(trust.administrator).get("/admin")
    assert TROUBLE not in administrators.text
    assert "First guardian’s key Missing" in administrators.text


def test_without_a_trust_root_a_guardian_is_told_what_to_do(signed_in: SignIn, trust: Trust) -> None:
    (trust.stored.trust_dir / f"{trust.id}.json").unlink()
    assert "speakup trust-root set" in signed_in(trust.guardian).get("/account").text


def _put_an_older_log_back(trust: Trust) -> None:
    """The file outside the database has seen more entries than there are now."""
    file = trust.stored.trust_dir / f"{trust.id}.json"
    seen = json.loads(file.read_text())
    file.write_text(json.dumps({**seen, "number": seen["number"] + 3, "hash": seen["hash"][::-1]}))
