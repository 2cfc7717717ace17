"""Routing entries of the key log: with what places were called, and as they were written before that was kept."""

import uuid
from datetime import date

import pytest

from speakup.crypto.keypairs import staff_keys
from speakup.kernel.actor import Role
from speakup.keyring.models import CompartmentKind, LogKind
from speakup.keyring.rules import canonical, key_log
from speakup.keyring.rules.key_log import KeyLog, Places, SignedEntry, Signing, TrustRoot, Whose

ORGANISATION, GAIL, SURGERY, MAIN = (uuid.UUID(int=n) for n in range(1, 5))
KEYS = staff_keys(bytes(range(32)))
DAY = date(2026, 11, 22)
RULES = [{"directorate": str(SURGERY), "site": None, "primary": str(GAIL), "cover": None}]


def founded() -> tuple[KeyLog, TrustRoot]:
    empty = key_log.empty(ORGANISATION)
    body = key_log.vouching_body(
        empty,
        LogKind.ROOT,
        Signing(GAIL, DAY),
        Whose(GAIL, "Gail Guard"),
        KEYS.public,
        CompartmentKind,
        [Role.GUARDIAN],
        date(2028, 1, 1),
    )
    entry = SignedEntry(body, KEYS.sign_vouching(body))
    root = TrustRoot(GAIL, KEYS.public.fingerprint(), 1, entry.hash)
    return key_log.replay(empty, [entry], root), root


def test_an_approval_carries_what_places_were_called() -> None:
    log, root = founded()
    places = Places({SURGERY: "Surgery"}, {MAIN: "Main hospital"})
    body = key_log.routing_body(log, Signing(GAIL, DAY), RULES, places)
    after = key_log.replay(log, [SignedEntry(body, KEYS.sign_approving(body))], root)
    assert (list(after.routing), after.places) == (RULES, places)


def test_an_approval_from_before_that_was_kept_still_counts() -> None:
    log, root = founded()
    body = canonical.decode(key_log.routing_body(log, Signing(GAIL, DAY), RULES, Places()))
    del body["places"]
    written = canonical.encode(body)
    after = key_log.replay(log, [SignedEntry(written, KEYS.sign_approving(written))], root)
    assert (list(after.routing), after.places) == (RULES, Places())


def test_a_program_that_knows_no_places_finds_the_rules_where_they_were() -> None:
    log, _root = founded()
    body = key_log.routing_body(log, Signing(GAIL, DAY), RULES, Places({SURGERY: "Surgery"}))
    said = canonical.decode(body)
    assert (said["format"], said["kind"], said["rules"]) == (1, "routing", RULES)


@pytest.mark.parametrize("wrong", [[], {"directorates": {"no id": "Surgery"}}, {"sites": 5}, "Surgery"], ids=str)
def test_names_nobody_honest_wrote_make_no_entry(wrong: object) -> None:
    log, root = founded()
    said = canonical.decode(key_log.routing_body(log, Signing(GAIL, DAY), RULES, Places()))
    body = canonical.encode({**said, "places": wrong})
    with pytest.raises(key_log.LogFault):
        key_log.replay(log, [SignedEntry(body, KEYS.sign_approving(body))], root)
