"""What a publication will be handed out as can be looked at before it is signed, and says that it is a draft."""

import io
from collections.abc import Callable

import docx
import docx.document
import pikepdf
import pytest

from speakup.papers.formats import Document
from tests.factories import closed_figures, published_quarter, run_checks
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient

SignIn = Callable[[Colleague], PageClient]


@pytest.fixture
def checked(guardian: PageClient, trust: Trust) -> str:
    """Bring a quarter's publication to where a second person reads it; return its address."""
    quarter = closed_figures(trust, 4)[-1]
    begun = guardian.submit("/publications/new", "Begin", what=f"quarter:{quarter}", year_before="280")
    guardian.submit(begun, "Check it")
    run_checks(trust)
    return begun.path


def test_every_file_is_offered_before_it_is_signed_and_says_that_it_is_a_draft(
    guardian: PageClient, checked: str
) -> None:
    preview = guardian.get(f"{checked}/preview")
    for document in Document:
        assert f"{checked}/{document}" in preview.links()
        file = guardian.get(f"{checked}/{document}").response
        assert (file.status_code, file.headers["Content-Type"]) == (200, "application/octet-stream")
        assert f"draft-speaking-up-{checked.rpartition('/')[2]}-1-{document}" in file.headers["Content-Disposition"]
    with pikepdf.open(io.BytesIO(guardian.get(f"{checked}/paper.pdf").response.data)) as pdf:
        assert str(pdf.docinfo.Title).startswith("Freedom to Speak Up: ")
    word = docx.Document(io.BytesIO(guardian.get(f"{checked}/paper.docx").response.data))
    assert "Draft: not published. Quarterly report to the board" in [each.text for each in word.paragraphs]
    assert "Draft: not published" in _foot(word)


def test_a_published_one_says_so(guardian: PageClient, trust: Trust) -> None:
    ref = published_quarter(trust)
    word = docx.Document(io.BytesIO(guardian.get(f"/publications/{ref}/paper.docx").response.data))
    assert "published" in _foot(word)
    assert not [each.text for each in word.paragraphs if "Draft" in each.text]


def _foot(word: docx.document.Document) -> str:
    """What stands at the foot of its sheets."""
    return " ".join(each.text for each in word.sections[0].footer.paragraphs)


def test_there_is_no_file_before_it_was_checked_nor_of_what_is_not_there(guardian: PageClient, trust: Trust) -> None:
    quarter = closed_figures(trust, 4)[-1]
    begun = guardian.submit("/publications/new", "Begin", what=f"quarter:{quarter}", year_before="280")
    for address in (f"{begun.path}/paper.pdf", f"{begun.path}/paper.exe", "/publications/2019-20-Q1/paper.pdf"):
        assert guardian.get(address).status == 404


def test_whoever_neither_prepares_nor_signs_opens_none(signed_in: SignIn, checked: str, trust: Trust) -> None:
    for colleague in (trust.executive_lead, trust.administrator):
        assert signed_in(colleague).get(f"{checked}/paper.pdf").status == 404
    assert signed_in(trust.non_executive_lead).get(f"{checked}/paper.pdf").status == 200
