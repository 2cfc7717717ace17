"""What a board sees: publications, what stands beside them, and its questions. Nothing here reaches a case or a key.

Not even through another module; pyproject.toml says by which few doors it knows who is signed in. Every unit of work
here is without keys, and every figure comes out of a `Pack`.
"""

from speakup.policy import Permission
from speakup.web.surfaces import make_surface

surface = make_surface("board", admits=Permission.BOARD_READ)

from speakup.web.board import context, files, pages, peers, questions  # noqa: E402, F401 -- pages join the surface above
