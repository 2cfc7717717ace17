"""Whatever form somebody was filling in when their session ended: every word of it is on the page that follows.

The forms are those there are: each is fetched as somebody signed in, filled in, and posted by a browser that is not.
"""

import random
from collections.abc import Callable, Iterator

import pytest
from bs4 import Tag
from flask import Flask

from tests.trusts import Colleague, Trust
from tests.web.client import PageClient
from tests.web.test_any_form import Scene, forms_at
from tests.web.test_house import methods_of, pages

SPOKEN = {("/colleagues", "words")}
"""Five words that a colleague read out, which are heard again rather than handed about."""
TYPED_AGAIN = {"password"}
"""Kinds of boxes whose content is typed again."""
CODES = {"code"}


def boxes(form: Tag) -> Iterator[str]:
    """Name the boxes that somebody types words into."""
    for control in form.find_all(["input", "textarea"]):
        kind = control.name if control.name == "textarea" else str(control.get("type") or "text")
        if kind in {"text", "textarea", "email", "tel", "search", "url"} and control.get("name"):
            yield str(control["name"])


def after_the_end(app: Flask, trust: Trust, address: str, posted: dict[str, str]) -> str:
    """Post it from a browser whose session is over; return the page that comes."""
    browser = PageClient(app, trust.host)
    host = f"https://{browser.host}"
    page = browser.client.post(address, base_url=host, data=posted, headers={"Origin": host})
    assert page.status_code == 401, address
    return page.get_data(as_text=True)


@pytest.mark.parametrize("who", ["owner", "lead", "administrator", "recipient", "reporter"])
def test_every_box_that_was_typed_in_is_on_the_page_that_asks_to_sign_in_again(
    app: Flask, trust: Trust, signed_in: Callable[[Colleague], PageClient], who: str
) -> None:
    scene, lost, tried = Scene(app, trust, signed_in), set[tuple[str, str]](), 0
    for rule in pages(app):
        if "POST" not in methods_of(rule) or rule.rule.startswith("/follow-up") is not (who == "reporter"):
            continue
        if rule.rule in {"/follow-up", "/follow-up/close", "/sign-out"} or "GET" not in methods_of(rule):
            continue
        address = scene.address(rule, random.Random(1))
        page, forms = forms_at(scene.browser(who), address)
        if page.status != 200 or page.heading == "Sign in":
            continue
        for form in forms:
            target = str(form.get("action") or page.path)
            named = {name: f"Typed into the box {name} by hand" for name in boxes(form)}
            if not named or target.startswith("/sign-"):
                continue
            tried += 1
            shown = after_the_end(app, trust, target, named)
            lost |= {(rule.rule, name) for name, words in named.items() if words not in shown}
    assert tried
    assert {each for each in lost - SPOKEN if each[1] not in CODES} == set()
