"""The place of whoever is outside the team: what was passed on to them, and their answers."""

from speakup.policy import Permission
from speakup.web.surfaces import make_surface

surface = make_surface("referrals", admits=Permission.REFERRAL_ANSWER)

from speakup.web.referrals import pages  # noqa: E402, F401 -- pages join the surface above
