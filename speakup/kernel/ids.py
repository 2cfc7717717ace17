"""Identifiers are random, so that neither a row nor a reference says what came before it."""

import re
import secrets
import uuid

# Crockford's base 32 has no I, L, O or U, so a reference survives being read out over the telephone.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FOUR = f"[{_ALPHABET}]{{4}}"
# Without its hyphens it needs a digit: “Su Chen came” is somebody, and no case.
_CASE = re.compile(rf"\bSU[-–]?{_FOUR}[-–]{_FOUR}\b|\bSU\s?(?=\w*\s?\w*\d){_FOUR}\s?{_FOUR}\b", re.IGNORECASE)


def new_id() -> uuid.UUID:
    """Make a random (version 4) identifier; never a time-ordered one."""
    return uuid.uuid4()


def new_reference(kind: str = "SU") -> str:
    """Make a reference such as ``SU-7K3M-Q2XD``: 40 random bits, in no order. Cases are `SU`."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    return f"{kind}-{letters[:4]}-{letters[4:]}"


def without_cases(text: str, blank: str) -> str:
    """Return a text with `blank` wherever the reference of a case stood."""
    return _CASE.sub(lambda _: blank, text)


def names_case(text: str) -> bool:
    """Say whether the reference of a case stands in a text, with its hyphens or without."""
    return bool(_CASE.search(text))
