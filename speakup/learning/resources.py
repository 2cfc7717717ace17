"""What is in the library, for whoever it helps."""

import uuid
from dataclasses import dataclass

from sqlalchemy import Select, select

from speakup import policy
from speakup.kernel.actor import Actor
from speakup.kernel.errors import NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.learning.models import LearningFile, LearningResource
from speakup.policy import Permission


@dataclass(frozen=True, slots=True)
class ResourceLine:
    """One entry of the library as a page shows it."""

    id: uuid.UUID
    theme: str | None
    title: str
    about: str
    address: str
    for_owners: bool
    for_guardians: bool
    file_name: str | None
    file_size: int | None
    """Bytes."""


_LINE = (
    *(getattr(LearningResource, name) for name in ResourceLine.__slots__[:-2]),
    LearningFile.name,
    LearningFile.size,
)


def resources_visible_to(actor: Actor) -> Select[LearningResource]:
    """Scope: whoever works cases finds what is for guardians, and everybody what is for owners."""
    ours = select(LearningResource).where(LearningResource.organisation_id == actor.organisation_id)
    if policy.allows(actor, Permission.LEARNING_RESOURCES):
        return ours
    if policy.allows(actor, Permission.CASE_LIST):
        return ours.where(LearningResource.for_guardians | LearningResource.for_owners)
    return ours.where(LearningResource.for_owners)


def find_resource(uow: UnitOfWork, resource_id: uuid.UUID) -> LearningResource:
    """Return one entry; absent and not for this person are alike."""
    policy.require(uow.actor, Permission.LEARNING_OWN)
    row = uow.session.scalar(resources_visible_to(uow.actor).where(LearningResource.id == resource_id))
    if row is None:
        raise NotFound(resource_id)
    return row


def library(uow: UnitOfWork) -> list[ResourceLine]:
    """List everything whoever acts may read, by title; what helps with every theme comes first."""
    policy.require(uow.actor, Permission.LEARNING_OWN)
    return _listed(uow, resources_visible_to(uow.actor))


def for_owner(uow: UnitOfWork, theme: str | None) -> list[ResourceLine]:
    """List what helps whoever sees to an action of this theme: what is of the theme first, then what is of none."""
    policy.require(uow.actor, Permission.LEARNING_OWN)
    found = _listed(uow, resources_visible_to(uow.actor).where(LearningResource.for_owners))
    return sorted((each for each in found if each.theme in {None, theme}), key=lambda each: each.theme is None)


def for_guardian(uow: UnitOfWork) -> list[ResourceLine]:
    """List what helps a guardian to answer, what helps with every theme first."""
    policy.require(uow.actor, Permission.CASE_LIST)
    return _listed(uow, resources_visible_to(uow.actor).where(LearningResource.for_guardians))


def _listed(uow: UnitOfWork, scope: Select[LearningResource]) -> list[ResourceLine]:
    with_file = (LearningFile.organisation_id == LearningResource.organisation_id) & (
        LearningFile.id == LearningResource.file_id
    )
    query = scope.outerjoin(LearningFile, with_file).with_only_columns(*_LINE)
    by_theme = (LearningResource.theme.is_not(None), LearningResource.theme, LearningResource.title)
    return [ResourceLine(*row) for row in uow.session.execute(query.order_by(*by_theme, LearningResource.id))]
