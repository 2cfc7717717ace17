"""The fixed sentences of a page, in the reader's language: found once for each language, not again on every page."""

from functools import lru_cache
from typing import Any

from flask import Flask, g
from flask_babel import get_translations
from markupsafe import Markup

_SENTENCES_KEPT = 4096
"""More than all templates hold, in two languages."""


def install(app: Flask) -> None:
    """Give templates their `_`."""
    app.jinja_env.globals.update({"_": sentence, "gettext": sentence})


def sentence(words: str, **variables: Any) -> Markup:  # noqa: ANN401 -- whatever a template has to say
    """Say a template's own words in the reader's language; what stands in between is escaped."""
    # The templates' words are fixed, so that none of what is kept here was ever typed by anybody.
    return _marked(_catalogue(), words) % variables if variables else _plain(_catalogue(), words)


def _catalogue() -> Any:  # noqa: ANN401 -- Babel publishes no types
    if "catalogue" not in g:
        g.catalogue = get_translations()
    return g.catalogue


@lru_cache(maxsize=_SENTENCES_KEPT)
def _marked(catalogue: Any, words: str) -> Markup:  # noqa: ANN401 -- see above
    return Markup(catalogue.gettext(words))  # noqa: S704 -- our own words, never anybody's


@lru_cache(maxsize=_SENTENCES_KEPT)
def _plain(catalogue: Any, words: str) -> Markup:  # noqa: ANN401 -- see above
    return _marked(catalogue, words) % {}
