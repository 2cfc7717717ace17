"""XML parts: parsed without entities, comments or instructions, and small operations on their trees."""

import re
from collections.abc import Iterable, Iterator
from typing import Protocol

from lxml import etree

from speakup.gateways.documents.outcomes import Limits, Reason, Refused


class Element(Protocol):
    """What this package asks of lxml's elements, for which lxml itself has no types."""

    tag: str
    text: str | None
    tail: str | None
    attrib: dict[str, str]
    nsmap: dict[str | None, str]

    def __iter__(self) -> Iterator["Element"]: ...
    def __len__(self) -> int: ...
    def get(self, name: str, default: str = "") -> str: ...
    def set(self, name: str, value: str) -> None: ...
    def iter(self) -> Iterator["Element"]: ...
    def iterancestors(self) -> Iterator["Element"]: ...
    def getparent(self) -> "Element | None": ...
    def getprevious(self) -> "Element | None": ...
    def index(self, child: "Element") -> int: ...
    def insert(self, at: int, child: "Element") -> None: ...
    def remove(self, child: "Element") -> None: ...


RELATIONSHIPS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_PREFIX_LISTS = ("Ignorable", "Requires", "ProcessContent", "MustUnderstand")
_KNOWN = re.compile(
    r"http://schemas\.(?:openxmlformats\.org|microsoft\.com)/[\w./-]+|http://purl\.oclc\.org/ooxml/[\w./-]+"
    r"|urn:schemas-microsoft-com:[\w:.-]+|http://www\.w3\.org/(?:XML/1998/namespace|2001/XMLSchema-instance)"
)
_LARGEST = 40 * 1024 * 1024  # bytes of one part: its tree takes about ten times as much


def parsed(content: bytes, limits: Limits, *, lenient: bool = False) -> Element:
    """The root. `lenient` is for VML, which Office itself writes with HTML's open ends."""
    if len(content) > min(_LARGEST, limits.unpacked):
        raise Refused(Reason.BOMB)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        recover=lenient,
        huge_tree=False,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        raise Refused(Reason.UNREADABLE) from None
    if root is None or root.getroottree().docinfo.doctype:
        raise Refused(Reason.UNREADABLE)
    found: Element = root
    return found


def written(root: Element) -> bytes:
    """The part as bytes, declaring only namespaces it uses and those its compatibility lists name."""
    prefixes = set[str]()
    for element in root.iter():
        prefixes |= _known_prefixes(element)
    etree.cleanup_namespaces(root, keep_ns_prefixes=sorted(prefixes))
    return as_bytes(root)


def as_bytes(root: Element) -> bytes:
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return content


def local(name: str) -> str:
    return name.rpartition("}")[2]


def namespace(name: str) -> str:
    return name[1:].partition("}")[0] if name.startswith("{") else ""


def is_known(name: str) -> bool:
    """Whether the name's namespace is one of Office's, or none at all."""
    return not name.startswith("{") or _KNOWN.fullmatch(namespace(name)) is not None


def every(root: Element, *names: str) -> list[Element]:
    """Elements by local name, whatever their namespace: transitional and strict files differ only in that."""
    wanted = frozenset(names)
    return [element for element in root.iter() if local(element.tag) in wanted]


def remove(element: Element) -> None:
    """Take out an element with all inside; text that follows it stays."""
    parent = element.getparent()
    if parent is None:
        return
    _leave_tail(element, parent)
    parent.remove(element)


def unwrap(element: Element) -> None:
    """Put an element's children in its place."""
    parent = element.getparent()
    if parent is None:
        return
    at = parent.index(element)
    for child in list(element):
        parent.insert(at, child)
        at += 1
    remove(element)


def remove_attributes(element: Element, names: Iterable[str]) -> bool:
    """Whether there were any with these local names."""
    wanted = frozenset(names)
    found = [name for name in element.attrib if local(name) in wanted]
    for name in found:
        del element.attrib[name]
    return bool(found)


def relationship_attributes(element: Element) -> Iterator[tuple[str, str]]:
    return ((name, value) for name, value in element.attrib.items() if namespace(name) in RELATIONSHIPS)


def _leave_tail(element: Element, parent: Element) -> None:
    if not element.tail:
        return
    before = element.getprevious()
    if before is None:
        parent.text = (parent.text or "") + element.tail
    else:
        before.tail = (before.tail or "") + element.tail


def _known_prefixes(element: Element) -> set[str]:
    kept = set[str]()
    for name in list(element.attrib):
        if local(name) in _PREFIX_LISTS and (namespace(name) == _COMPATIBILITY or local(name) == "Requires"):
            listed = element.attrib[name].split()
            known = [prefix for prefix in listed if _KNOWN.fullmatch(element.nsmap.get(prefix.split(":")[0], ""))]
            element.attrib[name] = " ".join(known)
            kept |= {prefix.split(":")[0] for prefix in known}
    return kept
