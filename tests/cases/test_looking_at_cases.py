"""A search reads no more of a case than it must: it finds, orders and shows what reading all of it would."""

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakup.cases.models import CaseState, RecordKind
from speakup.cases.queries.search import PLACES, Rank, SearchedCase, look_at
from speakup.cases.queries.texts import Part, Where, parts_of
from speakup.cases.searching import Query, parse
from speakup.kernel.errors import IntegrityFault
from speakup.keyring import CompartmentKind, ScannedCase

REF = "SU-7K3M-Q2XD"
CONVERSATION, CASEWORK, IDENTITY = CompartmentKind.CONVERSATION, CompartmentKind.CASEWORK, CompartmentKind.IDENTITY

WORDS = ["ward", "ward's", "Warden", "warding-off", "night", "Nightingale", "café", "cafe\u0301", "o’brien", "O'Brien"]
WORDS += [
    "n\u00adight",
    "07700 900123",
    "07700900123",
    "7k3m",
    "Straße",
    "STRASSE",
    "ﬃ",
    "東京",
    "2026-03-01",
    "x",
    "3",
]
SIGNS = [" ", ", ", ". ", "\n", '"', "\\", "\\n", "\u2028", "\x00", "-", "’", "_", "🙂", "\u00a0", "—", "</p>"]
TEXTS = st.lists(st.sampled_from([*WORDS, *SIGNS]), max_size=12).map("".join)
QUESTIONS = st.lists(
    st.sampled_from([*WORDS, '"ward night"', "“o'brien”", "the", "war", "nig", "obri", "su", "of to"]),
    min_size=1,
    max_size=3,
)
DAYS = st.dates(date(2025, 12, 30), date(2026, 4, 2)).map(date.isoformat)
MOMENTS = st.builds(
    "{}T{:02}:30:00{}".format, DAYS, st.integers(0, 23), st.sampled_from(["+00:00", "+00:00", "", "+05:00"])
)
ID = st.uuids(version=4)


def bodies(**values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(values)


MESSAGE = bodies(
    **{"from": st.sampled_from(["reporter", "guardian"]), "text": TEXTS, "files": st.just([]), "day": DAYS}
)
KINDS: dict[str, tuple[CompartmentKind, st.SearchStrategy[dict[str, Any]]]] = {
    RecordKind.MESSAGE: (CONVERSATION, MESSAGE),
    RecordKind.NOTE: (CASEWORK, bodies(text=TEXTS, at=MOMENTS)),
    RecordKind.TITLE: (CASEWORK, bodies(text=TEXTS, at=MOMENTS)),
    RecordKind.TRIAGE: (CASEWORK, bodies(wants_words=TEXTS, qualifying_words=TEXTS, at=MOMENTS)),
    RecordKind.CONSENT: (CASEWORK, bodies(what=TEXTS, whom=TEXTS, on=DAYS)),
    RecordKind.PERSON: (IDENTITY, bodies(name=TEXTS, contact=TEXTS, safe_contact=TEXTS, notice_to=TEXTS)),
    RecordKind.FILE: (CONVERSATION, bodies(name=TEXTS)),
    "a kind of another day": (CASEWORK, bodies(words=TEXTS, list=st.lists(TEXTS, max_size=2), on=MOMENTS)),
}  # fmt: skip


@st.composite
def scanned_cases(draw: st.DrawFn) -> ScannedCase:
    """Any case whose concern is of `REF`, sealed in any order."""
    told = {name: draw(TEXTS) for name in ("narrative", "risk", "detriment", "role", "help_needed")}
    files, day = [], draw(DAYS)
    records: list[tuple[CompartmentKind, str, uuid.UUID, dict[str, Any]]] = []
    for kind in draw(st.lists(st.sampled_from(sorted(KINDS)), max_size=9)):
        place, written = KINDS[kind]
        records.append((place, kind, draw(ID), draw(written)))
        if kind == RecordKind.FILE and draw(st.booleans()):
            files.append(str(records[-1][2]))
    concern = {**told, "files": files, "day": day, "ref": REF, "state": CaseState.NEW}
    records.append((CONVERSATION, RecordKind.CONCERN, draw(ID), concern))
    return sealed(draw(st.permutations(records)))


def sealed(records: list[tuple[CompartmentKind, str, uuid.UUID, dict[str, Any]]]) -> ScannedCase:
    """Write records as they are sealed; the concern is the first of its place."""
    written: dict[CompartmentKind, list[tuple[bytes, tuple[Any, ...]]]] = {IDENTITY: [], CONVERSATION: [], CASEWORK: []}
    for number, (place, kind, identifier, body) in enumerate(records, start=1):
        position = 0 if kind == RecordKind.CONCERN else number
        inside = json.dumps({"n": position, "b": body}, ensure_ascii=False, separators=(",", ":"))
        written[place].append((inside.encode(), (None, identifier.hex, 1, kind, 1, b"")))
    return ScannedCase(uuid.uuid4(), written)  # type: ignore[arg-type]  # mypy takes a list for its own element type


def row(ref: str = REF) -> SearchedCase:
    return SearchedCase(uuid.uuid4(), ref, CaseState.NEW, date(2026, 2, 1), None)


def naive(query: Query, case: SearchedCase, scanned: ScannedCase) -> tuple[Rank, list[Part], int] | None:
    """Read everything, look at every text with `hits`, and put the places in order: what a search is to find."""
    parts = [Part(Where.REFERENCE, None, case.ref), *parts_of(scanned.records().values())]
    found = [(part, len({hit.term for hit in hits})) for part in parts if (hits := query.hits(part.text))]
    if {hit.term for part, _ in found for hit in query.hits(part.text)} != set(range(len(query.terms))):
        return None
    newest = max((part.day for part, _ in found if part.day), default=case.raised_on)
    best = sorted(found, key=lambda each: (-each[1], -(each[0].day or date.min).toordinal()))
    titled = any(part.where in {Where.TITLE, Where.REFERENCE} for part, _ in found)
    rank = (-best[0][1], not titled, -newest.toordinal(), case.ref)
    return rank, [part for part, _ in best[:PLACES]], max(0, len(found) - PLACES)


@given(scanned_cases(), QUESTIONS.map(" ".join))
def test_what_is_found_is_what_reading_everything_would_find(scanned: ScannedCase, typed: str) -> None:
    query, case = parse(typed), row()
    if not query:
        return
    found = look_at(query, case, scanned)
    expected = naive(query, case, scanned)
    assert (found is None) == (expected is None)
    if found is None or expected is None:
        return
    full = found.in_full()
    assert (full.rank, full.said, full.more) == expected
    assert found.may_come_before((full.rank[0], full.rank[1], full.rank[2], full.rank[3] + "A"))


RANKS = st.tuples(
    st.integers(-3, 0), st.booleans(), DAYS.map(lambda day: -date.fromisoformat(day).toordinal()), st.just("SU-8")
)


@given(scanned_cases(), QUESTIONS.map(" ".join), RANKS)
def test_a_case_is_passed_over_only_where_it_comes_later(scanned: ScannedCase, typed: str, worst: Rank) -> None:
    found = look_at(query, row(), scanned) if (query := parse(typed)) else None
    if found is not None and found.in_full().rank < worst:
        assert found.may_come_before(worst)


@given(st.one_of(TEXTS, st.text(max_size=40)), st.one_of(QUESTIONS.map(" ".join), st.text(max_size=12)))
def test_a_text_says_the_terms_that_are_marked_in_it(text: str, typed: str) -> None:
    query = parse(typed)
    assert query.says(text) == sum({1 << hit.term for hit in query.hits(text)})


MALFORMED: Mapping[str, Callable[[dict[str, Any]], object]] = {
    "a message without a day": lambda body: body.pop("day"),
    "a message whose text is none": lambda body: body.update(text=["ward"]),
    "a message on no day": lambda body: body.update(day="2026-02-30"),
}


@pytest.mark.parametrize("change", MALFORMED.values(), ids=MALFORMED)
def test_what_is_said_in_no_form_of_ours_is_a_fault(change: Callable[[dict[str, Any]], object]) -> None:
    told = dict.fromkeys(("narrative", "risk", "detriment", "role", "help_needed"), "")
    concern = {**told, "files": [], "day": "2026-02-01", "ref": REF, "state": CaseState.NEW}
    message: dict[str, Any] = {"from": "guardian", "text": "On the ward.", "files": [], "day": "2026-02-03"}
    change(message)
    scanned = sealed(
        [
            (CONVERSATION, RecordKind.CONCERN, uuid.uuid4(), concern),
            (CONVERSATION, RecordKind.MESSAGE, uuid.uuid4(), message),
        ]
    )
    with pytest.raises(IntegrityFault):
        look_at(parse("ward"), row(), scanned)


def test_another_reference_is_a_fault_wherever_the_words_are() -> None:
    told = dict.fromkeys(("narrative", "risk", "detriment", "role", "help_needed"), "On the ward.")
    concern = {**told, "files": [], "day": "2026-02-01", "ref": REF, "state": CaseState.NEW}
    scanned = sealed([(CONVERSATION, RecordKind.CONCERN, uuid.uuid4(), concern)])
    found, elsewhere = look_at(parse("ward"), row(), scanned), look_at(parse("ward"), row("SU-8888-8888"), scanned)
    assert found is not None
    assert elsewhere is not None
    assert found.in_full().case.ref == REF
    # Before anything of it is shown, it is held against what was sealed.
    with pytest.raises(IntegrityFault):
        elsewhere.in_full()


def test_what_stands_inside_a_longer_text_that_was_told_is_found_as_a_word_of_its_own() -> None:
    told = dict.fromkeys(("narrative", "risk", "detriment", "role", "help_needed"), "")
    concern = {**told, "files": [], "day": "2026-02-01", "ref": REF, "state": CaseState.NEW}
    log = {"whom": "Ida", "what": "Late payment of nights.", "authoriser": "", "why_not_told": "", "on": "2026-02-03"}
    scanned = sealed(
        [
            (CONVERSATION, RecordKind.CONCERN, uuid.uuid4(), concern),
            (CASEWORK, RecordKind.DISCLOSURE, uuid.uuid4(), log),
            (CASEWORK, RecordKind.SHOWN, uuid.uuid4(), {"text": "Nights.", "ask": "pay", "day": "2026-02-02"}),
        ]
    )
    found = look_at(parse('"pay"'), row(), scanned)
    assert found is not None
    assert [(each.where, each.text) for each in found.in_full().said] == [(Where.SHOWN, "pay")]


def test_a_text_that_says_it_as_a_word_is_read_before_a_shorter_one_that_holds_its_letters() -> None:
    told = dict.fromkeys(("narrative", "risk", "detriment", "role", "help_needed"), "")
    concern = {**told, "narrative": "There was a den.", "files": [], "day": "2026-02-01", "ref": REF, "state": "new"}
    # That it is malformed shows whether it was read: by a search it is not, as nothing hangs on it.
    shorter = {"text": ["Garden."], "at": "2026-02-03"}
    scanned = sealed(
        [
            (CONVERSATION, RecordKind.CONCERN, uuid.uuid4(), concern),
            (CASEWORK, RecordKind.NOTE, uuid.uuid4(), shorter),
        ]
    )
    assert look_at(parse("den"), row(), scanned) is not None
    with pytest.raises(IntegrityFault):
        look_at(parse("gard"), row(), scanned)
