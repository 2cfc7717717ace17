"""How many work where, in what larger groups, and when a quarter closes: what published figures are measured by.

Kept by guardians and by administrators, so it opens no case and holds no key.
"""

from speakup.policy import Permission
from speakup.web.surfaces import make_surface

surface = make_surface("measures", admits=Permission.HEADCOUNT_KEEP)

from speakup.web.measures import pages, peers  # noqa: E402 -- they add their pages to `surface`

__all__ = ["pages", "peers", "surface"]
