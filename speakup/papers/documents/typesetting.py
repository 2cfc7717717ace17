"""Papers as PDF/UA-1, and drawings as pictures for formats that take no others, both set by typst."""

import io
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import pikepdf
import typst
from fontTools.ttLib import TTFont

from speakup.papers.documents.paper import Block, Drawing, Grid, KeyFigure, Paper, Points, Section, Story, Words

_ROOT: Final = Path(__file__).resolve().parents[3]
_TEMPLATES: Final = _ROOT / "templates" / "papers"
_FONTS: Final = _ROOT / "speakup" / "static" / "build" / "fonts"
_KINDS: Final[dict[type, str]] = {
    Words: "words", KeyFigure: "key figure", Points: "points", Grid: "grid", Drawing: "drawing", Story: "story",
}  # fmt: skip
_ALSO_HAD: Final = frozenset("≥≤→←↑↓✓☐□½\u2011\u00ad\n\t")
"""What typst's own fonts have beside ours."""
_HALF_A_LINE: Final = 8.1
"""Centimetres."""
_UNKNOWN: Final = "□"


def as_pdf(paper: Paper) -> bytes:
    """Set a paper. typst refuses what is not PDF/UA-1: a picture without words, a letter that no font has."""
    said = {**asdict(paper), "published_on": [*paper.published_on.timetuple()[:3]], "cover": _block(paper.cover)}
    for section, made in zip(said["sections"], paper.sections, strict=True):
        section["blocks"] = list(_blocks(made))
    source, data = _TEMPLATES / "paper.typ", {"paper": json.dumps(_settable(said))}
    pdf = typst.compile(
        source,
        sys_inputs=data,
        format="pdf",
        pdf_standards=["ua-1", "a-2a"],
        font_paths=[_FONTS],
        ignore_system_fonts=True,
    )
    return _with_row_headings(pdf)


def picture(drawing: Drawing, dots_per_inch: int = 220) -> bytes:
    """A drawing as PNG."""
    source, data = _TEMPLATES / "drawing.typ", {"paper": json.dumps(_block(drawing))}
    return typst.compile(
        source, sys_inputs=data, format="png", ppi=dots_per_inch, font_paths=[_FONTS], ignore_system_fonts=True
    )


def _blocks(section: Section) -> Iterator[dict[str, Any]]:
    """What stands in a part; small drawings that follow each other stand side by side."""
    for is_small, blocks in groupby(section.blocks, _is_small):
        if is_small:
            yield {"kind": "drawings", "drawings": [_block(each) for each in blocks]}
        else:
            yield from (_block(each) for block in blocks for each in _narrow(block))


def _is_small(block: Block) -> bool:
    return isinstance(block, Drawing) and block.width < _HALF_A_LINE


def _narrow(block: Block) -> tuple[Block, ...]:
    return block.narrow() if isinstance(block, Grid) else (block,)


def _block(block: Block) -> dict[str, Any]:
    plain = asdict(block)
    if isinstance(block, Grid):
        plain |= {"shares": block.shares, "whole": block.whole}
    if isinstance(block, Drawing):
        plain |= {"svg": _in_our_font(block.svg), "width": block.width}
    return {"kind": _KINDS[type(block)], **plain}


def _in_our_font(svg: str) -> str:
    return svg.replace('"Arial, sans-serif"', '"Arimo"')


# --- letters --------------------------------------------------------------------------------------------------------


@cache
def _letters() -> frozenset[str]:
    with TTFont(_FONTS / "Arimo-Regular.ttf", lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap())) | _ALSO_HAD


def _settable(value: Any) -> Any:  # noqa: ANN401 -- whatever stands in a paper
    if isinstance(value, str):
        return settable(value)
    if isinstance(value, dict):
        return {key: _settable(each) for key, each in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, (list, tuple)):
        return [_settable(each) for each in value]
    return value


def settable(words: str) -> str:
    """Write letters that no font has in others that mean the same, or as an empty box: a paper is made all the same."""
    kept = unicodedata.normalize("NFC", words)
    if _letters().issuperset(kept):
        return kept
    kept = re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", kept)
    return "".join(each if each in _letters() else _instead(each) for each in kept)


def _instead(letter: str) -> str:
    alike = unicodedata.normalize("NFKC", letter)
    return alike if _letters().issuperset(alike) else _UNKNOWN


# --- headings of rows -----------------------------------------------------------------------------------------------


def _with_row_headings(pdf: bytes) -> bytes:
    """Mark the first cell of each row as its heading, which typst can say only of columns so far.

    Cells that name their headings one by one would hide it, so they are left to follow from row and column.
    """
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for row in _rows(document.Root.StructTreeRoot.K):
            for number, cell in enumerate(row.K):
                if cell.S == pikepdf.Name.TD:
                    _mark(cell, is_heading=number == 0)
        file = io.BytesIO()
        document.save(file, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return file.getvalue()


def _mark(cell: pikepdf.Object, *, is_heading: bool) -> None:
    if is_heading:
        cell.S = pikepdf.Name.TH
        cell.A = pikepdf.Dictionary(O=pikepdf.Name.Table, Scope=pikepdf.Name.Row)
    elif pikepdf.Name.A in cell:
        for attributes in cell.A:
            if pikepdf.Name.Headers in attributes:
                del attributes[pikepdf.Name.Headers]


def _rows(element: pikepdf.Object) -> list[pikepdf.Object]:
    """Every row of every table's body, wherever it stands in the tree."""
    if isinstance(element, pikepdf.Array):
        return [row for each in element for row in _rows(each)]
    if not isinstance(element, pikepdf.Dictionary) or pikepdf.Name.S not in element:
        return []
    if element.S == pikepdf.Name.TR:
        return [element]
    return _rows(element.K) if pikepdf.Name.K in element and pikepdf.Name.THead != element.S else []
