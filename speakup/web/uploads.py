"""Uploaded files on their way in: in memory while small, encrypted on disk when large, never in clear.

The form parser writes each file part to what `sealed_spool` returns. Beyond `IN_MEMORY` the bytes go to an unnamed
temporary file under AES-256-CTR with a key that exists only in this object. The file has no name, lives for one
request, and is only ever read back by the object that wrote it, so secrecy is all that is asked of the cipher.
"""

import io
import os
import tempfile

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

IN_MEMORY = 1024 * 1024
"""Bytes of one file kept in memory before it is spilled."""
_BLOCK = 16


class SealedSpool(io.RawIOBase):
    """A seekable file whose content touches a disk only encrypted. Written once from its start, then read."""

    def __init__(self) -> None:
        super().__init__()
        self._key = os.urandom(32)
        self._nonce = int.from_bytes(os.urandom(8), "big") << 64
        self._store: io.BytesIO | io.BufferedRandom = io.BytesIO()
        self._spilled = False
        self._at = 0
        self._size = 0

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    @property
    def size(self) -> int:
        """Bytes written, wherever it stands now."""
        return self._size

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def write(self, data: object) -> int:
        body = bytes(memoryview(data))  # type: ignore[arg-type] # RawIOBase takes any buffer, which has no name in types.
        if not self._spilled and self._at + len(body) > IN_MEMORY:
            self._spill()
        self._store.seek(self._at)
        self._store.write(self._masked(body, self._at) if self._spilled else body)
        self._at += len(body)
        self._size = max(self._size, self._at)
        return len(body)

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type] # See `write`.
        self._store.seek(self._at)
        body = self._store.read(min(len(view), self._size - self._at)) if self._at < self._size else b""
        view[: len(body)] = self._masked(body, self._at) if self._spilled else body
        self._at += len(body)
        return len(body)

    def close(self) -> None:
        self._store.close()
        super().close()

    def _spill(self) -> None:
        held = self._store
        held.seek(0)
        body = held.read()
        self._store = tempfile.TemporaryFile("w+b")  # noqa: SIM115 -- closed with this object
        self._store.write(self._masked(body, 0))
        self._spilled = True
        held.close()

    def _masked(self, body: bytes, at: int) -> bytes:
        """Encrypt or decrypt, which in counter mode is one thing, the bytes that stand at `at`."""
        block, offset = divmod(at, _BLOCK)
        stream = Cipher(AES(self._key), CTR((self._nonce + block).to_bytes(16, "big"))).encryptor()
        stream.update(bytes(offset))
        return stream.update(body)


def sealed_spool() -> SealedSpool:
    """Make the spool for one uploaded file."""
    return SealedSpool()
