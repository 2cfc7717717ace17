"""Signing in and out, the first visit, and one's own account: passphrase, second factor, keys, sessions."""

from speakup.web.surfaces import Admits, make_surface

auth = make_surface("auth", admits=Admits.EVERYBODY)
account = make_surface("account", admits=Admits.SIGNED_IN)

from speakup.web.auth import (  # noqa: E402 -- each adds its pages
    belonging,
    credentials,
    keys,
    leaving,
    myself,
    new_keys,
    reminding,
    second_factor,
    sign_in,
    welcome,
)

__all__ = [
    "account",
    "auth",
    "belonging",
    "credentials",
    "keys",
    "leaving",
    "myself",
    "new_keys",
    "reminding",
    "second_factor",
    "sign_in",
    "welcome",
]
