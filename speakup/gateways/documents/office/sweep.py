"""What is swept from every XML part, whichever application wrote it."""

import re

from speakup.gateways.documents.office.markup import (
    Element,
    every,
    is_known,
    local,
    namespace,
    relationship_attributes,
    remove,
)
from speakup.gateways.documents.outcomes import Removed

AUTHOR = "Author"  # stands for everybody who wrote a comment or a tracked change

_AUTHOR_NAMES = frozenset({"author", "userName"})
_ABOUT_AUTHORS = frozenset({"initials", "date", "dateUtc", "userId", "providerId", "lastEdited", "displayName"})
# Elements that say something about the file or its maker and draw nothing.
_NEVER = {
    "absPath": Removed.EDIT_HISTORY,
    "revisionPtr": Removed.EDIT_HISTORY,
    "creationId": Removed.EDIT_HISTORY,
    "modId": Removed.EDIT_HISTORY,
    "docId": Removed.EDIT_HISTORY,
    "dataBinding": Removed.DESCRIPTION,
    "custDataLst": Removed.DESCRIPTION,
    "sectionLst": Removed.DESCRIPTION,
    "sectionPr": Removed.DESCRIPTION,
    "externalData": Removed.EMBEDDED_FILES,
    "imgProps": Removed.EXTRA_PICTURES,
    "presenceInfo": Removed.COMMENT_AUTHORS,
    "permStart": Removed.AUTHOR,
    "permEnd": Removed.AUTHOR,
}
# Elements that are nothing without the part they point at. Of others only the pointer goes.
_NOTHING_WITHOUT = frozenset(
    [
        "attachedTemplate",
        "altChunk",
        "subDoc",
        "OLEObject",
        "control",
        "oleObjects",
        "controls",
        "legacyDrawing",
        "legacyDrawingHF",
        "drawing",
        "tablePart",
        "pivotCache",
        "externalReference",
        "hlinkClick",
        "hlinkHover",
        "hlinkMouseOver",
        "videoFile",
        "audioFile",
        "wavAudioFile",
        "quickTimeFile",
        "media",
        "custData",
        "tags",
        "svgBlip",
        "sheet",
        "sldId",
        "slicer",
        "timelineRef",
        "snd",
        "sndTgt",
        "picture",
        "oleObject",
        "embedRegular",
        "embedBold",
        "embedItalic",
        "embedBoldItalic",
        "headerReference",
        "footerReference",
        "notesMasterId",
        "handoutMasterId",
        "sldMasterId",
        "sldLayoutId",
        "contentPart",
        "imgLayer",
    ]
)
_A_PATH = re.compile(
    r"[A-Za-z]:[\\/]|\\\\|/(?:Users|home|var|mnt)/|file:|https?:|cid:"
    r"|\.(?:png|jpe?g|jfif|gif|bmp|tiff?|heic|webp|svg|emf|wmf|pdf|mp4|mov|docx?|xlsx?|pptx?)\s*$",
    re.IGNORECASE,
)
_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z ,]{0,40}\d{0,5}")
_TITLES = frozenset({"descr", "title", "alt", "gfxdata", "href", "src"})
_SCHEMES = frozenset({"theme", "clrScheme", "fontScheme", "fmtScheme"})


def sweep(root: Element, lost: frozenset[str]) -> set[Removed]:
    """Sweep a tree in place. `lost` names relationships whose parts are not kept."""
    removed = set[Removed]()
    for element in list(root.iter()):
        name = local(element.tag)
        if not is_known(element.tag) or name in _NEVER:
            removed.add(_NEVER.get(name) or Removed.DESCRIPTION)
            remove(element)
            continue
        _mend_pointers(element, name, lost)
        removed |= _sweep_attributes(element, name)
    return removed


def remove_emptied(root: Element) -> None:
    """Extensions and choices of markup that nothing is left in. An `ext` without a `uri` is a size and none of them."""
    for extension in every(root, "ext"):
        if "uri" in extension.attrib and not len(extension):
            remove(extension)
    for choice in every(root, "AlternateContent"):
        if not any(len(alternative) for alternative in choice):
            remove(choice)


def _mend_pointers(element: Element, name: str, lost: frozenset[str]) -> None:
    for attribute, identity in list(relationship_attributes(element)):
        if identity not in lost:
            continue
        if name in _NOTHING_WITHOUT:
            remove(element)
            return
        del element.attrib[attribute]


def _sweep_attributes(element: Element, name: str) -> set[Removed]:
    removed = set[Removed]()
    for attribute, value in list(element.attrib.items()):
        key = local(attribute)
        if not is_known(attribute) or _is_of_revisions(attribute, key):
            removed.add(Removed.EDIT_HISTORY)
            del element.attrib[attribute]
        elif key in _AUTHOR_NAMES:
            removed.add(Removed.COMMENT_AUTHORS)
            element.attrib[attribute] = AUTHOR
        elif key in _ABOUT_AUTHORS and namespace(attribute):
            removed.add(Removed.COMMENT_AUTHORS)
            del element.attrib[attribute]
        elif key in _TITLES and (_A_PATH.search(value) or key == "gfxdata"):
            removed.add(Removed.EDIT_HISTORY)
            del element.attrib[attribute]
        elif key == "name" and name in ("cNvPr", "docPr") and not _PLAIN_NAME.fullmatch(value):
            element.attrib[attribute] = "Object"
        elif key == "name" and name in _SCHEMES:
            element.attrib[attribute] = "Office"
    return removed


def _is_of_revisions(attribute: str, key: str) -> bool:
    """Marks of single editing sessions: rsidR and its kin, paraId, textId, and everything of the revision schemas."""
    return key.startswith("rsid") or key in ("paraId", "textId", "anchorId", "editId") or "/revision" in attribute
