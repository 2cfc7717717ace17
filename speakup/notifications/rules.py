"""What a notice to a worker may be sent to."""

from enum import StrEnum


class NoticeBy(StrEnum):
    """How a worker asked to be told that there is something to read."""

    NOT_AT_ALL = "not at all"
    EMAIL = "email"
    TEXT = "text"


_NHS = ("nhs.net", "nhs.uk")


def is_work_address(address: str, staff_domains: str) -> bool:
    """Say whether an address is one an employer can read: any NHS one, and those the organisation lists.

    `staff_domains` is the organisation's space-separated list. A sub-domain counts as its domain.
    """
    domain = address.rpartition("@")[2].strip().lower().rstrip(".")
    return any(domain == each or domain.endswith("." + each) for each in (*_NHS, *staff_domains.split()))
