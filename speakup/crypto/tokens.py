"""Tokens that live only in a cookie: from one come the hash a row is found by and the key that opens it."""

import hashlib
import secrets

from speakup.crypto.keypairs import derive


def new_token() -> str:
    """Draw 256 random bits, written for a cookie."""
    return secrets.token_urlsafe(32)


def lookup(token: str, purpose: str) -> bytes:
    """What a row keeps to be found by; says nothing about `key`. Any text is accepted and finds nothing."""
    return derive(_root(token), f"{purpose} lookup")


def key(token: str, purpose: str) -> bytes:
    """The key under which the row's content is sealed."""
    return derive(_root(token), f"{purpose} key")


def _root(token: str) -> bytes:
    # A cookie may hold anything, so it is brought to length first; a real token has all its 256 bits.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
