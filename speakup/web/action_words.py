"""The words for learning actions, for guardians and for whoever sees to one. Nothing here knows of a case."""

from typing import Any

from flask import Flask
from flask_babel import lazy_gettext as _

from speakup.learning import Act, ActionState, Decision, EventKind, LearningEvent, Missing, Partner, Priority

ACTION_STATES: dict[ActionState, Any] = {
    ActionState.PROPOSED: _("Proposed"),
    ActionState.AGREED: _("Agreed"),
    ActionState.IN_PROGRESS: _("In progress"),
    ActionState.IMPLEMENTED: _("Done, not checked yet"),
    ActionState.CHECKED: _("Checked"),
    ActionState.CLOSED: _("Closed"),
    ActionState.NOT_TAKEN: _("Not taken forward"),
}

ACTION_COLOURS: dict[ActionState, str] = {
    ActionState.PROPOSED: "yellow",
    ActionState.AGREED: "blue",
    ActionState.IN_PROGRESS: "purple",
    ActionState.IMPLEMENTED: "aqua-green",
    ActionState.CHECKED: "green",
    ActionState.CLOSED: "grey",
    ActionState.NOT_TAKEN: "white",
}

PRIORITIES: dict[Priority, Any] = {
    Priority.HIGH: _("High priority"),
    Priority.MEDIUM: _("Medium priority"),
    Priority.LOW: _("Low priority"),
}

MOVES: dict[Act, Any] = {
    Act.AGREE: _("Agree who and until when"),
    Act.START: _("Start"),
    Act.IMPLEMENT: _("Say it is done"),
    Act.CHECK: _("Check the effect"),
    Act.CLOSE: _("Close"),
    Act.DECLINE: _("Do not take forward"),
    Act.RESUME: _("Take up again"),
}
"""What moves an action on, as a button says it."""

PARTNERS: dict[Partner, Any] = {
    Partner.STAFF: _("Staff"),
    Partner.PATIENTS: _("Patients, families or carers"),
    Partner.OTHERS: _("Others"),
}

DECISIONS: dict[Decision, Any] = {
    Decision.ADOPT: _("It works: do it everywhere it is meant for"),
    Decision.ADAPT: _("It works in part: change it and try again"),
    Decision.ABANDON: _("It does not work: try something else"),
}

KINDS: dict[EventKind, Any] = {
    EventKind.CYCLE: _("Trying it out: cycle %(number)s was written"),
    EventKind.PARTNERS: _("Who works on it together was written"),
    EventKind.MEASURE: _("The measure was written"),
    EventKind.VALUES: _("The values of the measure were written"),
}
"""Lines of the history of what is tried out and measured; a cycle's line has its number as text."""

MISSING: dict[Missing, Any] = {
    Missing.EVIDENCE: _("Say how anybody can see that it is done"),
    Missing.EFFECT: _("Show its effect with a measure that has values before and after, or say why there is none"),
    Missing.STAFF_TOLD: _("Say how staff were told what changed, or why they were not"),
    Missing.PEOPLE_TOLD: _(
        "A guardian has not told somebody yet who spoke up about this. Wait for that, or say why it cannot wait"
    ),
}

HAPPENED: dict[Act, Any] = {
    Act.PROPOSE: _("Proposed"),
    Act.AGREE: _("Agreed"),
    Act.START: _("Begun"),
    Act.IMPLEMENT: _("Done"),
    Act.CHECK: _("Its effect was checked"),
    Act.CLOSE: _("Closed"),
    Act.DECLINE: _("Not taken forward"),
    Act.RESUME: _("Taken up again"),
}
"""What a line of the history says of a move."""

WRITTEN: dict[EventKind, Any] = {
    EventKind.REVISED: _("Its words were changed"),
    EventKind.RESCHEDULED: _("Given another day"),
    EventKind.UPDATE: _("Update"),
    EventKind.QUESTION: _("Question to the guardians"),
    EventKind.ANSWER: _("Answer of a guardian"),
    EventKind.HANDED_ON: _("Handed on to somebody else"),
    EventKind.EVIDENCE: _("How it can be seen"),
    EventKind.STATEMENT: _("What staff were told"),
    EventKind.CHECK: _("Looked at again"),
    EventKind.UNTOLD: _("Why it was closed before everybody was told (for guardians only)"),
}
"""What any other line of the history is."""


def event_words(event: LearningEvent) -> str:
    """Say what a line of an action's history is, without its text."""
    if event.act in HAPPENED and event.kind is EventKind.MOVED:
        return str(HAPPENED[event.act])
    if event.kind in WRITTEN:
        return str(WRITTEN[event.kind])
    return str(KINDS[event.kind]) % {"number": event.text} if event.kind in KINDS else str(event.kind)


def install(app: Flask) -> None:
    """Give templates the filters that learning actions use."""
    app.jinja_env.filters.update(
        action_state=lambda value: ACTION_STATES[value],
        action_colour=lambda value: ACTION_COLOURS[value],
        priority=lambda value: PRIORITIES[value],
        action_event=event_words,
    )
