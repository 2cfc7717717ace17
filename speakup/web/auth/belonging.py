"""`/account/elsewhere`: the other organisations here that somebody belongs to, and where to sign in at each."""

import uuid
from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from speakup import accounts, organisations
from speakup.kernel.actor import Actor, ActorKind
from speakup.kernel.errors import IntegrityFault, NotFound
from speakup.web import places
from speakup.web.actors import keyless_work, work_as
from speakup.web.auth import account
from speakup.web.elsewhere import address_of


@dataclass(frozen=True, slots=True)
class Belonging:
    """Another organisation, by what it is called and where it is reached."""

    name: str
    address: str


@account.get("/account/elsewhere")
def elsewhere() -> ResponseReturnValue:
    """List them. Each organisation is asked by itself, one after the other, for this person's own membership."""
    with keyless_work(writes=False) as uow:
        person_id, shown = uow.actor.person_id, {"organisation": organisations.here(uow), **places.of(uow)}
        others = [each for each in organisations.every_id(uow.session) if each != uow.organisation_id]
    found = [each for each in (_belonging(other, person_id) for other in others) if each is not None]
    found.sort(key=lambda each: each.name)
    return render_template("account/elsewhere.html", found=found, **shown), 200


def _belonging(organisation_id: uuid.UUID, person_id: uuid.UUID) -> Belonging | None:
    """Ask one organisation, without a role or a key in it."""
    with work_as(Actor(ActorKind.PERSON, organisation_id, person_id), writes=False) as uow:
        try:
            membership = accounts.member(uow, person_id).membership
            organisations.require_name(uow)
        except (NotFound, IntegrityFault):
            return None
        if membership.joined_on is None or membership.left_on is not None:
            return None
        # Only what the file beside the trust root has too: nobody is led to an address somebody wrote in.
        named = organisations.hosts(uow)
        hosts = [each for each in named if organisations.answers_to(uow.trust_dir, organisation_id, each)]
        return Belonging(organisations.here(uow).name, address_of(hosts)) if hosts else None
