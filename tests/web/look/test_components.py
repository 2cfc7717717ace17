"""Every macro, in the gallery: valid, labelled, and deaf to markup in the words it is given."""

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask, flash, render_template_string
from flask.testing import FlaskClient
from jinja2 import meta, nodes

from tests.web.look.gallery import HERE, ROOT, gallery_form, manifest
from tests.web.look.reading import Reading

TEMPLATES = ROOT / "templates"
COMPONENTS = sorted((TEMPLATES / "components").glob("*.html"))
EVERY = sorted(TEMPLATES.rglob("*.html"))
MINE = [
    path for folder in ("layouts", "components", "public", "errors") for path in (TEMPLATES / folder).glob("*.html")
]
HOSTILE = """"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}<!--</textarea></title>"""
VIEWS = ["?", "?errors=1", "?layout=staff", "?layout=staff&errors=1", "?layout=plain"]
GIVEN = {
    "asset", "case_address", "csrf_token", "door_closed", "get_flashed_messages", "gettext", "ngettext", "_",
    "backup_days", "error_layout", "form", "guardians", "helpline", "helplines", "home_address", "intake_open", "kept",
    "kept_files", "kept_words", "key_trouble", "language", "limit", "next_look", "organisation",
    "place", "places", "raising",
    "retention_years", "retry_address", "routing_news", "sites", "viewer_name", "wait", "waiting_changes",
    "why_closed", "writing",
}  # fmt: skip


def read(pages: FlaskClient, address: str) -> Reading:
    return Reading(pages.get(address).get_data(as_text=True))


def render(gallery: Flask, source: str, **words: object) -> str:
    macros = {path.stem: re.findall(r"{% macro ([a-z]\w*)", path.read_text()) for path in COMPONENTS}
    imports = "".join(
        f'{{% from "components/{stem}.html" import {", ".join(names)} %}}' for stem, names in macros.items()
    )
    with gallery.test_request_context("/"):
        return render_template_string(imports + source, **words)


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_the_gallery_shows_every_macro(path: Path) -> None:
    shown = (HERE / "templates" / "gallery.html").read_text()
    for name in re.findall(r"{% macro ([a-z]\w*)", path.read_text()):
        assert re.search(rf"\b{name}\(", shown.split("{% block", 1)[1]), name


def test_the_list_of_macros_names_every_macro() -> None:
    listed = (TEMPLATES / "components" / "README.md").read_text()
    for path in COMPONENTS:
        for name in re.findall(r"{% macro ([a-z]\w*)", path.read_text()):
            assert re.search(rf"`{name}\(", listed), name


@pytest.mark.parametrize("path", MINE, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_template_uses_only_names_it_is_known_to_be_given(gallery: Flask, path: Path) -> None:
    tree = gallery.jinja_env.parse(path.read_text())
    imported = {name for line in tree.find_all(nodes.FromImport) for name in line.names}
    made = {macro.name for macro in tree.find_all(nodes.Macro)}
    assert meta.find_undeclared_variables(tree) - imported - made - {"caller"} <= GIVEN


@pytest.mark.parametrize("path", EVERY, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_template_trusts_its_words_or_styles_or_scripts_inline(path: Path) -> None:
    source = path.read_text()
    assert not re.search(
        r"\|\s*safe|autoescape false|style=|javascript:|\son[a-z]+=|<script(?! type=\"module\" src=)", source
    )


@pytest.mark.parametrize("path", EVERY, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_class_a_template_names_is_in_a_style_sheet(prepared: Path, path: Path) -> None:
    """What a new version of the toolkit renames is found here and not by a reader."""
    names = manifest(prepared)
    styles = (prepared / names["nhsuk.css"]).read_text() + (prepared / names["speakup.css"]).read_text()
    plain = re.sub(r"{{.*?}}", "{}", re.sub(r"{%.*?%}", " ", path.read_text()))
    for value in re.findall(r'class="([^"]*)"', plain):
        for name in value.split():
            assert "{" in name or f".{name}" in styles, name


@pytest.mark.parametrize("view", VIEWS)
def test_markup_in_any_words_stays_words(pages: FlaskClient, view: str) -> None:
    page = read(pages, f"/gallery{view}&words={quote(HOSTILE)}")
    assert len(page.every("script")) == 1
    assert not page.every("img")
    assert not [name for element in page.root.iter() for name in element.attrib if name.startswith("on")]
    assert "49" not in page.text()
    assert page.text().count("<script>alert(1)</script>") > 50


@pytest.mark.parametrize("view", VIEWS)
def test_the_gallery_is_valid_and_says_one_thing_once(pages: FlaskClient, view: str) -> None:
    page = read(pages, "/gallery" + view)
    assert len(page.ids()) == len(set(page.ids()))
    assert len(page.every("h1")) == 1
    assert page.text(page.every("title")[0])


@pytest.mark.parametrize("view", VIEWS)
def test_every_control_has_a_label_and_every_description_exists(pages: FlaskClient, view: str) -> None:
    page = read(pages, "/gallery" + view)
    labelled = {element.get("for") for element in page.every("label")}
    assert {control.get("id") for control in page.controls()} == labelled
    for element in page.root.iter():
        for name in ("aria-describedby", "aria-labelledby"):
            assert set(element.get(name, "").split()) <= set(page.ids())


def test_every_link_of_the_error_summary_lands_on_a_control(pages: FlaskClient) -> None:
    page = read(pages, "/gallery?errors=1")
    summary = next(element for element in page.root.iter() if element.get("class") == "nhsuk-error-summary")
    targets = [link.attrib["href"].removeprefix("#") for link in summary.iter() if link.tag == "a"]
    assert {"name", "story", "way", "who", "when-day", "files", "agree"} <= set(targets)
    assert all(page.by_id(target) in page.controls() for target in targets)
    assert page.text(page.every("title")[0]).startswith("Error: ")


def test_nothing_typed_is_offered_again_by_the_browser_or_sent_to_be_spell_checked(pages: FlaskClient) -> None:
    page = read(pages, "/gallery")
    for control in page.controls():
        if control.tag == "textarea" or control.get("type") in {"text", "password"}:
            assert control.get("autocomplete") in {"off", "current-password"}
            assert control.get("spellcheck", "false") == "false"
    typed = [form for form in page.every("form") if form.get("action") != "/sign-out"]
    assert [form.get("autocomplete") for form in typed] == ["off"]


def test_a_long_text_is_never_cut_by_the_browser(pages: FlaskClient) -> None:
    assert not [control for control in read(pages, "/gallery").controls() if "maxlength" in control.attrib]


def test_a_passphrase_is_never_printed_back(gallery: Flask) -> None:
    with gallery.test_request_context("/"):
        form = gallery_form("correct horse battery staple")
        page = render(gallery, "{{ password(form.secret, label='x') }}", form=form)
    assert form.secret.data == "correct horse battery staple"
    assert "correct horse" not in page


def test_a_line_break_that_begins_a_text_comes_back(pages: FlaskClient) -> None:
    story = read(pages, "/gallery?words=one").by_id("story")
    assert story.text == "\none"


@pytest.mark.parametrize("shown", ["textarea(form.story, heading=h)", "radios(form.way, heading=h)"])
def test_a_question_can_be_the_heading_with_its_number_above(gallery: Flask, shown: str) -> None:
    with gallery.test_request_context("/"):
        body = render(gallery, "{{" + shown + "}}", form=gallery_form("What happened"), h="Question <3> of 9")
    heading = Reading("<!DOCTYPE html><title>x</title>" + body).every("h1")[0]
    assert Reading("<!DOCTYPE html><title>x</title>" + body).text(heading) == "Question <3> of 9 What happened"
    assert "data-focus" in heading.attrib


def test_a_hidden_answer_is_only_hidden_by_the_style_sheet(pages: FlaskClient) -> None:
    page = read(pages, "/gallery")
    assert not [element for element in page.root.iter() if "aria-expanded" in element.attrib]
    conditional = [element for element in page.root.iter() if element.get("class") == "nhsuk-radios__conditional"]
    assert "hidden" not in conditional[0].attrib


@pytest.mark.parametrize(
    ("number", "address"),
    [
        ("999", "tel:999"),
        ("116 123", "tel:116123"),
        ("01632 960 141", "tel:01632960141"),
        ("(01632) 960-141", "tel:01632960141"),
        ("+44 1632 960141", "tel:+441632960141"),
    ],
)
def test_a_number_that_any_phone_can_call_is_a_link(gallery: Flask, number: str, address: str) -> None:
    assert f'href="{address}"' in render(gallery, "{{ phone(n) }}", n=number)


@pytest.mark.parametrize("number", ["2222", "bleep 047", "switchboard, ext 12", "0 for help", "", "+"])
def test_a_number_that_only_works_inside_stays_text(gallery: Flask, number: str) -> None:
    assert "href" not in render(gallery, "{{ phone(n) }}", n=number)


def test_one_page_needs_no_pagination(gallery: Flask) -> None:
    assert "nav" not in render(gallery, "{{ pagination(1, 1, '/x?page=') }}")


@pytest.mark.parametrize("page", range(1, 8))
def test_pagination_shows_each_near_page_once(gallery: Flask, page: int) -> None:
    shown = Reading("<!DOCTYPE html><title>x</title>" + render(gallery, "{{ pagination(n, 7, '/x?page=') }}", n=page))
    numbers = [link.attrib["href"].removeprefix("/x?page=") for link in shown.every("a") if link.get("aria-label")]
    assert numbers == sorted({str(n) for n in (1, page - 1, page, page + 1, 7) if 1 <= n <= 7})


def test_an_error_summary_without_errors_says_nothing(gallery: Flask) -> None:
    assert not render(gallery, "{{ error_summary() }}{{ error_summary(form) }}", form=None).strip()


def test_staff_see_only_the_places_they_may_visit(pages: FlaskClient) -> None:
    page = read(pages, "/gallery?layout=staff")
    menu = next(element for element in page.every("nav") if element.get("aria-label") == "Menu")
    links = [(link.attrib["href"], link.get("aria-current")) for link in menu.iter() if link.tag == "a"]
    assert links == [("/cases", "true"), ("/admin/routing", None), ("/account", None)]


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ("no trust root", "No concern can be received yet"),
        ("key log", "The list of keys does not check out"),
        ("audit chain", "The record of what was done does not check out"),
    ],
)
def test_trouble_with_the_keys_is_said_on_every_page_of_staff(gallery: Flask, trouble: str, words: str) -> None:
    source = "{% extends 'layouts/staff.html' %}{% block content %}<h1>x</h1>{% endblock %}"
    with gallery.test_request_context("/"):
        assert words in Reading(render_template_string(source, key_trouble=trouble)).text()
        assert words not in Reading(render_template_string(source, key_trouble="")).text()


def test_what_was_flashed_is_said_once_and_escaped(gallery: Flask) -> None:
    source = "{% extends LAYOUT %}{% block content %}<h1>x</h1>{% endblock %}"
    for layout in ("public", "staff"):
        with gallery.test_request_context("/"):
            flash("Note <b>saved</b>")
            page = Reading(render_template_string(source, LAYOUT=f"layouts/{layout}.html"))
        assert page.text().count("Note <b>saved</b>") == 1


def test_signing_out_posts_with_a_token(pages: FlaskClient) -> None:
    page = read(pages, "/gallery?layout=staff")
    form = next(form for form in page.every("form") if form.get("action") == "/sign-out")
    assert form.get("method") == "post"
    assert any(field.get("name") == "csrf_token" and field.get("value") for field in form.iter())
