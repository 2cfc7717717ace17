"""Which guardian, and who must not. A pure function of the concern, the approved rules and who can receive today."""

import hashlib
import math
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from speakup.kernel.actor import Role


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
    """Concerns from a directorate, a site, or both, go to these people. No place named means any."""

    directorate_id: uuid.UUID | None
    site_id: uuid.UUID | None
    primary: uuid.UUID
    cover: uuid.UUID | None

    def matches(self, concern: "Concern") -> bool:
        """Say whether every place this rule names is the concern's."""
        return self.directorate_id in {None, concern.directorate_id} and self.site_id in {None, concern.site_id}

    def plain(self) -> dict[str, Any]:
        """The rule as the key log carries it."""
        return {
            "directorate": str(self.directorate_id) if self.directorate_id else None,
            "site": str(self.site_id) if self.site_id else None,
            "primary": str(self.primary),
            "cover": str(self.cover) if self.cover else None,
        }

    @classmethod
    def from_plain(cls, said: dict[str, Any]) -> "Rule":
        """Read a rule out of the key log."""
        directorate, site, cover = said["directorate"], said["site"], said["cover"]
        return cls(
            uuid.UUID(directorate) if directorate else None,
            uuid.UUID(site) if site else None,
            uuid.UUID(said["primary"]),
            uuid.UUID(cover) if cover else None,
        )


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


@dataclass(frozen=True, slots=True)
class Concern:
    """What routing may know of a concern."""

    directorate_id: uuid.UUID | None = None
    site_id: uuid.UUID | None = None
    excluded: frozenset[uuid.UUID] = frozenset()
    team_excluded: bool = False
    subject: Subject = Subject.NOBODY_NAMED


@dataclass(frozen=True, slots=True)
class Choice:
    """Two different people, and what decided."""

    primary: uuid.UUID
    cover: uuid.UUID
    why: Why


_TEAM = frozenset({Role.GUARDIAN, Role.LEAD_GUARDIAN})


def approved_place(
    chosen: uuid.UUID | None, names: Mapping[uuid.UUID, str], approved: Mapping[uuid.UUID, str]
) -> uuid.UUID | None:
    """Return the place that bore the chosen one's name when the rules were approved; for a new name, the chosen one.

    `names` are those people see today. So what a worker reads and what a guardian read are the same place, and neither
    renaming nor closing and opening again leads anybody's words elsewhere.
    """
    if chosen is None or approved.get(chosen) == names.get(chosen):
        return chosen
    return next((place for place, name in approved.items() if name == names.get(chosen)), chosen)


def choose(concern: Concern, rules: Sequence[Rule], receivers: Iterable[Receiver]) -> Choice | None:
    """Choose a primary guardian and a cover; None when there are not two people who may receive it.

    None as well when neither of the two could open it today: by ending memberships an administrator makes nobody else
    its reader. Nobody excluded or absent is ever chosen. Without the team, the non-executive lead comes first and a
    buddy guardian second. A concern about a guardian stays in the team only when the person named which. A concern
    about an executive has the non-executive lead as cover; one about the chair never goes to the non-executive lead,
    who answers to the chair.
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
    named = any(each.person_id in concern.excluded for each in everybody if each.roles & _TEAM)
    if concern.subject is Subject.GUARDIAN and not named:
        return _pair([*leads, *buddies], Why.ABOUT_A_GUARDIAN)
    others = [*leads, *team, *buddies] if concern.subject is Subject.EXECUTIVE else [*team, *leads, *buddies]
    for rule in rules:
        # A rule's cover stands in when its primary may not receive this; a rule with neither is passed over.
        named_here = [person for person in (rule.primary, rule.cover) if person in {*team, *leads, *buddies}]
        if rule.matches(concern) and named_here:
            first, *second = named_here
            return _pair([first, *([] if concern.subject is Subject.EXECUTIVE else second), *others], Why.RULE)
    return _pair([*team[:1], *others], Why.FALLBACK)


def barred_roles(subject: Subject, why: Why, *, executives: bool) -> frozenset[Role]:
    """Name the roles whose holders, then or later, are never to be given a key of a concern decided like this."""
    team = _TEAM if why in {Why.TEAM_EXCLUDED, Why.ABOUT_A_GUARDIAN} else frozenset()
    chair = frozenset({Role.NON_EXECUTIVE_LEAD}) if subject is Subject.CHAIR else frozenset()
    return team | chair | (frozenset({Role.EXECUTIVE_LEAD}) if executives else frozenset())


def _pair(order: Iterable[uuid.UUID], why: Why) -> Choice | None:
    people = list(dict.fromkeys(order))
    return Choice(people[0], people[1], why) if len(people) > 1 else None


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
