"""The invented content of the demonstration, and the composer that makes cases from it.

Nothing here touches a database. `load()` reads the files under `content/`; `cases()` turns a seed and a pair of dates
into cases as plain values, in the order they were raised. The same arguments always give the same cases.

Texts may hold marks in braces, the innermost filled first:

    {ward}                 a slot: see `Composer.slots`
    {two|three|four}       one of these
    {nights=two|three}     one of these, the same wherever {nights} stands in the rest of the case
    {thanks}               a sentence from `content/phrases.toml`
    {?anonymous|this|that} this if the concern was raised anonymously, otherwise that
"""

import re
import tomllib
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import accumulate, product
from random import Random
from typing import Any, Final

# Months in which more people speak up: the last quarter of the financial year, as board papers report.
_SEASON: Final = {1: 1.45, 2: 1.4, 3: 1.5, 4: 0.9, 5: 0.95, 6: 1.0, 7: 0.9, 8: 0.75, 9: 1.0, 10: 1.1, 11: 1.1, 12: 0.8}
_GROWTH_PER_YEAR: Final = 0.22
_MODE_SHARES: Final = (("anonymous", 0.15), ("open", 0.23))
# Days before the end on which there is always a fresh concern, so that the worklist shows every state.
_RECENT: Final = (0, 0, 1, 2, 4, 6, 8, 11, 15, 20)
# What came in so many days before the end has had no answer yet, so that something is overdue.
_UNANSWERED: Final = 4
# And of what came in so many days before the end, only the first answer was given, and the person has not been back.
_NOT_BACK_YET: Final = 6
_SATURDAY: Final = 5
_WEEKEND_WEIGHT: Final = 0.45
_GROUP_NOT_KNOWN: Final = 0.5
_ANSWERED_IN_TIME: Final = 0.9
_WHOEVER: Final = "*"
_RENDER_ATTEMPTS: Final = 40
_OTHERWISE_FIRST: Final = 0.12
_OTHERWISE_AGAIN: Final = 0.5
_FEEDBACK_CHANCE: Final = 0.68
# A story of so few entries is already told in its own way.
_SHORT: Final = 4


class How(StrEnum):
    """How the person chose to speak up."""

    OPEN = "open"
    CONFIDENTIAL = "confidential"
    ANONYMOUS = "anonymous"


class Kind(StrEnum):
    """What happened in a case: a message from either side, or a guardian's note (`PASSED_ON` says to whom it went)."""

    GUARDIAN = "guardian"
    WORKER = "worker"
    NOTE = "note"
    PASSED_ON = "passed_on"


class State(StrEnum):
    """Where a case stands on the last day of the demonstration."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    WITH_GUARDIAN = "with_guardian"
    PASSED_ON = "passed_on"
    UNDER_REVIEW = "under_review"
    AWAITING_FEEDBACK = "awaiting_feedback"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class SiteContent:
    key: str
    name: str
    headcount: int
    emergency_phone: str
    manager_on_call: str


@dataclass(frozen=True, slots=True)
class DirectorateContent:
    """A directorate; `division` is the larger group that a board is told of where few people spoke up."""

    key: str
    name: str
    headcount: int
    division: str


@dataclass(frozen=True, slots=True)
class PlaceContent:
    """A ward, team or department: what people call it, how they say they are there, what a scenario may ask for."""

    name: str
    said: str
    at: str
    directorate: str
    site: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonContent:
    """A member of staff: `roles` are values of `Role`, `posts` what they are besides.

    The buddy guardian of one trust is a guardian of the other, under the same key and address.
    """

    key: str
    name: str
    roles: tuple[str, ...]
    posts: tuple[str, ...]
    job: str
    workplace: str
    email: str
    phone: str
    hours: str
    about: str
    looks_after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrustContent:
    key: str
    name: str
    short_name: str
    kind: str
    host: str
    leave_address: str
    country: str
    guardians_look: str
    staff_mail_domains: str
    helpline_name: str
    helpline_phone: str
    staff_groups: Mapping[str, int]
    sites: tuple[SiteContent, ...]
    directorates: tuple[DirectorateContent, ...]
    places: tuple[PlaceContent, ...]
    people: tuple[PersonContent, ...]

    def people_with(self, role: str) -> tuple[PersonContent, ...]:
        """Return the people with this role or post, in the order of the file."""
        return tuple(person for person in self.people if role in (*person.roles, *person.posts))


@dataclass(frozen=True, slots=True)
class Turn:
    """One entry of a scenario's story: `after` counts days from the entry before."""

    kind: Kind
    after: int
    text: str


@dataclass(frozen=True, slots=True)
class Closure:
    """`told` is for the person, `done` for the record; `again` is None when no feedback came."""

    after: int
    outcome: str
    done: str
    told: str
    satisfied: str
    again: str | None = None
    feedback: str = ""
    unsatisfied_reason: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A concern as it might be told, before a place, a person and a date are chosen for it."""

    key: str
    title: str
    places: tuple[str, ...]
    worker_group: str
    role: str
    elements: tuple[str, ...]
    themes: tuple[str, ...]
    raised: tuple[int, int, int]
    risk: str
    wants: str
    openings: tuple[str, ...]
    narrative: str
    story: tuple[Turn, ...]
    closure: Closure
    language: str = "en"
    about_detriment: str = ""
    subject: str | None = None
    keep_out: tuple[str, ...] = ()
    keep_out_words: str = ""
    months: tuple[int, ...] = ()
    given_names: tuple[str, ...] = ()

    @property
    def may_end_otherwise(self) -> bool:
        """Whether it bears another ending: nobody at risk, nobody named, nothing done because of speaking up."""
        grave = {"sexual_safety", "fraud_finance", "detriment"}.intersection((*self.themes, *self.elements))
        calm = self.risk in {"routine", "none"} and not grave and not self.subject
        return calm and self.language == "en" and len(self.story) > _SHORT

    def weight(self, how: How) -> int:
        """How readily this scenario is raised in this way; 0 means never."""
        return self.raised[(How.OPEN, How.CONFIDENTIAL, How.ANONYMOUS).index(how)]


@dataclass(frozen=True, slots=True)
class Ending:
    """Another way for a conversation to go on after the guardian's first answer."""

    key: str
    raised: tuple[str, ...]
    story: tuple[Turn, ...]
    closure: Closure
    not_about: tuple[str, ...] = ()

    def suits(self, scenario: Scenario, how: How) -> bool:
        """Whether it may end this scenario, raised in this way."""
        return how in self.raised and not set(self.not_about).intersection(scenario.themes)


@dataclass(frozen=True, slots=True)
class Reporter:
    """The invented person who speaks up. `contact` is empty when they only want the inbox."""

    name: str
    contact_by: str
    contact: str


@dataclass(frozen=True, slots=True)
class DemoEvent:
    kind: Kind
    on: date
    day: int
    text: str


@dataclass(frozen=True, slots=True)
class DemoClosure:
    on: date
    outcome: str
    done: str
    told: str
    satisfied: str
    unsatisfied_reason: str
    again: str | None
    feedback: str
    feedback_on: date | None


@dataclass(frozen=True, slots=True)
class DemoCase:
    """One whole case, ready to be made through the operations.

    `directorate`, `site` and `excluded` are keys of its trust's content; the codes are those of the vocabulary.
    """

    scenario: str
    trust: str
    raised_on: date
    how: How
    language: str
    narrative: str
    title: str
    wants: str
    risk: str
    role: str
    worker_group: str
    elements: tuple[str, ...]
    themes: tuple[str, ...]
    directorate: str
    site: str
    place: str
    about_detriment: str
    reporter: Reporter | None
    subject: str | None
    excluded: tuple[str, ...]
    excluded_words: str
    events: tuple[DemoEvent, ...]
    closure: DemoClosure | None
    state: State


@dataclass(frozen=True, slots=True)
class Content:
    """Everything the files hold."""

    trusts: Mapping[str, TrustContent]
    scenarios: tuple[Scenario, ...]
    endings: tuple[Ending, ...]
    phrases: Mapping[str, tuple[str, ...]]
    roles: Mapping[str, tuple[tuple[str, str], ...]]
    given_names: tuple[str, ...]
    family_names: tuple[str, ...]


@cache
def load() -> Content:
    """Read and type the files; raises KeyError or TypeError when one lacks a field or has one too many."""
    content = files("speakup.cli.demo") / "content"
    names, pages = _read(content / "names.toml"), _read_all(content / "scenarios")
    return Content(
        trusts={trust.key: trust for trust in map(_trust, _read_all(content / "trusts"))},
        scenarios=tuple(Scenario(**_told(raw)) for page in pages for raw in page["scenario"]),
        endings=tuple(Ending(**_told(raw)) for raw in _read(content / "endings.toml")["ending"]),
        phrases=_fixed(_read(content / "phrases.toml")),
        roles={kind: tuple(map(tuple, who)) for kind, who in _read(content / "roles.toml").items()},
        given_names=tuple(names["given"]),
        family_names=tuple(names["family"]),
    )


@cache
def neighbour() -> TrustContent:
    """Read of the small organisation beside the trusts, which has no cases of its own but those of its log."""
    return _trust(_read(files("speakup.cli.demo") / "content" / "neighbour.toml"))


def cases(seed: int, trust: str, count: int, start: date, end: date) -> Iterator[DemoCase]:
    """Compose `count` cases raised from `start` to `end`, oldest first; nothing in them happens after `end`."""
    content = load()
    composer = Composer(content, content.trusts[trust], Random(f"{seed}/{trust}"), end)  # noqa: S311 -- repeatable, not secret
    days = _days(composer.rng, count, start, end)
    for day, how in zip(days, _ways(composer.rng, count), strict=True):
        yield composer.compose(day, how)


def _read(path: Traversable) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _read_all(folder: Traversable) -> list[dict[str, Any]]:
    return [_read(path) for path in sorted(folder.iterdir(), key=lambda path: path.name) if path.name.endswith(".toml")]


def _fixed(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The same table with its lists made tuples."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in raw.items()}


def _trust(raw: dict[str, Any]) -> TrustContent:
    parts = {
        "sites": SiteContent,
        "directorates": DirectorateContent,
        "places": PlaceContent,
        "people": PersonContent,
    }
    made: dict[str, Any] = {name: tuple(shape(**_fixed(row)) for row in raw[name]) for name, shape in parts.items()}
    return TrustContent(**{**raw, **made})


def _told(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a scenario or an ending, with its story and closure made what they are."""
    story = tuple(Turn(Kind(kind), after, text) for kind, after, text in raw["story"])
    return _fixed(raw) | {"story": story, "closure": Closure(**raw["closure"])}


def _days(rng: Random, count: int, start: date, end: date) -> list[date]:
    """Days on which concerns are raised: more each year, more from January to March, fewer at weekends.

    One day is drawn from each of equal shares of the weight, so that the trend shows in small trusts too.
    """
    span = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    reached = list(accumulate(_busyness(day, start) for day in span))
    recent = [day for day in (end - timedelta(days=ago) for ago in _RECENT) if day >= start][: count // 6]
    shares = count - len(recent)
    drawn = ((n + rng.random()) / shares * reached[-1] for n in range(shares))
    return sorted(recent + [span[bisect_left(reached, mark)] for mark in drawn])


def _busyness(day: date, start: date) -> float:
    growth = 1 + _GROWTH_PER_YEAR * (day - start).days / 365
    return growth * _SEASON[day.month] * (_WEEKEND_WEIGHT if day.weekday() >= _SATURDAY else 1.0)


def _ways(rng: Random, count: int) -> list[How]:
    ways = [How(name) for name, share in _MODE_SHARES for _ in range(round(share * count))]
    ways += [How.CONFIDENTIAL] * (count - len(ways))
    rng.shuffle(ways)
    return ways


@dataclass(slots=True)
class _Words:
    """Fills the marks of one case's texts; a remembered choice holds for the whole case."""

    rng: Random
    slots: dict[str, str]
    phrases: Mapping[str, Sequence[str]]
    anonymous: bool
    said: set[str] = field(default_factory=set)

    def fill(self, text: str) -> str:
        """Replace every mark, the innermost first."""
        while _MARK.search(text):
            text = _MARK.sub(self._replace, text)
        return text.replace("\n ", "\n")

    def _replace(self, mark: re.Match[str]) -> str:
        inner: str = mark[1]
        if inner.startswith("?anonymous|"):
            _, if_anonymous, otherwise = inner.split("|")
            return if_anonymous if self.anonymous else otherwise
        if named := _NAMED.fullmatch(inner):
            options: list[str] = named[2].split("|")
            return self.slots.setdefault(named[1], self.rng.choice(options))
        if "|" in inner:
            return self.rng.choice(inner.split("|"))
        if inner in self.phrases:
            return self._unsaid(inner)
        begins = not mark.string[: mark.start()].rstrip(" ") or mark.string[: mark.start()].endswith(_SENTENCE_ENDS)
        return _capitalised(self.slots[inner]) if begins else self.slots[inner]

    def _unsaid(self, name: str) -> str:
        """A stock sentence this case has not used yet, if one is left."""
        fresh = [option for option in self.phrases[name] if option not in self.said]
        choice = self.rng.choice(fresh or list(self.phrases[name]))
        self.said.add(choice)
        return choice


Filler = Callable[[str], str]


def filler(rng: Random, slots: dict[str, str]) -> Filler:
    """Return what fills the marks of texts with these slots; each choice is drawn anew."""

    def fill(text: str) -> str:
        return _Words(rng, slots, {}, anonymous=False).fill(text)

    return fill


_MARK: Final = re.compile(r"\{([^{}]*)\}")
_SENTENCE_ENDS: Final = (". ", "? ", "! ", "\n")
_STOPS: Final = (".", "?", "!", ")")
_NAMED: Final = re.compile(r"(\w+)=(.*)", re.DOTALL)
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Composer:
    """Makes the cases of one trust, one after another; it remembers what it has told so as not to tell it twice."""

    def __init__(self, content: Content, trust: TrustContent, rng: Random, end: date) -> None:
        self.content, self.trust, self.rng, self.end = content, trust, rng, end
        self.told: set[str] = set()
        self.used: Counter[str] = Counter()
        self.strangers = list(product(content.given_names, content.family_names))
        rng.shuffle(self.strangers)
        kinds = {kind for place in trust.places for kind in place.kinds}
        self.scenarios = [scenario for scenario in content.scenarios if kinds.intersection(scenario.places)]

    def compose(self, raised_on: date, how: How) -> DemoCase:
        scenario, place, words, narrative = self._new_narrative(raised_on, how)
        reporter = None if how is How.ANONYMOUS else self._reporter(scenario, words)
        scenario = self._maybe_otherwise(scenario, how)
        events, closure = self._timeline(scenario, words, raised_on)
        role, worker_group = self._role(scenario, place, how)
        return DemoCase(
            scenario=scenario.key,
            trust=self.trust.key,
            raised_on=raised_on,
            how=how,
            language=scenario.language,
            narrative=narrative,
            title=words.fill(scenario.title),
            wants=words.fill(scenario.wants),
            risk=scenario.risk,
            role=role,
            worker_group=worker_group,
            elements=scenario.elements,
            themes=scenario.themes,
            directorate=place.directorate,
            site=place.site,
            place=place.name,
            about_detriment=words.fill(scenario.about_detriment),
            reporter=reporter,
            subject=scenario.subject,
            excluded=self._excluded(scenario, place),
            excluded_words=words.fill(scenario.keep_out_words),
            events=events,
            closure=closure,
            state=_state(events, closure, len(scenario.story)),
        )

    def _new_narrative(self, raised_on: date, how: How) -> tuple[Scenario, PlaceContent, _Words, str]:
        """A scenario and a place for it whose words have not been told in this trust."""
        for _ in range(_RENDER_ATTEMPTS):
            scenario = self._choose(raised_on, how)
            place = self.rng.choice([p for p in self.trust.places if set(p.kinds).intersection(scenario.places)])
            words = self._words(place, raised_on, how)
            opening = self.rng.choice(scenario.openings) if scenario.openings else ""
            gap = " " if opening.endswith(_STOPS) else "\n"
            narrative = words.fill(f"{opening}{gap}{scenario.narrative.strip()}").strip()
            self.used[scenario.key] += 1
            if narrative not in self.told:
                self.told.add(narrative)
                return scenario, place, words, narrative
        raise ValueError(f"no untold narrative is left for {self.trust.key}; ask for fewer cases")

    def _choose(self, raised_on: date, how: How) -> Scenario:
        """What has been told least, and so nothing twice while there is more; a scenario with a season keeps to it."""
        fits = [s for s in self.scenarios if s.weight(how) and (not s.months or raised_on.month in s.months)]
        fewest = min(self.used[s.key] for s in fits)
        untold = [s for s in fits if self.used[s.key] == fewest]
        return self.rng.choices(untold, [s.weight(how) for s in untold])[0]

    def _role(self, scenario: Scenario, place: PlaceContent, how: How) -> tuple[str, str]:
        """What the person does and their worker group; half of those who are anonymous do not say."""
        if how is How.ANONYMOUS and self.rng.random() < _GROUP_NOT_KNOWN:
            return "", "not_known"
        kind = next(kind for kind in place.kinds if kind in scenario.places)
        role, worker_group = self.rng.choice(self.content.roles[kind])
        return (
            role if scenario.role == _WHOEVER else scenario.role,
            worker_group if scenario.worker_group == _WHOEVER else scenario.worker_group,
        )

    def _maybe_otherwise(self, scenario: Scenario, how: How) -> Scenario:
        """The scenario, now and then with another ending; more often when it has been told here before."""
        endings = [ending for ending in self.content.endings if ending.suits(scenario, how)]
        chance = _OTHERWISE_FIRST if self.used[scenario.key] == 1 else _OTHERWISE_AGAIN
        if not (scenario.may_end_otherwise and self.rng.random() < chance):
            return scenario
        ending = min(endings, key=lambda each: (self.used[each.key], self.rng.random()))
        self.used[ending.key] += 1
        return replace(scenario, story=scenario.story[:1] + ending.story, closure=ending.closure)

    def _words(self, place: PlaceContent, raised_on: date, how: How) -> _Words:
        phrases = {name: options for name, options in self.content.phrases.items() if not name.startswith("safe_")}
        phrases["safe"] = self.content.phrases[f"safe_{how}"]
        slots = {
            "ward": place.said,
            "at_ward": place.at,
            "Ward": place.name,
            "site": self._name_of(self.trust.sites, place.site),
            "directorate": self._name_of(self.trust.directorates, place.directorate),
            "month": _MONTHS[raised_on.month - 1],
            "lastmonth": _MONTHS[raised_on.month - 2],
            "weekday": self.rng.choice(_WEEKDAYS),
            "dear": "Hello,\n\n",
        }
        return _Words(self.rng, slots, phrases, how is How.ANONYMOUS)

    @staticmethod
    def _name_of(parts: Sequence[SiteContent] | Sequence[DirectorateContent], key: str) -> str:
        return next(part.name for part in parts if part.key == key)

    def _reporter(self, scenario: Scenario, words: _Words) -> Reporter:
        """Somebody new to this trust, at an address or number nobody has; the texts greet them by first name."""
        rng = self.rng
        likely = (n for n, (given, _) in enumerate(self.strangers) if given in scenario.given_names)
        given, family = self.strangers.pop(next(likely, 0))
        words.slots["dear"] = f"{rng.choice(('Dear', 'Hello', 'Hi'))} {given},\n\n"
        by = rng.choices(("email", "text", "phone", "inbox"), (45, 25, 15, 15))[0]
        number = f"07700 900{rng.randrange(300, 1000)}"
        contact = {"email": f"{_ascii(f'{given}.{family}')}@example.org", "text": number, "phone": number, "inbox": ""}[
            by
        ]
        return Reporter(f"{given} {family}", by, contact)

    def _excluded(self, scenario: Scenario, place: PlaceContent) -> tuple[str, ...]:
        """Keys of the people the person wants kept out, in the trust's order."""
        trust = self.trust
        team = [person for person in trust.people if {"guardian", "buddy_guardian"}.intersection(person.roles)]
        own = [person for person in trust.people_with("guardian") if place.directorate in person.looks_after]
        groups = {
            "one_guardian": own[:1] or trust.people_with("guardian")[:1],
            "guardian_team": [person for person in team if "guardian" in person.roles],
            "executive_lead": trust.people_with("executive_lead"),
            "executives": trust.people_with("executive"),
        }
        out = {person.key for group in scenario.keep_out for person in groups[group]}
        return tuple(person.key for person in trust.people if person.key in out)

    def _timeline(
        self, scenario: Scenario, words: _Words, raised_on: date
    ) -> tuple[tuple[DemoEvent, ...], DemoClosure | None]:
        """What happened up to the end, and the closing if it was reached."""
        pace, ago = self._pace(), (self.end - raised_on).days
        story = scenario.story[: {_UNANSWERED: 0, _NOT_BACK_YET: 1}.get(ago)]
        events = [event for event in self._events(story, words, raised_on, pace) if event.on <= self.end]
        if len(events) < len(scenario.story):
            return tuple(events), None
        closed_on = _working_day(events[-1].on + timedelta(days=round(scenario.closure.after * pace)))
        return tuple(events), self._closure(scenario.closure, words, closed_on) if closed_on <= self.end else None

    def _events(self, story: Sequence[Turn], words: _Words, raised_on: date, pace: float) -> Iterator[DemoEvent]:
        """The story in days. Guardians work on weekdays."""
        day = raised_on
        for number, turn in enumerate(story):
            day += timedelta(days=self._gap(turn, number, pace))
            day = day if turn.kind is Kind.WORKER else _working_day(day)
            yield DemoEvent(turn.kind, day, (day - raised_on).days, words.fill(turn.text))

    def _pace(self) -> float:
        """Most cases take about as long as written; one in nine drags."""
        return self.rng.uniform(2.5, 4.0) if self.rng.random() < 1 / 9 else self.rng.triangular(0.7, 1.9, 1.0)

    def _gap(self, turn: Turn, number: int, pace: float) -> int:
        if number == 0:
            return min(turn.after, 2) if self.rng.random() < _ANSWERED_IN_TIME else turn.after + self.rng.randint(2, 5)
        return round(turn.after * pace)

    def _closure(self, closure: Closure, words: _Words, on: date) -> DemoClosure:
        feedback_on = on + timedelta(days=self.rng.choice((0, 1, 2, 5, 9, 30)))
        answered = self.rng.random() < _FEEDBACK_CHANCE
        came = closure.again is not None and answered and feedback_on <= self.end
        return DemoClosure(
            on=on,
            outcome=closure.outcome,
            done=words.fill(closure.done),
            told=words.fill(closure.told),
            satisfied=closure.satisfied,
            unsatisfied_reason=words.fill(closure.unsatisfied_reason),
            again=closure.again if came else None,
            feedback=words.fill(closure.feedback) if came else "",
            feedback_on=feedback_on if came else None,
        )


def _state(events: Sequence[DemoEvent], closure: DemoClosure | None, whole: int) -> State:
    """Where a case stands, read from what has happened in it so far; `whole` is the length of its story."""
    if closure:
        return State.CLOSED
    kinds = [event.kind for event in events]
    if Kind.GUARDIAN not in kinds:
        return State.NEW
    if len(events) == whole:
        return State.AWAITING_FEEDBACK
    if kinds[-1] is Kind.PASSED_ON:
        return State.PASSED_ON
    if Kind.PASSED_ON in kinds:
        return State.UNDER_REVIEW
    return State.ACKNOWLEDGED if Kind.WORKER not in kinds else State.WITH_GUARDIAN


def _working_day(day: date) -> date:
    return day + timedelta(days={5: 2, 6: 1}.get(day.weekday(), 0))


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _ascii(name: str) -> str:
    return re.sub(r"[^a-z]+", ".", name.lower().replace("ê", "e"))
