"""A post that arrived after its session ended, carried through signing in, in the pages themselves and nowhere else.

`auth/sign_in_again.html` prints what was posted as hidden inputs named `kept.NAME`, with the address in `kept_address`;
each step hands them on; the last page is a form with the original names, a fresh token and one button.
"""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from flask import request

from speakup.web import surfaces
from speakup.web.kept import never_kept
from speakup.web.lines import without_controls

ADDRESS, PREFIX = "kept_address", "kept."
_LONGEST_ADDRESS = 2000
_WORTH_SHOWING = 20


@dataclass(frozen=True, slots=True)
class Carried:
    """What waits to be sent, and where to. Nothing waits when `address` is empty."""

    address: str = ""
    fields: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def __bool__(self) -> bool:
        return bool(self.address and self.fields)

    @property
    def words(self) -> list[str]:
        """What is worth showing again: whatever is long enough to have been written."""
        return [value for _, value in self.fields if len(value) >= _WORTH_SHOWING]


def carried() -> Carried:
    """Return what this post carries; no secret, and only for an address of this site."""
    address = local(request.form.get(ADDRESS, ""))
    posted = [
        (without_controls(name).partition(PREFIX), without_controls(value))
        for name, value in request.form.items(multi=True)
    ]
    fields = [(name, value) for (before, prefix, name), value in posted if prefix and not before and name]
    secret = never_kept(unquote(urlsplit(address).path) or "/")
    return Carried(address, tuple((name, value) for name, value in fields if name not in secret))


def local(address: str) -> str:
    """Return an address of this site as it is, and nothing for any other: nobody is sent elsewhere by signing in."""
    if not address.startswith("/") or len(address) > _LONGEST_ADDRESS:
        return ""
    # Browsers read a backslash as a slash and leave out line ends: "/\\elsewhere.example" is another host's address.
    if address.startswith(("//", "/\\")) or any(each <= " " or each in "\\\x7f" for each in address):
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return "" if parts.scheme or parts.netloc else address


def onward(address: str) -> str:
    """Return an address of ours if a link there opens a page one signs in for; nothing for any other.

    A link that somebody else made may name `/sign-out`, which is no page, or `/leave`, which deletes.
    """
    ours = local(address)
    return ours if ours and surfaces.leads_to_staff_page(unquote(urlsplit(ours).path)) else ""
