"""The place of whoever sees to a learning action, and what the executive lead is shown of overdue ones.

Nothing here reaches a case, a key or a routing rule, not even through another module; pyproject.toml says by which few
doors it knows who is signed in. Every unit of work here is without keys.
"""

from speakup.policy import Permission
from speakup.web.surfaces import make_surface

surface = make_surface("learning", admits=frozenset({Permission.LEARNING_OWN, Permission.LEARNING_OVERDUE}))

from speakup.web.learning import measuring, overdue, pages, steps  # noqa: E402, F401 -- pages join the surface above
