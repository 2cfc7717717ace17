"""A host name given to another organisation in the database opens no page of that organisation's."""

from flask import Flask
from sqlalchemy import text

from tests.trusts import Trust
from tests.web.client import PageClient


def test_a_host_name_moved_to_another_organisation_is_refused(app: Flask, trust: Trust, other_trust: Trust) -> None:
    theirs = "SELECT organisation_id FROM host_name WHERE host = :theirs"
    with trust.stored.unbound() as intruder:
        intruder.execute(
            text(f"UPDATE host_name SET organisation_id = ({theirs}) WHERE host = :ours"),  # noqa: S608 -- no input
            {"theirs": other_trust.host, "ours": trust.host},
        )
    browser = PageClient(app, trust.host)
    refused = [browser.client.get(path, base_url=f"https://{trust.host}") for path in ("/", "/raise", "/sign-in")]
    assert [each.status_code for each in refused] == [400, 400, 400]


def test_an_organisation_called_something_else_takes_no_concern(app: Flask, trust: Trust, other_trust: Trust) -> None:
    with trust.stored.unbound() as intruder:
        intruder.execute(text("UPDATE organisation SET name = :name"), {"name": trust.name})
    assert PageClient(app, other_trust.host).client.get("/", base_url=f"https://{other_trust.host}").status_code == 500
    assert PageClient(app, trust.host).get("/").status == 200
