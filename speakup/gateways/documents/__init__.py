"""Files that people send, rebuilt without what the files say about them. docs/files.md lists it in plain words.

`clean(name, body, keep_other=…, limits=…)` gives a `Cleaned` or raises `Refused`; nothing else leaves it, and nothing
is written to any disk on the way.
"""

from speakup.gateways.documents.cleaning import clean
from speakup.gateways.documents.outcomes import Cleaned, Kind, Limits, Reason, Refused, Removed

__all__ = ["Cleaned", "Kind", "Limits", "Reason", "Refused", "Removed", "clean"]
