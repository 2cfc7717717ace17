"""Two thousand cases, most of them closed, made through the operations once and kept between measurements."""

import os
import sys
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

from tqdm import tqdm

from benchmarks.load.kept import kept_copy
from benchmarks.load.places import KEPT, Place
from benchmarks.load.telling import STORY
from speakup import cases, keyring
from speakup.crypto.receipts import Generation, ReceiptSecrets
from speakup.kernel.actor import Actor, ActorKind
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from tests.trusts import Trust

CASES = 2_000
OPEN_OF = 8
"""One case in so many is still open: more than in the demonstration, and than any trust has of its last ten years."""
_AT_ONCE = 50
_CODED = cases.Coding(frozenset({"patient_safety"}), none_apply=False, worker_group="nursing_midwifery")
_CLOSED = cases.Closing("action_taken", "A second nurse at night.", cases.Satisfied.YES)


def stocked() -> AbstractContextManager[Place]:
    """Give the installation with its cases."""
    return kept_copy(KEPT, Path(__file__), _fill)


def _fill(place: Place) -> None:
    with place.open() as (trust, *_), tqdm(total=CASES, desc="Making cases", file=sys.stderr, disable=None) as bar:
        with trust.work() as uow:
            generation = keyring.current_generation(uow)
        for number in range(CASES):
            _raise(trust, generation, number)
            bar.update()
        _work(trust)


def _raise(trust: Trust, generation: Generation, number: int) -> None:
    # Nobody will come back to these with words, so none are stretched: that is what would take minutes.
    secrets = ReceiptSecrets(os.urandom(32), os.urandom(32))
    reporter = Actor(ActorKind.REPORTER, trust.id, new_id(), root_secret=secrets.root_secret)
    concern = cases.NewConcern(narrative=f"{STORY * 3} ({number})")
    with trust.work(reporter) as uow:
        day = uow.today - timedelta(days=number % 200)
        cases.start_case(uow, secrets, generation.number, concern, raised_on=day)


def _work(trust: Trust) -> None:
    """Guardians title every case they have and close most: the worklist opens each title it shows."""
    for person in (trust.guardian, trust.second_guardian, trust.lead):
        with trust.work(person) as uow:
            found = uow.session.scalars(cases.visible_to(uow.actor).where(cases.Case.primary_id == person.id)).all()
        refs = [each.ref for each in found]
        for start in range(0, len(refs), _AT_ONCE):
            with trust.work(person) as uow:
                for place, ref in enumerate(refs[start : start + _AT_ONCE], start):
                    _work_on(uow, cases.find(uow, ref), close=place % OPEN_OF != 0)


def _work_on(uow: UnitOfWork, case: cases.Case, *, close: bool) -> None:
    cases.mark_read(uow, case)
    cases.title_case(uow, case, f"Two nurses at night, {case.ref}")
    if close:
        cases.acknowledge(uow, case, "Thank you. We look at the rota of the last month.")
        cases.code_case(uow, case, _CODED)
        cases.tell_person(uow, case, "There are three nurses at night from Monday.")
        cases.close_case(uow, case, _CLOSED)
