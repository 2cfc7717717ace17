"""The answer to a request for access as a Word file: headings that are headings, and nothing that is not read on it."""

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO

import docx
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import RGBColor
from docx.text.paragraph import Paragraph

from speakup.gateways.documents import packing

_BLACK, _WHITE = "000000", RGBColor(255, 255, 255)
_TRACES = frozenset({"thumbnail", "extended-properties", "customXml", "stylesWithEffects"})
"""What the empty document that every one begins as has beside its text: whose it was, and how it looked."""
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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
    document = docx.Document()
    _without_traces(document, answer.title)
    document.add_heading(_plain(answer.title), 1)
    document.add_paragraph(_plain(answer.about))
    document.add_paragraph(_plain(answer.dates))
    _written(document.add_paragraph(), answer.blank_means, answer.blank)
    document.add_heading(_plain(answer.heading), 2)
    given = list(answer.given)
    for words in given:
        _written(document.add_paragraph(style="List Number"), words, answer.blank)
    if not given:
        document.add_paragraph(_plain(answer.nothing))
    file = BytesIO()
    document.save(file)
    return _without_times(file)


def _without_times(file: BytesIO) -> bytes:
    """Pack it anew: as it is saved, each part says when that was."""
    with zipfile.ZipFile(file) as package:
        return b"".join(packing.zipped((name, [package.read(name)]) for name in package.namelist()))


def _written(paragraph: Paragraph, words: str, blank: str) -> None:
    for part, is_blank in _parts(_plain(words), blank):
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


def _plain(words: str) -> str:
    """Leave out what no XML may hold."""
    return _NOT_IN_XML.sub("", words.replace("\r\n", "\n").replace("\r", "\n"))


def _without_traces(document: Document, title: str) -> None:
    """Keep of all that a file says of itself only its title and its language."""
    package = document.part.package
    if package is None:
        raise LookupError("a document in no package")
    for relations in (package.rels, document.part.rels):
        for id, relation in list(relations.items()):
            if relation.reltype.rpartition("/")[2] in _TRACES:
                del relations[id]
    said = document.core_properties._element  # noqa: SLF001 -- what is emptied by its own names is left there as empty
    for each in list(said):
        said.remove(each)
    document.core_properties.title = _plain(title)
    # Each saving of a document leaves a number, by which two of them can be told to come from one.
    for element in (*document.element.iter(), *document.settings.element.iter()):
        for name in [each for each in element.attrib if each.startswith(qn("w:rsid"))]:
            del element.attrib[name]
    for numbers in document.settings.element.findall(qn("w:rsids")):
        document.settings.element.remove(numbers)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")
