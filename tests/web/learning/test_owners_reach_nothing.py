"""Whoever sees to a learning action, with its rows, pages, letters and calendar in hand, learns nothing of any case.

They are given more than they have: every row of their action as the database holds it. What they hold is searched for
references, days and planted words of the cases that led to it; and an action of one case is compared with an action of
several, byte by byte: what cannot be told apart cannot be counted.
"""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from speakup import accounts, cases, jobs, learning
from speakup.gateways.mail import FakeMailer
from speakup.kernel.actor import Role
from speakup.kernel.clock import LONDON
from speakup.learning import Wording
from speakup.notifications.operations import PostOffice, send_letter
from speakup.tables import METADATA
from tests import factories
from tests.factories import RaisedCase
from tests.security.finding import forms_of
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient

PLANTED = (
    "Magnolia lamps were out over bed 17",
    "the Wisteria rota of the third of March",
    "I told Gwendolyn Ashby-Quill in the Juniper room",
)
WORDS = Wording("Check the lamps each month", "Lamps stay dark for long.", "Somebody looks at every lamp once a month.")
LATER = timedelta(days=45)
OF_AN_ACTION = ("learning_action", "learning_event", "learning_cycle", "learning_partner", "learning_measure",
                "learning_value", "learning_file", "learning_statement", "learning_follow_up")  # fmt: skip
STEPS = ("", "/done", "/evidence", "/question", "/hand-on")
_VARIES = re.compile(r"LA-[0-9A-Z]{4}-[0-9A-Z]{4}|[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}|[0-9a-f]{32}")
_TOKEN = re.compile(r'(name="csrf_token"[^>]*value=")[^"]*')
SignIn = Callable[[Colleague], PageClient]


@dataclass
class Scene:
    """Two actions of one owner: one that a single case led to, one that several did."""

    trust: Trust
    owner: Colleague
    guardian: Colleague
    raised: list[RaisedCase]
    raised_on: date
    of_one: str
    of_several: str


@pytest.fixture
def day() -> Iterator[date]:
    """A day in the middle of a month, so that neither its first nor its last says the same."""
    chosen = (date.today().replace(day=17) + timedelta(days=31)).replace(day=17)  # noqa: DTZ011 -- any day does
    with time_machine.travel(datetime.combine(chosen, time(9), LONDON), tick=False):
        yield chosen


@pytest.fixture
def scene(trust: Trust, day: date) -> Scene:
    owner = factories.invited(trust, "Olive Owner", [Role.ACTION_OWNER])
    everything = [factories.raised_case(trust, narrative=PLANTED[number % 3]) for number in range(6)]
    held_by = {each.id: [every for every in everything if each in readers_of(every)] for each in trust.people.values()}
    guardian = max(trust.people.values(), key=lambda each: len(held_by[each.id]))
    raised = held_by[guardian.id]
    assert len(raised) > 2
    with trust.work(guardian) as uow:
        held = [cases.find(uow, each.ref) for each in raised]
        one = cases.propose_from_cases(uow, held[:1], WORDS).ref
        several = cases.propose_from_cases(uow, held, WORDS).ref
    with time_machine.travel(datetime.combine(day + LATER, time(9), LONDON), tick=False), trust.work(guardian) as uow:
        for ref in (one, several):
            learning.agree(uow, learning.find(uow, ref), owner.id, uow.today + timedelta(days=2))
    return Scene(trust, owner, guardian, raised, day, one, several)


def work_through(scene: Scene, ref: str) -> None:
    """Let all be done with an action that is done with one, up to telling everybody and closing it."""
    with scene.trust.work(scene.owner) as uow:
        mine = learning.find_owned(uow, ref)
        learning.add_update(uow, mine, "Half of them were looked at.")
        learning.ask_guardian(uow, mine, "Also at night?")
        learning.start(uow, mine)
        learning.attach_evidence(uow, mine, [factories.stored("lamps.txt")], "The list.")
    with scene.trust.work(scene.guardian) as uow:
        action = learning.find(uow, ref)
        learning.answer_owner(uow, action, "Yes.")
        learning.implement(uow, action)
        for linked in cases.linked_cases(uow, action):
            cases.tell_learning(uow, linked.case, action.id, PLANTED[1])
    for reader in {each.id: each for every in scene.raised for each in readers_of(every)}.values():
        with scene.trust.work(reader) as uow:
            cases.people_to_tell(uow)
    with scene.trust.work(scene.guardian) as uow:
        action = learning.find(uow, ref)
        learning.tell_staff(uow, action, learning.Statement("It was dark.", "It is not.", "Team brief", uow.today))
        learning.check(uow, action, "Nothing could be counted.")
        learning.close(uow, action)


def rows_of(scene: Scene, ref: str) -> str:
    """Every row of an action, as the database holds it."""
    with scene.trust.stored.unbound() as connection:
        table = METADATA.tables["learning_action"]
        action_id = connection.scalar(sa.select(table.c.id).where(table.c.ref == ref))
        events = METADATA.tables["learning_event"]
        event_ids = list(connection.scalars(sa.select(events.c.id).where(events.c.action_id == action_id)))
        found = []
        for name in OF_AN_ACTION:
            columns = METADATA.tables[name].c
            if name == "learning_action":
                which = columns.id == action_id
            else:
                which = columns.event_id.in_(event_ids) if name == "learning_file" else columns.action_id == action_id
            order = columns.number if "number" in columns else columns[0]
            rows = connection.execute(sa.select(METADATA.tables[name]).where(which).order_by(order)).mappings()
            found += [
                f"{name} {[str(value) for key, value in row.items() if key not in {'key', 'id'}]}" for row in rows
            ]
        return "\n".join(found)


def pages_of(browser: PageClient, ref: str) -> str:
    bodies = [browser.get(f"/actions/{ref}{step}").body for step in STEPS]
    return _TOKEN.sub(r"\1", "\n".join(bodies))


def letters_to(scene: Scene) -> str:
    """Everything that was ever sent to them."""
    mailer = FakeMailer()
    office = PostOffice(scene.trust.database, mailer, "https")
    with scene.trust.work() as uow:
        learning.remind_owners(uow)
    with scene.trust.work() as uow:
        rows = [row.id for row in jobs.to_hand_over(uow)]
    for row_id in rows:
        send_letter(office, scene.trust.id, row_id)
    mine = [mail for mail in mailer.sent if mail.to == scene.owner.email]
    assert mine
    return "\n".join(f"{mail.subject}\n{mail.text}\n{mail.html}" for mail in mine)


def calendar_of(scene: Scene, browser: PageClient) -> str:
    with scene.trust.work(scene.owner) as uow:
        secret = accounts.draw_calendar_address(uow)
    return browser.get(f"/calendar/{secret}.ics").body


def days_written(day: date) -> set[str]:
    """Every way in which a day might stand somewhere."""
    return {
        day.isoformat(), f"{day:%Y%m%d}", f"{day.day} {day:%B}", f"{day.day} {day:%b}", f"{day:%d/%m}",
        f"{day:%d.%m}", f"{day.day}th of {day:%B}",
    }  # fmt: skip


def test_nothing_that_an_owner_holds_leads_to_a_case(scene: Scene, signed_in: SignIn, day: date) -> None:
    with time_machine.travel(datetime.combine(day + LATER, time(10), LONDON), tick=False):
        browser = signed_in(scene.owner)
        held = [browser.get("/actions").body, letters_to(scene), calendar_of(scene, browser)]
        work_through(scene, scene.of_several)
        held += [browser.get("/actions").body, letters_to(scene), calendar_of(scene, browser)]
        held += [pages_of(browser, scene.of_several), rows_of(scene, scene.of_several)]
    everything = "\n".join(held)
    assert "Half of them were looked at." in everything
    assert "2 things are due" in everything
    for each in scene.raised:
        assert each.ref not in everything
        assert str(each.id) not in everything
        assert each.id.hex not in everything
    for written in days_written(scene.raised_on):
        assert written not in everything
    raw = everything.encode()
    for sentence in PLANTED:
        assert not [form for form in forms_of(sentence) if form in raw]
    for word in ("Magnolia", "Wisteria", "Gwendolyn", "Ashby", "Juniper"):
        assert word.lower() not in everything.lower()


def test_an_action_of_one_case_cannot_be_told_from_an_action_of_several(
    scene: Scene, signed_in: SignIn, day: date
) -> None:
    with time_machine.travel(datetime.combine(day + LATER, time(10), LONDON), tick=False):
        browser = signed_in(scene.owner)
        for worked_through in (False, True):
            held = []
            for ref in (scene.of_one, scene.of_several):
                if worked_through:
                    work_through(scene, ref)
                held.append(pages_of(browser, ref) + rows_of(scene, ref))
            one, several = (_VARIES.sub("*", each) for each in held)
            assert one == several


def test_an_owner_finds_no_page_of_a_case_whatever_they_know(scene: Scene, signed_in: SignIn, day: date) -> None:
    with time_machine.travel(datetime.combine(day + LATER, time(10), LONDON), tick=False):
        browser = signed_in(scene.owner)
        for each in scene.raised:
            known, unknown = (browser.get(path).body for path in (f"/cases/{each.ref}", "/cases/SU-0000-0000"))
            assert _TOKEN.sub(r"\1", known) == _TOKEN.sub(r"\1", unknown)
        for path in (f"/learning/{scene.of_one}", "/learning", "/cases", f"/cases/{scene.raised[0].ref}/learning"):
            assert browser.get(path).status == 404


def test_a_file_name_or_a_word_of_another_action_is_not_theirs_either(
    scene: Scene, signed_in: SignIn, day: date
) -> None:
    with time_machine.travel(datetime.combine(day + LATER, time(10), LONDON), tick=False):
        other = factories.action(scene.trust, learning.ActionState.IN_PROGRESS)
        executive = signed_in(scene.trust.executive_lead)
        page = executive.submit(f"/actions/{other.ref}/evidence", files=(io.BytesIO(b"A list"), "list.txt"))
        (link,) = [each for each in page.links() if "/files/" in each]
        browser = signed_in(scene.owner)
        file_id = link.rpartition("/")[2]
        assert browser.get(f"/actions/{scene.of_one}/files/{file_id}").status == 404
        assert other.title not in browser.get("/actions").text
