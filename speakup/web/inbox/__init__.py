"""The private inbox: opened with seven words, by whoever raised the concern, without an account."""

from speakup.web.surfaces import Admits, make_surface

front = make_surface("inbox", admits=Admits.EVERYBODY)
"""The words' page, which is the inbox itself once it is open."""
surface = make_surface("private_inbox", admits=Admits.REPORTER)
"""Everything that needs an open inbox."""

from speakup.web.inbox import (  # noqa: E402, F401 -- pages join the surfaces above
    about_you,
    acts,
    afterwards,
    agreements,
    conversation,
    elsewhere,
    group,
    hand_over,
    new_words,
    words,
)
