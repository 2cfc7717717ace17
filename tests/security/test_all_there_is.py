"""A thief with everything there is, while the site runs and after: database, files, logs, settings, letters, cookies.

One installation serves over TLS and works its jobs; a worker and a guardian write a sentence of their own wherever
words can be written; a request is cut off, and others end in an error that nobody handles. Then every file, every
row, every setting and every letter is looked through for each of those sentences, in every disguise.
"""

import base64
import io
import socket
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docx
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from werkzeug.datastructures import FileStorage

from benchmarks.load.places import Place, Server, certificate, free_port, served_at, started
from benchmarks.load.telling import step_of, words_on
from benchmarks.load.visitor import Page, Visitor
from speakup import organisations
from speakup.jobs import OutboxRow
from tests.databases import OWNER, Stored
from tests.security.finding import disguises_of, dumped, files_in, found_in, kept_by_postgresql
from tests.trusts import Colleague, Trust

PLANTED = {
    "narrative": "Quillwort-Juniper cylinders stand unchained beside the lift",
    "risk": "Somebody will be crushed by a Quillwort-Juniper cylinder soon",
    "role": "Quillwort-Juniper porter on the late turn of every weekend",
    "language": "Quillwort-Juniperish, spoken by a few families only",
    "help": "A chair with arms in the Quillwort-Juniper quiet room",
    "treated": "They took my Quillwort-Juniper locker away the week after",
    "name": "Persephone Quillwort-Juniper of the lower corridor",
    "contact": "persephone.quillwort-juniper@example.net is where I read",
    "safe": "Never before eight by the Quillwort-Juniper switchboard",
    "others": "Not the cousin of the Quillwort-Juniper superintendent",
    "message": "Two more Quillwort-Juniper cylinders came on Saturday night",
    "reply": "Thank you; I walk past the Quillwort-Juniper lift on Monday",
    "note": "The Quillwort-Juniper matron sounded nervous on the telephone",
    "title": "Quillwort-Juniper cylinders beside the lift, unchained",
    "draft": "Half a Quillwort-Juniper sentence that nobody has sent yet",
    "text file": "The label on the Quillwort-Juniper cylinder says: do not touch",
    "text file name": "quillwort-juniper-label-as-i-copied-it.txt",
    "office file": "The Quillwort-Juniper rota was changed after I had asked",
    "office file name": "quillwort-juniper-rota-of-that-week.docx",
    "half a file": "Of this Quillwort-Juniper picture only a part ever arrived",
    "broken page": "This Quillwort-Juniper sentence met a page that was broken",
    "searched": "where did the Quillwort-Juniper cylinders stand before",
    "asked for": "an address with Quillwort-Juniper words that leads nowhere",
}
LEFT_LYING = "This Quillwort-Juniper sentence is left lying for the search to find"
BROKEN_PAGES = 3
PATIENCE = 60.0
"""Seconds for the job process to begin and to send a letter or two."""


@dataclass
class Letters:
    """A mail server that keeps every letter as it came."""

    came: list[bytes] = field(default_factory=list)

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: ANN401, N802 -- aiosmtpd's
        self.came.append(bytes(envelope.content))
        return "250 OK"


@dataclass
class Site:
    """The installation as it runs, with all that it was told."""

    trust: Trust
    server: Server
    environ: Mapping[str, str]
    letters: Letters
    folders: tuple[Path, ...]

    def lies_about(self) -> dict[str, bytes]:
        """Everything a thief can carry off while it runs."""
        return self.lies_about_still() | {
            f"process {pid}": _told_to(pid) for pid in (self.server.process.pid, *self.server.workers())
        }

    def lies_about_still(self) -> dict[str, bytes]:
        """Everything that is there when no process runs."""
        stored, kept = self.trust.stored, files_in(*self.folders)
        kept["settings"] = "\n".join(f"{name}={value}" for name, value in self.environ.items()).encode()
        kept |= {f"letter {number}": letter for number, letter in enumerate(self.letters.came)}
        return kept | ({"rows": dumped(stored), **kept_by_postgresql(stored)} if stored.kind == "postgresql" else {})


def _told_to(pid: int) -> bytes:
    return b"\n".join(Path(f"/proc/{pid}/{name}").read_bytes() for name in ("environ", "cmdline"))


@contextmanager
def running(trust: Trust, founded: Path, temporary: Path) -> Iterator[Site]:
    """Serve the trust's own database, a job process beside it; everything temporary goes to a folder of its own."""
    folder, letters = trust.stored.trust_dir.parent, Letters()
    place, port = Place(folder, founded), free_port()
    certificate(place)
    with trust.work() as uow:
        organisations.add_host(uow, f"localhost:{port}")
    post = Controller(letters, hostname="127.0.0.1", port=free_port())
    told = {
        "TMPDIR": str(temporary), "HOME": str(temporary),
        "SPEAKUP_MAIL_URL": f"smtp://127.0.0.1:{post.port}",
        "SPEAKUP_MAIL_FROM": "Speak Up <speakup@example.org>", "SPEAKUP_NOTICE_FROM": "notices@example.org",
        **_addresses(trust.stored),
    }  # fmt: skip
    post.start()
    try:
        with served_at(place, port, 2, **told) as server, started(place, ["jobs"], "jobs.log", told):
            yield Site(trust, server, place.environ | told, letters, (folder, temporary))
    finally:
        post.stop()


def _addresses(stored: Stored) -> dict[str, str]:
    if stored.kind == "sqlite":
        return {}
    owner = sa.make_url(stored.unbound_url).set(username=OWNER).render_as_string(hide_password=False)
    return {"SPEAKUP_DATABASE_URL": stored.url, "SPEAKUP_OWNER_DATABASE_URL": owner}


# --- what is written ------------------------------------------------------------------------------------------------


def office_file(words: str) -> bytes:
    """A document of an office program: an archive of compressed files."""
    document, made = docx.Document(), io.BytesIO()
    document.add_paragraph(words)
    document.save(made)
    return made.getvalue()


def raise_concern(worker: Visitor) -> Page:
    """Answer every question with words of its own, send files along, and return the page with the seven words."""
    said = PLANTED
    answers: dict[str, dict[str, object]] = {
        "how": {"how": "confidential"},
        "story": {"narrative": said["narrative"]},
        "risk": {"at_risk": "yes", "risk": said["risk"]},
        "work": {"role": said["role"], "language": said["language"], "other_help": said["help"]},
        "detriment": {"happened": "yes", "detriment": said["treated"]},
        "reach": {"name": said["name"], "contact": said["contact"], "safe_contact": said["safe"]},
        "exclude": {"others": said["others"]},
        "files": {},
    }
    sent_along = {
        said["text file name"]: said["text file"].encode() * 20,
        said["office file name"]: office_file(said["office file"]),
    }
    page = worker.get("/raise")
    while (step := step_of(page)) != "check":
        if step == "files":
            for name, content in sent_along.items():
                page = worker.submit(page, "Add these files", files=FileStorage(io.BytesIO(content), name))
                assert name in page.answer.body.decode()
        page = worker.submit(page, "Continue", **answers[step])
    return worker.submit(page, "Send")


def begin_another(worker: Visitor) -> None:
    """Write half a concern and leave it there."""
    page = worker.get("/raise")
    while step_of(page) != "story":
        page = worker.submit(page, "Continue")
    worker.submit(page, "Continue", narrative=PLANTED["draft"])


def come_back(worker: Visitor, words: Sequence[str]) -> None:
    """Open the inbox with the words, and write."""
    inbox = worker.submit(worker.get("/follow-up"), "Open", words=" ".join(words))
    answer = worker.submit(inbox, "Send", text=PLANTED["message"])
    assert PLANTED["message"] in answer.answer.body.decode()


def sign_in(guardian: Visitor, person: Colleague) -> None:
    """Give passphrase and code."""
    page = guardian.submit(guardian.get("/sign-in"), "Sign in", email=person.email, passphrase=person.passphrase)
    guardian.submit(page, "Continue", code=person.code())


def work_on_it(guardian: Visitor) -> str:
    """Open the new case, name it, answer, write a note, and look for words in all there is; return where it is."""
    said = PLANTED
    (case, *_others) = guardian.get("/cases").tree.xpath("//*[contains(@class, 'app-worklist')]//a/@href")
    assert said["narrative"] in guardian.get(case).answer.body.decode()
    guardian.submit(guardian.get(f"{case}/title"), "Save title", text=said["title"])
    guardian.submit(guardian.get(f"{case}/reply"), "Send", text=said["reply"])
    guardian.submit(guardian.get(f"{case}/notes/new"), "Save note", text=said["note"])
    search = guardian.get("/cases/search")
    assert search.status == 200
    guardian.submit(search, "Search", words=said["searched"])
    page = guardian.get(case).answer.body.decode()
    assert all(said[each] in page for each in ("title", "reply", "note", "text file name"))
    return str(case)


# --- what goes wrong ------------------------------------------------------------------------------------------------


def cut_off(server: Server, worker: Visitor) -> None:
    """Send part of a file, and go."""
    page = worker.get("/raise")
    while step_of(page) != "files":
        page = worker.submit(page, "Continue", **({"narrative": "x"} if step_of(page) == "story" else {}))
    token = page.tree.xpath("string(//form[@id='raise']//input[@name='csrf_token']/@value)")
    cookies = "; ".join(f"{name}={value}" for name, value in worker.cookies.items())
    part = (
        f'--cut\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
        '--cut\r\nContent-Disposition: form-data; name="step"\r\n\r\nfiles\r\n'
        f'--cut\r\nContent-Disposition: form-data; name="files"; filename="{PLANTED["half a file"]}.txt"\r\n'
        f"Content-Type: text/plain\r\n\r\n{PLANTED['half a file'] * 20_000}"
    ).encode()
    head = (
        f"POST /raise HTTP/1.1\r\nHost: localhost:{server.port}\r\nOrigin: {server.address}\r\n"
        f"Cookie: {cookies}\r\nSec-Fetch-Site: same-origin\r\nContent-Length: {len(part) * 2}\r\n"
        "Content-Type: multipart/form-data; boundary=cut\r\n\r\n"
    ).encode()
    trusted = ssl.create_default_context(cafile=str(certificate(server.place)))
    with (
        socket.create_connection(("localhost", server.port)) as plain,
        trusted.wrap_socket(plain, server_hostname="localhost") as connection,
    ):
        connection.sendall(head + part)


@contextmanager
def without_table(stored: Stored, name: str) -> Iterator[None]:
    """Break the site from outside: whoever needs this table meets an error that nobody handles."""
    with stored.unbound() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {name} RENAME TO {name}_elsewhere")
    try:
        yield
    finally:
        with stored.unbound() as connection:
            connection.exec_driver_sql(f"ALTER TABLE {name}_elsewhere RENAME TO {name}")


def meet_a_broken_site(site: Site, worker: Visitor, guardian: Visitor, case: str) -> None:
    """Send words in every part of a request to pages that end in an error; only what was typed comes back."""
    broken = PLANTED["broken page"]
    risk = worker.get("/raise")
    note = guardian.get(f"{case}/notes/new")
    with without_table(site.trust.stored, "draft"):
        answers = [
            worker.submit(risk, "Continue", risk=broken),
            worker.get(f"/raise?q={broken.replace(' ', '+')}"),
        ]
    with without_table(site.trust.stored, "sealed_record"):
        answers.append(guardian.submit(note, "Save note", text=broken))
    assert [each.status for each in answers] == [500] * BROKEN_PAGES
    assert guardian.get(f"/cases/{PLANTED['asked for'].replace(' ', '%20')}").status == 404


def until_nothing_is_owed(trust: Trust) -> None:
    """Wait until the job process has done what it was handed."""
    began = time.monotonic()
    while True:
        with trust.work(writes=False) as uow:
            if not uow.session.scalar(sa.select(sa.func.count()).select_from(OutboxRow)):
                return
        assert time.monotonic() - began < PATIENCE
        time.sleep(0.1)


# --- what is found --------------------------------------------------------------------------------------------------


def test_a_thief_with_all_there_is_finds_no_word(trust: Trust, founded: Path, tmp_path: Path) -> None:
    temporary, cookies, opened = tmp_path / "temporary", dict[str, bytes](), list[Visitor]()
    temporary.mkdir()
    with running(trust, founded, temporary) as site:
        opened += [site.server.visitor() for _ in range(5)]
        worker, another, third, back, guardian = opened
        sent = raise_concern(worker)
        planted = {**PLANTED, "seven words": " ".join(words_on(sent))}
        begin_another(another)
        cut_off(site.server, third)
        come_back(back, words_on(sent))
        readers = [each for each in trust.people.values() if each.name in sent.answer.body.decode()]
        sign_in(guardian, readers[0])
        case = work_on_it(guardian)
        meet_a_broken_site(site, another, guardian, case)
        assert PLANTED["reply"] in back.get("/follow-up").answer.body.decode()
        until_nothing_is_owed(trust)
        cookies |= {
            f"cookie {n} of {name}": _decoded(each.cookies[name])
            for n, each in enumerate(opened)
            for name in each.cookies
        }
        while_it_runs = site.lies_about() | cookies
        for each in opened:
            each.transport.close()
    left = leave_lying(temporary)
    afterwards = {f"{place}, afterwards": each for place, each in site.lies_about_still().items()}
    everything = while_it_runs | afterwards
    assert site.letters.came
    assert cookies
    assert everything[str(site.server.log)].count(b"kind=") == BROKEN_PAGES, "an error has to be heard of"
    # What may stand in clear is found in the same way, so the looking looks.
    reference = case.rpartition("/")[2]
    assert any(found_in(each, {"reference": reference}) for each in everything.values())
    planted["left lying"] = LEFT_LYING
    found = {place: names for place, each in everything.items() if (names := found_in(each, planted))}
    assert found == {f"{path}, afterwards": ["left lying"] for path in left}


def leave_lying(folder: Path) -> list[Path]:
    """Put a sentence into a folder of the site in every disguise, each in a file of its own."""
    left = []
    for number, disguised in enumerate(disguises_of(LEFT_LYING)):
        left.append(folder / f"left-{number}")
        left[-1].write_bytes(disguised)
    return left


def _decoded(cookie: str) -> bytes:
    """A cookie as it is, and each part of it once more without its base 64."""
    parts = (part + "=" * (-len(part) % 4) for part in cookie.split("."))
    with_whats_inside = [cookie.encode()]
    for part in parts:
        with suppress(ValueError):
            with_whats_inside.append(base64.urlsafe_b64decode(part))
    return b"\n".join(with_whats_inside)
