"""Turns are tested on the lines themselves, without threads; threads only where waiting itself is the point."""

from threading import Event, Thread

import pytest

from speakup.crypto import slots
from speakup.crypto.slots import Full, Slots, Turns


def test_as_many_as_the_limit_hold_a_slot_and_the_next_is_turned_away() -> None:
    two = Slots(limit=2, wait_seconds=0)
    with two.hold("one"), two.hold("two"), pytest.raises(Full), two.hold("three"):
        pytest.fail("a third slot was given")
    with two.hold("three"):
        pass


def test_every_slot_comes_back() -> None:
    three = Slots(limit=3, wait_seconds=0)
    for _ in range(2):
        with three.hold("one"), three.hold("two"), three.hold("three"):
            pass


def test_a_slot_comes_back_after_an_error() -> None:
    one = Slots(limit=1, wait_seconds=0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), one.hold("client"):
            raise ZeroDivisionError
    with one.hold("client"):
        pass


def test_waiting_clients_take_turns_whatever_their_number_of_requests() -> None:
    one = Turns(limit=1)
    running = one.join("guesser")
    waiting = {f"guesser {n}": ("guesser", one.join("guesser")) for n in range(1, 5)}
    waiting |= {f"{name} 1": (name, one.join(name)) for name in ("ann", "bo")}
    waiting["ann 2"] = ("ann", one.join("ann"))

    served = []
    holder = ("guesser", running)
    while waiting:
        one.leave(*holder)
        (name,) = [name for name, (_, turn) in waiting.items() if turn.is_set()]
        served.append(name)
        holder = waiting.pop(name)
    one.leave(*holder)

    assert served == ["guesser 1", "ann 1", "bo 1", "guesser 2", "ann 2", "guesser 3", "guesser 4"]
    assert one.join("anyone").is_set()


def test_a_newcomer_waits_for_at_most_one_turn_of_each_other_client() -> None:
    one = Turns(limit=1)
    running = one.join("guesser")
    turns = [one.join("guesser") for _ in range(100)]
    reporter = one.join("reporter")
    one.leave("guesser", running)
    one.leave("guesser", turns[0])
    assert reporter.is_set()
    assert not turns[1].is_set()


def test_who_gives_up_leaves_the_line() -> None:
    one = Slots(limit=1, wait_seconds=0)
    for _ in range(3):
        with one.hold("first"), pytest.raises(Full), one.hold("second"):
            pytest.fail("a second slot was given")
    with one.hold("third"):
        pass


def test_a_slot_handed_over_too_late_is_passed_on() -> None:
    one = Turns(limit=1)
    first, late, next_in_line = one.join("first"), one.join("late"), one.join("next")
    one.leave("first", first)
    assert late.is_set()
    one.leave("late", late)
    assert next_in_line.is_set()


def test_a_waiting_thread_goes_on_when_a_slot_is_free() -> None:
    one = Slots(limit=1, wait_seconds=30)
    holding, finish, done = Event(), Event(), []

    def hold_until_told() -> None:
        with one.hold("first"):
            holding.set()
            finish.wait(30)
        done.append("first")

    def wait_for_a_turn() -> None:
        with one.hold("second"):
            done.append("second")

    first, second = Thread(target=hold_until_told), Thread(target=wait_for_a_turn)
    first.start()
    assert holding.wait(30)
    second.start()
    finish.set()
    first.join(30)
    second.join(30)
    assert sorted(done) == ["first", "second"]


def test_no_more_than_the_limit_ever_run_together() -> None:
    two = Slots(limit=2, wait_seconds=30)
    together: list[int] = []
    inside: set[int] = set()

    def work(number: int) -> None:
        for _ in range(20):
            with two.hold(str(number % 3)):
                inside.add(number)
                together.append(len(inside))
                inside.discard(number)

    threads = [Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(together) == 160
    assert max(together) <= 2


def test_each_kind_of_derivation_has_slots_of_its_own() -> None:
    kinds = [slots.SUBMITTING, slots.RECEIPTS, slots.SIGN_IN]
    assert len({id(kind) for kind in kinds}) == 3
    assert all(kind.wait_seconds == 2.0 and kind.limit >= 1 for kind in kinds)


def test_words_and_passphrases_that_may_be_guesses_have_one_slot_a_process() -> None:
    assert (slots.RECEIPTS.limit, slots.SIGN_IN.limit) == (1, 1)
