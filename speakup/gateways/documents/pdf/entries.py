"""Entries of a PDF's dictionaries: those that are kept because they draw, and what the others tell.

Source: ISO 32000-1:2008, chapters 7 to 14.
"""

from speakup.gateways.documents.outcomes import Removed

CATALOGUE = frozenset({"/Type", "/Pages", "/Lang"})
PAGE_TREE = frozenset({"/Type", "/Kids", "/Count", "/Parent", "/Resources", "/MediaBox", "/CropBox", "/Rotate"})
PAGE = frozenset(
    [
        "/Type",
        "/Parent",
        "/Resources",
        "/MediaBox",
        "/CropBox",
        "/Rotate",
        "/Contents",
        "/Annots",
        "/Group",
        "/UserUnit",
    ]
)
RESOURCES = frozenset(["/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/XObject", "/Font", "/ProcSet"])
STREAM = frozenset({"/Length", "/Filter", "/DecodeParms"})
IMAGE = STREAM | frozenset(
    [
        "/Type",
        "/Subtype",
        "/Width",
        "/Height",
        "/ColorSpace",
        "/BitsPerComponent",
        "/Intent",
        "/ImageMask",
        "/Mask",
        "/Decode",
        "/Interpolate",
        "/SMask",
        "/SMaskInData",
        "/Matte",
    ]
)
FORM = STREAM | frozenset(["/Type", "/Subtype", "/FormType", "/BBox", "/Matrix", "/Resources", "/Group"])
TILE = STREAM | frozenset(
    ["/Type", "/PatternType", "/PaintType", "/TilingType", "/BBox", "/XStep", "/YStep", "/Resources", "/Matrix"]
)
COMMENT = frozenset(
    [
        "/Type",
        "/Subtype",
        "/Rect",
        "/Contents",
        "/QuadPoints",
        "/C",
        "/IC",
        "/F",
        "/Border",
        "/BS",
        "/BE",
        "/AP",
        "/AS",
        "/Vertices",
        "/InkList",
        "/L",
        "/LE",
        "/DA",
        "/Q",
        "/RD",
        "/CL",
        "/Name",
        "/Open",
        "/CA",
        "/Rotate",
    ]
)
COMMENT_KINDS = frozenset(
    [
        "/Text",
        "/FreeText",
        "/Line",
        "/Square",
        "/Circle",
        "/Polygon",
        "/PolyLine",
        "/Highlight",
        "/Underline",
        "/Squiggly",
        "/StrikeOut",
        "/Stamp",
        "/Caret",
        "/Ink",
        "/Watermark",
    ]
)
ATTACHED_KINDS = frozenset(["/FileAttachment", "/Sound", "/Movie", "/Screen", "/3D", "/RichMedia"])
NOT_SEEN = 0b100011  # invisible, hidden, no view (table 165)
# Entries that say something about the document and never draw anything, wherever they stand.
NEVER = {
    "/Metadata": Removed.DESCRIPTION,
    "/PieceInfo": Removed.EDIT_HISTORY,
    "/LastModified": Removed.DATES,
    "/Thumb": Removed.THUMBNAIL,
    "/AA": Removed.SCRIPTS,
    "/JS": Removed.SCRIPTS,
    "/AF": Removed.EMBEDDED_FILES,
    "/EF": Removed.EMBEDDED_FILES,
    "/OPI": Removed.LINKS,
    "/Ref": Removed.LINKS,
    "/Alternates": Removed.EXTRA_PICTURES,
    "/PTEX.FileName": Removed.EDIT_HISTORY,
    "/PTEX.InfoDict": Removed.AUTHOR,
    "/Measure": None,
    "/PtData": Removed.LOCATION,
    "/OC": None,
    "/StructParent": None,
    "/StructParents": None,
}
INFO_TELLS = {
    "/Author": Removed.AUTHOR,
    "/CreationDate": Removed.DATES,
    "/ModDate": Removed.DATES,
    "/Creator": Removed.CAMERA,
    "/Producer": Removed.CAMERA,
}
CATALOGUE_TELLS = {
    "/OpenAction": Removed.SCRIPTS,
    "/AA": Removed.SCRIPTS,
    "/Metadata": Removed.DESCRIPTION,
    "/StructTreeRoot": Removed.TAGS,
    "/PieceInfo": Removed.EDIT_HISTORY,
    "/AF": Removed.EMBEDDED_FILES,
    "/Collection": Removed.EMBEDDED_FILES,
    "/Outlines": Removed.LINKS,
}
