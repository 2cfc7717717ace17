"""The words for files: their sizes, what was taken out of them, and why one was not kept."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext, lazy_gettext

from speakup.gateways.documents import Reason, Removed

_ = lazy_gettext

REMOVED: dict[Removed, Any] = {
    Removed.LOCATION: _("where it was made"),
    Removed.CAMERA: _("which phone, camera or program made it"),
    Removed.DATES: _("dates and times"),
    Removed.AUTHOR: _("names of people and organisations"),
    Removed.DESCRIPTION: _("titles and notes that cannot be seen"),
    Removed.EDIT_HISTORY: _("earlier versions"),
    Removed.THUMBNAIL: _("small copies of the picture"),
    Removed.EXTRA_DATA: _("things stored after its end"),
    Removed.EXTRA_PICTURES: _("more pictures behind the one you see"),
    Removed.COMMENT_AUTHORS: _("who wrote comments and changes"),
    Removed.MACROS: _("small programs"),
    Removed.SCRIPTS: _("small programs"),
    Removed.EMBEDDED_FILES: _("other files inside it"),
    Removed.FORM_FIELDS: _("form boxes; what is filled in can still be seen"),
    Removed.HIDDEN_TEXT: _("hidden words"),
    Removed.HIDDEN_SHEETS: _("hidden sheets"),
    Removed.LINKS: _("addresses behind links"),
    Removed.TAGS: _("marks for reading aloud"),
}
"""What was found in a file and is no longer there, in words that follow "We took out:"."""

REFUSALS: dict[Reason, Any] = {
    Reason.TOO_LARGE: _("“%(name)s” is too large: a file may have up to %(limit)s. Send a smaller copy."),
    Reason.EMPTY: _("“%(name)s” is empty. Choose the file again."),
    Reason.TRUNCATED: _("The end of “%(name)s” is missing. Choose the file again, or save a new copy and send that."),
    Reason.MISLABELLED: _(
        "“%(name)s” is not the kind of file its name says. Save it again with the right ending, or send a photo of it."
    ),
    Reason.BOMB: _("“%(name)s” gets far too large when it is opened. Send a part of it, or a photo of it."),
    Reason.ENCRYPTED: _("“%(name)s” has a password. Save a copy without a password and send that."),
    Reason.POLYGLOT: _("“%(name)s” has another kind of file hidden in it. Save a new copy, or send a photo of it."),
    Reason.MALWARE: _("“%(name)s” holds something that can harm a computer. It was not kept. Send a photo of it."),
    Reason.NEEDS_AGREEMENT: _(
        "We cannot clean “%(name)s”. To send it as it is, tick “Send it as it is” below and choose it again."
    ),
    Reason.PROGRAM: _("“%(name)s” is a program or a web page, which we never keep. Send a photo of what it shows."),
    Reason.TOO_SLOW: _("“%(name)s” took too long to clean. Send a part of it, or try again later."),
    Reason.UNREADABLE: _("“%(name)s” is damaged, or of a kind we cannot read. Save a new copy, or send a photo of it."),
}
"""Why a file was not kept, and what to do."""

_SMALL = 1024


def size(count: int) -> str:
    """Write a size in bytes for people."""
    if count < _SMALL * _SMALL:
        return str(gettext("%(number)s kB", number=max(1, round(count / _SMALL))))
    return str(gettext("%(number)s MB", number=f"{count / _SMALL / _SMALL:.1f}".removesuffix(".0")))


def removed_words(found: Iterable[str]) -> str:
    """Say what was taken out of a file: "We took out: dates and times, where it was made."; nothing for nothing."""
    words = dict.fromkeys(str(REMOVED[Removed(each)]) for each in found)
    return str(gettext("We took out: %(what)s.", what=", ".join(words))) if words else ""


def refusal(reason: Reason, name: str, limit: int) -> str:
    """Say why a file was not kept. `limit` is in bytes."""
    return str(REFUSALS[reason]) % {"name": name, "limit": size(limit)}


def none_chosen() -> str:
    """Say what to do before files can be added."""
    return str(gettext("Choose a file first, then press “Add these files”. To go on without one, press “Continue”"))


def too_many_files(name: str) -> str:
    """Say that a file has no room."""
    return str(gettext("“%(name)s” was not kept: there is no room for more files. Remove one first.", name=name))


def disk_kept_for_words(name: str) -> str:
    """Say that the disk is nearly full and takes words only, and what to do."""
    words = gettext(
        "“%(name)s” was not kept: there is little room left here, and we keep it for words. What you wrote is safe. "
        "Send it without this file, and say in it that there is a file: the guardian will tell you how to send it.",
        name=name,
    )
    return str(words)


def no_space(name: str) -> str:
    """Say that the disk is kept for others, and what to do."""
    words = gettext(
        "“%(name)s” was not kept: very many files are waiting here just now. What you wrote is safe. "
        "Send it without this file, and add the file later in your private inbox; or try again in two hours.",
        name=name,
    )
    return str(words)


def scanner_away(name: str) -> str:
    """Say that a file could not be looked at, so that it was not kept."""
    words = gettext(
        "“%(name)s” was not kept: we cannot check files for harm just now. "
        "Go on without it. You can send it later from your private inbox.",
        name=name,
    )
    return str(words)
