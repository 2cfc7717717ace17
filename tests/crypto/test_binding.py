import uuid
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakup.crypto.binding import bind

Part = bytes | str | int | uuid.UUID
parts = st.lists(st.binary(max_size=8) | st.text(max_size=4) | st.integers() | st.uuids(), max_size=4)


def typed(values: list[Part]) -> list[tuple[type, Part]]:
    return [(type(value), value) for value in values]


@given(parts, parts)
def test_different_lists_never_bind_to_the_same_bytes(one: list[Part], other: list[Part]) -> None:
    assert (bind(*one) == bind(*other)) == (typed(one) == typed(other))


@given(st.binary(), st.binary(), st.integers(min_value=0, max_value=8))
def test_moving_the_border_between_two_parts_changes_the_bytes(one: bytes, other: bytes, by: int) -> None:
    joined = one + other
    moved = bind(joined[:by], joined[by:])
    assert (moved == bind(one, other)) == (joined[:by] == one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a", b"a"), (b"a", "a")),
        ((1,), ("1",)),
        ((), (b"",)),
        ((b"", b""), (b"",)),
        ((128,), (-128,)),
        ((0,), (256,)),
        ((uuid.UUID(int=1),), (uuid.UUID(int=1).bytes,)),
    ],
)
def test_likely_confusions_are_told_apart(one: tuple[Part, ...], other: tuple[Part, ...]) -> None:
    assert bind(*one) != bind(*other)


def test_the_bytes_are_tag_length_and_value() -> None:
    number = uuid.UUID("00112233-4455-6677-8899-aabbccddeeff")
    assert bind("é", b"\x00", -1, number).hex() == (
        "7300000002c3a9" + "620000000100" + "6900000001ff" + "750000001000112233445566778899aabbccddeeff"
    )


def test_a_member_of_a_text_enumeration_counts_as_its_text() -> None:
    class Compartment(StrEnum):
        IDENTITY = "identity"

    assert bind(Compartment.IDENTITY) == bind("identity")


def test_anything_else_is_refused() -> None:
    with pytest.raises(TypeError, match="float"):
        bind(1.5)  # type: ignore[arg-type]
