"""Words in a text that could tell who somebody is: pure, offline, and for a person to look over.

No such finder finds everything. What it misses and what it finds in vain is measured by `tests/identifying` and written
down in docs/decisions/0019-a-finder-of-names.md; nothing may be promised on its word alone.
"""

from speakup.identifying.finding import find
from speakup.identifying.found import Found, Kind, Known, pieces

__all__ = ["Found", "Kind", "Known", "find", "pieces"]
