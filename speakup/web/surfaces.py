"""Default deny: a page belongs to a surface, and a surface says who may come.

Blueprints are made here and nowhere else. What a page does with what it finds is asked again, below, of the policy.
"""

from collections.abc import Callable
from enum import Enum
from urllib.parse import urlencode

from flask import Blueprint, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from speakup import policy
from speakup.policy import Permission
from speakup.web import actors, faults


class Admits(Enum):
    """Who may come, where it is not a matter of one permission."""

    EVERYBODY = "everybody"
    REPORTER = "whoever has an inbox open"
    SIGNED_IN = "whoever is signed in"


LEDGER: dict[str, Admits | frozenset[Permission]] = {}
"""Every surface made, and who may come; compared in the tests with a list that is read by people."""
_STAFF_PLACES = "speakup-staff-places"


def make_surface(name: str, *, admits: Admits | Permission | frozenset[Permission]) -> Blueprint:
    """Make a blueprint whose every page refuses whoever is not admitted.

    A set of permissions admits whoever holds at least one of them. A stranger is sent to sign in (or to the words'
    page); somebody signed in but not admitted finds nothing, as if the page were not there.
    """
    admitted = frozenset({admits}) if isinstance(admits, Permission) else admits
    surface = Blueprint(name, f"speakup.web.{name}")
    LEDGER[name] = admitted
    surface.before_request(_guard(admitted))
    return surface


def for_staff() -> bool:
    """Say whether the page that is asked for is one of those that only somebody signed in is shown."""
    return _asks_to_sign_in(request.blueprint or "")


def staff_places() -> frozenset[str]:
    """List with what the addresses of pages begin that only somebody signed in is shown: absent ones begin so, too."""
    # Read once: an application that answers is given no page more.
    kept: dict[str, frozenset[str]] = current_app.extensions
    if _STAFF_PLACES not in kept:
        rules = [each for each in current_app.url_map.iter_rules() if _asks_to_sign_in(each.endpoint.partition(".")[0])]
        kept[_STAFF_PLACES] = frozenset(each.rule.split("/")[1] for each in rules)
    return kept[_STAFF_PLACES]


def leads_to_staff_page(path: str) -> bool:
    """Say whether a link to this path of ours opens a page that only somebody signed in is shown."""
    try:
        endpoint, _values = current_app.url_map.bind(request.host).match(path, method="GET")
    except HTTPException:
        return False
    return _asks_to_sign_in(endpoint.partition(".")[0])


def _asks_to_sign_in(surface: str) -> bool:
    return LEDGER.get(surface, Admits.EVERYBODY) not in {Admits.EVERYBODY, Admits.REPORTER}


def _guard(admitted: Admits | frozenset[Permission]) -> Callable[[], ResponseReturnValue | None]:
    def refuse() -> ResponseReturnValue | None:
        if admitted is Admits.EVERYBODY:
            return None
        if admitted is Admits.REPORTER:
            return None if actors.reporter() else _ask_for_words()
        user = actors.signed_in()
        if user is None:
            return _ask_to_sign_in()
        faults.record_noticed()
        if isinstance(admitted, frozenset) and not admitted & policy.permissions_of(user.actor):
            abort(404)
        return None

    return refuse


def _ask_to_sign_in() -> ResponseReturnValue:
    from speakup.web import kept  # noqa: PLC0415 -- `kept` shows forms, which belong to pages, which need surfaces

    if request.method == "POST":
        return kept.ask_to_sign_in()
    # With what was asked of the page: a filter chosen before the session ended is chosen still.
    # By its address: the board's pages may stand in a process of their own, which has no page to sign in.
    then = urlencode({"then": request.full_path.rstrip("?")}, safe="!$'()*,/:;?@")
    return redirect(f"/sign-in?{then}")


def _ask_for_words() -> ResponseReturnValue:
    from speakup.web import kept  # noqa: PLC0415 -- see above

    if request.method == "POST":
        return kept.ask_for_words()
    return redirect(url_for("inbox.follow_up"))
