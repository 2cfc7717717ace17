"""What helps somebody to talk with us: asked of them on the public form, and of their guardian, in the same words."""

from collections.abc import Collection
from dataclasses import dataclass, field

from flask_babel import gettext
from flask_babel import lazy_gettext as _

HELP = {
    "interpreter": _("An interpreter"),
    "bsl": _("British Sign Language"),
    "easy": _("Large print or easy words"),
    "someone": _("Having someone with me"),
}
"""What may be ticked, in the words of whoever asks for it."""


@dataclass(frozen=True, slots=True)
class HelpAsked:
    """What was asked for; all of it may be empty."""

    language: str = field(default="", repr=False)
    ticked: Collection[str] = ()
    """Keys of `HELP`; what is no key of it is passed over."""
    other: str = field(default="", repr=False)

    @property
    def in_words(self) -> str:
        """Write it one line each, as the guardian reads it."""
        lines = [str(words) for key, words in HELP.items() if key in self.ticked]
        if self.language:
            lines.insert(0, gettext("Language: %(language)s", language=self.language))
        return "\n".join([*lines, *([self.other] if self.other else [])])

    @property
    def languages(self) -> str:
        """Return what was written about the language, and sign language where it was ticked, for the routing rules."""
        signed = ["British Sign Language BSL"] if "bsl" in self.ticked else []
        return "\n".join([*([self.language] if self.language else []), *signed])
