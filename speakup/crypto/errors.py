"""The two ways in which stored bytes refuse to open."""


class Unreadable(Exception):
    """Wrong key, flipped bit or wrong place: one error without detail, because the detail would help an attacker."""


class UnknownFormat(Unreadable):
    """The bytes name a format version this program does not know; nothing was changed."""
