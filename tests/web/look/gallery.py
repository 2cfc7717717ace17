"""A small site that shows every layout, component and written page, with words a test chooses."""

import json
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect, FlaskForm
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from wtforms import (
    BooleanField,
    EmailField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    MultipleFileField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
WRITTEN = {
    "/": "public/home.html",
    "/privacy": "public/privacy.html",
    "/accessibility": "public/accessibility.html",
    "/support": "public/support.html",
    "/about/security": "public/security.html",
}
ERRORS = (400, 404, 409, 413, 429, 500, 503)


@dataclass(frozen=True)
class Site:
    name: str
    emergency_number: str
    manager_on_call: str = ""


@dataclass(frozen=True)
class Guardian:
    name: str
    job_title: str
    workplace: str
    phone: str
    hours: str
    photo_address: str = ""


@dataclass(frozen=True)
class Helpline:
    name: str
    number: str


@dataclass(frozen=True)
class Organisation:
    name: str = "Larkmere Vale Hospitals"
    guardian_phone: str = "01632 960 140"
    guardian_hours: str = "Monday to Friday, 9 am to 5 pm"
    privacy_contact: str = "privacy@larkmere.example"
    acknowledge_days: int = 2


SITES = (
    Site("Larkmere General", "2222", "01632 960 101"),
    Site("Vale Community Hospital", "01632 960 199"),
)
GUARDIANS = (
    Guardian(
        name="Imogen Thackray",
        job_title="Guardian, and a nurse",
        workplace="Larkmere General",
        phone="01632 960 141",
        hours="Monday to Friday, 9 am to 5 pm",
    ),
    Guardian(
        name="Tobias Okonjo-Reed",
        job_title="Guardian",
        workplace="Vale Community Hospital",
        phone="01632 960 142",
        hours="Tuesday and Thursday, 8 am to 4 pm",
    ),
)
TYPED_BEFORE = 'first line\nsecond "line" <b>'


class DateParts(Form):
    day = IntegerField("Day")
    month = IntegerField("Month")
    year = IntegerField("Year")


def gallery_form(words: str) -> FlaskForm:
    """One form with every kind of field, each label, hint, answer and error made of `words`."""
    choices = [SelectChoice(f"{n}{words}", f"{words} {n}") for n in range(3)]
    grouped = [SelectChoice(choice.value, choice.label, optgroup=words) for choice in choices]

    class GalleryForm(FlaskForm):
        name = StringField(words, description=words)
        email = EmailField(words)
        number = IntegerField(words)
        story = TextAreaField(words, description=words)
        secret = PasswordField(words)
        place = SelectField(words, choices=choices)
        ward = SelectField(words, choices=grouped)
        way = RadioField(words, choices=choices, description=words)
        who = SelectMultipleField(words, choices=choices)
        agree = BooleanField(words, description=words)
        files = MultipleFileField(words)
        when = FormField(DateParts, label=words)
        phones = FieldList(StringField(words), min_entries=2)
        other = StringField(words)

    chosen = choices[1].value
    typed = dict.fromkeys(("name", "email", "number", "secret", "phones-0", "other", "when-day"), words)
    typed |= {"story": "\n" + words, "place": chosen, "ward": chosen, "way": chosen, "who": chosen}
    typed |= {"agree": "y", "when-month": "2", "when-year": "2026"}
    form: FlaskForm = GalleryForm(formdata=MultiDict(typed))
    return form


def with_errors(form: FlaskForm, words: str) -> FlaskForm:
    """Fill the errors as a failed validation leaves them."""
    form.validate()
    for entry in form:
        if entry.type in {"FormField", "FieldList"}:
            continue
        entry.errors = [words]
    form.form_errors = [words]
    return form


def manifest(assets: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((assets / "manifest.json").read_text())
    return found


def create_gallery(assets: Path) -> Flask:
    """Serve the templates as the application does: escaping everywhere, strict names, the strict policy."""
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=str(assets), static_url_path="/static")
    app.config.update(SECRET_KEY="for the gallery only", TESTING=True)
    app.jinja_options = {
        "autoescape": True,
        "undefined": StrictUndefined,
        "extensions": ["jinja2.ext.i18n"],
        "trim_blocks": True,
        "lstrip_blocks": True,
    }
    app.jinja_loader = ChoiceLoader([FileSystemLoader(ROOT / "templates"), FileSystemLoader(HERE / "templates")])
    app.jinja_env.install_null_translations(newstyle=True)  # type: ignore[attr-defined] # The i18n extension adds it.
    names = manifest(assets)
    app.jinja_env.globals["asset"] = lambda name: f"/static/{names[name]}"
    CSRFProtect(app)
    _add_pages(app)

    app.after_request(_protect)
    return app


def _protect(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    return response


def public_words() -> dict[str, object]:
    """What the application gives to every public page."""
    return {
        "organisation": Organisation(),
        "sites": SITES,
        "guardians": GUARDIANS,
        "intake_open": "closed" not in request.args,
        "next_look": "Monday 23 November at 9 am",
    }


def planted_words(words: str) -> dict[str, object]:
    """What the gallery's page is given, every word of it a test's."""
    return {
        "w": words,
        "viewer_name": words,
        "next_look": words,
        "sites": [Site(words, words, words)],
        "guardians": [Guardian(words, words, words, words, words)],
        "helpline": Helpline(words, words),
        "organisation": Organisation(name=words),
        "places": ("cases", "routing", "account"),
    }


def show_gallery() -> ResponseReturnValue:
    words = request.args.get("words", "What happened on the ward")
    form = gallery_form(words)
    if "errors" in request.args:
        form = with_errors(form, words)
    layout = f"layouts/{request.args.get('layout', 'public')}.html"
    return render_template("gallery.html", form=form, layout=layout, **planted_words(words))


def show_written(template: str) -> ResponseReturnValue:
    return render_template(template, **public_words())


def show_error(status: int, name: str = "") -> ResponseReturnValue:
    kept = [("story", TYPED_BEFORE)] if "kept" in request.args else []
    given = {"organisation": Organisation(), "kept": kept, "kept_words": [TYPED_BEFORE], "retry_address": "/raise"}
    return render_template(f"errors/{name or status}.html", **given), status


def show_elsewhere() -> ResponseReturnValue:
    return "<!DOCTYPE html><title>Elsewhere</title><p>elsewhere"


def show_not_found(failure: HTTPException) -> ResponseReturnValue:
    return render_template("errors/404.html", organisation=None), failure.code or 500


def _add_pages(app: Flask) -> None:
    app.add_url_rule("/gallery", view_func=show_gallery)
    for address, template in WRITTEN.items():
        app.add_url_rule(address, template, show_written, defaults={"template": template})
    app.add_url_rule("/error/<int:status>", view_func=show_error)
    app.add_url_rule("/error/nobody", "nobody", show_error, defaults={"status": 503, "name": "nobody"})
    app.add_url_rule("/leave", view_func=show_elsewhere)
    app.register_error_handler(HTTPException, show_not_found)
