"""The parts of an Office file, followed from the main document along allowed relationships only."""

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lxml import etree

from speakup.gateways.documents.office import crops, media
from speakup.gateways.documents.office.markup import Element, as_bytes, every, local, parsed, written
from speakup.gateways.documents.office.sweep import remove_emptied, sweep
from speakup.gateways.documents.outcomes import Limits, Reason, Refused, Removed

_PACKAGE_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONSHIPS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
_TYPE_OF_RELATIONSHIP = re.compile(
    r"http://(?:schemas\.openxmlformats\.org|schemas\.microsoft\.com|purl\.oclc\.org)/[\w/.]+"
)
_MOST_DEEP = 60

# Kinds of which there can be many; of the others the first has no number.
_FOLDERS = {
    "image": "media/image{}",
    "theme": "theme/theme{}",
    "themeOverride": "theme/themeOverride{}",
    "header": "header{}",
    "footer": "footer{}",
    "worksheet": "worksheets/sheet{}",
    "chartsheet": "chartsheets/sheet{}",
    "table": "tables/table{}",
    "drawing": "drawings/drawing{}",
    "vmlDrawing": "drawings/vmlDrawing{}",
    "chart": "charts/chart{}",
    "chartEx": "charts/chartEx{}",
    "chartStyle": "charts/style{}",
    "chartColorStyle": "charts/colors{}",
    "chartUserShapes": "drawings/userShapes{}",
    "diagramData": "diagrams/data{}",
    "diagramLayout": "diagrams/layout{}",
    "diagramQuickStyle": "diagrams/quickStyle{}",
    "diagramColors": "diagrams/colors{}",
    "diagramDrawing": "diagrams/drawing{}",
    "slide": "slides/slide{}",
    "slideLayout": "slideLayouts/slideLayout{}",
    "slideMaster": "slideMasters/slideMaster{}",
    "notesSlide": "notesSlides/notesSlide{}",
    "notesMaster": "notesMasters/notesMaster{}",
    "handoutMaster": "handoutMasters/handoutMaster{}",
}

# What a relationship of a kind that is not kept gives away.
_TELLS = {
    "vbaProject": Removed.MACROS,
    "wordVbaData": Removed.MACROS,
    "attachedToolbars": Removed.MACROS,
    "xlMacrosheet": Removed.MACROS,
    "oleObject": Removed.EMBEDDED_FILES,
    "package": Removed.EMBEDDED_FILES,
    "aFChunk": Removed.EMBEDDED_FILES,
    "subDocument": Removed.EMBEDDED_FILES,
    "control": Removed.SCRIPTS,
    "ctrlProp": Removed.SCRIPTS,
    "activeXControlBinary": Removed.SCRIPTS,
    "video": Removed.EMBEDDED_FILES,
    "audio": Removed.EMBEDDED_FILES,
    "media": Removed.EMBEDDED_FILES,
    "thumbnail": Removed.THUMBNAIL,
    "core-properties": Removed.AUTHOR,
    "extended-properties": Removed.CAMERA,
    "custom-properties": Removed.DESCRIPTION,
    "customXml": Removed.DESCRIPTION,
    "tags": Removed.DESCRIPTION,
    "people": Removed.COMMENT_AUTHORS,
    "person": Removed.COMMENT_AUTHORS,
    "printerSettings": Removed.EDIT_HISTORY,
    "revisionHeaders": Removed.EDIT_HISTORY,
    "usernames": Removed.EDIT_HISTORY,
    "attachedTemplate": Removed.LINKS,
    "mailMergeSource": Removed.LINKS,
    "externalLink": Removed.LINKS,
    "externalLinkPath": Removed.LINKS,
    "connections": Removed.LINKS,
    "queryTable": Removed.LINKS,
    "hyperlink": Removed.LINKS,
    "pivotTable": Removed.HIDDEN_TEXT,
    "pivotCacheDefinition": Removed.HIDDEN_TEXT,
    "glossaryDocument": Removed.HIDDEN_TEXT,
    "digital-signature": Removed.AUTHOR,
}


@dataclass(frozen=True)
class Hidden:
    """Sheets that nobody sees: their relationships, names and places among all sheets."""

    identities: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    places: tuple[int, ...] = ()


@dataclass(frozen=True)
class Family:
    """What differs between the three applications."""

    folder: str
    main: str  # file name of the main part
    main_types: tuple[str, ...]  # how its content type may begin; the first is the one written
    types: Mapping[str, str]  # kind of relationship: content type written
    sweep: Callable[["Part"], set[Removed]]
    hidden: Callable[[Element], Hidden] = lambda _: Hidden()
    finish: Callable[[list["Part"], Hidden], set[Removed]] = lambda _, __: set()


@dataclass
class Part:
    """One kept part. `root` is None for pictures."""

    name: str
    kind: str
    content_type: str
    root: Element | None = None
    content: bytes = b""
    links: list[tuple[str, str, "Part"]] = field(default_factory=list)  # id, type of relationship, part
    lost: frozenset[str] = frozenset()  # ids of relationships that are not kept

    def tree(self) -> Element:
        if self.root is None:
            raise Refused(Reason.UNREADABLE)
        return self.root


class Package:
    def __init__(self, members: dict[str, bytes], family: Family, limits: Limits) -> None:
        self.members = {"/" + name.lstrip("/").lower(): content for name, content in members.items()}
        self.family = family
        self.limits = limits
        self.removed: set[Removed] = set()
        self.parts: dict[str, Part] = {}  # by the name in the original
        self._numbers: dict[str, int] = {}

    def gather(self) -> None:
        """Find the main part, follow what it leads to, and sweep it all."""
        if "/[content_types].xml" not in self.members:
            raise Refused(Reason.MISLABELLED)
        source = self._main_part()
        main = Part(f"{self.family.folder}/{self.family.main}", "main", self.family.main_types[0])
        main.root = self._parse(source)
        self.parts[source] = main
        hidden = self.family.hidden(main.root)
        self._follow(source, main, 0, hidden.identities)
        for part in self.parts.values():
            if part.root is not None:
                self.removed |= sweep(part.root, part.lost)
                self.removed |= self.family.sweep(part)
                remove_emptied(part.root)
        self.removed |= self.family.finish(list(self.parts.values()), hidden)
        for part in list(self.parts.values()):
            if part.root is not None:
                self._cut_pictures(part, part.root)
                _drop_unused_pictures(part, part.root)
        self._drop_unlinked_pictures()

    def _cut_pictures(self, part: Part, root: Element) -> None:
        """Give every cropped picture a copy that holds only what is shown."""
        pictures = {identity: (full, linked) for identity, full, linked in part.links if linked.root is None}
        for number, fill in enumerate(every(root, "blipFill")):
            found = crops.shown_part(fill)
            if found is None or found[0] not in pictures:
                continue
            full, whole = pictures[found[0]]
            content = crops.cut(whole.content, whole.content_type, found[1], self.limits)
            if content is None:
                continue
            ending = "." + whole.name.rpartition(".")[2]
            shown = Part(self._new_name("image", ending), "image", whole.content_type, content=content)
            self.parts[shown.name + " cut"] = shown  # No member of a file can have this name: it has no leading slash.
            part.links.append((f"rIdCut{number}", full, shown))
            crops.show_whole(fill, f"rIdCut{number}")
            self.removed.add(Removed.EXTRA_PICTURES)

    def _drop_unlinked_pictures(self) -> None:
        linked = {linked.name for part in self.parts.values() for _, _, linked in part.links}
        gone = [key for key, part in self.parts.items() if part.root is None and part.name not in linked]
        for key in gone:
            del self.parts[key]

    def written(self) -> dict[str, bytes]:
        """Members of the new file, the list of content types first."""
        parts = list(self.parts.values())
        members = {"[Content_Types].xml": _content_types(parts)}
        members["_rels/.rels"] = _relationships([("rId1", _office_document(), parts[0])])
        for part in parts:
            members[part.name] = part.content if part.root is None else written(part.root)
            if part.links:
                folder, _, file = part.name.rpartition("/")
                members[f"{folder}/_rels/{file}.rels"] = _relationships(part.links)
        return members

    def _main_part(self) -> str:
        source = None
        for _, kind, target, external in self._relationships_of("/"):
            if kind == "officeDocument" and not external:
                source = target
            else:
                self._note(kind)
        if source is None or source not in self.members:
            raise Refused(Reason.MISLABELLED)
        if not self._content_type(source).startswith(self.family.main_types):
            raise Refused(Reason.MISLABELLED)
        return source

    def _follow(self, source: str, part: Part, depth: int, dropped: frozenset[str] = frozenset()) -> None:
        if depth > _MOST_DEEP:
            raise Refused(Reason.UNREADABLE)
        lost = set(dropped)
        for identity, kind, target, external, full in self._full_relationships_of(source):
            kept = None if external or identity in dropped else self._kept(kind, target, full, depth)
            if kept is None:
                self._note(kind)
                lost.add(identity)
            else:
                part.links.append((identity, full, kept))
        part.lost = frozenset(lost)

    def _kept(self, kind: str, target: str, full: str, depth: int) -> Part | None:
        """The part behind an allowed relationship, gathered once however often it is pointed at."""
        if target in self.parts:
            return self.parts[target]
        if target not in self.members or not _TYPE_OF_RELATIONSHIP.fullmatch(full):
            return None
        if kind == "image":
            return self._picture(target)
        kind = "modern" + kind.capitalize() if "/2018/10/" in full else kind
        if kind not in self.family.types:
            return None
        part = Part(self._new_name(kind, ".vml" if kind == "vmlDrawing" else ".xml"), kind, self.family.types[kind])
        part.root = self._parse(target, lenient=kind == "vmlDrawing")
        self.parts[target] = part
        self._follow(target, part, depth + 1)
        return part

    def _picture(self, target: str) -> Part | None:
        picture = media.cleaned(self.members[target], self.limits)
        if picture is None:
            return None
        self.removed |= picture.removed
        part = Part(self._new_name("image", picture.ending), "image", picture.media_type, content=picture.content)
        self.parts[target] = part
        return part

    def _new_name(self, kind: str, ending: str) -> str:
        """Where Office itself would put such a part: some readers look there instead of following relationships."""
        number = self._numbers[kind] = self._numbers.get(kind, 0) + 1
        stem = _FOLDERS.get(kind) or (kind if number == 1 else f"{kind}{number}")
        return f"{self.family.folder}/{stem.format(number)}{ending}"

    def _parse(self, source: str, *, lenient: bool = False) -> Element:
        return parsed(self.members[source], self.limits, lenient=lenient)

    def _relationships_of(self, source: str) -> list[tuple[str, str, str, bool]]:
        return [found[:4] for found in self._full_relationships_of(source)]

    def _full_relationships_of(self, source: str) -> list[tuple[str, str, str, bool, str]]:
        """Identity, kind, target, whether it points outside, and the full type."""
        folder, _, file = source.rpartition("/")
        content = self.members.get(f"{folder}/_rels/{file}.rels")
        if content is None:
            return []
        found = []
        for element in parsed(content, self.limits):
            full = element.get("Type", "")
            external = element.get("TargetMode", "").lower() == "external"
            target = posixpath.normpath(posixpath.join(folder or "/", element.get("Target", ""))).lower()
            found.append((element.get("Id", ""), full.rpartition("/")[2], target, external, full))
        return found

    def _content_type(self, source: str) -> str:
        types = parsed(self.members["/[content_types].xml"], self.limits)
        for element in types:
            if local(element.tag) == "Override" and element.get("PartName", "").lower() == source:
                return element.get("ContentType", "")
        ending = source.rpartition(".")[2]
        return next((e.get("ContentType", "") for e in types if e.get("Extension", "").lower() == ending), "")

    def _note(self, kind: str) -> None:
        if kind in _TELLS:
            self.removed.add(_TELLS[kind])


def _drop_unused_pictures(part: Part, root: Element) -> None:
    """Without the relationships to pictures that nothing in the part points at any more."""
    used = {value for element in root.iter() for value in element.attrib.values()}
    part.links = [link for link in part.links if link[2].root is not None or link[0] in used]


def _office_document() -> str:
    return "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"


def _relationships(links: list[tuple[str, str, Part]]) -> bytes:
    root = etree.Element(f"{{{_PACKAGE_RELATIONSHIPS}}}Relationships", nsmap={None: _PACKAGE_RELATIONSHIPS})
    for identity, full, part in links:
        attributes = {"Id": identity, "Type": full, "Target": "/" + part.name}
        etree.SubElement(root, f"{{{_PACKAGE_RELATIONSHIPS}}}Relationship", attributes)
    return as_bytes(root)


def _content_types(parts: list[Part]) -> bytes:
    root = etree.Element(f"{{{_CONTENT_TYPES}}}Types", nsmap={None: _CONTENT_TYPES})
    defaults = {"rels": _RELATIONSHIPS_TYPE, "xml": "application/xml"}
    defaults |= {part.name.rpartition(".")[2]: part.content_type for part in parts if part.root is None}
    for ending, media_type in defaults.items():
        etree.SubElement(root, f"{{{_CONTENT_TYPES}}}Default", {"Extension": ending, "ContentType": media_type})
    for part in parts:
        if part.root is not None:
            attributes = {"PartName": "/" + part.name, "ContentType": part.content_type}
            etree.SubElement(root, f"{{{_CONTENT_TYPES}}}Override", attributes)
    return as_bytes(root)
