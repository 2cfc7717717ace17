"""A browser-like client: it submits the form that was really served, and checks the house rules on every page."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import html5lib
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

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

    @property
    def text(self) -> str:
        """Everything a reader sees, spaces folded."""
        return " ".join(self.soup.get_text(" ").split())

    @property
    def heading(self) -> str:
        found = self.soup.find("h1")
        return " ".join(found.get_text(" ").split()) if found else ""

    @property
    def errors(self) -> list[str]:
        """What the error summary says."""
        return [" ".join(each.get_text(" ").split()) for each in self.soup.select(".nhsuk-error-summary li")]

    def links(self) -> list[str]:
        return [str(each["href"]) for each in self.soup.find_all("a", href=True)]


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
            data[str(pressed["name"])] = str(pressed.get("value", ""))
        for name, value in fields.items():
            assert form.select_one(f'[name="{name}"]') is not None, f"{shown.path} has no field {name}"
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


def check_house_rules(page: Page) -> None:
    """What every page owes its reader, whatever it is about."""
    html5lib.HTMLParser(strict=True).parse(page.body)
    soup = page.soup
    headings = soup.find_all("h1")
    assert len(headings) == 1, f"{page.path}: {len(headings)} h1"
    assert soup.title is not None
    assert soup.title.get_text().strip(), f"{page.path}: no title"
    assert soup.html is not None
    assert soup.html.get("lang"), f"{page.path}: no language"
    _check_ids(soup, page.path)
    _check_labels(soup, page.path)
    _check_nothing_inline(soup, page.path)
    _check_headers(page)


def _check_ids(soup: BeautifulSoup, path: str) -> None:
    ids = [str(each["id"]) for each in soup.find_all(id=True)]
    assert len(ids) == len(set(ids)), f"{path}: an id twice: {sorted({each for each in ids if ids.count(each) > 1})}"
    for link in soup.find_all("a", href=re.compile("^#.")):
        assert str(link["href"])[1:] in ids, f"{path}: {link['href']} leads nowhere"


def _check_labels(soup: BeautifulSoup, path: str) -> None:
    labelled = {str(each.get("for")) for each in soup.find_all("label")}
    for control in soup.find_all(["input", "select", "textarea"]):
        if control.get("type") in {"hidden", "submit"}:
            continue
        name = control.get("name")
        assert control.get("id") in labelled or control.get("aria-label"), f"{path}: {name} has no label"


def _check_nothing_inline(soup: BeautifulSoup, path: str) -> None:
    for each in soup.find_all(name=True):
        bad = [name for name in each.attrs if name == "style" or name.startswith("on")]
        assert not bad, f"{path}: {bad} on {each.name}"
        for name in ("src", "href", "action", "srcset", "poster"):
            value = str(each.get(name) or "")
            foreign = value.startswith(("http:", "https:", "//", "data:", "javascript:"))
            assert not foreign or each.name == "a", f"{path}: {value}"
    assert not soup.find_all("style"), f"{path}: a style element"
    assert all(each.get("src") and not each.get_text().strip() for each in soup.find_all("script")), f"{path}: a script"


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


def _form_with(page: Page, button: str | None) -> tuple[Tag, Tag | None]:
    """Find the form to send: the one whose button says so, or the only one beside signing out."""
    forms = [each for each in page.soup.find_all("form") if str(each.get("method")).lower() == "post"]
    for form in forms:
        for pressed in form.find_all("button"):
            if button is not None and " ".join(pressed.get_text(" ").split()) == button:
                return form, pressed
    assert button is None, f"{page.path} has no button {button!r}: {page.text[:300]}"
    usual = [form for form in forms if form.get("action") != "/sign-out"]
    assert len(usual) == 1, f"{page.path} has {len(usual)} forms: {page.text[:300]}"
    return usual[0], usual[0].find("button")


def _defaults(form: Tag) -> dict[str, Any]:
    """Read what the browser would send if nothing were touched."""
    data: dict[str, Any] = {}
    for control in form.find_all(["input", "select", "textarea"]):
        name, kind = control.get("name"), control.get("type", "text")
        if not name or control.has_attr("disabled") or kind in {"file", "submit", "button"}:
            continue
        if kind == "hidden" and name in data:
            # What was ticked is carried as often as it was ticked.
            held = data[str(name)]
            data[str(name)] = [*(held if isinstance(held, list) else [held]), str(control.get("value", ""))]
        elif kind in {"checkbox", "radio"}:
            if control.has_attr("checked"):
                data.setdefault(str(name), []).append(str(control.get("value", "on")))
        elif control.name == "select":
            data[str(name)] = _selected(control)
        elif control.name == "textarea":
            data[str(name)] = control.get_text().removeprefix("\n")
        else:
            data[str(name)] = str(control.get("value", ""))
    return data


def _selected(control: Tag) -> str | Sequence[str]:
    options = control.find_all("option")
    chosen = [str(each.get("value", each.get_text())) for each in options if each.has_attr("selected")]
    if control.has_attr("multiple"):
        return chosen
    return chosen[0] if chosen else str(options[0].get("value", options[0].get_text())) if options else ""
