"""The national quarterly return: exact figures, their checks, signing off. For guardians only."""

from speakup.policy import Permission
from speakup.web.surfaces import make_surface

surface = make_surface("returns", admits=Permission.RETURN_KEEP)

from speakup.web.returns import lines, pages, writing  # noqa: E402, F401 -- pages join the surface above
