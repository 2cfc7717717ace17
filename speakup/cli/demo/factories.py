"""What the operations are handed, built from an invented case: factory_boy declarations, no database."""

import uuid
from collections.abc import Mapping
from typing import ClassVar

import factory

from speakup.cases import Closing, Coding, Exclusions, HowRaised, NewConcern, PersonDetails, Satisfied, Work
from speakup.cli.demo.texts import DemoCase, DemoClosure, Reporter
from speakup.routing import Subject

_SUBJECTS = {"guardian": Subject.GUARDIAN, "executive": Subject.EXECUTIVE, "chair": Subject.CHAIR}


class PersonFactory(factory.Factory):
    """Who the person is, from what the content says of them."""

    class Meta:
        model = PersonDetails

    class Params:
        reporter: ClassVar[Reporter | None] = None

    name = factory.LazyAttribute(lambda o: o.reporter.name)
    contact = factory.LazyAttribute(lambda o: f"{o.reporter.contact_by}: {o.reporter.contact}")


class ConcernFactory(factory.Factory):
    """A concern as the form would hand it over. `ids` maps keys of the content to ids of this installation."""

    class Meta:
        model = NewConcern

    class Params:
        case: ClassVar[DemoCase | None] = None
        ids: ClassVar[Mapping[str, uuid.UUID]] = {}

    narrative = factory.LazyAttribute(lambda o: o.case.narrative)
    how_raised = factory.LazyAttribute(lambda o: HowRaised(o.case.how.value))
    at_risk_now = factory.LazyAttribute(lambda o: o.case.risk == "immediate")
    work = factory.LazyAttribute(
        lambda o: Work(
            o.ids[f"directorate/{o.case.directorate}"], o.ids[f"site/{o.case.site}"], o.case.worker_group, o.case.role
        )
    )
    detriment = factory.LazyAttribute(lambda o: o.case.about_detriment)
    detriment_indicated = factory.LazyAttribute(lambda o: bool(o.case.about_detriment))
    subject = factory.LazyAttribute(lambda o: _SUBJECTS.get(o.case.subject, Subject.NOBODY_NAMED))
    exclusions = factory.LazyAttribute(
        lambda o: Exclusions(frozenset(o.ids[f"person/{key}"] for key in o.case.excluded), others=o.case.excluded_words)
    )
    person = factory.LazyAttribute(lambda o: PersonFactory(reporter=o.case.reporter) if o.case.reporter else None)


class CodingFactory(factory.Factory):
    """What the guardian codes it with."""

    class Meta:
        model = Coding

    class Params:
        case: ClassVar[DemoCase | None] = None

    elements = factory.LazyAttribute(lambda o: frozenset(o.case.elements))
    none_apply = factory.LazyAttribute(lambda o: not o.case.elements)
    worker_group = factory.LazyAttribute(lambda o: o.case.worker_group)


class ClosingFactory(factory.Factory):
    """How it ends."""

    class Meta:
        model = Closing

    class Params:
        closure: ClassVar[DemoClosure | None] = None

    outcome = factory.LazyAttribute(lambda o: o.closure.outcome)
    summary = factory.LazyAttribute(lambda o: o.closure.done)
    satisfied = factory.LazyAttribute(lambda o: Satisfied(o.closure.satisfied.replace("_", " ")))
    escalation = factory.LazyAttribute(lambda o: o.closure.unsatisfied_reason)
    why_not_told = factory.LazyAttribute(lambda o: "" if o.closure.told else "The person could no longer be reached.")
