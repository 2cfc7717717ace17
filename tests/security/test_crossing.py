"""Nobody in one organisation reads or changes another's rows: on PostgreSQL the database itself sees to it."""

import uuid
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from speakup import accounts, assurance, cases, diary, insight, jobs, keyring, learning, organisations, papers, routing
from speakup.charts import Better
from speakup.gateways.documents import Sheet, Workbook
from speakup.jobs import Job
from speakup.kernel.actor import Role
from speakup.kernel.db import owned_tables
from speakup.kernel.errors import NotFound
from speakup.routing import Rule
from speakup.tables import METADATA
from tests import factories
from tests.security.tampering import readers_of
from tests.trusts import Trust

OWNED = owned_tables(METADATA)


@pytest.fixture
def full(trust: Trust, other_trust: Trust) -> Trust:
    """Another organisation with rows in every owned table."""
    raised = factories.raised_case(other_trust)
    guardian = readers_of(raised)[0]
    raised.view(guardian)
    with raised.as_(guardian) as (uow, case):
        cases.code_case(
            uow, case, cases.Coding(frozenset({"patient_safety"}), none_apply=False, worker_group="nursing_midwifery")
        )
    factories.reply(raised, "Thank you.", by=guardian)
    factories.referred(raised, guardian, factories.recipient(other_trust))
    with raised.as_(raised.reporter) as (uow, case):
        cases.answer_about(uow, case, {"age": "prefer_not"})
        insight.count_asked(uow)
    with other_trust.work(guardian) as uow:
        accounts.draw_calendar_address(uow)
        cases.begin_import(uow, "log.csv", Workbook([Sheet("", hidden=False, rows=[["Date"]], merged=[])], 0))
        diary.add_entry(uow, diary.EntryDetails(uow.today, diary.Kind.VISIT, 4))
        ahead = accounts.Days(uow.today + timedelta(days=30), uow.today + timedelta(days=40))
        action = learning.propose_action(uow, factories.wording())
        learning.ask_to_tell(uow, action.id, guardian.id)
        learning.begin_cycle(uow, action, learning.Planned("Two more on Mondays.", "Fewer falls."))
        learning.name_partners(uow, action, {learning.Partner.PATIENTS: "The patients' council"})
        learning.set_measure(uow, action, learning.Measure("Falls", "falls a month", Better.LOWER), 0)
        learning.write_figures(uow, action, [learning.Figure(uow.today, Decimal(3))], 1)
        factories.followed_up(uow, guardian)
        factories.returned(uow)
        assurance.keep_figure(uow, factories.beside(uow.today))
        papers.decide_thresholds(uow, 8, 5, 40, "", uow.today)
        accounts.plan_absence(uow, accounts.member(uow, guardian.id).membership, ahead)
    factories.published_quarter(other_trust)
    _counted(other_trust)
    factories.published_year(other_trust)
    factories.agreed(other_trust, trust)
    factories.agreed(trust, other_trust)
    factories.carried(other_trust)
    with other_trust.work() as uow:
        days = organisations.ClockDays(acknowledge_days=3, conversation_days=6, update_days=21, review_days=61)
        organisations.settle_clocks(uow, organisations.here(uow), days)
        insight.close_quarters(uow)
        invited = accounts.invite(uow, accounts.PersonDetails("new@example.org", "New"), {Role.BOARD_MEMBER})
        jobs.defer(uow, Job.INVITATION_MAIL, invited.id)
        routing.draft_rules(uow, [Rule(None, None, guardian.id, None)])
    with other_trust.work(replace(guardian.actor, roles=frozenset({Role.BOARD_MEMBER}))) as uow:
        assurance.ask_question(uow, "", "What changed at night?")
    lead = replace(guardian.actor, roles=frozenset({Role.LEAD_GUARDIAN}))
    with other_trust.work(lead) as uow:
        cases.ask_for_hand_over(uow, guardian.id, next(each.id for each in readers_of(raised) if each is not guardian))
    with other_trust.work(other_trust.visitor) as uow:
        token = cases.start_draft(uow)
        cases.add_file(
            uow, token, cases.StoredFile(uuid.uuid4(), bytes(32), "a.txt", "text/plain", 1, (), scanned=False)
        )
        secrets = keyring.ReceiptSecrets(bytes(32), bytes(32))
        cases.park_draft(uow, token, secrets)
    return other_trust


def _counted(trust: Trust) -> None:
    """Let a case be counted in everything that is counted, and staff too."""
    raised = factories.answered_case(trust)
    guardian = readers_of(raised)[0]
    with raised.as_(guardian) as (uow, case):
        sorted_out = cases.Triage(elements=frozenset({"patient_safety"}), themes=frozenset({"behaviours"}))
        cases.triage_case(uow, case, sorted_out, cases.Triage(), 0)
        ending = cases.Closing("resolved", "Seen to.", cases.Satisfied.NOT_KNOWN, why_not_told="Gone")
        cases.close_case(uow, case, ending)
    with trust.work(guardian) as uow:
        place = next(iter(insight.groups_of(uow, insight.Measured.DIRECTORATE)))
        counted = [insight.Count(place, 400)]
        insight.keep_headcounts(uow, insight.Measured.DIRECTORATE, uow.today, counted, "ESR")
        insight.keep_ladder(uow, insight.Measured.DIRECTORATE, {place: ["Clinical"]})
        newest = insight.closed_quarters(uow)[-1]
        papers.decide_break(uow, newest, "A second guardian began.", "Board, minute 4", uow.today)


def table(name: str) -> sa.Table:
    return METADATA.tables[name]


def others_rows(full: Trust, name: str) -> int:
    with full.stored.unbound() as connection:
        query = sa.select(sa.func.count()).select_from(table(name))
        return connection.scalar(query.where(table(name).c.organisation_id == full.id)) or 0


# Filling an organisation takes seconds, and none of these changes a row: each tries every table on one database.


@pytest.mark.postgres
def test_rows_of_another_organisation_are_not_there(trust: Trust, full: Trust) -> None:
    for name in OWNED:
        before = others_rows(full, name)
        assert before > 0, name
        theirs = table(name).c.organisation_id == full.id
        with trust.work() as uow:
            assert uow.session.execute(sa.select(table(name)).where(theirs)).all() == [], name
        _changes_nothing(trust, sa.delete(table(name)).where(theirs))
        _changes_nothing(trust, sa.update(table(name)).where(theirs).values(organisation_id=trust.id))
        assert others_rows(full, name) == before, name


@pytest.mark.postgres
def test_no_row_can_be_added_to_another_organisation(trust: Trust, full: Trust) -> None:
    """Not even one there is: the database says whose it is before it says that it is there."""
    for name in OWNED:
        theirs = sa.select(table(name)).where(table(name).c.organisation_id == full.id)
        with full.stored.unbound() as connection:
            row = dict(connection.execute(theirs).mappings().first() or {})
        assert row, name
        with (
            pytest.raises(sa.exc.DBAPIError, match=f'row-level security policy for table "{name}"'),
            trust.work() as uow,
        ):
            uow.session.execute(sa.insert(table(name)), [row])


@pytest.mark.postgres
def test_without_an_organisation_there_is_nothing(full: Trust) -> None:
    with full.database.engine.connect() as connection:
        for name in OWNED:
            assert connection.execute(sa.select(table(name))).all() == [], name


@pytest.mark.postgres
@pytest.mark.parametrize("name", ["host_name", "organisation", "reporter_session"])
def test_what_may_be_looked_up_is_changed_only_at_home(trust: Trust, full: Trust, name: str) -> None:
    column = table(name).c["id" if name == "organisation" else "organisation_id"]
    if name == "organisation":
        _changes_nothing(trust, sa.update(table(name)).where(column == full.id).values(name="Taken over"))
    else:
        _changes_nothing(trust, sa.delete(table(name)).where(column == full.id))


@pytest.mark.postgres
def test_the_application_has_no_right_to(trust: Trust, full: Trust) -> None:
    for statement in (
        "UPDATE audit_entry SET quantity = 1", "DELETE FROM audit_entry", "UPDATE key_log_entry SET number = 9",
        "DELETE FROM key_log_entry", "DELETE FROM person", "DELETE FROM key_pair", "DELETE FROM second_factor",
        "DELETE FROM receipt_generation", "UPDATE receipt_generation SET number = 9", "DELETE FROM organisation",
        "DELETE FROM seen_state", "DELETE FROM membership", "TRUNCATE case_element", "DROP TABLE draft",
        "ALTER TABLE draft DISABLE ROW LEVEL SECURITY",
    ):  # fmt: skip
        with pytest.raises(sa.exc.ProgrammingError, match=r"permission denied|must be owner"), trust.work() as uow:
            uow.session.execute(sa.text(statement))


def test_a_reference_of_another_organisation_is_no_reference(trust: Trust, other_trust: Trust) -> None:
    raised = factories.raised_case(other_trust)
    for who in (trust.guardian, trust.lead, trust.non_executive_lead):
        with trust.work(who) as uow, pytest.raises(NotFound):
            cases.find(uow, raised.ref)


def test_a_guardian_of_one_organisation_opens_nothing_in_another(trust: Trust, other_trust: Trust) -> None:
    raised = factories.raised_case(other_trust)
    stranger = replace(trust.guardian.actor, organisation_id=other_trust.id)
    with pytest.raises(NotFound), other_trust.work(stranger) as uow:
        cases.find(uow, raised.ref)
    with pytest.raises(NotFound), other_trust.work(stranger) as uow:
        keyring.open_case(uow, raised.id)


def test_a_referral_of_one_organisation_opens_nothing_in_another(trust: Trust, other_trust: Trust) -> None:
    raised = factories.raised_case(other_trust)
    factories.reply(raised, "Thank you.", by=readers_of(raised)[0])
    ida = factories.recipient(other_trust)
    row = factories.referred(raised, readers_of(raised)[0], ida)
    elsewhere = replace(ida.actor, organisation_id=trust.id)
    with trust.work(elsewhere) as uow, pytest.raises(NotFound):
        cases.find_referral(uow, row.ref)
    stranger = replace(factories.recipient(trust, "Olaf Other").actor, organisation_id=other_trust.id)
    with other_trust.work(stranger) as uow, pytest.raises(NotFound):
        cases.find_referral(uow, row.ref)


def test_words_of_one_organisation_open_nothing_in_another(trust: Trust, other_trust: Trust) -> None:
    raised = factories.raised_case(trust)
    with trust.work() as uow:
        generation = keyring.current_generation(uow)
    elsewhere = keyring.receipt_secrets(
        keyring.parse_receipt(" ".join(raised.words)), generation, other_trust.id, "tests"
    )
    for where in (trust, other_trust):
        with where.work(where.visitor) as uow, pytest.raises(NotFound):
            keyring.find_reporter(uow, elsewhere.lookup_hash)


def test_a_colleague_who_joins_from_elsewhere_works_in_both(trust: Trust, other_trust: Trust) -> None:
    """A buddy guardian is a vouched member from another organisation: one person, one key, two memories."""
    who = other_trust.guardian
    buddy = type(who)(
        who.id, trust.id, who.name, who.email, frozenset({Role.BUDDY_GUARDIAN}), who.root_secret, who.totp_secret
    )
    with trust.work() as uow:
        accounts.take_up(uow, accounts.invite(uow, accounts.PersonDetails(who.email, who.name), buddy.roles))
    with trust.work(buddy) as uow:
        keyring.begin_memory(uow, buddy.id, buddy.root_secret)
        words = keyring.my_words(uow)
    with trust.work(trust.guardian) as uow:
        keyring.vouch(uow, keyring.offered(uow, buddy.id), words, uow.today + timedelta(days=100))
    raised = factories.raised_case(trust)
    with raised.as_(readers_of(raised)[0]) as (uow, case):
        keyring.grant(uow, case.id, buddy.id)
    assert raised.view(buddy).told.narrative == raised.concern.narrative
    elsewhere = factories.raised_case(other_trust)
    assert elsewhere.view(who).told.narrative == elsewhere.concern.narrative


def _changes_nothing(trust: Trust, change: sa.Delete | sa.Update) -> None:
    """Refused, or found nothing to change."""
    try:
        with trust.work() as uow:
            touched = uow.session.connection().execute(change).rowcount
    except sa.exc.ProgrammingError as refused:
        if "permission denied" not in str(refused):
            raise
    else:
        assert touched == 0
