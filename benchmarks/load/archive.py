"""Two thousand cases that have been talked over at length, all readable by one guardian; made once and kept."""

import os
import random
import sys
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path

from tqdm import tqdm

from benchmarks.load.kept import kept_copy
from benchmarks.load.places import ROOT, Place
from benchmarks.load.telling import STORY
from speakup import cases, keyring
from speakup.cases import HowRaised
from speakup.crypto.receipts import Generation, ReceiptSecrets
from speakup.jobs.order import remove_order
from speakup.kernel import clock
from speakup.kernel.actor import Actor, ActorKind
from speakup.kernel.ids import new_id
from tests.trusts import Trust

KEPT = ROOT / "var" / "bench-archive"
CASES = 2_000
NOTES, ANSWERS, MESSAGES = 10, 6, 4
"""Of each case: together twenty, so that there are forty thousand of them."""
VISITS, LASTS = 2, timedelta(days=60)
"""Times at which both sides write, the last of them when a case has lasted so long."""
NAMED_OF = 5
"""In one case of so many nobody knows who the person is; in the others there is a name and a number."""
NEEDLES = ("cannula", "Okonkwo-Reid", "“after the handover”")
"""Words that stand in a few cases only."""
_SYLLABLES = ("ra", "den", "mol", "shi", "ker", "van", "tos", "pel", "ind", "ow", "ment", "al", "ing", "ster")


def archived() -> AbstractContextManager[Place]:
    """Give the installation with its cases."""
    return kept_copy(KEPT, Path(__file__), _fill)


def _fill(place: Place) -> None:
    chance = random.Random(2026)
    with place.open() as (trust, *_), tqdm(total=CASES, desc="Making cases", file=sys.stderr, disable=None) as bar:
        with trust.work() as uow:
            generation = keyring.current_generation(uow)
        for number in range(CASES):
            _talk_over(trust, generation, number, chance)
            bar.update()
        # As every night does, of which these cases have seen hundreds.
        remove_order(trust.database.engine, [trust.id])


def _talk_over(trust: Trust, generation: Generation, number: int, chance: random.Random) -> None:
    # Nobody will come back to these with words, so none are stretched: that is what would take minutes.
    secrets = ReceiptSecrets(os.urandom(32), os.urandom(32))
    reporter = Actor(ActorKind.REPORTER, trust.id, new_id(), root_secret=secrets.root_secret)
    begun = clock.now() - timedelta(days=number)
    with trust.database.work(reporter, at=begun) as uow:
        concern = _concern(trust, number, chance)
        case, _ = cases.start_case(uow, secrets, generation.number, concern, raised_on=uow.today)
    with trust.database.work(trust.guardian.actor, at=begun) as uow:
        case = cases.find(uow, case.ref)
        cases.open_view(uow, case)
        cases.title_case(uow, case, _words(chance, 40))
    notes = [_text(chance) + (f" {NEEDLES[number % 3]}." if number % 97 == each else "") for each in range(NOTES)]
    for place, at in enumerate(_visits(begun)):
        with trust.database.work(trust.guardian.actor, at=at) as uow:
            case = cases.find(uow, case.ref)
            for _ in range(ANSWERS // VISITS):
                cases.reply(uow, case, _text(chance))
            for note in notes[place::VISITS]:
                cases.add_note(uow, case, note)
        with trust.database.work(reporter, at=at) as uow:
            case = cases.mine(uow)
            for _ in range(MESSAGES // VISITS):
                cases.send_from_inbox(uow, case, _text(chance))


def _visits(begun: datetime) -> list[datetime]:
    """Spread them over the life of a case; none lies ahead."""
    life = min(LASTS, clock.now() - begun)
    return [begun + life * visit / VISITS for visit in range(1, VISITS + 1)]


def _concern(trust: Trust, number: int, chance: random.Random) -> cases.NewConcern:
    person = cases.PersonDetails(_words(chance, 14).title(), f"07700 {chance.randrange(900_000, 901_000)}")
    named = number % NAMED_OF != 0
    return cases.NewConcern(
        narrative=f"{STORY} {_text(chance)}",
        how_raised=HowRaised.CONFIDENTIAL if named else HowRaised.ANONYMOUS,
        person=person if named else None,
        # Without her each concern goes to the other two, and the guardian who searches can open every one.
        exclusions=cases.Exclusions(people=frozenset({trust.lead.id})),
    )


def _text(chance: random.Random) -> str:
    """A thousand bytes on average: short ones, longer ones, and some of a page."""
    return _words(chance, chance.choice((150, 750, 750, 2350)))


def _words(chance: random.Random, length: int) -> str:
    """Words of one to three syllables, with a stop now and then, and a curly apostrophe in one text of four."""
    said: list[str] = []
    size = 0
    while size < length:
        word = "".join(chance.choices(_SYLLABLES, k=chance.choice((1, 2, 2, 3))))
        said.append(word + chance.choice((*[" "] * 11, ". ")))
        size += len(said[-1])
    return "".join(said).strip() + chance.choice(("", "", "", "It’s so."))
