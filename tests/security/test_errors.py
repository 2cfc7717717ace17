"""After an unhandled error nothing that was in the request is left: in no log, no temporary folder, not on the page."""

import subprocess
import sys
from pathlib import Path

from benchmarks.load.places import ROOT, found_place
from tests.security.finding import files_in, found_in

PLANTED = "the-surgeon-with-the-green-scarf"
WAYS = ("header", "query", "path", "field", "file name", "file")

# The program itself, with every page broken from outside: the error is real, and so is everything that answers for it.
BROKEN = """
import io
import sys
from pathlib import Path

from flask import request
from werkzeug.datastructures import FileStorage

from benchmarks.load.places import Place, in_process

PLANTED = sys.argv[3]


def broken(*given, **named):
    request.max_content_length = 10_000_000
    said = [*request.form.values(), *(each.filename for each in request.files.values()), request.full_path]
    raise RuntimeError(f"{said} {[each.read() for each in request.files.values()]} {request.headers} {given} {named}")


def file(body, name):
    return {**fields, "files": FileStorage(io.BytesIO(body), name)}


with in_process(Place(Path(sys.argv[1]), Path(sys.argv[2]))) as (visitor, carried, trust):
    token = visitor.get("/raise").tree.xpath("string(//form[@id='raise']//input[@name='csrf_token']/@value)")
    carried.app.view_functions = dict.fromkeys(carried.app.view_functions, broken)
    fields = {"csrf_token": token, "step": "story", "narrative": "nothing"}
    headers = {"Host": carried.host, "User-Agent": PLANTED, "X-Note": PLANTED}
    answers = {
        "header": carried.send("GET", "/privacy", headers, b""),
        "query": visitor.get(f"/privacy?q={PLANTED}").answer,
        "path": visitor.get(f"/welcome/{PLANTED}").answer,
        "field": visitor.post("/raise", {**fields, "narrative": PLANTED}).answer,
        "file name": visitor.post("/raise", file(b"nothing", f"{PLANTED}.txt"), multipart=True).answer,
        "file": visitor.post("/raise", file(PLANTED.encode() * 60_000, "a.txt"), multipart=True).answer,
    }
    for way, answer in answers.items():
        print(way, answer.status, PLANTED.encode() in answer.body)
"""


def test_an_unhandled_error_leaves_no_word_of_the_request(founded: Path, tmp_path: Path) -> None:
    place, temporary = found_place(tmp_path / "data", founded), tmp_path / "temporary"
    temporary.mkdir()
    environ = {**place.environ, "TMPDIR": str(temporary), "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-c", BROKEN, str(place.folder), str(place.template), PLANTED]
    done = subprocess.run(words, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=120, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    for way in WAYS:
        # What was typed into a field is handed back to whoever typed it, and stands nowhere else.
        assert f"{way} 500 {way == 'field'}\n" in said, said
    assert said.count("RuntimeError") == len(WAYS), "an error has to be heard of"
    kept = {"output": said.encode(), **files_in(tmp_path)}
    assert {place: found for place, each in kept.items() if (found := found_in(each, {"words": PLANTED}))} == {}
