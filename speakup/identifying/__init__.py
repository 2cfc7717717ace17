"""Words in a text that could tell who somebody is: pure, offline, and for a person to look over.

No such finder finds everything. What it misses and what it finds in vain is measured by `tests/identifying` and written
down in docs/decisions/0019-a-finder-of-names.md; nothing may be promised on its word alone.
"""

from speakup.identifying.finding import find, find_with
from speakup.identifying.found import Found, Kind, Known, pieces
from speakup.identifying.shared import Shared, words_of

__all__ = ["Found", "Kind", "Known", "Shared", "find", "find_with", "pieces", "words_of"]
