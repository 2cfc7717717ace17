import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakup.crypto import errors, padding


@given(st.integers(min_value=0, max_value=2**50))
def test_padme_adds_at_most_twelve_per_cent(length: int) -> None:
    assert length <= padding.padme(length) <= length * 1.12


@given(st.integers(min_value=0, max_value=2**50))
def test_padme_of_padme_adds_nothing(length: int) -> None:
    assert padding.padme(padding.padme(length)) == padding.padme(length)


@given(st.integers(min_value=0, max_value=2**40), st.integers(min_value=0, max_value=2**40))
def test_padme_never_makes_the_longer_the_shorter(one: int, other: int) -> None:
    assert (padding.padme(one) <= padding.padme(other)) or one > other


def test_padme_leaves_few_sizes_to_tell_apart() -> None:
    """The paper's point: the number of padded sizes grows with the logarithm, not with the length."""
    assert len({padding.padme(length) for length in range(2**19, 2**20)}) == 2**5 + 1


@pytest.mark.parametrize(
    ("length", "padded"),
    [(0, 0), (1, 1), (8, 8), (9, 10), (100, 104), (1000, 1024), (65_537, 67_584), (1_000_001, 1_015_808)],
)
def test_padme_keeps_as_many_leading_bits_as_the_length_of_the_length_has(length: int, padded: int) -> None:
    """Worked by hand from the paper's formula: all but the first floor(log2(floor(log2 L))) + 1 bits become zero."""
    assert padding.padme(length) == padded


@pytest.mark.parametrize(
    ("length", "padded"),
    [
        (0, 256),
        (252, 256),
        (253, 1024),
        (1020, 1024),
        (1021, 4096),
        (4092, 4096),
        (4093, 16_384),
        (16_380, 16_384),
        (16_381, 65_536),
        (65_532, 65_536),
        (65_533, 67_584),
    ],
)
def test_bodies_have_few_sizes(length: int, padded: int) -> None:
    assert len(padding.pad(bytes(length))) == padding.padded_length(length) == padded
    assert padding.unpad(padding.pad(bytes(length))) == bytes(length)


@given(st.binary(max_size=2000) | st.integers(0, 200_000).map(lambda length: b"w" * length))
def test_a_padded_body_comes_back(body: bytes) -> None:
    assert padding.unpad(padding.pad(body)) == body


@given(st.binary(max_size=600))
def test_what_pad_did_not_write_is_unreadable(padded: bytes) -> None:
    with pytest.raises(errors.Unreadable):
        padding.unpad(padded)


@given(st.binary(max_size=100), st.integers(min_value=0, max_value=255), st.integers(min_value=1, max_value=255))
def test_padding_that_is_not_zero_is_unreadable(body: bytes, place: int, value: int) -> None:
    changed = bytearray(padding.pad(body))
    position = max(place, 4 + len(body))
    changed[position] = value
    with pytest.raises(errors.Unreadable):
        padding.unpad(bytes(changed))


@pytest.mark.parametrize("change", [-1, 1, 256])
def test_a_padded_body_of_another_length_is_unreadable(change: int) -> None:
    padded = padding.pad(b"A word.")
    with pytest.raises(errors.Unreadable):
        padding.unpad(padded.ljust(len(padded) + change, b"\0")[: len(padded) + change])


def test_a_length_that_fits_another_step_is_unreadable() -> None:
    with pytest.raises(errors.Unreadable):
        padding.unpad((10).to_bytes(4).ljust(1024, b"\0"))
