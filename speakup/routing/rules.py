"""Which guardian, and who must not. A pure function of the concern, the approved rules and who can receive today."""

import hashlib
import math
import re
import unicodedata
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeVar

from speakup.kernel.actor import Role
from speakup.kernel.errors import IntegrityFault


class Subject(StrEnum):
    """Whom the concern is declared to be about, as far as it changes who may receive it."""

    NOBODY_NAMED = "nobody named"
    GUARDIAN = "guardian"
    EXECUTIVE = "executive"
    CHAIR = "chair"


class Why(StrEnum):
    """What decided; put into words by surfaces and sealed in `casework`."""

    RULE = "a rule matched"
    FALLBACK = "the last rule: shared by open cases"
    TEAM_EXCLUDED = "the guardian team was excluded"
    ABOUT_A_GUARDIAN = "it is about a guardian"


@dataclass(frozen=True, slots=True)
class Rule:
    """Concerns from there, from that group, in that language or about one of those go to these people.

    What is not named means any. `others` share the load with the primary. A rule about a guardian is the only one
    asked where the whole team must not receive.
    """

    directorate_id: uuid.UUID | None
    site_id: uuid.UUID | None
    primary: uuid.UUID
    cover: uuid.UUID | None
    others: tuple[uuid.UUID, ...] = ()
    worker_group: str | None = None
    """A key of the vocabulary's."""
    languages: tuple[str, ...] = ()
    """Names of languages, as people may write them; any one of them does."""
    subject: Subject | None = None

    @property
    def primaries(self) -> tuple[uuid.UUID, ...]:
        """Everybody the concerns go to, by turns."""
        return (self.primary, *self.others)

    @property
    def people(self) -> tuple[uuid.UUID, ...]:
        """Everybody named."""
        return (*self.primaries, *((self.cover,) if self.cover else ()))

    def matches(self, concern: "Concern") -> bool:
        """Say whether everything this rule names is the concern's."""
        return (
            self.directorate_id in {None, concern.directorate_id}
            and self.site_id in {None, concern.site_id}
            and self.worker_group in {None, concern.worker_group}
            and self.subject in {None, concern.subject}
            and (not self.languages or any(_is_asked_for(each, concern.language) for each in self.languages))
        )

    def aimed(self, concern: "Concern") -> "Concern":
        """Return the concern as it would be if it were one this rule is for."""
        return replace(
            concern,
            directorate_id=self.directorate_id,
            site_id=self.site_id,
            worker_group=self.worker_group,
            language=" ".join(self.languages),
            subject=self.subject or concern.subject,
        )

    def plain(self) -> dict[str, Any]:
        """The rule as the key log carries it. What is not said is left out, as before it could be said."""
        said = {
            "others": [str(person) for person in self.others],
            "group": self.worker_group,
            "languages": list(self.languages),
            "about": self.subject.value if self.subject else None,
        }
        return {
            "directorate": str(self.directorate_id) if self.directorate_id else None,
            "site": str(self.site_id) if self.site_id else None,
            "primary": str(self.primary),
            "cover": str(self.cover) if self.cover else None,
            **{name: value for name, value in said.items() if value},
        }

    @classmethod
    def from_plain(cls, said: dict[str, Any]) -> "Rule":
        """Read a rule out of the key log; `ValueError` for one that says what this program does not know."""
        unknown = said.keys() - _SAID
        if unknown:
            # Obeyed without what it also asks, it would lead elsewhere what it was never meant for.
            raise ValueError(unknown)
        directorate, site, cover, about = said["directorate"], said["site"], said["cover"], said.get("about")
        return cls(
            uuid.UUID(directorate) if directorate else None,
            uuid.UUID(site) if site else None,
            uuid.UUID(said["primary"]),
            uuid.UUID(cover) if cover else None,
            tuple(uuid.UUID(each) for each in said.get("others", ())),
            said.get("group"),
            tuple(str(each) for each in said.get("languages", ())),
            Subject(about) if about else None,
        )


_SAID = frozenset({"directorate", "site", "primary", "cover", "others", "group", "languages", "about"})


def in_force(approved: Iterable[Mapping[str, Any]]) -> list[Rule]:
    """Read the rules a guardian signed; `IntegrityFault` where nobody's program wrote them so."""
    try:
        return [Rule.from_plain(dict(each)) for each in approved]
    except (AttributeError, KeyError, TypeError, ValueError) as malformed:
        raise IntegrityFault(None, "routing rules") from malformed


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody vouched to receive a whole case."""

    person_id: uuid.UUID
    roles: frozenset[Role]
    absent: bool
    open_cases: int
    """As the day began."""
    turn: float = 0.0
    """Where chance has put them in today's order, the lower the earlier; see `turns`."""
    shut_out: bool = False
    """An administrator has ended their membership and no guardian has agreed yet: it can be sealed to them, and they
    cannot sign in to open it."""
    stand_in: uuid.UUID | None = None
    """Who takes what a rule gives them while they are away."""


@dataclass(frozen=True, slots=True)
class Concern:
    """What routing may know of a concern."""

    directorate_id: uuid.UUID | None = None
    site_id: uuid.UUID | None = None
    excluded: frozenset[uuid.UUID] = frozenset()
    team_excluded: bool = False
    subject: Subject = Subject.NOBODY_NAMED
    worker_group: str | None = None
    language: str = field(default="", repr=False)
    """What the person wrote about the language they want to use, and British Sign Language where they asked for it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Two different people, and what decided."""

    primary: uuid.UUID
    cover: uuid.UUID
    why: Why
    rule: int | None = None
    """Which rule decided, counted from 1; None for those that are always there."""


_TEAM = frozenset({Role.GUARDIAN, Role.LEAD_GUARDIAN})

P = TypeVar("P", uuid.UUID, str)


def approved_place(chosen: P | None, names: Mapping[P, str], approved: Mapping[P, str]) -> P | None:
    """Return the place that bore the chosen one's name when the rules were approved; for a new name, the chosen one.

    `names` are those people see today. So what a worker reads and what a guardian read are the same place, and neither
    renaming nor closing and opening again leads anybody's words elsewhere. Staff groups are looked up alike.
    """
    if chosen is None or approved.get(chosen) == names.get(chosen):
        return chosen
    return next((place for place, name in approved.items() if name == names.get(chosen)), chosen)


def choose(concern: Concern, rules: Sequence[Rule], receivers: Iterable[Receiver]) -> Choice | None:
    """Choose a primary guardian and a cover; None when there are not two people who may receive it.

    None as well when neither of the two could open it today: by ending memberships an administrator makes nobody else
    its reader. Nobody excluded or absent is ever chosen. Without the team, the non-executive lead comes first and a
    buddy guardian second. A concern about a guardian stays in the team only when the person named which. A concern
    about an executive has the non-executive lead as cover, unless a rule about executives says otherwise; one about
    the chair never goes to the non-executive lead, who answers to the chair.
    """
    everybody = list(receivers)
    able = [each for each in everybody if not each.absent and each.person_id not in concern.excluded]
    choice = _choose(concern, rules, everybody, able)
    shut_out = {each.person_id for each in able if each.shut_out}
    return None if choice is None or {choice.primary, choice.cover} <= shut_out else choice


def _choose(
    concern: Concern, rules: Sequence[Rule], everybody: Sequence[Receiver], able: list[Receiver]
) -> Choice | None:
    if concern.subject is Subject.CHAIR:
        able = [each for each in able if Role.NON_EXECUTIVE_LEAD not in each.roles]
    team = _by_load(each for each in able if each.roles & _TEAM)
    leads = _by_load(each for each in able if Role.NON_EXECUTIVE_LEAD in each.roles and not each.roles & _TEAM)
    buddies = _by_load(each for each in able if Role.BUDDY_GUARDIAN in each.roles and not each.roles & _TEAM)
    if concern.team_excluded:
        return _pair([*leads, *buddies], Why.TEAM_EXCLUDED)
    if about_the_team(concern, everybody):
        # Only a rule about guardians may order those who are left; nobody of the team is among them.
        asked = [rule if rule.subject is Subject.GUARDIAN else None for rule in rules]
        return _by_rule(concern, asked, everybody, [*leads, *buddies], Why.ABOUT_A_GUARDIAN) or _pair(
            [*leads, *buddies], Why.ABOUT_A_GUARDIAN
        )
    others = [*leads, *team, *buddies] if concern.subject is Subject.EXECUTIVE else [*team, *leads, *buddies]
    return _by_rule(concern, rules, everybody, others, Why.RULE) or _pair([*team[:1], *others], Why.FALLBACK)


def about_the_team(concern: Concern, everybody: Iterable[Receiver]) -> bool:
    """Say whether it may be about any guardian: the person said a guardian, and not which."""
    named = any(each.person_id in concern.excluded for each in everybody if each.roles & _TEAM)
    return concern.subject is Subject.GUARDIAN and not named


def _by_rule(
    concern: Concern,
    rules: Sequence[Rule | None],
    everybody: Sequence[Receiver],
    order: Sequence[uuid.UUID],
    why: Why,
) -> Choice | None:
    """Let the first rule decide that fits and names somebody who may receive; `order` are all who may, as else asked.

    A rule's cover stands in when its primary may not receive this; a rule with neither is passed over.
    """
    for number, rule in enumerate(rules, start=1):
        named = _named(rule, concern, everybody, order) if rule is not None and rule.matches(concern) else []
        if rule is not None and named:
            follows = named if concern.subject is not Subject.EXECUTIVE or rule.subject is not None else named[:1]
            return _pair([*follows, *order], why, number)
    return None


def _named(rule: Rule, concern: Concern, everybody: Sequence[Receiver], order: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """List whom a rule means here: one of those who share the load, its cover, then the rest of them."""
    away = {
        each.person_id: each.stand_in
        for each in everybody
        if each.absent and each.stand_in is not None and each.person_id not in concern.excluded
    }

    rank = {each: place for place, each in enumerate(_by_load(everybody))}

    def here(people: Iterable[uuid.UUID]) -> list[uuid.UUID]:
        listed = list(people)
        themselves = [person for person in listed if person in order]
        stand_ins = [away[person] for person in listed if person in away]
        return [
            *sorted(themselves, key=rank.__getitem__),
            *(person for person in stand_ins if person in order),
        ]

    shared, cover = here(rule.primaries), here([rule.cover] if rule.cover else [])
    return list(dict.fromkeys([*shared[:1], *cover, *shared[1:]]))


def barred_roles(subject: Subject, why: Why, *, executives: bool) -> frozenset[Role]:
    """Name the roles whose holders, then or later, are never to be given a key of a concern decided like this."""
    team = _TEAM if why in {Why.TEAM_EXCLUDED, Why.ABOUT_A_GUARDIAN} else frozenset()
    chair = frozenset({Role.NON_EXECUTIVE_LEAD}) if subject is Subject.CHAIR else frozenset()
    return team | chair | (frozenset({Role.EXECUTIVE_LEAD}) if executives else frozenset())


def _pair(order: Iterable[uuid.UUID], why: Why, rule: int | None = None) -> Choice | None:
    people = list(dict.fromkeys(order))
    return Choice(people[0], people[1], why, rule) if len(people) > 1 else None


def _is_asked_for(language: str, written: str) -> bool:
    """Say whether a language is among the words somebody wrote, whatever its capitals and accents."""
    wanted, words = _words(language), _words(written)
    return bool(wanted) and any(words[at : at + len(wanted)] == wanted for at in range(len(words) - len(wanted) + 1))


def _words(written: str) -> list[str]:
    letters = unicodedata.normalize("NFKD", written).casefold()
    return re.findall(r"\w+", "".join(each for each in letters if not unicodedata.combining(each)))


def _by_load(receivers: Iterable[Receiver]) -> list[uuid.UUID]:
    """Order them by the turn they drew, and where none was drawn by their open cases."""
    return [each.person_id for each in sorted(receivers, key=lambda each: (each.turn, each.open_cases, each.person_id))]


def turns(loads: Mapping[uuid.UUID, int], lot: bytes) -> dict[uuid.UUID, float]:
    """Draw an order of people with these open cases, in which fewer make an early turn likelier; the lower, the sooner.

    By chance, with no word of what came before on the same day: if whoever has fewest always came first, who received
    which of a day's concerns would tell in what order they came. One `lot` always draws the same. It is a weighted
    sample without replacement (Efraimidis and Spirakis, Information Processing Letters 97, 2006).
    """
    most = max(loads.values(), default=0)
    return {person: -math.log(_drawn(lot, person)) / (1 + most - load) for person, load in loads.items()}


def _drawn(lot: bytes, person: uuid.UUID) -> float:
    """Return a number above 0 and up to 1, any of them as likely as any other."""
    return (int.from_bytes(hashlib.sha256(lot + person.bytes).digest()[:7], "big") + 1) / 2**56
