"""Words that leave the guardians: looked through first, with whatever could tell who somebody is pointed out.

What a guardian writes into a learning action is read by people who hold no key. It is held against names, numbers and
posts, and against the sealed words of the guardian's own cases that led to it. Nothing found, and it is saved at once;
something found, and it is shown with that marked, and saved only as it was shown.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from speakup import cases, identifying
from speakup.identifying import Kind
from speakup.kernel.uow import UnitOfWork
from speakup.web.fields import NoCase, PlainForm
from speakup.web.lines import Hidden


@dataclass(frozen=True, slots=True)
class Pointed:
    """What was found in the words of a form: each text in pieces, and how much there is of it."""

    texts: Mapping[str, list[tuple[str, Kind | None]]] = field(repr=False)
    """By the label of its field."""
    count: int
    from_cases: bool
    """Some of it stands in what people said in a case."""
    kept_out: bool
    """It would go to somebody who was kept out of a case that led to it."""


class CheckedForm(PlainForm):
    """A form of which some texts are looked through. `looked_at` names what was last shown to be looked over."""

    CHECKED: tuple[str, ...] = ()
    """Names of the fields whose words are looked through."""
    looked_at = Hidden()
    pointed: Pointed | None = None

    @property
    def texts(self) -> dict[str, str]:
        """Return the words that are looked through, by the label of their field."""
        return {str(self[name].label.text): self[name].data or "" for name in self.CHECKED}

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Let no reference of a case pass in the words that are looked through."""
        more = {name: [*(extra_validators or {}).get(name, ()), NoCase()] for name in self.CHECKED}
        return super().validate({**(extra_validators or {}), **more})

    def passes(
        self, uow: UnitOfWork, cases_to_read: Callable[[], Collection[uuid.UUID]], *, kept_out: bool = False
    ) -> bool:
        """Say whether it may be saved: nothing was found, or exactly this was looked over. Else point it out.

        Which cases its words are held against is asked only where there are any: no case is opened for a button.
        """
        written = any(text.strip() for text in self.texts.values())
        found = cases.learning_wording(uow, cases_to_read(), self.texts) if written else {}
        count = sum(map(len, found.values()))
        if not count and not kept_out:
            return True
        mark = self._mark(kept_out=kept_out)
        if self.looked_at.data == mark:
            return True
        self.looked_at.data = mark
        self.pointed = Pointed(
            {label: list(identifying.pieces(text, found[label])) for label, text in self.texts.items() if found[label]},
            count,
            any(each.kind in {Kind.COPIED, Kind.RARE} for every in found.values() for each in every),
            kept_out,
        )
        return False

    def _mark(self, **more: Any) -> str:  # noqa: ANN401 -- whatever JSON holds
        return hashlib.sha256(json.dumps([self.texts, self.besides(), more]).encode()).hexdigest()

    def besides(self) -> list[str]:
        """Return what else must not change between looking over and saving."""
        return []
