"""What was published stays as it is, whatever happens afterwards; and whoever touches it is noticed."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from speakup import assurance, insight, papers
from speakup.disclosure import digest
from speakup.kernel.errors import Conflict, IntegrityFault
from speakup.papers import Kind, State
from speakup.papers.models import LedgerRelease, PublishedPack
from speakup.web.workspace import publication_words
from tests import factories
from tests.trusts import Trust


def bytes_of(trust: Trust, ref: str) -> bytes:
    with trust.work(trust.executive_lead) as uow:
        return papers.written(papers.find_published(uow, ref))


def test_late_and_recoded_cases_change_nothing_published(trust: Trust) -> None:
    quarters = factories.closed_figures(trust, 5)
    ref = factories.published_quarter(trust, quarters[3])
    before = bytes_of(trust, ref)
    factories.code_anew(trust, quarters[3])
    factories.come_late(trust, quarters[3], "2999-00/Q1")
    assert bytes_of(trust, ref) == before
    after = factories.published_quarter(trust, quarters[4])
    assert bytes_of(trust, ref) == before
    with trust.work(trust.guardian) as uow:
        series = {line.name: line for line in papers.find_published(uow, after).series}
        shown = papers.find_published(uow, ref).cases
        assert series["cases"].points[0] == (quarters[3], shown)


def test_a_recoded_case_appears_in_the_restatement_of_its_year(trust: Trust) -> None:
    quarters = factories.closed_figures(trust, 7, a_quarter=60)
    year = next(year for year in papers.whole_years(quarters))
    whole = list(papers.of_year(year))
    ref = factories.published(trust, Kind.YEAR, whole)
    factories.code_anew(trust, whole[0], 40)
    restated = factories.published(trust, Kind.RESTATEMENT, whole)
    with trust.work(trust.executive_lead) as uow:
        first, again = papers.find_published(uow, ref), papers.find_published(uow, restated)
        assert again.cases == first.cases
        bullying = [table.table("element") for table in (first, again)]
        assert bullying[0] != bullying[1]
        assert papers.latest(uow) == first
        assert again.series == ()


def test_a_restatement_is_checked_again_where_a_case_was_coded_anew_before_it_was_approved(trust: Trust) -> None:
    quarters = factories.closed_figures(trust, 7, a_quarter=60)
    whole = list(papers.of_year(papers.whole_years(quarters)[0]))
    with trust.work(trust.guardian) as uow:
        row = papers.prepare(uow, Kind.RESTATEMENT, whole, uow.today, year_before=280)
        papers.send_to_check(uow, row, 1)
    factories.run_checks(trust)
    factories.code_anew(trust, whole[0])
    with pytest.raises(papers.Overtaken), trust.work(trust.lead) as uow:
        factories.approved(uow, papers.find_publication(uow, row.ref))
    with trust.work(trust.lead) as uow:
        papers.check_anew(uow, papers.find_publication(uow, row.ref))
    with trust.work(trust.guardian) as uow:
        found = papers.find_publication(uow, row.ref)
        papers.send_to_check(uow, found, found.revision)
    factories.run_checks(trust)
    with trust.work(trust.lead) as uow:
        factories.approved(uow, papers.find_publication(uow, row.ref))
    with trust.work(trust.lead) as uow:
        assert papers.find_publication(uow, row.ref).state is State.APPROVED


def test_a_quarter_as_first_counted_is_approved_though_a_case_was_coded_anew(trust: Trust) -> None:
    quarter = factories.closed_figures(trust)[-1]
    with trust.work(trust.guardian) as uow:
        row = papers.prepare(uow, Kind.QUARTER, [quarter], uow.today, year_before=280)
        papers.send_to_check(uow, row, 1)
    factories.run_checks(trust)
    factories.code_anew(trust, quarter)
    with trust.work(trust.lead) as uow:
        factories.approved(uow, papers.find_publication(uow, row.ref))
        assert papers.find_publication(uow, row.ref).state is State.APPROVED


def test_a_rewritten_quarter_is_withheld(trust: Trust) -> None:
    quarter = factories.closed_figures(trust)[-1]
    ref = factories.published_quarter(trust, quarter)
    with trust.work() as uow:
        for fact in factories.facts_of(uow, quarter)[:30]:
            uow.session.delete(fact)
    with trust.work(trust.guardian) as uow:
        row = papers.prepare(uow, Kind.ANSWER, [quarter], uow.today, chosen=["cases"], year_before=280)
        papers.send_to_check(uow, row, 1)
    factories.run_checks(trust)
    with trust.work(trust.guardian) as uow:
        found = papers.find_publication(uow, row.ref)
        assert (found.state, found.withheld) == (State.WITHHELD, "changed")
    assert bytes_of(trust, ref)


def test_a_quarter_rewritten_before_its_first_publication_is_not_approved(trust: Trust) -> None:
    quarter = factories.closed_figures(trust)[-1]
    with trust.work() as uow:
        (fact, *_) = factories.facts_of(uow, quarter)
        fact.how = "anonymous"
    with trust.work(trust.guardian) as uow:
        row = papers.prepare(uow, Kind.QUARTER, [quarter], uow.today, year_before=280)
        papers.send_to_check(uow, row, 1)
    factories.run_checks(trust)
    with pytest.raises(papers.Overtaken), trust.work(trust.lead) as uow:
        factories.approved(uow, papers.find_publication(uow, row.ref))


def test_a_year_follows_from_its_quarters_and_costs_nobody_their_cover(trust: Trust) -> None:
    quarters = factories.closed_figures(trust, 7, a_quarter=60)
    whole = list(papers.of_year(papers.whole_years(quarters)[0]))
    for quarter in whole:
        factories.published_quarter(trust, quarter)
    ref = factories.published(trust, Kind.YEAR, whole)
    with trust.work(trust.guardian) as uow:
        workings = papers.find_publication(uow, ref).workings["cases"]
        assert workings["linked"] > workings["cells"]
        low, high = workings["closest"]
        assert low == 0
        assert high >= 4
        pack = papers.find_published(uow, ref)
    (cases,) = [line for line in pack.series if line.name == "cases"]
    assert [label for label, _ in cases.points] == whole


@pytest.mark.parametrize("touch", [sa.delete(LedgerRelease), sa.update(LedgerRelease).values(body=b"{}")])
def test_a_ledger_that_was_touched_lets_nothing_out(trust: Trust, touch: sa.Delete | sa.Update) -> None:
    factories.published_quarter(trust)
    with trust.stored.unbound() as connection:
        connection.execute(touch)
    with trust.work(trust.guardian) as uow, pytest.raises(IntegrityFault):
        papers.releases(uow)


@pytest.mark.parametrize("touched", [LedgerRelease, PublishedPack])
def test_a_check_beside_what_was_touched_ends_with_a_refusal(
    trust: Trust, touched: type[LedgerRelease | PublishedPack]
) -> None:
    quarters = factories.closed_figures(trust, 5)
    factories.published_quarter(trust, quarters[3])
    what = {"body": b"{}"} if touched is LedgerRelease else {"pack": b"{}"}
    with trust.stored.unbound() as connection:
        connection.execute(sa.update(touched).values(what))
    with trust.work(trust.guardian) as uow:
        row = papers.prepare(uow, Kind.QUARTER, [quarters[4]], uow.today, year_before=280)
        papers.send_to_check(uow, row, 1)
    factories.run_checks(trust)
    with trust.work(trust.guardian) as uow:
        found = papers.find_publication(uow, row.ref)
        assert (found.state, found.withheld) == (State.WITHHELD, papers.Refusal.FAULT.value)
        assert "put back as they were" in publication_words.withheld(found)


def test_a_pack_that_was_touched_is_not_shown(trust: Trust) -> None:
    ref = factories.published_quarter(trust)
    with trust.stored.unbound() as connection:
        data = connection.scalar(sa.select(PublishedPack.pack)) or b""
        connection.execute(sa.update(PublishedPack).values(pack=data.replace(b"25", b"30", 1)))
    with trust.work(trust.executive_lead) as uow, pytest.raises(IntegrityFault):
        papers.find_published(uow, ref)


def test_what_nobody_approved_is_not_shown_though_its_row_is_there(trust: Trust) -> None:
    ref = factories.published_quarter(trust)
    with trust.work(trust.executive_lead) as uow:
        pack = papers.find_published(uow, ref)
    forged = papers.written(replace(pack, version=2))
    with trust.stored.unbound() as connection:
        connection.execute(sa.update(PublishedPack).values(pack=forged, digest=digest(forged)))
    with trust.work(trust.executive_lead) as uow, pytest.raises(IntegrityFault):
        papers.find_published(uow, ref)


def test_nothing_of_one_that_is_approved_can_be_changed(trust: Trust) -> None:
    ref = factories.published_quarter(trust)
    with trust.work(trust.guardian) as uow:
        row = papers.find_publication(uow, ref)
        with pytest.raises(Conflict):
            papers.revise(uow, row, row.revision, papers.Words(), row.dated, {})
        with pytest.raises(Conflict):
            papers.send_to_check(uow, row, row.revision)
        with pytest.raises(Conflict):
            papers.discard(uow, row, row.revision)
        with pytest.raises(Conflict):
            papers.publish(uow, row)


def test_each_period_is_published_once(trust: Trust) -> None:
    quarter = factories.closed_figures(trust)[-1]
    factories.published_quarter(trust, quarter)
    with trust.work(trust.guardian) as uow, pytest.raises(Conflict):
        papers.prepare(uow, Kind.QUARTER, [quarter], uow.today)
    with trust.work(trust.guardian) as uow:
        assert quarter in insight.closed_quarters(uow)


def test_figures_from_elsewhere_stand_beside_as_they_were_on_its_day(trust: Trust) -> None:
    with trust.work(trust.guardian) as uow:
        kept = assurance.keep_figure(uow, factories.beside(uow.today))
    ref = factories.published_quarter(trust)
    with trust.work(trust.guardian) as uow:
        assurance.delete_figure(uow, assurance.find_figure(uow, kept.id))
    with trust.work(trust.executive_lead) as uow:
        (beside,) = papers.find_published(uow, ref).context
        assert (beside.source, beside.as_of) == (kept.source, kept.as_of)
