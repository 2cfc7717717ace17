"""The words of the board's pages for what packs and figures name."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from speakup import papers
from speakup.assurance import Indicator, Subject, Unit
from speakup.charts import Signal
from speakup.papers import Kind, Section

SECTIONS: dict[Section, Any] = {
    Section.NEW: lazy_gettext("What is new"),
    Section.CASES: lazy_gettext("How many people spoke up"),
    Section.ELEMENTS: lazy_gettext("What it was about"),
    Section.HOW: lazy_gettext("How people spoke up"),
    Section.GROUPS: lazy_gettext("Who spoke up"),
    Section.PLACES: lazy_gettext("Where they work"),
    Section.THEMES: lazy_gettext("Themes"),
    Section.TIMELINESS: lazy_gettext("How soon they were answered"),
    Section.DETRIMENT: lazy_gettext("Who suffered for speaking up"),
    Section.FEEDBACK: lazy_gettext("What people said afterwards"),
    Section.COMPARISON: lazy_gettext("Beside national figures"),
    Section.TRIANGULATION: lazy_gettext("Beside what else we know"),
    Section.LEARNING: lazy_gettext("What changes because of it"),
    Section.STORIES: lazy_gettext("Stories"),
    Section.REACH: lazy_gettext("Who was reached"),
    Section.CAPACITY: lazy_gettext("The guardians’ time"),
    Section.RECOMMENDATIONS: lazy_gettext("What the guardians ask of the board"),
    Section.METHOD: lazy_gettext("How this was made"),
    Section.ABSENT: lazy_gettext("What this paper does not hold, and why"),
}

KINDS: dict[Kind, Any] = {
    Kind.QUARTER: lazy_gettext("Quarter"),
    Kind.YEAR: lazy_gettext("Year"),
    Kind.RESTATEMENT: lazy_gettext("Year, counted again"),
    Kind.ANSWER: lazy_gettext("Answer to a request"),
}

SIGNALS: dict[Signal, Any] = {
    Signal.OUTSIDE: lazy_gettext("outside what is expected"),
    Signal.TREND: lazy_gettext("part of a trend"),
    Signal.TWO_IN_THREE: lazy_gettext("two in three near a limit"),
    Signal.SHIFT: lazy_gettext("part of a run on one side of the average"),
}

INDICATORS: dict[Indicator, Any] = {
    Indicator.SUB_SCORE: lazy_gettext("Staff survey: raising concerns (sub-score)"),
    Indicator.CLINICAL_SECURE: lazy_gettext("Staff survey: secure raising concerns about unsafe clinical practice"),
    Indicator.CLINICAL_ADDRESSED: lazy_gettext("Staff survey: confident that a clinical concern would be addressed"),
    Indicator.SAFE: lazy_gettext("Staff survey: safe to speak up about anything that concerns me"),
    Indicator.ADDRESSED: lazy_gettext("Staff survey: if I spoke up, confident that it would be addressed"),
    Indicator.SICKNESS: lazy_gettext("Sickness absence"),
    Indicator.TURNOVER: lazy_gettext("Staff turnover"),
    Indicator.GRIEVANCES: lazy_gettext("Grievances"),
    Indicator.INCIDENTS: lazy_gettext("Reported incidents"),
    Indicator.OTHER: lazy_gettext("Something else"),
}

UNITS: dict[Unit, Any] = {
    Unit.PERCENT: "%",
    Unit.OUT_OF_TEN: lazy_gettext("out of 10"),
    Unit.NUMBER: lazy_gettext("number"),
    Unit.PER_STAFF: lazy_gettext("per 1,000 staff"),
    Unit.PER_BED_DAYS: lazy_gettext("per 1,000 bed days"),
}

SUBJECTS: dict[Subject, Any] = {
    Subject.CASES: lazy_gettext("Cases"),
    Subject.ANONYMOUS: lazy_gettext("Raised anonymously"),
    Subject.PATIENT_SAFETY: lazy_gettext("Patient safety or quality"),
    Subject.WORKER_SAFETY: lazy_gettext("Worker safety or wellbeing"),
    Subject.BULLYING: lazy_gettext("Bullying or harassment"),
    Subject.BEHAVIOURS: lazy_gettext("Other inappropriate attitudes or behaviours"),
    Subject.DETRIMENT: lazy_gettext("Suffered for speaking up"),
    Subject.FEEDBACK_RETURNED: lazy_gettext("Gave feedback"),
    Subject.SPEAK_UP_AGAIN: lazy_gettext("Would speak up again"),
}


def of_what(thing: Subject | Indicator) -> Any:  # noqa: ANN401 -- gettext's lazy strings have no type
    """Say what a reference figure is of."""
    return SUBJECTS[thing] if isinstance(thing, Subject) else INDICATORS[thing]


def with_unit(value: str, unit: Unit) -> str:
    """Write a figure with its unit, as it stands in a table."""
    number = papers.grouped(value)
    if unit is Unit.PERCENT:
        return f"{number}%"
    if unit is Unit.NUMBER:
        return number
    return str(_("%(value)s %(unit)s", value=number, unit=UNITS[unit]))


def period_words(label: str) -> str:
    """Write a quarter or a year as a chart labels it: 2026-27 Q2."""
    return label.replace("/", " ")
