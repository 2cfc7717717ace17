"""Renaming, closing and opening places leads nobody's concern past the rules a guardian approved."""

import uuid
from datetime import timedelta

import pytest

from speakup import cases, keyring, organisations, routing
from speakup.cases import Work
from speakup.kernel.uow import UnitOfWork
from speakup.organisations import SiteDetails
from speakup.routing import Rule
from tests import factories
from tests.trusts import Trust


@pytest.fixture
def medicine(trust: Trust) -> uuid.UUID:
    """A second directorate, whose concerns go to the guardian; those from Surgery go to the lead guardian."""
    with trust.work(trust.administrator) as uow:
        made = organisations.add_directorate(uow, "Medicine", 200)
        rules = [Rule(called(uow, "Surgery"), None, trust.lead.id, None), Rule(made.id, None, trust.guardian.id, None)]
        routing.draft_rules(uow, rules)
    approve(trust)
    return made.id


def called(uow: UnitOfWork, name: str) -> uuid.UUID:
    return next(each.id for each in organisations.directorates(uow) if each.name == name)


def approve(trust: Trust) -> None:
    with trust.work(trust.guardian) as uow:
        keyring.approve_routing(uow, [rule.plain() for rule in routing.drafted(uow)])


def rename(trust: Trust, **names: str) -> None:
    """Give directorates other names, by way of a third name each: no two may have one name at once."""
    with trust.work(trust.administrator) as uow:
        found = {before: organisations.find_directorate(uow, called(uow, before)) for before in names}
        for before, directorate in found.items():
            organisations.change_directorate(uow, directorate, f"Formerly {before}", 200)
        for before, after in names.items():
            organisations.change_directorate(uow, found[before], after, 200)


def goes_to_lead(trust: Trust, name: str) -> bool:
    """Say whether somebody who chooses the directorate of this name today writes to the lead guardian first."""
    with trust.work(trust.visitor, writes=False) as uow:
        concern = factories.ConcernFactory.create(work=Work(directorate_id=called(uow, name)))
        return cases.choose_receivers(uow, concern, frozenset()).primary == trust.lead.id


def test_swapped_names_swap_no_readers(trust: Trust, medicine: uuid.UUID) -> None:
    assert (goes_to_lead(trust, "Surgery"), goes_to_lead(trust, "Medicine")) == (True, False)
    rename(trust, Surgery="Medicine", Medicine="Surgery")
    assert (goes_to_lead(trust, "Surgery"), goes_to_lead(trust, "Medicine")) == (True, False)


def test_a_new_name_keeps_its_rule(trust: Trust, medicine: uuid.UUID) -> None:
    rename(trust, Surgery="Operations")
    assert goes_to_lead(trust, "Operations")


def test_a_place_closed_and_opened_again_keeps_its_rule(trust: Trust, medicine: uuid.UUID) -> None:
    with trust.work(trust.administrator) as uow:
        surgery = organisations.find_directorate(uow, called(uow, "Surgery"))
        surgery.valid_to = uow.today - timedelta(days=365)
        organisations.add_site(uow, SiteDetails("Surgery", "2222", "0300 000 0001", 90))
        organisations.add_directorate(uow, "Surgery", 90)
    assert goes_to_lead(trust, "Surgery")


def test_a_guardian_who_approves_again_approves_the_names_of_today(trust: Trust, medicine: uuid.UUID) -> None:
    rename(trust, Surgery="Medicine", Medicine="Surgery")
    approve(trust)
    assert (goes_to_lead(trust, "Surgery"), goes_to_lead(trust, "Medicine")) == (False, True)
