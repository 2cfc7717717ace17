"""Small Office files with a planted word in every place that their formats have."""

import io
import zipfile
from collections.abc import Callable

import docx
import openpyxl
import pptx
from docx.document import Document
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.presentation import Presentation

from tests.gateways.documents.pictures import exif, jpeg, painting, png_with, saved
from tests.gateways.documents.traces import MARK

SEEN = "The rota had two nurses"
TEXT = MARK.encode()
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MICROSOFT = "http://schemas.microsoft.com/office"
_ROOT = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}


def members(body: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: dict[str, bytes], comment: bytes = b"", extra: bytes = b"") -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.comment, entry.extra = comment, extra
            archive.writestr(entry, content)
        archive.comment = comment
    return written.getvalue()


def replaced(body: bytes, name: str, old: str, new: str) -> bytes:
    parts = members(body)
    assert old in parts[name].decode(), f"{old} is not in {name}"
    return zipped(parts | {name: parts[name].decode().replace(old, new, 1).encode()})


def linked(body: bytes, source: str, kind: str, target: str, content: bytes | None = None, *, mode: str = "") -> bytes:
    """With one more relationship, `rIdQ`, and the part it leads to when it stays inside."""
    parts = members(body)
    folder, _, file = source.rpartition("/")
    rels = f"{folder}/_rels/{file}.rels" if folder else "_rels/.rels"
    empty = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    before = parts.get(rels, empty)
    where = f' TargetMode="{mode}"' if mode else ""
    link = f'<Relationship Id="rIdQ" Type="{kind}" Target="{target}"{where}/>'
    parts[rels] = before.replace(b"</Relationships>", link.encode() + b"</Relationships>")
    if content is not None:
        name = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
        parts[name] = content
        override = f'<Override PartName="/{name}" ContentType="application/xml"/></Types>'
        parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", override.encode())
    return zipped(parts)


# --- docx ---


def document(change: Callable[[Document], object] = lambda _: None) -> bytes:
    made = docx.Document()
    made.add_paragraph(SEEN)
    change(made)
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def _properties(made: Document) -> None:
    for name in ("author", "last_modified_by", "title", "keywords", "comments", "category", "subject"):
        setattr(made.core_properties, name, MARK)


def _with_photograph(made: Document) -> None:
    made.add_picture(io.BytesIO(jpeg(exif=exif(), comment=TEXT)))


def _with_drawing(made: Document) -> None:
    made.add_picture(io.BytesIO(png_with(b"tEXt", b"Author\0" + TEXT)))


def body_xml(inside: str) -> bytes:
    """A document with more XML at the end of its body."""
    return replaced(document(), "word/document.xml", "<w:sectPr", f"{inside}<w:sectPr")


def run(inside: str) -> str:
    return f"<w:p><w:r><w:t>Ward</w:t></w:r>{inside}</w:p>"


def settings_xml(inside: str) -> bytes:
    return replaced(document(), "word/settings.xml", "</w:settings>", f"{inside}</w:settings>")


def field(instruction: str) -> str:
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve">{instruction}'
        '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>result</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def with_word_comment() -> bytes:
    made = docx.Document()
    paragraph = made.add_paragraph(SEEN)
    made.add_comment(paragraph.runs, text="Who agreed?", author=MARK, initials=MARK[:3])
    written = io.BytesIO()
    made.save(written)
    people = f'<w15:people xmlns:w15="{MICROSOFT}/word/2012/wordml"><w15:person w15:author="{MARK}"/></w15:people>'
    return linked(
        written.getvalue(), "word/document.xml", f"{MICROSOFT}/2011/relationships/people", "people.xml", people.encode()
    )


def with_word_object() -> bytes:
    """An embedded workbook behind a picture of it."""
    holder = (
        f'<w:object><o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office" Type="Embed" '
        f'ProgID="Excel.Sheet.12" ShapeID="s1" xmlns:r="{OFFICE}" r:id="rIdQ"/></w:object>'
    )
    body = body_xml(run(f"<w:r>{holder}</w:r>"))
    return linked(body, "word/document.xml", f"{OFFICE}/package", "embeddings/a.xlsx", workbook(_sheet_properties))


def with_template() -> bytes:
    body = settings_xml(f'<w:attachedTemplate xmlns:r="{OFFICE}" r:id="rIdQ"/>')
    address = f"file:///C:/Users/{MARK}/Normal.dotm"
    return linked(body, "word/settings.xml", f"{OFFICE}/attachedTemplate", address, mode="External")


def with_mail_merge() -> bytes:
    merge = f'<w:mailMerge><w:query w:val="SELECT {MARK}"/><w:dataSource xmlns:r="{OFFICE}" r:id="rIdQ"/></w:mailMerge>'
    return linked(
        settings_xml(merge), "word/settings.xml", f"{OFFICE}/mailMergeSource", f"file:///{MARK}", mode="External"
    )


def with_hyperlink() -> bytes:
    body = body_xml(
        f'<w:p><w:hyperlink xmlns:r="{OFFICE}" r:id="rIdQ" w:tooltip="{MARK}"><w:r><w:t>here</w:t></w:r></w:hyperlink>'
        "</w:p>"
    )
    return linked(body, "word/document.xml", f"{OFFICE}/hyperlink", f"https://example.org/{MARK}", mode="External")


def with_rsids() -> bytes:
    body = settings_xml('<w:rsids><w:rsidRoot w:val="00ABCDEF"/></w:rsids>')
    return replaced(body, "word/document.xml", "<w:p>", '<w:p w:rsidR="00ABCDEF" w:rsidRDefault="00ABCDEF">')


def with_custom_xml() -> bytes:
    bound = (
        f'<w:sdt><w:sdtPr><w:alias w:val="{MARK}"/><w:tag w:val="{MARK}"/><w:dataBinding w:xpath="/{MARK}" '
        f'w:storeItemID="{{{MARK}}}"/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>Ward</w:t></w:r></w:p></w:sdtContent></w:sdt>'
    )
    return linked(
        body_xml(bound), "word/document.xml", f"{OFFICE}/customXml", "/customXml/item1.xml", f"<a>{MARK}</a>".encode()
    )


def with_alt_path() -> bytes:
    body = document(_with_photograph)
    return replaced(body, "word/document.xml", "<wp:docPr ", f'<wp:docPr descr="C:\\Users\\{MARK}\\a.png" ')


TRACKED = (
    f'<w:ins w:id="1" w:author="{MARK}" w:date="2026-01-02T03:04:05Z" w16du:dateUtc="2026-02-03T04:05:06Z" '
    f'xmlns:w16du="{MICROSOFT}/word/2023/wordml/word16du"><w:r><w:t>new</w:t></w:r></w:ins>'
)

DOCUMENTS: dict[str, Callable[[], bytes]] = {
    "core properties": lambda: document(_properties),
    "application properties": lambda: linked(
        document(), "", f"{OFFICE}/extended-properties", "docProps/app2.xml", f"<a>{MARK}</a>".encode()
    ),
    "custom properties": lambda: linked(
        document(), "", f"{OFFICE}/custom-properties", "docProps/custom.xml", f"<a>{MARK}</a>".encode()
    ),
    "a thumbnail": lambda: linked(
        document(),
        "",
        "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail",
        "docProps/thumb2.jpeg",
        jpeg(comment=TEXT),
    ),
    "custom XML and content controls": with_custom_xml,
    "macros": lambda: linked(
        document(), "word/document.xml", f"{MICROSOFT}/2006/relationships/vbaProject", "vbaProject.bin", TEXT
    ),
    "a part nothing leads to": lambda: zipped(members(document()) | {"word/secret.xml": TEXT}),
    "a comment's author": with_word_comment,
    "a tracked change": lambda: body_xml(f"<w:p>{TRACKED}</w:p>"),
    "a tracked format": lambda: body_xml(
        f'<w:p><w:r><w:rPr><w:b/><w:rPrChange w:id="2" w:author="{MARK}" w:date="2026-01-02T03:04:05Z"><w:rPr/>'
        "</w:rPrChange></w:rPr><w:t>Ward</w:t></w:r></w:p>"
    ),
    "an embedded workbook": with_word_object,
    "a template": with_template,
    "a mail merge": with_mail_merge,
    "a link": with_hyperlink,
    "a link as a field": lambda: body_xml(run(field(f'HYPERLINK "https://example.org/{MARK}"'))),
    "a picture's path as a field": lambda: body_xml(run(field(f'INCLUDEPICTURE "C:\\\\Users\\\\{MARK}\\\\a.png"'))),
    "a simple field": lambda: body_xml(
        f'<w:p><w:fldSimple w:instr="DOCPROPERTY {MARK}"><w:r><w:t>Ward</w:t></w:r></w:fldSimple></w:p>'
    ),
    "a field that never ends": lambda: body_xml(
        f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>QUOTE {MARK}</w:instrText></w:r></w:p>'
    ),
    "hidden text": lambda: body_xml(f"<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>{MARK}</w:t></w:r></w:p>"),
    "document variables": lambda: settings_xml(f'<w:docVars><w:docVar w:name="{MARK}" w:val="{MARK}"/></w:docVars>'),
    "smart tags": lambda: body_xml(
        f'<w:p><w:smartTag w:uri="urn:{MARK}" w:element="{MARK}"><w:r><w:t>Ward</w:t></w:r></w:smartTag></w:p>'
    ),
    "an XML comment": lambda: body_xml(f"<!-- {MARK} -->"),
    "an XML instruction": lambda: body_xml(f"<?{MARK} {MARK}?>"),
    "an unknown namespace": lambda: body_xml(f'<q:quill xmlns:q="urn:{MARK}" q:by="{MARK}">{MARK}</q:quill>'),
    "an unknown attribute": lambda: body_xml(f'<w:p xmlns:q="urn:{MARK}" q:by="{MARK}"/>'),
    "a path as alternative text": with_alt_path,
    "EXIF of a photograph": lambda: document(_with_photograph),
    "text of a drawing": lambda: document(_with_drawing),
    "comments and fields of the zip": lambda: zipped(members(document()), TEXT, b"\xfe\xca\x12\0" + TEXT),
}


# --- xlsx ---


def workbook(change: Callable[[openpyxl.Workbook], object] = lambda _: None) -> bytes:
    made = openpyxl.Workbook()
    made.active["A1"] = SEEN
    made.active["B1"], made.active["B2"], made.active["B3"] = 2, 3, "=B1+B2"
    change(made)
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def _sheet_properties(made: openpyxl.Workbook) -> None:
    for name in ("creator", "lastModifiedBy", "title", "keywords", "description"):
        setattr(made.properties, name, MARK)


def _hidden_sheet(made: openpyxl.Workbook) -> None:
    hidden = made.create_sheet(MARK, 0)
    hidden["A1"], hidden.sheet_state = MARK, "hidden"
    made.active = 1
    sheet = made.worksheets[1]
    sheet["C1"] = f"='{MARK}'!A1"
    made.defined_names["Secret"] = DefinedName("Secret", attr_text=f"'{MARK}'!$A$1")


def _very_hidden_sheet(made: openpyxl.Workbook) -> None:
    hidden = made.create_sheet("Lookup")
    hidden["A1"], hidden.sheet_state = MARK, "veryHidden"


def _sheet_comment(made: openpyxl.Workbook) -> None:
    made.active["A1"].comment = Comment(f"{MARK}:\nWho agreed?", MARK)


def _sheet_link(made: openpyxl.Workbook) -> None:
    made.active["A2"].hyperlink = f"https://example.org/{MARK}"
    made.active["A2"].value = "here"


def _outside(made: openpyxl.Workbook) -> None:
    made.active["C1"] = f"=[1]{MARK}!A1"
    made.active["C2"] = f'=WEBSERVICE("https://example.org/{MARK}")'
    made.defined_names["Where"] = DefinedName("Where", attr_text=f"'C:\\{MARK}\\[a.xlsx]One'!$A$1")


def _hidden_name(made: openpyxl.Workbook) -> None:
    made.defined_names["Quiet"] = DefinedName("Quiet", attr_text=f'"{MARK}"', hidden=True)


def workbook_xml(inside: str) -> bytes:
    return replaced(workbook(), "xl/workbook.xml", "</workbook>", f"{inside}</workbook>")


def with_shared_strings() -> bytes:
    """A workbook as Excel writes it, with a text in its shared list that no visible cell uses."""
    parts = members(workbook())
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    inline = f'<c r="A1" t="inlineStr"><is><t>{SEEN}</t></is></c>'
    assert inline in sheet
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(inline, '<c r="A1" t="s"><v>1</v></c>').encode()
    strings = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="1" uniqueCount="2">'
        f"<si><t>{MARK}</t></si><si><t>{SEEN}</t></si></sst>"
    )
    return linked(zipped(parts), "xl/workbook.xml", f"{OFFICE}/sharedStrings", "sharedStrings.xml", strings.encode())


def sheet_linked(kind: str, target: str, content: bytes | None, mode: str = "") -> bytes:
    return linked(workbook(), "xl/worksheets/sheet1.xml", kind, target, content, mode=mode)


def _abs_path() -> bytes:
    path = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f'<mc:Choice Requires="x15"><x15ac:absPath url="C:\\Users\\{MARK}\\" '
        f'xmlns:x15ac="{MICROSOFT}/spreadsheetml/2010/11/ac"/></mc:Choice></mc:AlternateContent>'
    )
    return workbook_xml(path)


WORKBOOKS: dict[str, Callable[[], bytes]] = {
    "core properties": lambda: workbook(_sheet_properties),
    "a hidden sheet": lambda: workbook(_hidden_sheet),
    "a very hidden sheet": lambda: workbook(_very_hidden_sheet),
    "a comment's author": lambda: workbook(_sheet_comment),
    "a link": lambda: workbook(_sheet_link),
    "formulas that reach outside": lambda: workbook(_outside),
    "a hidden name": lambda: workbook(_hidden_name),
    "an unused shared text": with_shared_strings,
    "the file's path": _abs_path,
    "who shares it": lambda: workbook_xml(f'<fileSharing userName="{MARK}"/>'),
    "a revision's document": lambda: workbook_xml(
        f'<xr:revisionPtr xmlns:xr="{MICROSOFT}/spreadsheetml/2014/revision" documentId="{MARK}"/>'
    ),
    "own views": lambda: workbook_xml(
        f'<customWorkbookViews><customWorkbookView name="{MARK}"/></customWorkbookViews>'
    ),
    "printer settings": lambda: sheet_linked(f"{OFFICE}/printerSettings", "/xl/printerSettings/p.bin", TEXT),
    "a query's table": lambda: sheet_linked(f"{OFFICE}/queryTable", "/xl/queryTables/q.xml", f"<q>{MARK}</q>".encode()),
    "a pivot table": lambda: sheet_linked(f"{OFFICE}/pivotTable", "/xl/pivotTables/p.xml", f"<p>{MARK}</p>".encode()),
    "a threaded comment": lambda: sheet_linked(
        f"{MICROSOFT}/2017/10/relationships/threadedComment", "/xl/threadedComments/t.xml", f"<t>{MARK}</t>".encode()
    ),
    "an embedded object": lambda: sheet_linked(f"{OFFICE}/oleObject", "/xl/embeddings/o.bin", TEXT),
    "an outside workbook": lambda: linked(
        workbook_xml(f'<externalReferences><externalReference xmlns:r="{OFFICE}" r:id="rIdQ"/></externalReferences>'),
        "xl/workbook.xml",
        f"{OFFICE}/externalLink",
        "externalLinks/e.xml",
        f"<e>{MARK}</e>".encode(),
    ),
    "connections": lambda: linked(
        workbook(), "xl/workbook.xml", f"{OFFICE}/connections", "connections.xml", f"<c>{MARK}</c>".encode()
    ),
    "macros": lambda: linked(
        workbook(), "xl/workbook.xml", f"{MICROSOFT}/2006/relationships/vbaProject", "vbaProject.bin", TEXT
    ),
    "people": lambda: linked(
        workbook(),
        "xl/workbook.xml",
        f"{MICROSOFT}/2017/10/relationships/person",
        "persons/person.xml",
        f"<p>{MARK}</p>".encode(),
    ),
}


# --- pptx ---


def slides(change: Callable[[Presentation], object] = lambda _: None) -> bytes:
    made = pptx.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[5])
    slide.shapes.title.text = SEEN
    slide.notes_slide.notes_text_frame.text = "Say it slowly"
    change(made)
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def _slide_properties(made: Presentation) -> None:
    for name in ("author", "last_modified_by", "title", "keywords", "comments"):
        setattr(made.core_properties, name, MARK)


def _slide_photograph(made: Presentation) -> None:
    made.slides[0].shapes.add_picture(io.BytesIO(jpeg(exif=exif(), comment=TEXT)), 0, 0)


def _slide_object(made: Presentation) -> None:
    made.slides[0].shapes.add_ole_object(
        io.BytesIO(workbook(_sheet_properties)), "Excel.Sheet.12", 0, 0, icon_file=io.BytesIO(saved(painting(), "PNG"))
    )


def _slide_film(made: Presentation) -> None:
    film = io.BytesIO(b"\0\0\0\x18ftypmp42" + TEXT)
    poster = io.BytesIO(saved(painting(), "PNG"))
    made.slides[0].shapes.add_movie(film, 0, 0, 100, 100, poster_frame_image=poster, mime_type="video/mp4")


def _slide_chart(made: Presentation) -> None:
    data = CategoryChartData()  # type: ignore[no-untyped-call]
    data.categories = ["Day", "Night"]
    data.add_series("Nurses", (4, 2))  # type: ignore[no-untyped-call]
    made.slides[0].shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, 999, 999, data)


def _slide_link(made: Presentation) -> None:
    shape = made.slides[0].shapes.title
    shape.text_frame.paragraphs[0].runs[0].hyperlink.address = f"https://example.org/{MARK}"


def with_slide_comment() -> bytes:
    namespace = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    authors = (
        f'<p:cmAuthorLst {namespace}><p:cmAuthor id="0" name="{MARK}" initials="{MARK}" lastIdx="1" clrIdx="0"/>'
        "</p:cmAuthorLst>"
    )
    comments = (
        f'<p:cmLst {namespace}><p:cm authorId="0" dt="2026-01-02T03:04:05.000" idx="1"><p:pos x="1" y="1"/>'
        "<p:text>Who agreed?</p:text></p:cm></p:cmLst>"
    )
    body = linked(slides(), "ppt/presentation.xml", f"{OFFICE}/commentAuthors", "commentAuthors.xml", authors.encode())
    return linked(body, "ppt/slides/slide1.xml", f"{OFFICE}/comments", "/ppt/comments/c.xml", comments.encode())


def with_modern_comment() -> bytes:
    namespace = f'xmlns:p188="{MICROSOFT}/powerpoint/2018/8/main"'
    author = f'<p188:author id="{{1}}" name="{MARK}" initials="Q" userId="{MARK}" providerId="AD"/>'
    authors = f"<p188:authorLst {namespace}>{author}</p188:authorLst>"
    comments = (
        f'<p188:cmLst {namespace}><p188:cm id="{{2}}" authorId="{{1}}" created="2026-01-02T03:04:05.678"/></p188:cmLst>'
    )
    kind = f"{MICROSOFT}/2018/10/relationships"
    body = linked(slides(), "ppt/presentation.xml", f"{kind}/authors", "authors.xml", authors.encode())
    return linked(body, "ppt/slides/slide1.xml", f"{kind}/comments", "/ppt/comments/m.xml", comments.encode())


def with_embedded_chart_data() -> bytes:
    body = slides(_slide_chart)
    parts = members(body)
    name = next(name for name in parts if name.endswith(".xlsx"))
    parts[name] = workbook(_sheet_properties)
    return zipped(parts)


def with_named_shape() -> bytes:
    return replaced(slides(), "ppt/slides/slide1.xml", 'name="Title 1"', f'name="{MARK}.jpg" descr="{MARK}.jpg"')


SLIDES: dict[str, Callable[[], bytes]] = {
    "core properties": lambda: slides(_slide_properties),
    "EXIF of a photograph": lambda: slides(_slide_photograph),
    "an embedded workbook": lambda: slides(_slide_object),
    "a film": lambda: slides(_slide_film),
    "the data behind a chart": with_embedded_chart_data,
    "a link": lambda: slides(_slide_link),
    "a comment's author": with_slide_comment,
    "a newer comment's author": with_modern_comment,
    "a shape's name": with_named_shape,
    "tags": lambda: linked(
        slides(), "ppt/slides/slide1.xml", f"{OFFICE}/tags", "/ppt/tags/t.xml", b"<t>" + TEXT + b"</t>"
    ),
    "macros": lambda: linked(
        slides(), "ppt/presentation.xml", f"{MICROSOFT}/2006/relationships/vbaProject", "vbaProject.bin", TEXT
    ),
    "view settings": lambda: linked(
        slides(), "ppt/presentation.xml", f"{OFFICE}/viewProps", "viewProps2.xml", b"<v>" + TEXT + b"</v>"
    ),
}
