from collections.abc import Callable, Iterator
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakup.crypto import envelope, errors, padding, streams

KEY = bytes(range(32))
CONTEXT = envelope.bind("file", 1)
HEADER = 33
SEALED_PART = streams.PART_LENGTH + envelope.SEAL_OVERHEAD
FULL = streams.PART_LENGTH - 4
THREE_PARTS = b"".join(bytes([number]) * FULL for number in (1, 2)) + b"the end"

lengths = st.sampled_from(
    [0, 1, 100, FULL - 1, FULL, FULL + 1, 2 * FULL, 2 * FULL + 1, 20 * FULL, 20 * FULL + 7, 70 * FULL + 1]
)


def sealed(content: bytes, context: bytes = CONTEXT) -> list[bytes]:
    return list(streams.seal_stream([content], KEY, context))


def opened(pieces: list[bytes], context: bytes = CONTEXT) -> bytes:
    return b"".join(streams.open_stream(pieces, KEY, context))


def cut(content: bytes, size: int) -> list[bytes]:
    return [content[start : start + size] for start in range(0, len(content), size)]


@given(lengths, st.integers(min_value=1, max_value=100_000), st.integers(min_value=500, max_value=100_000))
def test_a_stream_comes_back_however_it_is_cut(length: int, before: int, after: int) -> None:
    content = (b"0123456789abc" * (length // 13 + 1))[:length]
    stored = b"".join(streams.seal_stream(cut(content, max(before, length // 50)), KEY, CONTEXT))
    assert opened(cut(stored, max(after, len(stored) // 50))) == content


@given(lengths | st.integers(min_value=0, max_value=3_000_000))
def test_the_stored_size_is_known_before_and_tells_the_true_one_only_roughly(length: int) -> None:
    stored = sum(map(len, streams.seal_stream([bytes(length)], KEY, CONTEXT)))
    assert stored == streams.stored_length(length)
    parts = -(-(stored - HEADER) // SEALED_PART)
    framed = stored - HEADER - parts * envelope.SEAL_OVERHEAD
    assert framed == padding.padme(framed)
    assert framed <= (length + 4 * parts) * 1.12


def test_sizes_that_pad_alike_are_stored_alike() -> None:
    sizes = [streams.stored_length(length) for length in range(1_000_000, 1_030_000)]
    assert len(set(sizes)) == 2


@given(st.integers(min_value=0, max_value=2**45))
def test_padding_beyond_the_last_part_fills_whole_parts(length: int) -> None:
    content_parts = max(1, -(-length // FULL))
    framed = padding.padme(length + 4 * content_parts)
    assert framed <= content_parts * streams.PART_LENGTH or framed % streams.PART_LENGTH == 0


def test_padding_longer_than_a_part_gets_parts_of_its_own() -> None:
    pieces = sealed(bytes(70 * FULL + 1))
    assert len(pieces) == 1 + 72
    assert opened(pieces) == bytes(70 * FULL + 1)


def test_only_the_last_part_is_shorter() -> None:
    pieces = sealed(THREE_PARTS)
    assert [len(piece) for piece in pieces[:-1]] == [HEADER, SEALED_PART, SEALED_PART]
    assert len(pieces[-1]) < SEALED_PART


def test_a_stream_never_waits_for_more_than_a_few_parts() -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield bytes(1000)

    pieces = streams.seal_stream(endless(), KEY, CONTEXT)
    for _ in range(4):
        next(pieces)
    assert taken * 1000 <= 6 * streams.PART_LENGTH


def test_nothing_is_given_out_before_its_part_is_authenticated() -> None:
    header, first, second, last = sealed(THREE_PARTS)
    broken = second[:-1] + bytes([second[-1] ^ 1])
    opening = streams.open_stream([header, first, broken, last], KEY, CONTEXT)
    assert next(opening) == THREE_PARTS[:FULL]
    with pytest.raises(errors.Unreadable):
        next(opening)


@pytest.mark.parametrize("order", [order for order in permutations(range(4)) if order != (0, 1, 2, 3)])
def test_pieces_in_any_other_order_are_unreadable(order: tuple[int, ...]) -> None:
    pieces = sealed(THREE_PARTS)
    with pytest.raises(errors.Unreadable):
        opened([pieces[place] for place in order])


@pytest.mark.parametrize(
    "change",
    [
        lambda parts: parts[:-1],
        lambda parts: parts[:2],
        lambda parts: parts[:1],
        lambda _: [],
        lambda parts: [parts[0][:-1]],
        lambda parts: [parts[0], *parts[2:]],
        lambda parts: [parts[0], parts[1], *parts[1:]],
        lambda parts: [*parts, parts[-1]],
        lambda parts: [*parts, b"\0"],
        lambda parts: [*parts, *parts],
        lambda parts: [*parts[:-1], parts[-1][:-1]],
        lambda parts: [*parts[:-1], parts[-1] + b"\0"],
        lambda parts: [*parts[:-1], *sealed(THREE_PARTS)[-1:]],
    ],
    ids=[
        "last part missing",
        "two parts missing",
        "only the header",
        "nothing",
        "half a header",
        "first part missing",
        "a part doubled",
        "last part doubled",
        "a byte more",
        "the whole doubled",
        "a byte less",
        "last part longer",
        "last part of another sealing",
    ],
)
def test_a_stream_with_parts_missing_doubled_or_added_is_unreadable(
    change: Callable[[list[bytes]], list[bytes]],
) -> None:
    with pytest.raises(errors.Unreadable):
        opened(change(sealed(THREE_PARTS)))


@given(st.integers(min_value=0), st.integers(min_value=0, max_value=7))
def test_any_flipped_bit_makes_a_stream_unreadable(place: int, bit: int) -> None:
    stored = bytearray(b"".join(sealed(b"w" * 3000)))
    stored[place % len(stored)] ^= 1 << bit
    with pytest.raises(errors.Unreadable):
        opened([bytes(stored)])


@given(st.integers(min_value=0))
def test_any_truncation_makes_a_stream_unreadable(length: int) -> None:
    stored = b"".join(sealed(b"w" * 3000))
    with pytest.raises(errors.Unreadable):
        opened([stored[: length % len(stored)]])


def test_a_stream_opens_nowhere_else() -> None:
    with pytest.raises(errors.Unreadable):
        opened(sealed(b"A file."), envelope.bind("file", 2))
    with pytest.raises(errors.Unreadable):
        list(streams.open_stream(sealed(b"A file."), envelope.new_data_key(), CONTEXT))


def test_an_empty_file_has_no_version_to_be_unknown() -> None:
    with pytest.raises(errors.Unreadable) as caught:
        opened([])
    assert caught.type is errors.Unreadable


def test_an_unknown_version_has_an_error_of_its_own() -> None:
    header, *rest = sealed(b"A file.")
    with pytest.raises(errors.UnknownFormat):
        opened([b"\x02" + header[1:], *rest])


def test_only_a_32_byte_key_seals_a_stream() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        list(streams.seal_stream([b"A file."], bytes(16), CONTEXT))


@pytest.mark.parametrize("part", [b"", b"\0\0\0", (5).to_bytes(4) + b"word", (1).to_bytes(4) + b"wo"])
def test_a_part_that_no_sealing_writes_is_unreadable(part: bytes) -> None:
    """Whoever holds the key could still seal nonsense; it is refused like any other."""
    header = b"\x01" + bytes(32)
    own_key = envelope.subkey(KEY, "stream", envelope.bind(bytes(32), CONTEXT))
    with pytest.raises(errors.Unreadable):
        opened([header, envelope.seal(own_key, part, envelope.bind("part", 0, 1))])
