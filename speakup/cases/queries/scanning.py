"""Going through whole cases, each with what was passed on of it and what was answered."""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence

from speakup import keyring
from speakup.cases.models import RecordKind
from speakup.kernel.errors import IntegrityFault
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind, Record, ScannedCase, ScannedReferrals

READ_BESIDE = frozenset({RecordKind.SHOWN, RecordKind.ANSWER, RecordKind.FILE})
"""What a referral says in words. Anything else in it speaks for no case: its recipient has a key to it."""


def scan(
    uow: UnitOfWork, case_ids: Sequence[uuid.UUID], damaged: set[uuid.UUID], referrals: ScannedReferrals
) -> Iterator[ScannedCase]:
    """Give each of these cases with its referrals, as far as the actor holds them."""
    for each in keyring.scan(uow, case_ids, damaged):
        try:
            yield _with_referrals(each, referrals) if referrals else each
        except IntegrityFault:
            damaged.add(each.case_id)


def own(records: Mapping[CompartmentKind, list[Record]]) -> Collection[list[Record]]:
    """Return the records that lie in the case itself."""
    return [each for kind, each in records.items() if kind is not CompartmentKind.REFERRAL]


def _with_referrals(case: ScannedCase, referrals: ScannedReferrals) -> ScannedCase:
    """Read beside a case what its own `casework` names, and nothing that a row in clear does."""
    casework = ScannedCase(case.case_id, {CompartmentKind.CASEWORK: case.written[CompartmentKind.CASEWORK]})
    named = casework.records_of(RecordKind.REFERRAL)[CompartmentKind.CASEWORK]
    try:
        places = [
            (uuid.UUID(each.body["referral"]), each.body.get("origin")) for each in named if "referral" in each.body
        ]
    except (AttributeError, TypeError, ValueError) as malformed:
        raise IntegrityFault(case.case_id, "referral") from malformed
    written = [each for place in places for each in referrals.written(*place) if each[1][3] in READ_BESIDE]
    return case.beside(CompartmentKind.REFERRAL, written) if written else case
