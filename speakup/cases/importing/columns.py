"""What the columns of a log are about, told by their titles."""

import re
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum


class Column(StrEnum):
    """What a column holds."""

    RAISED = "raised"
    REFERENCE = "reference"
    STATE = "state"
    ACKNOWLEDGED = "acknowledged"
    TOLD = "told"
    CLOSED = "closed"
    STORY = "story"
    TITLE = "title"
    NOTE = "note"
    """Words that are kept as a note, under the column's title. What nobody recognises is this."""
    OUTCOME = "outcome"
    SUMMARY = "summary"
    NAME = "name"
    CONTACT = "contact"
    HOW = "how"
    ROUTE = "route"
    ELEMENTS = "elements"
    DETRIMENT = "detriment"
    GROUP = "group"
    JOB = "job"
    DIRECTORATE = "directorate"
    SITE = "site"
    THEMES = "themes"
    THEMES_AND_ELEMENTS = "themes and elements"
    """Each of its words may be either, or both: a log that has one column for what it is about."""
    AGAIN = "again"
    """Whether they would speak up again."""
    IGNORED = "ignored"
    """Left out altogether: row numbers, sums."""


TICK = "tick:"
"""What a column of ticks for one element is: this, and the element's key."""

UNDER = " › "  # noqa: RUF001 -- the mark between a place and the one inside it, as on any page
"""Between a title and the one that stands above it and others."""

Role = str
"""A `Column`, or `TICK` with the key of an element."""

BOTH = (Column.ELEMENTS, Column.THEMES)
"""What a column of `THEMES_AND_ELEMENTS` is read as."""
ONCE = frozenset(Column) - {Column.NOTE, Column.IGNORED, Column.STORY, *BOTH, Column.THEMES_AND_ELEMENTS}
"""What a sheet has one column of at most; a second one that looks like it is kept as a note."""
VALUED = (
    Column.STATE, Column.HOW, Column.ROUTE, Column.ELEMENTS, Column.GROUP, Column.DIRECTORATE, Column.SITE,
    Column.THEMES, Column.OUTCOME, Column.AGAIN,
)  # fmt: skip
"""Columns whose words are turned into one of a list."""


def read_as(role: Role) -> tuple[Column, ...]:
    """Return of which lists the words of a column of this role are; none where they are words only."""
    if role == Column.THEMES_AND_ELEMENTS:
        return BOTH
    return tuple(each for each in VALUED if each == role)


def _holding(*words: str) -> str:
    """Find a title that holds one of these, from its beginning to its end."""
    return rf".*\b(?:{'|'.join(words)})\b.*"


def _being(*words: str) -> str:
    """Find a title that is one of these."""
    return f"(?:{'|'.join(words)})"


_WHEN = r".*\b(?:date|when|day)\b.*\b"

# In the order in which they are tried: what is more particular comes first.
_TITLES: Sequence[tuple[str, Role]] = (
    (_being("(?:row|line|item|s(?:erial)?) ?(?:no|number|#)?", "#", "no", "nr"), Column.IGNORED),
    (r".*\bspeak(?:ing)?(?: up)? again\b.*", Column.AGAIN),
    # Without one of these two words, it is the guardian who raises it with somebody.
    (
        r"(?=.*\b(?:would|concerns?)\b).*\braise (?:(?:a|another|this|it|any) )?(?:concerns? )?again\b.*",
        Column.AGAIN,
    ),
    (r".*\bsatisf.*", Column.NOTE),
    (_WHEN + r"(?:clos|complet|resolv|conclud|end(?:ed)?\b|finish).*", Column.CLOSED),
    (
        _being(
            "(?:is |it |this |now |case )*(?:closed|completed?|closure|resolved|concluded|finished)(?: date| on)?",
            "date of closure",
            "end date",
        ),
        Column.CLOSED,
    ),
    (r".*\bdate\b.*\b(?:acknowledg|first (?:response|contact|reply)|respond).*", Column.ACKNOWLEDGED),
    (r"acknowledged(?: on| date)?", Column.ACKNOWLEDGED),
    (r".*\bdate\b.*\bfeedback\b.*|date fed back", Column.TOLD),
    (r"feedback (?:given|date|to (?:person|worker|individual)).*", Column.TOLD),
    (_WHEN + r"(?:rais|receiv|rec'?d\b|report|contact|concern|logged|open|spoke|meeting|referr).*", Column.RAISED),
    (
        _being(
            "(?:raised|received|rec'?d|opened|contacted|reported)(?: on| date)?",
            "date",
            "date of .*",
            "month",
            "w/?c",
            "week commencing",
            "date in",
            "start date",
        ),
        Column.RAISED,
    ),
    (
        "(?:case |unique |our |local |ftsu |log |concern )*"
        + _being("ref(?:erence)?", "id", "identifier", "case (?:no|number|id)", "concern (?:no|number)", "ref no")
        + r"(?: (?:no|number|#))?\.?",
        Column.REFERENCE,
    ),
    (r"(?:element of )?(?:patient|pt|pts)\b.{0,3}(?:safety|quality).*", f"{TICK}patient_safety"),
    (r"(?:quality|clinical) (?:concern|safety)", f"{TICK}patient_safety"),
    (r"(?:element of )?(?:worker|staff|employee)\b.{0,3}(?:safety|wellbeing|well-being).*", f"{TICK}worker_safety"),
    (r"(?:element of )?(?:bullying|b ?(?:&|and)? ?h)\b.*|harassment", f"{TICK}bullying_harassment"),
    (
        r"(?:element of )?(?:other )?(?:inappropriate )?(?:attitudes?|behaviou?rs?)\b.*",
        f"{TICK}other_behaviours",
    ),
    (_holding("detriment", "disadvantageous", "demeaning"), Column.DETRIMENT),
    (
        _being(
            "(?:current )?(?:status|state)",
            "open ?/ ?closed",
            "(?:is |it |this |still |case )*(?:open|ongoing|active|live)(?: case)?",
            "stage",
            "progress",
            "rag(?: status)?",
        ),
        Column.STATE,
    ),
    (r".*\b(?:anon\b|(?:anonym|confidential|openly)\w*).*", Column.HOW),
    (
        _holding(
            "how (?:raised|received|contacted|did)",
            "method",
            "route",
            "mode",
            "source",
            "medium",
            "contact (?:method|type)",
        ),
        Column.ROUTE,
    ),
    (
        _holding(
            "elements?",
            "categor(?:y|ies)",
            "type of (?:concern|issue)",
            "concern type",
            "ngo category",
            "nature of concern",
            "issue type",
        ),
        Column.ELEMENTS,
    ),
    (_being("type", "classification"), Column.ELEMENTS),
    (
        r".*\b(?:staff|worker|profession(?:al|s)?|occupational|employee) ?(?:gr?o?u?p|category|type)?\b(?<!name)",
        Column.GROUP,
    ),
    # Its words are turned into a group and kept as they are; as a job they would be in no figure.
    (r".*\b(?:staff|worker|professional|occupational) ?(?:gr?o?u?p|category) ?/.*", Column.GROUP),
    (
        _holding("job", "role", "post", "position", "title of (?:person|worker)", "grade", "band", "designation"),
        Column.JOB,
    ),
    (
        _holding(
            "directorate",
            "division",
            "care group",
            "business unit",
            "clinical group",
            "service line",
            "cbu",
            "department",
            "dept",
            "team",
            "ward",
            "service",
            "area",
        ),
        Column.DIRECTORATE,
    ),
    (_holding("site", "location", "hospital", "base", "place of work", "building"), Column.SITE),
    (_holding("themes?", "sub ?themes?", "topic", "subject"), Column.THEMES),
    (
        _being("outcome(?: (?:code|category|type))?", "closure reason", "reason for closure", "result"),
        Column.OUTCOME,
    ),
    (_holding("outcome", "learning", "lessons?", "resolution", "conclusion"), Column.SUMMARY),
    (_holding("tel", "telephone", "phone", "mobile", "e-?mail", "contact"), Column.CONTACT),
    (
        _being(
            "(?:staff |worker |employee |person'?s? |full |first |sur)*name(?: of .*)?",
            "raised by",
            "who",
            "person",
            "individual",
            "employee",
            "concern raised by",
            "initials",
        ),
        Column.NAME,
    ),
    (_being("(?:short )?title", "headline", "heading"), Column.TITLE),
    (
        _holding(
            "summary",
            "description",
            "details?",
            "concerns?",
            "issues?",
            "narrative",
            "nature",
            "what",
            "allegation",
            "background",
            "story",
            "brief",
        ),
        Column.STORY,
    ),
    (
        _holding(
            "notes?",
            "comments?",
            "actions?",
            "updates?",
            "follow ?up",
            "progress",
            "next steps?",
            "contact log",
            "meeting",
        ),
        Column.NOTE,
    ),
)
_COMPILED = [(re.compile(pattern), role) for pattern, role in _TITLES]
_HOW_TO_ANSWER = re.compile(r"[\s?:(\[–-]+\b(?:y ?/ ?n|yes ?/ ?no|true ?/ ?false|tick|x if so)\b.*$")
"""What follows a question in a title: `Closed? (Y/N)`."""


_BRACKETS = re.compile(r"\s*\([^()]*\)?$")


def plain_title(title: str) -> str:
    """Return a title as titles are compared: without capitals, signs at its ends and doubled spaces."""
    return " ".join(title.casefold().replace("’", "'").replace("_", " ").split()).strip(" :*?.-–()[]")


def role_of(title: str) -> Role | None:
    """Say what a column with this title is about; None for a title that says nothing."""
    plain = _HOW_TO_ANSWER.sub("", plain_title(title)).strip()
    # What stands lowest says most; what stands in brackets behind it, and above it, helps where that says nothing.
    own = plain.rpartition(UNDER.strip())[2].strip()
    return _role(own) or _role(_BRACKETS.sub("", own).strip()) or _role(plain.replace(UNDER, " "))


def _role(plain: str) -> Role | None:
    return next((role for pattern, role in _COMPILED if plain and pattern.fullmatch(plain)), None)


def is_known_title(title: str) -> bool:
    """Say whether a cell reads as the title of a column of a log."""
    return role_of(title) not in {None, Column.IGNORED}


def guessed(
    sheets: Sequence[Collection[str]],
    days: Mapping[str, float],
    yes_no: Mapping[str, float],
    again: Mapping[str, float] | None = None,
) -> dict[str, Role]:
    """Say of each column what it is likely to be, in the order of the sheets; one title is one column in all of them.

    `days`, `yes_no` and `again` say of a title which share of its cells is a day, is yes, no or a tick, or is an answer
    to whether somebody would speak up again.
    """
    found: dict[str, Role] = {}
    for title in dict.fromkeys(title for sheet in sheets for title in sheet):
        role = _fitting(title, days.get(title, 0.0), yes_no.get(title, 0.0))
        # Why they would not, in their own words, is no answer to be counted.
        role = Column.NOTE if role is Column.AGAIN and (again or {}).get(title, 0.0) < MOSTLY / 2 else role
        found[title] = Column.NOTE if role in ONCE and role in _beside(title, sheets, found) else role
    for sheet in sheets:
        _make_sure_of_days(sheet, sheets, found, days)
        _make_sure_of_a_story(sheet, found)
    return found


def _beside(title: str, sheets: Sequence[Collection[str]], found: Mapping[str, Role]) -> set[Role]:
    """Return what other columns are taken for in those sheets that have this one."""
    return {found[each] for sheet in sheets if title in sheet for each in sheet if each != title and each in found}


MOSTLY = 0.6
"""From which share of its cells on a column counts as one of days, or of ticks."""
_DAYS = frozenset({Column.RAISED, Column.CLOSED, Column.TOLD, Column.ACKNOWLEDGED})


def _fitting(title: str, days: float, yes_no: float) -> Role:
    """Let what stands in the cells overrule a title that fits them ill."""
    role = role_of(title) or Column.NOTE
    if role in {Column.CLOSED, Column.TOLD, Column.ACKNOWLEDGED} and days < MOSTLY / 2:
        return Column.STATE if role is Column.CLOSED and yes_no >= MOSTLY else Column.NOTE
    if role.startswith(TICK) and yes_no < MOSTLY:
        return Column.ELEMENTS
    if role is Column.RAISED and days < MOSTLY / 2:
        return Column.NOTE
    if role in {Column.STORY, Column.NOTE} and days >= MOSTLY and "date" in plain_title(title):
        return Column.RAISED if role is Column.STORY else Column.NOTE
    if role is Column.STATE and days >= MOSTLY:
        return Column.CLOSED
    return role


def _make_sure_of_days(
    sheet: Collection[str], sheets: Sequence[Collection[str]], found: dict[str, Role], days: Mapping[str, float]
) -> None:
    """Where no title of a sheet speaks of the day it was raised, its first column of days is that."""
    if Column.RAISED not in (found[title] for title in sheet):
        of_days = (title for title in sheet if days.get(title, 0.0) >= MOSTLY and found[title] not in _DAYS)
        first = next((each for each in of_days if Column.RAISED not in _beside(each, sheets, found)), None)
        if first is not None:
            found[first] = Column.RAISED


def _make_sure_of_a_story(sheet: Collection[str], found: dict[str, Role]) -> None:
    """Where no title of a sheet speaks of what was said, the first one kept as a note is that."""
    if Column.STORY not in (found[title] for title in sheet):
        noted = (title for title in sheet if found[title] is Column.NOTE and role_of(title) is Column.NOTE)
        first = next(noted, None)
        if first is not None:
            found[first] = Column.STORY


def naming_elements_too(roles: Mapping[str, Role], elements: Mapping[str, float]) -> list[str]:
    """List the columns of themes that name elements as well, where no column names these alone.

    `elements` says of a title which share of its cells names an element.
    """
    if any(Column.ELEMENTS in read_as(role) or role.startswith(TICK) for role in roles.values()):
        return []
    return [
        title for title, role in roles.items() if role == Column.THEMES and elements.get(title, 0.0) >= MOSTLY / 2
    ]  # fmt: skip
