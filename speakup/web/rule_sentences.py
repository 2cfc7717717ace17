"""Routing rules, written as the sentences they are: for whoever drafts them, approves them, or reads why it was so."""

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from speakup import accounts, keyring
from speakup.accounts import Marked, Part
from speakup.cases import Routed
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import Places
from speakup.routing import Rule, Why
from speakup.web import labels


@dataclass(frozen=True, slots=True)
class Called:
    """What people, places and staff groups in rules are called."""

    people: Mapping[uuid.UUID, str] = field(default_factory=dict)
    places: Mapping[uuid.UUID, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Differences:
    """What a draft would change, in sentences."""

    new: list[str]
    gone: list[str]
    moved: list[str]
    listed: list[str]
    unlisted: list[str]

    def __bool__(self) -> bool:
        """Whether anything would change."""
        return any((self.new, self.gone, self.moved, self.listed, self.unlisted))


def sentence(rule: Rule, called: Called) -> str:
    """Write one rule."""
    which = " ".join(each for each in (_language(rule), _about(rule), _origin(rule, called)) if each)
    return str(
        _(
            "Concerns %(which)s go to %(primary)s, with %(cover)s as cover",
            which=which or _("from anywhere"),
            primary=_primaries(rule, called),
            cover=_cover(rule, called),
        )
    )


def sentences(uow: UnitOfWork, rules: Sequence[Rule], places: Places | None = None) -> list[str]:
    """Write each rule, with the names of places and groups as approved where `places` says them."""
    called = called_now(uow, {person for rule in rules for person in rule.people}, places)
    return [sentence(rule, called) for rule in rules]


def called_now(uow: UnitOfWork, people: Iterable[uuid.UUID], places: Places | None = None) -> Called:
    """Return what these people are called by whoever vouched for them, and what places and groups are."""
    names, now = accounts.names_of(uow, people), keyring.places_now(uow)
    return Called(
        keyring.names_vouched_for(uow, names),
        _places(now) | (_places(places) if places else {}),
        now.groups | (places.groups if places else {}),
    )


def reason(routed: Routed) -> str:
    """Say why a case went to whom, in the words of its day."""
    if routed.rule is None or routed.number is None:
        return str(_WITHOUT_RULE[routed.why]())
    said = sentence(routed.rule, _as_sealed(routed))
    words = _("Routed by rule %(number)d: %(sentence)s.", number=routed.number, sentence=said)
    if routed.why is Why.ABOUT_A_GUARDIAN:
        words = f"{_WITHOUT_RULE[routed.why]()} {words}"
    if routed.away:
        words = f"{words} " + _("Away that day: %(names)s.", names=_listed(routed.away, _("and")))
    return str(words)


def differences(
    uow: UnitOfWork, drafted: Sequence[Rule], approved: Sequence[Rule], marks: tuple[Sequence[Marked], Sequence[Marked]]
) -> Differences:
    """Compare a draft with what is in effect; `marks` are the drafted and the approved list of executives."""
    called = called_now(uow, {person for rule in (*drafted, *approved) for person in rule.people})
    stays = [rule for rule in approved if rule in drafted]
    in_order = [rule for rule in drafted if rule in approved]
    moved = [
        _(
            "From place %(before)d to %(after)d: %(sentence)s",
            before=approved.index(rule) + 1,
            after=drafted.index(rule) + 1,
            sentence=sentence(rule, called),
        )
        for rule, was in zip(in_order, stays, strict=False)
        if rule != was
    ]
    wanted, held = marks
    return Differences(
        [sentence(rule, called) for rule in drafted if rule not in approved],
        [sentence(rule, called) for rule in approved if rule not in drafted],
        moved,
        [mark(each) for each in wanted if each not in held],
        [mark(each) for each in held if each not in wanted],
    )


def mark(marked: Marked) -> str:
    """Name somebody on the list of executives, and say of the chair that they are the chair."""
    named = f"{marked.name}, {marked.job}" if marked.job else marked.name
    return str(_("%(name)s (the chair)", name=named)) if marked.part is Part.CHAIR else named


def changed_places(uow: UnitOfWork, approved: Places) -> list[str]:
    """Say what has become of the places and groups since the rules were approved, one sentence each."""
    now = keyring.places_now(uow)
    return _changed(_places(approved), _places(now)) + (
        # Approvals from before groups were kept know none.
        _changed(approved.groups, now.groups) if approved.groups else []
    )


def fingerprint(rules: Sequence[Rule], places: Places | None = None, marked: Sequence[Marked] = ()) -> str:
    """Name exactly these rules in this order, so that a page can say which list it showed, and with which names."""
    said = {
        "rules": [rule.plain() for rule in rules],
        "places": places.plain() if places else None,
        "marked": [each.plain() for each in marked],
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


_WITHOUT_RULE: dict[Why, Any] = {
    Why.RULE: lambda: _("A rule was for it."),
    Why.FALLBACK: lambda: _("No rule was for it: the last rule shares such concerns by open cases."),
    Why.TEAM_EXCLUDED: lambda: _("The person asked that nobody of the guardian team sees it."),
    Why.ABOUT_A_GUARDIAN: lambda: _("The person says it is about a guardian, and not which."),
}


def _language(rule: Rule) -> str:
    return str(_("in %(language)s", language=_listed(rule.languages, _("or")))) if rule.languages else ""


def _about(rule: Rule) -> str:
    return str(_("about %(whom)s", whom=labels.SUBJECTS[rule.subject])) if rule.subject else ""


def _origin(rule: Rule, called: Called) -> str:
    closed = _("a place now closed")
    named = [str(called.places.get(each, closed)) for each in (rule.directorate_id, rule.site_id) if each]
    place = str(_(" at ")).join(named)
    if rule.worker_group is None:
        return str(_("from %(place)s", place=place)) if place else ""
    group = called.groups.get(rule.worker_group, _("one no longer on the list"))
    if not place:
        return str(_("from the staff group %(group)s", group=group))
    return str(_("from the staff group %(group)s in %(place)s", group=group, place=place))


def _primaries(rule: Rule, called: Called) -> str:
    names = [_name(person, called) for person in rule.primaries]
    return names[0] if len(names) == 1 else str(_("%(names)s in turn", names=_listed(names, _("or"))))


def _cover(rule: Rule, called: Called) -> str:
    if rule.cover:
        return _name(rule.cover, called)
    return str(_("another of them")) if rule.others else str(_("whoever has fewest open cases"))


def _name(person: uuid.UUID, called: Called) -> str:
    return str(called.people.get(person) or _("somebody no longer here"))


def _listed(words: Sequence[str], last: str) -> str:
    """Put words in a row: "Gail, Hugh or Lena"."""
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)


def _as_sealed(routed: Routed) -> Called:
    """Read the names a case keeps: ids stand in them as words, keys of groups as they are."""
    ids = {}
    for key, name in routed.called.items():
        try:
            ids[uuid.UUID(key)] = name
        except ValueError:
            continue
    return Called(ids, ids, routed.called)


def _places(places: Places) -> dict[uuid.UUID, str]:
    return {**places.directorates, **places.sites}


def _changed(before: Mapping[Any, str], now: Mapping[Any, str]) -> list[str]:
    said = [
        _("%(before)s is now called %(now)s", before=before[each], now=now[each])
        for each in before
        if each in now and now[each] != before[each]
    ]
    said += [_("%(before)s is closed", before=before[each]) for each in before if each not in now]
    return said + [_("%(now)s is new", now=now[each]) for each in now if each not in before]
