import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ASKED = ("-a", "-u", "-U", "-G1", "-ee3", "-api", "RequestAll=3")
READY = "{ready}"


@pytest.fixture(scope="session")
def exiftool_report(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[bytes, str], str]]:
    """Everything exiftool can read out of a file with that ending, unknown tags and embedded files included."""
    if shutil.which("exiftool") is None:
        pytest.skip("needs exiftool (Debian: libimage-exiftool-perl), which is no part of the product")
    folder = tmp_path_factory.mktemp("exiftool")
    asked = ["exiftool", "-stay_open", "True", "-@", "-"]
    with subprocess.Popen(asked, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, errors="replace") as tool:
        yield lambda body, ending: _report(tool, _written(folder / f"a.{ending}", body))
        assert tool.stdin is not None
        tool.stdin.write("-stay_open\nFalse\n")


def _written(path: Path, body: bytes) -> Path:
    path.write_bytes(body)
    return path


def _report(tool: "subprocess.Popen[str]", path: Path) -> str:
    assert tool.stdin is not None
    assert tool.stdout is not None
    tool.stdin.write("\n".join([*ASKED, str(path), "-execute", ""]))
    tool.stdin.flush()
    lines = list[str]()
    while (line := tool.stdout.readline()).strip() != READY:
        assert line, "exiftool ended"
        lines.append(line)
    assert any("File Size" in line for line in lines)
    return "".join(lines)
