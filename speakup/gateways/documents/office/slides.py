"""pptx: authors of comments, embedded objects shown by their picture, lists that only the program reads."""

from speakup.gateways.documents.office.markup import Element, every, local, remove, remove_attributes
from speakup.gateways.documents.office.package import Family, Part
from speakup.gateways.documents.office.sweep import AUTHOR
from speakup.gateways.documents.office.word import DRAWING_TYPES
from speakup.gateways.documents.outcomes import Removed

_SHOW = "application/vnd.openxmlformats-officedocument.presentationml."
_MICROSOFT = "application/vnd.ms-powerpoint."
_TYPES = DRAWING_TYPES | {
    kind: f"{_SHOW}{kind}+xml"
    for kind in [
        "slideMaster",
        "slideLayout",
        "slide",
        "notesMaster",
        "notesSlide",
        "handoutMaster",
        "presProps",
        "tableStyles",
        "comments",
        "commentAuthors",
    ]
}
_TYPES |= {"modernComments": f"{_MICROSOFT}comments+xml", "modernAuthors": f"{_MICROSOFT}authors+xml"}

_PRESENTATION = [
    "custShowLst",
    "photoAlbum",
    "modifyVerifier",
    "smartTags",
    "kinsoku",
    "sectionLst",
    "sectionPr",
    "embeddedFontLst",
]
_LONG_AGO = "2000-01-01T00:00:00.000"  # the schema of newer comments insists on a time


def _sweep(part: Part) -> set[Removed]:
    root, removed = part.tree(), set[Removed]()
    if part.kind == "main":
        for element in every(root, *_PRESENTATION):
            remove(element)
    if part.kind in ("commentAuthors", "modernAuthors"):
        _sweep_authors(root)
        removed.add(Removed.COMMENT_AUTHORS)
    if part.kind in ("comments", "modernComments"):
        _sweep_comments(root)
        removed.add(Removed.COMMENT_AUTHORS)
    if _replace_objects(root):
        removed.add(Removed.EMBEDDED_FILES)
    return removed


def _sweep_authors(root: Element) -> None:
    for author in every(root, "cmAuthor", "author"):
        author.set("name", AUTHOR)
        for key, value in (("initials", "A"), ("userId", AUTHOR), ("providerId", "None")):
            if key in author.attrib or local(author.tag) == "author":
                author.set(key, value)
        for extension in every(author, "extLst"):
            remove(extension)


def _sweep_comments(root: Element) -> None:
    for comment in every(root, "cm", "reply"):
        remove_attributes(comment, ("dt", "complete", "startDate", "dueDate", "assignedTo"))
        if "created" in comment.attrib:
            comment.set("created", _LONG_AGO)


def _replace_objects(root: Element) -> bool:
    """A slide shows an embedded object by a picture inside it: the picture takes its place."""
    replaced = False
    for embedded in every(root, "oleObj"):
        frame = next((above for above in embedded.iterancestors() if local(above.tag) == "graphicFrame"), None)
        parent = frame.getparent() if frame is not None else None
        if frame is None or parent is None:
            continue
        replaced = True
        picture = next(iter(every(frame, "pic")), None)
        if picture is not None:
            parent.insert(parent.index(frame), picture)
        remove(frame)
    return replaced


FAMILY = Family(
    folder="ppt",
    main="presentation.xml",
    main_types=(f"{_SHOW}presentation.main+xml", f"{_MICROSOFT}presentation.macroEnabled.main+xml"),
    types=_TYPES,
    sweep=_sweep,
)
