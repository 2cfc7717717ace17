"""The job process: gives the outbox to the runner, and keeps the timetable."""

import logging
import signal
import threading
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import click

from config import secret_key
from speakup import audit, cases, jobs, keyring, organisations
from speakup.audit import Event
from speakup.cases import tasks as case_tasks
from speakup.cli.demo import publications
from speakup.cli.installation import Installation
from speakup.cli.stored_order import remove_from_files
from speakup.cli.timetable import ANNOUNCE, NIGHT, REMIND, due
from speakup.gateways.blobs import Blobs
from speakup.gateways.mail import HeldMailer, mailer_from_url
from speakup.insight import tasks as insight_tasks
from speakup.jobs import Job
from speakup.jobs.order import remove_order
from speakup.jobs.runner import Runner, Work
from speakup.jobs.standby import Turn, turn
from speakup.kernel import clock
from speakup.kernel.actor import system
from speakup.kernel.db import make_engine
from speakup.keyring import tasks as keyring_tasks
from speakup.learning import tasks as learning_tasks
from speakup.notifications.operations import LETTERS, PostOffice
from speakup.notifications.tasks import letter_tasks
from speakup.papers import tasks as paper_tasks
from speakup.peers import tasks as peer_tasks

EVERYBODY = uuid.UUID(int=0)
"""Stands where work for the whole installation would name an organisation."""
DEMONSTRATION = "publish the demonstration"
LOOKS_EVERY = 2.0
"""Seconds between two looks at the outbox."""
KEEPS_FINISHED = timedelta(hours=2)
"""Longer than the hour in which an id of the timetable can come up again; the night's own is not finished yet."""
ORPHAN_AFTER = timedelta(days=1)
_LOG = logging.getLogger("speakup.jobs")


class JobProcess:
    """One process; of several, the one whose turn it is works."""

    def __init__(self, installation: Installation) -> None:
        settings = installation.settings
        self.installation = installation
        self.database = installation.database
        self.blobs = Blobs.from_url(settings.blobs_url)
        mailer = mailer_from_url(settings.mail_url, sender=settings.mail_from, notify_key=settings.notify_key)
        self.has_mail = not isinstance(mailer, HeldMailer)
        self.office = PostOffice(self.database, mailer, settings.scheme)
        self.runner = Runner(settings.jobs_database_url, self.works())
        self.stopping = threading.Event()
        self._given: set[uuid.UUID] = set()
        self._publishes = threading.Lock()

    def run(self) -> None:
        """Work until a signal says stop."""
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signal_number, lambda *_: self.stopping.set())
        with turn(self.installation.settings.jobs_database_url) as mine:
            if not mine.take():
                click.echo("Another job process works; this one stands by.")
            while not mine.take():
                if self.stopping.wait(LOOKS_EVERY):
                    return
            self._work(mine)

    def _work(self, mine: Turn) -> None:
        self.runner.start()
        self._begin_again()
        if self._sign_ins.exists():
            # What a start before this one has left undone is taken up under the same id, once a day at the most.
            self.runner.hand_over(DEMONSTRATION, EVERYBODY, uuid.uuid5(EVERYBODY, f"{DEMONSTRATION} {clock.today()}"))
        click.echo("The job process works." + ("" if self.has_mail else " No mail is configured: letters wait."))
        while not self.stopping.is_set():
            self._look(mine)
            self.stopping.wait(LOOKS_EVERY)
        self.runner.stop()

    def _look(self, mine: Turn) -> None:
        """Hand over what is new and what is due. A database that cannot be reached is tried again at the next look."""
        mine.take()
        try:
            self.hand_over_outbox()
            self.hand_over_due(clock.now())
        except Exception as error:  # noqa: BLE001 -- the process outlives what it depends on
            _LOG.warning("Not done at this look (%s); it is tried again", type(error).__name__)

    def works(self) -> dict[str, Work]:
        """Everything the runner may be asked to do, by name."""
        return {
            **letter_tasks(self.office),
            Job.PUBLICATION_CHECK.value: self.check_publication,
            Job.YEARS_CARRIED.value: self.carry_years,
            DEMONSTRATION: self.publish_demonstration,
            ANNOUNCE: self.announce,
            NIGHT: self.clear_up,
            REMIND: self.remind,
        }

    def hand_over_outbox(self) -> None:
        """Give the runner each new row under its own id; only then is the row marked, so that none is ever lost.

        Without mail, letters wait in the outbox; other work does not wait for them.
        """
        for organisation_id in self.installation.organisations():
            with self.database.work(system(organisation_id), writes=False) as uow:
                rows = [row for row in jobs.to_hand_over(uow) if self.has_mail or row.job not in LETTERS]
            for row in rows:
                self.runner.hand_over(row.job, organisation_id, row.id, urgent=row.job is Job.URGENT_MAIL)
            if rows:
                with self.database.work(system(organisation_id)) as uow:
                    jobs.mark_handed_over(uow, [row.id for row in rows])

    def hand_over_due(self, now: datetime) -> None:
        """Give the runner what the timetable says, each under an id made from its hour or night."""
        for name, organisation_id, id in self._due(now):
            if id not in self._given:
                self.runner.hand_over(name, organisation_id, id)
                self._given.add(id)

    def _due(self, now: datetime) -> Iterable[tuple[str, uuid.UUID, uuid.UUID]]:
        night = due(NIGHT, EVERYBODY, now)
        if night is not None:
            yield NIGHT, EVERYBODY, night
        for organisation_id in self.installation.organisations():
            with self.database.work(system(organisation_id), writes=False) as uow:
                here = organisations.here(uow)
            working = cases.next_working_day(clock.london_day(now), here.country) == clock.london_day(now)
            id = due(ANNOUNCE, organisation_id, now, here.next_look_hours) if working else None
            if id is not None:
                yield ANNOUNCE, organisation_id, id
            reminder = due(REMIND, organisation_id, now, str(here.first_look_hour)) if working else None
            if reminder is not None:
                yield REMIND, organisation_id, reminder

    def announce(self, organisation_id: uuid.UUID, _: uuid.UUID) -> None:
        """Tell the guardians of one organisation that there is something to read; and let go of drafts that ran out.

        They would wait for the night otherwise, and somebody who begins very many could fill the disk in a day.
        """
        case_tasks.announce_cases(self.database, organisation_id)
        case_tasks.clear_drafts(self.database, self.blobs, organisation_id)
        case_tasks.look_for_lost_cases(self.database, organisation_id)
        keyring_tasks.check_key_log(self.database, organisation_id)
        keyring_tasks.warn_of_faults(self.database, organisation_id)

    def remind(self, organisation_id: uuid.UUID, _: uuid.UUID) -> None:
        """Let those of one organisation know for whom something is due: guardians, and owners of learning actions."""
        case_tasks.remind_guardians(self.database, organisation_id)
        learning_tasks.follow_up_actions(self.database, organisation_id)

    def check_publication(self, organisation_id: uuid.UUID, row_id: uuid.UUID) -> None:
        """Check what a guardian wants to publish."""
        secret = secret_key(self.installation.settings)
        paper_tasks.check_publication(self.database, secret, organisation_id, row_id)

    def carry_years(self, organisation_id: uuid.UUID, row_id: uuid.UUID) -> None:
        """Carry copies of published years to those they are published to."""
        peer_tasks.carry_years(self.database, organisation_id, row_id)

    def publish_demonstration(self, _: uuid.UUID, __: uuid.UUID) -> None:
        """Publish what the demonstration has counted, as its people would."""
        secret = secret_key(self.installation.settings)
        # One of yesterday's may be taken up beside today's: the second finds nothing left to do.
        with self._publishes:
            publications.publish(self.database, self._sign_ins, secret, click.echo)

    @property
    def _sign_ins(self) -> Path:
        """What a demonstration's visitors sign in with; there is none in an installation that is in earnest."""
        return self.installation.settings.data_dir / "demo.json"

    def clear_up(self, _: uuid.UUID, __: uuid.UUID) -> None:
        """The night's work: drafts, sessions and files that ran out, then every trace of the day's order."""
        every_organisation = self.installation.organisations()
        now = clock.now()
        for organisation_id in every_organisation:
            case_tasks.clear_drafts(self.database, self.blobs, organisation_id)
            insight_tasks.see_to_quarters(self.database, organisation_id)
            with self.database.work(system(organisation_id)) as uow:
                audit.append_pending(uow, uow.today)
                keyring.warn_of_faults(uow)
                keyring.sweep(uow)
                peer_tasks.ask_for_the_night(uow)
        case_tasks.clear_orphans(self.database, self.blobs, every_organisation, now - ORPHAN_AFTER)
        self.runner.forget_finished(now - KEEPS_FINISHED)
        self._remove_order(every_organisation, now)

    def _remove_order(self, every_organisation: list[uuid.UUID], now: datetime) -> None:
        owner = make_engine(self.installation.settings.owner_database_url)
        try:
            remove_order(owner, every_organisation)
        finally:
            owner.dispose()
        remembered = self.installation.settings.data_dir / "files_in_no_order.json"
        remove_from_files(self.blobs, remembered, self._order_removed(every_organisation), now)
        for organisation_id in every_organisation:
            with self.database.work(system(organisation_id)) as uow:
                audit.record(uow, Event.ORDER_REMOVED)
            keyring_tasks.keep_chain(self.database, organisation_id)

    def _order_removed(self, every_organisation: list[uuid.UUID]) -> datetime | None:
        """Return when the night's work was last done, which is done for all organisations together."""
        nights = []
        for organisation_id in every_organisation:
            with self.database.work(system(organisation_id), writes=False) as uow:
                nights.append(audit.last_recorded(uow, Event.ORDER_REMOVED))
        return max((each for each in nights if each is not None), default=None)

    def _begin_again(self) -> None:
        """Offer every row of the outbox once more: the runner's own database may have been lost or put back."""
        for organisation_id in self.installation.organisations():
            with self.database.work(system(organisation_id)) as uow:
                jobs.hand_over_again(uow)
