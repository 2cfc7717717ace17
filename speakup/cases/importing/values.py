"""The words of a log's cells, split where there are several, and turned into codes where somebody could tell which."""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence

from speakup.cases.importing.columns import Column
from speakup.cases.models import HowRaised

SEVERAL = frozenset({Column.ELEMENTS, Column.THEMES})
"""Columns in which one cell may name several."""
OPEN, CLOSED = "open", "closed"
"""What the words of a log about where a case stands come to."""

_YES = frozenset({"y", "yes", "x", "✓", "✔", "√", "1", "true", "t", "tick", "ticked", "*", "●"})
_NO = frozenset({"", "n", "no", "0", "false", "f", "-", "–", "none", "na", "nil", "✗", "✘"})
_NONE = frozenset({
    "none", "na", "nil", "n a", "not applicable", "none of these", "none apply", "no element", "tbc", "not known",
    "unknown", "not stated", "nk", "not recorded", "blank",
})  # fmt: skip
_STRONG = ("\n", ";", "|", ",", "/")
_WEAK = ("+", "&", " and ", " - ", " – ")


def _holding(*words: str) -> str:
    """Find words that hold one of these, from its beginning to its end."""
    return rf".*\b(?:{'|'.join(words)})\b.*"


def _being(*words: str) -> str:
    """Find one of these alone."""
    return f"(?:{'|'.join(words)})"


_SURELY = "definitely|absolutely|certainly|again|ever|they|she|he|i"
_SPEAK_UP = "do|it|this|that|so|speak|up|raise|a|any|another|concerns?"
_WOULD_NOT = "would not|wouldnt|will not|wont"
# What follows may say that nobody asked, or that nobody could: only what adds nothing else is taken with the answer.
# No words stand in two of these, so that there is one way alone to read a cell, however long it is.
_PLAIN_YES = rf"yes(?: (?:{_SURELY}|would|of course|felt (?:heard|listened to|supported|safe)))*"
_PLAIN_NO = rf"no(?: (?:{_SURELY}|{_SPEAK_UP}|{_WOULD_NOT}|never|not again|nothing (?:has )?changed))*"
_NOT_AGAIN = rf"(?:they |she |he |i )?(?:{_WOULD_NOT})(?: (?:{_SPEAK_UP}|again|ever))*"

# Each set of words leads to the codes it may mean, the likeliest first: which of them there are depends on the day.
_MEANS: Mapping[Column, Sequence[tuple[str, Sequence[str]]]] = {
    Column.ELEMENTS: (
        (
            r"(?:pt|pts|patient)s?(?: safety| quality| care| safety quality| safety and quality)*",
            ("patient_safety",),
        ),
        (
            _being("psq?", "quality(?: of care)?", "clinical (?:safety|care|quality)", "care quality"),
            ("patient_safety",),
        ),
        (
            r"(?:worker|staff|employee)s?(?: safety| wellbeing| well being| safety (?:or |and )?wellbeing)*",
            ("worker_safety",),
        ),
        (_being("wsw?", "ss", "wellbeing", "health and safety", "h s", "health safety"), ("worker_safety",)),
        (
            _being(
                "bullying",
                "bullied",
                "(?:sexual )?harassment",
                "bullying (?:and |or )?harassment",
                "harassment (?:and |or )?bullying",
                "b h",
                "bh",
                "b and h",
            ),
            ("bullying_harassment",),
        ),
        (
            r"(?:other )?(?:inappropriate )?"
            + _being("attitudes?", "behaviou?rs?", "behaviou?ral", "conduct", "incivility", "rudeness")
            + "(?: .*)?",
            ("other_behaviours", "bullying_harassment"),
        ),
        (_being("iab", "oi?ab", "oib", "ib", "ab"), ("other_behaviours", "bullying_harassment")),
        (r".*(?:detriment|disadvantageous|demeaning).*|det", ("detriment",)),
    ),
    Column.GROUP: (
        (
            _holding(
                "hca",
                "health ?care assistant",
                "nursing assistant",
                "support worker",
                "clinical support",
                "acs",
                "additional clinical",
            ),
            ("additional_clinical",),
        ),
        (
            _holding(r"pharmac\w*", r"psycholog\w*", "additional professional", "professional scientific", "add prof"),
            ("additional_professional",),
        ),
        (
            _holding(
                r"nurs\w*", r"midwi\w*", "r[gm]?n", "matron", "ward manager", "sister", "health visitor", "nmc", "n m"
            ),
            ("nursing_midwifery",),
        ),
        (
            _holding(
                "doctor",
                "dr",
                "medical(?! secretary)",
                r"dent\w*",
                "consultant",
                "registrar",
                "gp",
                "physician",
                "surgeon",
                r"fy\d",
            ),
            ("medical_dental",),
        ),
        (
            _holding(
                "ahp",
                "allied",
                r"physio\w*",
                r"occupational therap\w*",
                "ot",
                r"radiograph\w*",
                r"dieti\w*",
                "paramedic",
                "speech",
                "salt",
                r"podiatr\w*",
                "odp",
            ),
            ("allied_health",),
        ),
        (
            _holding(
                r"admin\w*",
                "clerical",
                r"secretar\w*",
                "a c",
                "a and c",
                r"reception\w*",
                r"manager\w*",
                "corporate",
                "hr",
                "finance",
                "it",
            ),
            ("administrative",),
        ),
        (
            _holding(
                "estates?",
                "ancillary",
                r"porter\w*",
                r"domestic\w*",
                r"cleaner\w*",
                "catering",
                "facilities",
                "security",
                r"housekeep\w*",
                "driver",
            ),
            ("estates",),
        ),
        (
            _holding(r"scientist\w*", "biomedical", "bms", r"laborator\w*", "pathology", r"physiolog\w*"),
            ("healthcare_scientists",),
        ),
        (_holding(r"student\w*", r"trainee\w*", r"apprentice\w*"), ("students",)),
        (_being("others?", r"misc\w*", r"volunteer\w*", r"contractor\w*"), ("other",)),
        (
            _being("not known", "unknown", "nk", "not stated", r"anon\w*", "na", "not disclosed", "tbc", ""),
            ("not_known",),
        ),
    ),
    Column.ROUTE: (
        (r".*\b(?:e mail|email|mail box|mailbox)\w*\b.*", ("email",)),
        (
            _holding(
                "phone", "telephone", "tel", "call", "called", "rang", "mobile", "voicemail", "text", "sms", "whatsapp"
            ),
            ("phone",),
        ),
        (
            _holding(
                "person",
                "face",
                "f2f",
                "meeting",
                r"walk\w*",
                "drop in",
                "teams",
                "visit",
                "verbal",
                "in conversation",
                "1 1",
            ),
            ("in_person",),
        ),
        (_holding("letter", "post", "written", "note"), ("letter",)),
        (_holding("champions?", "ambassadors?", "advocates?"), ("champion",)),
        (_holding("online", r"web\w*", "form", "app", "portal", "intranet", "qr"), ("online_form", "other")),
        (_holding("other", "union", "hr", "manager", "line manager", r"referr\w*", "survey"), ("other",)),
    ),
    Column.HOW: (
        (r".*\banon\w*.*", (HowRaised.ANONYMOUS.value,)),
        (r".*\bconf\w*.*|c|private\w*", (HowRaised.CONFIDENTIAL.value,)),
        (_holding(r"open\w*", "named", "disclosed", "name given") + "|o", (HowRaised.OPEN.value,)),
    ),
    Column.STATE: (
        (r"(?:open|not|ongoing|on going|still|in progress|await\w*|pending|active|live)\b.*", (OPEN,)),
        (
            _holding(
                r"clos\w*",
                r"complet\w*",
                "resolved",
                "concluded",
                "finished",
                "ended",
                "done",
                "withdrawn",
                "withdrew",
                "nfa",
                "no further action",
                "archived",
                "c",
            ),
            (CLOSED,),
        ),
        (
            _holding(
                r"open\w*",
                "ongoing",
                "on going",
                "live",
                "active",
                "new",
                "pending",
                r"await\w*",
                "hold",
                r"monitor\w*",
                "under",
                "o",
                "wip",
                "review",
                r"investigat\w*",
                r"progress\w*",
                "red",
                "amber",
                "green",
            ),
            (OPEN,),
        ),
    ),
    Column.OUTCOME: (
        (_holding("nfa", "no further action", "explained", "not upheld", "no action"), ("explained",)),
        (_holding(r"withdr\w*", "did not wish", "does not wish", "no wish", "retracted"), ("withdrew",)),
        (
            _holding("no contact", "unable", "no response", "lost contact", "could not contact", "disengaged"),
            ("no_contact",),
        ),
        (_holding(r"signpost\w*", "advice", "advised", "listened", "listening", "support given"), ("advice",)),
        (
            _holding(
                "hr",
                "grievance",
                "disciplinary",
                "passed",
                "referred",
                "investigation",
                "other process",
                "escalated",
                "police",
                "counter fraud",
            ),
            ("other_process",),
        ),
        (_holding("dissatisfied", "unhappy", "not satisfied"), ("dissatisfied",)),
        (_holding(r"action\w*", "upheld", "changes? made", r"improv\w*", "training", "mediation"), ("action_taken",)),
        (_holding("resolved", "satisfied", "happy", "sorted", "completed"), ("resolved",)),
    ),
    Column.THEMES: (
        (r"(?:pt|patient) .*|.*\bcare quality\b.*", ("patient_safety",)),
        (_holding(r"bully\w*", r"harass\w*"), ("bullying",)),
        (_holding(r"rac\w+", r"discriminat\w*", "equality", "edi"), ("discrimination",)),
        (_holding("sexual"), ("sexual_safety",)),
        (_holding(r"manage\w*", r"leader\w*"), ("leadership",)),
        (_holding("hr", "policy", "policies", "grievance"), ("hr_process", "systems")),
        (_holding(r"recruit\w*", "promotion", "progression"), ("recruitment",)),
        (_holding("staffing", "workload", r"rota\w*", "shifts?"), ("staffing",)),
        (_holding("health and safety", "h s", "ppe", "environment"), ("health_safety",)),
        (_holding("fraud", r"financ\w*", "money", "pay"), ("fraud_finance",)),
        (_holding("information", "ig", "data", "confidentiality"), ("information",)),
        (
            _holding(r"behaviou?r\w*", r"attitud\w*", r"relationship\w*", "culture", "civility", "incivility"),
            ("behaviours",),
        ),
        (_holding(r"system\w*", r"process\w*", r"procedure\w*"), ("systems",)),
        (r"other", ("other",)),
    ),
    Column.AGAIN: (
        (rf"(?:y|t|true|definitely|absolutely|{_PLAIN_YES}|(?:they |she |he |i )?would)", ("yes",)),
        (rf"(?:n|f|false|never(?: again)?|{_PLAIN_NO}|{_NOT_AGAIN})", ("no",)),
        (_being("may ?be", "possibly", "perhaps", "might(?: do)?", "depends", "it depends"), ("maybe",)),
        (
            _being("dont know", "do not know", "d k", "dk", "does not know", "doesnt know", "unsure", "not sure"),
            ("dont_know",),
        ),
    ),
}
_COMPILED = {column: [(re.compile(pattern), keys) for pattern, keys in meanings] for column, meanings in _MEANS.items()}

_SIGNS = re.compile(r"[\W_]+")

Known = Callable[[str], bool]


def plain(words: str) -> str:
    """Return words as they are compared: without capitals, accents, signs and doubled spaces."""
    letters = words.casefold().replace("&", " and ").replace("'", "")
    if not letters.isascii():
        apart = unicodedata.normalize("NFKD", letters.replace("’", ""))
        letters = "".join(each for each in apart if not unicodedata.combining(each))
    return " ".join(_SIGNS.sub(" ", letters).split())


def says_yes(words: str) -> bool | None:
    """Read a tick, or yes and no; None for anything else."""
    short = words.strip().casefold().rstrip(".!")
    if short in _YES:
        return True
    return False if short in _NO or plain(short) in _NONE else None


_NO_ANSWER = re.compile(
    r"(?:no|none|did not|didnt|has not|hasnt|not) ?(?:respon\w*|repl\w*|answer\w*|return\w*|comment|feedback)\b.*|"
    r"declined.*|would rather not.*|prefer\w* not.*"
)
_NOT_ASKED = re.compile(
    r"(?:not|never)(?: yet)? (?:asked|sought|requested|done|completed|sent|applicable|due)\b.*|await\w*.*|pending.*|"
    r"too early.*|to be asked.*|left(?: the)? trust.*"
)
_AFTER_NO = re.compile("(?:no|n) (?!would|prefer)(.+)")
"""What explains a no. One that would rather not may mean that very answer."""


def says_again(words: str) -> bool:
    """Say whether these are words on whether somebody would speak up again, or on why there is no answer to that."""
    return (
        was_asked(words) or was_not_asked(words) or any(p.fullmatch(plain(words)) for p, _ in _COMPILED[Column.AGAIN])
    )


def was_asked(words: str) -> bool:
    """Say whether somebody was asked, and gave no answer."""
    return any(_NO_ANSWER.fullmatch(each) for each in _with_and_without_no(words))


def was_not_asked(words: str) -> bool:
    """Say whether nobody asked, or not yet."""
    return any(not each or each in _NONE or _NOT_ASKED.fullmatch(each) for each in _with_and_without_no(words))


def _with_and_without_no(words: str) -> list[str]:
    """Return words as they are compared, and what follows their no: in a log, `No - not asked` answers nothing."""
    said = plain(words)
    after = _AFTER_NO.fullmatch(said)
    return [said, after[1]] if after else [said]


def says_none(words: str) -> bool:
    """Say whether a cell says that there is nothing to say."""
    return plain(words) in _NONE or words.strip() in _NO


def split(words: str, known: Known) -> list[str]:
    """Part what one cell names together: `BH / pt safety` are two, `Bullying & harassment` is one.

    Nothing is lost and nothing invented: the parts, joined, hold every letter of the cell.
    """
    whole = words.strip()
    for mark in _STRONG:
        parts = [part.strip() for part in whole.split(mark) if part.strip()]
        # What has a meaning part by part means that, even where it would mean something as a whole.
        if len(parts) > 1 and all(known(part) for part in parts):
            return [each for part in parts for each in split(part, known)]
    if not whole or known(whole):
        return [whole] if whole else []
    for mark in (*_STRONG, *_WEAK):
        parts = [part.strip() for part in whole.split(mark) if part.strip()]
        if len(parts) > 1 and (mark in _STRONG or all(known(part) for part in parts)):
            return [each for part in _mended(parts, mark, known) for each in split(part, known)]
    return [whole]


def _mended(parts: Sequence[str], mark: str, known: Known) -> list[str]:
    """Put together again what is one only as a whole: `safety / quality` of `Patient safety / quality, BH`."""
    mended: list[str] = []
    for part in parts:
        joined = f"{mended[-1]}{mark}{part}" if mended else ""
        if mended and not known(part) and known(joined):
            mended[-1] = joined
        else:
            mended.append(part)
    return mended


def guess(column: Column, words: str, offered: Mapping[str, str]) -> str | None:
    """Return the key of what these words mean, among those offered by key and name; None where nobody could tell."""
    said = plain(words)
    for key, name in offered.items():
        if said and said in {plain(name), plain(key), plain(name.removeprefix("Element of "))}:
            return key
    for pattern, keys in _COMPILED.get(column, ()):
        if pattern.fullmatch(said):
            return next((key for key in keys if key in offered), None)
    return _nearly(said, offered) if column in {Column.DIRECTORATE, Column.SITE} else None


def _nearly(said: str, offered: Mapping[str, str]) -> str | None:
    """Find the one place that has all these words in its name, or whose whole name is among them."""
    words = set(said.split()) - _OF_NO_WEIGHT
    found = [
        key for key, name in offered.items()
        if words and (own := set(plain(name).split()) - _OF_NO_WEIGHT) and (words <= own or own <= words)
    ]  # fmt: skip
    return found[0] if len(found) == 1 else None


_OF_NO_WEIGHT = frozenset(
    {"and", "the", "of", "directorate", "division", "site", "care", "group", "services", "service"}
)


def knows(column: Column, offered: Collection[Mapping[str, str]]) -> Known:
    """Return what says of some words whether they name one thing of any of these lists."""
    return lambda words: any(guess(column, words, each) is not None for each in offered)
