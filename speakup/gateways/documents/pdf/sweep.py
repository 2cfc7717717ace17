"""One PDF being swept: its catalogue, its pages, every object, and what the pages draw."""

import re
from collections.abc import Callable, Iterable

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Page, Pdf, Stream

from speakup.gateways.documents import segments
from speakup.gateways.documents.outcomes import Limits, Reason, Rebuilt, Refused, Removed
from speakup.gateways.documents.pdf import entries
from speakup.gateways.documents.pdf.filters import unpacked

_DEVICE_SPACE = {1: Name.DeviceGray, 3: Name.DeviceRGB, 4: Name.DeviceCMYK}
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{2,4})?")
_MARKED = re.compile(rb"%|\b(?:BMC|BDC|EMC|MP|DP)\b")
_MARKS = frozenset({"BMC", "BDC", "EMC", "MP", "DP"})
_DEEPEST = 40
_Instruction = pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage


class Sweep:
    """One file being swept; `removed` collects what was found."""

    def __init__(self, pdf: Pdf, limits: Limits) -> None:
        self.pdf = pdf
        self.limits = limits
        self.removed: set[Removed] = set()
        self.left = limits.unpacked  # bytes that the streams may still unpack to
        self.hidden = _hidden_layers(pdf.Root)
        self.hidden_drawings = set[tuple[int, int]]()

    def run(self) -> None:
        self._weigh_streams()
        comments = [self._lift_comments(page) for page in self.pdf.pages]
        self._flatten_forms()
        self._sweep_catalogue()
        for page, kept in zip(self.pdf.pages, comments, strict=True):
            self._sweep_page(page, kept)
        # All drawings first: what hides a part of one may be an entry of another, and entries go below.
        for thing in self.pdf.objects:
            self._redraw_reused(thing)
        if self.hidden:
            streams = (thing for thing in self.pdf.objects if isinstance(thing, Stream))
            self.hidden_drawings = {stream.objgen for stream in streams if self._is_hidden(stream.get("/OC"))}
        for thing in self.pdf.objects:
            self._sweep_object(thing)

    def _weigh_streams(self) -> None:
        for thing in self.pdf.objects:
            if not isinstance(thing, Stream):
                continue
            if thing.get("/Subtype") == Name.Image and _pixels(thing) > self.limits.pixels:
                raise Refused(Reason.BOMB)
            self.left -= len(unpacked(thing, self.left)[0])

    # --- the catalogue and the pages ---

    def _sweep_catalogue(self) -> None:
        root, trailer = self.pdf.Root, self.pdf.trailer
        for key, tells in entries.INFO_TELLS.items():
            if "/Info" in trailer and key in trailer.Info:
                self.removed.add(tells)
        if "/Info" in trailer:
            self.removed.add(Removed.DESCRIPTION)
            del trailer["/Info"]
        self.removed |= {tells for key, tells in entries.CATALOGUE_TELLS.items() if key in root}
        if "/ID" in trailer:  # Its first half would stay the same through every later version.
            del trailer["/ID"]
        names = root.get("/Names", Dictionary())
        self.removed |= {Removed.SCRIPTS} if "/JavaScript" in names else set()
        self.removed |= {Removed.EMBEDDED_FILES} if "/EmbeddedFiles" in names else set()
        if not _LANGUAGE.fullmatch(str(root.get("/Lang", ""))):
            _keep_only(root, entries.CATALOGUE - {"/Lang"})
        _keep_only(root, entries.CATALOGUE)

    def _lift_comments(self, page: Page) -> list[Object]:
        """Take what is not a form field off the page; give back the comments that may return, without their authors."""
        lifted, fields = list[Object](), list[Object]()
        for annotation in _items(page.obj.get("/Annots")):
            if not isinstance(annotation, Dictionary):
                continue
            if annotation.get("/Subtype") == Name.Widget:
                fields.append(annotation)
            elif self._may_return(annotation):
                lifted.append(annotation)
        if "/Annots" in page.obj:
            page.obj.Annots = Array(fields)
        return lifted

    def _may_return(self, annotation: Object) -> bool:
        kind = str(annotation.get("/Subtype", ""))
        if kind in entries.ATTACHED_KINDS:
            self.removed.add(Removed.EMBEDDED_FILES)
        if kind == "/Link":
            self.removed.add(Removed.LINKS)
        if kind not in entries.COMMENT_KINDS:
            return False
        if int(annotation.get("/F", 0)) & entries.NOT_SEEN or self._is_hidden(annotation.get("/OC")):
            self.removed.add(Removed.HIDDEN_TEXT)
            return False
        if "/T" in annotation or "/M" in annotation or "/CreationDate" in annotation:
            self.removed.add(Removed.COMMENT_AUTHORS)
        return True

    def _flatten_forms(self) -> None:
        """Draw what is filled in into the page. Hidden fields are not drawn, and go."""
        if "/AcroForm" in self.pdf.Root:
            self.removed.add(Removed.FORM_FIELDS)
            self.pdf.generate_appearance_streams()
        self.pdf.flatten_annotations("screen")

    def _sweep_page(self, page: Page, comments: list[Object]) -> None:
        for annotation in comments:
            _keep_only(annotation, entries.COMMENT)
        page.obj.Annots = Array(comments)
        if not comments:
            del page.obj["/Annots"]
        self._note(page.obj, entries.NEVER)
        _keep_only(page.obj, entries.PAGE)
        if "/Contents" in page.obj:
            page.contents_coalesce()
            self._redraw(page.obj.Contents, page.obj.get("/Resources", Dictionary()))

    # --- every object ---

    def _sweep_object(self, thing: Object) -> None:
        if isinstance(thing, Stream):
            self._sweep_stream(thing)
        self._sweep_inside(thing, 0)

    def _sweep_stream(self, stream: Object) -> None:
        if stream.get("/Subtype") == Name.Image:
            self._note(stream, entries.NEVER)
            _keep_only(stream, entries.IMAGE)
            self._sweep_picture(stream)
        elif "/PatternType" in stream and "/BBox" in stream:
            _keep_only(stream, entries.TILE)
        elif "/BBox" in stream:
            self._note(stream, entries.NEVER)
            _keep_only(stream, entries.FORM)

    def _sweep_picture(self, stream: Object) -> None:
        """Leave out what a JPEG or JPEG 2000 carries besides its pixels."""
        coded, filters = unpacked(stream, self.limits.unpacked)
        strip = _STRIP.get(filters[0]) if len(filters) == 1 else None
        if strip is None:
            return
        try:
            stripped = strip(coded)
        except Refused:
            raise Refused(Reason.UNREADABLE) from None
        self.removed |= stripped.removed
        parameters = stream.get("/DecodeParms")
        parameters = parameters[-1] if isinstance(parameters, Array) and len(parameters) else parameters
        stream.write(stripped.body, filter=Name(filters[0]))
        if isinstance(parameters, Dictionary):
            stream.DecodeParms = parameters

    def _sweep_inside(self, thing: Object, depth: int) -> None:
        """Entries of a dictionary or array and of the direct objects in it; what is indirect gets its own turn."""
        if depth > _DEEPEST:
            raise Refused(Reason.UNREADABLE)
        if isinstance(thing, (Dictionary, Stream)):
            self._note(thing, entries.NEVER)
            for key in [key for key in _keys(thing) if key in entries.NEVER]:
                del thing[key]
            if thing.get("/Type") == Name.Pages:
                _keep_only(thing, entries.PAGE_TREE)
            if isinstance(thing.get("/Resources"), Dictionary):
                _keep_only(thing.Resources, entries.RESOURCES)
                self._drop_hidden(thing.Resources.get("/XObject", Dictionary()))
            inside: list[tuple[str | int, Object]] = [(str(key), value) for key, value in thing.items()]
        elif isinstance(thing, Array):
            inside = [*enumerate(thing)]
        else:
            return
        for place, value in inside:
            space = _plain_space(value)
            if space is not None:
                thing[place] = space
            elif isinstance(value, (Array, Dictionary)) and not value.is_indirect:
                self._sweep_inside(value, depth + 1)

    def _drop_hidden(self, drawings: Object) -> None:
        for name in [name for name, drawing in drawings.items() if drawing.objgen in self.hidden_drawings]:
            del drawings[name]

    def _note(self, thing: Object, tells: dict[str, Removed | None]) -> None:
        self.removed |= {found for key, found in tells.items() if found is not None and key in thing}

    # --- what is drawn ---

    def _redraw(self, stream: Object, resources: Object) -> None:
        """Leave out notes in the drawing instructions, marks, and what stands on a hidden layer."""
        drawn, filters = unpacked(stream, self.limits.unpacked)
        if not (filters or self.hidden or _MARKED.search(drawn)):
            return
        kept = self._seen(stream, resources)
        stream.write(pikepdf.unparse_content_stream(kept))

    def _redraw_reused(self, thing: Object) -> None:
        """Drawings that pages, comments and patterns share (only they have a box), and the letters of drawn fonts."""
        if isinstance(thing, Stream) and "/BBox" in thing:
            self._redraw(thing, thing.get("/Resources", Dictionary()))
        elif isinstance(thing, Dictionary) and thing.get("/Subtype") == Name.Type3:
            for letter in thing.get("/CharProcs", Dictionary()).values():
                if isinstance(letter, Stream):
                    self._redraw(letter, thing.get("/Resources", Dictionary()))

    def _seen(self, stream: Object, resources: Object) -> list[_Instruction]:
        layers, forms = resources.get("/Properties", Dictionary()), resources.get("/XObject", Dictionary())
        kept, open_marks = [], list[bool]()  # for every mark that is open, whether it begins something hidden
        for instruction in pikepdf.parse_content_stream(stream):
            operator, operands = str(instruction.operator), instruction.operands
            if operator in ("BMC", "BDC"):
                hides = operator == "BDC" and operands[0] == Name.OC and isinstance(operands[1], Name)
                open_marks.append(hides and self._is_hidden(layers.get(str(operands[1]))))
            elif operator == "EMC" and open_marks:
                open_marks.pop()
            elif operator in _MARKS:
                continue
            elif self._shows_hidden(operator, operands, forms) or (any(open_marks) and operator in _SHOWING):
                self.removed.add(Removed.HIDDEN_TEXT)
            else:
                kept.append(instruction)
        return kept

    def _shows_hidden(self, operator: str, operands: Iterable[Object], forms: Object) -> bool:
        return operator == "Do" and self._is_hidden(_entry(forms.get(str(next(iter(operands), ""))), "/OC"))

    def _is_hidden(self, layer: Object | None) -> bool:
        """Whether a layer (or a group of layers, by its default rule: all of them off) is switched off."""
        if layer is None or not self.hidden:
            return False
        if layer.get("/Type") == Name.OCMD:
            members = [member for member in _items(layer.get("/OCGs")) if isinstance(member, Dictionary)]
            return bool(members) and all(member.objgen in self.hidden for member in members)
        return layer.objgen in self.hidden


# Operators that put something on the page; those that only set a state must stay, for what comes after.
_SHOWING = frozenset({"Tj", "TJ", "'", '"', "Do", "sh", "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "INLINE IMAGE"})
_STRIP: dict[str, Callable[[bytes], Rebuilt]] = {
    "/DCTDecode": segments.strip_jpeg,
    "/JPXDecode": segments.strip_jpeg2000,
}


def _keep_only(thing: Object, allowed: frozenset[str]) -> None:
    for key in [key for key in _keys(thing) if key not in allowed]:
        del thing[key]


def _keys(thing: Object) -> list[str]:
    return [str(key) for key in thing.keys()]  # noqa: SIM118 -- going through a stream itself is not allowed.


def _items(thing: Object | None) -> list[Object]:
    if thing is None:
        return []
    return list(thing) if isinstance(thing, Array) else [thing]


def _entry(thing: Object | None, key: str) -> Object | None:
    return thing.get(key) if isinstance(thing, (Dictionary, Stream)) else None


def _pixels(image: Object) -> int:
    return int(image.get("/Width", 0)) * int(image.get("/Height", 0))


def _plain_space(value: Object) -> Object | None:
    """The device colours in place of a colour profile, which can name a device or a person."""
    if not (isinstance(value, Array) and len(value) > 1 and value[0] == Name.ICCBased):
        return None
    return _DEVICE_SPACE.get(int(value[1].get("/N", 0)))


def _hidden_layers(root: Object) -> frozenset[tuple[int, int]]:
    layers = root.get("/OCProperties")
    if not isinstance(layers, Dictionary) or not isinstance(layers.get("/D"), Dictionary):
        return frozenset()
    off = {layer.objgen for layer in _items(layers.D.get("/OFF")) if isinstance(layer, Dictionary)}
    if layers.D.get("/BaseState") == Name.OFF:
        on = {layer.objgen for layer in _items(layers.D.get("/ON")) if isinstance(layer, Dictionary)}
        off |= {layer.objgen for layer in _items(layers.get("/OCGs")) if isinstance(layer, Dictionary)} - on
    return frozenset(off)
