"""What a page says, as a strict parser reads it, and how hard its words are."""

import re
from xml.etree.ElementTree import Element

import html5lib

CONTROLS = frozenset({"input", "select", "textarea"})


class Reading:
    """One page, parsed without forgiving anything."""

    def __init__(self, source: str) -> None:
        self.source = source
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        self.root: Element = parser.parse(source)

    def every(self, *tags: str) -> list[Element]:
        return [element for element in self.root.iter() if element.tag in tags]

    def ids(self) -> list[str]:
        return [element.attrib["id"] for element in self.root.iter() if "id" in element.attrib]

    def by_id(self, name: str) -> Element:
        return next(element for element in self.root.iter() if element.get("id") == name)

    def text(self, element: Element | None = None) -> str:
        return " ".join("".join((self.root if element is None else element).itertext()).split())

    def controls(self) -> list[Element]:
        return [element for element in self.every(*CONTROLS) if element.get("type") != "hidden"]

    def links(self) -> set[str]:
        return {element.attrib["href"] for element in self.every("a")}


def grade(sentences: list[str]) -> float:
    """Flesch-Kincaid grade: about the American school year whose pupils can read this; add five for the age."""
    words = re.findall(r"[^\W\d_]+", " ".join(sentences).lower())
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", word)))) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def sentences(reading: Reading) -> list[str]:
    """Every sentence of the page's main part; a heading or an item of a list is one too."""
    main = reading.every("main")[0]
    blocks = [element for element in main.iter() if element.tag in {"p", "li", "h1", "h2", "h3", "dd"}]
    parts = [part for block in blocks for part in re.split(r"(?<=[.?!:]) ", reading.text(block))]
    return [part for part in parts if re.search(r"[^\W\d_]", part)]
