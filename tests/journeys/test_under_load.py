"""Small runs of `./run bench burst` and `./run bench loss`, against the site as it really runs."""

from pathlib import Path

import pytest

from benchmarks import burst, loss
from benchmarks.load.places import Place, Server, found_place

SEED = 20261


@pytest.fixture
def untouched(founded: Path, tmp_path: Path) -> Place:
    return found_place(tmp_path / "data", founded)


def test_many_at_once_are_all_heard_while_somebody_guesses(server: Server) -> None:
    before = burst.concerns_kept(server.place)
    with burst.somebody_guessing(server, connections=1) as guessing:
        result = burst.burst(server, clients=8, submissions=16)
        assert burst.seconds_to_open(server, result.told[0]) < burst.OPENS_WITHIN
    assert not result.failures
    assert burst.concerns_kept(server.place) == before + 16
    assert guessing.answers.total() > 0
    assert set(guessing.answers) <= {422, 429, 503}


def test_nothing_is_lost_and_nothing_happens_twice_when_processes_are_killed(untouched: Place) -> None:
    outcome = loss.run(untouched, submissions=8, seed=SEED, web=(0.5, 2.0), jobs=(2.0, 5.0))
    assert outcome.faults() == []
    assert outcome.killed["web process, just after a commit"] > 0
    assert outcome.interrupted > 0
