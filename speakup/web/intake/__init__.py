"""The pages for everybody: the first page, the form, the page after sending, leaving, and what is written in full."""

from speakup.web.surfaces import Admits, make_surface

surface = make_surface("intake", admits=Admits.EVERYBODY)

from speakup.web.intake import front, leaving, raising, sent  # noqa: E402, F401 -- pages join the surface made above
