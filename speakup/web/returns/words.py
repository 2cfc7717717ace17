"""What pages call the states, checks and quarters of a return."""

from datetime import date
from typing import Any

from flask_babel import format_date, gettext, ngettext
from flask_babel import lazy_gettext as _

from speakup.returns import Check, Counts, Finding, Quarter, ReturnState

STATES: dict[ReturnState, Any] = {
    ReturnState.DRAFT: _("Draft"),
    ReturnState.CHECKED: _("Checked"),
    ReturnState.SUBMITTED: _("Submitted"),
    ReturnState.RESUBMITTED: _("Resubmitted"),
    ReturnState.NIL: _("Nil return"),
}
COLOURS: dict[ReturnState, str] = {
    ReturnState.DRAFT: "grey",
    ReturnState.CHECKED: "yellow",
    ReturnState.SUBMITTED: "green",
    ReturnState.RESUBMITTED: "green",
    ReturnState.NIL: "green",
}

GROUPS: dict[Counts, Any] = {
    Counts.ELEMENT: _("Elements: one case can have several, so these do not add up to the number of cases"),
    Counts.WORKER_GROUP: _("Who spoke up: these add up to the number of cases"),
    Counts.ANSWER: _("Would they speak up again: these add up to the responses"),
}
"""Headings among the lines."""


def quarter_words(quarter: Quarter) -> str:
    """Name a quarter as people do: July to September 2026."""
    first, last = quarter.first_day, quarter.last_day
    return str(gettext("%(first)s to %(last)s", first=_month(first), last=_month_and_year(last)))


def _month(day: date) -> str:
    return str(format_date(day, "LLLL"))


def _month_and_year(day: date) -> str:
    return str(format_date(day, "LLLL yyyy"))


def sentence(finding: Finding) -> str:
    """Say what was found, and what to do."""
    found = {
        Check.QUARTER_RUNS: gettext("The quarter is not over. It can be signed off from the day after its last."),
        Check.ABOVE_TOTAL: gettext(
            "Line %(line)s says %(count)s, more than the %(total)s cases there are. Tell whoever looks after this "
            "installation: the figures do not fit each other.",
            line=finding.line,
            count=finding.count,
            total=finding.expected,
        ),
        Check.GROUPS_DO_NOT_ADD: gettext(
            "The worker groups add up to %(count)s, and there are %(total)s cases. A group of your own list counts as "
            "no national one: an administrator can say under Lists what it counts as.",
            count=finding.count,
            total=finding.expected,
        ),
        Check.ANSWERS_DO_NOT_ADD: gettext(
            "The answers add up to %(count)s, and there are %(total)s responses. Tell whoever looks after this "
            "installation: the figures do not fit each other.",
            count=finding.count,
            total=finding.expected,
        ),
        Check.NO_ELEMENTS: gettext(
            "No case has an element that says what it was about. That can be, and is seldom so: look at them again."
        ),
        Check.NOT_COUNTED: ngettext(
            "Nobody has opened %(num)d case of this quarter yet, so no line counts it.",
            "Nobody has opened %(num)d cases of this quarter yet, so no line counts them.",
            finding.count,
        ),
        Check.NOT_LOOKED_AT: ngettext(
            "Nobody has yet set elements and worker group of %(num)d case. It counts with what the person said.",
            "Nobody has yet set elements and worker group of %(num)d cases. They count with what people said.",
            finding.count,
        ),
        Check.EARLIER_CHANGED: ngettext(
            "The figures of %(num)d other quarter changed after they were signed off. They can be put right with a "
            "resubmission, mostly while the fourth quarter is taken.",
            "The figures of %(num)d other quarters changed after they were signed off. They can be put right with a "
            "resubmission, mostly while the fourth quarter is taken.",
            finding.count,
        ),
        Check.NOT_OPEN_YET: gettext("The return is not taken yet."),
        Check.TAKEN_NO_MORE: gettext("The last day has passed. Ask whoever collects the return whether it is taken."),
        Check.NO_WINDOW: gettext("Nobody has written down until when the return is taken."),
    }
    return str(found[finding.check])
