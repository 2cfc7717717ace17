"""docx, xlsx and pptx, packed anew from the parts that a reader sees.

A part is kept only when the chain of relationships from the main document leads to it through kinds on an allow-list;
properties, people, macros, embedded files, custom XML, printer settings and thumbnails are on none. Every kept part is
parsed, swept and written again under a name of our own. Source: ECMA-376 parts 1 and 2, MS-DOCX, MS-XLSX, MS-PPTX.
"""

from speakup.gateways.documents.office import sheets, slides, word
from speakup.gateways.documents.office.archive import pack, unpack
from speakup.gateways.documents.office.package import Package
from speakup.gateways.documents.outcomes import Kind, Limits, Rebuilt

_FAMILIES = {Kind.DOCX: word.FAMILY, Kind.XLSX: sheets.FAMILY, Kind.PPTX: slides.FAMILY}


def rebuild(kind: Kind, body: bytes, limits: Limits) -> Rebuilt:
    members, removed = unpack(body, limits)
    package = Package(members, _FAMILIES[kind], limits)
    package.gather()
    return Rebuilt(pack(package.written()), removed | package.removed)
