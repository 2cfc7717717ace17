"""A record that is another than was kept is said on every page of those who mind the keys."""

from collections.abc import Callable

from tests.trusts import Colleague, Trust
from tests.web.client import PageClient


def test_guardians_and_the_non_executive_lead_see_it(
    signed_in: Callable[[Colleague], PageClient], trust: Trust
) -> None:
    (trust.stored.trust_dir / f"{trust.id}.audit.json").write_text('{"number": 3, "hash": "00"}')
    for each in (trust.guardian, trust.non_executive_lead):
        assert "The record of what was done does not check out" in signed_in(each).get("/cases").text
    assert "does not check out" not in signed_in(trust.administrator).get("/admin").text
