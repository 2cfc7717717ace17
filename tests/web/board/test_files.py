"""The board is handed what is published as files, the same bytes however often, and nobody else is."""

import hashlib
from collections.abc import Callable

import pytest

from speakup.kernel.actor import Role
from speakup.papers import Pack
from speakup.papers.documents import file_of
from speakup.papers.formats import Document
from tests import factories
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient

SignIn = Callable[[Colleague], PageClient]


@pytest.fixture
def pack(trust: Trust) -> Pack:
    return factories.published_pack(trust)


def test_the_board_secretary_takes_every_file_away_from_the_page(trust: Trust, signed_in: SignIn, pack: Pack) -> None:
    secretary = signed_in(factories.invited(trust, "Sam Secretary", [Role.BOARD_SECRETARY]))
    offered = [link for link in secretary.get("/board").links() if link.startswith(f"/board/{pack.ref}/")]
    assert offered == [f"/board/{pack.ref}/{document}" for document in OFFERED_IN_ORDER]
    for document, address in zip(OFFERED_IN_ORDER, offered, strict=True):
        answer = secretary.get(address).response
        assert answer.status_code == 200
        assert f"filename=speaking-up-{pack.ref}-1-{document}" in answer.headers["Content-Disposition"]
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert hashlib.sha256(answer.data).digest() == hashlib.sha256(file_of(pack, document).body).digest()


OFFERED_IN_ORDER = (
    Document.PAPER_PDF, Document.PAPER_WORD, Document.PUBLIC_PDF, Document.PUBLIC_WORD, Document.TABLES,
    Document.CELLS, Document.EVIDENCE_PDF, Document.EVIDENCE_WORD,
)  # fmt: skip


def test_nobody_outside_the_board_and_its_guardians_is_handed_one(trust: Trust, signed_in: SignIn, pack: Pack) -> None:
    assert signed_in(trust.administrator).get(f"/board/{pack.ref}/paper.csv").status == 404
    assert signed_in(trust.guardian).get(f"/board/{pack.ref}/paper.csv").status == 200


def test_what_was_not_published_has_no_file(trust: Trust, signed_in: SignIn, pack: Pack) -> None:
    member = signed_in(factories.invited(trust, "Mel Member", [Role.BOARD_MEMBER]))
    for address in ("/board/2019-20/paper.pdf", f"/board/{pack.ref}/paper.exe", f"/board/{pack.ref}/../paper.pdf"):
        assert member.get(address).status == 404
