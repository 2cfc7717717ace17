"""What one organisation publishes to another: a copy, once both have said so, and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from speakup import audit, disclosure, insight, organisations, papers, peers
from speakup.audit import Event
from speakup.insight import Count, Measured
from speakup.kernel.actor import Role, system
from speakup.kernel.errors import Forbidden, IntegrityFault, Invalid, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.organisations import Nature
from speakup.papers import Kind
from speakup.peers import Band, Chosen, band_of, operations, tasks
from speakup.peers.models import ReceivedYear
from tests import factories
from tests.papers.test_at_once import beside
from tests.trusts import Trust

YEAR = "2025-26"


def received(trust: Trust) -> list[str]:
    """Name whose year stands on the receiver's page."""
    with trust.work(trust.guardian) as uow:
        return [each.name for each in peers.years(uow, YEAR)]


def test_nothing_crosses_until_both_have_said_so(trust: Trust, other_trust: Trust) -> None:
    factories.published_year(trust)
    factories.carried(trust)
    assert received(other_trust) == []
    with trust.work(trust.guardian) as uow:
        peers.publish_to(uow, other_trust.host)
    factories.carried(trust)
    factories.carried(other_trust)
    assert received(other_trust) == []
    with other_trust.work(other_trust.guardian) as uow:
        peers.receive_from(uow, trust.host)
    factories.carried(other_trust)
    assert received(other_trust) == ["Anytown NHS Trust"]


def test_naming_whom_one_would_receive_from_brings_nothing_by_itself(trust: Trust, other_trust: Trust) -> None:
    factories.published_year(trust)
    with other_trust.work(other_trust.guardian) as uow:
        peers.receive_from(uow, trust.host)
    factories.carried(other_trust)
    factories.carried(trust)
    assert received(other_trust) == []
    with other_trust.work(other_trust.guardian) as uow:
        assert peers.nothing_from(uow, YEAR) == 1


@pytest.mark.parametrize("side", ["provider", "receiver"])
def test_either_side_stops_and_what_came_stays(trust: Trust, other_trust: Trust, side: str) -> None:
    factories.published_year(trust)
    factories.agreed(trust, other_trust)
    factories.carried(trust)
    if side == "provider":
        with trust.work(trust.guardian) as uow:
            peers.stop_publishing_to(uow, other_trust.id)
    else:
        with other_trust.work(other_trust.guardian) as uow:
            peers.stop_receiving_from(uow, trust.id)
    factories.published_year(trust, 90, ref="P-2024-25", period=_year_before())
    factories.carried(trust)
    factories.carried(other_trust)
    assert received(other_trust) == ["Anytown NHS Trust"]
    with other_trust.work(other_trust.guardian) as uow:
        assert peers.years_there(uow) == [YEAR]


def _year_before() -> papers.Period:
    return papers.period(papers.of_year("2024-25"))


def test_no_two_units_of_work_are_open_at_once_while_years_are_carried(trust: Trust, other_trust: Trust) -> None:
    """Each unit is of one organisation. What was read in one is a value by the time the next begins."""
    factories.published_year(trust)
    factories.agreed(trust, other_trust)
    under_way, most, begun = [0], [0], [0]

    def begin(*_about: object) -> None:
        under_way[0] += 1
        begun[0] += 1
        most[0] = max(most[0], under_way[0])

    def end(*_about: object) -> None:
        under_way[0] -= 1

    engine = trust.database.engine
    sa.event.listen(engine, "checkout", begin)
    sa.event.listen(engine, "checkin", end)
    try:
        assert tasks.send_years(trust.database, trust.id) == 2
    finally:
        sa.event.remove(engine, "checkout", begin)
        sa.event.remove(engine, "checkin", end)
    assert (begun[0], most[0]) == (3, 1)


@pytest.mark.postgres
def test_whoever_carries_is_refused_the_rows_of_the_other_side(trust: Trust, other_trust: Trust) -> None:
    """The role is not the owner of the tables: within one organisation the other's copies are not there."""
    factories.published_year(trust)
    factories.agreed(trust, other_trust)
    factories.carried(trust)
    with trust.database.work(system(trust.id)) as uow:
        theirs = sa.select(ReceivedYear).where(ReceivedYear.organisation_id == other_trust.id)
        assert uow.session.scalars(theirs).all() == []
        assert uow.session.execute(sa.text("SELECT count(*) FROM received_from")).scalar() == 0
    with other_trust.database.work(system(other_trust.id)) as uow:
        assert uow.session.execute(sa.text("SELECT count(*) FROM published_pack")).scalar() == 0
        assert uow.session.execute(sa.text("SELECT count(*) FROM published_to")).scalar() == 0


def test_less_than_the_paper_crosses(trust: Trust, other_trust: Trust) -> None:
    pack = factories.published_year(trust)
    factories.agreed(trust, other_trust)
    factories.carried(trust)
    with other_trust.work(other_trust.guardian) as uow:
        (year,) = peers.years(uow, YEAR)
    copy = year.pack
    assert {table.name for table in copy.tables} == {"cases", "element", "how"}
    assert all(copy.table(table.name) == pack.table(table.name) for table in copy.tables)
    said = papers.written(copy).decode()
    for words in ("night teams", "Rotas", "Exit interviews", "Sickness", "Pat Person", "Medicine", "guidance changed"):
        assert words in papers.written(pack).decode(), words
        assert words not in said, words
    assert copy.method == pack.method[:2]
    assert (copy.series, copy.headline, copy.breaks, copy.cover) == ((), (), (), papers.Cover())
    assert pack.national
    assert copy.national == ()


@pytest.mark.parametrize("kind", [Kind.QUARTER, Kind.ANSWER])
def test_only_whole_years_cross(trust: Trust, other_trust: Trust, kind: Kind) -> None:
    factories.published_year(trust, kind=kind, ref="A-1")
    factories.agreed(trust, other_trust)
    factories.carried(trust)
    assert received(other_trust) == []


def test_a_draft_or_a_checked_publication_does_not_cross(trust: Trust, other_trust: Trust) -> None:
    quarters = factories.closed_figures(trust, 7, a_quarter=60)
    whole = list(papers.of_year(papers.whole_years(quarters)[0]))
    with trust.work(trust.guardian) as uow:
        row = papers.prepare(uow, Kind.YEAR, whole, uow.today, year_before=280)
        papers.send_to_check(uow, row, row.revision)
    factories.run_checks(trust)
    factories.agreed(trust, other_trust)
    factories.carried(trust)
    with other_trust.work(other_trust.guardian) as uow:
        assert peers.years_there(uow) == []


def test_publishing_a_year_sends_it_without_waiting_for_the_night(trust: Trust, other_trust: Trust) -> None:
    factories.agreed(trust, other_trust)
    factories.carried(trust)
    quarters = factories.closed_figures(trust, 7, a_quarter=60)
    whole = list(papers.of_year(papers.whole_years(quarters)[0]))
    ref = factories.published(trust, Kind.YEAR, whole)
    factories.carried(trust)
    with other_trust.work(other_trust.guardian) as uow:
        (year,) = peers.years(uow, ref)
        assert year.people is not None
    with trust.work(trust.executive_lead) as uow:
        assert papers.find_published(uow, ref).cases == year.pack.cases


def test_a_restated_year_arrives_beside_the_first_and_the_newest_is_compared(trust: Trust, other_trust: Trust) -> None:
    first = factories.published_year(trust, 400)
    factories.agreed(trust, other_trust)
    factories.carried(trust)
    factories.published_year(trust, 390, kind=Kind.RESTATEMENT, ref="2025-26-restated")
    factories.carried(trust)
    with other_trust.work(other_trust.guardian) as uow:
        (year,) = peers.years(uow, YEAR)
        assert (year.people, year.restated) == (390, True)
        refs = sa.select(ReceivedYear.ref).where(ReceivedYear.organisation_id == other_trust.id)
        kept = uow.session.scalars(refs).all()
    assert sorted(kept) == ["2025-26-restated", first.ref]


def test_a_copy_comes_once_and_again_only_when_it_says_something_else(trust: Trust, other_trust: Trust) -> None:
    pack = factories.published_year(trust)
    factories.agreed(trust, other_trust)
    factories.carried(trust)
    assert tasks.send_years(trust.database, trust.id) == 0
    factories.staff_counted(trust, pack, 6400)
    with trust.work(trust.guardian) as uow:
        organisations.settle_nature(uow, organisations.here(uow), Nature.ACUTE)
    assert tasks.send_years(trust.database, trust.id) == 2
    with other_trust.work(other_trust.guardian) as uow:
        (year,) = peers.years(uow, YEAR)
        assert (year.staff, year.staff_on, year.nature) == (6400, pack.period.ends, Nature.ACUTE)


def test_staff_of_another_year_are_not_sent(trust: Trust, other_trust: Trust) -> None:
    pack = factories.published_year(trust)
    with trust.work(trust.guardian) as uow:
        for day in (date(2025, 3, 31), date(2026, 4, 1)):
            insight.keep_headcounts(uow, Measured.ALL, day, [Count("", 6400)], "ESR")
    factories.agreed(trust, other_trust)
    factories.carried(trust)
    with other_trust.work(other_trust.guardian) as uow:
        (year,) = peers.years(uow, pack.period.quarters[0].partition("/")[0])
        assert (year.staff, year.staff_on) == (None, None)


FORGERIES: list[Callable[[ReceivedYear], None]] = [
    lambda row: setattr(row, "staff", 64_000),
    lambda row: setattr(row, "pack", row.pack.replace(b"400", b"905")),
    lambda row: setattr(row, "received_on", date(2026, 1, 1)),
    lambda row: setattr(row, "nature", Nature.AMBULANCE),
]


@pytest.mark.parametrize("forge", FORGERIES)
def test_a_copy_that_was_touched_is_not_shown(
    trust: Trust, other_trust: Trust, forge: Callable[[ReceivedYear], None]
) -> None:
    factories.published_year(trust)
    factories.agreed(trust, other_trust)
    factories.carried(trust)
    with other_trust.stored.unbound() as connection:
        rows = sa.select(ReceivedYear.__table__).where(ReceivedYear.organisation_id == other_trust.id)
        (found,) = connection.execute(rows).mappings().all()
        touched = ReceivedYear(**found)
        forge(touched)
        columns = {name: getattr(touched, name) for name in found}
        connection.execute(sa.update(ReceivedYear).where(ReceivedYear.id == found["id"]).values(**columns))
    with other_trust.work(other_trust.guardian) as uow, pytest.raises(IntegrityFault):
        peers.years(uow, YEAR)


def test_a_copy_that_never_came_is_not_shown_though_its_row_is_whole(trust: Trust, other_trust: Trust) -> None:
    from speakup.peers.operations import id_of  # noqa: PLC0415 -- what a forger would compute

    pack = replace(factories.sample_pack(), organisation="Nobody NHS Trust")
    row = ReceivedYear(
        organisation_id=other_trust.id, provider_id=trust.id, number=1, ref="P", year=YEAR, nature=None, staff=None,
        staff_on=None, received_on=date(2026, 6, 1), pack=papers.written(peers.for_others(pack)),
    )  # fmt: skip
    row.id = id_of(row)
    with other_trust.stored.unbound() as connection:
        columns = {column.key: getattr(row, column.key) for column in sa.inspect(ReceivedYear).columns}
        connection.execute(sa.insert(ReceivedYear).values(**columns))
    with other_trust.work(other_trust.guardian) as uow, pytest.raises(IntegrityFault):
        peers.years(uow, YEAR)


def test_a_publication_that_was_touched_at_home_goes_nowhere(trust: Trust, other_trust: Trust) -> None:
    factories.published_year(trust)
    factories.agreed(trust, other_trust)
    with trust.stored.unbound() as connection:
        connection.execute(sa.text("UPDATE published_pack SET digest = :no"), {"no": "0" * 64})
    with pytest.raises(IntegrityFault):
        factories.carried(trust)
    assert received(other_trust) == []


def test_years_of_others_come_though_ones_own_were_touched(trust: Trust, other_trust: Trust) -> None:
    factories.published_year(trust)
    factories.published_year(other_trust)
    factories.agreed(other_trust, trust)
    with trust.stored.unbound() as connection:
        touched = "UPDATE published_pack SET digest = :no WHERE organisation_id = :here"
        here = sa.bindparam("here", trust.id, sa.Uuid())
        connection.execute(sa.text(touched).bindparams(here), {"no": "0" * 64})
    with pytest.raises(IntegrityFault):
        factories.carried(trust)
    assert len(received(trust)) == 1


def test_an_address_that_was_given_to_somebody_else_receives_nothing(trust: Trust, other_trust: Trust) -> None:
    """Whoever can write the database could say that an address is theirs; the file beside the trust root knows."""
    factories.published_year(trust)
    factories.agreed(trust, other_trust)
    with trust.stored.unbound() as connection:
        change = "UPDATE published_to SET host = 'elsewhere.example'"
        connection.execute(sa.text(change))
        taken = (
            "INSERT INTO host_name (host, organisation_id) SELECT 'elsewhere.example', receiver_id FROM published_to"
        )
        connection.execute(sa.text(taken))
    factories.carried(trust)
    assert received(other_trust) == []


@pytest.mark.parametrize(
    ("host", "why"), [("nobody.example", "unknown"), ("anytown.localhost", "own"), ("", "unknown")]
)
def test_one_is_named_by_an_address_it_answers_to(trust: Trust, host: str, why: str) -> None:
    for agree in (peers.publish_to, peers.receive_from):
        with trust.work(trust.guardian) as uow, pytest.raises(Invalid) as refused:
            agree(uow, host)
        assert refused.value.reason == why


def test_each_agreement_and_each_end_is_recorded(trust: Trust, other_trust: Trust) -> None:
    factories.agreed(trust, other_trust)
    with trust.work(trust.guardian) as uow:
        peers.stop_publishing_to(uow, other_trust.id)
        with pytest.raises(NotFound):
            peers.stop_publishing_to(uow, other_trust.id)
    with other_trust.work(other_trust.guardian) as uow:
        peers.stop_receiving_from(uow, trust.id)
    for where, other, events in (
        (trust, other_trust, {Event.PUBLISHING_TO_BEGUN, Event.PUBLISHING_TO_ENDED}),
        (other_trust, trust, {Event.RECEIVING_FROM_BEGUN, Event.RECEIVING_FROM_ENDED}),
    ):
        with where.work() as uow:
            assert {each.event for each in audit.history(uow, other.id)} == events


def test_whoever_reads_what_is_published_agrees_to_nothing(trust: Trust, other_trust: Trust) -> None:
    member = replace(trust.guardian.actor, roles=frozenset({Role.BOARD_MEMBER}))
    acts: list[Callable[[UnitOfWork], object]] = [
        lambda uow: peers.publish_to(uow, other_trust.host),
        lambda uow: peers.receive_from(uow, other_trust.host),
        lambda uow: peers.stop_publishing_to(uow, other_trust.id),
        lambda uow: peers.stop_receiving_from(uow, other_trust.id),
        peers.publishes_to,
        peers.receives_from,
        peers.ask_to_carry,
    ]
    for act in acts:
        with trust.work(member) as uow, pytest.raises(Forbidden):
            act(uow)
    with trust.work(trust.administrator) as uow, pytest.raises(Forbidden):
        peers.years(uow, YEAR)


def test_its_own_years_stand_among_the_others(trust: Trust, other_trust: Trust) -> None:
    factories.published_year(trust)
    factories.published_year(other_trust)
    factories.agreed(other_trust, trust)
    factories.carried(trust)
    assert received(trust) == ["Anytown NHS Trust", "Otherham NHS Trust"]
    factories.carried(other_trust)
    assert received(other_trust) == ["Otherham NHS Trust"]


def test_a_masked_number_stays_masked(trust: Trust, other_trust: Trust) -> None:
    factories.published_year(trust, None)
    factories.agreed(trust, other_trust)
    factories.carried(trust)
    with other_trust.work(other_trust.guardian) as uow:
        (year,) = peers.years(uow, YEAR)
        assert (year.people, str(year.pack.cases)) == (None, disclosure.SIGN)


@pytest.mark.parametrize(
    ("staff", "band"),
    [(1, Band.SMALL), (5000, Band.SMALL), (5001, Band.MEDIUM), (10000, Band.MEDIUM), (10001, Band.LARGE)],
)
def test_sizes_are_those_the_page_names(staff: int, band: Band) -> None:
    assert band_of(staff) is band


@pytest.mark.parametrize(
    ("chosen", "nature", "staff", "holds"),
    [
        (Chosen(), None, None, True),
        (Chosen(Nature.ACUTE), Nature.ACUTE, None, True),
        (Chosen(Nature.ACUTE), Nature.COMMUNITY, 9, False),
        (Chosen(Nature.ACUTE), None, 9, False),
        (Chosen(None, Band.SMALL), None, 9, True),
        (Chosen(None, Band.SMALL), Nature.ACUTE, 9000, False),
        (Chosen(None, Band.SMALL), Nature.ACUTE, None, False),
    ],
)
def test_peers_are_of_the_sort_and_size_that_is_chosen(
    chosen: Chosen, nature: Nature | None, staff: int | None, *, holds: bool
) -> None:
    assert chosen.holds(nature, staff) is holds


def test_two_who_take_in_years_of_one_provider_at_once_number_them_one_after_the_other(
    trust: Trust, other_trust: Trust
) -> None:
    factories.agreed(trust, other_trust)
    factories.published_year(trust)
    factories.published_year(trust, 90, ref="P-2024-25", period=_year_before())
    with trust.database.work(system(trust.id), writes=False) as uow:
        first, second = operations.parcels(uow)

    def other() -> None:
        with trust.database.work(system(other_trust.id)) as uow:
            assert operations.take_in(uow, second)
            assert not operations.take_in(uow, first)

    with trust.database.work(system(other_trust.id)) as uow:
        assert operations.take_in(uow, first)
        uow.session.flush()
        ended = beside(other)
    assert ended() == []
    with other_trust.work(other_trust.guardian) as uow:
        assert peers.years_there(uow) == [YEAR, "2024-25"]
        rows = uow.session.scalars(sa.select(ReceivedYear).order_by(ReceivedYear.number))
        assert [(row.number, row.ref) for row in rows] == [(1, first.ref), (2, second.ref)]
