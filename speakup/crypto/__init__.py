"""Everything secret, in bytes: this package knows no person, no case, no database and no page.

Callers import its modules, not names from them: `from speakup.crypto import envelope`.
"""

from speakup.crypto import (
    binding,
    envelope,
    errors,
    keypairs,
    padding,
    passphrases,
    receipts,
    slots,
    streams,
    tokens,
    words,
)

__all__ = [
    "binding",
    "envelope",
    "errors",
    "keypairs",
    "padding",
    "passphrases",
    "receipts",
    "slots",
    "streams",
    "tokens",
    "words",
]
