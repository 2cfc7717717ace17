"""How what was told is sealed: the shape of today, and the shape that landed before, which stays readable."""

import pytest

from speakup import cases, keyring
from speakup.cases import Answer, RecordKind
from speakup.keyring import CompartmentKind
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Trust


def _body(raised: RaisedCase) -> dict[str, object]:
    with raised.as_(raised.reporter) as (uow, case):
        opened = keyring.open_case(uow, case.id)[CompartmentKind.CONVERSATION]
        return dict(keyring.read(uow, opened, RecordKind.CONCERN)[0].body)


def _seal_again(raised: RaisedCase, body: dict[str, object]) -> None:
    with raised.as_(raised.reporter) as (uow, case):
        opened = keyring.open_case(uow, case.id)[CompartmentKind.CONVERSATION]
        keyring.replace(uow, opened, keyring.read(uow, opened, RecordKind.CONCERN)[0], body)


def test_the_shape_of_what_was_told(trust: Trust) -> None:
    raised = factories.raised_case(trust, at_risk=Answer.NOT_SURE, happened=Answer.NO)
    assert _body(raised) == {
        "narrative": raised.concern.narrative,
        "risk": "",
        "at_risk": "not sure",
        "directorate": None,
        "site": None,
        "worker_group": None,
        "role": "",
        "detriment": "",
        "happened": "no",
        "help_needed": "",
        "language": "",
        "spoke_up_before": False,
        "how_raised": "confidential",
        "files": [],
        "day": _body(raised)["day"],
        "ref": raised.ref,
        "state": "new",
        "days": {},
        "place": {"route": "online_form", "directorate": None, "site": None},
    }


@pytest.mark.parametrize(("sealed", "read"), [(True, Answer.YES), (False, Answer.NOT_YES)])
def test_what_was_sealed_before_answers_were_told_apart_is_read(trust: Trust, *, sealed: bool, read: Answer) -> None:
    raised = factories.raised_case(trust, risk="The ward.")
    body = _body(raised)
    # Nor did it say then where the case stood.
    del body["state"], body["days"], body["place"]
    for name, before in (("at_risk", "at_risk_now"), ("happened", "detriment_indicated")):
        del body[name]
        body[before] = sealed
    _seal_again(raised, body)
    for told in (raised.view(readers_of(raised)[0]).told, raised.inbox().told):
        assert (told.at_risk, told.happened, told.risk) == (read, read, "The ward.")


@pytest.mark.parametrize(
    ("answer", "words", "now", "maybe"),
    [(Answer.YES, "", True, False), (Answer.NOT_SURE, "", False, True), (Answer.NOT_ANSWERED, "x", False, True)],
)
def test_doubt_marks_the_row_and_hurries_nobody(
    trust: Trust, answer: Answer, words: str, *, now: bool, maybe: bool
) -> None:
    raised = factories.raised_case(trust, at_risk=answer, risk=words)
    with raised.as_(raised.reporter) as (_, case):
        assert (case.at_risk_now, case.may_be_at_risk) == (now, maybe)


def test_whoever_reads_has_read_for_themselves_alone(trust: Trust) -> None:
    raised = factories.raised_case(trust)
    first, cover = readers_of(raised)
    factories.message(raised, "One more thing.")
    with raised.as_(first) as (uow, case):
        cases.mark_read(uow, case)
    for who, unread in ((first, 0), (cover, 1)):
        with trust.work(who) as uow:
            assert cases.worklist(uow, cases.Filters()).counts.unread == unread
