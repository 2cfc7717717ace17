"""Guessers are slowed by what they cannot drop, and nobody else waits long for what they did."""

from dataclasses import dataclass, field

import pytest
from flask import Flask

from speakup.kernel.errors import Busy
from speakup.web.throttle import KEPT, STANDING, Pace, Throttle

PACE = Pace(free=3, step=0.1, longest=0.4)


@dataclass
class Clock:
    """A clock that goes on only where somebody stands in line, and notes for how long."""

    now: float = 1000.0
    stood: list[float] = field(default_factory=list)
    stopped: bool = False

    def __call__(self) -> float:
        return self.now

    def stand(self, seconds: float) -> None:
        self.stood.append(round(seconds, 6))
        self.now += 0 if self.stopped else seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slowing(clock: Clock) -> Throttle:
    return Throttle(clock, clock.stand)


def named(slowing: Throttle, address: str, what: str = "address") -> str:
    with Flask("bare").test_request_context(environ_base={"REMOTE_ADDR": address}):
        return slowing.address() if what == "address" else slowing.client(what)


def test_the_first_tries_pass_at_once_and_then_the_line_rests_after_each_a_little_longer(
    slowing: Throttle, clock: Clock
) -> None:
    for _ in range(12):
        slowing.queue({"there": PACE})
        slowing.failed("there")
    assert clock.stood == sorted(clock.stood)
    assert len(clock.stood) < 9
    assert max(clock.stood) <= PACE.longest


def test_somebody_elsewhere_never_stands_in_that_line(slowing: Throttle, clock: Clock) -> None:
    for _ in range(30):
        slowing.queue({"there": PACE})
        slowing.failed("there")
    clock.stood.clear()
    slowing.queue({"elsewhere": PACE})
    assert clock.stood == []


def test_a_line_that_is_too_long_is_said_at_once_and_is_short_again_in_a_moment(
    slowing: Throttle, clock: Clock
) -> None:
    clock.stopped = True
    slowing.failed(*["there"] * 20)
    for _ in range(5):
        slowing.queue({"there": PACE})
    assert clock.stood == pytest.approx([0.4, 0.8, 1.2, 1.6])
    with pytest.raises(Busy):
        slowing.queue({"there": PACE})
    clock.now += 0.5
    slowing.queue({"there": PACE})


def test_not_all_threads_stand_in_lines(clock: Clock) -> None:
    standing: list[int] = []

    def stand(_seconds: float) -> None:
        standing.append(len(standing))
        go_twice(len(standing))

    def go_twice(number: int) -> None:
        line = f"line {number}"
        slowing.failed(*[line] * 20)
        slowing.queue({line: PACE})
        slowing.queue({line: PACE})

    slowing = Throttle(clock, stand)
    with pytest.raises(Busy):
        go_twice(0)
    assert len(standing) == STANDING
    clock.now += 60
    slowing.queue({"line 0": PACE})


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("", "not an address", True),
    ],
)
def test_an_address_is_one_whatever_half_of_it_changes(slowing: Throttle, one: str, other: str, *, same: bool) -> None:
    assert (named(slowing, one) == named(slowing, other)) is same


def test_a_name_says_nothing_about_whose_it_is_and_ends_with_the_process(slowing: Throttle) -> None:
    assert "192.0.2" not in named(slowing, "192.0.2.1")
    assert named(slowing, "192.0.2.1") != named(Throttle(), "192.0.2.1")


def test_a_browser_that_failed_often_is_asked_to_wait_and_never_long(slowing: Throttle, clock: Clock) -> None:
    for _ in range(5):
        slowing.failed("client")
    assert slowing.wait("client") == 0
    for _ in range(50):
        slowing.failed("client")
    assert slowing.wait("client") == 30
    clock.now += 30
    assert slowing.wait("client") == 0


def test_getting_it_right_forgives_the_browser_and_not_the_address(slowing: Throttle, clock: Clock) -> None:
    for _ in range(20):
        slowing.failed("client", "there")
        slowing.queue({"there": PACE})
    slowing.succeeded("client")
    assert slowing.wait("client") == 0
    clock.stood.clear()
    slowing.queue({"there": PACE})
    assert clock.stood == [0.4]


def test_after_some_minutes_nothing_is_left_of_anybody(slowing: Throttle, clock: Clock) -> None:
    slowing.failed(*(str(number) for number in range(50)))
    slowing.queue({"0": Pace(0, 1, 1)})
    clock.now += 301
    slowing.wait("somebody else")
    slowing.queue({})
    assert len(slowing) == 0


def test_memory_is_bounded_and_the_newest_stays(slowing: Throttle) -> None:
    for number in range(KEPT + 100):
        slowing.failed("the guesser", str(number))
    assert len(slowing) == KEPT
    assert slowing.wait("the guesser") == 30
