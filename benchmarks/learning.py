"""Server time of every list of learning actions, with 2,000 of them: `./run bench learning`.

Each is asked in its own turn, by a guardian, of the application itself. The bar is a median under 20 ms by the
processor. The lists' queries alone are timed beside the pages.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from statistics import median
from time import process_time

from benchmarks.load import figures
from benchmarks.load.places import in_process, temporary_place
from benchmarks.pages import MEDIAN_BAR, sign_in
from speakup import learning, vocabulary
from speakup.charts import Better
from speakup.kernel.uow import UnitOfWork
from speakup.learning import ActionState, By, Figure, Filters, LearningAction, Show, Wording
from tests.trusts import Trust

ACTIONS = 2_000
ROUNDS = 40
_AT_ONCE = 200
_STATES = (
    *(ActionState.CLOSED,) * 8, *(ActionState.NOT_TAKEN,) * 2, *(ActionState.PROPOSED,) * 2,
    *(ActionState.AGREED,) * 2, *(ActionState.IN_PROGRESS,) * 4, ActionState.IMPLEMENTED, ActionState.CHECKED,
)  # fmt: skip
"""Of twenty actions half have ended, as after three years."""
PAGES = {
    "board": "/learning",
    "board, what is overdue": "/learning?show=overdue",
    "table": "/learning?view=table",
    "table, the last page": "/learning?view=table&page=60",
    "table by who sees to it": "/learning?view=table&by=owner",
    "table by theme": "/learning?view=table&by=theme",
    "timeline": "/learning?view=timeline",
}
QUERIES: dict[str, Callable[[UnitOfWork], object]] = {
    "query: board": lambda uow: learning.board(uow, Filters()),
    "query: table": lambda uow: learning.table(uow, Filters(), By.DUE, 1),
    "query: table by who sees to it": lambda uow: learning.table(uow, Filters(show=Show.OPEN), By.OWNER, 1),
    "query: timeline": lambda uow: learning.timeline(uow, Filters(), date(2024, 1, 1), date(2026, 12, 31), 1),
    "query: all 2,000 lines": learning.list_actions,
}


def fill(trust: Trust) -> str:
    """Make them; return the reference of one."""
    owners = [trust.executive_lead.id, trust.lead.id, trust.second_guardian.id, trust.administrator.id]
    for start in range(0, ACTIONS, _AT_ONCE):
        with trust.work(trust.guardian) as uow:
            themes = [code.key for code in vocabulary.codes(uow, vocabulary.CodeSet.THEME)]
            for number in range(start, start + _AT_ONCE):
                theme = themes[number % len(themes)] if number % 5 else None
                words = Wording(
                    f"Two more people on every late shift, {number}", "Too thin. " * 30, "More. " * 30, theme=theme
                )
                made = learning.propose_action(uow, words)
                _bring(uow, made, _STATES[number % len(_STATES)], owners[number % len(owners)], number)
    return made.ref


def _bring(uow: UnitOfWork, made: LearningAction, state: ActionState, owner: object, number: int) -> None:
    """Put it where it is to stand: the rows as the operations leave them, without the two years they take."""
    if state is ActionState.PROPOSED:
        return
    agreed = uow.today - timedelta(days=number % 700)
    made.state, made.owner_id, made.agreed_on = state, owner, agreed  # type: ignore[assignment]  # an id
    made.due_on, made.last_update_on = agreed + timedelta(days=120), agreed + timedelta(days=number % 100)
    if state is ActionState.CLOSED:
        made.closed_on = agreed + timedelta(days=150)


def _measure(trust: Trust, ref: str) -> None:
    with trust.work(trust.guardian) as uow:
        made = learning.find(uow, ref)
        learning.set_measure(
            uow, made, learning.Measure("Falls", "falls a month", Better.LOWER, Decimal(5), date(2025, 1, 1)), 0
        )
        days = [date(2023 + n // 12, n % 12 + 1, 1) for n in range(36)]
        learning.write_figures(
            uow, made, [Figure(day, Decimal(10 + n % 3 - n // 24 * 4)) for n, day in enumerate(days)], 1
        )


@contextmanager
def _timed(taken: list[float]) -> Iterator[None]:
    begun = process_time()
    yield
    taken.append(process_time() - begun)


def measure(rounds: int) -> dict[str, list[float]]:
    """Return seconds of processor by page and by query."""
    taken: dict[str, list[float]] = {name: [] for name in (*PAGES, "an action with a chart", *QUERIES)}
    with temporary_place() as place, in_process(place) as (visitor, carried, trust):
        ref = fill(trust)
        _measure(trust, ref)
        sign_in(visitor, trust)
        pages = {**PAGES, "an action with a chart": f"/learning/{ref}"}
        for _ in range(rounds):
            for name, path in pages.items():
                page = visitor.get(path)
                if page.status != 200:  # noqa: PLR2004 -- OK
                    raise page.refused()
                taken[name].append(carried.spent[-1].cpu)
        with trust.work(trust.guardian, writes=False) as uow:
            for _ in range(rounds):
                for name, query in QUERIES.items():
                    with _timed(taken[name]):
                        query(uow)
        for name, path in PAGES.items():
            print(f"{name}: {len(visitor.get(path).answer.body):,} bytes as sent")
    return taken


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    print(f"{ACTIONS:,} actions, {rounds} rounds. {figures.machine()}")
    taken = measure(rounds)
    print(figures.head("by the processor"))
    for name, seconds in taken.items():
        print(figures.row(name, seconds))
    slow = [name for name, seconds in taken.items() if median(seconds) >= MEDIAN_BAR]
    print(f"Over {MEDIAN_BAR * 1000:.0f} ms: {', '.join(slow) or 'none'}. {figures.machine()}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
