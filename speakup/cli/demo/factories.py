"""What the operations are handed, built from an invented case: factory_boy declarations, no database."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from factory.base import Factory
from factory.declarations import LazyAttribute

from speakup.cases import Answer, Closing, Coding, Exclusions, HowRaised, NewConcern, PersonDetails, Satisfied, Work
from speakup.cli.demo.texts import DemoCase, DemoClosure, Reporter
from speakup.routing import Subject


def _from(read: Callable[[Any], Any]) -> Any:  # noqa: ANN401 -- factory_boy's declarations are of whatever they make
    """Declare that an attribute is read off the factory's parameters."""
    return LazyAttribute(read)


_OFFERED = "The non-executive lead, and the outside bodies named on the support page."
_SUBJECTS = {"guardian": Subject.GUARDIAN, "executive": Subject.EXECUTIVE, "chair": Subject.CHAIR}


class PersonFactory(Factory[PersonDetails]):
    """Who the person is, from what the content says of them."""

    class Meta:
        model = PersonDetails

    class Params:
        reporter: ClassVar[Reporter | None] = None

    name = _from(lambda o: o.reporter.name)
    contact = _from(lambda o: f"{o.reporter.contact_by}: {o.reporter.contact}")


class ConcernFactory(Factory[NewConcern]):
    """A concern as the form would hand it over. `ids` maps keys of the content to ids of this installation."""

    class Meta:
        model = NewConcern

    class Params:
        case: ClassVar[DemoCase | None] = None
        ids: ClassVar[Mapping[str, uuid.UUID]] = {}

    narrative = _from(lambda o: o.case.narrative)
    how_raised = _from(lambda o: HowRaised(o.case.how.value))
    at_risk = _from(lambda o: Answer.YES if o.case.risk == "immediate" else Answer.NO)
    work = _from(
        lambda o: Work(
            o.ids[f"directorate/{o.case.directorate}"], o.ids[f"site/{o.case.site}"], o.case.worker_group, o.case.role
        )
    )
    detriment = _from(lambda o: o.case.about_detriment)
    happened = _from(lambda o: Answer.YES if o.case.about_detriment else Answer.NOT_ANSWERED)
    subject = _from(lambda o: _SUBJECTS.get(o.case.subject, Subject.NOBODY_NAMED))
    exclusions = _from(
        lambda o: Exclusions(frozenset(o.ids[f"person/{key}"] for key in o.case.excluded), others=o.case.excluded_words)
    )
    person = _from(lambda o: PersonFactory.build(reporter=o.case.reporter) if o.case.reporter else None)


class CodingFactory(Factory[Coding]):
    """What the guardian codes it with."""

    class Meta:
        model = Coding

    class Params:
        case: ClassVar[DemoCase | None] = None

    elements = _from(lambda o: frozenset(o.case.elements))
    none_apply = _from(lambda o: not o.case.elements)
    worker_group = _from(lambda o: o.case.worker_group)


class ClosingFactory(Factory[Closing]):
    """How it ends."""

    class Meta:
        model = Closing

    class Params:
        closure: ClassVar[DemoClosure | None] = None

    outcome = _from(lambda o: o.closure.outcome)
    summary = _from(lambda o: o.closure.done)
    satisfied = _from(lambda o: Satisfied(o.closure.satisfied.replace("_", " ")))
    why_not_satisfied = _from(lambda o: o.closure.unsatisfied_reason)
    escalation = _from(lambda o: _OFFERED if o.closure.unsatisfied_reason else "")
    why_not_told = _from(lambda o: "" if o.closure.told else "The person could no longer be reached.")
