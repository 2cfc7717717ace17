"""Whatever somebody with write access does to the database, nobody ever reads a wrong word."""

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.security import tampering
from tests.security.tampering import World
from tests.trusts import Trust


@pytest.fixture
def world(trust: Trust) -> World:
    return tampering.make_world(trust)


def test_while_nothing_is_tampered_with_everybody_reads_the_truth(world: World) -> None:
    assert tampering.require_true_or_refused(world) == 0


def test_no_tampering_ever_shows_a_wrong_word(world: World, tmp_path: Path) -> None:
    clean = tampering.untouched(world, tmp_path)

    @settings(
        max_examples=60 if world.trust.stored.kind == "sqlite" else 15,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(seed=st.integers(0, 2**32), times=st.integers(1, 3))
    def property_holds(seed: int, times: int) -> None:
        tampering.restore(world, clean)
        choice = random.Random(seed)
        done = [tampering.tamper(world, choice) for _ in range(times)]
        try:
            tampering.require_true_or_refused(world)
        except Exception as wrong:
            wrong.add_note(repr(done))
            raise

    property_holds()
