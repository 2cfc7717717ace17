"""Small PDF files with a planted word in every place that the format has."""

import io
from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from tests.gateways.documents.pictures import exif, jpeg, jpeg_with, profile
from tests.gateways.documents.traces import MARK

SEEN = "The rota had two nurses"  # what the page shows
TEXT = MARK.encode()


def new(content: bytes = b"") -> Pdf:
    """One page that shows SEEN."""
    pdf = Pdf.new()
    pdf.add_blank_page(page_size=(300, 200))
    page = pdf.pages[0]
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    page.obj.Resources = Dictionary(Font=Dictionary(F1=pdf.make_indirect(font)))
    page.obj.Contents = pdf.make_stream(b"BT /F1 18 Tf 20 100 Td (" + SEEN.encode() + b") Tj ET\n" + content)
    return pdf


def saved(pdf: Pdf, encryption: pikepdf.Encryption | None = None) -> bytes:
    written = io.BytesIO()
    pdf.save(written, encryption=encryption)
    return written.getvalue()


def saved_plainly(pdf: Pdf) -> bytes:
    """With every stream as it was made, and every object where a reader can see it."""
    written = io.BytesIO()
    pdf.save(written, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return written.getvalue()


def javascript(pdf: Pdf) -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String(f"app.alert('{MARK}')"))


def attached(pdf: Pdf) -> Dictionary:
    embedded = pdf.make_stream(TEXT, Type=Name.EmbeddedFile)
    return pdf.make_indirect(Dictionary(Type=Name.Filespec, F=String(MARK), EF=Dictionary(F=embedded)))


def picture(pdf: Pdf, body: bytes) -> Stream:
    return pdf.make_stream(
        body,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=96,
        Height=64,
        ColorSpace=Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=Name.DCTDecode,
    )


def shown(pdf: Pdf, thing: Stream, name: str = "/X1") -> Pdf:
    page = pdf.pages[0]
    page.obj.Resources.XObject = Dictionary({name: thing})
    page.contents_add(pdf.make_stream(f"q 96 0 0 64 10 10 cm {name} Do Q".encode()))
    return pdf


def comment(pdf: Pdf, **entries: Object | int) -> Object:
    made = Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=Array([10, 10, 30, 30]), Contents=String("Who agreed?"))
    for key, value in entries.items():
        made[f"/{key}"] = value
    return pdf.make_indirect(made)


def with_info() -> bytes:
    pdf = new()
    pdf.docinfo["/Author"], pdf.docinfo["/Title"], pdf.docinfo["/Company"] = MARK, MARK, MARK
    return saved(pdf)


def with_xmp() -> bytes:
    pdf = new()
    with pdf.open_metadata() as metadata:
        metadata["dc:creator"] = [MARK]
        metadata["pdf:Producer"] = MARK
    return saved(pdf)


def _catalogue(change: Callable[[Pdf], None]) -> bytes:
    pdf = new()
    change(pdf)
    return saved(pdf)


def _open_action(pdf: Pdf) -> None:
    pdf.Root.OpenAction = javascript(pdf)


def _script_tree(pdf: Pdf) -> None:
    tree = Dictionary(Names=Array([String(MARK), pdf.make_indirect(javascript(pdf))]))
    pdf.Root.Names = Dictionary(JavaScript=tree)


def _attachment(pdf: Pdf) -> None:
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array([String(MARK), attached(pdf)])))


def _associated(pdf: Pdf) -> None:
    pdf.Root.AF = Array([attached(pdf)])
    pdf.pages[0].obj.AF = Array([attached(pdf)])


def _page_piece(pdf: Pdf) -> None:
    page = pdf.pages[0].obj
    page.PieceInfo = Dictionary(Quillon=Dictionary(LastModified=String("D:2026"), Private=String(MARK)))
    page.LastModified = String("D:20260102030405")
    page.AA = Dictionary(O=javascript(pdf))
    page.Metadata = pdf.make_stream(TEXT, Type=Name.Metadata, Subtype=Name.XML)
    page.Thumb = pdf.make_stream(TEXT * 3, Width=6, Height=3, ColorSpace=Name.DeviceRGB, BitsPerComponent=8)
    page[f"/{MARK}"] = String(MARK)


def _outline(pdf: Pdf) -> None:
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem(MARK, 0))


def _labels(pdf: Pdf) -> None:
    pdf.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(S=Name.D, P=String(MARK))]))
    pdf.Root.ViewerPreferences = Dictionary(Direction=Name(f"/{MARK}"))
    pdf.Root.Lang = String(MARK)
    pdf.Root[f"/{MARK}"] = pdf.make_stream(TEXT)


def _tags(pdf: Pdf) -> None:
    element = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.P, T=String(MARK), ID=String(MARK)))
    pdf.Root.StructTreeRoot = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot, K=element))


def _page_tree(pdf: Pdf) -> None:
    pdf.Root.Pages[f"/{MARK}"] = String(MARK)


def with_layer_name() -> bytes:
    pdf = new(b"/OC /L1 BDC BT /F1 9 Tf 20 50 Td (Ward 7) Tj ET EMC")
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String(MARK)))
    pdf.pages[0].obj.Resources.Properties = Dictionary(L1=layer)
    pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(Order=Array([layer])))
    return saved(pdf)


def with_hidden_layer() -> bytes:
    pdf = new(b"/OC /L1 BDC BT /F1 9 Tf 20 50 Td (" + TEXT + b") Tj ET EMC")
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Notes")))
    pdf.pages[0].obj.Resources.Properties = Dictionary(L1=layer)
    pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))
    return saved(pdf)


def with_marked_content() -> bytes:
    return saved(new(b"/Artifact <</Contents (" + TEXT + b")>> BDC\nEMC\n/Note <</A (" + TEXT + b")>> DP\n"))


def with_drawing_note() -> bytes:
    return saved_plainly(new(b"% written by " + TEXT + b"\n0 0 m\nn\n"))


def with_comment_author() -> bytes:
    pdf = new()
    reply = comment(pdf, T=String(MARK), M=String("D:20260102"), NM=String(MARK), RC=String(MARK), Subj=String(MARK))
    pdf.pages[0].obj.Annots = Array([reply])
    return saved(pdf)


def with_hidden_comment() -> bytes:
    pdf = new()
    secret = comment(pdf, F=2)
    secret.Contents = String(MARK)
    pdf.pages[0].obj.Annots = Array([secret])
    return saved(pdf)


def with_attached_comment() -> bytes:
    pdf = new()
    pin = comment(pdf, FS=attached(pdf))
    pin.Subtype = Name.FileAttachment
    pdf.pages[0].obj.Annots = Array([pin])
    return saved(pdf)


def with_link() -> bytes:
    pdf = new()
    link = comment(pdf, A=Dictionary(S=Name.URI, URI=String(f"https://example.org/{MARK}")))
    link.Subtype = Name.Link
    pdf.pages[0].obj.Annots = Array([link])
    return saved(pdf)


def with_form(value: str = "Ward seven", flags: int = 4) -> bytes:
    """A text field filled with `value`, whose other entries carry the word."""
    pdf = new()
    field = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Tx,
            Rect=Array([20, 20, 200, 40]),
            F=flags,
            T=String(MARK),
            TU=String(MARK),
            DV=String(MARK),
            V=String(value),
            DA=String("/Helv 12 Tf 0 g"),
        )
    )
    helvetica = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
    fonts = Dictionary(Font=Dictionary(Helv=pdf.make_indirect(helvetica)))
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]), DR=fonts, NeedAppearances=True, XFA=pdf.make_stream(TEXT))
    pdf.pages[0].obj.Annots = Array([field])
    return saved(pdf)


def with_jpeg() -> bytes:
    pdf = new()
    return saved(shown(pdf, picture(pdf, jpeg(exif=exif(), comment=TEXT))))


def with_packed_jpeg() -> bytes:
    """A JPEG behind a second filter, as some scanners write them."""
    pdf = new()
    coded = pdf.make_stream(jpeg_with(0xFE, TEXT).hex().encode() + b">")
    coded = picture(pdf, coded.read_raw_bytes())
    coded.Filter = Array([Name.ASCIIHexDecode, Name.DCTDecode])
    return saved_plainly(shown(pdf, coded))


def with_profile() -> bytes:
    pdf = new()
    image = picture(pdf, jpeg())
    image.ColorSpace = Array([Name.ICCBased, pdf.make_stream(profile(), N=3)])
    return saved(shown(pdf, image))


def with_hidden_drawing() -> bytes:
    """A drawing that is on a hidden layer, used inside a visible one that shares its resources."""
    pdf = new()
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Notes")))
    box = Array([0, 0, 300, 200])
    secret = pdf.make_stream(
        b"BT /F1 9 Tf (" + TEXT + b") Tj ET", Type=Name.XObject, Subtype=Name.Form, BBox=box, OC=layer
    )
    shared = pdf.make_indirect(Dictionary(XObject=Dictionary(S1=secret)))
    visible = pdf.make_stream(b"/S1 Do", Type=Name.XObject, Subtype=Name.Form, BBox=box, Resources=shared)
    pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))
    return saved(shown(pdf, visible))


def with_drawn_font() -> bytes:
    """A font whose letters are drawings, with a note in one of them."""
    pdf = new()
    letter = pdf.make_stream(b"1000 0 0 0 750 750 d1\n% " + TEXT + b"\n0 0 750 750 re f")
    pdf.pages[0].obj.Resources.Font.F3 = pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type3,
            FontBBox=Array([0, 0, 750, 750]),
            FontMatrix=Array([0.001, 0, 0, 0.001, 0, 0]),
            CharProcs=Dictionary(square=letter),
            Encoding=Dictionary(Type=Name.Encoding, Differences=Array([97, Name.square])),
            FirstChar=97,
            LastChar=97,
            Widths=Array([1000]),
        )
    )
    pdf.pages[0].contents_add(pdf.make_stream(b"BT /F3 12 Tf 20 60 Td (a) Tj ET"))
    return saved(pdf)


def with_drawing() -> bytes:
    """A drawing reused on the page, with a note of the file it came from."""
    pdf = new()
    drawing = pdf.make_stream(
        b"% " + TEXT + b"\n0 0 1 1 re f",
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([0, 0, 1, 1]),
        LastModified=String("D:2026"),
        PieceInfo=Dictionary(Quillon=Dictionary(Private=String(MARK))),
        Metadata=pdf.make_stream(TEXT, Type=Name.Metadata, Subtype=Name.XML),
    )
    drawing["/PTEX.FileName"] = String(f"/home/{MARK}/a.pdf")
    return saved(shown(pdf, drawing))


def with_earlier_version() -> bytes:
    """Text replaced by an appended revision, with the first version still in the file."""
    first = saved_plainly(new(b"% " + TEXT))
    with pikepdf.open(io.BytesIO(first)) as pdf:
        number = pdf.pages[0].obj.Contents.objgen[0]
    content = f"BT /F1 18 Tf 20 100 Td ({SEEN}) Tj ET".encode()
    at = len(first)
    changed = b"%d 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n" % (number, len(content), content)
    start = first[first.rfind(b"startxref") :].split()[1]
    size = first[first.rfind(b"/Size") :].split()[1].rstrip(b">/")
    with pikepdf.open(io.BytesIO(first)) as pdf:
        root = pdf.Root.objgen[0]
    table = b"xref\n%d 1\n%010d 00000 n \n" % (number, at)
    trailer = b"trailer\n<</Size %s /Root %d 0 R /Prev %s>>\n" % (size, root, start)
    return first + changed + table + trailer + b"startxref\n%d\n%%%%EOF\n" % (at + len(changed))


def with_unused_object() -> bytes:
    plain = saved_plainly(new())
    return plain.replace(b"1 0 obj", b"% " + TEXT + b"\n1 0 obj", 1)


PLANTED: dict[str, Callable[[], bytes]] = {
    "properties": with_info,
    "XMP": with_xmp,
    "a script on opening": lambda: _catalogue(_open_action),
    "named scripts": lambda: _catalogue(_script_tree),
    "an attached file": lambda: _catalogue(_attachment),
    "associated files": lambda: _catalogue(_associated),
    "a page's private data": lambda: _catalogue(_page_piece),
    "an outline": lambda: _catalogue(_outline),
    "page labels and unknown entries": lambda: _catalogue(_labels),
    "tags": lambda: _catalogue(_tags),
    "the page tree": lambda: _catalogue(_page_tree),
    "a layer's name": with_layer_name,
    "a hidden layer": with_hidden_layer,
    "marked content": with_marked_content,
    "a note among drawing instructions": with_drawing_note,
    "a comment's author": with_comment_author,
    "a hidden comment": with_hidden_comment,
    "a file pinned to the page": with_attached_comment,
    "a link": with_link,
    "a form": with_form,
    "a hidden field": lambda: with_form(MARK, flags=2),
    "EXIF of a photograph": with_jpeg,
    "EXIF of a photograph behind two filters": with_packed_jpeg,
    "a colour profile": with_profile,
    "a drawing": with_drawing,
    "a drawing on a hidden layer": with_hidden_drawing,
    "a drawn letter": with_drawn_font,
    "an earlier version": with_earlier_version,
    "a note between objects": with_unused_object,
    "bytes after the end": lambda: saved(new()) + b"\n% " + TEXT,
}
