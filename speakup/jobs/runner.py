"""Carries work out, durably: DBOS keeps each piece under its own id until it is done, through crashes and outages.

Only the job process imports this. Everything DBOS writes is a name and ids (`serialising`).
"""

import logging
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import datetime

from dbos import DBOS, SetWorkflowID

from speakup.jobs.serialising import IdsOnly, refuse_pickles

Work = Callable[[uuid.UUID, uuid.UUID], None]
"""Does one piece for an organisation, by id. An error means: not done, try again. Doing it twice does no harm."""

FIRST_WAIT, LONGEST_WAIT = 5.0, 900.0
"""Seconds between two tries, doubling from the first to the longest."""
STOPS_WITHIN = 25.0
"""Seconds a try under way has left when the process is stopped."""
_LOG = logging.getLogger("speakup.jobs")


class Runner:
    """One per process: DBOS knows only one."""

    def __init__(
        self, database_url: str, works: Mapping[str, Work], waits: tuple[float, float] = (FIRST_WAIT, LONGEST_WAIT)
    ) -> None:
        refuse_pickles()
        self._database_url = database_url
        self._works = works
        self._waits = waits
        self._quiet = threading.Condition()
        self._under_way = 0
        self._stopping = False
        # One name, version and executor for good: whichever process runs next takes up what the last one left.
        DBOS(
            config={
                "name": "speakup",
                "system_database_url": database_url,
                "serializer": IdsOnly(),
                "application_version": "1",
                "executor_id": "jobs",
                "use_listen_notify": False,
                "log_level": "ERROR",
            }
        )

        @DBOS.step(name="attempt")
        def attempt(name: str, organisation_id: str, id: str) -> bool:
            return self._try(name, organisation_id, id)

        @DBOS.workflow(name="carry out", max_recovery_attempts=None)
        def carry_out(name: str, organisation_id: str, id: str) -> None:
            for wait in _doubling(*self._waits):
                if attempt(name, organisation_id, id):
                    return
                DBOS.sleep(wait)

        self._carry_out = carry_out

    def start(self) -> None:
        """Make or migrate the tables, take up what was left, and wait for more."""
        DBOS.launch()
        DBOS.register_queue("work", worker_concurrency=64)
        # What may be urgent never waits behind letters that a broken mail server holds up.
        DBOS.register_queue("urgent", worker_concurrency=64)

    def hand_over(self, name: str, organisation_id: uuid.UUID, id: uuid.UUID, *, urgent: bool = False) -> None:
        """Take one piece of work, committed before this returns. The same id is never taken twice."""
        if name not in self._works:
            raise KeyError(name)
        with SetWorkflowID(str(id)):
            DBOS.enqueue_workflow("urgent" if urgent else "work", self._carry_out, name, str(organisation_id), str(id))

    def forget_finished(self, before: datetime) -> int:
        """Delete what was finished before a moment; return how many pieces of work that were."""
        finished = DBOS.list_workflows(
            status=["SUCCESS", "ERROR", "CANCELLED"],
            end_time=before.isoformat(),
            load_input=False,
            load_output=False,
        )
        DBOS.delete_workflows([each.workflow_id for each in finished])
        if self._database_url.startswith("sqlite:///"):
            empty_out(self._database_url)
        return len(finished)

    def stop(self) -> None:
        """Stop taking work and finish the tries under way. The next start takes up what waits."""
        with self._quiet:
            self._stopping = True
            self._quiet.wait_for(lambda: not self._under_way, STOPS_WITHIN)
        DBOS.destroy(destroy_registry=True)

    def _try(self, name: str, organisation_id: str, id: str) -> bool:
        with self._quiet:
            if self._stopping:
                return False
            self._under_way += 1
        try:
            return self._done(name, organisation_id, id)
        finally:
            with self._quiet:
                self._under_way -= 1
                self._quiet.notify_all()

    def _done(self, name: str, organisation_id: str, id: str) -> bool:
        try:
            self._works[name](uuid.UUID(organisation_id), uuid.UUID(id))
        except Exception as error:  # noqa: BLE001 -- whatever went wrong, the work is still to do
            # The type alone: a message could quote an address.
            _LOG.warning("%s is not done yet (%s); it is tried again", name, type(error).__name__)
            return False
        return True


def empty_out(database_url: str) -> None:
    """Write a SQLite file anew without what was deleted from it."""
    with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"), timeout=30, isolation_level=None)) as file:
        file.execute("VACUUM")


def _doubling(first: float, longest: float) -> Iterator[float]:
    wait = first
    while True:
        yield wait
        wait = min(wait * 2, longest)
