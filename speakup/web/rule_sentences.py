"""Routing rules, written as the sentences they are: for whoever drafts them and for whoever approves them."""

import hashlib
import json
import uuid
from collections.abc import Sequence

from flask_babel import gettext as _

from speakup import accounts, keyring
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import Places
from speakup.routing import Rule


def sentences(uow: UnitOfWork, rules: Sequence[Rule], places: Places | None = None) -> list[str]:
    """Write each rule as one sentence, with the names of places as approved where `places` says them."""
    names = accounts.names_of(uow, {person for rule in rules for person in (rule.primary, rule.cover) if person})
    called = _called(keyring.places_now(uow)) | (_called(places) if places else {})
    written = []
    for rule in rules:
        named = [called.get(place, _("a place now closed")) for place in (rule.directorate_id, rule.site_id) if place]
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


def changed_places(uow: UnitOfWork, approved: Places) -> list[str]:
    """Say what has become of the places since the rules were approved, one sentence each."""
    before, now = _called(approved), _called(keyring.places_now(uow))
    said = [
        _("%(before)s is now called %(now)s", before=before[each], now=now[each])
        for each in before
        if each in now and now[each] != before[each]
    ]
    said += [_("%(before)s is closed", before=before[each]) for each in before if each not in now]
    return said + [_("%(now)s is new", now=now[each]) for each in now if each not in before]


def fingerprint(rules: Sequence[Rule], places: Places | None = None) -> str:
    """Name exactly these rules in this order, so that a page can say which list it showed, and with which names."""
    said = {"rules": [rule.plain() for rule in rules], "places": places.plain() if places else None}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _called(places: Places) -> dict[uuid.UUID, str]:
    return {**places.directorates, **places.sites}
