"""That a page which is not parsed again would have been found as faultless as the one of its shape that was parsed."""

import contextlib

import html5lib
import pytest
from html5lib.html5parser import ParseError
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.web import syntax

PAGE = (
    '<!doctype html>\n<html lang="en"><head><title>{}</title></head>\n<body><main><h1>{}</h1>\n'
    '<p class="a {}">{}</p><input type="text" value="{}"><a href="/cases/{}">{}</a><ul>{}</ul><table>{}</table>'
    "<textarea>{}</textarea></main></body></html>"
)
PIECES = st.sampled_from([
    "", " ", "\n", "words", "two words", "AB12-CD34", "it’s", "&amp;", "&#39;", "&", "&nothing;", "&#0;", "\0", "\x0b",
    "<", ">", '"', "</p>", "<b>", "<b>bold</b>", "<li>", "<li>one</li>", "<tr><td>1</td></tr>", "\ufdd0", "🧵",
    "<!-- a -->", "=", "'", "`", "/", '" href="', '" type="hidden', '"a',
])  # fmt: skip


def fault_of(body: str) -> bool:
    with contextlib.suppress(ParseError):
        html5lib.HTMLParser(strict=True).parse(body)
        return False
    return True


@settings(max_examples=300, derandomize=True)
@given(pieces=st.lists(PIECES, min_size=10, max_size=10))
def test_a_page_and_its_shape_are_faultless_together_or_not_at_all(pieces: list[str]) -> None:
    body = PAGE.format(*pieces)
    assert fault_of(body) == fault_of(syntax.shape(body)), body


def test_pages_that_differ_in_plain_words_have_one_shape() -> None:
    pages = {PAGE.format(*[words] * 7, "", "", words) for words in ("one", "another", "it’s &amp; was")}
    assert len(pages) == 3
    assert len({syntax.shape(page) for page in pages}) == 1


@pytest.mark.parametrize("fault", ["<b>", "</p>", "&nothing;", "<li", '<a id="a" id="b"></a>', "\0"])
def test_a_fault_is_found_after_a_page_of_the_same_template_was_faultless(fault: str) -> None:
    syntax.check_syntax(PAGE.format(*["words"] * 7, "", "", "words"))
    with pytest.raises(ParseError):
        syntax.check_syntax(PAGE.format(*["words"] * 3, f"words{fault}", *["words"] * 3, "", "", "words"))
