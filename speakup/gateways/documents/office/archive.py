"""The zip around an Office file: read under limits, written without times, comments or the traces of a program."""

import io
import zipfile

from speakup.gateways.documents.outcomes import Limits, Reason, Refused, Removed

_ENCRYPTED, _OLDEST = 0x1, (1980, 1, 1, 0, 0, 0)
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"".encode("cp437")  # Loaded now, because the confined child cannot open a file for a codec later.


def unpack(body: bytes, limits: Limits) -> tuple[dict[str, bytes], set[Removed]]:
    """Members by name, and what the zip itself gave away."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            _weigh(members, limits)
            read = {member.filename: archive.read(member) for member in members}
            return read, {Removed.EXTRA_DATA} if archive.comment else set()
    except zipfile.BadZipFile:
        raise Refused(Reason.UNREADABLE if b"PK\x05\x06" in body[-66_000:] else Reason.TRUNCATED) from None


def pack(members: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, date_time=_OLDEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            archive.writestr(entry, content)
    return written.getvalue()


def _weigh(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise Refused(Reason.ENCRYPTED)
    # zipfile reads no more of a member than its declared size, so adding those up is enough.
    if len(members) > limits.members or sum(member.file_size for member in members) > limits.unpacked:
        raise Refused(Reason.BOMB)
    if len({member.filename.lower() for member in members}) != len(members):
        raise Refused(Reason.POLYGLOT)
    if any(member.compress_type not in _METHODS for member in members):
        raise Refused(Reason.UNREADABLE)
