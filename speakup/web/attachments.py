"""Files on their way in: cleaned in a child process, scanned, sealed; or refused in a sentence that says what to do."""

import io
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from flask import request
from werkzeug.datastructures import FileStorage

from speakup.gateways.documents import Limits, Reason, Refused, clean
from speakup.gateways.scanner import ScannerUnavailable, Verdict
from speakup.gateways.sealed_files import StoredFile, blob_name, store
from speakup.organisations import Organisation
from speakup.web import file_words
from speakup.web.bodies import WORDS_LIMIT
from speakup.web.lines import without_controls
from speakup.web.site import site

_SHOWN_NAME = 60
KEPT_FOR_WORDS = 1 << 30
"""Bytes of the disk that no file takes: when files have filled the rest, words are still taken for a long time."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """What became of the files of one post."""

    stored: list[StoredFile] = field(repr=False)
    refusals: list[str] = field(repr=False)
    """One sentence for each file that was not kept."""


def allow_files(organisation: Organisation) -> None:
    """Let this one request be as large as the organisation's files may be together. Called before the body is read."""
    request.max_content_length = organisation.file_count_limit * organisation.file_size_limit + WORDS_LIMIT


def chosen(name: str) -> list[FileStorage]:
    """Return the files somebody chose; a file field left alone sends an empty one."""
    return [each for each in request.files.getlist(name) if each.filename]


def take_in(
    files: Iterable[FileStorage],
    whose: uuid.UUID,
    limit: int,
    room: int,
    *,
    as_they_are: bool,
    space: int | None = None,
) -> Incoming:
    """Clean, scan and seal each file, outside any unit of work.

    `limit`: bytes each; `room`: how many more may come; `space`: bytes together, where there is a limit to that too.
    """
    incoming = Incoming([], [])
    for each in files:
        if len(incoming.stored) >= room:
            incoming.refusals.append(file_words.too_many_files(_shown(each)))
            continue
        if not _fits(each):
            incoming.refusals.append(file_words.disk_kept_for_words(_shown(each)))
            continue
        if space is not None and size(each) + sum(stored.size for stored in incoming.stored) > space:
            incoming.refusals.append(file_words.no_space(_shown(each)))
            continue
        try:
            incoming.stored.append(_take_in(each, whose, limit, as_they_are=as_they_are))
        except Refused as refused:
            incoming.refusals.append(file_words.refusal(refused.reason, _shown(each), limit))
        except ScannerUnavailable:
            incoming.refusals.append(file_words.scanner_away(_shown(each)))
    return incoming


def forget(whose: uuid.UUID, files: Iterable[StoredFile]) -> None:
    """Delete the blobs of files that belong to nothing any more."""
    for each in files:
        site().blobs.delete(blob_name(whose, each.blob_id))


def _take_in(sent: FileStorage, whose: uuid.UUID, limit: int, *, as_they_are: bool) -> StoredFile:
    body = sent.stream.read(limit + 1)
    cleaned = clean(sent.filename or "", body, keep_other=as_they_are, limits=Limits(size=limit))
    scanner = site().scanner
    if scanner.scan(cleaned.body) is Verdict.INFECTED:
        raise Refused(Reason.MALWARE)
    return store(site().blobs, whose, cleaned, scanned=scanner.configured)


def _fits(sent: FileStorage) -> bool:
    free = site().blobs.free()
    return free is None or free - size(sent) >= KEPT_FOR_WORDS


def size(sent: FileStorage) -> int:
    """Return how many bytes were sent."""
    end = sent.stream.seek(0, io.SEEK_END)
    sent.stream.seek(0)
    return end


def _shown(sent: FileStorage) -> str:
    return " ".join(without_controls(sent.filename or "").split())[:_SHOWN_NAME]
