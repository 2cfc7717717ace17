"""Trying a change out and measuring it, as whoever sees to it does."""

from speakup import learning
from speakup.web.actors import keyless_work
from speakup.web.improving import ImprovingPages
from speakup.web.learning import surface
from speakup.web.learning.pages import common

ImprovingPages(
    "/actions", learning.find_owned, lambda uow: {"place": "actions", **common(uow)}, unit=keyless_work
).add_to(surface)
