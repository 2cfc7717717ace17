"""Two at once: nothing is lost, nothing is done twice, and nobody is told of a fault that is none."""

import threading
from collections.abc import Callable

from speakup import cases, keyring
from speakup.kernel.actor import Actor, ActorKind
from speakup.kernel.errors import Conflict, NotFound
from speakup.kernel.ids import new_id
from speakup.keyring.operations import seen
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Trust

TIMES = 6


def together(*acts: Callable[[], object]) -> list[BaseException]:
    """Do all of these at the same time; return what went wrong."""
    wrong: list[BaseException] = []
    ready = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        try:
            ready.wait(10)
            act()
        except Exception as error:  # noqa: BLE001 -- whatever it is, the test shows it
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    return wrong


def test_two_guardians_and_the_person_write_at_once_and_every_word_is_kept(trust: Trust) -> None:
    raised = factories.raised_case(trust)
    first, second = readers_of(raised)

    def many(act: Callable[[int], object]) -> Callable[[], None]:
        def repeated() -> None:
            for number in range(TIMES):
                act(number)

        return repeated

    wrong = together(
        many(lambda number: factories.reply(raised, f"first {number}", by=first)),
        many(lambda number: factories.reply(raised, f"second {number}", by=second)),
        many(lambda number: factories.message(raised, f"person {number}")),
        many(lambda number: factories.note(raised, f"note {number}", by=first)),
    )
    assert wrong == []
    said = [each.text for each in raised.inbox().messages]
    assert sorted(said) == sorted(f"{who} {number}" for who in ("first", "second", "person") for number in range(TIMES))
    for who in ("first", "second", "person"):
        assert [each for each in said if each.startswith(who)] == [f"{who} {number}" for number in range(TIMES)]
    assert len(raised.view(second).notes) == TIMES


def test_reading_while_others_write_and_rotate_is_never_a_false_fault(trust: Trust) -> None:
    raised = factories.raised_case(trust)
    first, second = readers_of(raised)
    third = next(each for each in (trust.guardian, trust.second_guardian, trust.lead) if each not in (first, second))
    raised.view(first)
    raised.view(second)

    def rotate() -> None:
        for _ in range(3):
            with raised.as_(first) as (uow, case):
                keyring.grant(uow, case.id, third.id)
            with raised.as_(first) as (uow, case):
                keyring.revoke(uow, case.id, third.id)

    def read() -> None:
        for _ in range(TIMES):
            raised.view(second)
            with trust.work(second) as uow:
                assert [line.damaged for line in cases.worklist(uow, cases.Filters()).lines] == [False]

    def read_only() -> None:
        for _ in range(TIMES):
            with trust.work(second, writes=False) as uow:
                opened = keyring.open_case(uow, raised.id)
                keyring.read_many(uow, list(opened.values()))

    wrong = together(rotate, read, read_only, lambda: [raised.inbox() for _ in range(TIMES)])
    assert wrong == []


def drafted(trust: Trust) -> tuple[str, keyring.ReceiptSecrets, int]:
    with trust.work(trust.visitor) as uow:
        token = cases.start_draft(uow)
        draft = cases.read_draft(uow, token)
        generation = keyring.current_generation(uow)
    return token, keyring.submit_secrets(cases.receipt_of(draft), generation, trust.id, "tests"), generation.number


def test_a_draft_sent_twice_at_once_is_one_concern_and_both_pages_show_its_words(trust: Trust) -> None:
    token, secrets, generation = drafted(trust)
    sent: list[tuple[object, cases.DraftContent]] = []

    def send() -> None:
        reporter = Actor(ActorKind.REPORTER, trust.id, new_id(), root_secret=secrets.root_secret)
        with trust.work(reporter) as uow:
            sent.append(cases.raise_concern(uow, token, secrets, generation, factories.ConcernFactory.create()))

    assert together(send, send, send) == []
    assert sum(case is not None for case, _ in sent) == 1
    assert len({draft.words for _, draft in sent}) == 1
    assert all(draft.sent is not None for _, draft in sent)


def test_words_come_back_to_once(trust: Trust) -> None:
    token, secrets, _ = drafted(trust)
    with trust.work(trust.visitor) as uow:
        cases.park_draft(uow, token, secrets)
    tokens: list[str] = []

    def come_back() -> None:
        with trust.work(trust.visitor) as uow:
            tokens.append(cases.unpark_draft(uow, secrets))

    wrong = together(come_back, come_back)
    assert len(tokens) == 1
    assert [type(each) for each in wrong] == [NotFound]


def test_one_record_replaced_twice_at_once_keeps_one_and_tells_the_other(trust: Trust) -> None:
    raised = factories.raised_case(trust)
    first, second = readers_of(raised)

    def title(who: object, text: str) -> Callable[[], None]:
        def act() -> None:
            with raised.as_(who) as (uow, case):  # type: ignore[arg-type]
                cases.title_case(uow, case, text)

        return act

    wrong = together(title(first, "One"), title(second, "Other"))
    assert all(isinstance(each, Conflict) for each in wrong)
    assert raised.view(first).title in {"One", "Other"}
    assert raised.view(first).title == raised.view(second).title


def test_what_one_page_saw_another_does_not_forget(trust: Trust) -> None:
    """The memory of what was seen is one row a guardian: two pages at once must both be in it."""
    raised = [factories.raised_case(trust) for _ in range(4)]
    mine: dict[object, list[RaisedCase]] = {}
    for each in raised:
        for who in readers_of(each):
            mine.setdefault(who.id, []).append(each)
    who = next(each for each in trust.people.values() if len(mine.get(each.id, [])) >= 2)
    assert together(*(lambda each=each: each.view(who) for each in mine[who.id])) == []
    with trust.work(who) as uow:
        assert len(seen.memory(uow).entries()) == 3 * len(mine[who.id])
