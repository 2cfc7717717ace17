"""The answer to a request for access as a Word file: headings that are headings, and nothing that is not read on it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import RGBColor
from docx.text.paragraph import Paragraph

from speakup.gateways.documents.office import fresh

_BLACK, _WHITE = "000000", RGBColor(255, 255, 255)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the file says, in the language of whoever gives it. `blank` stands in `given` where words are left out."""

    title: str
    about: str = field(repr=False)
    dates: str
    blank: str
    blank_means: str
    heading: str
    given: Iterable[str] = field(repr=False)
    nothing: str
    """Said where there is nothing to give."""


def answer_in_word(answer: Answer) -> bytes:
    """Write it. What was left out is not in the file: its place is white on black, and reads as what `blank` says."""
    document = fresh.begun(answer.title)
    document.add_heading(fresh.plain(answer.title), 1)
    document.add_paragraph(fresh.plain(answer.about))
    document.add_paragraph(fresh.plain(answer.dates))
    _written(document.add_paragraph(), answer.blank_means, answer.blank)
    document.add_heading(fresh.plain(answer.heading), 2)
    given = list(answer.given)
    for words in given:
        _written(document.add_paragraph(style="List Number"), words, answer.blank)
    if not given:
        document.add_paragraph(fresh.plain(answer.nothing))
    return fresh.packed(document)


def _written(paragraph: Paragraph, words: str, blank: str) -> None:
    for part, is_blank in _parts(fresh.plain(words), blank):
        run = paragraph.add_run(part)
        if is_blank:
            run.font.color.rgb = _WHITE
            shade = OxmlElement("w:shd")
            for name, value in (("val", "clear"), ("color", "auto"), ("fill", _BLACK)):
                shade.set(qn(f"w:{name}"), value)
            run._element.get_or_add_rPr().append(shade)  # noqa: SLF001 -- there is no other way to shade a run


def _parts(words: str, blank: str) -> Iterator[tuple[str, bool]]:
    """Part words at what stands for others."""
    for number, piece in enumerate(words.split(blank)):
        if number:
            yield blank, True
        if piece:
            yield piece, False
