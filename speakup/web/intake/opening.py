"""Whether the form is open: asked before anyone types, and answered with a telephone number when it is not."""

from speakup import cases, organisations
from speakup.kernel.uow import UnitOfWork
from speakup.organisations import Organisation


def intake_open(uow: UnitOfWork, organisation: Organisation) -> bool:
    """Say whether two people can receive, nobody has stopped the intake, and each site says whom to call in danger."""
    sites = organisations.sites(uow)
    numbers = bool(sites) and all(site.emergency_number for site in sites)
    return numbers and not organisation.intake_stopped and cases.can_receive(uow)
