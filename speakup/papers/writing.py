"""What a guardian writes for a publication, beside the figures."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from speakup.papers.pack import Cover, Recommendation, Text
from speakup.papers.plain import made_of, plain


@dataclass(frozen=True, slots=True)
class Words:
    """Everything that is typed."""

    cover: Cover = field(default_factory=Cover)
    texts: tuple[Text, ...] = ()
    themes: tuple[Text, ...] = ()
    """About a local theme each, whose label is the heading. One that too few people raised is left out."""
    stories: tuple[Text, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    actions: tuple[str, ...] = ()
    """References of learning actions."""

    def all_texts(self) -> Iterator[tuple[str, str]]:
        """Everything a second person has to read, each with its heading."""
        for text in (*self.texts, *self.themes, *self.stories):
            yield text.heading, "\n\n".join(text.paragraphs)
        for each in self.recommendations:
            yield "", "\n\n".join(part for part in (each.text, each.progress) if part)
        for said in asdict(self.cover).values():
            if isinstance(said, str) and said:
                yield "", said


def kept(words: Words) -> dict[str, Any]:
    """The words as a row keeps them."""
    found: dict[str, Any] = plain(words)
    return found


def read_words(row: dict[str, Any]) -> Words:
    """The words of a row."""
    return made_of(Words, row) if row else Words()
