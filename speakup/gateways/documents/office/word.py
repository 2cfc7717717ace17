"""docx: revision marks, fields that point elsewhere, hidden text, and settings that tell of the maker."""

import re
from itertools import takewhile

from speakup.gateways.documents.office.markup import Element, every, local, remove, remove_attributes, unwrap
from speakup.gateways.documents.office.package import Family, Part
from speakup.gateways.documents.outcomes import Removed

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_DRAWN = "application/vnd.openxmlformats-officedocument.drawingml."
_MICROSOFT = "application/vnd.ms-office."

DRAWING_TYPES = {
    "theme": "application/vnd.openxmlformats-officedocument.theme+xml",
    "themeOverride": "application/vnd.openxmlformats-officedocument.themeOverride+xml",
    "chart": f"{_DRAWN}chart+xml",
    "chartUserShapes": f"{_DRAWN}chartshapes+xml",
    "chartStyle": f"{_MICROSOFT}chartstyle+xml",
    "chartColorStyle": f"{_MICROSOFT}chartcolorstyle+xml",
    "chartEx": f"{_MICROSOFT}chartex+xml",
    "diagramData": f"{_DRAWN}diagramData+xml",
    "diagramLayout": f"{_DRAWN}diagramLayout+xml",
    "diagramQuickStyle": f"{_DRAWN}diagramStyle+xml",
    "diagramColors": f"{_DRAWN}diagramColors+xml",
    "diagramDrawing": f"{_MICROSOFT}drawingml.diagramDrawing+xml",
    "vmlDrawing": "application/vnd.openxmlformats-officedocument.vmlDrawing",
}
_TYPES = DRAWING_TYPES | {
    kind: f"{_WORD}{kind}+xml"
    for kind in [
        "styles",
        "settings",
        "fontTable",
        "numbering",
        "footnotes",
        "endnotes",
        "header",
        "footer",
        "comments",
    ]
}
_SETTINGS = frozenset(
    [
        "rsids",
        "attachedTemplate",
        "mailMerge",
        "docVars",
        "documentProtection",
        "writeProtection",
        "linkStyles",
        "activeWritingStyle",
        "proofState",
        "saveThroughXslt",
        "forceUpgrade",
        "attachedSchema",
        "schemaLibrary",
        "readModeInkLockDown",
        "captions",
        "smartTagType",
        "documentType",
        "revisionView",
        "removePersonalInformation",
        "removeDateAndTime",
    ]
)
# Fields whose result depends on nothing but this document and its reader; others keep only their result.
_SAFE_FIELDS = frozenset(
    [
        "PAGE",
        "NUMPAGES",
        "SECTION",
        "SECTIONPAGES",
        "TOC",
        "PAGEREF",
        "REF",
        "NOTEREF",
        "SEQ",
        "STYLEREF",
        "EQ",
        "LISTNUM",
        "SYMBOL",
        "AUTONUM",
        "AUTONUMLGL",
        "TC",
        "INDEX",
        "XE",
    ]
)
_A_LINK_IN_TOC = re.compile(r'\s*HYPERLINK\s+\\l\s+"_[A-Za-z0-9_]+"\s*(\\h\s*)?')


def _sweep(part: Part) -> set[Removed]:
    root = part.tree()
    removed = _sweep_fields(root) | _sweep_hidden(root)
    if part.kind == "settings":
        _sweep_settings(root)
    for wrapper in every(root, "smartTag", "customXml"):
        unwrap(wrapper)
    for element in every(root, "tag", "alias", "smartTagPr", "customXmlPr", "proofErr", "altName"):
        remove(element)
    for link in every(root, "hyperlink"):
        remove_attributes(link, ("tooltip", "docLocation", "tgtFrame"))
    return removed


def _sweep_settings(root: Element) -> None:
    for element in every(root, *_SETTINGS):
        remove(element)


def _sweep_fields(root: Element) -> set[Removed]:
    """Leave only the result of every field that could name a file, a person or an address."""
    removed = set[Removed]()
    for simple in every(root, "fldSimple"):
        if not _is_safe(next((value for key, value in simple.attrib.items() if local(key) == "instr"), "")):
            removed.add(Removed.LINKS)
            unwrap(simple)
    open_fields = list[list[Element]]()
    for element in every(root, "fldChar", "instrText", "delInstrText"):
        step = next((value for key, value in element.attrib.items() if local(key) == "fldCharType"), "")
        if step == "begin":
            open_fields.append([])
        if not open_fields:
            remove(element)
            continue
        open_fields[-1].append(element)
        if step == "end" and not _is_safe(_instruction(field := open_fields.pop())):
            removed.add(Removed.LINKS)
            for piece in field:
                remove(piece)
    for piece in (piece for field in open_fields for piece in field):
        remove(piece)
    return removed


def _instruction(field: list[Element]) -> str:
    return "".join(piece.text or "" for piece in field if local(piece.tag) != "fldChar")


def _is_safe(instruction: str) -> bool:
    name = "".join(takewhile(lambda character: not character.isspace(), instruction.strip())).upper()
    if name == "HYPERLINK":
        return _A_LINK_IN_TOC.fullmatch(instruction) is not None
    return (name in _SAFE_FIELDS or name.startswith("=")) and not re.search(r"\\\\|:[\\/]", instruction)


def _sweep_hidden(root: Element) -> set[Removed]:
    removed = set[Removed]()
    for mark in every(root, "vanish"):
        properties = mark.getparent()
        run = properties.getparent() if properties is not None else None
        if run is None or local(run.tag) != "r" or _is_off(mark):
            continue
        removed.add(Removed.HIDDEN_TEXT)
        remove(run)
    return removed


def _is_off(mark: Element) -> bool:
    return any(local(key) == "val" and value in ("0", "false", "off") for key, value in mark.attrib.items())


FAMILY = Family(
    folder="word",
    main="document.xml",
    main_types=(f"{_WORD}document.main+xml", "application/vnd.ms-word.document.macroEnabled.main+xml"),
    types=_TYPES,
    sweep=_sweep,
)
