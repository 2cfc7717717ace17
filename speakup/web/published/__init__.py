"""What the organisation lets anybody read of what changed. Like the place of those who see to it, it knows no case."""

from speakup.web.surfaces import Admits, make_surface

surface = make_surface("published", admits=Admits.EVERYBODY)

from speakup.web.published import so_far  # noqa: E402, F401 -- pages join the surface above
