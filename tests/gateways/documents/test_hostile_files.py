"""Whatever arrives, cleaning gives a cleaned file or a refusal, and never takes long."""

import copy
import random
import time
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree

from speakup.gateways.documents import Cleaned, Kind, Limits, Refused, clean, segments, writing
from tests.gateways.documents import offices, papers, pictures

LIMITS = Limits(size=2_000_000, kept_size=4_000_000, pixels=4_000_000, unpacked=20_000_000, cpu_seconds=10)
SEEDS: dict[str, Callable[[], bytes]] = {
    "jpg": lambda: pictures.jpeg(exif=pictures.exif(), icc_profile=pictures.profile()),
    "png": pictures.animated_png,
    "webp": pictures.animated_webp,
    "gif": pictures.animated_gif,
    "heic": pictures.heic,
    "pdf": papers.with_form,
    "docx": offices.with_word_comment,
    "xlsx": offices.with_shared_strings,
    "pptx": offices.with_slide_comment,
    "txt": lambda: "The rota had two nurses – “none” of them ours.\n".encode() * 9,
    "csv": lambda: b'day,note\r\nMonday,"=1+1"\r\n' * 9,
}


@cache
def seed(ending: str) -> bytes:
    return SEEDS[ending]()


def outcome(name: str, body: bytes) -> Cleaned | Refused:
    started = time.monotonic()
    try:
        return clean(name, body, keep_other=False, limits=LIMITS)
    except Refused as refusal:
        return refusal
    finally:
        assert time.monotonic() - started < 30


def damaged(body: bytes, number: int) -> bytes:
    """The same damage for the same number: bits flipped, parts cut, doubled, moved or blanked."""
    chance = random.Random(number)
    pieces = bytearray(body)
    for _ in range(chance.choice([1, 1, 2, 5, 20])):
        at, length = chance.randrange(len(pieces)), chance.choice([1, 1, 2, 4, 40, 400])
        match chance.randrange(5):
            case 0:
                pieces[at] ^= 1 << chance.randrange(8)
            case 1 if len(pieces) > length + 1:
                del pieces[at : at + length]
            case 2:
                pieces[at:at] = pieces[at : at + length]
            case 3:
                pieces[at : at + length] = chance.randbytes(length)
            case _:
                pieces[at : at + 4] = chance.choice(
                    [b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\0\0\0\1"]
                )
    return bytes(pieces)


@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize("ending", SEEDS)
def test_a_damaged_file_is_cleaned_or_refused(ending: str, number: int) -> None:
    result = outcome(f"a.{ending}", damaged(seed(ending), number))
    assert isinstance(result, (Cleaned, Refused))
    if isinstance(result, Cleaned):
        assert len(result.body) <= LIMITS.kept_size


@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize("ending", ["docx", "xlsx", "pptx"])
def test_an_office_file_with_one_damaged_part_is_cleaned_or_refused(ending: str, number: int) -> None:
    parts = offices.members(seed(ending))
    name = random.Random(number).choice(sorted(name for name in parts if name.endswith((".xml", ".rels"))))
    parts[name] = shuffled(parts[name], number)
    assert isinstance(outcome(f"a.{ending}", offices.zipped(parts)), (Cleaned, Refused))


def shuffled(markup: bytes, number: int) -> bytes:
    """The same XML with some elements taken out, doubled or moved, and still well formed."""
    chance, root = random.Random(number), etree.fromstring(markup)
    for element in chance.sample(list(root.iter()), k=min(6, len(root))):
        parent = element.getparent()
        if parent is None:
            continue
        match chance.randrange(3):
            case 0:
                parent.remove(element)
            case 1:
                parent.insert(0, copy.deepcopy(element))
            case _:
                root.append(element)
    written: bytes = etree.tostring(root)
    return written


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(sorted(SEEDS)), st.binary(max_size=2_000), st.integers(0, 64))
@example("jpg", b"\xff\xd8\xff", 0)
@example("heic", b"\0\0\0\x18ftypheic", 0)
def test_any_bytes_are_cleaned_or_refused(ending: str, body: bytes, kept: int) -> None:
    assert isinstance(outcome(f"a.{ending}", seed(ending)[:kept] + body), (Cleaned, Refused))


SMALLEST_JPEG_2000 = b"\xff\x4f\xff\x51\0\4ab\xff\x64\0\4cd\xff\x90picture\xff\xd9"
STRIPPERS = {
    "jpg": segments.strip_jpeg,
    "png": segments.strip_png,
    "webp": segments.strip_webp,
    "gif": segments.strip_gif,
    "jp2": segments.strip_jpeg2000,
}


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(STRIPPERS)), st.integers(0, 10**9), st.binary(max_size=300))
def test_taking_a_picture_apart_ends_in_a_whole_one_or_a_refusal(ending: str, number: int, body: bytes) -> None:
    whole = seed(ending) if ending in SEEDS else SMALLEST_JPEG_2000
    for tried in (damaged(whole, number), whole[:30] + body):
        try:
            stripped = STRIPPERS[ending](tried)
        except Refused:
            continue
        assert STRIPPERS[ending](stripped.body).body == stripped.body


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=400))
def test_facts_about_damaged_metadata_are_found_or_not_but_never_an_error(inside: bytes) -> None:
    for start in (b"", b"Exif\0\0II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"):
        segments.found_in_exif(start + inside)
    segments.found_in_xmp(inside)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300), st.sampled_from([Kind.TEXT, Kind.CSV]))
def test_cleaning_words_twice_changes_nothing_more(said: str, kind: Kind) -> None:
    try:
        once = writing.rebuild(kind, said.encode("utf-8", "replace"), LIMITS)
    except Refused:
        return
    if once.body:
        again = writing.rebuild(kind, once.body, LIMITS)
        assert again.body == once.body
