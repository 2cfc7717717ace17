"""Medians of every cryptographic step: `python benchmarks/crypto.py` from the root of the repository.

The design counts on these: sealing and opening a record cost microseconds, a wrapped key a tenth of a millisecond,
a receipt tens of milliseconds and a passphrase hundreds.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from threading import Event, Thread
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent.parent))

from speakup.crypto import envelope, keypairs, padding, passphrases, receipts, slots, streams, words

KEY = envelope.new_data_key()
CONTEXT = envelope.bind("organisation", "case", "conversation", 1, "record", 1)
ROOT_SECRET = keypairs.new_root_secret()
STAFF = keypairs.staff_keys(ROOT_SECRET)
PUBLIC = STAFF.public
SMALL, MESSAGE = b"w" * 256, b"w" * 4096
SEALED = envelope.seal(KEY, MESSAGE, CONTEXT)
WRAPPED = envelope.wrap_key(KEY, PUBLIC.sealing, CONTEXT)
SIGNATURE = STAFF.sign_vouching(MESSAGE)
FILE = bytes(1_000_000)
STORED = b"".join(streams.seal_stream([FILE], KEY, CONTEXT))
RECEIPT = receipts.draw()
GENERATION = receipts.new_generation(1)
LOCKED = passphrases.lock("a passphrase", ROOT_SECRET, CONTEXT)
DIGESTED = [bytes([number % 256]) * 32 for number in range(100)]


def steps() -> Iterator[tuple[str, int, Callable[[], object]]]:
    """What it is called, how often to run it, and the step."""
    yield "bind six parts", 5000, lambda: envelope.bind("organisation", "case", "conversation", 1, "record", 1)
    yield "seal 256 bytes", 5000, lambda: envelope.seal(KEY, SMALL, CONTEXT)
    yield "seal 4 KiB", 5000, lambda: envelope.seal(KEY, MESSAGE, CONTEXT)
    yield "open 4 KiB", 5000, lambda: envelope.open_sealed(KEY, SEALED, CONTEXT)
    yield "pad and unpad 4 KiB", 5000, lambda: padding.unpad(padding.pad(MESSAGE))
    yield "commit to a data key", 2000, lambda: envelope.commit(KEY, CONTEXT)
    yield "digest 100 records", 1000, lambda: envelope.digest(KEY, DIGESTED, CONTEXT)
    yield "wrap a data key", 1000, lambda: envelope.wrap_key(KEY, PUBLIC.sealing, CONTEXT)
    yield "unwrap a data key, keys ready", 1000, lambda: envelope.unwrap_key(WRAPPED, STAFF, CONTEXT)
    yield "unwrap a data key, keys derived", 500, _unwrap_from_the_root_secret
    yield "derive all public keys of staff", 500, lambda: keypairs.staff_keys(ROOT_SECRET).public
    yield "sign", 1000, lambda: STAFF.sign_vouching(MESSAGE)
    yield "verify a signature", 1000, lambda: keypairs.verify_signature(PUBLIC.vouching, MESSAGE, SIGNATURE)
    yield "seal a file of 1 MB", 20, lambda: sum(map(len, streams.seal_stream([FILE], KEY, CONTEXT)))
    yield "open a file of 1 MB", 20, lambda: sum(map(len, streams.open_stream([STORED], KEY, CONTEXT)))
    yield "read seven typed words", 1000, lambda: receipts.parse(RECEIPT.text())
    yield "find the nearest word", 20, lambda: words.nearest("abdmoen", words.all_words(), 3)
    yield "find the nearest word, at worst", 5, lambda: words.nearest("z" * 10, words.all_words(), 3)
    yield "open a receipt (19 MiB)", 10, lambda: receipts.open_receipt(RECEIPT, GENERATION, b"organisation")
    yield "unlock a passphrase (64 MiB)", 5, lambda: passphrases.unlock("a passphrase", LOCKED, CONTEXT)
    yield "answer for an unknown account", 5, passphrases.waste
    yield "five words of a fingerprint", 5, lambda: keypairs.five_words(PUBLIC.fingerprint(), b"organisation")


def _unwrap_from_the_root_secret() -> bytes:
    return envelope.unwrap_key(WRAPPED, keypairs.staff_keys(ROOT_SECRET), CONTEXT)


def _open_in_turn(client: str) -> None:
    with slots.RECEIPTS.hold(client):
        receipts.open_receipt(RECEIPT, GENERATION, b"organisation")


def seconds_while_one_client_guesses(guessing_threads: int, openings: int) -> list[float]:
    """How long right receipts take while another client guesses as fast as this process lets it."""
    stop = Event()

    def guess() -> None:
        while not stop.is_set():
            try:
                _open_in_turn("guesser")
            except slots.Full:
                continue

    threads = [Thread(target=guess) for _ in range(guessing_threads)]
    for thread in threads:
        thread.start()
    taken = [_seconds(lambda: _open_in_turn("reporter")) for _ in range(openings)]
    stop.set()
    for thread in threads:
        thread.join()
    return taken


def _seconds(step: Callable[[], object]) -> float:
    start = perf_counter()
    step()
    return perf_counter() - start


def median_seconds(times: int, step: Callable[[], object]) -> float:
    return median(_seconds(step) for _ in range(times))


def readable(seconds: float) -> str:
    return f"{seconds * 1e3:9.1f} ms" if seconds * 1e3 >= 1 else f"{seconds * 1e6:9.1f} µs"


if __name__ == "__main__":
    for name, times, step in steps():
        print(f"{name:<34}{readable(median_seconds(times, step))}")
    slowest = max(seconds_while_one_client_guesses(guessing_threads=32, openings=10))
    print(f"{'a receipt while one guesses, worst':<34}{readable(slowest)}")
