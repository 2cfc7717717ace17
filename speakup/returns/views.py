"""What a page shows of a return: values that live for one request."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from speakup.returns.lines import WORDS, Line, Wording
from speakup.returns.models import ReturnState
from speakup.returns.rules import Difference, Figures, Finding, Quarter, Window, differences, digest, is_nil


@dataclass(frozen=True, slots=True)
class Words:
    """What is written beside the figures: lines R11 to R13."""

    themes: str = ""
    learning: str = ""
    comments: str = ""

    @property
    def by_line(self) -> dict[str, str]:
        """Give each its line."""
        return dict(zip(WORDS, (self.themes, self.learning, self.comments), strict=True))


@dataclass(frozen=True, slots=True)
class Submission:
    """One signing off, with what every line said."""

    number: int
    by_id: uuid.UUID
    at: datetime
    collector: str
    nil: bool
    words: Words
    lines: Sequence[tuple[str, str, int]]
    """Name, what it was called, and how many."""

    @property
    def figures(self) -> dict[str, int]:
        """Return how many, by line."""
        return {name: count for name, _label, count in self.lines}

    def is_of(self, counted: Figures, words: Words) -> bool:
        """Say whether exactly this was signed off."""
        return self.figures == dict(counted) and self.words == words


@dataclass(frozen=True, slots=True)
class Called:
    """What the lines of one quarter are called, and who collects them."""

    lines: Sequence[Line]
    words: Mapping[str, Wording]
    """R11 to R14."""
    collector: Wording


@dataclass(frozen=True, slots=True)
class ReturnView:
    """One quarter's return as it stands now: exact."""

    quarter: Quarter
    state: ReturnState
    revision: int
    window: Window
    called: Called
    counted: Figures
    words: Words
    findings: Sequence[Finding]
    submissions: Sequence[Submission]
    """Oldest first."""
    checked: bool
    """The checks were gone through with exactly this."""

    @property
    def mark(self) -> str:
        """Mark the figures and words."""
        return digest(self.counted, self.words.by_line)

    @property
    def nil(self) -> bool:
        """Whether no case was raised."""
        return is_nil(self.counted)

    @property
    def stops(self) -> bool:
        """Whether something was found with which it cannot be signed off."""
        return any(each.stops for each in self.findings)

    @property
    def last(self) -> Submission | None:
        """The newest signing off."""
        return self.submissions[-1] if self.submissions else None

    @property
    def changes(self) -> list[Difference]:
        """What is not as it was last signed off; nothing before the first time."""
        return differences(self.last.figures, self.counted) if self.last else []

    @property
    def words_changed(self) -> bool:
        """Whether other words were written since it was last signed off."""
        return self.last is not None and self.last.words != self.words

    @property
    def settled(self) -> bool:
        """Whether exactly this was signed off last."""
        return self.last is not None and self.last.is_of(self.counted, self.words)


@dataclass(frozen=True, slots=True)
class Listed:
    """A quarter among the others: no figure of it."""

    quarter: Quarter
    state: ReturnState
    window: Window
    over: bool
    submitted_at: datetime | None
    changed: bool
    """A figure is not as it was signed off."""
