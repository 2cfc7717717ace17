"""xlsx: hidden sheets with everything only they use, formulas that reach outside, authors of comments."""

import re
from collections.abc import Iterator

from lxml import etree

from speakup.gateways.documents.office.markup import (
    Element,
    every,
    local,
    namespace,
    relationship_attributes,
    remove,
    remove_attributes,
)
from speakup.gateways.documents.office.package import Family, Hidden, Part
from speakup.gateways.documents.office.sweep import AUTHOR
from speakup.gateways.documents.office.word import DRAWING_TYPES
from speakup.gateways.documents.outcomes import Reason, Refused, Removed

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_TYPES = DRAWING_TYPES | {
    kind: f"{_SHEET}{kind}+xml" for kind in ["worksheet", "chartsheet", "sharedStrings", "styles", "comments", "table"]
}
_TYPES["drawing"] = "application/vnd.openxmlformats-officedocument.drawing+xml"

_WORKBOOK = [
    "fileSharing",
    "workbookProtection",
    "fileRecoveryPr",
    "customWorkbookViews",
    "webPublishing",
    "webPublishObjects",
    "fileVersion",
    "smartTagPr",
    "smartTagTypes",
    "oleSize",
    "functionGroups",
    "pivotCaches",
    "externalReferences",
]
_WORKSHEET = [
    "customSheetViews",
    "protectedRanges",
    "sheetProtection",
    "dataConsolidate",
    "webPublishItems",
    "cellWatches",
    "smartTags",
    "scenarios",
    "customProperties",
]
# Another workbook, another program (DDE), the web, or a file.
_OUTSIDE = re.compile(r"\[[^\]]*\]\S*!|\[\d+\]|\||\b(?:WEBSERVICE|HYPERLINK|IMAGE|RTD|FILTERXML|CALL|REGISTER)\b|//|\\")


def _hidden(workbook: Element) -> Hidden:
    sheets = every(workbook, "sheet")
    hidden = [(place, sheet) for place, sheet in enumerate(sheets) if sheet.get("state", "visible") != "visible"]
    if len(hidden) == len(sheets):
        raise Refused(Reason.EMPTY)
    return Hidden(
        frozenset(identity for _, sheet in hidden for _, identity in relationship_attributes(sheet)),
        tuple(sheet.get("name", "") for _, sheet in hidden),
        tuple(place for place, _ in hidden),
    )


def _sweep(part: Part) -> set[Removed]:
    root = part.tree()
    if part.kind == "main":
        for element in every(root, *_WORKBOOK):
            remove(element)
        for view in every(root, "workbookView"):
            remove_attributes(view, ("activeTab", "firstSheet"))
        for properties in every(root, "workbookPr"):
            remove_attributes(properties, ("codeName", "filterPrivacy"))
    if part.kind in ("worksheet", "chartsheet"):
        return _sweep_sheet(root)
    if part.kind == "comments":
        return _sweep_comments(root)
    if part.kind == "table":
        for element in every(root, "table", "tableColumn"):
            remove_attributes(element, ("tableType", "connectionId", "queryTableFieldId", "comment"))
    return set()


def _sweep_sheet(root: Element) -> set[Removed]:
    for element in every(root, *_WORKSHEET):
        remove(element)
    for properties in every(root, "sheetPr"):
        remove_attributes(properties, ("codeName",))
    for link in every(root, "hyperlink"):
        remove_attributes(link, ("display", "tooltip"))
        if not link.get("location") or _OUTSIDE.search(link.get("location", "")):
            remove(link)
    for holder in every(root, "hyperlinks", "tableParts"):
        holder.attrib.pop("count", None)
        if not len(holder):
            remove(holder)
    return set()


def _sweep_comments(root: Element) -> set[Removed]:
    """One author for all; Excel also writes the name at the head of every comment, and that goes too."""
    names = [author.text or "" for author in every(root, "author")]
    for author in every(root, "author"):
        author.text = AUTHOR
    for comment in every(root, "comment"):
        _cut_name(comment, names)
    return {Removed.COMMENT_AUTHORS}


def _cut_name(comment: Element, names: list[str]) -> None:
    first = next(iter(every(comment, "t")), None)
    for name in filter(None, names):
        if first is not None and (first.text or "").startswith(f"{name}:"):
            first.text = (first.text or "")[len(name) + 1 :].lstrip()


def _finish(parts: list[Part], hidden: Hidden) -> set[Removed]:
    removed = {Removed.HIDDEN_SHEETS} if hidden.names else set[Removed]()
    outside = _reaching_outside(hidden.names)
    for part in parts:
        if part.root is not None and part.kind in ("worksheet", "chart", "chartEx"):
            removed |= _sweep_formulas(part.root, outside)
    _sweep_names(parts[0].tree(), outside, hidden)
    return removed | _blank_unused_strings(parts)


def _reaching_outside(hidden_names: tuple[str, ...]) -> re.Pattern[str]:
    """Matches a formula that names a hidden sheet, another file, another program or an address."""
    quoted = "|".join(re.escape(name.replace("'", "''")) for name in hidden_names)
    return re.compile(_OUTSIDE.pattern + (f"|(?:{quoted})'?!" if quoted else ""), re.IGNORECASE)


def _sweep_formulas(root: Element, outside: re.Pattern[str]) -> set[Removed]:
    """Such formulas go and the value last worked out stays, as do the followers of a shared formula that goes."""
    formulas = every(root, "f", "formula", "formula1", "formula2")
    reaching = [formula for formula in formulas if outside.search(formula.text or "")]
    shared = {formula.get("si") for formula in reaching if formula.get("t") == "shared"}
    for formula in reaching:
        _forget(formula)
    for formula in formulas:
        if formula.get("t") == "shared" and formula.get("si") in shared and formula.getparent() is not None:
            remove(formula)
    return {Removed.LINKS} if reaching else set()


def _forget(formula: Element) -> None:
    """A cell does without its formula; a chart or a rule needs one, and gets one that leads nowhere."""
    parent = formula.getparent()
    if parent is not None and local(parent.tag) == "c":
        remove(formula)
    else:
        formula.text = "#REF!"


def _sweep_names(workbook: Element, outside: re.Pattern[str], hidden: Hidden) -> None:
    """Defined names that are hidden or reach outside go; those of one sheet follow it to its new place."""
    for name in every(workbook, "definedName"):
        remove_attributes(name, ("comment", "description", "help", "statusBar", "customMenu"))
        place = int(name.get("localSheetId", "-1"))
        if name.get("hidden") in ("1", "true") or outside.search(name.text or "") or place in hidden.places:
            remove(name)
        elif place >= 0:
            name.set("localSheetId", str(place - sum(gone < place for gone in hidden.places)))
    for holder in every(workbook, "definedNames"):
        if not len(holder):
            remove(holder)


def _blank_unused_strings(parts: list[Part]) -> set[Removed]:
    """Text that only hidden sheets or deleted cells used is blanked in the list that all sheets share."""
    used = {index for part in parts if part.kind == "worksheet" for index in _strings_used(part.tree())}
    removed = set[Removed]()
    for part in parts:
        if part.kind != "sharedStrings":
            continue
        remove_attributes(part.tree(), ("count", "uniqueCount"))
        for index, entry in enumerate(part.tree()):
            if index in used or not len(entry):
                continue
            removed.add(Removed.HIDDEN_TEXT)
            for piece in list(entry):
                entry.remove(piece)
            etree.SubElement(entry, f"{{{namespace(entry.tag)}}}t")
    return removed


def _strings_used(sheet: Element) -> Iterator[int]:
    for cell in every(sheet, "c"):
        if cell.get("t") == "s":
            yield from (int(value.text or "0") for value in cell if local(value.tag) == "v")


FAMILY = Family(
    folder="xl",
    main="workbook.xml",
    main_types=(f"{_SHEET}sheet.main+xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
    types=_TYPES,
    sweep=_sweep,
    hidden=_hidden,
    finish=_finish,
)
