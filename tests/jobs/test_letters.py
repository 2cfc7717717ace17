"""Letters to staff say that there is something, never what; none is lost, and nobody gets two about one thing."""

import re
import uuid
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from speakup import accounts, audit, cases, jobs
from speakup.gateways.mail import FakeMailer, Mail, MailRefused, MailUnavailable
from speakup.jobs import Job
from speakup.kernel.actor import Role
from speakup.kernel.uow import Database
from speakup.notifications import letters
from speakup.notifications.letters import Addressee, Letter
from speakup.notifications.operations import LETTERS, PostOffice, send_letter
from tests import factories
from tests.trusts import Trust


class RefusingMailer:
    """A server that will never take this letter."""

    def send(self, mail: Mail) -> None:
        raise MailRefused


@pytest.fixture
def mailer() -> FakeMailer:
    """Keeps what it is given."""
    return FakeMailer()


@pytest.fixture
def office(database: Database, mailer: FakeMailer, trust: Trust) -> PostOffice:
    """An installation with nothing in its outbox."""
    with trust.work() as uow:
        jobs.finish(uow, [row.id for row in jobs.to_hand_over(uow)])
    return PostOffice(database, mailer, "https")


def waiting(trust: Trust) -> list[uuid.UUID]:
    with trust.work() as uow:
        return [row.id for row in jobs.to_hand_over(uow)]


def defer(trust: Trust, job: Job, subject_id: uuid.UUID) -> uuid.UUID:
    with trust.work() as uow:
        return jobs.defer(uow, job, subject_id)


def test_every_job_is_a_letter_but_checking_a_publication_and_carrying_years() -> None:
    assert set(LETTERS) == set(Job) - {Job.PUBLICATION_CHECK, Job.YEARS_CARRIED}


def test_a_new_concern_is_announced_to_its_two_guardians_without_a_word_about_it(
    trust: Trust, office: PostOffice, mailer: FakeMailer
) -> None:
    raised = factories.raised_case(trust, narrative="The lift to theatres has been broken since Tuesday.")
    with trust.work() as uow:
        assert cases.announce(uow) == 1
    for row_id in waiting(trust):
        send_letter(office, trust.id, row_id)
    assert len({mail.to for mail in mailer.sent}) == len(mailer.sent) == 2
    for mail in mailer.sent:
        whole = f"{mail.subject} {mail.text} {mail.html}".lower()
        for word in (raised.ref, str(raised.id), "lift", "theatres", "concern", "case", "anonymous", "worker"):
            assert word.lower() not in whole
        assert "https://anytown.localhost/sign-in" in mail.text
    assert waiting(trust) == []


def test_a_letter_that_cannot_go_now_waits(trust: Trust, office: PostOffice, mailer: FakeMailer) -> None:
    row_id = defer(trust, Job.SOMETHING_TO_READ_MAIL, trust.guardian.id)
    mailer.down = True
    with pytest.raises(MailUnavailable):
        send_letter(office, trust.id, row_id)
    assert waiting(trust) == [row_id]
    mailer.down = False
    send_letter(office, trust.id, row_id)
    assert [mail.to for mail in mailer.sent] == [trust.guardian.email]
    assert waiting(trust) == []


def test_letters_that_waited_for_one_person_go_as_one(trust: Trust, office: PostOffice, mailer: FakeMailer) -> None:
    rows = [defer(trust, Job.SOMETHING_TO_READ_MAIL, trust.guardian.id) for _ in range(4)]
    urgent = defer(trust, Job.URGENT_MAIL, trust.guardian.id)
    for row_id in (*rows, urgent):
        send_letter(office, trust.id, row_id)
    assert [mail.subject for mail in mailer.sent] == ["There is something to read", "There is something to read now"]
    assert waiting(trust) == []


def test_a_sent_letter_is_in_the_audit_chain(trust: Trust, office: PostOffice) -> None:
    send_letter(office, trust.id, defer(trust, Job.KEY_WARNING_MAIL, trust.guardian.id))
    with trust.work() as uow:
        last = list(audit.lines(uow))[-1]
    assert (last["event"], last["subject"]) == (audit.Event.STAFF_NOTIFIED, str(trust.guardian.id))


@pytest.mark.parametrize("job", [Job.SOMETHING_TO_READ_MAIL, Job.URGENT_MAIL])
def test_the_hour_at_which_a_guardian_was_told_of_a_concern_is_not_kept(
    trust: Trust, office: PostOffice, job: Job
) -> None:
    factories.raised_case(trust)
    with trust.work() as uow:
        before = {line["number"] for line in audit.lines(uow)}
        cases.announce(uow)
    send_letter(office, trust.id, defer(trust, job, trust.guardian.id))
    with trust.work() as uow:
        assert {line["number"] for line in audit.lines(uow)} == before
        audit.append_pending(uow, uow.today + timedelta(days=1))
        told = [line for line in audit.lines(uow) if line["number"] not in before]
    assert {audit.Event.CASE_ANNOUNCED, audit.Event.GUARDIAN_TOLD} <= {line["event"] for line in told}
    assert len({line["at"] for line in told}) == 1
    assert {line["actor_kind"] for line in told if line["event"] == audit.Event.GUARDIAN_TOLD} == {"system"}


def test_a_letter_refused_for_good_does_not_hold_up_the_outbox(trust: Trust, office: PostOffice) -> None:
    refusing = PostOffice(office.database, RefusingMailer(), "https")
    send_letter(refusing, trust.id, defer(trust, Job.SOMETHING_TO_READ_MAIL, trust.guardian.id))
    assert waiting(trust) == []


def test_somebody_who_left_is_not_written_to(trust: Trust, office: PostOffice, mailer: FakeMailer) -> None:
    row_id = defer(trust, Job.SOMETHING_TO_READ_MAIL, trust.buddy.id)
    with trust.work() as uow:
        accounts.end_membership(uow, accounts.member(uow, trust.buddy.id).membership)
    send_letter(office, trust.id, row_id)
    assert mailer.sent == []
    assert waiting(trust) == []


def test_an_invitations_link_is_made_when_it_is_sent_and_opens_the_account(
    trust: Trust, office: PostOffice, mailer: FakeMailer
) -> None:
    with trust.work() as uow:
        invitation = accounts.invite(uow, accounts.PersonDetails("ivy@example.org", "Ivy Ince"), [Role.GUARDIAN])
        assert invitation.token_hash is None
    send_letter(office, trust.id, waiting(trust)[0])
    found = re.search(r"https://anytown\.localhost/welcome/(\S+)", mailer.sent[0].text)
    assert found is not None
    with trust.work(trust.visitor) as uow:
        assert accounts.invitation_for(uow, found[1]).id == invitation.id


def test_an_invitation_given_by_hand_is_not_sent_too(trust: Trust, office: PostOffice, mailer: FakeMailer) -> None:
    with trust.work() as uow:
        invitation = accounts.invite(uow, accounts.PersonDetails("ivy@example.org", "Ivy Ince"), [Role.GUARDIAN])
        token = accounts.link_by_hand(uow, invitation)
    assert waiting(trust) == []
    with trust.work(trust.visitor) as uow:
        assert accounts.invitation_for(uow, token).id == invitation.id


def test_a_used_invitation_is_not_sent(trust: Trust, office: PostOffice, mailer: FakeMailer) -> None:
    with trust.work() as uow:
        invitation = accounts.invite(uow, accounts.PersonDetails("ivy@example.org", "Ivy Ince"), [Role.GUARDIAN])
        accounts.take_up(uow, invitation)
    send_letter(office, trust.id, waiting(trust)[0])
    assert mailer.sent == []
    assert waiting(trust) == []


class Words(HTMLParser):
    """The words of a page, and the addresses its links lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.said = ""
        self.links: list[str | None] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self.said += data


@pytest.mark.parametrize("letter", list(Letter))
def test_a_letter_says_the_same_in_text_and_html_and_loads_nothing(letter: Letter) -> None:
    link = "https://anytown.localhost/sign-in?a=1&b=2"
    mail = letters.write(letter, Addressee("gail@example.org", "Gail <b>Guard</b>", "Anytown NHS Trust", link))
    page = Words()
    page.feed(mail.html)
    assert " ".join(mail.text.split()) in " ".join(page.said.split())
    assert page.links == [link]
    assert page.tags <= {"html", "head", "meta", "title", "body", "p", "a"}
    assert "Gail <b>Guard</b>" in mail.text
    assert mail.subject in page.said
    assert "\n" not in mail.subject
