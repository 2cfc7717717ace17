"""The words for learning actions, for guardians and for whoever sees to one. Nothing here knows of a case."""

from typing import Any

from flask_babel import lazy_gettext as _

from speakup.learning import Act, ActionState, Decision, EventKind, Partner, Priority

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
}
"""Lines of the history of what is tried out and measured; a cycle's line has its number as text."""
