"""Routing rules, written as the sentences they are: for whoever drafts them and for whoever approves them."""

import hashlib
import json
from collections.abc import Sequence

from flask_babel import gettext as _

from speakup import accounts, organisations
from speakup.kernel.uow import UnitOfWork
from speakup.routing import Rule


def sentences(uow: UnitOfWork, rules: Sequence[Rule]) -> list[str]:
    """Write each rule as one sentence."""
    names = accounts.names_of(uow, {person for rule in rules for person in (rule.primary, rule.cover) if person})
    places = {each.id: each.name for each in organisations.directorates(uow)}
    places.update({each.id: each.name for each in organisations.sites(uow)})
    written = []
    for rule in rules:
        named = [places.get(place, _("a place now closed")) for place in (rule.directorate_id, rule.site_id) if place]
        written.append(
            _(
                "Concerns from %(place)s go to %(primary)s, with %(cover)s as cover",
                place=_(" at ").join(named) or _("anywhere"),
                primary=names.get(rule.primary, _("somebody no longer here")),
                cover=names.get(rule.cover, _("somebody no longer here"))
                if rule.cover
                else _("whoever has fewest open cases"),
            )
        )
    return written


def fingerprint(rules: Sequence[Rule]) -> str:
    """Name exactly these rules in this order, so that a page can say which list it showed."""
    return hashlib.sha256(json.dumps([rule.plain() for rule in rules], sort_keys=True).encode()).hexdigest()
