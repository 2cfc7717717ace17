"""What of learning actions is pictured: measures, cycles, statements, the library, owners, and what was damaged."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import sqlalchemy as sa
from playwright.sync_api import Page

from speakup import cases, learning
from speakup.charts import Better
from speakup.learning import ActionState, Figure, LearningAction
from speakup.tables import METADATA
from tests import factories
from tests.factories import RaisedCase
from tests.trusts import Colleague, Trust

S = ActionState
TITLES = {
    S.PROPOSED: "Let bank staff know whom they can turn to",
    S.AGREED: "A second person for the drug round at night",
    S.IN_PROGRESS: "Breaks on late shifts",
    S.IMPLEMENTED: "Somebody answers the bell within five minutes",
    S.CHECKED: "Handover begins with what went wrong",
    S.CLOSED: "Lone visits are planned in pairs where somebody was threatened",
    S.NOT_TAKEN: "A second lift for beds",
}
VIEWS = (
    "",
    "?view=table",
    "?view=table&by=owner",
    "?view=table&by=theme",
    "?view=timeline",
    "?show=overdue&view=table",
)
ASKED_OF = {
    S.PROPOSED: ("agree", "invite"),
    S.AGREED: ("start", "hand-on", "update"),
    S.IMPLEMENTED: ("check", "resume"),
    S.CHECKED: ("close", "look-again", "looked"),
}
IMPROVING = ("measure", "measure/values", "partners", "cycles/new", "cycles/1", "cycles/1/plan")


def measured(trust: Trust, action: LearningAction) -> None:
    """Give it values of before and after, a cycle and somebody who worked it out with its owner."""
    with trust.work(trust.guardian) as uow:
        found = learning.find(uow, action.ref)
        falls = learning.Measure("Falls on the ward", "falls a month", Better.LOWER, Decimal(6), date(2026, 1, 1))
        learning.set_measure(uow, found, falls, 0)
        before, after = ([date(year, month, 1) for month in range(1, last)] for year, last in ((2025, 13), (2026, 9)))
        values = [Figure(day, Decimal(11 + n % 3)) for n, day in enumerate(before)]
        values += [Figure(day, Decimal(5 + n % 2)) for n, day in enumerate(after)]
        learning.write_figures(uow, found, values, 1)
        planned = learning.Planned("Two more people on Mondays, for four weeks.", "Half as many falls as in May.")
        cycle = learning.begin_cycle(uow, found, planned)
        studied = learning.Studied("It was tried for three weeks.", "A third fewer.", learning.Decision.ADAPT)
        learning.study_cycle(uow, found, cycle, studied, cycle.revision)
        learning.begin_cycle(uow, found, planned)
        learning.name_partners(uow, found, {learning.Partner.STAFF: "The night team of two wards"})
        learning.add_update(uow, found, "Two of four weeks are over.")


def actions_of(trust: Trust) -> dict[ActionState, LearningAction]:
    """Make one action for each state, and one that is long overdue; each is with the executive lead."""
    made = {state: factories.action(trust, state, title=title) for state, title in TITLES.items()}
    for state in (S.IN_PROGRESS, S.IMPLEMENTED):
        measured(trust, made[state])
    late = factories.action(trust, S.IN_PROGRESS, title="Name badges that can be read", due_in=0)
    with trust.work(trust.guardian) as uow:
        learning.find(uow, late.ref).due_on = uow.today - timedelta(days=40)
    with trust.work(trust.executive_lead) as uow:
        learning.ask_guardian(uow, learning.find(uow, made[S.IN_PROGRESS].ref), "Is this meant for nights, too?")
    return made


def kept(page: Page, address: str, made: dict[ActionState, LearningAction]) -> Iterator[str]:
    """Go through what guardians keep, and name each page."""
    for view in VIEWS:
        page.goto(f"{address}/learning{view}")
        yield "kept-board" + view.translate(str.maketrans("?&=", "---"))
    for state, action in made.items():
        page.goto(f"{address}/learning/{action.ref}")
        yield f"kept-{state.value.replace(' ', '-')}"
        for step in ASKED_OF.get(state, ()):
            page.goto(f"{address}/learning/{action.ref}/{step}")
            yield f"kept-{step}"
            yield from refused(page, f"kept-{step}")
    yield from improved(page, f"{address}/learning/{made[S.IMPLEMENTED].ref}", "kept")
    page.goto(f"{address}/learning/{made[S.IMPLEMENTED].ref}/summary")
    yield "kept-summary"
    page.goto(f"{address}/learning/follow-up")
    yield "kept-follow-up"


def refused(page: Page, name: str) -> Iterator[str]:
    """Send a form as it came, and name the page where it comes back with its faults."""
    before = page.url
    if page.locator("main input[type=text], main textarea, main select").count():
        page.locator("main form button").last.click()
    if page.locator(".nhsuk-error-summary").count() and page.url == before:
        yield f"{name}-errors"


def improved(page: Page, action: str, name: str) -> Iterator[str]:
    """Name the pages of its measure, its cycles and who worked it out."""
    for path in IMPROVING:
        page.goto(f"{action}/{path}")
        yield f"{name}-{path.replace('/', '-')}"
    page.goto(f"{action}/measure/values")
    page.fill("[name=figures]", "Jan 2026, twelve\nFebruary\n12 13 14")
    page.locator("main form button").last.click()
    yield f"{name}-measure-values-errors"
    page.goto(f"{action}/cycles/2/plan")
    page.fill("[name=plan]", "")
    page.locator("main form button").last.click()
    yield f"{name}-cycles-plan-errors"
    page.goto(f"{action}/measure")
    page.fill("[name=name]", "")
    page.locator("main form button").last.click()
    yield f"{name}-measure-errors"


def told(page: Page, address: str, made: dict[ActionState, LearningAction]) -> Iterator[str]:
    """Tell staff, publish it, and fill the library; name each page."""
    statements = f"{address}/learning/{made[S.CHECKED].ref}/told"
    page.goto(statements)
    yield "told-none"
    page.goto(f"{statements}/new")
    yield "told-new"
    yield from refused(page, "told-new")
    page.get_by_label("You said").fill("Mrs Joan Hartley said that nobody tells the next shift what went wrong.")
    page.get_by_label("We did").fill("Every handover begins with it.")
    page.get_by_label("Where were staff told?").fill("Team brief")
    page.get_by_role("button", name="Save").click()
    yield "told-new-pointed-out"
    page.get_by_label("You said").fill("Nobody tells the next shift what went wrong.")
    page.locator("main form button").last.click()
    yield "told-one"
    page.get_by_role("link", name="Change it").click()
    yield "told-change"
    page.goto(statements)
    page.get_by_role("button", name="Let anybody read it").click()
    yield "told-published"
    page.goto(f"{address}/learning-so-far")
    yield "learning-so-far-signed-in"
    page.goto(f"{address}/learning/resources")
    yield "resources-none"
    page.goto(f"{address}/learning/resources/new")
    yield "resources-new"
    yield from refused(page, "resources-new")
    page.get_by_label("Title").fill("Leading with compassion")
    page.get_by_label("Address").fill("https://learning.example/compassion")
    page.locator("main form button").last.click()
    yield "resources-one"
    page.get_by_role("link", name="Leading with compassion").first.or_(
        page.get_by_role("link", name="Change")
    ).last.click()
    yield "resources-change"


def owned(page: Page, address: str, made: dict[ActionState, LearningAction]) -> Iterator[str]:
    """Go through what whoever sees to an action is shown."""
    for path in ("/actions", "/actions/overdue"):
        page.goto(address + path)
        yield "owned" + path.replace("/", "-")
    for state in (S.AGREED, S.IN_PROGRESS, S.IMPLEMENTED, S.CLOSED, S.NOT_TAKEN):
        page.goto(f"{address}/actions/{made[state].ref}")
        yield f"owned-{state.value.replace(' ', '-')}"
    action = f"{address}/actions/{made[S.IN_PROGRESS].ref}"
    for step in ("question", "evidence", "hand-on", "done"):
        page.goto(f"{action}/{step}")
        yield f"owned-{step}"
        page.locator("main form button").last.click()
        yield f"owned-{step}-errors"
    yield from improved(page, action, "owned")


def torn(page: Page, address: str, trust: Trust, raised: RaisedCase, mine: Colleague) -> Iterator[str]:
    """Damage what is stored, and name the pages that say so."""
    ida = factories.recipient(trust)
    row = factories.referred(raised, mine, ida)
    action = factories.action(trust, S.CHECKED, title="A case that led here is damaged")
    other = factories.raised_case(trust, person=cases.PersonDetails("Petra Pinewood"))
    with other.as_(mine) as (uow, case):
        cases.link_learning(uow, case, learning.find(uow, action.ref))
    tables = METADATA.tables
    record, place = tables["sealed_record"], tables["compartment"]
    of_other = record.c.compartment_id.in_(sa.select(place.c.id).where(place.c.case_id == other.id))
    with trust.stored.unbound() as intruder:
        intruder.execute(sa.delete(tables["referral"]).where(tables["referral"].c.id == row.id))
        intruder.execute(sa.update(record).where(of_other, record.c.kind == "learning").values(body=bytes(200)))
    page.goto(f"{address}/cases/{raised.ref}/referrals/{row.id}")
    yield "torn-referral"
    for path, name in ((f"/learning/{action.ref}", "action"), ("/learning/tell", "tell"), ("/cases", "cases")):
        page.goto(address + path)
        yield f"torn-{name}"
    page.goto(f"{address}/learning/{action.ref}/close")
    page.get_by_label("If staff were not told").fill("They changed it themselves.")
    page.get_by_role("button", name="Close").click()
    yield "torn-close"
