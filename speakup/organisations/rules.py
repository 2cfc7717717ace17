"""What stands in an organisation's settings, read so that nothing anybody wrote there breaks a page or leads astray."""

import re
from urllib.parse import urlsplit

NEUTRAL = "https://www.bbc.co.uk/weather"
"""Where "leave this page" goes unless something else was settled: ordinary, and saying nothing."""
_NO_ADDRESS = re.compile(r"[\x00-\x20\x7f\\\"'<>]")
_HOUR = re.compile(r"[0-9]|1[0-9]|2[0-3]", re.ASCII)


def neutral_address(written: str) -> str:
    """Return an address of the web as it is, and the ordinary page for anything else."""
    try:
        parts = urlsplit(written)
    except ValueError:
        return NEUTRAL
    is_one = parts.scheme in {"http", "https"} and parts.hostname and not _NO_ADDRESS.search(written)
    return written if is_one else NEUTRAL


def look_hours(written: str) -> list[int]:
    """Return the hours of a day that are written, in order; what is no hour is passed over."""
    return sorted({int(hour) for hour in written.split() if _HOUR.fullmatch(hour)})
