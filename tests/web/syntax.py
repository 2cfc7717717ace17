"""Whether a page is HTML without a single error, asked of a parser once for all pages that have the same shape.

The parser takes longer than making the page. What it has to say depends on the tags, their order and their attributes'
names, not on plain words between them or in an attribute: so of pages that differ in those alone one is parsed.
"""

import re

import html5lib

# Letters that mean nothing to a parser wherever they stand, and the marks that templates put in place of others.
_PLAIN = r"[\t\n\r !#-%'-;=?-~\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0001fffd]"
_MARKS = r"&(?:amp|lt|gt|quot|#34|#39);"
_WORDS = re.compile(rf'>(?:{_PLAIN}|"|{_MARKS})*<')
_VALUES = re.compile(rf'(?<=[ \n])(?!type=)([a-z-]+)="(?:{_PLAIN}|{_MARKS})*"')
_sound: set[str] = set()


def check_syntax(body: str) -> None:
    """Parse a page unless one of its shape was parsed before; `html5lib.html5parser.ParseError` says what is wrong."""
    seen = shape(body)
    if seen not in _sound:
        html5lib.HTMLParser(strict=True).parse(body)
        _sound.add(seen)


def shape(body: str) -> str:
    """What is left of a page when plain words are all alike; space alone is something else to a parser than words."""
    return _VALUES.sub(r'\1=""', _WORDS.sub(_as_one_letter, body))


def _as_one_letter(found: re.Match[str]) -> str:
    between = found.group()[1:-1]
    return ">x<" if between.strip(" \t\n\r") else f">{between}<"
