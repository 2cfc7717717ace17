"""Words in the reader's language, looked for once a request; fixed sentences of pages are kept ready to print."""

from functools import cached_property, lru_cache
from typing import Any

from babel import Locale
from flask import Flask, g, has_app_context
from flask_babel import Babel, Domain, get_translations
from markupsafe import Markup

_SENTENCES_KEPT = 4096
"""More than all templates hold, in two languages."""


def install(app: Flask) -> None:
    """Let the application speak, and give templates their `_`."""
    _ReadOnce(app)
    app.jinja_env.globals.update({"_": sentence, "gettext": sentence})


def sentence(words: str, **variables: Any) -> Markup:  # noqa: ANN401 -- whatever a template has to say
    """Say a template's own words in the reader's language; what stands in between is escaped."""
    # The templates' words are fixed, so that none of what is kept here was ever typed by anybody.
    held = getattr(g, "catalogue", None) or get_translations()
    return _marked(held, words) % variables if variables else _plain(held, words)


@lru_cache(maxsize=_SENTENCES_KEPT)
def _marked(catalogue: Any, words: str) -> Markup:  # noqa: ANN401 -- Babel publishes no types
    return Markup(catalogue.gettext(words))  # noqa: S704 -- our own words, never anybody's


@lru_cache(maxsize=_SENTENCES_KEPT)
def _plain(catalogue: Any, words: str) -> Markup:  # noqa: ANN401 -- see above
    return _marked(catalogue, words) % {}


class _LookedForOnce(Domain):
    """The catalogue, found once a request: the library asks for it with every word."""

    def get_translations(self) -> Any:  # noqa: ANN401 -- see above
        if not has_app_context():
            return super().get_translations()
        if "catalogue" not in g:
            g.catalogue = super().get_translations()
        return g.catalogue


class _ReadOnce(Babel):
    """The library, reading only once what stays the same."""

    @cached_property
    def domain_instance(self) -> Domain:
        return _LookedForOnce(domain=self.domain)

    @cached_property
    def default_locale(self) -> Locale:
        locale: Locale = super().default_locale
        return locale
