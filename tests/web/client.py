"""A browser-like client: it submits the form that was really served, and checks the house rules on every page."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import lxml.html
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from lxml.html import HtmlElement
from werkzeug.test import TestResponse

from tests.web.syntax import check_syntax

PRIVATE = (
    "/cases", "/account", "/admin", "/follow-up", "/raise", "/sign-in", "/colleagues", "/routing", "/welcome", "/diary",
    "/absences", "/actions", "/lists", "/import", "/learning", "/publications", "/referrals", "/returns",
    "/subject-access", "/board",
)  # fmt: skip
_REDIRECTS = {301, 302, 303, 307, 308}
_CSP = "default-src 'none'; script-src 'self'; style-src 'self';"


@dataclass
class Page:
    """An answer, and what is in it."""

    response: TestResponse
    path: str

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def body(self) -> str:
        return self.response.get_data(as_text=True)

    @cached_property
    def soup(self) -> BeautifulSoup:
        """The page in pieces, parsed once: reading them changes nothing."""
        return BeautifulSoup(self.body, "html.parser")

    @cached_property
    def tree(self) -> HtmlElement:
        """The page in pieces as well, in a thirtieth of the time: for what is asked of every page."""
        return lxml.html.document_fromstring(self.body)

    @property
    def text(self) -> str:
        """Everything a reader sees, spaces folded."""
        return text_of(self.tree)

    @property
    def heading(self) -> str:
        return next((text_of(each) for each in self.tree.iter("h1")), "")

    @property
    def errors(self) -> list[str]:
        """What the error summary says."""
        summary = "contains(concat(' ', normalize-space(@class), ' '), ' nhsuk-error-summary ')"
        return [text_of(each) for each in self.tree.xpath(f"//*[{summary}]//li")]

    def links(self) -> list[str]:
        return [str(each) for each in self.tree.xpath("//a/@href")]


@dataclass
class PageClient:
    """One browser with scripts off, over HTTPS, at one organisation's host."""

    app: Flask
    host: str
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def get(self, path: str, **options: Any) -> Page:  # noqa: ANN401 -- the test client's own options
        """Fetch a page, following redirects within the site."""
        return self._follow(self.client.get(path, base_url=f"https://{self.host}", **options), path)

    def post(self, path: str, data: Mapping[str, Any] | None = None, **options: Any) -> Page:  # noqa: ANN401 -- see `get`
        """Post exactly this: for what a browser would not do."""
        answer = self.client.post(path, base_url=f"https://{self.host}", data=data or {}, **options)
        return self._follow(answer, path)

    def submit(self, page: Page | str, button: str | None = None, **fields: Any) -> Page:  # noqa: ANN401 -- text, lists, files
        """Fill in the form of a page and send it, as it was served: hidden fields, defaults, token and all.

        `button` is the words on the button, where a page has several forms or several buttons. A list of values
        ticks boxes; a (stream, name) pair is a file; None leaves a field out.
        """
        shown = self.get(page) if isinstance(page, str) else page
        form, pressed = _form_with(shown, button)
        data = _defaults(form)
        if pressed is not None and pressed.get("name"):
            data[pressed.get("name")] = pressed.get("value", "")
        for name, value in fields.items():
            assert form.xpath(".//*[@name=$name]", name=name), f"{shown.path} has no field {name}"
            data[name] = value
        data = {name: value for name, value in data.items() if value is not None}
        target = str(form.get("action") or shown.path)
        headers = {"Origin": f"https://{self.host}", "Sec-Fetch-Site": "same-origin"}
        return self.post(target, data, headers=headers)

    def cookies(self) -> set[str]:
        """Name the cookies this browser holds."""
        held = self.client._cookies or {}  # noqa: SLF001 -- it has no public list
        return {cookie.key for cookie in held.values()}

    def _follow(self, answer: TestResponse, path: str) -> Page:
        for _ in range(5):
            if answer.status_code not in _REDIRECTS:
                break
            location = answer.headers["Location"]
            if location.startswith("http"):
                prefix = f"https://{self.host}"
                if not location.startswith(prefix):
                    break
                location = location[len(prefix) :]
            path = location
            answer = self.client.get(location, base_url=f"https://{self.host}")
        page = Page(answer, path.split("#")[0])
        if answer.mimetype == "text/html":
            check_house_rules(page)
        return page


def text_of(element: HtmlElement) -> str:
    """Everything a reader sees of it, spaces folded."""
    return " ".join(" ".join(element.xpath(".//text()")).split())


def check_house_rules(page: Page) -> None:
    """What every page owes its reader, whatever it is about."""
    check_syntax(page.body)
    tree = page.tree
    headings = list(tree.iter("h1"))
    assert len(headings) == 1, f"{page.path}: {len(headings)} h1"
    titles = list(tree.iter("title"))
    assert titles
    assert text_of(titles[0]), f"{page.path}: no title"
    assert tree.get("lang"), f"{page.path}: no language"
    _check_ids(tree, page.path)
    _check_labels(tree, page.path)
    _check_nothing_inline(tree, page.path)
    _check_headers(page)


def _check_ids(tree: HtmlElement, path: str) -> None:
    ids = [str(each) for each in tree.xpath("//@id")]
    assert len(ids) == len(set(ids)), f"{path}: an id twice: {sorted({each for each in ids if ids.count(each) > 1})}"
    for link in tree.xpath("//a/@href"):
        if re.match("#.", link):
            assert link[1:] in ids, f"{path}: {link} leads nowhere"


def _check_labels(tree: HtmlElement, path: str) -> None:
    labelled = {str(each) for each in tree.xpath("//label/@for")}
    for control in tree.iter("input", "select", "textarea"):
        if control.get("type") in {"hidden", "submit"}:
            continue
        name = control.get("name")
        assert control.get("id") in labelled or control.get("aria-label"), f"{path}: {name} has no label"


def _check_nothing_inline(tree: HtmlElement, path: str) -> None:
    for each in tree.iter(lxml.html.etree.Element):
        bad = [name for name in each.keys() if name == "style" or name.startswith("on")]  # noqa: SIM118 -- no mapping
        assert not bad, f"{path}: {bad} on {each.tag}"
        for name in ("src", "href", "action", "srcset", "poster"):
            value = each.get(name, "")
            foreign = value.startswith(("http:", "https:", "//", "data:", "javascript:"))
            assert not foreign or each.tag == "a", f"{path}: {value}"
    assert not list(tree.iter("style")), f"{path}: a style element"
    assert all(each.get("src") and not text_of(each) for each in tree.iter("script")), f"{path}: a script"


def _check_headers(page: Page) -> None:
    headers = page.response.headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith(_CSP)
    assert "unsafe" not in policy
    if re.match(f"(?:{'|'.join(PRIVATE)})(?:[/?]|$)", page.path):
        assert headers["Cache-Control"] == "no-store", page.path
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    for cookie in headers.getlist("Set-Cookie"):
        _check_cookie(cookie)


def _check_cookie(cookie: str) -> None:
    assert cookie.startswith("__Host-"), cookie
    for needed in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert needed in cookie, cookie
    assert "Domain=" not in cookie


def _form_with(page: Page, button: str | None) -> tuple[HtmlElement, HtmlElement | None]:
    """Find the form to send: the one whose button says so, or the only one beside signing out."""
    forms = [each for each in page.tree.iter("form") if each.get("method", "").lower() == "post"]
    for form in forms:
        for pressed in form.iter("button"):
            if button is not None and text_of(pressed) == button:
                return form, pressed
    assert button is None, f"{page.path} has no button {button!r}: {page.text[:300]}"
    usual = [form for form in forms if form.get("action") != "/sign-out"]
    assert len(usual) == 1, f"{page.path} has {len(usual)} forms: {page.text[:300]}"
    return usual[0], next(usual[0].iter("button"), None)


def _defaults(form: HtmlElement) -> dict[str, Any]:
    """Read what the browser would send if nothing were touched."""
    data: dict[str, Any] = {}
    for control in form.iter("input", "select", "textarea"):
        name, kind = control.get("name"), control.get("type", "text")
        if not name or control.get("disabled") is not None or kind in {"file", "submit", "button"}:
            continue
        if kind == "hidden" and name in data:
            # What was ticked is carried as often as it was ticked.
            held = data[name]
            data[name] = [*(held if isinstance(held, list) else [held]), control.get("value", "")]
        elif kind in {"checkbox", "radio"}:
            if control.get("checked") is not None:
                data.setdefault(name, []).append(control.get("value", "on"))
        elif control.tag == "select":
            data[name] = _selected(control)
        elif control.tag == "textarea":
            data[name] = (control.text or "").removeprefix("\n")
        else:
            data[name] = control.get("value", "")
    return data


def _selected(control: HtmlElement) -> str | Sequence[str]:
    options = list(control.iter("option"))
    chosen = [_value(each) for each in options if each.get("selected") is not None]
    if control.get("multiple") is not None:
        return chosen
    return chosen[0] if chosen else _value(options[0]) if options else ""


def _value(option: HtmlElement) -> str:
    return str(option.get("value", option.xpath("string()")))
