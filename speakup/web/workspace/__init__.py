"""The guardian's place: the worklist, a case and everything done in it; vouching for colleagues; approving routing."""

from speakup.policy import Permission
from speakup.web.surfaces import make_surface

surface = make_surface("workspace", admits=Permission.CASE_LIST)

from speakup.web.workspace import (  # noqa: E402 -- each adds its pages to `surface`
    about_person,
    casework,
    check_ins,
    clocks,
    closing,
    colleagues,
    consent,
    detriment,
    diary,
    groups,
    handing,
    handing_many,
    importing,
    linking,
    lists,
    pages,
    persons,
    recording,
    routing,
    routing_trial,
    search,
    team,
    triage,
    words,
    worklist,
)

__all__ = [
    "about_person",
    "casework",
    "check_ins",
    "clocks",
    "closing",
    "colleagues",
    "consent",
    "detriment",
    "diary",
    "groups",
    "handing",
    "handing_many",
    "importing",
    "linking",
    "lists",
    "pages",
    "persons",
    "recording",
    "routing",
    "routing_trial",
    "search",
    "surface",
    "team",
    "triage",
    "words",
    "worklist",
]
