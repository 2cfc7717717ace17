"""Word files that are begun here: of all that a file says of itself, only what it should say."""

import re
import zipfile
from io import BytesIO

import docx
from docx.document import Document
from docx.opc.package import OpcPackage
from docx.opc.part import XmlPart
from docx.oxml.ns import qn

from speakup.gateways.documents import packing

_TRACES = frozenset({"thumbnail", "extended-properties", "customXml", "stylesWithEffects"})
"""What the empty document that every one begins as has beside its text: whose it was, and how it looked."""
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def begun(title: str) -> Document:
    """Begin a document in British English that says of itself only its title."""
    document = docx.Document()
    package = _package(document)
    for relations in (package.rels, document.part.rels):
        for id, relation in list(relations.items()):
            if relation.reltype.rpartition("/")[2] in _TRACES:
                del relations[id]
    said = document.core_properties._element  # noqa: SLF001 -- what is emptied by its own names is left there as empty
    for each in list(said):
        said.remove(each)
    document.core_properties.title = plain(title)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")
    return document


def packed(document: Document) -> bytes:
    """Save it, the same bytes for the same document: as it is saved by itself, each part says when that was."""
    _without_numbers_of_saving(_package(document))
    file = BytesIO()
    document.save(file)
    with zipfile.ZipFile(file) as package:
        return b"".join(packing.zipped((name, [package.read(name)]) for name in package.namelist()))


def _package(document: Document) -> OpcPackage:
    package: OpcPackage | None = document.part.package
    if package is None:
        raise LookupError("a document in no package")
    return package


def plain(words: str) -> str:
    """Leave out what no XML may hold."""
    return _NOT_IN_XML.sub("", words.replace("\r\n", "\n").replace("\r", "\n"))


def _without_numbers_of_saving(package: OpcPackage) -> None:
    """Each saving of a document leaves a number, by which two of them can be told to come from one."""
    for part in package.iter_parts():
        if not isinstance(part, XmlPart):
            continue
        for element in part.element.iter():
            for name in [each for each in element.attrib if each.startswith(qn("w:rsid"))]:
                del element.attrib[name]
        for numbers in list(part.element.iter(qn("w:rsids"), qn("w:rsid"))):
            numbers.getparent().remove(numbers)
