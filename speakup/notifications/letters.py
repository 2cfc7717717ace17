"""Letters to staff. Each says that there is something, never what; a letter knows no case.

A letter has two templates under `templates/email`: `NAME.txt`, which also sets the subject, and `NAME.html`.
"""

import gettext
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from speakup.gateways.mail import Mail

_ROOT = Path(__file__).resolve().parents[2]


class Letter(StrEnum):
    """Every letter there is, by the name of its templates."""

    ACTION = "action"
    INVITATION = "invitation"
    SOMETHING_TO_READ = "something_to_read"
    URGENT = "urgent"
    KEY_WARNING = "key_warning"
    WRONG_CODES = "wrong_codes"


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a letter is to, and all it may know."""

    email: str = field(repr=False)
    name: str = field(repr=False)
    organisation: str
    link: str = field(repr=False)
    """Where to sign in, or the one-time link of an invitation."""


def write(letter: Letter, to: Addressee, language: str = "en") -> Mail:
    """Write one letter, in words a translation may replace."""
    environment = _environment(language)
    values = {"name": to.name, "organisation": to.organisation, "link": to.link}
    plain = environment.get_template(f"{letter}.txt")
    subject = str(plain.make_module(values).subject)  # type: ignore[attr-defined]
    html = environment.get_template(f"{letter}.html").render(subject=subject, language=language, **values)
    return Mail(to.email, subject, plain.render(**values).strip() + "\n", html)


@lru_cache(maxsize=4)
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_ROOT / "templates" / "email"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = gettext.translation("messages", _ROOT / "speakup" / "translations", [language], fallback=True)
    environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    return environment
