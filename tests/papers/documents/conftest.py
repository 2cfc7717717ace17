"""Documents of one publication, made once for all who read them."""

import io
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pikepdf
import pytest

from speakup.papers import Pack
from speakup.papers.documents import Document, Paper, board_paper, file_of
from tests import factories


@pytest.fixture(scope="session")
def pack() -> Pack:
    return factories.sample_pack()


@pytest.fixture(scope="session")
def paper(pack: Pack) -> Paper:
    return board_paper(pack)


@pytest.fixture(scope="session")
def made(pack: Pack) -> Callable[[Document], bytes]:
    """Give a document of it."""
    return cache(lambda document: file_of(pack, document).body)


@pytest.fixture
def pdf(made: Callable[[Document], bytes]) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(made(Document.PAPER_PDF)))


@pytest.fixture(scope="session")
def text_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes], str]:
    """Read the words of a PDF as somebody else's program does."""
    if shutil.which("pdftotext") is None:
        pytest.skip("needs pdftotext (Debian: poppler-utils), which is no part of the product")
    path = tmp_path_factory.mktemp("pdf") / "paper.pdf"

    def read(body: bytes) -> str:
        path.write_bytes(body)
        return subprocess.run(["pdftotext", "-raw", path, "-"], check=True, capture_output=True, text=True).stdout

    return read


@pytest.fixture(scope="session")
def opened_by_libreoffice(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes], bytes]:
    """Open a Word file and save it as flat OpenDocument."""
    if shutil.which("soffice") is None:
        pytest.skip("needs LibreOffice (Debian: libreoffice-writer-nogui), which is no part of the product")
    folder = tmp_path_factory.mktemp("libreoffice")

    def open_and_save(body: bytes) -> bytes:
        (folder / "paper.docx").write_bytes(body)
        program = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
        words = ["--convert-to", "fodt", "--outdir", str(folder), str(folder / "paper.docx")]
        subprocess.run([*program, *words], check=True, capture_output=True, timeout=120)
        return Path(folder, "paper.fodt").read_bytes()

    return open_and_save
