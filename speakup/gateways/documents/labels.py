"""Names and first bytes: what a file says it is, and what it looks like."""

import re
import unicodedata

from speakup.gateways.documents.outcomes import Kind

LONGEST_NAME = 120  # characters, ending included

ENDINGS: dict[str, Kind] = {
    "jpg": Kind.JPEG,
    "jpeg": Kind.JPEG,
    "jpe": Kind.JPEG,
    "jfif": Kind.JPEG,
    "png": Kind.PNG,
    "apng": Kind.PNG,
    "webp": Kind.WEBP,
    "gif": Kind.GIF,
    "heic": Kind.HEIC,
    "heif": Kind.HEIC,
    "pdf": Kind.PDF,
    "docx": Kind.DOCX,
    "xlsx": Kind.XLSX,
    "pptx": Kind.PPTX,
    "txt": Kind.TEXT,
    "text": Kind.TEXT,
    "csv": Kind.CSV,
}

# The ending that the kept copy gets, and the media type it is served with.
KEPT_AS: dict[Kind, tuple[str, str]] = {
    Kind.JPEG: ("jpg", "image/jpeg"),
    Kind.PNG: ("png", "image/png"),
    Kind.WEBP: ("webp", "image/webp"),
    Kind.GIF: ("gif", "image/gif"),
    Kind.HEIC: ("jpg", "image/jpeg"),
    Kind.PDF: ("pdf", "application/pdf"),
    Kind.DOCX: ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    Kind.XLSX: ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    Kind.PPTX: ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    Kind.TEXT: ("txt", "text/plain; charset=utf-8"),
    Kind.CSV: ("csv", "text/csv; charset=utf-8"),
}
OTHER_MEDIA_TYPE = "application/octet-stream"

# Opening one of these on a ward computer would run it: no reporter needs to send one.
PROGRAMS = frozenset(
    [
        "apk",
        "app",
        "appimage",
        "application",
        "appref-ms",
        "bat",
        "bin",
        "chm",
        "cmd",
        "com",
        "command",
        "cpl",
        "deb",
        "desktop",
        "dll",
        "dmg",
        "elf",
        "exe",
        "gadget",
        "hta",
        "inf",
        "ins",
        "iso",
        "img",
        "jar",
        "job",
        "js",
        "jse",
        "ksh",
        "lnk",
        "mht",
        "mhtml",
        "msc",
        "msi",
        "msix",
        "msp",
        "mst",
        "ocx",
        "pif",
        "pl",
        "ps1",
        "ps1xml",
        "ps2",
        "psc1",
        "psd1",
        "psm1",
        "py",
        "pyc",
        "pyw",
        "rb",
        "reg",
        "rpm",
        "run",
        "scf",
        "scr",
        "sct",
        "settingcontent-ms",
        "sh",
        "shb",
        "sys",
        "url",
        "vb",
        "vbe",
        "vbs",
        "vhd",
        "vhdx",
        "vxd",
        "ws",
        "wsc",
        "wsf",
        "wsh",
        "xll",
        "xpi",
        "html",
        "htm",
        "xhtml",
        "shtml",
        "svg",
        "svgz",
        "xml",
        "xsl",
        "xslt",
        "swf",
        "docm",
        "dotm",
        "xlsm",
        "xltm",
        "xlam",
        "pptm",
        "potm",
        "ppsm",
        "ppam",
        "sldm",
        "rdp",
        "library-ms",
        "search-ms",
        "searchconnector-ms",
        "slk",
        "iqy",
        "oqy",
        "rqy",
        "dqy",
        "diagcab",
        "diagcfg",
        "diagpkg",
        "theme",
        "themepack",
        "deskthemepack",
        "website",
        "webloc",
        "accdb",
        "accda",
        "accde",
        "accdr",
        "accdt",
        "mdb",
        "mda",
        "mde",
        "mdt",
        "mdw",
        "ade",
        "adp",
        "wiz",
        "pub",
        "one",
        "onepkg",
        "onetoc2",
        "pkg",
        "ipa",
        "pyz",
        "xlsb",
        "wll",
        "wbk",
        "mam",
        "mar",
        "mas",
        "mat",
        "mav",
        "maf",
        "mag",
        "maq",
        "maw",
    ]
)

_OFFICE = frozenset({Kind.DOCX, Kind.XLSX, Kind.PPTX})
_STARTS = {
    b"\xff\xd8\xff": frozenset({Kind.JPEG}),
    b"\x89PNG\r\n\x1a\n": frozenset({Kind.PNG}),
    b"GIF87a": frozenset({Kind.GIF}),
    b"GIF89a": frozenset({Kind.GIF}),
    b"%PDF-": frozenset({Kind.PDF}),
    b"PK\x03\x04": _OFFICE,
}
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')


def ending_of(name: str) -> str:
    """The letters after the last full stop, in lower case; empty when there are none."""
    _, dot, ending = _last_component(name).strip().rstrip(".").rpartition(".")
    return ending.strip().lower() if dot else ""


def kind_from_name(name: str) -> Kind:
    return ENDINGS.get(ending_of(name), Kind.OTHER)


def is_program(name: str, body: bytes) -> bool:
    if ending_of(name) in PROGRAMS:
        return True
    return body.startswith((b"\x7fELF", b"MZ", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe"))


def kinds_from_bytes(body: bytes) -> frozenset[Kind]:
    """Every kind that the first bytes allow; empty when they are none that we rebuild."""
    if body[4:8] == b"ftyp":
        return frozenset({Kind.HEIC}) if body[8:12] in _HEIC_BRANDS else frozenset()
    if body.startswith(b"RIFF"):
        return frozenset({Kind.WEBP}) if body[8:12] == b"WEBP" else frozenset()
    return next((kinds for start, kinds in _STARTS.items() if body.startswith(start)), frozenset())


def cleaned_name(name: str, kind: Kind) -> str:
    """The last part of the name without control, direction or path characters, with the ending that fits the copy."""
    shown = "".join(character for character in unicodedata.normalize("NFC", name) if _may_be_shown(character))
    shown = _FORBIDDEN.sub(" ", _last_component(shown))
    shown = " ".join(shown.split()).strip(". ")
    stem, dot, ending = shown.rpartition(".")
    if kind is not Kind.OTHER:
        ending = ending if dot and ENDINGS.get(ending.lower()) is kind and kind is not Kind.HEIC else KEPT_AS[kind][0]
        stem = stem if dot else shown
    elif not dot or not re.fullmatch(r"[A-Za-z0-9]{1,10}", ending):
        stem, ending = shown, ""
    stem = stem[: LONGEST_NAME - len(ending) - 1].strip(". ") or "file"
    return f"{stem}.{ending.lower()}" if ending else stem


def media_type(kind: Kind) -> str:
    return KEPT_AS[kind][1] if kind in KEPT_AS else OTHER_MEDIA_TYPE


def _last_component(name: str) -> str:
    return re.split(r"[/\\]", name)[-1]


def _may_be_shown(character: str) -> bool:
    # Cc and Cf hold control, direction and invisible characters; Cs, Co and Cn are lone halves and unassigned ones.
    return character in "\t\n\r" or not unicodedata.category(character).startswith("C")
