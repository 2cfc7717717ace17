"""w3m on a terminal of its own, driven by keys as a person drives it.

After every page w3m is asked to write down what it shows; the file says both what stands there and that w3m has done
all it was asked before.
"""

import contextlib
import os
import pty
import select
import signal
import struct
import termios
import time
from fcntl import ioctl
from pathlib import Path

ROWS, COLUMNS = 60, 100
WITHIN = 30.0
"""Seconds for one page; a busy machine takes a few."""


class TextBrowser:
    """One w3m, from its start to its end."""

    def __init__(self, folder: Path, certificate: Path, address: str) -> None:
        folder.mkdir()
        self.folder, self._count = folder, 0
        self._text = folder / "typed.txt"
        editor = folder / "editor"
        editor.write_text(f'#!/bin/sh\ncat "{self._text}" > "$1"\n')
        editor.chmod(0o700)
        options = [f"ssl_ca_file={certificate}", "use_cookie=1", "accept_cookie=1", "confirm_qq=0", f"editor={editor}"]
        words = ["w3m", *(part for option in options for part in ("-o", option)), address]
        environ = {**os.environ, "HOME": str(folder), "TERM": "xterm", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            os.chdir(folder)
            os.execvpe("w3m", words, environ)  # noqa: S606 -- the program under test
        ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.look()

    def close(self) -> None:
        """End it."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._terminal)

    def look(self) -> str:
        """Return the page as it stands there, from its first line to its last."""
        self._count += 1
        written = self.folder / f"page-{self._count}.txt"
        self._keys(f"S{written}\r")
        began = time.monotonic()
        while time.monotonic() - began < WITHIN:
            self._swallow()
            if written.exists() and (shown := written.read_text()):
                return shown
        raise TimeoutError(f"w3m showed no page {self._count}")

    def choose(self, words: str, *, skip: int = 0) -> str:
        """Press the link or button that says so, and return the page that follows.

        `words` are a regular expression; `skip` is how often they stand above without being the button.
        """
        self._find(words)
        self._keys("n" * skip + "\r")
        return self.look()

    def write(self, label: str, text: str) -> None:
        """Write into the box that follows a label: in the editor, as w3m does for long ones."""
        self._text.write_text(text)
        self._find(label)
        self._keys("\t\r")
        self.look()

    def type(self, label: str, text: str) -> None:
        """Type into the line that follows a label, or name a file there."""
        self._find(label)
        self._keys(f"\t\r{text}\r")
        self.look()

    def _find(self, words: str) -> None:
        """Go to the top of the page, then to the first place where these words stand."""
        self._keys(f"g/{words}\r")

    def _keys(self, keys: str) -> None:
        for each in keys:
            os.write(self._terminal, each.encode())
            self._swallow()

    def _swallow(self) -> None:
        """Take what w3m draws, or it would wait for somebody to."""
        while select.select([self._terminal], [], [], 0.005)[0]:
            try:
                os.read(self._terminal, 65536)
            except OSError:
                return
